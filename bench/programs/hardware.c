/* SPDX-License-Identifier: MIT */
/* Jobs of a driver: interrupts of the timer, ports by call and by instruction, a frame buffer. */

#include <string.h>

#include "programs/jobs.h"
#include "programs/port.h"

enum { TIMER = 0x40, CONTROL = 0x43, LINE = 0, STANDS = 0x30, PERIODIC = 0x34 };
#define PERIOD   12 /* ticks: 10 us */
#define PATIENCE UINT64_C(1000000000)

static int64_t claim(void)
{
    static int64_t claimed = -1;

    if (claimed < 0) {
        claimed = tr_port_claim(TIMER, 4);
    }
    return claimed;
}

static void program_timer(uint32_t mode, uint32_t count)
{
    (void)tr_port_out(CONTROL, 1, mode);
    (void)tr_port_out(TIMER, 1, count);
    (void)tr_port_out(TIMER, 1, 0);
}

int64_t job_interrupts(const struct request *request)
{
    struct tr_event event;
    int64_t result = claim();

    if (result == 0) {
        result = tr_irq_listen(LINE, 0);
    }
    if (result < 0) {
        return result;
    }
    program_timer(PERIODIC, PERIOD);
    for (uint64_t i = 0; i < request->count && result >= 0; i++) {
        result = tr_event_wait(&event, PATIENCE);
        if (result == 1) {
            result = tr_irq_acknowledge(LINE);
        }
    }
    program_timer(STANDS, 0);
    (void)tr_irq_ignore(LINE);
    return result;
}

int64_t job_ports(const struct request *request)
{
    int64_t result = claim();

    for (uint64_t i = 0; i < request->count && result >= 0; i++) {
        result = tr_port_in(TIMER, 1);
    }
    return result;
}

int64_t job_trapped_ports(const struct request *request)
{
    int64_t result = claim();

    for (uint64_t i = 0; i < request->count && result == 0; i++) {
        (void)port_in(TIMER);
    }
    return result;
}

int64_t job_frames(const struct request *request)
{
    static int64_t frame;

    if (frame == 0) {
        frame = tr_physical_map(request->object, request->size / TR_PAGE_SIZE, 0);
    }
    for (uint64_t i = 0; i < request->count && frame > 0; i++) {
        memset((void *)(uintptr_t)frame, (int)i, request->size);
    }
    return frame;
}
