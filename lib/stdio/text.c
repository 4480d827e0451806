/* SPDX-License-Identifier: MIT */
/* Texts for people, wrapped. */

#include <stdbool.h>
#include <string.h>
#include <terrarium.h>
#include <terrarium/columns.h>
#include <terrarium/message.h>
#include <terrarium/service/console.h>
#include <terrarium/text.h>

#define INDENT_BELOW 4 /* of what stands below its term */
#define WIDTH_LEAST  9 /* there is room beside every indent */

struct wrapping {
    void (*put)(void *to, const char *bytes, size_t size);
    void *to;
    int width;  /* most columns of a line */
    int at;     /* columns on this line that are taken */
    int indent; /* of lines that go on */
    int term;   /* the column behind the terms of this block; 0: not in one */
};

static void bytes_put(struct wrapping *wrapping, const char *bytes, size_t size)
{
    if (size > 0) {
        wrapping->put(wrapping->to, bytes, size);
        wrapping->at += (int)tru_columns(bytes, size);
    }
}

static void column_reach(struct wrapping *wrapping, int column)
{
    while (wrapping->at < column) {
        bytes_put(wrapping, " ", 1);
    }
}

static void line_end(struct wrapping *wrapping)
{
    wrapping->put(wrapping->to, "\n", 1);
    wrapping->at = 0;
}

static void line_go_on(struct wrapping *wrapping)
{
    line_end(wrapping);
    column_reach(wrapping, wrapping->indent);
}

/* The bytes of the first characters of a word, as many as there is room for. */
static size_t part_size(const char *word, size_t size, int room)
{
    size_t part = 0;

    while (part < size) {
        size_t columns;
        size_t used = tru_character(word + part, size - part, &columns);
        if ((int)columns > room) {
            break;
        }
        room -= (int)columns;
        part += used;
    }
    return part;
}

/* Puts a word, in pieces if it is longer than a line. */
static void word_put(struct wrapping *wrapping, const char *word, size_t size)
{
    while (size > 0) {
        size_t part = part_size(word, size, wrapping->width - wrapping->at);
        bytes_put(wrapping, word, part);
        word += part;
        size -= part;
        if (size > 0) {
            line_go_on(wrapping);
        }
    }
}

static void words_put(struct wrapping *wrapping, const char *text, size_t size)
{
    const char *end = text + size;
    bool is_first = true;

    while (text < end) {
        text += strspn(text, " ");
        size_t length = strcspn(text, " \t\n");
        if (length == 0) {
            text += text < end; /* a second tab */
            continue;
        }
        if (!is_first && wrapping->at + 1 + (int)tru_columns(text, length) > wrapping->width) {
            line_go_on(wrapping);
        } else if (!is_first) {
            bytes_put(wrapping, " ", 1);
        }
        word_put(wrapping, text, length);
        text += length;
        is_first = false;
    }
}

/* The column behind the longest term of the lines from here on that have one. */
static int term_column(const char *text)
{
    int most = 0;

    for (;;) {
        size_t size = strcspn(text, "\n");
        const char *tab = memchr(text, '\t', size);
        int length = tab != NULL ? (int)tru_columns(text, (size_t)(tab - text)) : 0;
        if (tab == NULL) {
            return most + 2;
        }
        most = length > most ? length : most;
        text += size + (text[size] == '\n');
    }
}

static void paragraph_put(struct wrapping *wrapping, const char *text, size_t size)
{
    const char *tab = memchr(text, '\t', size);
    size_t blanks = strspn(text, " ");

    wrapping->indent = (int)blanks < wrapping->width / 2 ? (int)blanks : 0;
    column_reach(wrapping, wrapping->indent);
    if (tab == NULL) {
        wrapping->term = 0;
        words_put(wrapping, text + blanks, size - blanks);
        return;
    }
    wrapping->term = wrapping->term != 0 ? wrapping->term : term_column(text);
    bool is_below = wrapping->term >= wrapping->width / 2;
    words_put(wrapping, text + blanks, (size_t)(tab - text) - blanks);
    if (tab + 1 == text + size) {
        return;
    }
    wrapping->indent = is_below ? wrapping->indent + INDENT_BELOW : wrapping->term;
    if (is_below) {
        line_go_on(wrapping);
    } else {
        column_reach(wrapping, wrapping->term);
    }
    words_put(wrapping, tab + 1, size - (size_t)(tab + 1 - text));
}

void tru_text_wrap(const char *text, int columns,
                   void (*put)(void *to, const char *bytes, size_t size), void *to)
{
    struct wrapping wrapping = {.put = put, .to = to, .width = columns - 1};

    wrapping.width = wrapping.width > WIDTH_LEAST ? wrapping.width : WIDTH_LEAST;

    while (*text != '\0') {
        size_t size = strcspn(text, "\n");
        paragraph_put(&wrapping, text, size);
        line_end(&wrapping);
        text += size + (text[size] == '\n');
    }
}

int tru_terminal_columns(void)
{
    int64_t console = tr_process_find(TR_CONSOLE_NAME, 0);
    int64_t columns = console > 0 ? tru_ask((uint64_t)console, TR_CONSOLE_WIDTH, 0) : 0;

    return columns > 0 && columns < 10000 ? (int)columns : 0;
}

static void file_put(void *to, const char *bytes, size_t size)
{
    fwrite(bytes, 1, size, to);
}

void tru_text_print(FILE *file, const char *text)
{
    int columns = tru_stdio_is_pipe(file) ? 0 : tru_terminal_columns();

    tru_text_wrap(text, columns > 0 ? columns : TRU_TEXT_COLUMNS, file_put, file);
}
