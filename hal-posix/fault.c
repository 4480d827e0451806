/* SPDX-License-Identifier: MIT */
/* From a host signal in user code to what the kernel is told (interface.md 13). The kernel refines
 * page faults from its own tables; what only the machine can see is decided here. */

#include "arch.h"
#include "place.h"
#include "trap.h"
#include "window.h"

struct hal_context *fault_handle(struct machine *machine)
{
    struct trap trap = machine->trap;
    struct hal_context *context = machine->gate.current;
    struct hal_fault fault = {.access = trap.access, .address = trap.address, .ip = trap.ip};
    if (trap.signal == SIGSYS) {
        fault.cause = TR_FAULT_ILLEGAL;
        fault.detail = HAL_DETAIL_HOST_CALL;
        fault.address = fault.ip;
    } else {
        arch_fault(machine, context, &trap, &fault);
    }
    if (fault.cause == 0) {
        machine->statistics.port_traps++;
        return context;
    }
    if (fault.cause == TR_FAULT_PAGE && ghost_holds(machine, fault.address)) {
        fault.cause = TR_FAULT_PROTECTION;
    }
    if (fault.cause != TR_FAULT_PAGE) {
        fault.access = 0;
    }
    char place[PLACE_MOST];
    fault.place = place_of(machine, context->space, fault.ip, place, sizeof place) ? place : NULL;
    return kernel_fault(machine->kernel, &fault);
}
