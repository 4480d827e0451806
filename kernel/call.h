/* SPDX-License-Identifier: MIT */
#pragma once

/* The calls as the kernel sees them: for each row of calls.def a function `call_NAME(kernel, …)`
 * with user addresses as numbers. It returns the call's result, or CALL_LATER if the thread sleeps
 * or is gone; thread_wake then gives the result. kernel->cpu.current is the caller, never NULL. */

#include <stdint.h>

struct kernel;

#define CALL_LATER INT64_MIN

#define TR_K_u64            uint64_t
#define TR_K_u32            uint32_t
#define TR_K_i64            int64_t
#define TR_K_entry          uint64_t
#define TR_K_in             uint64_t
#define TR_K_out            uint64_t
#define TR_K_o_id           uint64_t
#define TR_K_x_id           uint64_t
#define TR_K_o_process_info uint64_t
#define TR_K_o_thread_info  uint64_t
#define TR_K_o_memory_info  uint64_t
#define TR_K_o_pipe_info    uint64_t
#define TR_K_o_shared_info  uint64_t
#define TR_K_o_event        uint64_t
#define TR_K_o_dma          uint64_t
#define TR_K_o_device_info  uint64_t
#define TR_K_o_system_info  uint64_t
#define TR_K_o_boot_module  uint64_t
#define TR_K_i_spawn        uint64_t
#define TR_K_x_vm86         uint64_t

#define TR_CALL0(nr, name, r, s, text) int64_t call_##name(struct kernel *kernel);
#define TR_CALL1(nr, name, r, s, text, t1, p1)                                                     \
    int64_t call_##name(struct kernel *kernel, TR_K_##t1 p1);
#define TR_CALL2(nr, name, r, s, text, t1, p1, t2, p2)                                             \
    int64_t call_##name(struct kernel *kernel, TR_K_##t1 p1, TR_K_##t2 p2);
#define TR_CALL3(nr, name, r, s, text, t1, p1, t2, p2, t3, p3)                                     \
    int64_t call_##name(struct kernel *kernel, TR_K_##t1 p1, TR_K_##t2 p2, TR_K_##t3 p3);
#define TR_CALL4(nr, name, r, s, text, t1, p1, t2, p2, t3, p3, t4, p4)                             \
    int64_t call_##name(struct kernel *kernel, TR_K_##t1 p1, TR_K_##t2 p2, TR_K_##t3 p3,           \
                        TR_K_##t4 p4);
#define TR_CALL5(nr, name, r, s, text, t1, p1, t2, p2, t3, p3, t4, p4, t5, p5)                     \
    int64_t call_##name(struct kernel *kernel, TR_K_##t1 p1, TR_K_##t2 p2, TR_K_##t3 p3,           \
                        TR_K_##t4 p4, TR_K_##t5 p5);
#define TR_CALL6(nr, name, r, s, text, t1, p1, t2, p2, t3, p3, t4, p4, t5, p5, t6, p6)             \
    int64_t call_##name(struct kernel *kernel, TR_K_##t1 p1, TR_K_##t2 p2, TR_K_##t3 p3,           \
                        TR_K_##t4 p4, TR_K_##t5 p5, TR_K_##t6 p6);
#include <terrarium/calls.def>
#include <terrarium/calls_undef.h>
