/* SPDX-License-Identifier: MIT */
/* From a host signal in user code to what the kernel is told (abi.md 13). The kernel refines page
 * faults from its own tables; what only the machine can see is decided here. */

#include "arch.h"
#include "trap.h"
#include "window.h"

/* The linker's: where the text of this binary lies, with the ghost stubs that every program sees.
 */
extern const char __executable_start[], etext[];

static bool is_ghost_page(uint64_t address)
{
    return address >= (uint64_t)(uintptr_t)__executable_start &&
           address < (uint64_t)(uintptr_t)etext;
}

struct hal_context *fault_handle(struct machine *machine)
{
    struct trap trap = machine->trap;
    struct hal_context *context = machine->gate.current;
    struct hal_fault fault = {.access = trap.access, .address = trap.address, .ip = trap.ip};
    arch_fault(machine, context, &trap, &fault);
    if (fault.cause == 0) {
        machine->statistics.port_traps++;
        return context;
    }
    if (fault.cause == TR_FAULT_PAGE && is_ghost_page(fault.address)) {
        fault.cause = TR_FAULT_PROTECTION;
    }
    if (fault.cause != TR_FAULT_PAGE) {
        fault.access = 0;
    }
    return kernel_fault(machine->kernel, &fault);
}
