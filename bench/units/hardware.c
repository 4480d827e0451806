/* SPDX-License-Identifier: MIT */
/* What a driver meets: interrupts, ports, a frame buffer. */

#include "units/asked.h"

#define INTERRUPTS 2000
#define PORTS      20000
#define TRAPPED    1000
#define FRAMES     20

static void *open_driver(enum request_kind kind, uint64_t count)
{
    const struct rig_config config = {.ram_bytes = UINT64_C(64) << 20, .drivers = true};
    const struct request request = {.kind = kind, .count = count};
    struct asked *asked = asked_open(&config);

    asked_ready(asked, &request, count);
    return asked;
}

static void *open_interrupts(uint64_t unused)
{
    (void)unused;
    return open_driver(REQUEST_INTERRUPTS, INTERRUPTS);
}

static void *open_ports(uint64_t unused)
{
    (void)unused;
    return open_driver(REQUEST_PORTS, PORTS);
}

static void *open_trapped(uint64_t unused)
{
    (void)unused;
    return open_driver(REQUEST_TRAPPED_PORTS, TRAPPED);
}

static void *open_frames(uint64_t size)
{
    const struct rig_config config = {
        .ram_bytes = UINT64_C(64) << 20, .drivers = true, .screen = true};
    const struct request request = {
        .kind = REQUEST_FRAMES, .count = FRAMES, .size = size, .object = RIG_FRAME};
    struct asked *asked = asked_open(&config);

    asked_ready(asked, &request, FRAMES);
    return asked;
}

const struct source unit_interrupt = {open_interrupts, asked_batch, asked_close, INTERRUPTS};
const struct source unit_port = {open_ports, asked_batch, asked_close, PORTS};
const struct source unit_trapped_port = {open_trapped, asked_batch, asked_close, TRAPPED};
const struct source unit_frame = {open_frames, asked_batch, asked_close, FRAMES};
