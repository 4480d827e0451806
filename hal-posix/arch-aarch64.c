/* SPDX-License-Identifier: MIT */
/* AArch64: registers in signal frames, contexts that begin, the extended state (Advanced SIMD;
 * wider vectors are not kept, and programs are compiled without them). */

#include "arch.h"

#include <string.h>
#include <ucontext.h>

#include "arch-aarch64.h"

#define STATE_BYTES 576
#define FLAGS_KEPT  UINT64_C(0xf0000000) /* N, Z, C, V */

/* The record of the kernel's signal frame that holds the exception syndrome (Linux sigcontext.h).
 */
#define SYNDROME_MAGIC    0x45535201U
#define SYNDROME_WRITE    0x40U
#define CLASS_FETCH_LOWER 0x20
#define CLASS_FETCH       0x21

extern const char gate_resume_trap[];

extern const char gate_capture[], gate_abort[];

const uint32_t arch_elf_machine = 183;
const char arch_state_name[] = "SIMD registers";
const bool arch_can_preempt = true;

bool arch_state_probe(uint64_t *size, uint64_t *mask)
{
    *size = STATE_BYTES;
    *mask = 0;
    return true;
}

void arch_state_init(void *state)
{
    memset(state, 0, STATE_BYTES);
}

uint64_t arch_signal_ip(const void *signal_context)
{
    const ucontext_t *frame = signal_context;
    return frame->uc_mcontext.pc;
}

/* The syndrome register among the records that follow the registers; 0: none. */
static uint64_t syndrome(const ucontext_t *frame)
{
    const uint8_t *records = (const uint8_t *)&frame->uc_mcontext.__reserved;
    uint32_t head[2];
    uint64_t value;
    for (size_t at = 0; at + 16 <= sizeof frame->uc_mcontext.__reserved; at += head[1]) {
        memcpy(head, records + at, sizeof head);
        if (head[0] == SYNDROME_MAGIC) {
            memcpy(&value, records + at + sizeof head, sizeof value);
            return value;
        }
        if (head[0] == 0 || head[1] < 16) {
            return 0;
        }
    }
    return 0;
}

uint32_t arch_signal_access(const void *signal_context, const siginfo_t *info)
{
    const ucontext_t *frame = signal_context;
    uint64_t value = syndrome(frame), class = value >> 26;
    if (class == CLASS_FETCH_LOWER || class == CLASS_FETCH ||
        (uint64_t)(uintptr_t)info->si_addr == frame->uc_mcontext.pc) {
        return HAL_EXECUTE;
    }
    return (value & SYNDROME_WRITE) != 0 ? HAL_WRITE : HAL_READ;
}

void arch_signal_trap(const void *signal_context, struct trap *trap)
{
    (void)signal_context;
    (void)trap;
}

UNGUARDED uint64_t arch_thread_pointer(void)
{
    uint64_t pointer;
    __asm__ volatile("mrs %0, tpidr_el0" : "=r"(pointer));
    return pointer;
}

UNGUARDED void arch_signal_end(uint64_t found, bool is_told)
{
    (void)is_told;
    __asm__ volatile("msr tpidr_el0, %0" : : "r"(found) : "memory");
}

UNGUARDED uint64_t arch_signal_begin(uint64_t thread_pointer)
{
    uint64_t found = arch_thread_pointer();
    if (found != thread_pointer) {
        arch_signal_end(thread_pointer, false);
    }
    return found;
}

void arch_run_begin(struct machine *machine)
{
    machine->gate.thread_pointer = arch_thread_pointer();
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
    struct hal_context *context = machine->gate.current;
    ucontext_t *frame = signal_context;
    for (uint32_t i = 0; i < 19; i++) {
        context->machine[WORD_X0 + i] = frame->uc_mcontext.regs[i];
    }
    for (uint32_t i = 19; i < 31; i++) {
        context->machine[WORD_X19 + i - 19] = frame->uc_mcontext.regs[i];
    }
    context->machine[WORD_SP] = frame->uc_mcontext.sp;
    context->machine[WORD_PC] = frame->uc_mcontext.pc;
    context->machine[WORD_FLAGS] = frame->uc_mcontext.pstate & FLAGS_KEPT;
    context->machine[WORD_SAVED] = SAVED_FULL;
    if (thread_pointer != machine->gate.thread_pointer) {
        context->machine[WORD_POINTER] = thread_pointer;
        context->machine[WORD_SAVED] |= (uint64_t)OWN_POINTER << 32;
    }
    frame->uc_mcontext.regs[19] = (uint64_t)(uintptr_t)machine;
    frame->uc_mcontext.pc = (uint64_t)(uintptr_t)gate_capture;
}

bool arch_set_pointer(struct hal_context *context, uint64_t address)
{
    context->machine[WORD_POINTER] = address;
    context->machine[WORD_SAVED] &= ~((uint64_t)OWN_POINTER << 32);
    context->machine[WORD_SAVED] |= address != 0 ? (uint64_t)OWN_POINTER << 32 : 0;
    return true;
}

bool arch_resume(void *signal_context, const struct hal_context *context)
{
    ucontext_t *frame = signal_context;
    if (frame->uc_mcontext.pc != (uint64_t)(uintptr_t)gate_resume_trap) {
        return false;
    }
    for (uint32_t i = 0; i < 19; i++) {
        frame->uc_mcontext.regs[i] = context->machine[WORD_X0 + i];
    }
    for (uint32_t i = 19; i < 31; i++) {
        frame->uc_mcontext.regs[i] = context->machine[WORD_X19 + i - 19];
    }
    frame->uc_mcontext.sp = context->machine[WORD_SP];
    frame->uc_mcontext.pc = context->machine[WORD_PC];
    frame->uc_mcontext.pstate =
        (frame->uc_mcontext.pstate & ~FLAGS_KEPT) | context->machine[WORD_FLAGS];
    return true;
}

void arch_abort(void *signal_context, struct machine *machine)
{
    ucontext_t *frame = signal_context;
    frame->uc_mcontext.regs[19] = (uint64_t)(uintptr_t)machine;
    frame->uc_mcontext.pc = (uint64_t)(uintptr_t)gate_abort;
}

/* A thread begins as if it returned from a call, to gate_thread_start. */
void arch_start(struct machine *machine, struct hal_context *context, uint64_t ip, uint64_t sp,
                const uint64_t words[2])
{
    memset(context->machine, 0, sizeof context->machine);
    context->machine[WORD_SAVED] = SAVED_CALL;
    context->machine[WORD_SP] = sp & ~UINT64_C(15);
    context->machine[WORD_X19] = ip;
    context->machine[WORD_X20] = words[0];
    context->machine[WORD_X20 + 1] = words[1];
    context->machine[WORD_X30] = ghost_thread_start(machine);
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
    return (void *)(uintptr_t)context->machine[WORD_STATE];
}

void arch_set_state(struct hal_context *context, void *state)
{
    context->machine[WORD_STATE] = (uint64_t)(uintptr_t)state;
}
