/* SPDX-License-Identifier: MIT */
/* The line editor. The screen is changed by three means only: writing characters, "\b" to go left,
 * and ESC [ K to clear to the end of the line. Every change of the line or of the cursor ends in
 * refresh, which alone knows what the screen shows. The last column stays free: a terminal that has
 * written there is of two minds where its cursor is. */

#include <stdio.h>
#include <string.h>
#include <terrarium/columns.h>
#include <wchar.h>

#include "editor.h"

#define KEY(letter) ((letter) - '@')
#define ESCAPE      27
#define DELETE      127
#define AREA_LEAST  8            /* a prompt that leaves less gets a row of its own */
#define UNCHANGED   ((size_t)-1) /* for refresh: only the cursor has moved */
#define WHOLE       ((size_t)-1) /* pending: no character has come in part only */

enum { ESCAPE_NONE, ESCAPE_BEGUN, ESCAPE_SEQUENCE, ESCAPE_LETTER };

static void say(struct editor *editor, const char *text)
{
    output_echo(editor->output, text, strlen(text));
}

/* A character with what stands on it: its bytes, and its columns in *width. */
static size_t cluster(const char *text, size_t size, size_t *width)
{
    size_t used = tru_character(text, size, width);
    size_t more, none;

    while (used < size && (more = tru_character(text + used, size - used, &none), none == 0)) {
        used += more;
    }
    return used;
}

/* True if these bytes, the last ones typed, may become a character with more. */
static bool is_part(const char *text, size_t size)
{
    mbstate_t state = {0};

    return mbrtowc(NULL, text, size, &state) == (size_t)-2;
}

/* The byte that stands `count` columns behind the first one shown; at most the line's end. Before a
 * wide character that would be cut. */
static size_t byte_at(const struct editor *editor, size_t count)
{
    size_t byte = editor->view;

    while (byte < editor->length) {
        size_t width;
        size_t size = cluster(editor->line + byte, editor->length - byte, &width);
        if (width > count) {
            break;
        }
        count -= width;
        byte += size;
    }
    return byte;
}

/* Writes these bytes of the line. For one that is part of no character a question mark: every
 * terminal shows something else there, and here it was counted as a column. */
static void text_show(struct editor *editor, size_t from, size_t to)
{
    while (from < to) {
        const char *text = editor->line + from;
        size_t width;
        size_t size = tru_character(text, to - from, &width);
        bool is_stray = size == 1 && (*text & 0x80) != 0;
        output_echo(editor->output, is_stray ? "?" : text, size);
        from += size;
    }
}

static void column_go(struct editor *editor, size_t column)
{
    if (column > editor->column) {
        size_t from = byte_at(editor, editor->column);
        text_show(editor, from, byte_at(editor, column));
    }
    for (; column < editor->column; editor->column--) {
        say(editor, "\b");
    }
    editor->column = column;
}

static size_t right_of(const struct editor *editor, size_t cursor)
{
    size_t width;

    if (cursor == editor->length) {
        return cursor;
    }
    return cursor + cluster(editor->line + cursor, editor->length - cursor, &width);
}

/* Characters are found from the beginning of the line on only. */
static size_t left_of(const struct editor *editor, size_t cursor)
{
    size_t left = 0, next = 0;

    while (next < cursor) {
        left = next;
        next = right_of(editor, left);
    }
    return left;
}

/* Moves the view so that the cursor is in it, in its middle if it was not. True: it has moved. */
static bool view_follow(struct editor *editor)
{
    size_t old = editor->view;
    size_t wanted = editor->area / 2;

    if ((editor->cursor > old || old == 0) &&
        tru_columns(editor->line + old, editor->cursor - old) <= editor->area) {
        return false;
    }
    editor->view = editor->cursor;
    while (editor->view > 0 &&
           tru_columns(editor->line + editor->view, editor->cursor - editor->view) < wanted) {
        editor->view = left_of(editor, editor->view);
    }
    return editor->view != old;
}

/* Writes the line from byte `from` on, as far as there is room, over what stands there. */
static void rest_show(struct editor *editor, size_t from)
{
    size_t start = tru_columns(editor->line + editor->view, from - editor->view);

    if (start < editor->column) {
        column_go(editor, start);
    }
    size_t present = start == editor->column ? from : byte_at(editor, editor->column);
    size_t end = byte_at(editor, editor->area);
    if (end > present) {
        text_show(editor, present, end);
        editor->column += tru_columns(editor->line + present, end - present);
    }
    if (editor->column < editor->shown) {
        say(editor, "\x1b[K");
    }
    editor->shown = editor->column;
}

