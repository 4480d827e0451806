/* SPDX-License-Identifier: MIT */
#pragma once

/* The machine contract: everything the kernel ever asks of hardware, and the entries through which
 * the machine calls the kernel. The only header that a machine (hal-posix, the fake machine of the
 * unit tests, one to come) shares with the core.
 *
 * The machine runs contexts; when something happens it calls one of the kernel_* entries below, on
 * a stack of its own, never two at a time and never from the middle of another, and then runs the
 * context that the entry returned. The kernel never blocks and never touches user memory through
 * user addresses: it walks its own page tables and uses the view of physical memory. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <terrarium/trace.h>
#include <terrarium/types.h>

struct kernel;  /* the kernel's; one per simulated machine */
struct machine; /* the machine's; opaque to the kernel */

/* ---- Physical memory ------------------------------------------------------------------------ */

/* Frame f is the 4096 bytes at base + f * 4096, for the frames [first, pages). Frames below first
 * (the first megabyte of a PC) and above pages are device memory; the kernel does not manage them.
 * The memory is zero at boot. */
struct hal_memory {
    uint8_t *base;
    uint64_t first, pages;
};
struct hal_memory hal_memory(struct machine *machine);

/* The view of `pages` frames of device memory or firmware from `frame` on, NULL if any of them is
 * none. Never RAM. */
uint8_t *hal_device_memory(struct machine *machine, uint64_t frame, uint64_t pages);

/* Lets devices reach `pages` frames by DMA, or ends that. */
void hal_dma_allow(struct machine *machine, uint64_t frame, uint64_t pages, bool allowed);

/* ---- Address spaces ------------------------------------------------------------------------- */

/* One per process, embedded in the kernel's record of it. The machine fills base and size. */
struct hal_space {
    uint64_t base; /* lowest user address */
    uint64_t size; /* bytes */
    bool is_host;  /* a process of the test kit: addresses outside the window are the host's */
    void *machine; /* the machine's own */
};

/* Gives the space a window of addresses. False if the machine has none left. */
bool hal_space_create(struct machine *machine, struct hal_space *space);

/* Forgets the space and everything cached of it. */
void hal_space_destroy(struct machine *machine, struct hal_space *space);

/* The kernel's table has changed for these pages so that less is allowed than before, or other
 * frames lie there: drop what is cached. (That more is allowed needs no word: the machine asks.) */
void hal_space_invalidate(struct machine *machine, struct hal_space *space, uint64_t va,
                          uint64_t pages);

/* An ELF image now lies at `va`, header first: a machine with a debugger may announce it. */
void hal_space_image(struct machine *machine, struct hal_space *space, uint64_t va,
                     const char *name);

/* The view of a host range of a kit process (space->is_host), NULL if it may not be used so. */
void *hal_host_range(struct machine *machine, struct hal_space *space, uint64_t va, uint64_t size);

/* ---- Contexts ------------------------------------------------------------------------------- */

#define HAL_CONTEXT_WORDS 48

/* A thread's registers, embedded in the kernel's record of it. */
struct hal_context {
    int64_t result;          /* what the call in progress will return: written by the kernel */
    struct hal_space *space; /* set by hal_context_start */
    void *thread;            /* the kernel's record; the machine does not look */
    _Alignas(16) uint64_t machine[HAL_CONTEXT_WORDS]; /* only the machine looks inside */
};

/* Sets a context so that it begins at `ip` on the stack below `sp` with `argument` as the first
 * word. If that function returns, its result is the argument of `tr_thread_exit`. */
void hal_context_start(struct machine *machine, struct hal_context *context,
                       struct hal_space *space, uint64_t ip, uint64_t sp, uint64_t argument);

/* The context, which made the present entry by a call, has its thread pointer at `address` from now
 * on; 0: what it found there at its beginning. False: this machine keeps none, or the space is the
 * host's, whose C has its own. */
bool hal_context_pointer(struct machine *machine, struct hal_context *context, uint64_t address);

/* Frees what the machine keeps beside the context. Called once, when the thread has ended; may be
 * called for the context that made the present entry. */
void hal_context_end(struct machine *machine, struct hal_context *context);

/* ---- Time, interrupts, ports ---------------------------------------------------------------- */

/* Nanoseconds since boot. Never goes back; moves only between entries and by hal_charge. */
uint64_t hal_time(struct machine *machine);

/* kernel_timer is to be called at `deadline` or soon after; TR_FOREVER: never. One per machine. */
void hal_timer(struct machine *machine, uint64_t deadline);

/* The present entry does work that takes `ns` beyond the usual: lets virtual time pass. */
void hal_charge(struct machine *machine, uint64_t ns);

#define HAL_IRQ_LINES 16
/* While masked, a line does not interrupt; one further edge is remembered. All start masked. */
void hal_irq_mask(struct machine *machine, uint32_t line, bool masked);

/* width 1, 2 or 4; a port nothing answers on reads as all ones. */
uint32_t hal_port_in(struct machine *machine, uint32_t port, uint32_t width);
void hal_port_out(struct machine *machine, uint32_t port, uint32_t width, uint32_t value);

/* ---- Real mode ------------------------------------------------------------------------------ */

/* A machine need not have it. */
bool hal_vm86_exists(struct machine *machine);

enum hal_vm86_end {
    HAL_VM86_LIMIT,     /* that many instructions have been executed */
    HAL_VM86_INTERRUPT, /* INT n: eip is behind it */
    HAL_VM86_FAULT,     /* eip is at the instruction, registers are as before it */
    HAL_VM86_PORT       /* likewise: a port the process does not hold */
};

#define HAL_VM86_PAGES 0x110 /* real-mode addresses end at 0x10ffef */

