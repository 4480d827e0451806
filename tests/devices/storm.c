/* SPDX-License-Identifier: MIT */
/* A driver that lets the timer interrupt every twelve ticks, 10.06 us, as often as its argument
 * says, and looks whether each period had exactly one interrupt: the n-th event must lie in the
 * n-th period and tell of one edge. Halts the machine: 0 good, 1 lost or doubled, 2 otherwise
 * wrong. */

#include <stdlib.h>
#include <string.h>
#include <terrarium.h>

#define COUNT UINT64_C(12)
#define HERTZ UINT64_C(1193182)
#define S     UINT64_C(1000000000)

enum { TIMER = 0x40, CONTROL = 0x43, LINE = 0 };

static void finish(int code, const char *text)
{
    tr_log(text, strlen(text));
    tr_system_stop(TR_STOP_HALT, (uint32_t)code, 0);
    tr_thread_sleep(TR_FOREVER);
}

static void start_timer(void)
{
    if (tr_port_claim(TIMER, 4) != 0 || tr_irq_listen(LINE, 0) != 0) {
        finish(2, "storm: the timer is not to be had");
    }
    tr_port_out(CONTROL, 1, 0x34);
    tr_port_out(TIMER, 1, COUNT);
    tr_port_out(TIMER, 1, 0);
}

/* Which period of the timer a time lies in; each begins half a period before its interrupt. */
static uint64_t period_of(uint64_t since_first)
{
    uint64_t ticks = since_first / S * HERTZ + since_first % S * HERTZ / S;
    return (ticks + COUNT / 2) / COUNT;
}

int main(int argc, char **argv)
{
    uint64_t wanted = argc > 1 ? strtoull(argv[1], NULL, 10) : 0, first = 0;
    struct tr_event event;

    start_timer();
    for (uint64_t i = 0; i < wanted; i++) {
        if (tr_event_wait(&event, S) != 1 || event.kind != TR_EVENT_IRQ || event.object != LINE) {
            finish(2, "storm: no interrupt came");
        }
        first = i == 0 ? event.time : first;
        if (event.count != 1 || period_of(event.time - first) != i) {
            finish(1, "storm: an interrupt was lost or doubled");
        }
        tr_irq_acknowledge(LINE);
    }
    tr_port_out(CONTROL, 1, 0x30); /* mode 0 without a count: it stands */
    if (tr_event_wait(&event, S) == 1) {
        finish(1, "storm: one interrupt too many");
    }
    finish(0, "storm: all counted");
    return 0;
}
