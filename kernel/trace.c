/* SPDX-License-Identifier: MIT */
/* Records for the machine's trace; called through trace() of state.h. */

#include "state.h"

void trace_record_of(struct kernel *kernel, const struct thread *thread, enum tr_trace_kind kind,
                     const uint64_t words[4])
{
    const struct tr_trace_record record = {
        .time = hal_time(kernel->machine),
        .kind = kind,
        .pid = thread == NULL ? 0 : thread->process->object.id,
        .tid = thread == NULL ? 0 : thread->object.id,
        .a = words[0],
        .b = words[1],
        .c = words[2],
        .d = words[3],
    };
    hal_trace(kernel->machine, &record);
}

void trace_record(struct kernel *kernel, enum tr_trace_kind kind, uint64_t a, uint64_t b,
                  uint64_t c, uint64_t d)
{
    const uint64_t words[4] = {a, b, c, d};
    trace_record_of(kernel, kernel->cpu.current, kind, words);
}