struct hal_vm86 {
    struct tr_vm86_registers registers; /* in and out: there is no other state between two runs */
    uint64_t instructions; /* in: after how many to stop; out: how many were executed, each
                              element of a repeated one too */
    enum hal_vm86_end end;
    uint32_t vector;        /* the interrupt, the exception, or the port */
    uint64_t fault_address; /* of a page fault (exception 14), else of the instruction */
};

/* Executes real-mode code of the running context's thread, which is in a call, until one of the
 * ends. Privileged instructions are exceptions. The machine asks kernel_vm86_page for each page and
 * kernel_port_allowed for each port. */
void hal_vm86_run(struct machine *machine, struct hal_vm86 *vm86);

/* ---- The rest ------------------------------------------------------------------------------- */

/* The address of a ghost function in every space; the name is without `tr_` for calls of
 * calls.def, whose number is given. 0 if this machine has none of that number. */
uint64_t hal_ghost_call(struct machine *machine, uint32_t number);
/* The same for the few ghosts that are no calls, by full name ("tr_call"). 0: no such name. */
uint64_t hal_ghost_other(struct machine *machine, const char *name);

/* The ELF e_machine that this machine runs (62 x86-64, 183 aarch64). */
uint32_t hal_elf_machine(struct machine *machine);

/* Bytes that an attacker cannot guess, or that depend on the seed alone in virtual time. */
void hal_random(struct machine *machine, void *buffer, uint64_t size);

/* Text to the panic console; also boot messages before there is a log. */
void hal_console(struct machine *machine, const char *text, uint64_t size);

/* The machine stops when the present entry returns: no context is run again. */
void hal_stop(struct machine *machine, enum tr_stop how, uint32_t code);

/* A broken invariant. Does not return to the caller (a test jumps out, the simulator ends). */
void hal_panic(struct machine *machine, const char *text) __attribute__((noreturn));

/* One record of what happened; only called if the kernel was created with `trace`. */
void hal_trace(struct machine *machine, const struct tr_trace_record *record);

/* Words to a memory checker, only called if the kernel was created with `checked`. Addresses are
 * the host's: a window's user addresses are that too. */
enum hal_tool {
    HAL_TOOL_MAPPED,   /* to: user pages are there now, zeroed */
    HAL_TOOL_UNMAPPED, /* to: user pages are gone */
    HAL_TOOL_COPIED,   /* size bytes went from `from` to `to`: definedness goes along */
    HAL_TOOL_POOL,     /* to: a pool (its record) exists */
    HAL_TOOL_POOL_END,
    HAL_TOOL_TAKEN, /* from: pool, to: record taken */
    HAL_TOOL_FREED, /* from: pool, to: record given back */
    HAL_TOOL_RAW,   /* to: memory of a pool that is no pool's any more */
    HAL_TOOL_STACK, /* to..to+size is a stack of user code */
};
void hal_tool(struct machine *machine, enum hal_tool what, const void *to, const void *from,
              uint64_t size);

/* ---- The kernel's entries ------------------------------------------------------------------- */

/* Each returns the context to run next, or NULL when nothing is runnable: then the machine waits
 * for the timer, an interrupt or its own end. */

/* The running context made call `number` with these six words. Its registers are saved. */
struct hal_context *kernel_call(struct kernel *kernel, uint64_t number, const uint64_t words[6]);

enum hal_access { HAL_READ = 1, HAL_WRITE = 2, HAL_EXECUTE = 4 };

/* What the log says where a cause has several kinds. */
enum hal_detail {
    HAL_DETAIL_NONE,
    HAL_DETAIL_MISALIGNED,
    HAL_DETAIL_TRAP, /* a breakpoint, the trap flag */
    HAL_DETAIL_FLOAT,
    HAL_DETAIL_SEGMENT,
    HAL_DETAIL_OPERAND,
    HAL_DETAIL_HOST_CALL /* of the machine's host, where it has one */
};

struct hal_fault {
    enum tr_fault cause; /* TR_FAULT_PAGE for any address that kernel_translate refused */
    enum hal_detail detail;
    uint32_t access; /* enum hal_access of a memory fault; 0: the tables have no say */
    uint64_t address, ip;
    const char *place; /* where in the program's source that is, for the log; NULL: not known */
};
/* The running context cannot go on. Registers are saved. */
struct hal_context *kernel_fault(struct kernel *kernel, const struct hal_fault *fault);

/* The running context (saved), or nothing, was interrupted by a line, or by the timer. */
struct hal_context *kernel_interrupt(struct kernel *kernel, uint32_t line);
struct hal_context *kernel_timer(struct kernel *kernel);

/* The machine has refused a device something (interface.md 10): a sentence for the log. */
struct hal_context *kernel_refused(struct kernel *kernel, const char *text);

/* The running context executed an in or out instruction (saved, ip already behind it). True: the
 * process holds the ports, the machine does the access. Changes nothing. */
bool kernel_port_allowed(struct kernel *kernel, uint32_t port, uint32_t width);

/* During hal_vm86_run only: the kernel's view of a page of real-mode memory for this access; valid
 * until that returns. NULL: a page fault. */
uint8_t *kernel_vm86_page(struct kernel *kernel, uint32_t page, uint32_t access);

/* What the kernel's table says of the page at `va` for this access: an extent of up to
 * `most` pages around it with equal rights and successive frames. May back a page on first touch.
 * False: a fault. May be called while user code runs, never during another entry. */
struct hal_mapping {
    uint64_t va, frame, pages;
    uint32_t prot; /* TR_READ … */
};
bool kernel_translate(struct kernel *kernel, struct hal_space *space, uint64_t va, uint32_t access,
                      uint64_t most, struct hal_mapping *mapping);
