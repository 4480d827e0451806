/* SPDX-License-Identifier: MIT */
/* `d\video`: the screen. Modes are set by the video BIOS, run in real mode, or by the display
 * interface; the frame buffer goes to clients as shared memory over its physical map. When the
 * client that set a mode closes the device or ends, the screen is text again.
 *
 * Ends with 0 if there is no display with a display interface. */

#include <string.h>
#include <terrarium.h>
#include <terrarium/device/video.h>
#include <terrarium/driver.h>

#include "interface.h"
#include "modes.h"
#include "text.h"

TR_PROGRAM_ABOUT("driver of the screen");

/* What is shared of the frame buffer in this mode. */
static struct {
    int64_t va;
    uint64_t pages;
    int64_t shared; /* 0: nobody has asked yet */
    uint64_t key;
} frame;
static uint64_t owner; /* who has set the mode; 0: nobody */

/* ---- The frame buffer ----------------------------------------------------------------------- */

static uint64_t frame_size(const struct tr_video_mode *mode)
{
    return (uint64_t)mode->stride * mode->height;
}

/* Clients that still use it have zero pages from now on. */
static void frame_drop(void)
{
    if (frame.shared > 0) {
        tr_shared_release((uint64_t)frame.shared);
    }
    if (frame.va > 0) {
        tr_memory_release((uint64_t)frame.va, frame.pages);
    }
    memset(&frame, 0, sizeof frame);
}

static int64_t frame_map(const struct tr_video_mode *mode)
{
    if (frame.va == 0) {
        frame.pages = (frame_size(mode) + TR_PAGE_SIZE - 1) / TR_PAGE_SIZE;
        frame.va = tr_physical_map(modes_frame(), frame.pages, 0);
    }
    int64_t result = frame.va;
    if (result < 0) {
        frame.va = 0;
    }
    return result;
}

static int64_t frame_share(const struct tr_video_mode *mode)
{
    int64_t result = frame_map(mode);

    if (result > 0 && frame.shared == 0) {
        uint64_t va = (uint64_t)frame.va;
        result = tr_shared_create(frame.pages, TR_READ | TR_WRITE, TR_SHARED_FROM, &frame.key, &va);
        frame.shared = result > 0 ? result : 0;
    }
    return result < 0 ? result : 0;
}

static void frame_fill(const struct tr_video_mode *mode, uint64_t colour)
{
    unsigned char *to = (unsigned char *)(uintptr_t)frame.va;
    uint32_t bytes = (mode->bits + 7) / 8;

    for (uint32_t x = 0; x < mode->width; x++) {
        memcpy(to + (size_t)x * bytes, &colour, bytes);
    }
    for (uint32_t y = 1; y < mode->height; y++) {
        memcpy(to + (size_t)y * mode->stride, to, (size_t)mode->width * bytes);
    }
}

/* ---- Requests ------------------------------------------------------------------------------- */

static int64_t mode_set(const struct tr_video_mode *mode)
{
    frame_drop();
    return modes_set(mode);
}

static void on_modes(struct tru_driver_request *request)
{
    uint64_t first = request->head.arguments[0];
    uint32_t count;
    const struct tr_video_mode *modes = modes_list(&count);
    uint64_t given = first < count ? count - first : 0;
    uint64_t most = request->head.arguments[1];

    if (most == 0 || most > TR_DEVICE_BODY_MAX / sizeof *modes) {
        most = TR_DEVICE_BODY_MAX / sizeof *modes;
    }
    given = given < most ? given : most;
    tru_driver_done_with(request, count, given > 0 ? &modes[first] : modes, given * sizeof *modes);
}

static void on_mode(struct tru_driver_request *request)
{
    uint64_t number = request->head.arguments[0];
    uint32_t count;
    const struct tr_video_mode *modes = modes_list(&count);
    int64_t result = TR_E_INVAL;

    for (uint32_t i = 0; i < count; i++) {
        if (modes[i].number == number) {
            result = mode_set(&modes[i]);
            break;
        }
    }
    if (result == 0) {
        owner = request->sender;
        result = (int64_t)number;
    }
    tru_driver_done(request, result);
}

static void on_frame(struct tru_driver_request *request)
{
    const struct tr_video_mode *mode = modes_now();
    struct tr_video_frame answer = {.size = frame_size(mode), .mode = *mode};
    int64_t result = mode->bits == 0 ? TR_E_STATE : frame_share(mode);

    if (result < 0) {
        tru_driver_done(request, result);
        return;
    }
    answer.shared = (uint64_t)frame.shared;
    answer.key = frame.key;
    tru_driver_done_with(request, 0, &answer, sizeof answer);
}

