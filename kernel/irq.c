/* SPDX-License-Identifier: MIT */
/* Interrupt lines.
 *
 * Invariants:
 * 1. waiting_for counts the listeners of the line that owe an acknowledgement.
 * 2. A line is unmasked exactly while it has listeners, none of them owes, and it is not paused.
 * 3. The silence alarm is armed exactly while one of them owes.
 *
 * A line that fires as soon as it is opened, again and again, keeps its driver awake for ever and
 * everybody else waiting. After STORM_FIRINGS of these it is paused: opened ten times a second,
 * each time for STORM_MORE firings, until one comes that is not at once. */

#include "irq.h"

#include <terrarium/error.h>

#include "call.h"
#include "log.h"
#include "state.h"

#define SILENCE_NS     UINT64_C(1000000000)
#define AT_ONCE_NS     UINT64_C(5000)
#define STORM_FIRINGS  100000
#define STORM_MORE     1000
#define STORM_PAUSE_NS UINT64_C(100000000)

static uint32_t line_number(const struct kernel *kernel, const struct irq_line *line)
{
    return (uint32_t)(line - kernel->irqs);
}

static void line_open(struct kernel *kernel, struct irq_line *line)
{
    line->opened_at = hal_time(kernel->machine);
    hal_irq_mask(kernel->machine, line_number(kernel, line), false);
}

static void pause_rings(struct kernel *kernel, struct alarm *alarm)
{
    line_open(kernel, CONTAINER(alarm, struct irq_line, pause));
}

/* Nobody owes: the line is opened, or paused. */
static void line_settled(struct kernel *kernel, struct irq_line *line)
{
    if (line->at_once < STORM_FIRINGS) {
        line_open(kernel, line);
        return;
    }
    if (!line->is_storm) {
        line->is_storm = true;
        log_record(kernel, TR_LOG_FAULT, "interrupt line %u fires without end: slowed down",
                   (uint64_t)line_number(kernel, line));
    }
    line->at_once = STORM_FIRINGS - STORM_MORE;
    alarm_arm(kernel, &line->pause, hal_time(kernel->machine) + STORM_PAUSE_NS);
}

/* A firing with listeners: was it at once? */
static void line_judge(struct kernel *kernel, struct irq_line *line)
{
    if (hal_time(kernel->machine) - line->opened_at <= AT_ONCE_NS) {
        line->at_once++;
    } else {
        line->at_once = 0;
        line->is_storm = false;
    }
}

/* A listener owes no longer; the last one opens the line. */
static void settle(struct kernel *kernel, struct irq_listener *listener)
{
    struct irq_line *line = &kernel->irqs[listener->line];
    if (!listener->owes) {
        return;
    }
    listener->owes = false;
    line->waiting_for--;
    if (line->waiting_for == 0) {
        alarm_disarm(kernel, &line->silence);
        line_settled(kernel, line);
    }
}

static void listener_end(struct kernel *kernel, struct irq_listener *listener)
{
    struct irq_line *line = &kernel->irqs[listener->line];
    settle(kernel, listener);
    event_cancel(&listener->slot);
    list_remove(&listener->on_line);
    list_remove(&listener->owned);
    if (list_is_empty(&line->listeners)) {
        line->at_once = 0;
        line->is_storm = false;
        alarm_disarm(kernel, &line->pause);
        hal_irq_mask(kernel->machine, listener->line, true);
    }
    pool_give(kernel, &kernel->pools.irq_listener, listener->process->account, listener);
}

/* A second after the line has fired: who still owes is taken off. */
static void silence_rings(struct kernel *kernel, struct alarm *alarm)
{
    struct irq_line *line = CONTAINER(alarm, struct irq_line, silence);
    LIST_FOR_SAFE (link, &line->listeners) {
        struct irq_listener *listener = CONTAINER(link, struct irq_listener, on_line);
        if (listener->owes) {
            log_record(kernel, TR_LOG_FAULT,
                       "%s (pid %u) did not acknowledge interrupt line %u: taken off",
                       listener->process->name, listener->process->object.id,
                       (uint64_t)line_number(kernel, line));
            listener_end(kernel, listener);
        }
    }
}

