/* SPDX-License-Identifier: MIT */
/* A command's way, one at a time:
 *
 *   idle ── channel_start ──> first block ── drive asks for data ──> data ── all moved ──> idle
 *                 └─ data to the host, none, or by DMA ───────────────^  │
 *   any ── time is over, or channel_reset ──> reset ── drives ready ─────┴──> idle
 *
 * The first block to a drive, and a packet, are asked for by the status register alone, mostly at
 * once; if not, a timer looks again. */

#include "channel.h"

#include <stddef.h>
#include <terrarium.h>
#include <terrarium/driver.h>

#define LOOK_NS       UINT64_C(100000)
#define RESET_LOOK_NS UINT64_C(2500000)
#define RESET_MOST_NS UINT64_C(5000000000)
#define ENTRY_LAST    UINT32_C(0x80000000)

enum { DATA, ERROR, COUNT, LOW, MIDDLE, HIGH, DEVICE, STATUS }; /* from the first port on */
enum { FEATURE = ERROR, COMMAND = STATUS };
enum { BUSY = 0x80, REQUEST = 8, FAILED = 1 };
enum { DEVICE_LBA = 0x40, DEVICE_BASE = 0xa0 };
enum { CONTROL_RESET = 4 };
enum { REASON_IN = 2, REASONS = 3 };
enum { BM_COMMAND, BM_STATUS = 2, BM_TABLE = 4 };
enum { BM_START = 1, BM_TO_MEMORY = 8, BM_FAILED = 2, BM_INTERRUPT = 4 };

static uint8_t get(const struct channel *channel, uint32_t reg)
{
    return (uint8_t)tr_port_in(channel->first + reg, 1);
}

static void put(const struct channel *channel, uint32_t reg, uint64_t value)
{
    tr_port_out(channel->first + reg, 1, value & 0xff);
}

/* The status without taking back the interrupt. */
static uint8_t status_look(const struct channel *channel)
{
    return (uint8_t)tr_port_in(channel->control, 1);
}

static bool is_by_dma(const struct channel *channel)
{
    return channel->command.flow == FLOW_DMA_IN || channel->command.flow == FLOW_DMA_OUT;
}

static void timer_at(struct channel *channel, uint64_t ns)
{
    tr_timer_set((uint64_t)tr_clock() + ns, channel->number + 1);
}

/* ---- The end --------------------------------------------------------------------------------- */

static void dma_stop(struct channel *channel)
{
    if (channel->bus_master != 0) {
        tr_port_out(channel->bus_master + BM_COMMAND, 1, 0);
    }
}

static void finish(struct channel *channel, enum outcome outcome)
{
    channel->phase = PHASE_IDLE;
    tr_timer_cancel(channel->number + 1);
    channel->done(channel, outcome, channel->user);
}

static void reset_begin(struct channel *channel)
{
    uint64_t now = (uint64_t)tr_clock();

    channel->phase = PHASE_RESET;
    channel->deadline = now + RESET_MOST_NS;
    channel->resets++;
    dma_stop(channel);
    tr_port_out(channel->control, 1, CONTROL_RESET);
    /* Longer than the 5 us that the drives want to see. */
    for (int i = 0; i < 30; i++) {
        status_look(channel);
    }
    tr_port_out(channel->control, 1, 0);
    timer_at(channel, RESET_LOOK_NS);
    if (channel->was_reset != NULL) {
        channel->was_reset(channel);
    }
}

static void give_up(struct channel *channel)
{
    tru_driver_say("disk: channel %u: no answer to command %02x: reset", channel->number,
                   channel->command.code);
    reset_begin(channel);
}

/* The drives are ready, or will never be. */
static void reset_look(struct channel *channel)
{
    bool is_busy = (status_look(channel) & BUSY) != 0;

    if (is_busy && (uint64_t)tr_clock() < channel->deadline) {
        timer_at(channel, RESET_LOOK_NS);
    } else {
        finish(channel, OUTCOME_LOST);
    }
}

/* ---- Data ------------------------------------------------------------------------------------ */

static void block_out(struct channel *channel)
{
    struct command *command = &channel->command;
    uint32_t left = command->size - channel->moved;
    uint32_t size = left < command->block ? left : command->block;

    tr_port_out_string(channel->first + DATA, 2, command->bytes + channel->moved, size / 2);
    channel->moved += size;
}

static void block_in(struct channel *channel, uint32_t size)
{
    struct command *command = &channel->command;
    uint32_t left = command->size - channel->moved, taken = size < left ? size : left;

    tr_port_in_string(channel->first + DATA, 2, command->bytes + channel->moved, taken / 2);
    channel->moved += taken;
    /* More than was asked for: the drive wants to be rid of it. */
    for (uint32_t extra = taken; extra < size; extra += 2) {
        tr_port_in(channel->first + DATA, 2);
    }
}

