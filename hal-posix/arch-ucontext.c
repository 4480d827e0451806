/* SPDX-License-Identifier: MIT */
/* Any processor, by <ucontext.h> alone. What was interrupted is not looked at: a missing page is
 * taken for a read, then for a write, then for a jump; instructions are not decoded. */

#include "arch.h"

#include <string.h>

#include "arch-ucontext.h"

#if defined(__x86_64__)
const uint32_t arch_elf_machine = 62;
#elif defined(__aarch64__)
const uint32_t arch_elf_machine = 183;
#else
const uint32_t arch_elf_machine = 0;
#endif
const char arch_state_name[] = "ucontext";
const bool arch_can_preempt = false;

bool arch_state_probe(uint64_t *size, uint64_t *mask)
{
    *size = (sizeof(struct saved_state) + 63) & ~UINT64_C(63);
    *mask = 0;
    return true;
}

void arch_state_init(void *state)
{
    memset(state, 0, sizeof(struct saved_state));
}

uint64_t arch_signal_ip(const void *signal_context)
{
    (void)signal_context;
    return 0;
}

uint32_t arch_signal_access(const void *signal_context, const siginfo_t *info)
{
    (void)signal_context;
    (void)info;
    return HAL_READ;
}

void arch_signal_trap(const void *signal_context, struct trap *trap)
{
    (void)signal_context;
    (void)trap;
}

/* SIM: the host's thread pointer must not be touched here. */
UNGUARDED uint64_t arch_thread_pointer(void)
{
    return 0;
}

UNGUARDED void arch_signal_end(uint64_t found, bool is_told)
{
    (void)found;
    (void)is_told;
}

UNGUARDED uint64_t arch_signal_begin(uint64_t thread_pointer)
{
    return thread_pointer;
}

void arch_run_begin(struct machine *machine)
{
    (void)machine;
}

void arch_run_end(struct machine *machine)
{
    (void)machine;
}

void arch_undo_push(void *signal_context, uint64_t address)
{
    (void)signal_context;
    (void)address;
}

void arch_capture(void *signal_context, struct machine *machine, uint64_t thread_pointer)
{
    (void)thread_pointer;
    (void)signal_context;
    (void)machine;
    gate_abandon();
}

bool arch_set_pointer(struct hal_context *context, uint64_t address)
{
    (void)context;
    (void)address;
    return false;
}

bool arch_resume(void *signal_context, const struct hal_context *context)
{
    (void)signal_context;
    (void)context;
    return false;
}

void arch_abort(void *signal_context, struct machine *machine)
{
    (void)machine;
    (void)signal_context;
    gate_abandon();
}

void arch_start(struct machine *machine, struct hal_context *context, uint64_t ip, uint64_t sp,
                const uint64_t words[2])
{
    memset(context->machine, 0, sizeof context->machine);
    context->machine[WORD_IP] = ip;
    context->machine[WORD_SP] = sp & ~UINT64_C(15);
    context->machine[WORD_FIRST] = words[0];
    context->machine[WORD_SECOND] = words[1];
    arch_set_state(context, machine->state_initial);
}

uint64_t arch_stack_pointer(const struct hal_context *context)
{
    return context->machine[WORD_SP];
}

void arch_new_text(uint64_t va, uint64_t size)
{
    __builtin___clear_cache((char *)(uintptr_t)va, (char *)(uintptr_t)(va + size));
}

void *arch_state(const struct hal_context *context)
{
    return state_of(context);
}

void arch_set_state(struct hal_context *context, void *state)
{
    context->machine[WORD_STATE] = (uint64_t)(uintptr_t)state;
}

/* A signal without address says SI_KERNEL; what is no address is taken for 0. */
void arch_fault(struct machine *machine, struct hal_context *context, const struct trap *trap,
                struct hal_fault *fault)
{
    (void)machine;
    (void)context;
    bool is_misaligned = trap->signal == SIGBUS && trap->code == BUS_ADRALN;
    fault->cause = trap->signal == SIGSEGV                    ? TR_FAULT_PAGE
                   : trap->signal == SIGFPE                   ? TR_FAULT_DIVIDE
                   : trap->signal == SIGBUS && !is_misaligned ? TR_FAULT_MEMORY
                                                              : TR_FAULT_ILLEGAL;
    fault->detail = is_misaligned ? HAL_DETAIL_MISALIGNED : HAL_DETAIL_NONE;
    fault->address = trap->signal == SIGSEGV ? fault->address : fault->ip;
}
