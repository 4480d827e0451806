/* SPDX-License-Identifier: MIT */
/* What every sub-command says when its words are wrong. */

#include <stdarg.h>
#include <stdio.h>

#include "sim/command.h"
#include "sim/exit.h"
#include "sim/say.h"

int sim_usage_error(const struct sim_command *command, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    sim_complain("%s (terrarium help %s)", text, command->name);
    return SIM_EXIT_USAGE;
}
