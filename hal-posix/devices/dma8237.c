/* SPDX-License-Identifier: MIT */
/* The 8237A pair and the page registers.
 *
 * SIM: a burst takes no time of the processor's; transfers between two places in memory and
 * requests by the program (registers 9 and 0xd, command bit 0) are left out, so are priorities:
 * devices ask one after the other. */

#include "dma8237.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_PORTS  0x00
#define SECOND_PORTS 0xc0
#define PAGE_PORTS   0x80
#define CASCADE      4 /* the channel that the first chip asks by */

enum { STATUS = 8, REQUEST, MASK_ONE, MODE, FLIP_FLOP, CLEAR, MASK_NONE, MASK_ALL };
enum { COMMAND_DISABLE = 4 };
enum { MODE_WAY = 12, MODE_TO_MEMORY = 4, MODE_TO_DEVICE = 8, MODE_AUTOMATIC = 16 };
enum { MODE_DOWN = 32, MODE_CASCADE = 0xc0 };

struct channel {
    uint16_t base_address, base_count; /* counts are units less one */
    uint16_t address, count;
    uint8_t mode;
};

struct chip {
    struct bus_range ports;
    struct channel channels[4];
    uint32_t shift; /* ports of a register, units of a channel: 1 << shift */
    uint8_t command, mask, ended;
    bool is_high; /* the next byte of an address or a count is its upper one */
};

struct dma8237 {
    struct chip chips[2];
    struct dma8237_request *requests[8];
    struct bus_range page_ports;
    uint8_t pages[16];
};

/* ---- Registers ------------------------------------------------------------------------------ */

static void chip_clear(struct chip *chip)
{
    chip->command = chip->ended = 0;
    chip->mask = 15;
    chip->is_high = false;
}

static uint8_t chip_status(const struct dma8237 *dma, struct chip *chip)
{
    uint8_t status = chip->ended;
    for (uint32_t i = 0; i < 4; i++) {
        bool asks = dma->requests[(chip == &dma->chips[1] ? 4 : 0) + i] != NULL;
        status = (uint8_t)(status | (asks ? 16U << i : 0));
    }
    chip->ended = 0;
    return status;
}

static uint32_t chip_in(struct machine *machine, void *device, uint32_t offset, uint32_t width)
{
    (void)width;
    struct chip *chip = device;
    uint32_t index = offset >> chip->shift;
    if (index < STATUS) {
        const struct channel *channel = &chip->channels[index / 2];
        uint32_t value = (index & 1) != 0 ? channel->count : channel->address;
        uint32_t shift = chip->is_high ? 8 : 0;
        chip->is_high = !chip->is_high;
        return value >> shift & 0xff;
    }
    switch (index) {
    case STATUS:
        return chip_status(machine->dma8237, chip);
    case CLEAR: /* the temporary register, of transfers within memory */
        return 0;
    case MASK_ALL:
        return chip->mask | 0xf0U;
    default:
        return 0xff;
    }
}

/* Base and current register are written together. */
static void channel_write(struct chip *chip, uint32_t index, uint32_t value)
{
    struct channel *channel = &chip->channels[index / 2];
    bool is_count = (index & 1) != 0;
    uint16_t *base = is_count ? &channel->base_count : &channel->base_address;
    uint16_t *current = is_count ? &channel->count : &channel->address;
    uint32_t shift = chip->is_high ? 8 : 0;
    *base = (uint16_t)((*base & ~(0xffU << shift)) | value << shift);
    *current = (uint16_t)((*current & ~(0xffU << shift)) | value << shift);
    chip->is_high = !chip->is_high;
}

static void mask_one(struct chip *chip, uint32_t value)
{
    uint32_t bit = 1U << (value & 3);
    chip->mask = (uint8_t)((value & 4) != 0 ? chip->mask | bit : chip->mask & ~bit);
}

static void control_write(struct chip *chip, uint32_t index, uint32_t value)
{
    switch (index) {
    case STATUS:
        chip->command = (uint8_t)value;
        break;
    case MASK_ONE:
        mask_one(chip, value);
        break;
    case MODE:
        chip->channels[value & 3].mode = (uint8_t)(value & 0xfc);
        break;
    case FLIP_FLOP:
        chip->is_high = false;
        break;
    case CLEAR:
        chip_clear(chip);
        break;
    case MASK_NONE:
        chip->mask = 0;
        break;
    case MASK_ALL:
        chip->mask = value & 15;
        break;
    default:
        break;
    }
}

static uint32_t page_in(struct machine *machine, void *device, uint32_t offset, uint32_t width)
{
    (void)machine, (void)width;
    const struct dma8237 *dma = device;
    return dma->pages[offset];
}

static void page_out(struct machine *machine, void *device, uint32_t offset, uint32_t width,
                     uint32_t value)
{
    (void)machine, (void)width;
    struct dma8237 *dma = device;
    dma->pages[offset] = (uint8_t)value;
}

/* ---- Transfers ------------------------------------------------------------------------------ */

static bool is_open(const struct chip *chip, uint32_t index)
{
    return (chip->command & COMMAND_DISABLE) == 0 && (chip->mask >> index & 1) == 0;
}

static bool is_cascade(uint8_t mode)
{
    return (mode & MODE_CASCADE) == MODE_CASCADE;
}

