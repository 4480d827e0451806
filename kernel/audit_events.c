/* SPDX-License-Identifier: MIT */
/* The audit of what comes of itself: events, each of which is in the slot of a record that its
 * process holds, and alarms, each of which somebody waits for. */

#include "audit.h"

#include "device.h"
#include "irq.h"
#include "message.h"
#include "pipe.h"
#include "shared.h"
#include "state.h"
#include "watch.h"

static uint64_t is_queued(const struct event_slot *slot)
{
    return event_is_queued(slot);
}

/* ---- Events ---------------------------------------------------------------------------------- */

/* In slots of messages and watches, and in those that are records of their own. */
static uint64_t queued_of_others(const struct process *process)
{
    uint64_t queued = is_queued(&process->save_state);
    LIST_FOR (link, &process->events) {
        queued += CONTAINER(link, struct event_slot, link)->event.kind == TR_EVENT_THREAD_EXIT;
    }
    LIST_FOR (link, &process->inbox) {
        queued += is_queued(&CONTAINER(link, struct message, inbox)->slot);
    }
    LIST_FOR (link, &process->watches) {
        const struct watch *watch = CONTAINER(link, struct watch, owned);
        queued += is_queued(&watch->exit) + is_queued(&watch->changed);
    }
    LIST_FOR (link, &process->pipes) {
        queued += is_queued(&CONTAINER(link, struct pipe_member, in_process)->slot);
    }
    LIST_FOR (link, &process->shareds) {
        queued += is_queued(&CONTAINER(link, struct shared_member, in_process)->slot);
    }
    return queued;
}

/* In slots of devices and interrupt lines. */
static uint64_t queued_of_devices(const struct process *process)
{
    uint64_t queued = 0;
    LIST_FOR (link, &process->opens) {
        queued += is_queued(&CONTAINER(link, struct device_open, in_process)->removed);
    }
    LIST_FOR (link, &process->devices) {
        const struct device *device = CONTAINER(link, struct device, owned);
        LIST_FOR (one, &device->opens) {
            queued += is_queued(&CONTAINER(one, struct device_open, on_device)->closed);
        }
    }
    LIST_FOR (link, &process->device_watches) {
        const struct device_watch *watch = CONTAINER(link, struct device_watch, in_process);
        queued += is_queued(&watch->added) + is_queued(&watch->removed);
    }
    LIST_FOR (link, &process->irqs) {
        queued += is_queued(&CONTAINER(link, struct irq_listener, owned)->slot);
    }
    return queued;
}

/* ---- Alarms ---------------------------------------------------------------------------------- */

/* One that never rings is in no tree. */
static uint64_t is_in_tree(const struct alarm *alarm)
{
    return alarm->armed && alarm->node.key != TR_FOREVER;
}

static uint64_t audit_timers(struct audit *audit, const struct process *process, uint64_t *queued)
{
    uint64_t alarms = 0;
    const struct tree_node *node = tree_first(&process->timers);
    for (; node != NULL; node = tree_next(node)) {
        const struct timer_source *source = CONTAINER(node, const struct timer_source, node);
        audit_check(audit, source->process == process, AUDIT_timer_process);
        audit_check(audit, source->alarm.armed != event_is_queued(&source->slot),
                    AUDIT_timer_state);
        *queued += is_queued(&source->slot);
        alarms += is_in_tree(&source->alarm);
    }
    return alarms;
}

/* Gives the number of its alarms. */
static uint64_t audit_process_events(struct audit *audit, const struct process *process)
{
    uint64_t queued = queued_of_others(process) + queued_of_devices(process);
    uint64_t alarms = audit_timers(audit, process, &queued);
    audit_check(audit, queued == list_length(&process->events), AUDIT_event_source);
    LIST_FOR (link, &process->threads) {
        alarms += is_in_tree(&CONTAINER(link, struct thread, siblings)->timeout);
    }
    return alarms;
}

void audit_events(struct audit *audit)
{
    const struct kernel *kernel = audit->kernel;
    uint64_t alarms = is_in_tree(&kernel->log.boot_end) + is_in_tree(&kernel->stop.alarm) +
                      is_in_tree(&kernel->starve.alarm);
    const struct tree_node *node = tree_first(&kernel->processes);
    for (; node != NULL; node = tree_next(node)) {
        alarms += audit_process_events(audit, CONTAINER(node, const struct process, by_id));
    }
    for (uint32_t i = 0; i < HAL_IRQ_LINES; i++) {
        alarms += is_in_tree(&kernel->irqs[i].silence) + is_in_tree(&kernel->irqs[i].pause);
    }
    audit_check(audit, alarms == audit_tree(audit, &kernel->alarms), AUDIT_alarm_count);
    audit_check(audit, kernel->alarm_first == tree_first(&kernel->alarms), AUDIT_alarm_first);
}
