/* SPDX-License-Identifier: MIT */
/* A terminal that a shell shares between its jobs; this program is the shell. The terminal's master
 * is in packet mode: it tells when the simulator sets raw mode or puts the old one back.
 * usage: test_jobs TERRARIUM PROGRAMS */

#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define LIMIT_MS 30000

static int master, slave, error_pipe[2];
static struct termios usual;
static struct child child;
static pid_t other; /* another program, 0: none */
static bool is_raw; /* as far as the packets told */
static char heard[65536];
static size_t heard_size;

/* Takes a packet: what was written, or that the mode has changed. False: the limit. */
static bool take_packet(void)
{
    unsigned char packet[4096];
    struct pollfd wait = {.fd = master, .events = POLLIN};
    if (poll(&wait, 1, LIMIT_MS) != 1) {
        return false;
    }
    ssize_t got = read(master, packet, sizeof(packet));
    if (got <= 0) {
        return false;
    }
    if ((packet[0] & (TIOCPKT_NOSTOP | TIOCPKT_DOSTOP)) != 0) {
        is_raw = (packet[0] & TIOCPKT_NOSTOP) != 0;
    }
    if (packet[0] == TIOCPKT_DATA && heard_size + (size_t)got < sizeof(heard)) {
        memcpy(heard + heard_size, packet + 1, (size_t)got - 1);
        heard_size += (size_t)got - 1;
    }
    return true;
}

/* Waits for a text; what came before it and it itself are done with. */
static void expect(const char *text)
{
    const char *at;
    while ((at = memmem(heard, heard_size, text, strlen(text))) == NULL) {
        if (!take_packet()) {
            fail_msg("\"%s\" has not come, but \"%.*s\"", text, (int)heard_size, heard);
        }
    }
    at += strlen(text);
    heard_size -= (size_t)(at - heard);
    memmove(heard, at, heard_size);
}

static void expect_mode(bool raw)
{
    while (is_raw != raw) {
        if (!take_packet()) {
            fail_msg("the terminal has not become %s", raw ? "raw" : "what it was");
        }
    }
}

static bool has_mode(const struct termios *mode)
{
    struct termios now;
    assert_int_equal(tcgetattr(slave, &now), 0);
    return now.c_lflag == mode->c_lflag && now.c_iflag == mode->c_iflag;
}

static void type(const char *text)
{
    assert_int_equal(write(master, text, strlen(text)), strlen(text));
}

static int set_up(void **state)
{
    (void)state;
    int on = 1;
    if (!child_terminal(&master, &slave) || ioctl(master, TIOCPKT, &on) != 0 ||
        pipe2(error_pipe, O_CLOEXEC) != 0) {
        return -1;
    }
    is_raw = false;
    heard_size = 0;
    return tcgetattr(slave, &usual);
}

static int tear_down(void **state)
{
    (void)state;
    child_stop(&child);
    if (other > 0) {
        kill(other, SIGKILL);
        waitpid(other, NULL, 0);
        other = 0;
    }
    close(error_pipe[0]);
    if (error_pipe[1] >= 0) {
        close(error_pipe[1]);
    }
    ioctl(slave, TIOCNOTTY);
    close(slave);
    return master >= 0 ? close(master) : 0;
}

/* The system, up to its prompt. */
static void start(void)
{
    child_start_on(&child, slave, true, error_pipe[1], (const char *[]){"run", NULL});
    close(error_pipe[1]);
    error_pipe[1] = -1;
    expect_mode(true);
    expect("> ");
}

static void put_into_foreground(pid_t group)
{
    assert_int_equal(tcsetpgrp(slave, group), 0);
}

/* As a shell does when its job has stopped. */
static void take_back(void)
{
    put_into_foreground(getpgrp());
    tcsetattr(slave, TCSANOW, &usual);
    expect_mode(false);
}

static void stop_it(void)
{
    kill(child.pid, SIGTSTP);
    child_await_change(&child, WUNTRACED);
}

static void a_run_puts_the_terminal_back(void **state)
{
    (void)state;
    start();
    type("exit 3\r");
    assert_int_equal(child_end(&child), 3);
    assert_true(has_mode(&usual));
}

