/* SPDX-License-Identifier: MIT */
/* The hard panic (interface.md 13: a broken kernel invariant). */

#include "state.h"
#include "text.h"

void panic_hard(struct kernel *kernel, const char *file, int line, const char *condition)
{
    struct text text;
    text_print(&text, "kernel panic: %s does not hold at %s:%u", condition, file, (uint64_t)line);
    uint32_t end = text.size < sizeof(text.bytes) - 1 ? text.size : sizeof(text.bytes) - 2;
    text.bytes[end] = '\n';
    text.bytes[end + 1] = 0;
    hal_console(kernel->machine, text.bytes, end + 1);
    hal_panic(kernel->machine, text.bytes);
}