void irq_setup(struct kernel *kernel)
{
    for (uint32_t i = 0; i < HAL_IRQ_LINES; i++) {
        struct irq_line *line = &kernel->irqs[i];
        list_init(&line->listeners);
        line->waiting_for = 0;
        alarm_init(&line->silence, silence_rings);
        alarm_init(&line->pause, pause_rings);
    }
}

void irq_fired(struct kernel *kernel, uint32_t line)
{
    if (line >= HAL_IRQ_LINES) {
        return;
    }
    struct irq_line *fired = &kernel->irqs[line];
    hal_irq_mask(kernel->machine, line, true);
    if (list_is_empty(&fired->listeners) || fired->waiting_for > 0) {
        return;
    }
    line_judge(kernel, fired);
    LIST_FOR (link, &fired->listeners) {
        struct irq_listener *listener = CONTAINER(link, struct irq_listener, on_line);
        const struct tr_event event = {
            .kind = TR_EVENT_IRQ, .object = line, .count = 1, .cookie = listener->cookie};
        listener->owes = true;
        fired->waiting_for++;
        event_raise(kernel, listener->process, &listener->slot, &event);
    }
    alarm_arm(kernel, &fired->silence, hal_time(kernel->machine) + SILENCE_NS);
}

void irq_end_all(struct kernel *kernel, struct process *process)
{
    while (!list_is_empty(&process->irqs)) {
        listener_end(kernel, CONTAINER(process->irqs.next, struct irq_listener, owned));
    }
}

/* The caller's listener on a line, NULL: none. Lines are few, so this list is short. */
static struct irq_listener *own_listener(struct kernel *kernel, uint64_t irq)
{
    const struct process *process = kernel_caller(kernel);
    LIST_FOR (link, &process->irqs) {
        struct irq_listener *listener = CONTAINER(link, struct irq_listener, owned);
        if (listener->line == irq) {
            return listener;
        }
    }
    return NULL;
}

int64_t call_irq_listen(struct kernel *kernel, uint64_t irq, uint64_t cookie)
{
    struct process *process = kernel_caller(kernel);
    if (irq >= HAL_IRQ_LINES) {
        return TR_E_INVAL;
    }
    if (own_listener(kernel, irq) != NULL) {
        return TR_E_EXIST;
    }
    void *record;
    int64_t result = pool_take(kernel, &kernel->pools.irq_listener, process->account, &record);
    if (result < 0) {
        return result;
    }
    struct irq_line *line = &kernel->irqs[irq];
    struct irq_listener *listener = record;
    listener->process = process;
    listener->line = (uint32_t)irq;
    listener->cookie = cookie;
    event_slot_init(&listener->slot, NULL);
    list_append(&process->irqs, &listener->owned);
    if (list_is_empty(&line->listeners)) {
        line_open(kernel, line);
    }
    list_append(&line->listeners, &listener->on_line);
    return 0;
}

int64_t call_irq_acknowledge(struct kernel *kernel, uint64_t irq)
{
    if (irq >= HAL_IRQ_LINES) {
        return TR_E_INVAL;
    }
    struct irq_listener *listener = own_listener(kernel, irq);
    if (listener == NULL) {
        log_refused(kernel, "an acknowledgement of a line it does not listen to,", irq);
        return TR_E_NOENT;
    }
    if (!listener->owes) {
        return TR_E_STATE;
    }
    settle(kernel, listener);
    return 0;
}

int64_t call_irq_ignore(struct kernel *kernel, uint64_t irq)
{
    if (irq >= HAL_IRQ_LINES) {
        return TR_E_INVAL;
    }
    struct irq_listener *listener = own_listener(kernel, irq);
    if (listener == NULL) {
        return TR_E_NOENT;
    }
    listener_end(kernel, listener);
    return 0;
}
