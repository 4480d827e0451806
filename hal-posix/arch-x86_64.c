/* SPDX-License-Identifier: MIT */
/* x86-64: registers in signal frames, contexts that begin, the extended state. */

#include "arch.h"

#include <cpuid.h>
#include <string.h>
#include <ucontext.h>

#include "arch-x86_64.h"

#define FAULT_WRITE     2
#define FAULT_FETCH     16
#define TRAP_PAGE_FAULT 14

#define CONTROL_USUAL 0x37f

/* syscall and int 0x80: the host tells of them when the instruction is over. */
#define HOST_CALL_SIZE 2

/* x87, SSE, AVX, bounds and AVX-512; the rest (protection keys, tiles) stays the host's. */
#define STATE_WANTED UINT64_C(0xff)

extern const char gate_capture[], gate_abort[];

const uint32_t arch_elf_machine = 62;
const char arch_state_name[] = "xsave";
const bool arch_can_preempt = true;

bool arch_state_probe(uint64_t *size, uint64_t *mask)
{
    uint32_t a, b, c, d, low, high;
    if (__get_cpuid(1, &a, &b, &c, &d) == 0 || (c & bit_OSXSAVE) == 0) {
        return false;
    }
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    __cpuid_count(13, 0, a, b, c, d);
    *mask = low & STATE_WANTED;
    *size = (b + UINT64_C(63)) & ~UINT64_C(63);
    return true;
}

/* An xsave area whose header names no component: everything is loaded in its first state. */
void arch_state_init(void *state)
{
    uint16_t control = CONTROL_USUAL;
    uint32_t mxcsr = MXCSR_USUAL;
    memcpy(state, &control, sizeof control);
    memcpy((uint8_t *)state + 24, &mxcsr, sizeof mxcsr);
}

uint64_t arch_signal_ip(const void *signal_context)
{
    const ucontext_t *frame = signal_context;
    return (uint64_t)frame->uc_mcontext.gregs[REG_RIP];
}

/* Valgrind makes signals up when it cannot fetch an instruction; these have no error code. */
uint32_t arch_signal_access(const void *signal_context, const siginfo_t *info)
{
    const ucontext_t *frame = signal_context;
    uint64_t error = (uint64_t)frame->uc_mcontext.gregs[REG_ERR];
    bool is_page_fault = frame->uc_mcontext.gregs[REG_TRAPNO] == TRAP_PAGE_FAULT;
    if ((is_page_fault && (error & FAULT_FETCH) != 0) ||
        (uint64_t)(uintptr_t)info->si_addr == arch_signal_ip(signal_context)) {
        return HAL_EXECUTE;
    }
    return is_page_fault && (error & FAULT_WRITE) != 0 ? HAL_WRITE : HAL_READ;
}

void arch_signal_trap(const void *signal_context, struct trap *trap)
{
    const ucontext_t *frame = signal_context;
    trap->number = (uint32_t)frame->uc_mcontext.gregs[REG_TRAPNO];
    trap->error = (uint32_t)frame->uc_mcontext.gregs[REG_ERR];
    trap->ip -= trap->signal == SIGSYS ? HOST_CALL_SIZE : 0;
}

/* push, call, pushf and enter, behind prefixes. */
static bool is_push(const uint8_t *bytes)
{
    while (*bytes == 0x66 || *bytes == 0xf2 || *bytes == 0xf3 || (*bytes & 0xf0) == 0x40) {
        bytes++;
    }
    uint8_t operation = (bytes[1] >> 3) & 7;
    return (*bytes & 0xf8) == 0x50 || *bytes == 0x68 || *bytes == 0x6a || *bytes == 0xe8 ||
           *bytes == 0x9c || *bytes == 0xc8 ||
           (*bytes == 0xff && (operation == 2 || operation == 6));
}

void arch_undo_push(void *signal_context, uint64_t address)
{
    ucontext_t *frame = signal_context;
    greg_t *registers = frame->uc_mcontext.gregs;
    if ((uint64_t)registers[REG_RSP] == address &&
        is_push((const uint8_t *)(uintptr_t)registers[REG_RIP])) {
        registers[REG_RSP] += 8;
    }
}

