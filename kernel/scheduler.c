/* SPDX-License-Identifier: MIT */
/* The scheduler.
 *
 * Invariants:
 * 1. A READY thread that may run is in exactly one run queue, that of its class, or is cpu.heir;
 *    the RUNNING one is in none and is cpu.current.
 * 2. When an entry ends, no queued thread has a higher class than the one that runs.
 * 3. There is an heir only while nobody runs, and none is left when an entry ends. No queued thread
 *    would be chosen before it. */

#include "scheduler.h"

#include "call.h"
#include "state.h"

/* ---- The policy: strict class priority, round robin --------------------------------------- */

static void class_enqueue(struct kernel *kernel, struct thread *thread, bool at_head)
{
    struct list *queue = &kernel->ready[thread->process->process_class];
    if (at_head) {
        list_prepend(queue, &thread->queue);
    } else {
        list_append(queue, &thread->queue);
    }
}

static void class_dequeue(struct kernel *kernel, struct thread *thread)
{
    (void)kernel;
    list_remove(&thread->queue);
}

static struct thread *class_first(struct kernel *kernel)
{
    for (uint32_t c = 0; c < TR_KERNEL; c++) {
        if (!list_is_empty(&kernel->ready[c])) {
            return CONTAINER(kernel->ready[c].next, struct thread, queue);
        }
    }
    return NULL;
}

static struct thread *class_take(struct kernel *kernel)
{
    for (uint32_t c = 0; c < TR_KERNEL; c++) {
        if (!list_is_empty(&kernel->ready[c])) {
            return CONTAINER(list_take_first(&kernel->ready[c]), struct thread, queue);
        }
    }
    return NULL;
}

static struct thread *class_rotate(struct kernel *kernel, struct thread *running)
{
    struct list *queue = &kernel->ready[running->process->process_class];
    return list_is_empty(queue)
               ? running
               : CONTAINER(list_exchange(queue, &running->queue), struct thread, queue);
}

static bool class_would_be_first(const struct kernel *kernel, const struct thread *thread)
{
    for (uint32_t c = 0; c <= thread->process->process_class; c++) {
        if (!list_is_empty(&kernel->ready[c])) {
            return false;
        }
    }
    return true;
}

static bool class_preempts(const struct thread *woken, const struct thread *running)
{
    return woken->process->process_class < running->process->process_class;
}

const struct scheduler_policy scheduler_by_class = {
    .name = "class-strict round robin",
    .enqueue = class_enqueue,
    .dequeue = class_dequeue,
    .first = class_first,
    .take = class_take,
    .rotate = class_rotate,
    .would_be_first = class_would_be_first,
    .preempts = class_preempts,
};

/* ---- The mechanism ------------------------------------------------------------------------- */

static void want_choice(struct kernel *kernel, enum tr_switch_cause cause)
{
    if ((kernel->cpu.due & DUE_CHOICE) == 0) {
        kernel->cpu.due |= DUE_CHOICE;
        kernel->cpu.cause = cause;
    }
}

/* The running thread has run until now. */
static void charge_time(struct kernel *kernel, struct thread *thread, uint64_t now)
{
    uint64_t ran = now - kernel->cpu.running_since;
    kernel->cpu.running_since = now;
    thread->cpu_time += ran;
    thread->process->cpu_time += ran;
}

/* Takes the running thread off the processor; it is not queued. */
static struct thread *take_off(struct kernel *kernel)
{
    struct thread *thread = kernel->cpu.current;
    uint64_t now = hal_time(kernel->machine);
    charge_time(kernel, thread, now);
    thread->slice_left =
        kernel->cpu.slice_end > now ? kernel->cpu.slice_end - now : kernel->config.slice_ns;
    kernel->cpu.current = NULL;
    return thread;
}

