/* SPDX-License-Identifier: MIT */
/* Tests of the console's line editor as host code: keys go in, and what a terminal would show for
 * the bytes that come out is compared with the line. */

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include <cmocka.h>

#include "drivers-virtual/console/editor.h"
#include "drivers-virtual/console/extent.h"

#define COLUMNS 200

/* A terminal of one line, as far as the editor needs one. A character that is no ASCII shows as '*'
 * if it takes one column, as "<>" if it takes two; what stands on another is counted. */
struct screen {
    char cells[COLUMNS];
    size_t cursor;
    int escape;
    size_t accents;
    mbstate_t state;
};

static struct output output;
static struct history history;
static struct editor editor;
static struct screen screen;
static size_t width = COLUMNS; /* the last column of it must stay free … */
static bool is_wrapping;       /* … but when a line is done and written in full */

/* output.c sends to the device through this; no test does. */
size_t uart_send(struct uart *uart, const uint8_t *bytes, size_t size)
{
    (void)uart;
    (void)bytes;
    (void)size;
    abort();
}

static void cell_put(char c)
{
    assert_true(screen.cursor < width - 1 || is_wrapping);
    screen.cells[screen.cursor++ % COLUMNS] = c;
}

static void character_put(char c)
{
    wchar_t character;

    if (mbrtowc(&character, &c, 1, &screen.state) == (size_t)-2) {
        return;
    }
    int columns = wcwidth(character);
    if (columns == 2) {
        cell_put('<');
        cell_put('>');
    } else if (columns == 1) {
        cell_put(character < 128 ? c : '*');
    } else {
        screen.accents++;
    }
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
        character_put(c);
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
    size_t size = editor.length - editor.view;

    assert_true(editor.view <= editor.cursor && editor.cursor <= editor.view + editor.area);
    assert_true(editor.cursor > editor.view || editor.view == 0);
    memset(shown, ' ', sizeof shown);
    memcpy(shown, "> ", 2);
    memcpy(shown + 2, editor.line + editor.view, size < editor.area ? size : editor.area);
    assert_memory_equal(screen.cells, shown, COLUMNS);
    assert_int_equal(screen.cursor, 2 + editor.cursor - editor.view);
}

static enum editor_result type(const char *keys)
{
    enum editor_result result = EDITOR_MORE;

