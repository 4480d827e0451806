/* SPDX-License-Identifier: MIT */
/* `a\shell`: reads lines from the console and runs them. On a terminal it prompts; without one it
 * reads the input to its end, as a script, and then has s\init stop the system with the status of
 * the last command. It is an application like any other: whatever it may not do itself it asks
 * s\init for. */

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <terrarium.h>
#include <terrarium/line.h>
#include <terrarium/message.h>
#include <terrarium/service/console.h>
#include <terrarium/service/init.h>
#include <terrarium/text.h>

#include "execute.h"
#include "job.h"
#include "page.h"
#include "shell.h"

TR_PROGRAM_ABOUT("reads commands and runs them");

#define PROMPT     "terrarium> "
#define SERVICE_NS UINT64_C(1000000000) /* how long a service may take to appear */

struct shell shell;

int64_t init_ask(uint32_t operation, uint64_t argument)
{
    return shell.init != 0 ? tru_ask(shell.init, operation, argument) : TR_E_NOENT;
}

int64_t session_take(void)
{
    if (shell.is_piped || shell.is_holder) {
        return 0;
    }
    int64_t below = tru_ask(shell.console, TR_CONSOLE_SESSION, 0);
    shell.is_holder = below >= 0;
    return below;
}

int terminal_columns(void)
{
    bool is_shown = shell.is_terminal && !tru_stdio_is_pipe(stdout);
    int64_t columns = is_shown ? tru_ask(shell.console, TR_CONSOLE_WIDTH, 0) : 0;

    return columns > 0 && columns < 1000 ? (int)columns : 0;
}

bool is_narrow(void)
{
    int columns = terminal_columns();

    return columns > 0 && columns < 80;
}

void refuse(const char *format, ...)
{
    char text[TR_CONSOLE_LINE_MAX + 256];
    va_list arguments;
    int columns = terminal_columns();

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (columns > 0) {
        tru_text_print(stderr, text);
    } else {
        fprintf(stderr, "%s\n", text);
    }
}

int complain(const char *command, const char *what, int64_t error)
{
    refuse("%s: %s%s%s (%s)", command, what != NULL ? what : "", what != NULL ? ": " : "",
           tr_error_text(error), tr_error_name(error));
    return 1;
}

/* Input that has come and was not yet a command. Mostly that is nothing; but lines may end with CR,
 * which the console does not know, or be too long. */
static struct {
    char bytes[TR_CONSOLE_LINE_MAX];
    size_t size;
    bool has_begun;
    bool is_cut; /* what comes is the rest of a line that was too long */
} input;

static void input_drop(size_t size)
{
    input.size -= size;
    memmove(input.bytes, input.bytes + size, input.size);
}

/* Both read more of the input, and return how many bytes; 0 at its end, or a TR_E_*. */
static int64_t console_read(void)
{
    const char *prompt = shell.is_terminal ? PROMPT : "";
    uint64_t size = 0;
    struct tru_request request = {
        .pid = shell.console,
        .request = {.operation = TR_CONSOLE_READ_LINE,
                    .argument = TR_CONSOLE_LINE_MAX - input.size},
        .bytes = prompt,
        .size = strlen(prompt),
        .answer = input.bytes + input.size,
        .capacity = TR_CONSOLE_LINE_MAX - input.size,
        .answer_size = &size,
    };

    session_take();
    int64_t result = shell.console != 0 ? tru_request(&request) : TR_E_NOENT;
    return result <= 0 ? result : (int64_t)size;
}

static int64_t pipe_read(void)
{
    size_t size = input.size;
    int byte = 0;

    while (size < sizeof input.bytes && byte != '\n' && (byte = getc(stdin)) != EOF) {
        input.bytes[size++] = (char)byte;
    }
    return (int64_t)(size - input.size);
}