/* The drive is ready for the first block, or the packet. */
static void first_block(struct channel *channel)
{
    struct command *command = &channel->command;

    channel->phase = PHASE_DATA;
    if (command->is_packet) {
        tr_port_out_string(channel->first + DATA, 2, command->packet, 6);
        if (is_by_dma(channel)) {
            tr_port_out(channel->bus_master + BM_COMMAND, 1, BM_START | BM_TO_MEMORY);
        }
    } else {
        block_out(channel);
    }
    tr_timer_set(channel->deadline, channel->number + 1);
}

static void first_block_look(struct channel *channel)
{
    uint8_t status = status_look(channel);

    if (status == 0 || status == 0x7f || status == 0xff) {
        finish(channel, OUTCOME_ABSENT);
    } else if ((status & BUSY) == 0 && (status & REQUEST) != 0) {
        first_block(channel);
    } else if ((status & BUSY) == 0 && (status & FAILED) != 0) {
        channel->status = get(channel, STATUS);
        channel->error = get(channel, ERROR);
        finish(channel, OUTCOME_FAILED);
    } else if ((uint64_t)tr_clock() >= channel->deadline) {
        give_up(channel);
    } else {
        timer_at(channel, LOOK_NS);
    }
}

/* The interrupt of a command that goes on by the data port, or has ended. */
static void data_interrupt(struct channel *channel)
{
    struct command *command = &channel->command;
    bool wants = (channel->status & REQUEST) != 0;

    if ((channel->status & FAILED) != 0) {
        channel->error = get(channel, ERROR);
        finish(channel, OUTCOME_FAILED);
    } else if (command->is_packet && wants) {
        uint32_t size = get(channel, MIDDLE) | (uint32_t)get(channel, HIGH) << 8;
        if ((get(channel, COUNT) & REASONS) == REASON_IN) {
            block_in(channel, size);
        }
    } else if (command->flow == FLOW_IN && !command->is_packet) {
        uint32_t left = command->size - channel->moved;
        block_in(channel, left < command->block ? left : command->block);
        if (channel->moved == command->size) {
            finish(channel, OUTCOME_DONE);
        }
    } else if (command->flow == FLOW_OUT && channel->moved < command->size) {
        block_out(channel);
    } else {
        finish(channel, OUTCOME_DONE);
    }
}

static void dma_interrupt(struct channel *channel)
{
    uint8_t master = (uint8_t)tr_port_in(channel->bus_master + BM_STATUS, 1);

    dma_stop(channel);
    tr_port_out(channel->bus_master + BM_STATUS, 1, master);
    if ((channel->status & FAILED) != 0 || (master & BM_FAILED) != 0) {
        channel->error = get(channel, ERROR);
        finish(channel, OUTCOME_FAILED);
    } else {
        channel->moved = channel->command.size;
        finish(channel, OUTCOME_DONE);
    }
}

static void on_irq(void *user, const struct tr_event *event)
{
    struct channel *channel = user;

    (void)event;
    if ((status_look(channel) & BUSY) != 0) {
        return; /* nobody here has asked: whoever is busy asks later */
    }
    channel->interrupts++;
    channel->status = get(channel, STATUS);
    if (channel->phase != PHASE_DATA) {
        return;
    }
    if (is_by_dma(channel)) {
        uint8_t master = (uint8_t)tr_port_in(channel->bus_master + BM_STATUS, 1);
        if ((master & BM_INTERRUPT) != 0) {
            dma_interrupt(channel);
        }
    } else {
        data_interrupt(channel);
    }
}

static void on_timer(void *user)
{
    struct channel *channel = user;

    if (channel->phase == PHASE_RESET) {
        reset_look(channel);
    } else if (channel->phase == PHASE_FIRST_BLOCK) {
        first_block_look(channel);
    } else if (channel->phase == PHASE_DATA) {
        give_up(channel);
    }
}

/* ---- The beginning --------------------------------------------------------------------------- */

/* The buffer is one piece that does not cross 64 KiB: one entry, whose count 0 is 64 KiB. */
static void dma_ready(struct channel *channel)
{
    const struct command *command = &channel->command;

    channel->table[0] = (uint32_t)channel->buffer_physical;
    channel->table[1] = (command->size & 0xffff) | ENTRY_LAST;
    tr_port_out(channel->bus_master + BM_COMMAND, 1,
                command->flow == FLOW_DMA_IN ? BM_TO_MEMORY : 0);
    tr_port_out(channel->bus_master + BM_STATUS, 1,
                (uint32_t)tr_port_in(channel->bus_master + BM_STATUS, 1) | BM_FAILED |
                    BM_INTERRUPT);
    /* As a string of one: where the table happens to lie is then nothing that a trace shows. */
    tr_port_out_string(channel->bus_master + BM_TABLE, 4, &channel->table_physical, 1);
}

