/* SPDX-License-Identifier: MIT */
/* The end of a program. */

#include <stdlib.h>
#include <terrarium.h>

#include "stdio/stream.h"
#include "stdlib/heap.h"

#define EXIT_FUNCTIONS  33 /* ISO C's 32, and one that start-up registers */
#define QUICK_FUNCTIONS 32

static void (*exit_functions[EXIT_FUNCTIONS])(void);
static int exit_count;
static void (*quick_functions[QUICK_FUNCTIONS])(void);
static int quick_count;

int atexit(void (*function)(void))
{
    if (exit_count == EXIT_FUNCTIONS) {
        return -1;
    }
    exit_functions[exit_count++] = function;
    return 0;
}

int at_quick_exit(void (*function)(void))
{
    if (quick_count == QUICK_FUNCTIONS) {
        return -1;
    }
    quick_functions[quick_count++] = function;
    return 0;
}

void exit(int code)
{
    while (exit_count > 0) {
        exit_functions[--exit_count]();
    }
    /* Not in the middle of what another thread writes; and no more from it. */
    lib_stream_take(&lib_output);
    lib_stream_take(&lib_error);
    lib_stream_flush(&lib_output);
    lib_stream_flush(&lib_error);
    heap_report();
    tr_process_exit(code);
}

void _Exit(int code)
{
    tr_process_exit(code);
}

void quick_exit(int code)
{
    while (quick_count > 0) {
        quick_functions[--quick_count]();
    }
    _Exit(code);
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
