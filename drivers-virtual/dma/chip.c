/* SPDX-License-Identifier: MIT */
/* The registers of the DMA controllers. */

#include <terrarium.h>
#include <terrarium/device/dma.h>

#include "chip.h"

#define FIRST_PORTS  0x00
#define SECOND_PORTS 0xc0
#define PAGE_PORTS   0x81 /* 0x80 shows what firmware is doing */
#define PAGE_COUNT   15
#define ISA_END      (UINT64_C(1) << 24)

enum { COMMAND = 8, MASK_ONE = 10, MODE = 11, FLIP_FLOP = 12, CLEAR = 13, MASK_ALL = 15 };
enum { MASK_SET = 4 };
enum { MODE_TO_MEMORY = 4, MODE_TO_DEVICE = 8, MODE_AUTOMATIC = 16, MODE_SINGLE = 64 };
enum { MODE_CASCADE = 0xc0 };

static uint64_t started[CHIP_CHANNELS]; /* bytes */
static uint32_t has_ended;              /* a bit per channel: its count has run out since */

static bool is_word(uint32_t channel)
{
    return channel >= CHIP_CASCADE;
}

/* The second chip sits on every other port. */
static uint16_t port_of(uint32_t channel, uint32_t index)
{
    return (uint16_t)(is_word(channel) ? SECOND_PORTS + 2 * index : FIRST_PORTS + index);
}

static void put(uint32_t channel, uint32_t index, uint32_t value)
{
    tr_port_out(port_of(channel, index), 1, value & 0xff);
}

/* A register of two bytes, the lower one first. */
static void put_word(uint32_t channel, uint32_t index, uint64_t value)
{
    put(channel, FLIP_FLOP, 0);
    put(channel, index, (uint32_t)value);
    put(channel, index, (uint32_t)(value >> 8));
}

static uint32_t get_word(uint32_t channel, uint32_t index)
{
    put(channel, FLIP_FLOP, 0);
    uint32_t low = (uint32_t)tr_port_in(port_of(channel, index), 1) & 0xff;
    uint32_t high = (uint32_t)tr_port_in(port_of(channel, index), 1) & 0xff;
    return high << 8 | low;
}

/* Reading the status forgets it. */
static void ends_look(uint32_t channel)
{
    uint32_t status = (uint32_t)tr_port_in(port_of(channel, COMMAND), 1) & 15;
    has_ended |= is_word(channel) ? status << CHIP_CASCADE : status;
}

static void masks_reset(void)
{
    put(0, CLEAR, 0);
    put(CHIP_CASCADE, CLEAR, 0);
    put(CHIP_CASCADE, MODE, MODE_CASCADE);
    put(CHIP_CASCADE, MASK_ALL, 14);
}

int64_t chip_open(bool *exists)
{
    int64_t result = tr_port_claim(FIRST_PORTS, 16);

    if (result == 0) {
        result = tr_port_claim(SECOND_PORTS, 32);
    }
    if (result == 0) {
        result = tr_port_claim(PAGE_PORTS, PAGE_COUNT);
    }
    *exists = false;
    if (result == 0) {
        masks_reset();
        put_word(0, 0, 0x5aa5);
        *exists = get_word(0, 0) == 0x5aa5;
    }
    return result;
}

bool chip_can_reach(uint32_t channel, uint64_t physical, uint64_t size)
{
    uint64_t piece = is_word(channel) ? 0x20000 : 0x10000;

    if (is_word(channel) && ((physical | size) & 1) != 0) {
        return false;
    }
    return size > 0 && size <= piece && physical < ISA_END && physical + size <= ISA_END &&
           physical / piece == (physical + size - 1) / piece;
}

static uint16_t page_port(uint32_t channel)
{
    static const uint8_t ports[CHIP_CHANNELS] = {0x87, 0x83, 0x81, 0x82, 0x8f, 0x8b, 0x89, 0x8a};

    return ports[channel];
}

void chip_start(uint32_t channel, uint64_t physical, uint64_t size, uint64_t mode)
{
    uint32_t shift = is_word(channel) ? 1 : 0, index = channel & 3;
    uint32_t bits = (mode & TR_DMA_TO_MEMORY) != 0 ? MODE_TO_MEMORY : MODE_TO_DEVICE;

    bits |= (mode & TR_DMA_AUTOMATIC) != 0 ? MODE_AUTOMATIC : 0U;
    bits |= (mode & TR_DMA_DEMAND) != 0 ? 0U : MODE_SINGLE;
    chip_stop(channel);
    ends_look(channel);
    has_ended &= ~(1U << channel);
    started[channel] = size;
    put(channel, MODE, bits | index);
    put_word(channel, 2 * index, physical >> shift);
    put_word(channel, 2 * index + 1, (size >> shift) - 1);
    tr_port_out(page_port(channel), 1,
                (uint32_t)(physical >> 16) & (is_word(channel) ? 0xfe : 0xff));
    put(channel, MASK_ONE, index);
}

void chip_stop(uint32_t channel)
{
    put(channel, MASK_ONE, MASK_SET | (channel & 3));
}

/* All ones is what is left before the first of 65536 and after the last. The upper byte may go on
 * while the two are read: then they are read again. */
uint64_t chip_left(uint32_t channel)
{
    uint32_t shift = is_word(channel) ? 1 : 0, index = 2 * (channel & 3) + 1;
    uint32_t count = get_word(channel, index), again = get_word(channel, index);

    if (count >> 8 != again >> 8) {
        again = get_word(channel, index);
    }
    ends_look(channel);
    if (again == 0xffff && (has_ended >> channel & 1) != 0) {
        return 0;
    }
    uint64_t left = ((uint64_t)again + 1) << shift;
    return left < started[channel] ? left : started[channel];
}
