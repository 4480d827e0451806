/* SPDX-License-Identifier: MIT */
/* Where a program begins: the kernel enters _start with the record of what the parent gave. */

#include <stdlib.h>
#include <terrarium.h>

#include "start/argument.h"
#include "start/start.h"

int main(int argc, char **argv);
_Noreturn void _start(const struct tr_start *start);

static const struct tr_start *program_start;
static const unsigned char *program_stack;

const void *tr_argument(uint64_t *size)
{
    if (size != NULL) {
        *size = program_start->argument_size;
    }
    return program_start->argument_size != 0 ? program_start->argument : "";
}

const unsigned char *start_stack(void)
{
    return program_stack;
}

void _start(const struct tr_start *start)
{
    static struct arguments arguments;

    program_start = start;
    program_stack = __builtin_frame_address(0);
    arguments_parse(start->argument, start->argument_size, &arguments);
    exit(main(arguments.count, arguments.words));
}
