/* SPDX-License-Identifier: MIT */
/* The handler. It calls nothing that is not allowed in one; what it reads of the machine may be
 * broken, so that a second fault on the way is told without it. */

#include "last_words.h"

#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "hal-posix/posix.h"
#include "sim/terminal.h"

#define LINE_SIZE    256
#define READER_MS    1000 /* for a reader of standard error that does not read */
#define NS_PER_S     UINT64_C(1000000000)
#define NUMBER_SIZE  24
#define TIME_DECIMAL 9

struct line {
    char text[LINE_SIZE];
    size_t size;
};

static struct machine *volatile machine_of_process;
static volatile sig_atomic_t is_looking; /* at the machine */

static void put(struct line *line, const char *text)
{
    while (*text != '\0' && line->size < LINE_SIZE - 1) {
        line->text[line->size++] = *text++;
    }
}

/* With at least so many digits. */
static void put_number(struct line *line, uint64_t number, unsigned base, int least)
{
    char digits[NUMBER_SIZE], *at = digits + NUMBER_SIZE - 1;
    *at = '\0';
    for (; number != 0 || least > 0; number /= base, least--) {
        *--at = "0123456789abcdef"[number % base];
    }
    put(line, at);
}

static void put_signal(struct line *line, int number, const siginfo_t *info)
{
    const char *name = sigabbrev_np(number);
    put(line, "terrarium: ended by SIG");
    put(line, name != NULL ? name : "?");
    if (info->si_code == SI_USER || info->si_code == SI_QUEUE || info->si_code == SI_TKILL) {
        if (info->si_pid != getpid()) {
            put(line, ", sent by the host's process ");
            put_number(line, (uint64_t)info->si_pid, 10, 1);
        }
    } else if (number == SIGSEGV || number == SIGBUS) {
        put(line, " in the simulator, at the address 0x");
        put_number(line, (uint64_t)(uintptr_t)info->si_addr, 16, 1);
    } else {
        put(line, " in the simulator");
    }
}

static void put_process(struct line *line)
{
    char name[TR_NAME_MAX];
    uint64_t time = 0, pid = posix_machine_running(machine_of_process, name, &time);
    put(line, ", at ");
    put_number(line, time / NS_PER_S, 10, 1);
    put(line, ".");
    put_number(line, time % NS_PER_S, 10, TIME_DECIMAL);
    put(line, " s, while ");
    if (pid != 0) {
        put(line, "process ");
        put_number(line, pid, 10, 1);
        put(line, " ");
        put(line, name);
    } else {
        put(line, "no process");
    }
    put(line, " ran");
}

static void say(struct line *line)
{
    struct pollfd error = {.fd = STDERR_FILENO, .events = POLLOUT};
    line->text[line->size++] = '\n';
    if (poll(&error, 1, READER_MS) == 1) {
        ssize_t written = write(STDERR_FILENO, line->text, line->size);
        (void)written;
    }
}

static void on_death(int number, siginfo_t *info, void *context)
{
    (void)context;
    struct line line = {.size = 0};
    struct sigaction usual = {.sa_handler = SIG_DFL};
    sim_terminal_restore();
    put_signal(&line, number, info);
    if (machine_of_process != NULL && is_looking == 0) {
        is_looking = 1;
        put_process(&line);
    }
    say(&line);
    sigaction(number, &usual, NULL);
    /* A fault comes again by itself, and shows a debugger where; a refused call does not. */
    if (info->si_code <= 0 || number == SIGSYS) {
        raise(number);
    }
}

/* These come from outside the machine's handlers, and may find a program's thread pointer. */
static void on_abort(int number)
{
    siginfo_t info = {.si_code = SI_TKILL};
    info.si_pid = getpid();
    on_death(number, &info, NULL);
}

void sim_last_words_install(void)
{
    static const int numbers[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGSYS};
    struct sigaction action = {.sa_sigaction = on_death,
                               .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        struct sigaction before;
        if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler == SIG_DFL) {
            sigaction(numbers[i], &action, NULL);
        }
    }
    posix_signal_handle(SIGABRT, on_abort, SA_NODEFER, &action.sa_mask);
}

void sim_last_words_machine(struct machine *machine)
{
    machine_of_process = machine;
}
