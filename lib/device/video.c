/* SPDX-License-Identifier: MIT */
/* Video, for its clients. */

#include <string.h>
#include <terrarium.h>
#include <terrarium/device.h>

int64_t tru_video_modes(struct tru_device *video, uint64_t first, struct tr_video_mode *modes,
                        uint64_t most)
{
    struct tr_video_mode answer[64];
    struct tru_device_request request = {.operation = TR_VIDEO_MODES,
                                         .arguments = {first, sizeof answer / sizeof answer[0]},
                                         .answer = answer,
                                         .capacity = sizeof answer,
                                         .is_repeatable = true};
    int64_t result = tru_device_request(video, &request);

    if (result < 0) {
        return result;
    }
    uint64_t known = request.answer_size / sizeof answer[0];
    known = known < most ? known : most;
    memcpy(modes, answer, known * sizeof answer[0]);
    return (int64_t)known;
}

int64_t tru_video_mode(struct tru_device *video, uint32_t number)
{
    struct tru_device_request request = {
        .operation = TR_VIDEO_MODE, .arguments = {number}, .is_repeatable = true};

    return tru_device_request(video, &request);
}

int64_t tru_video_mode_of(struct tru_device *video, uint32_t width, uint32_t height, uint32_t bits)
{
    struct tr_video_mode modes[16];
    uint64_t first = 0;
    int64_t count;

    while ((count = tru_video_modes(video, first, modes, 16)) > 0) {
        for (int64_t i = 0; i < count; i++) {
            if (modes[i].width == width && modes[i].height == height && modes[i].bits == bits) {
                return tru_video_mode(video, modes[i].number);
            }
        }
        first += (uint64_t)count;
    }
    return count < 0 ? count : TR_E_NOENT;
}

int64_t tru_video_frame(struct tru_device *video, struct tr_video_frame *frame, void **pixels)
{
    uint64_t va = 0;
    struct tru_device_request request = {
        .operation = TR_VIDEO_FRAME, .answer = frame, .capacity = sizeof *frame};
    int64_t result = tru_device_request(video, &request);

    if (result >= 0) {
        result = request.answer_size == sizeof *frame
                     ? tr_shared_join(frame->shared, frame->key, 0, TR_READ | TR_WRITE, &va)
                     : TR_E_PEER;
    }
    if (result < 0) {
        return result;
    }
    *pixels = (void *)va;
    return 0;
}

int64_t tru_video_palette(struct tru_device *video, uint32_t first, const uint32_t *colours,
                          uint64_t count)
{
    struct tru_device_request request = {.operation = TR_VIDEO_PALETTE,
                                         .arguments = {first},
                                         .bytes = colours,
                                         .size = count * sizeof *colours,
                                         .is_repeatable = true};

    return tru_device_request(video, &request);
}

int64_t tru_video_text(struct tru_device *video, uint32_t row, uint32_t column, uint32_t attribute,
                       const char *text)
{
    struct tru_device_request request = {.operation = TR_VIDEO_TEXT,
                                         .arguments = {row, column, attribute},
                                         .bytes = text,
                                         .size = strlen(text),
                                         .is_repeatable = true};

    return tru_device_request(video, &request);
}

int64_t tru_video_clear(struct tru_device *video, uint32_t attribute)
{
    struct tru_device_request request = {
        .operation = TR_VIDEO_CLEAR, .arguments = {attribute}, .is_repeatable = true};

    return tru_device_request(video, &request);
}

int64_t tru_video_cursor(struct tru_device *video, uint32_t row, uint32_t column, bool is_hidden)
{
    struct tru_device_request request = {
        .operation = TR_VIDEO_CURSOR, .arguments = {row, column, is_hidden}, .is_repeatable = true};

    return tru_device_request(video, &request);
}