static void registers_write(struct channel *channel)
{
    const struct command *command = &channel->command;
    uint64_t sector = command->sector;

    if (command->is_long) {
        put(channel, FEATURE, 0);
        put(channel, COUNT, command->count >> 8);
        put(channel, LOW, sector >> 24);
        put(channel, MIDDLE, sector >> 32);
        put(channel, HIGH, sector >> 40);
    }
    put(channel, FEATURE, command->feature);
    put(channel, COUNT, command->count);
    put(channel, LOW, sector);
    put(channel, MIDDLE, sector >> 8);
    put(channel, HIGH, sector >> 16);
    if (command->is_lba && !command->is_long) {
        put(channel, DEVICE, DEVICE_BASE | DEVICE_LBA | channel->unit << 4 | (sector >> 24 & 15));
    }
    put(channel, COMMAND, command->code);
}

static void select(struct channel *channel, uint32_t unit)
{
    put(channel, DEVICE, (uint64_t)DEVICE_BASE | DEVICE_LBA | unit << 4);
    /* The drive takes 400 ns to answer. */
    status_look(channel);
    status_look(channel);
}

void channel_start(struct channel *channel, uint32_t unit, const struct command *command,
                   channel_done *done, void *user)
{
    channel->command = *command;
    channel->unit = unit;
    channel->moved = 0;
    channel->done = done;
    channel->user = user;
    channel->deadline = (uint64_t)tr_clock() + command->timeout_ns;
    select(channel, unit);
    if (is_by_dma(channel)) {
        channel->command.bytes = channel->buffer;
        dma_ready(channel);
    }
    registers_write(channel);
    if (command->is_packet || command->flow == FLOW_OUT) {
        channel->phase = PHASE_FIRST_BLOCK;
        status_look(channel);
        status_look(channel);
        first_block_look(channel);
        return;
    }
    channel->phase = PHASE_DATA;
    if (is_by_dma(channel)) {
        tr_port_out(channel->bus_master + BM_COMMAND, 1,
                    BM_START | (command->flow == FLOW_DMA_IN ? BM_TO_MEMORY : 0U));
    }
    uint8_t status = status_look(channel);
    if (status == 0 || status == 0x7f || status == 0xff) {
        finish(channel, OUTCOME_ABSENT);
        return;
    }
    tr_timer_set(channel->deadline, channel->number + 1);
}

void channel_reset(struct channel *channel, channel_done *done, void *user)
{
    channel->done = done;
    channel->user = user;
    reset_begin(channel);
}

bool channel_is_there(const struct channel *channel)
{
    uint8_t status = status_look(channel);

    return status != 0xff && status != 0x7f;
}

enum drive_kind channel_kind(struct channel *channel, uint32_t unit)
{
    select(channel, unit);
    uint32_t signature = get(channel, MIDDLE) | (uint32_t)get(channel, HIGH) << 8;
    if (signature == 0xeb14) {
        return DRIVE_CDROM;
    }
    return signature == 0 && status_look(channel) != 0 ? DRIVE_DISK : DRIVE_NONE;
}

/* ---- Opening --------------------------------------------------------------------------------- */

/* The buffer, which must not cross 64 KiB, and a page for the table behind it. */
static int64_t buffers_make(struct channel *channel)
{
    struct tr_dma memory;
    uint64_t pages = CHANNEL_BUFFER / TR_PAGE_SIZE + 1;
    int64_t result = tr_dma_allocate(pages, UINT64_C(1) << 32, CHANNEL_BUFFER, &memory);

    if (result < 0) {
        return result;
    }
    channel->buffer = (uint8_t *)memory.va;
    channel->buffer_physical = memory.physical;
    channel->table = (uint32_t *)(memory.va + CHANNEL_BUFFER);
    channel->table_physical = memory.physical + CHANNEL_BUFFER;
    return 0;
}

int64_t channel_open(struct channel *channel, uint32_t number, uint32_t bus_master)
{
    *channel = (struct channel){.number = number,
                                .first = number == 0 ? 0x1f0 : 0x170,
                                .control = number == 0 ? 0x3f6 : 0x376,
                                .line = 14 + number};
    int64_t result = tr_port_claim(channel->first, 8);
    if (result >= 0) {
        result = tr_port_claim(channel->control, 1);
    }
    if (result >= 0 && bus_master != 0 && tr_port_claim(bus_master, 8) >= 0 &&
        buffers_make(channel) >= 0) {
        channel->bus_master = bus_master;
        dma_stop(channel);
    }
    if (result >= 0) {
        result = tru_driver_on_irq(channel->line, on_irq, channel);
    }
    return result < 0 ? result : tru_driver_on_timer(number + 1, on_timer, channel);
}