static bool can_move(const struct dma8237 *dma, uint32_t channel, enum dma8237_way way)
{
    const struct chip *second = &dma->chips[1], *chip = &dma->chips[channel / 4];
    const struct channel *one = &chip->channels[channel & 3];
    bool is_carried = channel >= CASCADE || (is_open(second, CASCADE & 3) &&
                                             is_cascade(second->channels[CASCADE & 3].mode));
    uint32_t wanted = way == DMA8237_TO_MEMORY ? MODE_TO_MEMORY : MODE_TO_DEVICE;
    uint32_t programmed = one->mode & MODE_WAY;
    return is_carried && is_open(chip, channel & 3) && !is_cascade(one->mode) &&
           (programmed == wanted || programmed == 0);
}

/* After what may have opened a channel. */
static void serve_waiting(struct machine *machine)
{
    struct dma8237 *dma = machine->dma8237;
    for (uint32_t channel = 0; channel < 8; channel++) {
        struct dma8237_request *request = dma->requests[channel];
        if (request != NULL && can_move(dma, channel, request->way)) {
            dma->requests[channel] = NULL;
            request->ready(machine, request);
        }
    }
}

static uint64_t physical_of(const struct dma8237 *dma, uint32_t channel)
{
    static const uint8_t registers[8] = {7, 3, 1, 2, 15, 11, 9, 10};
    const struct chip *chip = &dma->chips[channel / 4];
    uint64_t address = chip->channels[channel & 3].address, page = dma->pages[registers[channel]];
    return chip->shift == 0 ? page << 16 | address : (page & 0xfe) << 16 | address << 1;
}

/* The terminal count. */
static void channel_end(struct chip *chip, uint32_t index)
{
    struct channel *channel = &chip->channels[index];
    chip->ended |= (uint8_t)(1U << index);
    if ((channel->mode & MODE_AUTOMATIC) != 0) {
        channel->address = channel->base_address;
        channel->count = channel->base_count;
    } else {
        chip->mask |= (uint8_t)(1U << index);
    }
}

/* How many units lie in a row, of at most `most`. */
static uint32_t run_of(const struct channel *channel, uint64_t most)
{
    uint32_t run = channel->count + 1U, until_wrap = 0x10000U - channel->address;
    run = run < until_wrap ? run : until_wrap;
    run = run < most ? run : (uint32_t)most;
    return (channel->mode & MODE_DOWN) != 0 ? 1 : run;
}

/* Programmed to verify, a channel counts and moves nothing. */
static void bytes_move(struct machine *machine, struct dma_master *master, uint64_t physical,
                       uint32_t mode, void *bytes, uint64_t size)
{
    if ((mode & MODE_WAY) == MODE_TO_MEMORY) {
        dma_write(machine, master, physical, bytes, size);
    } else if ((mode & MODE_WAY) == MODE_TO_DEVICE) {
        dma_read(machine, master, physical, bytes, size);
    }
}

uint64_t dma8237_move(struct machine *machine, struct dma_master *master, uint32_t channel,
                      enum dma8237_way way, void *bytes, uint64_t size, bool *terminal)
{
    struct dma8237 *dma = machine->dma8237;
    struct chip *chip = &dma->chips[channel / 4];
    struct channel *one = &chip->channels[channel & 3];
    uint64_t moved = 0;
    *terminal = false;
    if (!can_move(dma, channel, way)) {
        return 0;
    }
    while (!*terminal && (size - moved) >> chip->shift != 0) {
        uint32_t run = run_of(one, (size - moved) >> chip->shift);
        bytes_move(machine, master, physical_of(dma, channel), one->mode, (uint8_t *)bytes + moved,
                   (uint64_t)run << chip->shift);
        *terminal = run == one->count + 1U;
        one->count = (uint16_t)(one->count - run);
        one->address =
            (uint16_t)((one->mode & MODE_DOWN) != 0 ? one->address - run : one->address + run);
        moved += (uint64_t)run << chip->shift;
    }
    if (*terminal) {
        channel_end(chip, channel & 3);
    }
    return moved;
}

void dma8237_request(struct machine *machine, uint32_t channel, struct dma8237_request *request)
{
    machine->dma8237->requests[channel] = request;
    if (request != NULL) {
        serve_waiting(machine);
    }
}

static void chip_out(struct machine *machine, void *device, uint32_t offset, uint32_t width,
                     uint32_t value)
{
    (void)width;
    struct chip *chip = device;
    uint32_t index = offset >> chip->shift;
    if (index < STATUS) {
        channel_write(chip, index, value);
    } else {
        control_write(chip, index, value);
        serve_waiting(machine);
    }
}

/* ---- Power-on ------------------------------------------------------------------------------- */

static void chip_create(struct machine *machine, struct chip *chip, uint32_t first, uint32_t shift)
{
    chip->shift = shift;
    chip_clear(chip);
    chip->ports = (struct bus_range){
        .first = first, .count = 16U << shift, .device = chip, .in = chip_in, .out = chip_out};
    bus_attach(machine, &chip->ports);
}

struct dma8237 *dma8237_create(struct machine *machine)
{
    struct dma8237 *dma = calloc(1, sizeof *dma);
    if (dma == NULL) {
        return NULL;
    }
    chip_create(machine, &dma->chips[0], FIRST_PORTS, 0);
    chip_create(machine, &dma->chips[1], SECOND_PORTS, 1);
    dma->chips[1].channels[CASCADE & 3].mode = MODE_CASCADE;
    dma->chips[1].mask = 14;
    dma->page_ports = (struct bus_range){
        .first = PAGE_PORTS, .count = 16, .device = dma, .in = page_in, .out = page_out};
    bus_attach(machine, &dma->page_ports);
    return dma;
}

void dma8237_destroy(struct dma8237 *dma)
{
    free(dma);
}
