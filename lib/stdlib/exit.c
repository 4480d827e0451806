/* SPDX-License-Identifier: MIT */
/* The end of a program. */

#include <stdlib.h>
#include <terrarium.h>

#include "stdio/stream.h"
#include "stdlib/heap.h"

#define EXIT_FUNCTIONS 32
#define ABORT_CODE     134

static void (*exit_functions[EXIT_FUNCTIONS])(void);
static int exit_count;

int atexit(void (*function)(void))
{
    if (exit_count == EXIT_FUNCTIONS) {
        return -1;
    }
    exit_functions[exit_count++] = function;
    return 0;
}

void exit(int code)
{
    while (exit_count > 0) {
        exit_functions[--exit_count]();
    }
    lib_stream_flush(&lib_output);
    lib_stream_flush(&lib_error);
    heap_report();
    tr_process_exit(code);
}

void _Exit(int code)
{
    tr_process_exit(code);
}

void abort(void)
{
    tr_process_exit(ABORT_CODE);
}

char *getenv(const char *name)
{
    (void)name;
    return NULL;
}

int system(const char *command)
{
    return command == NULL ? 0 : -1;
}
