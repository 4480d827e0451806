/* SPDX-License-Identifier: MIT */
/* `a\shell`: reads lines from the console and runs them. On a terminal it prompts; without one it
 * reads the input to its end, as a script, and then has s\init stop the system with the status of
 * the last command. It is an application like any other: whatever it may not do itself it asks
 * s\init for. */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <terrarium.h>
#include <terrarium/message.h>
#include <terrarium/service/console.h>
#include <terrarium/service/init.h>

#include "execute.h"
#include "job.h"
#include "shell.h"

#define PROMPT     "terrarium> "
#define SERVICE_NS UINT64_C(1000000000) /* how long a service may take to appear */

struct shell shell;

int64_t init_ask(uint32_t operation, uint64_t argument)
{
    return shell.init != 0 ? tru_ask(shell.init, operation, argument) : TR_E_NOENT;
}

int terminal_columns(void)
{
    int64_t columns = shell.is_terminal ? tru_ask(shell.console, TR_CONSOLE_WIDTH, 0) : 0;

    return columns > 0 && columns < 1000 ? (int)columns : 0;
}

bool is_narrow(void)
{
    int columns = terminal_columns();

    return columns > 0 && columns < 80;
}

int complain(const char *command, const char *what, int64_t error)
{
    fprintf(stderr, "%s: %s%s%s (%s)\n", command, what != NULL ? what : "",
            what != NULL ? ": " : "", tr_error_text(error), tr_error_name(error));
    return 1;
}

/* Reads a line, terminated, its newline taken off. False at the end of the input. */
static bool line_read(char line[TR_CONSOLE_LINE_MAX + 1])
{
    const char *prompt = shell.is_terminal ? PROMPT : "";
    uint64_t size = 0;
    struct tru_request request = {
        .pid = shell.console,
        .request = {.operation = TR_CONSOLE_READ_LINE, .argument = TR_CONSOLE_LINE_MAX},
        .bytes = prompt,
        .size = strlen(prompt),
        .answer = line,
        .capacity = TR_CONSOLE_LINE_MAX,
        .answer_size = &size,
    };

    fflush(stdout);
    int64_t result = shell.console != 0 ? tru_request(&request) : TR_E_NOENT;
    if (result <= 0) {
        shell.status = result < 0 ? 1 : shell.status;
        return false;
    }
    line[size] = '\0';
    line[strcspn(line, "\r\n")] = '\0';
    return true;
}

static uint64_t service(const char *name)
{
    int64_t pid = tru_service_find(name, SERVICE_NS);

    return pid > 0 ? (uint64_t)pid : 0;
}

/* Stops the system, or only this shell if that is not the session. */
static int end(void)
{
    int64_t status = shell.status;
    int64_t code = status >= 0 && status <= 255 ? status : 255;

    fflush(stdout);
    init_ask(TR_INIT_STOP, (uint64_t)code);
    return (int)code;
}

int main(void)
{
    char line[TR_CONSOLE_LINE_MAX + 1];

    shell.console = service(TR_CONSOLE_NAME);
    shell.init = service(TR_INIT_NAME);
    shell.is_terminal = tru_ask(shell.console, TR_CONSOLE_INFO, 0) == TR_CONSOLE_TERMINAL;
    tru_ask(shell.console, TR_CONSOLE_SESSION, 0);
    if (shell.is_terminal) {
        printf("Terrarium, a microkernel under glass. Type help, or exit.\n");
    }
    while (!shell.has_ended && line_read(line)) {
        execute_line(line);
        jobs_notice();
    }
    return end();
}
