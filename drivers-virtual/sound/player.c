/* SPDX-License-Identifier: MIT */
/* IDLE -> GATHERING (player_start) -> PLAYING (enough is there: begin) -> LEAVING (finish) -> IDLE
 * (the stream's thread has ended: leave). */

#include "player.h"

#include <string.h>
#include <terrarium.h>
#include <terrarium/device.h>

#include "stream.h"

#define HALF_MOST  2048 /* bytes */
#define HALVES     64   /* a second, at least */
#define ISA_END    (UINT64_C(1) << 24)
#define DMA_NS     UINT64_C(1000000000) /* how long to wait for the DMA driver at the start */
#define GATHER_NS  UINT64_C(20000000)   /* from the first byte on, if no more comes */
#define LATE_NS    UINT64_C(50000000)   /* beyond four halves: the card has stopped asking */
#define TRIES_MOST 40

enum state { IDLE, GATHERING, PLAYING, LEAVING };

static struct {
    enum state state;
    struct player_status status;
    void (*ended)(int64_t result);
    struct tru_device dma;
    struct tr_dma memory;
    uint32_t half_frames, frame_bytes;
    uint32_t fill[2], pad[2]; /* frames of the stream in each half, of silence that is counted */
    uint32_t current;         /* the half that is played */
    uint64_t block_time;      /* of the last interrupt */
    uint32_t tries;
    int64_t error;
    bool is_left, is_timed;
} player;

static const uint32_t channels[] = {CHIP_CHANNEL_8, CHIP_CHANNEL_16};

static uint32_t channel(void)
{
    return channels[player.status.format.bits == 16];
}

static uint32_t half_bytes(void)
{
    return player.half_frames * player.frame_bytes;
}

static uint8_t *half(uint32_t index)
{
    return (uint8_t *)(uintptr_t)player.memory.va + index * half_bytes();
}

static void timer_set(uint64_t ns)
{
    player.is_timed = true;
    tr_timer_set((uint64_t)tr_clock() + ns, PLAYER_TIMER);
}

/* How long an interrupt may take before something is wrong. */
static void watch(void)
{
    timer_set(UINT64_C(4000000000) * player.half_frames / player.status.format.rate + LATE_NS);
}

/* ---- The two halves ------------------------------------------------------------------------- */

/* Nothing will come any more. */
static bool is_over(void)
{
    bool is_dry = stream_count() < player.frame_bytes;

    return is_dry && (!stream_is_on() || (player.is_left && stream_pipe_is_empty()));
}

static void half_fill(uint32_t index)
{
    uint32_t count = stream_count(), silent = player.status.format.bits == 8 ? 0x80 : 0;

    count = count < half_bytes() ? count - count % player.frame_bytes : half_bytes();
    count = stream_take(half(index), count);
    memset(half(index) + count, (int)silent, half_bytes() - count);
    player.fill[index] = count / player.frame_bytes;
    player.pad[index] = is_over() ? 0 : player.half_frames - player.fill[index];
}

/* ---- The hardware --------------------------------------------------------------------------- */

static int64_t channels_claim(void)
{
    int64_t result = tru_dma_claim(&player.dma, channels[0]);

    return result < 0 ? result : tru_dma_claim(&player.dma, channels[1]);
}

/* From the first half on. */
static int64_t hardware_start(void)
{
    uint64_t size = 2 * (uint64_t)half_bytes();
    int64_t result =
        tru_dma_start(&player.dma, channel(), player.memory.physical, size, TR_DMA_AUTOMATIC);

    if (result == TR_E_PEER || result == TR_E_NOENT || result == TR_E_STATE) {
        /* Another DMA driver, that knows nothing of us. */
        result = tru_device_reopen(&player.dma, 0);
        result = result < 0 ? result : channels_claim();
        result = result < 0 ? result
                            : tru_dma_start(&player.dma, channel(), player.memory.physical, size,
                                            TR_DMA_AUTOMATIC);
    }
    if (result >= 0) {
        player.current = 0;
        player.block_time = (uint64_t)tr_clock();
        chip_play(&player.status.format, player.half_frames);
    }
    return result;
}

static void hardware_stop(void)
{
    chip_stop(&player.status.format);
    int64_t left = tru_dma_stop(&player.dma, channel());
    if (left <= 0) {
        return;
    }
    /* Of the half that was cut short. */
    uint32_t at = (2 * half_bytes() - (uint32_t)left) % half_bytes() / player.frame_bytes;
    uint32_t fill = player.fill[player.current];
    player.status.frames += at < fill ? at : fill;
}

/* The half that is to be played next comes first again. */
static void halves_order(void)
{
    static uint8_t other[HALF_MOST];
    uint32_t fill = player.fill[0], pad = player.pad[0];

    if (player.current == 0) {
        return;
    }
    memcpy(other, half(0), half_bytes());
    memcpy(half(0), half(1), half_bytes());
    memcpy(half(1), other, half_bytes());
    player.fill[0] = player.fill[1];
    player.pad[0] = player.pad[1];
    player.fill[1] = fill;
    player.pad[1] = pad;
    player.current = 0;
}

/* ---- States --------------------------------------------------------------------------------- */

static void leave(void)
{
    player.state = IDLE;
    player.status.owner = 0;
    player.ended(player.error < 0 ? player.error : (int64_t)player.status.frames);
}

