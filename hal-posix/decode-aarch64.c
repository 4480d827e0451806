/* SPDX-License-Identifier: MIT */
/* Instructions that user mode may not run, AArch64 (Arm ARM, "System instruction class"). There are
 * no port instructions. */

#include "arch.h"

#define SYSTEM_MASK  UINT32_C(0xffc00000)
#define SYSTEM_VALUE UINT32_C(0xd5000000)
#define HALT_MASK    UINT32_C(0xffe0001f)
#define HALT_VALUE   UINT32_C(0xd4400000)

uint32_t arch_refused(struct machine *machine, struct hal_context *context, const struct trap *trap)
{
    uint32_t instruction;
    if (!memory_user_copy(machine, context->space, trap->ip, &instruction, sizeof instruction,
                          HAL_EXECUTE)) {
        return TR_FAULT_ILLEGAL;
    }
    bool is_privileged =
        (instruction & SYSTEM_MASK) == SYSTEM_VALUE || (instruction & HALT_MASK) == HALT_VALUE;
    return is_privileged ? TR_FAULT_PRIVILEGED : TR_FAULT_ILLEGAL;
}
