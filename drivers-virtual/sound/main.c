/* SPDX-License-Identifier: MIT */
/* `d\sound`: the Sound Blaster 16. One client plays at a time, through a pipe; samples go to the
 * card by automatic DMA in two halves, and the card's interrupts say which is free. Ends with 0 if
 * there is no such card. */

#include <string.h>
#include <terrarium.h>
#include <terrarium/device.h>
#include <terrarium/device/sound.h>
#include <terrarium/driver.h>

#include "chip.h"
#include "player.h"
#include "stream.h"

TR_PROGRAM_ABOUT("driver of the Sound Blaster 16");

#define CHIP_TIMER 3

static struct {
    struct tru_driver_device device;
    uint64_t left, right;                   /* volume, percent */
    struct tru_driver_request *waiters;     /* for the end of playing, linked by `user` */
    struct tru_driver_request *initialiser; /* the request that resets the card */
} sound = {.left = 100, .right = 100};

/* ---- Playing -------------------------------------------------------------------------------- */

static void on_format(struct tru_driver_request *request)
{
    const uint64_t *arguments = request->head.arguments;
    const struct chip_format format = {.rate = (uint32_t)arguments[0],
                                       .channels = (uint32_t)arguments[1],
                                       .bits = (uint32_t)arguments[2]};
    bool is_small = (arguments[0] | arguments[1] | arguments[2]) <= UINT32_MAX;

    tru_driver_done(request, is_small ? player_format(&format) : TR_E_INVAL);
}

static void on_play(struct tru_driver_request *request)
{
    struct tr_device_member pipe = {0};
    int64_t result = sound.initialiser != NULL ? TR_E_BUSY : player_start(request->sender, &pipe);

    if (result < 0) {
        tru_driver_done(request, result);
    } else {
        tru_driver_done_with(request, 0, &pipe, sizeof pipe);
    }
}

static void wait_for_end(struct tru_driver_request *request)
{
    request->user = sound.waiters;
    sound.waiters = request;
}

static void on_stop(struct tru_driver_request *request)
{
    uint64_t owner = player_status()->owner;

    if (owner == 0) {
        tru_driver_done(request, (int64_t)player_status()->frames);
    } else if (owner != request->sender) {
        tru_driver_done(request, TR_E_PERM);
    } else {
        wait_for_end(request);
        player_stop();
    }
}

static void on_drain(struct tru_driver_request *request)
{
    if (player_status()->owner == 0) {
        tru_driver_done(request, (int64_t)player_status()->frames);
    } else {
        wait_for_end(request);
    }
}

static void card_reset(void)
{
    chip_reset();
    tr_timer_set((uint64_t)tr_clock() + CHIP_RESET_NS, CHIP_TIMER);
}

static void on_ended(int64_t result)
{
    while (sound.waiters != NULL) {
        struct tru_driver_request *request = sound.waiters;
        sound.waiters = request->user;
        tru_driver_done(request, result);
    }
    if (sound.initialiser != NULL) {
        card_reset();
    }
}

/* ---- The rest ------------------------------------------------------------------------------- */

static void on_volume(struct tru_driver_request *request)
{
    uint64_t left = request->head.arguments[0], right = request->head.arguments[1];

    left = left == TR_SOUND_KEEP ? sound.left : left;
    right = right == TR_SOUND_KEEP ? sound.right : right;
    if (left > 100 || right > 100) {
        tru_driver_done(request, TR_E_INVAL);
        return;
    }
    sound.left = left;
    sound.right = right;
    chip_volume(left, right);
    tru_driver_done(request, (int64_t)(left << 8 | right));
}

/* What plays is stopped, then the card is reset. */
static void on_initialise(struct tru_driver_request *request)
{
    sound.initialiser = request;
    if (player_status()->owner != 0) {
        player_stop();
    } else {
        card_reset();
    }
}

