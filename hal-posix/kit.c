/* SPDX-License-Identifier: MIT */
/* Calls of kit processes: C functions of the host that run as processes of the machine. */

#include "machine.h"

#include <stdio.h>
#include <stdlib.h>

#include "fiber.h"

int64_t posix_kit_call(uint64_t number, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e,
                       uint64_t f)
{
    if (!posix_is_inside()) {
        fprintf(stderr, "terrarium: call %llu was made outside of a process of a running machine\n",
                (unsigned long long)number);
        abort();
    }
    struct machine *machine = gate_machine;
    void *save = NULL;
    fiber_leaves_kit(machine, &save);
    int64_t result = ghost_caller(machine)(number, a, b, c, d, e, f);
    fiber_enters_kit(machine, save);
    return result;
}