/* Puts a thread on the processor, which is free; it is in no queue. */
static inline void put_on(struct kernel *kernel, struct thread *thread, uint64_t now)
{
    thread->state = THREAD_RUNNING;
    thread->process->has_run = true;
    kernel->cpu.current = thread;
    kernel->cpu.running_since = now;
    kernel->cpu.slice_end = now + thread->slice_left;
    if (thread->process->process_class != kernel->starve.running) {
        starve_look(kernel, thread->process->process_class);
    }
}

/* Another thread than before runs. */
static inline void count_switch(struct kernel *kernel, const struct thread *next,
                                enum tr_switch_cause cause)
{
    kernel->switches[cause]++;
    trace(kernel, TR_TRACE_SWITCH, next->object.id, cause, 0, 0);
}

/* A thread has become ready while nobody runs. Mostly it is the only one, woken by who has just
 * gone to sleep, and is about to run: then it does not go through the queue. */
static void ready_while_free(struct kernel *kernel, struct thread *thread)
{
    struct cpu *cpu = &kernel->cpu;
    want_choice(kernel, TR_SWITCH_IDLE);
    if (cpu->heir == NULL) {
        if (kernel->policy->would_be_first(kernel, thread)) {
            cpu->heir = thread;
            return;
        }
    } else if (kernel->policy->preempts(thread, cpu->heir)) {
        kernel->starve.running = TR_KERNEL;
        kernel->policy->enqueue(kernel, cpu->heir, true);
        cpu->heir = thread;
        return;
    }
    kernel->starve.running = TR_KERNEL;
    kernel->policy->enqueue(kernel, thread, false);
}

void scheduler_ready(struct kernel *kernel, struct thread *thread)
{
    const struct thread *running = kernel->cpu.current;
    if (running == NULL) {
        ready_while_free(kernel, thread);
        return;
    }
    kernel->policy->enqueue(kernel, thread, false);
    kernel->cpu.due |= DUE_TIMER;
    if (kernel->policy->preempts(thread, running)) {
        want_choice(kernel, TR_SWITCH_PREEMPT);
    } else {
        starve_look(kernel, running->process->process_class);
    }
}

void scheduler_unready(struct kernel *kernel, struct thread *thread, enum tr_switch_cause cause)
{
    if (thread == kernel->cpu.current) {
        take_off(kernel);
        kernel->cpu.due |= DUE_CHOICE;
        kernel->cpu.cause = cause;
    } else if (thread == kernel->cpu.heir) {
        kernel->cpu.heir = NULL;
    } else {
        kernel->policy->dequeue(kernel, thread);
        starve_left(kernel, thread->process->process_class);
    }
}

void scheduler_yield(struct kernel *kernel, enum tr_switch_cause cause)
{
    struct thread *thread = kernel->cpu.current;
    uint64_t now = hal_time(kernel->machine);
    charge_time(kernel, thread, now);
    thread->state = THREAD_READY;
    thread->slice_left = kernel->config.slice_ns;
    struct thread *next = kernel->policy->rotate(kernel, thread);
    put_on(kernel, next, now);
    if (next != thread) {
        kernel->cpu.due |= DUE_TIMER;
        count_switch(kernel, next, cause);
    }
}

void scheduler_class_changed(struct kernel *kernel, struct process *process)
{
    KASSERT(kernel, kernel->cpu.heir == NULL); /* it has done so itself: it runs */
    kernel->starve.running = TR_KERNEL;
    LIST_FOR (link, &process->threads) {
        struct thread *thread = CONTAINER(link, struct thread, siblings);
        if (thread->state == THREAD_READY && thread_may_run(thread)) {
            kernel->policy->dequeue(kernel, thread);
            kernel->policy->enqueue(kernel, thread, false);
        }
    }
    kernel->cpu.due |= DUE_TIMER;
    const struct thread *first = kernel->policy->first(kernel);
    const struct thread *running = kernel->cpu.current;
    if (first != NULL && running != NULL && kernel->policy->preempts(first, running)) {
        want_choice(kernel, TR_SWITCH_PREEMPT);
    }
}