static void on_chip_timer(void *user)
{
    struct tru_driver_request *request = sound.initialiser;
    static const struct chip_format usual = {.rate = 44100, .channels = 2, .bits = 16};

    (void)user;
    sound.initialiser = NULL;
    bool is_alive = chip_is_alive();
    player_format(&usual);
    sound.left = sound.right = 100;
    chip_volume(100, 100);
    tru_driver_done(request, is_alive ? 0 : TR_E_TIMEDOUT);
}

static bool on_cancel(struct tru_driver_request *request)
{
    struct tru_driver_request **link = &sound.waiters;

    while (*link != NULL && *link != request) {
        link = (struct tru_driver_request **)&(*link)->user;
    }
    if (*link != request) {
        return false;
    }
    *link = request->user;
    return true;
}

static void on_closed(struct tru_driver_device *device, uint64_t pid)
{
    (void)device;
    player_leave(pid);
}

static void on_irq(void *user, const struct tr_event *event)
{
    (void)user;
    (void)event;
    if (chip_interrupts()) {
        player_on_block();
    }
}

static void on_information(struct tru_driver_device *device, void *to)
{
    struct tr_sound_information *information = to;
    const struct player_status *status = player_status();

    (void)device;
    information->device.flags = status->owner != 0 ? TR_SOUND_PLAYING : 0;
    information->rate = status->format.rate;
    information->channels = status->format.channels;
    information->bits = status->format.bits;
    information->rate_least = CHIP_RATE_LEAST;
    information->rate_most = CHIP_RATE_MOST;
    information->frames_played = status->frames;
    information->silence = status->silence;
    information->volume_left = sound.left;
    information->volume_right = sound.right;
}

/* The only time that it waits: nobody knows of it yet. */
static bool card_find(void)
{
    chip_reset();
    tr_thread_sleep((uint64_t)tr_clock() + CHIP_RESET_NS);
    return chip_is_alive();
}

static int64_t begin(void)
{
    static const struct tru_driver_row rows[] = {
        {TR_SOUND_FORMAT, 0, on_format},
        {TR_SOUND_PLAY, 0, on_play},
        {TR_SOUND_STOP, 0, on_stop},
        {TR_SOUND_DRAIN, 0, on_drain},
        {TR_SOUND_VOLUME, 0, on_volume},
        {TR_DEVICE_OPERATION_INITIALISE, TRU_DRIVER_QUEUED, on_initialise}};

    sound.device =
        (struct tru_driver_device){.name = TR_SOUND_DEVICE,
                                   .type = TR_DEVICE_SOUND,
                                   .rows = rows,
                                   .row_count = sizeof rows / sizeof rows[0],
                                   .information = on_information,
                                   .information_size = sizeof(struct tr_sound_information),
                                   .cancel = on_cancel,
                                   .closed = on_closed,
                                   .model = "Sound Blaster 16",
                                   .driver = "d\\sound"};
    chip_volume(sound.left, sound.right);
    int64_t result = player_open(on_ended);
    if (result >= 0) {
        result = tru_driver_on_irq(CHIP_IRQ, on_irq, NULL);
    }
    if (result >= 0) {
        result = tru_driver_on_timer(STREAM_TIMER, player_on_stream, NULL);
    }
    if (result >= 0) {
        result = tru_driver_on_timer(PLAYER_TIMER, player_on_timer, NULL);
    }
    if (result >= 0) {
        result = tru_driver_on_timer(CHIP_TIMER, on_chip_timer, NULL);
    }
    return result < 0 ? result : tru_driver_add(&sound.device);
}

int main(int argc, char **argv)
{
    tru_driver_start(argc, argv);
    int64_t result = chip_open();
    if (result < 0 || !card_find()) {
        if (result < 0) {
            tru_driver_say("sound: its ports are another's");
        }
        return result < 0 ? 1 : 0;
    }
    result = begin();
    if (result < 0) {
        tru_driver_say("sound: cannot begin: %s", tr_error_text(result));
        return 1;
    }
    return (int)tru_driver_run();
}