/* Makes the screen show the line, which was changed from byte `from` on, and the cursor. */
static void refresh(struct editor *editor, size_t from)
{
    if (editor->pending < from) {
        from = editor->pending;
    }
    editor->pending = WHOLE;
    if (view_follow(editor)) {
        column_go(editor, 0);
        from = editor->view;
    }
    if (from != UNCHANGED) {
        rest_show(editor, from > editor->view ? from : editor->view);
    }
    column_go(editor, tru_columns(editor->line + editor->view, editor->cursor - editor->view));
}

static void move_to(struct editor *editor, size_t cursor)
{
    editor->cursor = cursor;
    refresh(editor, UNCHANGED);
}

static size_t word_start(const struct editor *editor)
{
    size_t start = editor->cursor;

    while (start > 0 && editor->line[start - 1] == ' ') {
        start--;
    }
    while (start > 0 && editor->line[start - 1] != ' ') {
        start--;
    }
    return start;
}

static void delete_range(struct editor *editor, size_t from, size_t to)
{
    memmove(editor->line + from, editor->line + to, editor->length - to);
    editor->length -= to - from;
    editor->cursor = from;
    editor->is_over = editor->is_over && editor->length > 0;
    refresh(editor, from);
}

static void insert(struct editor *editor, char byte)
{
    /* One byte is kept for the newline. */
    if (editor->length + 1 >= editor->most) {
        editor->is_over = true;
        say(editor, "\a");
        return;
    }
    size_t from = editor->cursor;
    memmove(editor->line + from + 1, editor->line + from, editor->length - from);
    editor->line[editor->cursor++] = byte;
    editor->length++;
    size_t first = editor->pending < from ? editor->pending : from;
    if (is_part(editor->line + first, editor->cursor - first)) {
        editor->pending = first;
    } else {
        refresh(editor, from);
    }
}

static void line_replace(struct editor *editor, const char *line, size_t length)
{
    column_go(editor, 0);
    editor->is_over = length >= editor->most;
    editor->length = editor->is_over ? editor->most - 1 : length;
    memcpy(editor->line, line, editor->length);
    editor->view = 0;
    editor->cursor = editor->length;
    refresh(editor, 0);
}

static void history_go(struct editor *editor, size_t back)
{
    if (back == 0 && editor->back > 0) {
        line_replace(editor, editor->kept, editor->kept_length);
        editor->is_over = editor->is_kept_over;
        editor->back = 0;
        return;
    }
    const char *line = history_line(editor->history, back);
    if (line == NULL) {
        return;
    }
    if (editor->back == 0) {
        memcpy(editor->kept, editor->line, editor->length);
        editor->kept_length = editor->length;
        editor->is_kept_over = editor->is_over;
    }
    editor->back = back;
    line_replace(editor, line, strlen(line));
}

static void history_down(struct editor *editor)
{
    if (editor->back > 0) {
        history_go(editor, editor->back - 1);
    }
}

static enum editor_result give_up(struct editor *editor, const char *echo,
                                  enum editor_result result)
{
    column_go(editor, editor->shown);
    say(editor, echo);
    editor->length = editor->cursor = editor->back = 0;
    editor->view = editor->column = editor->shown = 0;
    editor->pending = WHOLE;
    editor->is_over = false;
    return result;
}

/* A line that has lost something is not taken; the editor goes on with an empty one. */
static enum editor_result refuse(struct editor *editor)
{
    char sentence[64];

    snprintf(sentence, sizeof sentence, "\r\nNot taken: more than %zu bytes.\r\n",
             editor->most - 1);
    give_up(editor, sentence, EDITOR_MORE);
    editor_show(editor);
    return EDITOR_MORE;
}

static enum editor_result finish(struct editor *editor)
{
    if (editor->is_over) {
        return refuse(editor);
    }
    refresh(editor, UNCHANGED);
    if (editor->shown < tru_columns(editor->line, editor->length)) {
        column_go(editor, 0);
        text_show(editor, 0, editor->length);
    } else {
        column_go(editor, editor->shown);
    }
    say(editor, "\r\n");
    history_add(editor->history, editor->line, editor->length);
    editor->line[editor->length++] = '\n';
    editor->back = 0;
    return EDITOR_LINE;
}

static enum editor_result delete_or_end(struct editor *editor)
{
    if (editor->length == 0) {
        say(editor, "\r\n");
        return EDITOR_END;
    }
    delete_range(editor, editor->cursor, right_of(editor, editor->cursor));
    return EDITOR_MORE;
}

static void clear_screen(struct editor *editor)
{
    say(editor, "\x1b[H\x1b[2J");
    editor_show(editor);
}