static void choose(struct kernel *kernel)
{
    struct cpu *cpu = &kernel->cpu;
    uint64_t before = cpu->current == NULL ? 0 : cpu->current->object.id;
    if (cpu->current != NULL) {
        /* Preempted, it keeps its place and the rest of its slice, if there is any. */
        struct thread *preempted = take_off(kernel);
        preempted->state = THREAD_READY;
        kernel->policy->enqueue(kernel, preempted, cpu->running_since < cpu->slice_end);
    }
    struct thread *next = cpu->heir != NULL ? cpu->heir : kernel->policy->take(kernel);
    cpu->heir = NULL;
    if (next == NULL) {
        cpu->is_idle = true;
        starve_is_over(kernel);
        trace(kernel, TR_TRACE_SWITCH, 0, cpu->cause, 0, 0);
        return;
    }
    /* Whoever left the processor has just read the clock; only an idle one has not. */
    uint64_t now = cpu->is_idle ? hal_time(kernel->machine) : cpu->running_since;
    cpu->is_idle = false;
    put_on(kernel, next, now);
    if (next->object.id != before) {
        count_switch(kernel, next, cpu->cause);
    }
}

static inline void choose_if_due(struct kernel *kernel)
{
    uint32_t due = kernel->cpu.due;
    kernel->cpu.due = due & DUE_AUDIT;
    if ((due & DUE_CHOICE) != 0 || kernel->cpu.current == NULL) {
        choose(kernel);
    }
}

/* When the machine's timer has to ring: at the first alarm, or at the end of the slice if others of
 * the class wait. It comes earlier only by a choice, or with DUE_TIMER. */
static uint64_t timer_due(const struct kernel *kernel)
{
    const struct cpu *cpu = &kernel->cpu;
    uint64_t due = kernel->alarm_first == NULL ? TR_FOREVER : kernel->alarm_first->key;
    if (cpu->current != NULL && cpu->slice_end < due &&
        !list_is_empty(&kernel->ready[cpu->current->process->process_class])) {
        due = cpu->slice_end;
    }
    return due;
}

/* One that is set too early stays: it rings once for nothing, which costs less than setting it anew
 * at every switch. */
static void set_timer(struct kernel *kernel)
{
    uint64_t due = timer_due(kernel);
    if (due < kernel->cpu.timer_set) {
        kernel->cpu.timer_set = due;
        hal_timer(kernel->machine, due);
    }
}

/* One step of a long call. False: it is not over, and the machine is to look at its clock. */
static bool run_step(struct kernel *kernel, struct thread *thread)
{
    int64_t result = thread->step(kernel, thread);
    if (result == CALL_LATER) {
        kernel->cpu.timer_set = hal_time(kernel->machine);
        hal_timer(kernel->machine, kernel->cpu.timer_set);
        return false;
    }
    thread->step = NULL;
    thread->context.result = result;
    return true;
}

/* The running thread has steps to do, or there is none. */
static struct hal_context *leave_slowly(struct kernel *kernel)
{
    struct cpu *cpu = &kernel->cpu;
    while (cpu->current != NULL && cpu->current->step != NULL) {
        /* SIM: "idle with the timer due" is how the machine is asked to let interrupts in. */
        if (!run_step(kernel, cpu->current)) {
            return NULL;
        }
        choose_if_due(kernel);
    }
    set_timer(kernel);
    return cpu->current == NULL ? NULL : &cpu->current->context;
}

struct hal_context *scheduler_leave(struct kernel *kernel)
{
    choose_if_due(kernel);
    struct thread *thread = kernel->cpu.current;
    if (thread == NULL || thread->step != NULL) {
        return leave_slowly(kernel);
    }
    set_timer(kernel);
    return &thread->context;
}

void scheduler_tick(struct kernel *kernel, uint64_t now)
{
    const struct thread *thread = kernel->cpu.current;
    if (thread != NULL && now >= kernel->cpu.slice_end && (kernel->cpu.due & DUE_CHOICE) == 0) {
        scheduler_yield(kernel, TR_SWITCH_SLICE);
    }
}
