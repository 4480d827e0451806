/* SPDX-License-Identifier: MIT */
/* What a program's exception was about, AArch64: instructions that user mode may not run are known
 * by their bits (Arm ARM, "System instruction class"). There are no port instructions. */

#include "arch.h"

#define SYSTEM_MASK  UINT32_C(0xffc00000)
#define SYSTEM_VALUE UINT32_C(0xd5000000)
#define HALT_MASK    UINT32_C(0xffe0001f)
#define HALT_VALUE   UINT32_C(0xd4400000)

static uint32_t cause_of_instruction(struct machine *machine, struct hal_context *context,
                                     uint64_t ip)
{
    uint32_t instruction;
    if (!memory_user_copy(machine, context->space, ip, &instruction, sizeof instruction,
                          HAL_EXECUTE)) {
        return TR_FAULT_ILLEGAL;
    }
    bool is_privileged =
        (instruction & SYSTEM_MASK) == SYSTEM_VALUE || (instruction & HALT_MASK) == HALT_VALUE;
    return is_privileged ? TR_FAULT_PRIVILEGED : TR_FAULT_ILLEGAL;
}

/* The host tells the address of every access; a jump to what is no multiple of four is one too. */
void arch_fault(struct machine *machine, struct hal_context *context, const struct trap *trap,
                struct hal_fault *fault)
{
    switch (trap->signal) {
    case SIGSEGV:
        fault->cause = TR_FAULT_PAGE;
        return;
    case SIGBUS:
        fault->cause = trap->code == BUS_ADRALN ? TR_FAULT_ILLEGAL : TR_FAULT_MEMORY;
        fault->detail = trap->code == BUS_ADRALN ? HAL_DETAIL_MISALIGNED : HAL_DETAIL_NONE;
        return;
    case SIGFPE:
        fault->cause = TR_FAULT_DIVIDE;
        fault->detail = HAL_DETAIL_FLOAT;
        break;
    case SIGTRAP:
        fault->cause = TR_FAULT_ILLEGAL;
        fault->detail = HAL_DETAIL_TRAP;
        break;
    default:
        fault->cause = cause_of_instruction(machine, context, trap->ip);
        break;
    }
    fault->address = fault->ip;
}
