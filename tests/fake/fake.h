/* SPDX-License-Identifier: MIT */
#pragma once

/* A machine in plain memory for unit tests and fuzzers: all of kernel/hal.h, but no user code ever
 * runs. The test says what "happened" (a call, a fault, an interrupt) and looks at what the kernel
 * did: which context it chose, what its result is, what it did to lines, ports and time.
 *
 * Processes are contexts to be inspected. Those of kernel_host_process take host pointers, so most
 * tests pass the addresses of their own variables; those loaded from an image are reached through
 * kernel_translate and the memory view (fake_user). */

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <terrarium.h>
#include <terrarium/trace.h>

#include "kernel/kernel.h"

#define FAKE_RAM_PAGES    4096
#define FAKE_FIRST_FRAME  256
#define FAKE_WINDOW_BASE  UINT64_C(0x200000003000) /* page tables begin where it does */
#define FAKE_WINDOW_SIZE  (UINT64_C(64) << 20)
#define FAKE_GHOST_BASE   UINT64_C(0x180000000000)
#define FAKE_CONSOLE_SIZE 8192
#define FAKE_OUT_MAX      256
#define FAKE_DEVICE_FRAME UINT64_C(0xe0000) /* device memory far above RAM */
#define FAKE_DEVICE_PAGES 600

/* What hal_context_start put into a context: words of hal_context.machine. */
enum fake_word { FAKE_IP, FAKE_SP, FAKE_ARGUMENT, FAKE_STARTED, FAKE_POINTER };

struct fake_out {
    uint32_t port, width, value;
};

/* The machine itself. Tests read all of it and set what is marked. */
struct machine {
    struct kernel *kernel;
    struct hal_context *current; /* what the kernel said to run; NULL: idle */

    uint8_t *ram;
    uint64_t pages;
    uint8_t *device;      /* FAKE_DEVICE_PAGES at FAKE_DEVICE_FRAME */
    uint8_t *dma_allowed; /* by frame: devices reach it */

    uint64_t time;     /* set by the test */
    uint64_t deadline; /* the kernel's timer */
    uint64_t charged;

    uint64_t windows;      /* handed out so far; their numbers are not used again */
    uint64_t spaces_alive; /* created and not destroyed */
    uint64_t spaces_most;  /* set by the test: creation fails beyond it */
    uint64_t contexts_alive;
    uint64_t invalidations;

    bool masked[HAL_IRQ_LINES];
    bool edge[HAL_IRQ_LINES]; /* remembered while masked */

    uint8_t port_bytes[65536]; /* set by the test: what ports read as */
    struct fake_out outs[FAKE_OUT_MAX];
    size_t out_count;

    uint64_t host_first, host_end; /* set by the test: what host processes may name; 0, 0: all */

    uint64_t random; /* set by the test: state of the generator */

    char console[FAKE_CONSOLE_SIZE];
    size_t console_size;

    /* Set by the test: what real-mode code does; NULL: this machine has none. */
    void (*vm86)(struct machine *machine, struct hal_vm86 *vm86);
    uint64_t vm86_runs;

    bool stopped;
    enum tr_stop stop_how;
    uint32_t stop_code;

    bool panic_expected; /* set by the test, with panic_jump */
    jmp_buf panic_jump;
    char panic_text[256];

    struct tr_trace_record *trace;
    size_t trace_count, trace_room;
};

/* A machine with a kernel on it; NULL config: defaults, invariants checked, no log needed. Never
 * NULL: aborts if the host has no memory or the kernel does not come up. */
struct machine *fake_create(const struct kernel_config *config);
/* The same without a kernel, with RAM of `pages` frames. */
struct machine *fake_create_bare(uint64_t pages);
void fake_destroy(struct machine *machine);

/* A process that is a function of the host, never run. Gives the pid; aborts on an error. */
uint64_t fake_process(struct machine *machine, enum tr_class process_class, const char *name);

/* The running thread makes a call. Gives its result if the same thread runs on, and FAKE_SLEEPS if
 * another runs next: then fake_result tells later what it was given. */
#define FAKE_SLEEPS INT64_C(0x7fffffff00000000)
int64_t fake_call(struct machine *machine, uint64_t number, uint64_t a, uint64_t b, uint64_t c,
                  uint64_t d, uint64_t e, uint64_t f);

/* The same by the first thread of a process, which must be runnable: others yield until it runs. */
int64_t fake_call_as(struct machine *machine, uint64_t pid, uint64_t number, uint64_t a, uint64_t b,
                     uint64_t c, uint64_t d, uint64_t e, uint64_t f);

/* Lets others of its class yield until `pid` runs. False: it does not come to run. */
bool fake_turn(struct machine *machine, uint64_t pid);

/* What the first thread of a process was given by its last call. */
int64_t fake_result(struct machine *machine, uint64_t pid);

/* The running thread faults. */
void fake_fault(struct machine *machine, enum tr_fault cause, uint64_t address);

/* Raises a line (an edge): the kernel hears of it now, or when the line is unmasked. */
void fake_raise(struct machine *machine, uint32_t line);

/* Lets virtual time pass to `time`, with every timer entry on the way. */
void fake_pass(struct machine *machine, uint64_t time);

/* The host's view of user memory of a process; NULL if it does not lie in one page run with that
 * access (enum hal_access). */
void *fake_user(struct machine *machine, uint64_t pid, uint64_t va, uint64_t size, uint32_t access);

/* Records of a kind in the trace (kernel_config.trace). */
size_t fake_trace_count(const struct machine *machine, enum tr_trace_kind kind);

/* Ends every process as the machine's operator would: a driver that terminates all others, then
 * itself. Afterwards a sound kernel has nothing left. */
void fake_end_all(struct machine *machine);

/* Short hand for words. */
#define FAKE_WORD(pointer) ((uint64_t)(uintptr_t)(pointer))
