/* SPDX-License-Identifier: MIT */
#pragma once

/* Prototypes and numbers of all calls, a view of calls.def: for each row there is a function
 * `int64_t tr_NAME(…)` and a number `TR_NR_NAME`. The functions are ghosts: a program leaves them
 * undefined and the kernel binds them when it loads the program (interface.md 1).
 *
 * Each returns a value >= 0 or a negative TR_E_*; a call that fails has changed nothing. What a
 * call means, who may make it and whether it sleeps is in the reference, docs/calls.md. */

#include <stdint.h>
#include <terrarium/types.h>

/* What the type words of calls.def mean to a program. */
#define TR_P_u64            uint64_t
#define TR_P_u32            uint32_t
#define TR_P_i64            int64_t
#define TR_P_in             const void *
#define TR_P_out            void *
#define TR_P_o_id           uint64_t *
#define TR_P_x_id           uint64_t *
#define TR_P_o_process_info struct tr_process_info *
#define TR_P_o_thread_info  struct tr_thread_info *
#define TR_P_o_memory_info  struct tr_memory_info *
#define TR_P_o_pipe_info    struct tr_pipe_info *
#define TR_P_o_shared_info  struct tr_shared_info *
#define TR_P_o_event        struct tr_event *
#define TR_P_o_dma          struct tr_dma *
#define TR_P_o_device_info  struct tr_device_info *
#define TR_P_o_system_info  struct tr_system_info *
#define TR_P_o_boot_module  struct tr_boot_module *
#define TR_P_i_spawn        const struct tr_spawn *
#define TR_P_x_vm86         struct tr_vm86 *
typedef int64_t tr_entry(uint64_t argument);
#define TR_P_entry tr_entry *

#define TR_CALL0(nr, name, r, s, text)         int64_t tr_##name(void);
#define TR_CALL1(nr, name, r, s, text, t1, p1) int64_t tr_##name(TR_P_##t1 p1);
#define TR_CALL2(nr, name, r, s, text, t1, p1, t2, p2)                                             \
    int64_t tr_##name(TR_P_##t1 p1, TR_P_##t2 p2);
#define TR_CALL3(nr, name, r, s, text, t1, p1, t2, p2, t3, p3)                                     \
    int64_t tr_##name(TR_P_##t1 p1, TR_P_##t2 p2, TR_P_##t3 p3);
#define TR_CALL4(nr, name, r, s, text, t1, p1, t2, p2, t3, p3, t4, p4)                             \
    int64_t tr_##name(TR_P_##t1 p1, TR_P_##t2 p2, TR_P_##t3 p3, TR_P_##t4 p4);
#define TR_CALL5(nr, name, r, s, text, t1, p1, t2, p2, t3, p3, t4, p4, t5, p5)                     \
    int64_t tr_##name(TR_P_##t1 p1, TR_P_##t2 p2, TR_P_##t3 p3, TR_P_##t4 p4, TR_P_##t5 p5);
#define TR_CALL6(nr, name, r, s, text, t1, p1, t2, p2, t3, p3, t4, p4, t5, p5, t6, p6)             \
    int64_t tr_##name(TR_P_##t1 p1, TR_P_##t2 p2, TR_P_##t3 p3, TR_P_##t4 p4, TR_P_##t5 p5,        \
                      TR_P_##t6 p6);
#include <terrarium/calls.def>
#include <terrarium/calls_undef.h>

/* Makes a call by its number; an unknown number is TR_E_NOSYS. */
int64_t tr_call(uint64_t number, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e,
                uint64_t f);

enum tr_call_number {
#define TR_CALL_ROW(nr, name) TR_NR_##name = (nr),
#include <terrarium/calls_rows.h>
#undef TR_CALL_ROW
};

/* These two never return. */
int64_t tr_process_exit(int64_t code) __attribute__((noreturn));
int64_t tr_thread_exit(int64_t code) __attribute__((noreturn));
