/* SPDX-License-Identifier: MIT */
#pragma once

/* The kernel's time queue: everything that happens at a time (sleeps, timeouts, timers of
 * processes, deadlines) is an alarm in one balanced tree; the machine's one timer is set to the
 * first of them or to the end of the running slice. */

#include <stdbool.h>
#include <stdint.h>

#include "event.h"
#include "tree.h"

struct kernel;
struct alarm;
struct process;

typedef void alarm_ring(struct kernel *kernel, struct alarm *alarm);

struct alarm {
    struct tree_node node; /* key: the time */
    alarm_ring *ring;      /* called once, the alarm no longer armed */
    bool armed;
};

void alarm_init(struct alarm *alarm, alarm_ring *ring);
/* Arms at an absolute time; TR_FOREVER never rings but counts as armed. Re-arming is fine. */
void alarm_arm(struct kernel *kernel, struct alarm *alarm, uint64_t at);
void alarm_disarm(struct kernel *kernel, struct alarm *alarm);
/* Rings everything that is due. */
void alarm_ring_due(struct kernel *kernel, uint64_t now);

/* The time `timeout` nanoseconds from now, saturating at TR_FOREVER. */
uint64_t alarm_after(const struct kernel *kernel, uint64_t timeout);

/* A timer that a process has set: armed, or rung with its event not yet taken. Charged to its
 * process. Either state ends with the source: taken, cancelled, or gone with the process. */
struct timer_source {
    struct tree_node node; /* in process->timers, key: the cookie */
    struct process *process;
    struct alarm alarm;
    struct event_slot slot;
};

/* Ends all TIMER sources of a process. */
void timer_end_all(struct kernel *kernel, struct process *process);
