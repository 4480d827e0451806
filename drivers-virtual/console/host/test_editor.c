/* SPDX-License-Identifier: MIT */
/* Tests of the console's line editor as host code: keys go in, and what a terminal would show for
 * the bytes that come out is compared with the line. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "drivers-virtual/console/editor.h"

#define COLUMNS 200

/* A terminal of one line, as far as the editor needs one. */
struct screen {
    char cells[COLUMNS];
    size_t cursor;
    int escape;
};

static struct output output;
static struct history history;
static struct editor editor;
static struct screen screen;

/* output.c sends to the device through this; no test does. */
size_t uart_send(struct uart *uart, const uint8_t *bytes, size_t size)
{
    (void)uart;
    (void)bytes;
    (void)size;
    abort();
}

static void screen_put(char c)
{
    if (screen.escape > 0) {
        screen.escape = c == '[' ? 2 : 0;
        if (c == 'K') {
            memset(screen.cells + screen.cursor, ' ', COLUMNS - screen.cursor);
        }
    } else if (c == '\x1b') {
        screen.escape = 1;
    } else if (c == '\b') {
        assert_true(screen.cursor > 0);
        screen.cursor--;
    } else if (c == '\r') {
        screen.cursor = 0;
    } else if (c == '\n') {
        memset(screen.cells, ' ', COLUMNS);
    } else if (c != '\a') {
        assert_true(screen.cursor < COLUMNS);
        screen.cells[screen.cursor++] = c;
    }
}

static void screen_update(void)
{
    for (; output.count > 0; output.count--) {
        screen_put((char)output.ring[output.first]);
        output.first = (output.first + 1) % OUTPUT_SIZE;
    }
}

/* The screen shows the line, and its cursor stands where the editor's does. */
static void assert_shown(void)
{
    char shown[COLUMNS];

    memset(shown, ' ', sizeof shown);
    memcpy(shown, "> ", 2);
    memcpy(shown + 2, editor.line, editor.length);
    assert_memory_equal(screen.cells, shown, COLUMNS);
    assert_int_equal(screen.cursor, 2 + editor.cursor);
}

static enum editor_result type(const char *keys)
{
    enum editor_result result = EDITOR_MORE;

    for (; *keys != '\0' && result == EDITOR_MORE; keys++) {
        result = editor_key(&editor, (uint8_t)*keys);
        screen_update();
        if (result == EDITOR_MORE && editor.escape == 0) {
            assert_shown();
        }
    }
    return result;
}

static void begin(size_t most)
{
    memset(&screen, 0, sizeof screen);
    memset(screen.cells, ' ', COLUMNS);
    output_echo(&output, "> ", 2);
    editor_begin(&editor, "> ", 2, most);
    screen_update();
}

static void history_clear(void)
{
    while (history.count > 0) {
        free(history.lines[(history.first + --history.count) % HISTORY_LINES]);
    }
}

static int set_up(void **state)
{
    (void)state;
    history_clear();
    memset(&output, 0, sizeof output);
    memset(&editor, 0, sizeof editor);
    editor.output = &output;
    editor.history = &history;
    begin(80);
    return 0;
}

static void assert_line(const char *line)
{
    assert_int_equal(editor.length, strlen(line));
    assert_memory_equal(editor.line, line, strlen(line));
}

static void typed_text_becomes_a_line(void **state)
{
    (void)state;
    assert_int_equal(type("echo hi\r"), EDITOR_LINE);
    assert_line("echo hi\n");
}

static void keys_edit_in_the_middle(void **state)
{
    (void)state;
    type("ech hi\x1b[D\x1b[D\x1b[Do");
    assert_line("echo hi");
    type("\x01>\x05<");
    assert_line(">echo hi<");
    type("\x1b[H\x1b[3~\x1b[F\x7f");
    assert_line("echo hi");
    type("\x1b[D\x0b");
    assert_line("echo h");
    type(" again\x17");
    assert_line("echo h ");
    type("\x15");
    assert_line("");
}

static void arrows_bring_lines_back(void **state)
{
    (void)state;
    type("first\r");
    begin(80);
    type("second\r");
    begin(80);
    type("dra\x1b[A");
    assert_line("second");
    type("\x1b[A");
    assert_line("first");
    type("\x1b[A\x1b[B");
    assert_line("second");
    type("\x1b[Bft");
    assert_line("draft");
}

static void a_full_line_takes_no_more(void **state)
{
    (void)state;
    begin(6);
    assert_int_equal(type("abcdefgh\r"), EDITOR_LINE);
    assert_line("abcde\n");
}

static void control_keys_end_a_line(void **state)
{
    (void)state;
    assert_int_equal(type("abc\x03"), EDITOR_INTERRUPT);
    assert_int_equal(editor.length, 0);
    begin(80);
    assert_int_equal(type("abc\x1a"), EDITOR_SUSPEND);
    begin(80);
    assert_int_equal(type("\x04"), EDITOR_END);
    begin(80);
    assert_int_equal(type("ab\x01\x04"), EDITOR_MORE);
    assert_line("b");
}

static void a_character_of_two_bytes_is_one(void **state)
{
    (void)state;
    for (const char *key = "a\xc3\xbc"; *key != '\0'; key++) {
        editor_key(&editor, (uint8_t)*key);
    }
    editor_key(&editor, '\x7f');
    assert_line("a");
}

static void any_keys_leave_the_screen_right(void **state)
{
    static const char *const keys[] = {"a",      "bc",      " ",      "\x1b[D", "\x1b[C", "\x1b[A",
                                       "\x1b[B", "\x01",    "\x05",   "\x7f",   "\x17",   "\x0b",
                                       "\x15",   "\x1b[3~", "\x1b[H", "\x1b[F", "\x02",   "\x06"};

    (void)state;
    srand(7);
    for (int round = 0; round < 200; round++) {
        begin(40);
        for (int i = 0; i < 100; i++) {
            assert_int_equal(type(keys[(size_t)rand() % (sizeof keys / sizeof keys[0])]),
                             EDITOR_MORE);
        }
        assert_int_equal(type("\r"), EDITOR_LINE);
    }
}

static void hiding_and_showing_changes_nothing(void **state)
{
    (void)state;
    type("abc\x1b[D");
    editor_hide(&editor);
    screen_update();
    assert_int_equal(screen.cells[0], ' ');
    editor_show(&editor);
    screen_update();
    assert_shown();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(typed_text_becomes_a_line, set_up),
        cmocka_unit_test_setup(keys_edit_in_the_middle, set_up),
        cmocka_unit_test_setup(arrows_bring_lines_back, set_up),
        cmocka_unit_test_setup(a_full_line_takes_no_more, set_up),
        cmocka_unit_test_setup(control_keys_end_a_line, set_up),
        cmocka_unit_test_setup(a_character_of_two_bytes_is_one, set_up),
        cmocka_unit_test_setup(any_keys_leave_the_screen_right, set_up),
        cmocka_unit_test_setup(hiding_and_showing_changes_nothing, set_up),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    history_clear();
    return failed;
}