    for (; *keys != '\0' && result == EDITOR_MORE; keys++) {
        is_wrapping = *keys == '\r';
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
    editor_begin(&editor, "> ", 2, most, width);
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
    width = COLUMNS;
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

static void a_line_as_long_as_its_reader_takes_is_one(void **state)
{
    (void)state;
    begin(6);
    assert_int_equal(type("abcde\r"), EDITOR_LINE);
    assert_line("abcde\n");
}

/* Types the end of a line, and sees it refused and the editor ready for the next. */
static void assert_refused(void)
{
    char written[OUTPUT_SIZE] = {0};

    assert_int_equal(editor_key(&editor, '\r'), EDITOR_MORE);
    for (size_t i = 0; i < output.count; i++) {
        written[i] = (char)output.ring[(output.first + i) % OUTPUT_SIZE];
    }
    assert_non_null(strstr(written, "\r\nNot taken: more than 5 bytes.\r\n> "));
    is_wrapping = true;
    screen_update();
    assert_line("");
    assert_shown();
}

static void a_line_that_is_too_long_is_refused_whole(void **state)
{
    (void)state;
    begin(6);
    type("abcdef");
    assert_refused();
    assert_int_equal(type("next\r"), EDITOR_LINE);
    assert_line("next\n");
    begin(6);
    type("abcdef\x7f\x7f");
    assert_refused(); /* a letter of it is missing all the same */
    type("abcdef\x15");
    assert_int_equal(type("new\r"), EDITOR_LINE);
    assert_line("new\n");
}

static void a_line_of_the_history_is_never_cut(void **state)
{
    (void)state;
    type("a long line\r");
    begin(6);
    type("\x1b[A");
    assert_refused();
    type("\x1b[A\x1b[B");
    assert_int_equal(type("ok\r"), EDITOR_LINE);
    assert_line("ok\n");
    begin(6);
    type("abcdef\x1b[A\x1b[B");
    assert_refused();
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

/* services.md 1.3. After these keys the screen shows `cells` behind the prompt, and the cursor
 * stands `column` behind it. */
static void assert_typed(const char *keys, const char *cells, size_t column)
{
    char shown[COLUMNS];

    for (; *keys != '\0'; keys++) {
        assert_int_equal(editor_key(&editor, (uint8_t)*keys), EDITOR_MORE);
        screen_update();
    }
    memset(shown, ' ', sizeof shown);
    memcpy(shown, "> ", 2);
    memcpy(shown + 2, cells, strlen(cells));
    assert_memory_equal(screen.cells, shown, COLUMNS);
    assert_int_equal(screen.cursor, 2 + column);
}

#define LEFT   "\x1b[D"
#define RIGHT  "\x1b[C"
#define ERASE  "\x7f"
#define MIDDLE "\xe4\xb8\xad"     /* two columns */
#define SMILE  "\xf0\x9f\x98\x80" /* likewise */
#define ACUTE  "\xcc\x81"         /* none: stands on what is before it */

static void wide_characters_take_two_columns(void **state)
{
    (void)state;
    assert_typed("a" MIDDLE "b", "a<>b", 4);
    assert_typed(LEFT LEFT, "a<>b", 1);
    assert_typed(SMILE, "a<><>b", 3);
    assert_typed(RIGHT "x", "a<><>xb", 6);
    assert_typed(ERASE ERASE, "a<>b", 3);
    assert_typed(LEFT "\x1b[3~", "ab", 1);
    assert_int_equal(editor_key(&editor, '\r'), EDITOR_LINE);
    assert_memory_equal(editor.line, "ab\n", 3);
}

static void accents_go_with_their_character(void **state)
{
    (void)state;
    assert_typed("e" ACUTE "x", "ex", 2);
    assert_int_equal(screen.accents, 1);
    assert_typed(LEFT LEFT, "ex", 0);
    assert_typed(RIGHT, "ex", 1);
    assert_typed(ERASE, "x", 0);
    assert_int_equal(editor.length, 1);
}

static void a_wide_character_is_not_cut_at_the_edge(void **state)
{
    (void)state;
    for (width = 18; width <= 21; width++) {
        history_clear();
        memset(&output, 0, sizeof output);
        begin(EDITOR_LINE_MAX);
        for (int i = 0; i < 60; i++) {
            for (const char *key = i % 3 == 0 ? "a" : MIDDLE; *key != '\0'; key++) {
                (void)editor_key(&editor, (uint8_t)*key);
                screen_update();
            }
        }
        for (int i = 0; i < 70; i++) {
            for (const char *key = LEFT; *key != '\0'; key++) {
                (void)editor_key(&editor, (uint8_t)*key);
                screen_update();
            }
        }
        assert_int_equal(screen.cursor, 2);
        assert_memory_equal(screen.cells, "> a<><>a<><>a", 13);
    }
}

/* What has not come whole is not shown yet, and what is no character takes a column a byte. */
static void half_a_character_waits_for_its_rest(void **state)
{
    (void)state;
    assert_typed("a\xe4", "a", 1);
    assert_typed("\xb8", "a", 1);
    assert_typed("\xad", "a<>", 3);
    assert_typed("\xe4", "a<>", 3);
    assert_typed(ERASE, "a<>", 3);
    assert_int_equal(editor.length, 4);
    assert_typed("\xe4" LEFT, "a<>?", 3);
    assert_typed(LEFT RIGHT RIGHT ERASE "b", "a<>b", 4);
}

static void any_keys_leave_the_screen_right(void **state)
{
    static const char *const keys[] = {"a",      "bc",      " ",      "\x1b[D", "\x1b[C", "\x1b[A",
                                       "\x1b[B", "\x01",    "\x05",   "\x7f",   "\x17",   "\x0b",
                                       "\x15",   "\x1b[3~", "\x1b[H", "\x1b[F", "\x02",   "\x06"};

    (void)state;
    srand(7);
    for (int round = 0; round < 600; round++) {
        static const size_t widths[] = {COLUMNS, 30, 11};
        width = widths[round % 3];
        begin(round % 2 == 0 ? 40 : 120);
        for (int i = 0; i < 100; i++) {
            assert_int_equal(type(keys[(size_t)rand() % (sizeof keys / sizeof keys[0])]),
                             EDITOR_MORE);
        }
        bool is_refused = editor.is_over;
        assert_int_equal(type("\r"), is_refused ? EDITOR_MORE : EDITOR_LINE);
    }
}

static void a_long_line_moves_sideways(void **state)
{
    (void)state;
    width = 20;
    begin(80);
    assert_int_equal(type("the quick brown fox jumps over the lazy dog"), EDITOR_MORE);
    assert_true(editor.view > 0);
    type("\x01");
    assert_int_equal(editor.view, 0);
    assert_memory_equal(screen.cells, "> the quick brown f ", 20);
    type("\x05\x17\x17\x17\x17\x17\x17\x17\x17");
    assert_line("the ");
    assert_memory_equal(screen.cells, "> the               ", 20);
}

static void a_long_line_is_written_in_full_when_it_is_done(void **state)
{
    static const char line[] = "echo a long line that does not fit in twenty";
    char written[OUTPUT_SIZE] = {0};

    (void)state;
    width = 20;
    begin(80);
    type(line);
    assert_int_equal(editor_key(&editor, '\r'), EDITOR_LINE);
    for (size_t i = 0; i < output.count; i++) {
        written[i] = (char)output.ring[(output.first + i) % OUTPUT_SIZE];
    }
    assert_non_null(strstr(written, line));
}

static void another_width_shows_more_or_less(void **state)
{
    (void)state;
    width = 20;
    begin(80);
    type("the quick brown fox jumps");
    width = 60;
    editor_resize(&editor, width);
    screen_update();
    type("\x01");
    assert_memory_equal(screen.cells, "> the quick brown fox jumps   ", 30);
    width = 15;
    editor_resize(&editor, width);
    screen_update();
    assert_shown();
}

static void a_prompt_without_room_gets_a_row_of_its_own(void **state)
{
    (void)state;
    editor_begin(&editor, "what do you want? ", 18, 80, 20);
    assert_int_equal(editor.prompt_size, 0);
    assert_int_equal(editor.area, 19);
}

/* Types into the terminal's extent; what is handed on as typed comes back as text. */
static const char *report(struct extent *extent, const char *bytes, uint64_t now)
{
    static char typed[100];
    size_t size = 0;

    for (; *bytes != '\0'; bytes++) {
        size += extent_take(extent, (uint8_t)*bytes, now, (uint8_t *)typed + size);
    }
    typed[size] = '\0';
    return typed;
}

static void a_report_of_the_size_is_taken_out(void **state)
{
    struct extent asked = {.columns = EXTENT_COLUMNS};

    (void)state;
    assert_string_equal(report(&asked, "ab\x1b[24;40Rc", 1), "ab\x1b[24;40Rc");
    assert_int_equal(asked.columns, EXTENT_COLUMNS);
    assert_int_equal(asked.rows, 0);
    extent_ask(&asked, &output, 1);
    assert_string_equal(report(&asked, "a\x1b[A\x1b[24;40Rb", 2), "a\x1b[Ab");
    assert_int_equal(asked.columns, 40);
    assert_int_equal(asked.rows, 24);
    assert_string_equal(report(&asked, "\x1b[24;50R", 3), "\x1b[24;50R");
    extent_ask(&asked, &output, 4);
    assert_string_equal(report(&asked, "\x1b[1;2R", 5), "\x1b[1;2R");
    assert_string_equal(report(&asked, "\x1b[99999999999999R", 5), "\x1b[99999999999999R");
    assert_string_equal(report(&asked, "\x1b[3~\x1b", 5), "\x1b[3~");
    assert_string_equal(report(&asked, "\x03", 5), "\x1b\x03");
    assert_string_equal(report(&asked, "\x1b[5;132R", UINT64_C(2000000000)), "\x1b[5;132R");
    assert_int_equal(asked.columns, 40);
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
        cmocka_unit_test_setup(a_line_as_long_as_its_reader_takes_is_one, set_up),
        cmocka_unit_test_setup(a_line_that_is_too_long_is_refused_whole, set_up),
        cmocka_unit_test_setup(a_line_of_the_history_is_never_cut, set_up),
        cmocka_unit_test_setup(control_keys_end_a_line, set_up),
        cmocka_unit_test_setup(a_character_of_two_bytes_is_one, set_up),
        cmocka_unit_test_setup(wide_characters_take_two_columns, set_up),
        cmocka_unit_test_setup(accents_go_with_their_character, set_up),
        cmocka_unit_test_setup(a_wide_character_is_not_cut_at_the_edge, set_up),
        cmocka_unit_test_setup(half_a_character_waits_for_its_rest, set_up),
        cmocka_unit_test_setup(any_keys_leave_the_screen_right, set_up),
        cmocka_unit_test_setup(a_long_line_moves_sideways, set_up),
        cmocka_unit_test_setup(a_long_line_is_written_in_full_when_it_is_done, set_up),
        cmocka_unit_test_setup(another_width_shows_more_or_less, set_up),
        cmocka_unit_test_setup(a_prompt_without_room_gets_a_row_of_its_own, set_up),
        cmocka_unit_test_setup(a_report_of_the_size_is_taken_out, set_up),
        cmocka_unit_test_setup(hiding_and_showing_changes_nothing, set_up),
    };
    assert_non_null(setlocale(LC_ALL, "C.UTF-8"));
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    history_clear();
    return failed;
}
