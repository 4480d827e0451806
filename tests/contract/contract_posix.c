/* SPDX-License-Identifier: MIT */
/* The contract on the faked machine of hal-posix. */

#include "contract.h"

#include <stdio.h>
#include <stdlib.h>

#include "hal-posix/posix.h"

const char contract_name[] = "contract: hal-posix";

struct machine *contract_create(uint64_t seed)
{
    char error[256] = "";
    const struct posix_config config = {.ram_bytes = 16 << 20,
                                        .seed = seed,
                                        .clock = POSIX_CLOCK_VIRTUAL,
                                        .input = POSIX_INPUT_NONE,
                                        .input_fd = -1,
                                        .output_fd = -1};
    struct machine *machine = posix_machine_create(&config, error, sizeof error);

    if (machine == NULL) {
        fprintf(stderr, "no machine: %s\n", error);
        abort();
    }
    return machine;
}

void contract_destroy(struct machine *machine)
{
    posix_machine_destroy(machine);
}
