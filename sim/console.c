/* SPDX-License-Identifier: MIT */
/* Keeping the tail of the panic console. */

#include "console.h"

#include <string.h>
#include <unistd.h>

static void write_error(const char *text, size_t size)
{
    /* There is no one else to tell. */
    ssize_t written = write(STDERR_FILENO, text, size);
    (void)written;
}

void sim_console_write(struct sim_console *console, const char *text, size_t size)
{
    if (console->verbose) {
        write_error(text, size);
        return;
    }
    if (size > SIM_CONSOLE_KEPT) {
        text += size - SIM_CONSOLE_KEPT;
        size = SIM_CONSOLE_KEPT;
    }
    size_t room = SIM_CONSOLE_KEPT - console->used;
    if (size > room) {
        size_t lost = size - room;
        memmove(console->kept, console->kept + lost, console->used - lost);
        console->used -= lost;
    }
    memcpy(console->kept + console->used, text, size);
    console->used += size;
}

void sim_console_show(struct sim_console *console)
{
    if (console->used > 0) {
        write_error(console->kept, console->used);
        if (console->kept[console->used - 1] != '\n') {
            write_error("\n", 1);
        }
    }
    console->used = 0;
}