/* The handler's return goes on in the gate. The stack is the kernel's at once: some hosts do not go
 * back to a thread whose stack pointer is no address. */
static void go_on_in(ucontext_t *frame, const struct machine *machine, const char *gate)
{
    greg_t *registers = frame->uc_mcontext.gregs;
    registers[REG_EFL] = FLAGS_USUAL;
    registers[REG_RBX] = (greg_t)(uintptr_t)machine;
    registers[REG_RSP] = (greg_t)machine->gate.kernel_sp;
    registers[REG_RIP] = (greg_t)(uintptr_t)gate;
}

void arch_capture(void *signal_context, struct machine *machine, uint64_t thread_pointer)
{
    struct hal_context *context = machine->gate.current;
    ucontext_t *frame = signal_context;
    greg_t *from = frame->uc_mcontext.gregs;
    static const struct {
        uint8_t word, reg;
    } places[] = {
        {WORD_RSP, REG_RSP}, {WORD_RBX, REG_RBX},   {WORD_RBP, REG_RBP}, {WORD_R12, REG_R12},
        {WORD_R13, REG_R13}, {WORD_R14, REG_R14},   {WORD_R15, REG_R15}, {WORD_RIP, REG_RIP},
        {WORD_RAX, REG_RAX}, {WORD_RCX, REG_RCX},   {WORD_RDX, REG_RDX}, {WORD_RSI, REG_RSI},
        {WORD_RDI, REG_RDI}, {WORD_R8, REG_R8},     {WORD_R9, REG_R9},   {WORD_R10, REG_R10},
        {WORD_R11, REG_R11}, {WORD_FLAGS, REG_EFL},
    };
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        context->machine[places[i].word] = (uint64_t)from[places[i].reg];
    }
    context->machine[WORD_FLAGS] &= ~(uint64_t)FLAG_TRAP;
    context->machine[WORD_SAVED] = SAVED_FULL;
    if (thread_pointer != machine->gate.thread_pointer) {
        context->machine[WORD_FS] = thread_pointer;
        context->machine[WORD_SAVED] |= (uint64_t)OWN_FS << 32;
    }
    go_on_in(frame, machine, gate_capture);
}

bool arch_set_pointer(struct hal_context *context, uint64_t address)
{
    context->machine[WORD_FS] = address;
    context->machine[WORD_SAVED] &= ~((uint64_t)OWN_FS << 32);
    context->machine[WORD_SAVED] |= address != 0 ? (uint64_t)OWN_FS << 32 : 0;
    return true;
}

/* The gate needs no trap on x86-64. */
bool arch_resume(void *signal_context, const struct hal_context *context)
{
    (void)signal_context;
    (void)context;
    return false;
}

void arch_abort(void *signal_context, struct machine *machine)
{
    go_on_in(signal_context, machine, gate_abort);
}

void arch_start(struct machine *machine, struct hal_context *context, uint64_t ip, uint64_t sp,
                const uint64_t words[2])
{
    memset(context->machine, 0, sizeof context->machine);
    context->machine[WORD_SAVED] = SAVED_FULL;
    context->machine[WORD_RIP] = ghost_thread_start(machine);
    context->machine[WORD_RSP] = sp & ~UINT64_C(15);
    context->machine[WORD_RBX] = ip;
    context->machine[WORD_RDI] = words[0];
    context->machine[WORD_RSI] = words[1];
    context->machine[WORD_FLAGS] = FLAGS_USUAL;
    arch_set_state(context, machine->state_initial);
}

uint64_t arch_stack_pointer(const struct hal_context *context)
{
    return context->machine[WORD_RSP];
}

/* Caches are coherent on x86. */
void arch_new_text(uint64_t va, uint64_t size)
{
    (void)va;
    (void)size;
}

void *arch_state(const struct hal_context *context)
{
    return (void *)(uintptr_t)context->machine[WORD_STATE];
}

void arch_set_state(struct hal_context *context, void *state)
{
    context->machine[WORD_STATE] = (uint64_t)(uintptr_t)state;
}
