/* SPDX-License-Identifier: MIT */
/* The audit: every frame, record and queue accounted for, from scratch. Here is what it says, what
 * runs, and in which order the rest is looked at: a record is known to be good before others are
 * followed through it. */

#include "audit.h"

#include "pipe.h"
#include "shared.h"
#include "state.h"

static const char *const sentences[AUDIT_SENTENCES] = {
#define AUDIT(name, sentence) [AUDIT_##name] = (sentence),
#include "audit.def"
#undef AUDIT
};

void audit_check(struct audit *audit, bool is_fine, enum audit_sentence what)
{
    if (is_fine) {
        return;
    }
    audit->faults++;
    if (audit->faults > 1) {
        return;
    }
    const char *sentence = sentences[what];
    uint64_t at = 0;
    for (; sentence[at] != 0 && at + 1 < audit->size; at++) {
        audit->text[at] = sentence[at];
    }
    if (audit->size > 0) {
        audit->text[at] = 0;
    }
}

void audit_object(struct audit *audit, const struct object *object, enum object_type type)
{
    audit->objects[type]++;
    audit_check(audit, object_find(audit->kernel, type, object->id) == object, AUDIT_object_id);
}

uint64_t audit_tree(struct audit *audit, const struct tree *tree)
{
    uint64_t length = 0;
    const struct tree_node *before = NULL;
    for (const struct tree_node *node = tree_first(tree); node != NULL; node = tree_next(node)) {
        audit_check(audit, before == NULL || before->key <= node->key, AUDIT_tree_order);
        before = node;
        length++;
    }
    return length;
}

bool audit_is_alive(struct audit *audit, const struct process *process)
{
    return process_find(audit->kernel, process->object.id) == process;
}

bool audit_is_working(const struct process *process, const struct thread *thread)
{
    LIST_FOR (link, &process->threads) {
        const struct thread *one = CONTAINER(link, struct thread, siblings);
        if (one == thread) {
            return one->step != NULL;
        }
    }
    return thread == NULL;
}

/* ---- The scheduler --------------------------------------------------------------------------- */

/* Gives the number of threads in the run queue of a class. */
static uint64_t audit_run_queue(struct audit *audit, uint32_t process_class)
{
    uint64_t length = 0;
    LIST_FOR (link, &audit->kernel->ready[process_class]) {
        const struct thread *thread = CONTAINER(link, struct thread, queue);
        audit_check(audit, thread->process->process_class == process_class, AUDIT_queue_class);
        length++;
    }
    return length;
}

/* The machine's timer rings at the first alarm, and when a slice ends that others wait for. */
static void audit_timer(struct audit *audit)
{
    const struct kernel *kernel = audit->kernel;
    const struct cpu *cpu = &kernel->cpu;
    uint64_t first = kernel->alarm_first == NULL ? TR_FOREVER : kernel->alarm_first->key;
    audit_check(audit, cpu->timer_set <= first, AUDIT_timer_alarm);
    if (cpu->current != NULL) {
        bool is_alone = list_is_empty(&kernel->ready[cpu->current->process->process_class]);
        audit_check(audit, is_alone || cpu->timer_set <= cpu->slice_end, AUDIT_timer_slice);
        audit_check(audit, cpu->slice_end - cpu->running_since <= kernel->config.slice_ns,
                    AUDIT_running_slice);
    }
}

static void audit_scheduler(struct audit *audit)
{
    const struct cpu *cpu = &audit->kernel->cpu;
    bool is_settled = (cpu->due & DUE_CHOICE) == 0;
    uint64_t queued = cpu->heir != NULL;
    audit_check(audit, cpu->heir == NULL || (cpu->current == NULL && !is_settled), AUDIT_heir_left);
    audit_check(audit, audit->running == (cpu->current != NULL), AUDIT_running_count);
    for (uint32_t c = 0; c < TR_KERNEL; c++) {
        uint64_t length = audit_run_queue(audit, c);
        queued += length;
        audit_check(audit, length == 0 || !is_settled || cpu->current != NULL, AUDIT_idle_ready);
        audit_check(audit,
                    length == 0 || !is_settled || cpu->current == NULL ||
                        cpu->current->process->process_class <= c,
                    AUDIT_class_order);
    }
    audit_check(audit, queued == audit->ready, AUDIT_ready_count);
    bool is_in_steps = cpu->current != NULL && cpu->current->step != NULL;
    if (is_settled && (cpu->due & DUE_TIMER) == 0 && !is_in_steps) {
        audit_timer(audit);
    }
}

