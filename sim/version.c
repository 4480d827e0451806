/* SPDX-License-Identifier: MIT */
/* `terrarium version`. */

#include <stdio.h>
#include <terrarium/types.h>

#include "sim/built.h"
#include "sim/command.h"
#include "sim/exit.h"

static int run(int count, char **words)
{
    if (count > 0) {
        return sim_usage_error(&sim_command_version, "unexpected word \"%s\"", words[0]);
    }
    printf("terrarium %s\nprogram interface %d, %s, %s switch, built with %s\n", SIM_VERSION,
           TR_ABI_VERSION, SIM_PROCESSOR, SIM_SWITCH, SIM_BUILD);
    return SIM_EXIT_OK;
}

const struct sim_command sim_command_version = {
    .name = "version",
    .usage = "",
    .summary = "tells the version and how it was built",
    .run = run,
};
