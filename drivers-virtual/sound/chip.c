/* SPDX-License-Identifier: MIT */
/* The Sound Blaster 16. */

#include <stddef.h>
#include <terrarium.h>

#include "chip.h"

#define PORT       0x220
#define PORT_COUNT 16
#define VERSION    4

enum { MIXER = 4, MIXER_DATA, RESET, READ = 10, WRITE = 12, READ_STATUS = 14, ACKNOWLEDGE_16 };
enum { STATUS_BIT = 0x80, ALIVE = 0xaa };
enum {
    MIXER_RESET = 0,
    MIXER_MASTER = 0x30,
    MIXER_VOICE = 0x32,
    MIXER_IRQ = 0x80,
    MIXER_DMA,
    MIXER_CAUSES
};
enum { IRQ_5 = 2, CAUSE_8 = 1, CAUSE_16 = 2 };
enum { COMMAND_RATE = 0x41, COMMAND_VERSION = 0xe1, COMMAND_SPEAKER = 0xd1 };
enum { COMMAND_PLAY_16 = 0xb6, COMMAND_PLAY_8 = 0xc6 }; /* automatic, with FIFO */
enum { COMMAND_PAUSE_16 = 0xd5, COMMAND_PAUSE_8 = 0xd0, COMMAND_END_16 = 0xd9, COMMAND_END_8 };
enum { MODE_STEREO = 0x20, MODE_SIGNED = 0x10 };

#define LOOKS       100 /* at a port, 200 ns each, for what takes the DSP a microsecond or two */
#define RESET_LOOKS 16  /* three microseconds */
#define LEVEL_MOST  31  /* of the mixer's volumes; each is 2 dB less than the next */

static uint32_t port_in(uint32_t offset)
{
    return (uint32_t)tr_port_in(PORT + offset, 1) & 0xff;
}

static void port_out(uint32_t offset, uint32_t value)
{
    tr_port_out(PORT + offset, 1, value & 0xff);
}

/* A byte for the DSP, when it takes one. */
static void dsp_put(uint32_t byte)
{
    for (int i = 0; i < LOOKS && (port_in(WRITE) & STATUS_BIT) != 0; i++) {
    }
    port_out(WRITE, byte);
}

static uint32_t dsp_get(void)
{
    for (int i = 0; i < LOOKS && (port_in(READ_STATUS) & STATUS_BIT) == 0; i++) {
    }
    return port_in(READ);
}

static void mixer_put(uint32_t index, uint32_t value)
{
    port_out(MIXER, index);
    port_out(MIXER_DATA, value);
}

int64_t chip_open(void)
{
    return tr_port_claim(PORT, PORT_COUNT);
}

void chip_reset(void)
{
    port_out(RESET, 1);
    for (int i = 0; i < RESET_LOOKS; i++) {
        port_in(RESET);
    }
    port_out(RESET, 0);
}

bool chip_is_alive(void)
{
    if ((port_in(READ_STATUS) & STATUS_BIT) == 0 || port_in(READ) != ALIVE) {
        return false;
    }
    dsp_put(COMMAND_VERSION);
    uint32_t major = dsp_get();
    dsp_get();
    if (major != VERSION) {
        return false;
    }
    mixer_put(MIXER_RESET, 0);
    mixer_put(MIXER_IRQ, IRQ_5);
    mixer_put(MIXER_DMA, 1U << CHIP_CHANNEL_8 | 1U << CHIP_CHANNEL_16);
    mixer_put(MIXER_VOICE, LEVEL_MOST << 3);
    mixer_put(MIXER_VOICE + 1, LEVEL_MOST << 3);
    dsp_put(COMMAND_SPEAKER);
    chip_interrupts();
    return true;
}

void chip_play(const struct chip_format *format, uint32_t frames)
{
    uint32_t samples = frames * format->channels - 1;
    bool is_word = format->bits == 16;

    dsp_put(COMMAND_RATE);
    dsp_put(format->rate >> 8);
    dsp_put(format->rate);
    dsp_put(is_word ? COMMAND_PLAY_16 : COMMAND_PLAY_8);
    dsp_put((format->channels == 2 ? MODE_STEREO : 0U) | (is_word ? MODE_SIGNED : 0U));
    dsp_put(samples);
    dsp_put(samples >> 8);
}

void chip_stop(const struct chip_format *format)
{
    bool is_word = format->bits == 16;

    dsp_put(is_word ? COMMAND_PAUSE_16 : COMMAND_PAUSE_8);
    dsp_put(is_word ? COMMAND_END_16 : COMMAND_END_8);
    chip_interrupts();
}

/* How many steps of 2 dB below the loudest: step n begins below steps[n] percent. */
static uint32_t level_of(uint64_t percent)
{
    static const uint8_t steps[] = {90, 71, 57, 45, 36, 29, 23, 18, 15, 12, 9,
                                    7,  6,  5,  4,  3,  3,  2,  2,  2,  1};
    uint32_t down = 0;

    while (down < sizeof steps && percent < steps[down]) {
        down++;
    }
    return down < sizeof steps ? LEVEL_MOST - down : 0;
}

/* The least level is still heard, a little: the voice is taken away with it. */
void chip_volume(uint64_t left, uint64_t right)
{
    mixer_put(MIXER_MASTER, level_of(left) << 3);
    mixer_put(MIXER_MASTER + 1, level_of(right) << 3);
    mixer_put(MIXER_VOICE, left > 0 ? LEVEL_MOST << 3 : 0);
    mixer_put(MIXER_VOICE + 1, right > 0 ? LEVEL_MOST << 3 : 0);
}

bool chip_interrupts(void)
{
    port_out(MIXER, MIXER_CAUSES);
    uint32_t causes = port_in(MIXER_DATA);

    if ((causes & CAUSE_8) != 0) {
        port_in(READ_STATUS);
    }
    if ((causes & CAUSE_16) != 0) {
        port_in(ACKNOWLEDGE_16);
    }
    return (causes & (CAUSE_8 | CAUSE_16)) != 0;
}
