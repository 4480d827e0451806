/* SPDX-License-Identifier: MIT */
/* Real mode on a machine that was built without libx86emu. */

#include "machine.h"
#include "vm86.h"

const char *const vm86_choice = "none";
const char *const vm86_detail =
    "tr_vm86_enter is NOSYS: install libx86emu-dev and build again for real-mode code.";
const bool vm86_is_there = false;

bool hal_vm86_exists(struct machine *machine)
{
    (void)machine;
    return false;
}

void hal_vm86_run(struct machine *machine, struct hal_vm86 *vm86)
{
    (void)vm86;
    hal_panic(machine, "real-mode code on a machine that has none");
}

void vm86_destroy(struct machine *machine)
{
    (void)machine;
}