static void on_palette(struct tru_driver_request *request)
{
    uint32_t colours[256];
    uint64_t first = request->head.arguments[0], count = request->size / sizeof colours[0];
    uint32_t bits = modes_now()->bits;

    if (bits != 0 && bits != 8) {
        tru_driver_done(request, TR_E_STATE);
        return;
    }
    if (first >= 256 || count > 256 - first) {
        tru_driver_done(request, TR_E_INVAL);
        return;
    }
    memcpy(colours, request->bytes, count * sizeof colours[0]);
    interface_palette((uint32_t)first, colours, (uint32_t)count);
    tru_driver_done(request, (int64_t)count);
}

static void on_text(struct tru_driver_request *request)
{
    const uint64_t *arguments = request->head.arguments;

    if (modes_now()->bits != 0) {
        tru_driver_done(request, TR_E_STATE);
    } else if (arguments[0] >= TEXT_ROWS || arguments[1] >= TEXT_COLUMNS || arguments[2] > 255) {
        tru_driver_done(request, TR_E_INVAL);
    } else {
        tru_driver_done(request, text_write((uint32_t)arguments[0], (uint32_t)arguments[1],
                                            (uint32_t)arguments[2], request->bytes, request->size));
    }
}

static void on_clear(struct tru_driver_request *request)
{
    const struct tr_video_mode *mode = modes_now();
    uint64_t colour = request->head.arguments[0];
    int64_t result = 0;

    if (mode->bits != 0) {
        result = frame_map(mode);
        if (result > 0) {
            frame_fill(mode, colour);
        }
    } else if (colour > 255) {
        result = TR_E_INVAL;
    } else {
        text_clear((uint32_t)colour);
    }
    tru_driver_done(request, result < 0 ? result : 0);
}

static void on_cursor(struct tru_driver_request *request)
{
    const uint64_t *arguments = request->head.arguments;

    if (modes_now()->bits != 0) {
        tru_driver_done(request, TR_E_STATE);
    } else if (arguments[0] >= TEXT_ROWS || arguments[1] >= TEXT_COLUMNS || arguments[2] > 1) {
        tru_driver_done(request, TR_E_INVAL);
    } else {
        interface_cursor((uint32_t)(arguments[0] * TEXT_COLUMNS + arguments[1]), arguments[2] != 0);
        tru_driver_done(request, 0);
    }
}

static void text_again(void)
{
    uint32_t count;

    owner = 0;
    mode_set(&modes_list(&count)[0]);
}

static void on_initialise(struct tru_driver_request *request)
{
    text_again();
    tru_driver_done(request, 0);
}

static void on_closed(struct tru_driver_device *device, uint64_t pid)
{
    (void)device;
    if (pid == owner) {
        text_again();
    }
}

static void on_information(struct tru_driver_device *device, void *to)
{
    struct tr_video_information *information = to;

    (void)device;
    information->device.flags = modes_by_bios() ? TR_VIDEO_BIOS : 0;
    information->mode = *modes_now();
    information->memory_size = modes_memory();
}

int main(int argc, char **argv)
{
    static const struct tru_driver_row rows[] = {
        {TR_VIDEO_MODES, TRU_DRIVER_QUEUED, on_modes},
        {TR_VIDEO_MODE, TRU_DRIVER_QUEUED, on_mode},
        {TR_VIDEO_FRAME, TRU_DRIVER_QUEUED, on_frame},
        {TR_VIDEO_PALETTE, TRU_DRIVER_QUEUED, on_palette},
        {TR_VIDEO_TEXT, TRU_DRIVER_QUEUED, on_text},
        {TR_VIDEO_CLEAR, TRU_DRIVER_QUEUED, on_clear},
        {TR_VIDEO_CURSOR, TRU_DRIVER_QUEUED, on_cursor},
        {TR_DEVICE_OPERATION_INITIALISE, TRU_DRIVER_QUEUED, on_initialise}};
    static struct tru_driver_device device = {.name = TR_VIDEO_DEVICE,
                                              .type = TR_DEVICE_VIDEO,
                                              .rows = rows,
                                              .row_count = sizeof rows / sizeof rows[0],
                                              .information = on_information,
                                              .information_size =
                                                  sizeof(struct tr_video_information),
                                              .closed = on_closed,
                                              .model = "VGA with display interface",
                                              .driver = "d\\video"};
    int64_t result;

    tru_driver_start(argc, argv);
    if (!modes_open(&result)) {
        tru_driver_say(result < 0 ? "video: its ports or memory are another's"
                                  : "video: no display interface here");
        return result < 0 ? 1 : 0;
    }
    result = tru_driver_add(&device);
    if (result < 0) {
        tru_driver_say("video: no device object: %s", tr_error_text(result));
        return 1;
    }
    return (int)tru_driver_run();
}
