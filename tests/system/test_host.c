/* SPDX-License-Identifier: MIT */
/* Readers that never read, lines that nobody listens to, and signals from outside.
 * usage: test_host TERRARIUM PROGRAMS */

#include "child.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEST(function) cmocka_unit_test_teardown(function, stop)

static struct child child;
static char folder[] = "/tmp/terrarium-host-XXXXXX";

static const char *in_folder(const char *name)
{
    static char path[4][256];
    static unsigned next;
    char *one = path[next++ % 4];
    snprintf(one, sizeof(path[0]), "%s/%s", folder, name);
    return one;
}

static const char *program(const char *name)
{
    static char path[512];
    snprintf(path, sizeof(path), "%s/%s.elf", child_programs, name);
    return path;
}

static int ends_by(int signal)
{
    kill(child.pid, signal);
    return child_end(&child);
}

/* ---- Readers -------------------------------------------------------------------------------- */

static void a_signal_ends_a_run_whose_output_nobody_reads(void **state)
{
    (void)state;
    static const int signals[] = {SIGTERM, SIGINT, SIGHUP};
    for (size_t i = 0; i < 3; i++) {
        char name[64];
        child_start(&child, (const char *[]){"exec", program("produce"), "10000000", NULL});
        snprintf(name, sizeof(name), "/proc/self/fd/%d", child.output);
        int writing = open(name, O_WRONLY);
        child_await_full(writing);
        close(writing);
        assert_int_equal(ends_by(signals[i]), 128 + signals[i]);
    }
}

static void a_signal_ends_a_run_whose_complaints_nobody_reads(void **state)
{
    (void)state;
    char name[64];
    child_start(&child, (const char *[]){"exec", program("complainer"), NULL});
    snprintf(name, sizeof(name), "/proc/self/fd/%d", child.error);
    int writing = open(name, O_WRONLY);
    child_await_full(writing);
    close(writing);
    assert_int_equal(ends_by(SIGTERM), 128 + SIGTERM);
}

/* A named pipe, open from both sides and read by nobody. */
static int make_pipe(const char *name)
{
    assert_int_equal(mkfifo(in_folder(name), 0600), 0);
    return open(in_folder(name), O_RDWR | O_CLOEXEC);
}

static void a_signal_ends_a_run_whose_trace_nobody_reads(void **state)
{
    (void)state;
    int file = make_pipe("trace");
    child_start(&child, (const char *[]){"exec", "--trace", in_folder("trace"), program("produce"),
                                         "10000000", NULL});
    fcntl(child.output, F_SETPIPE_SZ, 1 << 20);
    child_await_full(file);
    assert_int_equal(ends_by(SIGTERM), 128 + SIGTERM);
    close(file);
}

static void a_signal_ends_a_run_whose_picture_nobody_reads(void **state)
{
    (void)state;
    char word[300];
    assert_int_equal(mkfifo(in_folder("picture"), 0600), 0);
    snprintf(word, sizeof(word), "10ms=%s", in_folder("picture"));
    child_start(&child, (const char *[]){"run", "--screenshot-at", word, NULL});
    child_say(child.input, "echo one\nsleep 1\n");
    child_expect(&child, child.output, "one\n");
    assert_int_equal(ends_by(SIGTERM), 128 + SIGTERM);
}

/* services.md 5.9, however the shell's output comes there. */
static void what_a_script_has_said_is_there_while_a_program_runs(void **state)
{
    (void)state;
    static const char *const scripts[] = {"echo before\nspin\n",
                                          "echo \"echo before; spin\" | shell\n",
                                          "echo \"echo before; spin\" | shell | cat\n"};
    for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
        child_start(&child, (const char *[]){"run", NULL});
        child_say(child.input, scripts[i]);
        child_expect(&child, child.output, "before\n");
        assert_int_equal(ends_by(SIGTERM), 128 + SIGTERM);
    }
}

static void a_slow_reader_gets_every_byte(void **state)
{
    (void)state;
    unsigned wanted = 1;
    char line[64];
    child_start(&child, (const char *[]){"exec", program("produce"), "20000", NULL});
    fcntl(child.output, F_SETPIPE_SZ, 4096);
    FILE *output = fdopen(child.output, "r");
    while (fgets(line, sizeof(line), output) != NULL) {
        assert_int_equal(strtoul(line, NULL, 10), wanted);
        wanted++;
    }
    child.output = -1;
    fclose(output);
    assert_int_equal(wanted, 20001);
    assert_int_equal(child_end(&child), 0);
}

/* ---- Lines ---------------------------------------------------------------------------------- */

static void talk(const char *line)
{
    char word[600];
    snprintf(word, sizeof(word), "chatter=%s", program("chatter"));
    child_start(&child, (const char *[]){"run", "--serial", line, "--program",
                                         in_folder("init.drivers"), "--program", word, NULL});
    child_say(child.input, "chatter\n");
}

static void what_nobody_listens_to_is_lost_and_counted(void **state)
{
    (void)state;
    talk("pty");
    child_say(child.input, "\nexit\n");
    child_expect(&child, child.output, "sent 200000");
    child_expect(&child, child.error, "bytes are lost, nobody listened");
    assert_int_equal(child_end(&child), 0);
    assert_int_equal(mkfifo(in_folder("line"), 0600), 0);
    char both[300];
    snprintf(both, sizeof(both), "/dev/null,%s", in_folder("line"));
    talk(both);
    child_say(child.input, "\nexit\n");
    child_expect(&child, child.output, "sent 200000");
    child_expect(&child, child.error, "bytes are lost, nobody listened");
    assert_int_equal(child_end(&child), 0);
}

