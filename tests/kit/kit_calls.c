/* SPDX-License-Identifier: MIT */
/* The calls of the program interface for C functions of the test: a view of calls.def in which each
 * function traps into the kernel of the running machine. In an ELF program the same names are ghost
 * functions. Also the two functions of error.h, which programs get from lib/. */

#include "kit_private.h"

static int64_t call(const void *from, const char *name, uint64_t number, uint64_t a, uint64_t b,
                    uint64_t c, uint64_t d, uint64_t e, uint64_t f)
{
    if (!posix_is_inside()) {
        kit_fail_at((uint64_t)(uintptr_t)from - 1,
                    "%s was called outside a process: only functions started with tr_kit_process "
                    "may make calls",
                    name);
    }
    if (kit_current != NULL && ++kit_current->calls == kit_current->pause_at) {
        posix_machine_interrupt(kit_current->machine);
        (void)posix_kit_call(TR_NR_clock, 0, 0, 0, 0, 0, 0);
    }
    return posix_kit_call(number, a, b, c, d, e, f);
}

int64_t tr_call(uint64_t number, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e,
                uint64_t f)
{
    return call(__builtin_return_address(0), "tr_call", number, a, b, c, d, e, f);
}

/* Calls 3 and 26 (process_exit, thread_exit) never return: SECOND picks what follows the comma that
 * only their rows have. */
#define ENDS_3                     unused, LAST
#define ENDS_26                    unused, LAST
#define SECOND(first, second, ...) second
#define ENDS_AS(...)               SECOND(__VA_ARGS__, USUAL, unused)
#define FINISH_USUAL(value)        return value
#define FINISH_LAST(value)                                                                         \
    for (;;) {                                                                                     \
        (void)value;                                                                               \
    }
#define FINISH_PASTE(kind, value) FINISH_##kind(value)
#define FINISH_KIND(kind, value)  FINISH_PASTE(kind, value)
#define FINISH(nr, value)         FINISH_KIND(ENDS_AS(ENDS_##nr), value)
#define W(word)                   (uint64_t)(uintptr_t)(word)

#define TR_CALL0(nr, name, r, s, text)                                                             \
    int64_t tr_##name(void)                                                                        \
    {                                                                                              \
        FINISH(nr, call(__builtin_return_address(0), "tr_" #name, nr, 0, 0, 0, 0, 0, 0));          \
    }
#define TR_CALL1(nr, name, r, s, text, t1, p1)                                                     \
    int64_t tr_##name(TR_P_##t1 p1)                                                                \
    {                                                                                              \
        FINISH(nr, call(__builtin_return_address(0), "tr_" #name, nr, W(p1), 0, 0, 0, 0, 0));      \
    }
#define TR_CALL2(nr, name, r, s, text, t1, p1, t2, p2)                                             \
    int64_t tr_##name(TR_P_##t1 p1, TR_P_##t2 p2)                                                  \
    {                                                                                              \
        FINISH(nr, call(__builtin_return_address(0), "tr_" #name, nr, W(p1), W(p2), 0, 0, 0, 0));  \
    }
#define TR_CALL3(nr, name, r, s, text, t1, p1, t2, p2, t3, p3)                                     \
    int64_t tr_##name(TR_P_##t1 p1, TR_P_##t2 p2, TR_P_##t3 p3)                                    \
    {                                                                                              \
        FINISH(nr,                                                                                 \
               call(__builtin_return_address(0), "tr_" #name, nr, W(p1), W(p2), W(p3), 0, 0, 0));  \
    }
#define TR_CALL4(nr, name, r, s, text, t1, p1, t2, p2, t3, p3, t4, p4)                             \
    int64_t tr_##name(TR_P_##t1 p1, TR_P_##t2 p2, TR_P_##t3 p3, TR_P_##t4 p4)                      \
    {                                                                                              \
        FINISH(nr, call(__builtin_return_address(0), "tr_" #name, nr, W(p1), W(p2), W(p3), W(p4),  \
                        0, 0));                                                                    \
    }
#define TR_CALL5(nr, name, r, s, text, t1, p1, t2, p2, t3, p3, t4, p4, t5, p5)                     \
    int64_t tr_##name(TR_P_##t1 p1, TR_P_##t2 p2, TR_P_##t3 p3, TR_P_##t4 p4, TR_P_##t5 p5)        \
    {                                                                                              \
        FINISH(nr, call(__builtin_return_address(0), "tr_" #name, nr, W(p1), W(p2), W(p3), W(p4),  \
                        W(p5), 0));                                                                \
    }
#define TR_CALL6(nr, name, r, s, text, t1, p1, t2, p2, t3, p3, t4, p4, t5, p5, t6, p6)             \
    int64_t tr_##name(TR_P_##t1 p1, TR_P_##t2 p2, TR_P_##t3 p3, TR_P_##t4 p4, TR_P_##t5 p5,        \
                      TR_P_##t6 p6)                                                                \
    {                                                                                              \
        FINISH(nr, call(__builtin_return_address(0), "tr_" #name, nr, W(p1), W(p2), W(p3), W(p4),  \
                        W(p5), W(p6)));                                                            \
    }
#include <terrarium/calls.def>
#include <terrarium/calls_undef.h>

const char *tr_error_name(int64_t error)
{
    switch (error) {
    case 0:
        return "TR_OK";
#define TR_ERROR(name, value, text)                                                                \
    case -(value):                                                                                 \
        return "TR_E_" #name;
#include <terrarium/errors.def>
#undef TR_ERROR
    default:
        return "TR_E_?";
    }
}

const char *tr_error_text(int64_t error)
{
    switch (error) {
    case 0:
        return "It worked.";
#define TR_ERROR(name, value, text)                                                                \
    case -(value):                                                                                 \
        return text;
#include <terrarium/errors.def>
#undef TR_ERROR
    default:
        return "This is not an error of Terrarium.";
    }
}
