/* SPDX-License-Identifier: MIT */
/* Keeping the tail of the panic console. */

#include "console.h"

#include <string.h>
#include <unistd.h>

#include "sim/terminal.h"
#include "sim/write.h"

static void write_error(const char *text, size_t size)
{
    /* There is no one else to tell. */
    (void)sim_write(STDERR_FILENO, text, size);
}

/* Line by line, as the terminal wants them to end. */
static void write_lines(const char *text, size_t size)
{
    const char *end = sim_terminal_line_end(STDERR_FILENO);
    while (size > 0) {
        const char *newline = memchr(text, '\n', size);
        size_t length = newline != NULL ? (size_t)(newline - text) : size;
        write_error(text, length);
        if (newline != NULL) {
            write_error(end, strlen(end));
            length++;
        }
        text += length;
        size -= length;
    }
}

void sim_console_write(struct sim_console *console, const char *text, size_t size)
{
    if (console->verbose) {
        write_lines(text, size);
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
        write_lines(console->kept, console->used);
        if (console->kept[console->used - 1] != '\n') {
            write_lines("\n", 1);
        }
    }
    console->used = 0;
}
