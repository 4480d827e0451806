/* SPDX-License-Identifier: MIT */
/* The gate for hosts without an assembly gate: contexts are switched by swapcontext, which asks the
 * host for the signal mask each time and is a hundred times slower. Ghost stubs are C functions:
 * they lie where the host has put this program, so their addresses differ between runs, and the
 * machine is found by a thread-local word.
 *
 * A thread that was interrupted in the middle cannot be resumed: nothing here preempts programs
 * that do not call, and a fault always ends the process. */

#include "arch-ucontext.h"

#include <setjmp.h>
#include <string.h>
#include <terrarium/calls.h>

#include "arch.h"

/* No context is ever half resumed: the range is empty. */
const char gate_resume_begin[1], gate_resume_end[1];
static _Thread_local jmp_buf leave_jump;
static _Thread_local ucontext_t kernel_side;
static _Thread_local struct arrival arrival;

static int64_t enter(bool is_call, uint64_t number, const uint64_t words[6])
{
    struct hal_context *context = gate_machine->gate.current;
    gate_machine->gate.in_kernel = 1;
    arrival.is_call = is_call;
    arrival.number = number;
    for (int i = 0; i < 6; i++) {
        arrival.words[i] = words[i];
    }
    swapcontext(&state_of(context)->user, &kernel_side);
    return context->result;
}

/* Together, apart from the rest of the host's text. */
#define GHOST static __attribute__((section("gate_ghosts"), noinline))

#define TR_CALL_ROW(nr, name)                                                                      \
    GHOST int64_t gate_ghost_##name(uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e,    \
                                    uint64_t f)                                                    \
    {                                                                                              \
        return enter(true, nr, (const uint64_t[6]){a, b, c, d, e, f});                             \
    }
#include <terrarium/calls_rows.h>
#undef TR_CALL_ROW

typedef int64_t ghost_function(uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e,
                               uint64_t f);
static ghost_function *const ghosts[TR_CALL_LIMIT] = {
#define TR_CALL_ROW(nr, name) [nr] = gate_ghost_##name,
#include <terrarium/calls_rows.h>
#undef TR_CALL_ROW
};

GHOST int64_t call(uint64_t number, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e,
                   uint64_t f)
{
    return enter(true, number, (const uint64_t[6]){a, b, c, d, e, f});
}

GHOST void count_block(void)
{
    gate_machine->gate.budget -= GATE_BLOCK_NS;
    if (gate_machine->gate.budget < 0) {
        enter(false, 0, (const uint64_t[6]){0});
    }
}

typedef int64_t thread_function(uint64_t first, uint64_t second);

/* On the thread's own stack. */
static void thread_main(void)
{
    struct hal_context *context = gate_machine->gate.current;
    const uint64_t *words = context->machine;
    thread_function *function = (thread_function *)(uintptr_t)words[WORD_IP];
    int64_t result = function(words[WORD_FIRST], words[WORD_SECOND]);
    enter(true, TR_NR_thread_exit, (const uint64_t[6]){(uint64_t)result});
}

/* On the small stack: the thread's stack may not be mapped yet, and makecontext writes to it. */
static void thread_begin(void)
{
    struct hal_context *context = gate_machine->gate.current;
    struct saved_state *state = state_of(context);
    state->user.uc_stack.ss_sp = (void *)(uintptr_t)(context->machine[WORD_SP] - TR_PAGE_SIZE);
    state->user.uc_stack.ss_size = TR_PAGE_SIZE;
    makecontext(&state->user, thread_main, 0);
    setcontext(&state->user);
}

/* The context's first resumption: it gets an area and begins on a small stack. */
static void prepare(struct machine *machine, struct hal_context *context)
{
    if (context->machine[WORD_BEGUN] != 0) {
        return;
    }
    context->machine[WORD_BEGUN] = 1;
    state_own(machine, context);
    struct saved_state *state = state_of(context);
    getcontext(&state->user);
    state->user.uc_stack.ss_sp = state->begin_stack;
    state->user.uc_stack.ss_size = sizeof state->begin_stack;
    makecontext(&state->user, thread_begin, 0);
}

static struct hal_context *run_user(struct machine *machine, struct hal_context *next)
{
    prepare(machine, next);
    arrival.is_call = false;
    machine->gate.in_kernel = 0;
    swapcontext(&kernel_side, &state_of(next)->user);
    return arrival.is_call ? machine_on_call(machine, arrival.number, arrival.words)
                           : machine_on_event(machine);
}

void gate_run(struct machine *machine)
{
    if (setjmp(leave_jump) != 0) {
        return;
    }
    struct hal_context *next = machine_on_event(machine);
    while (next != NULL) {
        next = machine->gate.attention != 0 ? machine_on_event(machine) : run_user(machine, next);
    }
}

void gate_leave(struct machine *machine)
{
    (void)machine;
    longjmp(leave_jump, 1);
}

/* From a signal handler in user code, which is given up. */
void gate_abandon(void)
{
    arrival.is_call = false;
    setcontext(&kernel_side);
    host_fatal("cannot go back to the kernel's context");
}

/* ---- Where the ghosts lie ------------------------------------------------------------------- */

const uint64_t ghost_base = 0;

bool ghost_create(struct machine *machine, char *error, size_t error_size)
{
    (void)machine;
    (void)error;
    (void)error_size;
    return true;
}

void ghost_destroy(struct machine *machine)
{
    (void)machine;
}

/* The linker's: where the section of that name lies. */
extern const char __start_gate_ghosts[], __stop_gate_ghosts[];

bool ghost_holds(const struct machine *machine, uint64_t address)
{
    (void)machine;
    return address >= (uint64_t)(uintptr_t)__start_gate_ghosts &&
           address < (uint64_t)(uintptr_t)__stop_gate_ghosts;
}

/* Threads begin in a context of the host's. */
uint64_t ghost_thread_start(const struct machine *machine)
{
    (void)machine;
    return 0;
}

gate_caller *ghost_caller(const struct machine *machine)
{
    (void)machine;
    return call;
}

bool ghost_is_resuming(const struct machine *machine, uint64_t ip)
{
    (void)machine;
    (void)ip;
    return false;
}

uint64_t hal_ghost_call(struct machine *machine, uint32_t number)
{
    (void)machine;
    return number >= TR_CALL_LIMIT ? 0 : (uint64_t)(uintptr_t)ghosts[number];
}

uint64_t hal_ghost_other(struct machine *machine, const char *name)
{
    (void)machine;
    if (strcmp(name, "tr_call") == 0) {
        return (uint64_t)(uintptr_t)call;
    }
    return strcmp(name, "__sanitizer_cov_trace_pc") == 0 ? (uint64_t)(uintptr_t)count_block : 0;
}
