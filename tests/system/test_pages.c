/* SPDX-License-Identifier: MIT */
/* Texts on a terminal of any size (services.md 2): wrapped once, a screenful at a time. The
 * terminal is this program, which answers what the console asks. usage: test_pages TERRARIUM
 * PROGRAMS */

#include "child.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define QUESTION "-- more --"
#define WIPE     "\033[2K\r"
#define ASKED    "\033[6n\0338" /* the end of the console's question for the size */
#define PROMPT                                                                                     \
    "terrarium> "                                                                                  \
    "\0337\033[999;999H" ASKED

#define LIMIT_MS 30000

static int master, slave;
static struct child child;
static int rows, columns;
static char page[65536]; /* what came before the text that was expected last */

/* Waits for one of two texts, and takes what came before it and it itself. True: for the first. */
static bool expect_either(const char *first, const char *second)
{
    const char *end;
    bool is_first;
    for (;;) {
        const char *other = memmem(child.heard, child.size, second, strlen(second));
        end = memmem(child.heard, child.size, first, strlen(first));
        is_first = end != NULL && (other == NULL || end < other);
        end = is_first ? end : other;
        if (end != NULL) {
            break;
        }
        struct pollfd wait = {.fd = master, .events = POLLIN};
        ssize_t got = poll(&wait, 1, LIMIT_MS) == 1
                          ? read(master, child.heard + child.size, sizeof(child.heard) - child.size)
                          : 0;
        if (got <= 0) {
            fail_msg("\"%s\" has not come, but \"%.*s\"", first, (int)child.size, child.heard);
        }
        child.size += (size_t)got;
    }
    size_t size = (size_t)(end - child.heard);
    memcpy(page, child.heard, size);
    page[size] = '\0';
    size += strlen(is_first ? first : second);
    child.size -= size;
    memmove(child.heard, child.heard + size, child.size);
    return is_first;
}

static void expect(const char *text)
{
    expect_either(text, text);
}

static void type(const char *text)
{
    child_say(master, text);
}

/* Starts the system on a terminal of this size, up to its prompt; 0 rows: it does not tell. */
static void start(int high, int wide)
{
    char report[32];
    rows = high;
    columns = wide;
    char tone[512];
    snprintf(tone, sizeof(tone), "tone=%s/tone.elf", child_programs);
    child_start_on(&child, slave, true, -1, (const char *[]){"run", "--program", tone, NULL});
    expect(PROMPT);
    if (rows > 0) {
        snprintf(report, sizeof(report), "\033[%d;%dR", rows, columns);
        type(report);
    }
}

static int set_up(void **state)
{
    (void)state;
    return child_terminal(&master, &slave) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    child_stop(&child);
    ioctl(slave, TIOCNOTTY);
    close(slave);
    return close(master);
}

static void leave(void)
{
    type("exit 7\r");
    assert_int_equal(child_end(&child), 7);
}

/* How many lines there are; none is as wide as the terminal. */
static int lines(const char *text)
{
    int count = 0, column = 0;
    for (; *text != '\0'; text++) {
        if (*text == '\n') {
            count++;
            column = 0;
        } else if (*text != '\r') {
            column += (*text & 0xc0) != 0x80;
        }
        if (column >= columns) {
            fail_msg("as wide as %d columns: %.*s", columns, column, text + 1 - column);
        }
    }
    return count;
}

/* Types a command and takes its echo away. */
static void give(const char *command)
{
    char line[128];
    snprintf(line, sizeof(line), "%s\r", command);
    type(line);
    expect("\r\n");
}

static void more(const char *key)
{
    type(key);
    expect(WIPE);
}

static void the_greeting_fits_40_columns(void **state)
{
    (void)state;
    columns = 40;
    child_start_on(&child, slave, true, -1, (const char *[]){"run", NULL});
    expect("terrarium> ");
    assert_int_equal(lines(page), 2);
    leave();
}

static void a_full_screen_stops(void **state)
{
    (void)state;
    start(12, 40);
    give("help");
    expect(QUESTION);
    assert_int_equal(lines(page), 11);
    more("q");
    expect(PROMPT);
    assert_string_equal(page, "");
    leave();
}

