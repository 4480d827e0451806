/* SPDX-License-Identifier: MIT */
/* The guest of the benches. `echo SIZE` answers calls with their body; anything else does what
 * requests ask and answers each. */

#include <stdlib.h>
#include <string.h>

#include "programs/jobs.h"

static volatile int yielding;
static uint64_t yielder_tid;
static _Alignas(16) char stack[16384];

static int64_t yielder(uint64_t unused)
{
    (void)unused;
    do {
        while (yielding) {
            (void)tr_thread_yield();
        }
    } while (tr_thread_sleep(TR_FOREVER) >= 0);
    return 0;
}

int64_t job_yields(const struct request *request)
{
    yielding = 1;
    (void)tr_thread_wake(yielder_tid);
    for (uint64_t i = 0; i < request->count; i++) {
        (void)tr_thread_yield();
    }
    yielding = 0;
    return tr_thread_yield();
}

static int64_t job_calls(const struct request *request)
{
    for (uint64_t i = 0; i < request->count; i++) {
        (void)tr_thread_self();
    }
    return 0;
}

static int64_t serve(const struct request *request, struct answer *answer)
{
    switch ((enum request_kind)request->kind) {
    case REQUEST_CALLS:
        return job_calls(request);
    case REQUEST_YIELDS:
        return job_yields(request);
    case REQUEST_ROUNDS:
        return job_rounds(request);
    case REQUEST_PIPE_OPEN:
        return job_pipe_open(answer);
    case REQUEST_PIPE_SINK:
        return job_pipe_join(request);
    case REQUEST_PIPE_WRITES:
        return job_pipe_writes(request);
    case REQUEST_SHARED_OPEN:
        return job_shared_open(request, answer);
    case REQUEST_SHARED_SINK:
        return job_shared_join(request);
    case REQUEST_SHARED_WRITES:
        return job_shared_writes(request);
    case REQUEST_ARM:
        return job_arm(request);
    case REQUEST_WATCH:
        return job_watch(request);
    case REQUEST_MESSAGES:
        return job_messages(request);
    case REQUEST_TIMERS:
        return job_timers(request);
    case REQUEST_TIMER_CYCLES:
        return job_timer_cycles(request);
    case REQUEST_QUEUE:
        return job_queue(request);
    case REQUEST_INTERRUPTS:
        return job_interrupts(request);
    case REQUEST_PORTS:
        return job_ports(request);
    case REQUEST_TRAPPED_PORTS:
        return job_trapped_ports(request);
    case REQUEST_FRAMES:
        return job_frames(request);
    case REQUEST_READS: /* reader.c */
    case REQUEST_NOTHING:
    case REQUEST_KINDS:
        break;
    }
    return 0;
}

/* What a request turns the guest into once it is answered. */
static void become(const struct request *request)
{
    if (request->kind == REQUEST_PIPE_SINK) {
        job_pipe_sink();
    } else if (request->kind == REQUEST_SHARED_SINK) {
        job_shared_sink();
    }
}

int main(int argc, char **argv)
{
    struct tr_event event;
    struct request request;

    if (argc > 2 && strcmp(argv[1], "echo") == 0) {
        job_echo((uint64_t)atoi(argv[2]));
    }
    /* By its number: without the C library's block, whose upkeep is not what is measured. */
    yielder_tid = (uint64_t)tr_call(TR_NR_thread_create, (uint64_t)(uintptr_t)yielder, 0,
                                    (uint64_t)(uintptr_t)(stack + sizeof stack), 0, 0, 0);
    while (tr_event_wait(&event, TR_FOREVER) == 1) {
        struct answer answer = {0, 0};
        if (tr_message_read(event.object, &request, sizeof request) != (int64_t)sizeof request) {
            continue;
        }
        answer.result = serve(&request, &answer);
        (void)tr_message_send(event.source_pid, &answer, sizeof answer, 0);
        if (answer.result >= 0) {
            become(&request);
        }
    }
    return 1;
}
