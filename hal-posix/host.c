/* SPDX-License-Identifier: MIT */
/* What the machine asks of the host in more than one place. */

#include "machine.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int fatal_code; /* 0: a core dump tells more */

void posix_fatal_exit(int code)
{
    fatal_code = code;
}

void host_fatal(const char *what)
{
    fprintf(stderr, "terrarium: %s: %s\n", what, strerror(errno));
    if (fatal_code != 0) {
        _exit(fatal_code);
    }
    abort();
}

void host_warn(struct machine *machine, const char *format, ...)
{
    char text[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (machine->config.warn != NULL) {
        machine->config.warn(machine->config.user, text);
    }
}

uint64_t host_clock_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

void *host_pages(uint64_t size)
{
    void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) {
        host_fatal("no memory for the machine's tables");
    }
    return pages;
}

void host_pages_free(void *pages, uint64_t size)
{
    munmap(pages, size);
}