/* ---- Pipes and shared memory ----------------------------------------------------------------- */

static void audit_pipes(struct audit *audit)
{
    LIST_FOR (link, &audit->kernel->pipes) {
        const struct pipe *pipe = CONTAINER(link, struct pipe, all);
        audit_object(audit, &pipe->object, OBJECT_PIPE);
        audit_check(audit, pipe->written - pipe->read <= TR_PIPE_SIZE, AUDIT_pipe_ring);
        audit_check(audit,
                    list_length(&pipe->members) == pipe->member_count && pipe->member_count > 0,
                    AUDIT_pipe_members);
    }
}

static void audit_shareds(struct audit *audit)
{
    LIST_FOR (link, &audit->kernel->shareds) {
        const struct shared *shared = CONTAINER(link, struct shared, all);
        audit_object(audit, &shared->object, OBJECT_SHARED);
        audit_check(audit,
                    list_length(&shared->members) == shared->member_count &&
                        shared->member_count > 0,
                    AUDIT_shared_members);
    }
}

static void audit_frame_total(struct audit *audit)
{
    const struct frame_table *table = &audit->kernel->frames;
    uint64_t frames = 0;
    for (uint32_t use = 0; use < FRAME_USES; use++) {
        frames += table->by_use[use];
    }
    audit_check(audit, frames == table->end - table->first, AUDIT_frame_total);
}

/* All that the object table holds was met. */
static void audit_objects(struct audit *audit)
{
    for (uint32_t type = 0; type < OBJECT_TYPES; type++) {
        audit_check(audit, audit->objects[type] == audit->kernel->objects.live[type],
                    AUDIT_object_count);
    }
}

static void audit_log(struct audit *audit)
{
    const struct log *log = &audit->kernel->log;
    audit_check(audit,
                log->kernel.head - log->kernel.tail <= LOG_RING_SIZE &&
                    log->programs.head - log->programs.tail <= LOG_RING_SIZE,
                AUDIT_log_ring);
    audit_check(audit, !log->is_moving, AUDIT_log_moving);
}

/* What is looked at each time. */
static void audit_all_but_frames(struct audit *audit)
{
    audit_frame_total(audit);
    audit_processes(audit);
    audit_pipes(audit);
    audit_shareds(audit);
    audit_records(audit);
    audit_drivers(audit);
    audit_objects(audit);
    audit_events(audit);
    audit_accounts(audit);
    audit_log(audit);
    audit_scheduler(audit);
    audit_check(audit, audit->bodies == audit->kernel->frames.by_use[FRAME_BODY],
                AUDIT_body_frames);
}

uint64_t kernel_audit(struct kernel *kernel, char *text, uint64_t size)
{
    struct audit audit = {.kernel = kernel, .text = text, .size = size, .is_whole = true};
    if (size > 0) {
        text[0] = 0;
    }
    audit_all_but_frames(&audit);
    audit_frames(&audit);
    return audit.faults;
}

/* The invariants that hold after every entry, as far as they can be checked without going through
 * all memory: each thread in exactly one place, nothing runnable above what runs, ids, queues and
 * counts of messages and pipes, frames free plus used. */
void audit_or_panic(struct kernel *kernel)
{
    char text[128];
    struct audit audit = {.kernel = kernel, .text = text, .size = sizeof(text)};
    audit_all_but_frames(&audit);
    if (audit.faults != 0) {
        panic_hard(kernel, "audit", 0, text);
    }
}