static void a_stopped_run_has_put_it_back(void **state)
{
    (void)state;
    start();
    stop_it();
    assert_true(has_mode(&usual));
    take_back();
    put_into_foreground(child.pid);
    kill(child.pid, SIGCONT);
    expect_mode(true);
    type("exit 4\r");
    assert_int_equal(child_end(&child), 4);
    assert_true(has_mode(&usual));
}

/* Stops it while it sleeps, and lets it go on in the background until it has awoken. */
static void go_on_in_background(void)
{
    start();
    type("sleep 1; echo a''wake\r");
    expect("wake");
    stop_it();
    take_back();
    kill(child.pid, SIGCONT);
    expect("awake");
    assert_true(has_mode(&usual));
}

static void in_the_background_it_leaves_the_terminal_alone(void **state)
{
    (void)state;
    go_on_in_background();
    put_into_foreground(child.pid);
    kill(child.pid, SIGCONT);
    expect_mode(true);
    type("exit 5\r");
    assert_int_equal(child_end(&child), 5);
    assert_true(has_mode(&usual));
}

static void a_shell_need_not_tell_that_it_is_in_the_foreground(void **state)
{
    (void)state;
    go_on_in_background();
    put_into_foreground(child.pid);
    expect_mode(true);
    type("exit 6\r");
    assert_int_equal(child_end(&child), 6);
}

static void begun_in_the_background_it_waits_for_the_terminal(void **state)
{
    (void)state;
    put_into_foreground(getpgrp());
    child_start_on(&child, slave, false, -1, (const char *[]){"run", NULL});
    expect("> ");
    assert_true(has_mode(&usual));
    put_into_foreground(child.pid);
    expect_mode(true);
    type("exit 7\r");
    assert_int_equal(child_end(&child), 7);
    assert_true(has_mode(&usual));
}

static void a_killed_run_leaves_the_terminal_as_it_was(void **state)
{
    (void)state;
    start();
    kill(child.pid, SIGKILL);
    child_await_closed(error_pipe[0]); /* its guard has gone too */
    assert_true(has_mode(&usual));
    assert_int_equal(child_end(&child), 128 + SIGKILL);
}

/* A stopped run is killed under another program that has made the terminal raw. */
static void another_programs_mode_is_kept(const struct termios *mode, pid_t group)
{
    put_into_foreground(group);
    assert_int_equal(tcsetattr(slave, TCSANOW, mode), 0);
    kill(child.pid, SIGKILL);
    child_await_closed(error_pipe[0]);
    assert_true(has_mode(mode));
    assert_int_equal(child_end(&child), 128 + SIGKILL);
}

static void a_killed_run_leaves_another_programs_mode(void **state)
{
    (void)state;
    struct termios mode = usual;
    start();
    stop_it();
    cfmakeraw(&mode);
    another_programs_mode_is_kept(&mode, getpgrp());
}

static void even_if_it_is_the_same_mode(void **state)
{
    (void)state;
    struct termios mode;
    start();
    assert_int_equal(tcgetattr(slave, &mode), 0);
    other = fork();
    if (other == 0) {
        setpgid(0, 0);
        pause();
        _exit(0);
    }
    setpgid(other, other);
    another_programs_mode_is_kept(&mode, other);
}

static void one_interrupt_ends_a_program_that_runs_alone(void **state)
{
    (void)state;
    char path[512];
    snprintf(path, sizeof(path), "%s/copier.elf", child_programs);
    child_start_on(&child, slave, true, -1, (const char *[]){"exec", path, NULL});
    expect_mode(true);
    expect("copier: begins");
    type("\003");
    assert_int_equal(child_end(&child), 128 + SIGINT);
    assert_true(has_mode(&usual));
}

static void an_interrupt_ends_the_shells_waiting_and_no_job(void **state)
{
    (void)state;
    start();
    type("cat &\r");
    expect("> ");
    type("wait\r");
    expect("wait");
    expect("\033[6n"); /* the job reads */
    type("\003");
    expect("cat goes on");
    type("ps\r");
    expect("a\\cat");
    type("wait %1\r");
    expect("wait %1");
    expect("\033[6n");
    type("\003");
    expect("cat goes on");
    type("echo $?; exit 8\r");
    expect("130");
    assert_int_equal(child_end(&child), 8);
}

/* Waits until a program reads, and interrupts it. Three times in a second would end the run. */
static void interrupt_a_reader(void)
{
    type("cat\r");
    expect("cat\r\n");
    expect("\033[6n");
    type("\003");
    expect("^C");
    expect("terrarium> ");
}

