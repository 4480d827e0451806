/* SPDX-License-Identifier: MIT */
/* Where a program begins: the kernel enters _start with the record of what the parent gave. */

#include <stdlib.h>
#include <terrarium.h>

#include "start/argument.h"
#include "start/start.h"
#include "threads/block.h"

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

/* The linker's: functions marked constructor or destructor. */
typedef void run_once(void);
extern run_once *const __init_array_start[] __attribute__((weak, visibility("hidden")));
extern run_once *const __init_array_end[] __attribute__((weak, visibility("hidden")));
extern run_once *const __fini_array_start[] __attribute__((weak, visibility("hidden")));
extern run_once *const __fini_array_end[] __attribute__((weak, visibility("hidden")));

static void run_destructors(void)
{
    size_t left = (size_t)(__fini_array_end - __fini_array_start);

    while (left > 0) {
        __fini_array_start[--left]();
    }
}

static void run_constructors(void)
{
    size_t count = (size_t)(__init_array_end - __init_array_start);

    (void)atexit(run_destructors);
    for (size_t i = 0; i < count; i++) {
        __init_array_start[i]();
    }
}

static _Noreturn void go(void)
{
    static struct arguments arguments;

    arguments_parse(program_start->argument, program_start->argument_size, &arguments);
    run_constructors();
    exit(main(arguments.count, arguments.words));
}

/* The first thread's block lies on its stack, above all that follows. */
static _Noreturn __attribute__((noinline)) void go_with_block(const struct lib_locals *locals)
{
    size_t room = lib_block_room(locals);

    lib_block_begin(locals, __builtin_alloca(room), room);
    go();
}

void _start(const struct tr_start *start)
{
    struct lib_locals locals;

    program_start = start;
    program_stack = __builtin_frame_address(0);
    if (lib_locals_find(&locals)) {
        go_with_block(&locals);
    }
    go();
}
