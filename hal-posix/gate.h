/* SPDX-License-Identifier: MIT */
#pragma once

/* What the assembly of the gate and the C of the machine agree on: places of fields, costs of the
 * virtual clock that are charged in assembly, kinds of saved contexts. Assembly and C include it;
 * machine.h asserts that the C structures are laid out so. */

/* struct gate, the head of struct machine. */
#define GATE_CURRENT    0
#define GATE_KERNEL_SP  8
#define GATE_BUDGET     16
#define GATE_IN_KERNEL  24
#define GATE_ATTENTION  28
#define GATE_STATE_MASK 32
#define GATE_SCRATCH    40
#define GATE_STUB       48
#define GATE_ENTER      56
#define GATE_SPENT      64
#define GATE_RESUME     72
#define GATE_RESUME_IP  80
#define GATE_POINTER    88
#define GATE_BASES      96
#define GATE_LOADED     104
#define GATE_TOLD       112
#define GATE_ABLE       116

/* The ghosts of a machine: a page of text, then a page of data with two words. */
#define GHOSTS_DATA      4096
#define GHOSTS_MACHINE   0
#define GHOSTS_RESUME_IP 8

/* struct hal_context: `machine` begins at 32. */
#define CONTEXT_RESULT 0
#define CONTEXT_WORD   32

/* What the processor's instructions for the bases of segments do here. */
#define BASES_NONE     0 /* they are illegal */
#define BASES_RUN      1 /* they run, but the host's kernel does not know of it and may undo them */
#define BASES_PROMISED 2

/* Virtual nanoseconds that a counted block of a program costs, and a call. */
#define GATE_BLOCK_NS 2
#define GATE_TRAP_NS  100

/* How much of a context was saved: what a called function must preserve, or everything. */
#define SAVED_CALL 0
#define SAVED_FULL 1

#define GATE_THREAD_EXIT 26 /* TR_NR_thread_exit */