/* False at the end of the input. */
static bool input_read(void)
{
    fflush(stdout);
    int64_t size = shell.is_piped ? pipe_read() : console_read();
    if (size <= 0) {
        shell.status = size < 0 ? 1 : shell.status;
        return false;
    }
    input.size += (size_t)size;
    if (!input.has_begun) {
        input_drop(tru_line_mark(input.bytes, input.size));
        input.has_begun = true;
    }
    return true;
}

/* A line that is no command is told of and has the status of a wrong one. */
static void line_refuse(const char *why)
{
    refuse("shell: %s", why);
    shell.status = 2;
}

/* Takes the first `size` bytes of the input as a line. False: they are no command. */
static bool line_take(char *line, size_t size, size_t next)
{
    bool is_rest = input.is_cut;

    memcpy(line, input.bytes, size);
    line[size] = '\0';
    input_drop(next);
    input.is_cut = false;
    if (!is_rest && strlen(line) != size) {
        line_refuse("a line with a zero byte is no command");
        return false;
    }
    return !is_rest;
}

_Static_assert(TR_CONSOLE_LINE_MAX - 1 == 4095, "what line_read tells of a longer line");

/* Reads a line, terminated, its end taken off. False at the end of the input. */
static bool line_read(char line[TR_CONSOLE_LINE_MAX + 1])
{
    for (;;) {
        size_t next, size = tru_line_find(input.bytes, input.size, &next);
        if (next != 0) {
            if (line_take(line, size, next)) {
                return true;
            }
        } else if (input.size == sizeof input.bytes) {
            if (!input.is_cut) {
                line_refuse("a line of more than 4095 bytes is no command");
            }
            input.is_cut = true;
            input.size = 0;
        } else if (!input_read()) {
            return input.size > 0 && line_take(line, input.size, input.size);
        }
    }
}

static uint64_t service(const char *name)
{
    int64_t pid = tru_service_find(name, SERVICE_NS);

    return pid > 0 ? (uint64_t)pid : 0;
}

/* Stops the system; a shell that works for another may end itself alone. */
static int end(void)
{
    int64_t status = shell.status;
    int64_t code = status >= 0 && status <= 255 ? status : 255;
    int count = jobs_count();

    fflush(stdout);
    if (init_ask(TR_INIT_STOP, (uint64_t)code) == TR_E_PERM && count > 0) {
        refuse("shell: %d job%s end%s with it", count, count > 1 ? "s" : "", count > 1 ? "" : "s");
    }
    return (int)code;
}

/* Keeps what start-up was told of the pipe to write into, for the programs of this shell. */
static void output_note(void)
{
    static const char name[] = " stdout=pipe:";
    uint64_t size;
    const char *argument = tr_argument(&size);
    const char *word = memmem(argument, size, name, sizeof name - 1);
    const char *zero = memchr(argument, '\0', size);

    if (word == NULL || zero == NULL || word < zero) {
        return;
    }
    size_t left = size - (size_t)(word - argument);
    size_t length = sizeof name - 1;
    while (length < left && word[length] != ' ' && length + 1 < sizeof shell.output) {
        length++;
    }
    memcpy(shell.output, word, length);
    shell.output_pipe = strtoul(shell.output + sizeof name - 1, NULL, 10);
}

int main(void)
{
    char line[TR_CONSOLE_LINE_MAX + 1];

    shell.console = service(TR_CONSOLE_NAME);
    shell.init = service(TR_INIT_NAME);
    shell.is_piped = tru_stdio_is_pipe(stdin);
    shell.is_terminal =
        !shell.is_piped && tru_ask(shell.console, TR_CONSOLE_INFO, 0) == TR_CONSOLE_TERMINAL;
    output_note();
    int64_t below = session_take();
    if (shell.is_terminal && below == 0) {
        printf("Terrarium, a microkernel under glass.\nType help, or exit.\n");
    } else if (shell.is_terminal) {
        printf("A shell in a shell; exit goes back.\n");
    }
    while (!shell.has_ended && line_read(line)) {
        page_line();
        execute_line(line);
        jobs_notice();
    }
    return end();
}