static void a_shell_in_a_shell_has_the_terminal(void **state)
{
    (void)state;
    child_start_on(&child, slave, true, -1, (const char *[]){"run", NULL});
    expect("terrarium> ");
    for (int depth = 0; depth < 3; depth++) {
        type("shell\r");
        expect("exit goes back.");
        expect("terrarium> ");
        type("cat\r");
        expect("\033[6n");
        type("a word\r\004");
        expect("a word\r\na word\r\n");
        expect("terrarium> ");
    }
    interrupt_a_reader();
    for (int depth = 3; depth > 0; depth--) {
        type("cat &\r");
        expect("[1]");
        type("exit 7\r");
        expect("1 job ends with it");
        expect("terrarium> ");
        type("echo =$?\r");
        expect("=7");
        expect("terrarium> ");
    }
    interrupt_a_reader();
    type("exit 8\r");
    assert_int_equal(child_end(&child), 8);
}

static void a_shell_in_the_background_waits_for_its_turn(void **state)
{
    (void)state;
    start();
    type("shell &\r");
    expect("exit goes back.");
    expect("terrarium> ");
    type("echo =$?\r");
    expect("=0");
    type("fg\r");
    expect("shell");
    expect("terrarium> ");
    interrupt_a_reader();
    type("exit 7\r");
    expect("terrarium> ");
    type("echo =$?; exit 8\r");
    expect("=7");
    assert_int_equal(child_end(&child), 8);
}

/* A program that asks for the session does not get it: ^C ends it as any other. */
static void no_program_keeps_an_interrupt(void **state)
{
    (void)state;
    char asker[512];
    snprintf(asker, sizeof(asker), "asker=%s/asker.elf", child_programs);
    child_start_on(&child, slave, true, -1, (const char *[]){"run", "--program", asker, NULL});
    expect("terrarium> ");
    type("asker 'd\\console' 4 0 0 && cat\r");
    expect("asked 4: TR_E_BUSY");
    expect("\033[6n");
    type("\003");
    expect("terrarium> ");
    type("exit 8\r");
    assert_int_equal(child_end(&child), 8);
}

/* In pieces, each of which is seen before the next: a terminal holds only so much. */
static void a_line_that_is_too_long_does_nothing(void **state)
{
    (void)state;
    start();
    type("exit 9; echo ");
    for (char mark = 'P'; mark <= 'W'; mark++) {
        char piece[501], seen[] = {mark, '\0'};
        memset(piece, '.', sizeof(piece) - 2);
        piece[sizeof(piece) - 2] = mark;
        piece[sizeof(piece) - 1] = '\0';
        type(piece);
        expect(seen);
    }
    for (int i = 0; i < 100; i++) {
        type(".");
    }
    expect("\a");
    type("; exit 10\r");
    expect("Not taken: more than 4095 bytes.");
    expect("> ");
    type("exit 8\r");
    assert_int_equal(child_end(&child), 8);
}

static void a_terminal_that_goes_ends_the_run(void **state)
{
    (void)state;
    start();
    close(master);
    master = -1;
    child_expect(&child, error_pipe[0], "ended by SIGHUP");
    assert_int_equal(child_end(&child), 128 + SIGHUP);
}

static int lead(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
        TEST(a_run_puts_the_terminal_back),
        TEST(a_stopped_run_has_put_it_back),
        TEST(in_the_background_it_leaves_the_terminal_alone),
        TEST(a_shell_need_not_tell_that_it_is_in_the_foreground),
        TEST(begun_in_the_background_it_waits_for_the_terminal),
        TEST(a_killed_run_leaves_the_terminal_as_it_was),
        TEST(a_killed_run_leaves_another_programs_mode),
        TEST(even_if_it_is_the_same_mode),
        TEST(one_interrupt_ends_a_program_that_runs_alone),
        TEST(an_interrupt_ends_the_shells_waiting_and_no_job),
        TEST(a_shell_in_a_shell_has_the_terminal),
        TEST(a_shell_in_the_background_waits_for_its_turn),
        TEST(no_program_keeps_an_interrupt),
        TEST(a_line_that_is_too_long_does_nothing),
        TEST(a_terminal_that_goes_ends_the_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int count, char **words)
{
    return child_lead(count, words, lead);
}
