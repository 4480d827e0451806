/* SPDX-License-Identifier: MIT */
/* The hard panic (abi.md 13: a broken kernel invariant), and the trace's one writer. */

#include "state.h"
#include "string.h"

/* Appends to a bounded text. */
static uint64_t put(char *text, uint64_t at, uint64_t size, const char *more)
{
    while (*more != 0 && at + 1 < size) {
        text[at++] = *more++;
    }
    text[at] = 0;
    return at;
}

void panic_hard(struct kernel *kernel, const char *file, int line, const char *condition)
{
    char text[256];
    char digits[12];
    uint32_t first = sizeof(digits) - 1;
    uint32_t number = (uint32_t)line;
    digits[first] = 0;
    do {
        digits[--first] = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    uint64_t at = put(text, 0, sizeof(text), "kernel panic: ");
    at = put(text, at, sizeof(text), condition);
    at = put(text, at, sizeof(text), " does not hold at ");
    at = put(text, at, sizeof(text), file);
    at = put(text, at, sizeof(text), ":");
    at = put(text, at, sizeof(text), &digits[first]);
    at = put(text, at, sizeof(text), "\n");
    hal_console(kernel->machine, text, at);
    hal_panic(kernel->machine, text);
}

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