/* The last byte of an escape sequence. */
static void sequence_end(struct editor *editor, uint8_t byte)
{
    switch (byte) {
    case 'A':
        history_go(editor, editor->back + 1);
        break;
    case 'B':
        history_down(editor);
        break;
    case 'C':
        move_to(editor, right_of(editor, editor->cursor));
        break;
    case 'D':
        move_to(editor, left_of(editor, editor->cursor));
        break;
    case 'H':
        move_to(editor, 0);
        break;
    case 'F':
        move_to(editor, editor->length);
        break;
    case '~':
        if (editor->parameter == 3) {
            delete_range(editor, editor->cursor, right_of(editor, editor->cursor));
        } else if (editor->parameter == 1 || editor->parameter == 7) {
            move_to(editor, 0);
        } else if (editor->parameter == 4 || editor->parameter == 8) {
            move_to(editor, editor->length);
        }
        break;
    default:
        break;
    }
}

static void escape_key(struct editor *editor, uint8_t byte)
{
    if (editor->escape == ESCAPE_BEGUN) {
        editor->escape = byte == '[' ? ESCAPE_SEQUENCE : byte == 'O' ? ESCAPE_LETTER : ESCAPE_NONE;
        editor->parameter = 0;
    } else if (editor->escape == ESCAPE_SEQUENCE && byte >= '0' && byte <= '9') {
        editor->parameter = editor->parameter * 10 % 1000 + (byte - '0');
    } else if (editor->escape == ESCAPE_LETTER || (byte >= '@' && byte <= '~')) {
        editor->escape = ESCAPE_NONE;
        sequence_end(editor, byte);
    }
}

/* The control keys that end nothing. */
static void control_key(struct editor *editor, uint8_t byte)
{
    switch (byte) {
    case KEY('A'):
        move_to(editor, 0);
        break;
    case KEY('E'):
        move_to(editor, editor->length);
        break;
    case KEY('B'):
        move_to(editor, left_of(editor, editor->cursor));
        break;
    case KEY('F'):
        move_to(editor, right_of(editor, editor->cursor));
        break;
    case KEY('P'):
        history_go(editor, editor->back + 1);
        break;
    case KEY('N'):
        history_down(editor);
        break;
    case KEY('H'):
    case DELETE:
        delete_range(editor, left_of(editor, editor->cursor), editor->cursor);
        break;
    case KEY('U'):
        delete_range(editor, 0, editor->cursor);
        break;
    case KEY('K'):
        delete_range(editor, editor->cursor, editor->length);
        break;
    case KEY('W'):
        delete_range(editor, word_start(editor), editor->cursor);
        break;
    case KEY('L'):
        clear_screen(editor);
        break;
    case ESCAPE:
        editor->escape = ESCAPE_BEGUN;
        break;
    default:
        break;
    }
}

enum editor_result editor_key(struct editor *editor, uint8_t byte)
{
    if (byte == KEY('C')) {
        editor->escape = ESCAPE_NONE;
        return give_up(editor, "^C\r\n", EDITOR_INTERRUPT);
    }
    if (editor->escape != ESCAPE_NONE) {
        escape_key(editor, byte);
        return EDITOR_MORE;
    }
    switch (byte) {
    case '\r':
    case '\n':
        return finish(editor);
    case KEY('D'):
        return delete_or_end(editor);
    case KEY('Z'):
        return give_up(editor, "^Z\r\n", EDITOR_SUSPEND);
    case '\t':
        byte = ' ';
        break;
    default:
        break;
    }
    if (byte >= ' ' && byte != DELETE) {
        insert(editor, (char)byte);
    } else {
        control_key(editor, byte);
    }
    return EDITOR_MORE;
}

/* How many columns the prompt leaves; 0: too few. */
static size_t area_of(const struct editor *editor, size_t width)
{
    size_t used = tru_columns(editor->prompt, editor->prompt_size) + 1;

    return width >= used + AREA_LEAST ? width - used : 0;
}

void editor_begin(struct editor *editor, const char *prompt, size_t prompt_size, size_t most,
                  size_t width)
{
    editor->length = editor->cursor = editor->back = 0;
    editor->view = editor->column = editor->shown = 0;
    editor->pending = WHOLE;
    editor->most = most < EDITOR_LINE_MAX ? most : EDITOR_LINE_MAX;
    editor->is_over = false;
    editor->escape = ESCAPE_NONE;
    editor->prompt_size = prompt_size < sizeof editor->prompt ? prompt_size : sizeof editor->prompt;
    memmove(editor->prompt, prompt, editor->prompt_size);
    editor->area = area_of(editor, width);
    if (editor->area == 0) {
        say(editor, "\r\n");
        editor->prompt_size = 0;
        editor->area = area_of(editor, width);
    }
}

void editor_resize(struct editor *editor, size_t width)
{
    size_t area = area_of(editor, width);

    if (area != 0 && area != editor->area) {
        editor_hide(editor);
        editor->area = area;
        editor_show(editor);
    }
}

void editor_hide(struct editor *editor)
{
    say(editor, "\r\x1b[K");
}

void editor_show(struct editor *editor)
{
    output_echo(editor->output, editor->prompt, editor->prompt_size);
    editor->column = editor->shown = 0;
    refresh(editor, editor->view);
}
