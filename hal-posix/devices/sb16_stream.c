/* SPDX-License-Identifier: MIT */
/* Samples by DMA.
 *
 * SIM: what is recorded is silence. A transfer that the bus refuses (dma.h) ends the stream, where
 * a PC would play whatever lies there. */

#include "sb16_stream.h"

#include <string.h>

#include "hal-posix/sound.h"

#define NS_PER_S UINT64_C(1000000000)
#define FIFO     16 /* frames fetched at once */

static uint64_t time_of(const struct sb16_stream *stream, uint64_t frames)
{
    return stream->begin + frames * stream->seconds * NS_PER_S / stream->per;
}

static uint32_t channels_of(const struct sb16_stream *stream)
{
    return stream->is_stereo ? 2 : 1;
}

/* Counts begin anew where they meet whole seconds: they stay small and nothing is rounded away. */
static void run_on(struct machine *machine, struct sb16_stream *stream, uint64_t frames)
{
    stream->frames += frames;
    while (stream->frames >= stream->per) {
        stream->begin += stream->seconds * NS_PER_S;
        stream->frames -= stream->per;
    }
    timeline_set(machine, &stream->due, time_of(stream, stream->frames));
}

static void run_from_now(struct machine *machine, struct sb16_stream *stream)
{
    stream->begin = timeline_now(machine);
    stream->frames = 0;
    timeline_set(machine, &stream->due, stream->begin);
}

/* ---- Frames --------------------------------------------------------------------------------- */

static int32_t sample_of(const struct sb16_stream *stream, const uint8_t *bytes, uint32_t index)
{
    uint32_t value = stream->is_word ? (uint32_t)bytes[2 * index + 1] << 8 | bytes[2 * index]
                                     : (uint32_t)bytes[index] << 8;
    return (int16_t)(stream->is_signed ? value : value ^ 0x8000);
}

static void play(struct machine *machine, const struct sb16_stream *stream, const uint8_t *bytes,
                 uint32_t frames)
{
    struct sound_frame heard[FIFO];
    uint32_t left = ct1745_gain(stream->mixer, 0), right = ct1745_gain(stream->mixer, 1);
    uint32_t channels = channels_of(stream);
    for (uint32_t i = 0; i < frames; i++) {
        heard[i].left = ct1745_amplified(sample_of(stream, bytes, channels * i), left);
        heard[i].right =
            ct1745_amplified(sample_of(stream, bytes, channels * i + channels - 1), right);
    }
    const struct sound_piece piece = {.begin = stream->due.time,
                                      .end = time_of(stream, stream->frames + frames),
                                      .per = stream->per,
                                      .seconds = stream->seconds,
                                      .frames = heard,
                                      .count = frames};
    sound_play(machine, &piece);
}

static void silence(const struct sb16_stream *stream, uint8_t *bytes, size_t size)
{
    memset(bytes, stream->is_signed ? 0 : 0x80, size);
    for (size_t i = 0; stream->is_word && i < size; i += 2) {
        bytes[i] = 0;
    }
}

/* ---- Transfers ------------------------------------------------------------------------------ */

static void channel_ready(struct machine *machine, struct dma8237_request *request)
{
    struct sb16_stream *stream =
        (struct sb16_stream *)((char *)request - offsetof(struct sb16_stream, request));
    stream->is_waiting = false;
    run_from_now(machine, stream);
}

static void wait_for_channel(struct machine *machine, struct sb16_stream *stream)
{
    stream->is_waiting = true;
    stream->request.way = stream->is_input ? DMA8237_TO_MEMORY : DMA8237_TO_DEVICE;
    dma8237_request(machine, stream->channel, &stream->request);
}

static void block_end(struct machine *machine, struct sb16_stream *stream)
{
    if (stream->is_automatic && !stream->is_ending) {
        stream->left = stream->block;
    } else {
        stream->is_on = false;
        timeline_cancel(machine, &stream->due);
    }
    stream->block_ended(machine, stream);
}

static void transferred(struct machine *machine, struct sb16_stream *stream, const uint8_t *bytes,
                        uint32_t samples)
{
    uint32_t frames = (samples + channels_of(stream) - 1) / channels_of(stream);
    if (!stream->is_input) {
        play(machine, stream, bytes, frames);
    }
    stream->left -= samples;
    run_on(machine, stream, frames);
    if (stream->left == 0) {
        block_end(machine, stream);
    }
}

/* What is due is fetched, and the time of what follows set. */
static void stream_fire(struct machine *machine, struct timed *timed)
{
    struct sb16_stream *stream = (struct sb16_stream *)timed;
    uint8_t bytes[FIFO * 4];
    uint32_t width = stream->is_word ? 2 : 1;
    uint32_t samples = (stream->has_fifo ? FIFO : 1) * channels_of(stream);
    enum dma8237_way way = stream->is_input ? DMA8237_TO_MEMORY : DMA8237_TO_DEVICE;
    uint64_t refused = stream->master.refused;
    bool terminal;
    samples = samples < stream->left ? samples : stream->left;
    silence(stream, bytes, sizeof bytes);
    uint64_t moved = dma8237_move(machine, &stream->master, stream->channel, way, bytes,
                                  (uint64_t)samples * width, &terminal);
    if (stream->master.refused != refused) {
        sb16_stream_stop(machine, stream);
    } else if (moved < width) {
        wait_for_channel(machine, stream);
    } else {
        transferred(machine, stream, bytes, (uint32_t)moved / width);
    }
}

/* ---- Commands ------------------------------------------------------------------------------- */

void sb16_stream_create(struct sb16_stream *stream, const struct ct1745 *mixer, bool is_word)
{
    *stream = (struct sb16_stream){.due.fire = stream_fire,
                                   .request.ready = channel_ready,
                                   .master.name = "the sound card",
                                   .mixer = mixer,
                                   .is_word = is_word,
                                   .per = 1,
                                   .seconds = 1};
}

static void halt(struct machine *machine, struct sb16_stream *stream)
{
    timeline_cancel(machine, &stream->due);
    if (stream->is_waiting) {
        stream->is_waiting = false;
        dma8237_request(machine, stream->channel, NULL);
    }
}

/* Without a channel chosen nobody answers, ever. */
static void go(struct machine *machine, struct sb16_stream *stream)
{
    if (stream->channel != CT1745_NONE) {
        run_from_now(machine, stream);
    }
}

void sb16_stream_start(struct machine *machine, struct sb16_stream *stream)
{
    halt(machine, stream);
    stream->is_on = true;
    stream->is_paused = stream->is_ending = false;
    stream->left = stream->block;
    stream->channel = ct1745_channel(stream->mixer, stream->is_word);
    go(machine, stream);
}

void sb16_stream_stop(struct machine *machine, struct sb16_stream *stream)
{
    halt(machine, stream);
    stream->is_on = stream->is_paused = stream->is_ending = false;
}

void sb16_stream_pause(struct machine *machine, struct sb16_stream *stream)
{
    if (stream->is_on && !stream->is_paused) {
        halt(machine, stream);
        stream->is_paused = true;
    }
}

void sb16_stream_continue(struct machine *machine, struct sb16_stream *stream)
{
    if (stream->is_on && stream->is_paused) {
        stream->is_paused = false;
        go(machine, stream);
    }
}