static void finish(int64_t error)
{
    player.error = error;
    if (player.state == PLAYING) {
        hardware_stop();
    }
    if (player.is_timed) {
        tr_timer_cancel(PLAYER_TIMER);
    }
    player.state = LEAVING;
    if (stream_is_on()) {
        stream_stop();
    } else {
        leave();
    }
}

static void begin(void)
{
    if (is_over()) {
        finish(0);
        return;
    }
    half_fill(0);
    half_fill(1);
    player.state = PLAYING;
    watch();
    if (hardware_start() < 0 && player.tries++ > TRIES_MOST) {
        finish(TR_E_TIMEDOUT);
    }
}

static void gather(void)
{
    if (!stream_is_on() || stream_count() >= 2 * half_bytes()) {
        begin();
    } else if (stream_count() > 0 && !player.is_timed) {
        timer_set(GATHER_NS);
    }
}

void player_on_stream(void *user)
{
    (void)user;
    if (player.state == GATHERING) {
        gather();
    }
}

static void on_stream_ended(void)
{
    if (player.state == GATHERING) {
        gather();
    } else if (player.state == LEAVING) {
        leave();
    }
}

void player_on_timer(void *user)
{
    (void)user;
    player.is_timed = false;
    if (player.state == GATHERING) {
        begin();
    } else if (player.state == PLAYING) {
        /* No interrupt: the DMA driver is another one, or the card has forgotten. Again. */
        chip_stop(&player.status.format);
        halves_order();
        watch();
        if (player.tries++ > TRIES_MOST) {
            finish(TR_E_TIMEDOUT);
        } else {
            hardware_start();
        }
    }
}

/* The half that was played is free. */
static void block_done(void)
{
    uint32_t done = player.current;

    player.status.frames += player.fill[done] + player.pad[done];
    player.status.silence += player.pad[done];
    player.current = 1 - done;
    player.fill[done] = player.pad[done] = 0;
    if (is_over() && player.fill[1 - done] == 0) {
        finish(0);
    } else {
        half_fill(done);
    }
}

/* An interrupt that comes late may stand for two: then the card plays the half that is thought to
 * be done. DMA knows. */
static bool has_missed(void)
{
    uint64_t now = (uint64_t)tr_clock(), passed = now - player.block_time;

    player.block_time = now;
    if (passed * player.status.format.rate < UINT64_C(1500000000) * player.half_frames) {
        return false;
    }
    int64_t left = tru_dma_left(&player.dma, channel());
    uint32_t at = left > 0 ? 2 * half_bytes() - (uint32_t)left : 0;
    return left > 0 && at / half_bytes() == player.current;
}

void player_on_block(void)
{
    if (player.state != PLAYING) {
        return;
    }
    player.tries = 0;
    bool is_two = has_missed();
    block_done();
    if (is_two && player.state == PLAYING) {
        block_done();
    }
    if (player.state == PLAYING) {
        watch();
    }
}

/* ---- For the driver ------------------------------------------------------------------------- */

const struct player_status *player_status(void)
{
    return &player.status;
}

int64_t player_format(const struct chip_format *format)
{
    bool is_right = format->rate >= CHIP_RATE_LEAST && format->rate <= CHIP_RATE_MOST &&
                    (format->channels == 1 || format->channels == 2) &&
                    (format->bits == 8 || format->bits == 16);

    if (!is_right) {
        return TR_E_INVAL;
    }
    if (player.state != IDLE) {
        return TR_E_BUSY;
    }
    player.status.format = *format;
    player.frame_bytes = format->channels * format->bits / 8;
    player.half_frames = format->rate / HALVES;
    if (player.half_frames > HALF_MOST / player.frame_bytes) {
        player.half_frames = HALF_MOST / player.frame_bytes;
    }
    return format->rate;
}

int64_t player_start(uint64_t owner, struct tr_device_member *pipe)
{
    if (player.state != IDLE) {
        return TR_E_BUSY;
    }
    int64_t result = stream_start(pipe);
    if (result < 0) {
        return result;
    }
    player.state = GATHERING;
    player.status.owner = owner;
    player.status.frames = player.status.silence = 0;
    player.tries = 0;
    player.error = 0;
    player.is_left = player.is_timed = false;
    return 0;
}

void player_stop(void)
{
    if (player.state == GATHERING || player.state == PLAYING) {
        finish(0);
    }
}

void player_leave(uint64_t pid)
{
    if (pid == player.status.owner) {
        player.is_left = true;
        if (player.state == GATHERING && !player.is_timed) {
            timer_set(GATHER_NS);
        }
    }
}

int64_t player_open(void (*ended)(int64_t result))
{
    static const struct chip_format usual = {.rate = 44100, .channels = 2, .bits = 16};
    int64_t result = tr_dma_allocate(1, ISA_END, 0, &player.memory);

    player.ended = ended;
    player_format(&usual);
    if (result >= 0) {
        result = stream_open(on_stream_ended);
    }
    if (result >= 0) {
        result = tru_device_find(TR_DMA_DEVICE, DMA_NS, &player.dma);
    }
    if (result >= 0) {
        result = tru_device_open(TR_DMA_DEVICE, 0, &player.dma);
    }
    return result < 0 ? result : channels_claim();
}
