/* SPDX-License-Identifier: MIT */
/* The contract on the fake machine of the unit tests. */

#include "contract.h"
#include "tests/fake/fake.h"

const char contract_name[] = "contract: fake machine";

struct machine *contract_create(uint64_t seed)
{
    struct machine *machine = fake_create_bare(FAKE_RAM_PAGES);

    machine->random = seed;
    return machine;
}

void contract_destroy(struct machine *machine)
{
    fake_destroy(machine);
}