static void space_is_a_screenful_and_enter_a_line(void **state)
{
    (void)state;
    start(12, 80);
    give("help");
    expect(QUESTION);
    more(" ");
    expect(QUESTION);
    assert_int_equal(lines(page), 11);
    more("\r");
    expect(QUESTION);
    assert_int_equal(lines(page), 1);
    more("xyz\033[A\n");
    expect(QUESTION);
    assert_int_equal(lines(page), 1);
    more("\003");
    expect(PROMPT);
    assert_string_equal(page, "");
    leave();
}

/* All that a command writes, screenful by screenful, as words with one blank before each. Returns
 * how often it stopped. */
static int read_all(char *words)
{
    int stops = 0;
    *words = '\0';
    for (bool goes_on = true; goes_on; stops += goes_on) {
        goes_on = expect_either(QUESTION, PROMPT);
        lines(page);
        for (char *word = strtok(page, " \r\n"); word != NULL; word = strtok(NULL, " \r\n")) {
            strcat(strcat(words, " "), word);
        }
        if (goes_on) {
            more(" ");
        }
    }
    return stops;
}

static void texts_are_whole_at_any_width(void **state)
{
    (void)state;
    static const char *const commands[] = {
        "help",  "help shm", "help stat", "help watch", "help exit-codes",
        "shm a", "nonsense", "ps > a",    "watch ps &", "jobs nonsense"};
    static char wide[65536], narrow[65536];
    start(25, 200);
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        columns = 200;
        give(commands[i]);
        (void)read_all(wide);
        for (columns = 24; columns <= 80; columns += 8) {
            char report[32];
            snprintf(report, sizeof(report), "\033[25;%dR", columns);
            type(report);
            give(commands[i]);
            (void)read_all(narrow);
            assert_string_equal(narrow, wide);
        }
        type("\033[25;200R");
    }
    leave();
}

static void what_is_no_text_stops_too(void **state)
{
    (void)state;
    static char words[65536];
    static const char *const commands[] = {"calls", "stat", "ps", "threads", "time calls"};
    start(5, 400);
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        give(commands[i]);
        assert_int_not_equal(read_all(words), 0);
    }
    leave();
}

static void whatever_commands_write_fits_40_columns(void **state)
{
    (void)state;
    static char words[65536];
    static const char *const commands[] = {
        "version",    "uptime",     "mem",   "ps",    "devices",   "threads",
        "shm",        "shm make 1", "shm",   "calls", "stat",      "stat 0.01 2",
        "shm read 1", "jobs",       "cat &", "jobs",  "time true", "produce 9999 | cat 'a\\cat' &",
        "threads",    "programs"};
    start(25, 40);
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        give(commands[i]);
        (void)read_all(words); /* which looks at each line */
    }
    leave();
}

/* Of programs, into pipes, under watch; the next line of commands has the whole screen. */
static void nothing_else_stops(void **state)
{
    (void)state;
    static char words[65536];
    static const char *const commands[] = {"produce 40", "calls | cat", "watch -n 0.01 -c 2 calls",
                                           "echo a; echo b", "echo a; echo b"};
    start(5, 400);
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        give(commands[i]);
        assert_int_equal(read_all(words), 0);
    }
    leave();
}

static void without_a_size_or_without_room_nothing_stops(void **state)
{
    (void)state;
    static char words[65536];
    for (int height = 0; height <= 2; height++) {
        start(height, 80);
        give("help");
        assert_int_equal(read_all(words), 0);
        leave();
    }
}

/* The question is one row of any screen, so that it can be taken off. */
static void the_question_fits(void **state)
{
    (void)state;
    start(4, 20);
    give("help");
    expect(QUESTION);
    type("q");
    expect(WIPE);
    assert_string_equal(page, "");
    expect(PROMPT);
    leave();
}

static void programs_wrap_their_usage(void **state)
{
    (void)state;
    static char words[65536];
    start(25, 40);
    give("tone");
    assert_int_equal(read_all(words), 0);
    assert_non_null(strstr(words, " usage: tone [-v LEFT[,RIGHT]]"));
    leave();
}

static int lead(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
        TEST(the_greeting_fits_40_columns),
        TEST(a_full_screen_stops),
        TEST(space_is_a_screenful_and_enter_a_line),
        TEST(texts_are_whole_at_any_width),
        TEST(what_is_no_text_stops_too),
        TEST(whatever_commands_write_fits_40_columns),
        TEST(nothing_else_stops),
        TEST(without_a_size_or_without_room_nothing_stops),
        TEST(the_question_fits),
        TEST(programs_wrap_their_usage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int count, char **words)
{
    return child_lead(count, words, lead);
}
