/* SPDX-License-Identifier: MIT */
/* From a host signal in user code to what the kernel is told (abi.md 13). The kernel refines page
 * faults from its own tables; what only the machine can see is decided here. */

#include "arch.h"
#include "trap.h"
#include "window.h"

/* The cause if the signal is about an instruction, not about memory. */
static enum tr_fault cause_of(struct machine *machine, struct hal_context *context,
                              const struct trap *trap)
{
    switch (trap->signal) {
    case SIGFPE:
        return TR_FAULT_DIVIDE;
    case SIGBUS:
        return trap->code == BUS_ADRALN ? TR_FAULT_ILLEGAL : TR_FAULT_MEMORY;
    case SIGTRAP:
        return TR_FAULT_ILLEGAL;
    case SIGSEGV:
        if (trap->code != SI_KERNEL) {
            return TR_FAULT_PAGE;
        }
        break;
    default:
        break;
    }
    return (enum tr_fault)arch_refused(machine, context, trap);
}

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
    enum tr_fault cause = cause_of(machine, context, &trap);
    if (cause == 0) {
        machine->statistics.port_traps++;
        return context;
    }
    struct hal_fault fault = {
        .cause = cause, .access = trap.access, .address = trap.address, .ip = trap.ip};
    if (cause == TR_FAULT_PAGE && is_ghost_page(trap.address)) {
        fault.cause = TR_FAULT_PROTECTION;
    }
    if (cause != TR_FAULT_PAGE) {
        fault.access = 0;
        fault.address = trap.ip;
    }
    return kernel_fault(machine->kernel, &fault);
}
