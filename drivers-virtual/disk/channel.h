/* SPDX-License-Identifier: MIT */
#pragma once

/* An ATA channel: one command at a time for one of its two drives, carried on by interrupts. The
 * end of each is told to a function. A command that does not end in time is given up and the
 * channel reset; nothing here waits. */

#include <stdbool.h>
#include <stdint.h>

#define CHANNEL_BUFFER 65536 /* bytes a command by DMA may move */

enum flow {
    FLOW_NONE, /* no data */
    FLOW_IN,   /* by the processor, a block at each interrupt */
    FLOW_OUT,
    FLOW_DMA_IN, /* by the bus master, into the channel's buffer */
    FLOW_DMA_OUT
};

/* What the registers get. A packet goes to a CD-ROM by the data port, behind the command. */
struct command {
    uint8_t code, feature;
    uint16_t count;
    uint64_t sector; /* the low, middle and high registers, and with is_long those before */
    bool is_long, is_lba, is_packet;
    enum flow flow;
    uint8_t packet[12];
    uint8_t *bytes; /* FLOW_IN, FLOW_OUT: where; DMA: the channel's buffer */
    uint32_t size;  /* bytes to move; a packet's may be fewer in the end */
    uint32_t block; /* bytes at an interrupt; a packet's are told by the drive */
    uint64_t timeout_ns;
};

/* How it ended. */
enum outcome {
    OUTCOME_DONE,
    OUTCOME_FAILED, /* the drive says so: error and the registers tell more */
    OUTCOME_LOST,   /* no answer in time; the channel has been reset */
    OUTCOME_ABSENT  /* there is no such drive */
};

struct channel;
typedef void channel_done(struct channel *channel, enum outcome outcome, void *user);

enum phase { PHASE_IDLE, PHASE_RESET, PHASE_FIRST_BLOCK, PHASE_DATA };

struct channel {
    uint32_t number, first, control, line;
    uint32_t bus_master; /* its ports; 0: there is none */
    uint8_t *buffer;     /* for DMA; NULL: none */
    uint64_t buffer_physical;
    uint32_t *table; /* of regions */
    uint64_t table_physical;

    enum phase phase;
    uint32_t unit;
    struct command command;
    uint32_t moved; /* bytes */
    uint64_t deadline;
    uint8_t status, error; /* of the command that has ended */
    uint64_t interrupts, resets;
    channel_done *done;
    void *user;
    void (*was_reset)(
        struct channel *channel); /* drives have forgotten their settings; may be NULL */
};

/* Claims ports and line of channel 0 or 1; bus_master as above. 0 or a TR_E_*. */
int64_t channel_open(struct channel *channel, uint32_t number, uint32_t bus_master);

/* True if something drives the cable. */
bool channel_is_there(const struct channel *channel);

/* Begins a command; the channel is idle. */
void channel_start(struct channel *channel, uint32_t unit, const struct command *command,
                   channel_done *done, void *user);

/* Resets the channel; `done` is called when the drives are ready. */
void channel_reset(struct channel *channel, channel_done *done, void *user);

/* After a reset: what kind of drive it is. */
enum drive_kind { DRIVE_NONE, DRIVE_DISK, DRIVE_CDROM };
enum drive_kind channel_kind(struct channel *channel, uint32_t unit);