static void who_listens_gets_every_byte_of_a_line(void **state)
{
    (void)state;
    size_t size = 0;
    char bytes[4096], name[64] = "";
    talk("pty");
    child_expect(&child, child.error, "serial port is ");
    child_expect(&child, child.error, "\n");
    const char *at = memmem(child.heard, child.size, "/dev/pts/", 9);
    assert_non_null(at);
    sscanf(at, "%63s", name);
    int line = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    assert_true(line >= 0);
    child_say(child.input, "\n");
    while (size < 200000) {
        struct pollfd wait = {.fd = line, .events = POLLIN};
        assert_int_equal(poll(&wait, 1, 30000), 1);
        ssize_t got = read(line, bytes, sizeof(bytes));
        assert_true(got > 0);
        size += (size_t)got;
    }
    child_say(child.input, "exit\n");
    child_expect(&child, child.output, "sent 200000");
    assert_int_equal(child_end(&child), 0);
    close(line);
}

/* ---- Signals -------------------------------------------------------------------------------- */

static void start_waiting(void)
{
    child_start(&child, (const char *[]){"run", "--input", "live", NULL});
    child_say(child.input, "echo one\n");
    child_expect(&child, child.output, "one\n");
}

static void a_signal_from_outside_ends_the_run_and_says_so(void **state)
{
    (void)state;
    static const struct {
        int number;
        const char *name;
    } signals[] = {{SIGTERM, "TERM"}, {SIGHUP, "HUP"},   {SIGUSR1, "USR1"}, {SIGUSR2, "USR2"},
                   {SIGALRM, "ALRM"}, {SIGXCPU, "XCPU"}, {SIGPROF, "PROF"}, {SIGSEGV, "SEGV"},
                   {SIGBUS, "BUS"},   {SIGFPE, "FPE"},   {SIGILL, "ILL"},   {SIGTRAP, "TRAP"},
                   {SIGABRT, "ABRT"}, {SIGSYS, "SYS"}};
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        char words[64];
        snprintf(words, sizeof(words), "ended by SIG%s", signals[i].name);
        start_waiting();
        kill(child.pid, signals[i].number);
        child_expect(&child, child.error, words);
        assert_int_equal(child_end(&child), 128 + signals[i].number);
    }
}

static void who_ran_is_told(void **state)
{
    (void)state;
    child_start(&child, (const char *[]){"exec", program("spin-uncounted"), NULL});
    child_expect(&child, child.error, "runs long");
    kill(child.pid, SIGSEGV);
    child_expect(&child, child.error, "a\\spin-uncounted ran");
    assert_int_equal(child_end(&child), 128 + SIGSEGV);
}

static void signals_that_would_not_end_it_do_not(void **state)
{
    (void)state;
    static const int signals[] = {SIGPIPE, SIGXFSZ, SIGCHLD, SIGURG, SIGWINCH, SIGCONT};
    start_waiting();
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        kill(child.pid, signals[i]);
    }
    child_say(child.input, "echo two\nexit 7\n");
    child_expect(&child, child.output, "two\n");
    assert_int_equal(child_end(&child), 7);
}

static void the_first_signal_is_enough_at_any_time(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        child_start(&child, (const char *[]){"exec", program("produce"), "10000000", NULL});
        char bytes[4096];
        for (int k = 0; k <= i; k++) {
            assert_true(read(child.output, bytes, sizeof(bytes)) > 0);
        }
        assert_int_equal(ends_by(SIGTERM), 128 + SIGTERM);
    }
}

static int stop(void **state)
{
    (void)state;
    child_stop(&child);
    return 0;
}

static int write_drivers(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL) {
        return -1;
    }
    FILE *file = fopen(in_folder("init.drivers"), "w");
    fputs("probe serial expose=application\n", file);
    return fclose(file);
}

static int remove_folder(void **state)
{
    (void)state;
    static const char *const names[] = {"init.drivers", "trace", "picture", "line"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        unlink(in_folder(names[i]));
    }
    return rmdir(folder);
}

int main(int count, char **words)
{
    const struct CMUnitTest tests[] = {
        TEST(a_signal_ends_a_run_whose_output_nobody_reads),
        TEST(a_signal_ends_a_run_whose_complaints_nobody_reads),
        TEST(a_signal_ends_a_run_whose_trace_nobody_reads),
        TEST(a_signal_ends_a_run_whose_picture_nobody_reads),
        TEST(what_a_script_has_said_is_there_while_a_program_runs),
        TEST(a_slow_reader_gets_every_byte),
        TEST(what_nobody_listens_to_is_lost_and_counted),
        TEST(who_listens_gets_every_byte_of_a_line),
        TEST(a_signal_from_outside_ends_the_run_and_says_so),
        TEST(who_ran_is_told),
        TEST(signals_that_would_not_end_it_do_not),
        TEST(the_first_signal_is_enough_at_any_time),
    };
    if (count != 3) {
        return 2;
    }
    child_command = words[1];
    child_programs = words[2];
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, write_drivers, remove_folder);
}
