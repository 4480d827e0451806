/* SPDX-License-Identifier: MIT */
/* Output that stops when the screen is full. */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <terrarium.h>
#include <terrarium/columns.h>
#include <terrarium/message.h>
#include <terrarium/service/console.h>
#include <terrarium/text.h>

#include "page.h"
#include "shell.h"

#define ROWS_LEAST 3 /* a lower screen is no place for pages */
#define KEY_END    4 /* ^D */
#define QUESTION   "-- more --"
#define ANSWERS    " (Space, Enter, q)"
#define WIPE       "\x1b[2K\r"

static struct {
    bool stops, is_looked; /* whether it does is looked up with the first byte */
    bool is_over;          /* q */
    int rows, columns;     /* of the screen */
    int used;              /* rows since the last stop */
    int column;            /* columns of the present row that are taken */
} page;

void page_line(void)
{
    page.used = 0;
    page.column = 0;
}

void page_command(bool stops)
{
    page.stops = stops;
    page.is_looked = false;
    page.is_over = false;
}

static void screen_look(void)
{
    int64_t rows = page.stops ? tru_ask(shell.console, TR_CONSOLE_HEIGHT, 0) : 0;

    page.is_looked = true;
    page.rows = rows > 0 && rows < 10000 ? (int)rows : 0;
    page.columns = page.rows > 0 ? terminal_columns() : 0;
    page.stops = page.rows >= ROWS_LEAST && page.columns > 0;
}

/* The next key; 'q' if there will be none. */
static char key_read(void)
{
    char key = 'q';
    uint64_t size = 0;
    struct tru_request request = {
        .pid = shell.console,
        .request = {.operation = TR_CONSOLE_READ_BYTES, .argument = 1},
        .answer = &key,
        .capacity = 1,
        .answer_size = &size,
    };

    return tru_request(&request) == 1 && size == 1 ? key : 'q';
}

/* The screen is full: how it goes on says the person. */
static void page_stop(void)
{
    bool is_asking = true;

    printf("%s%s", QUESTION, page.columns > (int)strlen(QUESTION ANSWERS) ? ANSWERS : "");
    fflush(stdout);
    while (is_asking) {
        is_asking = false;
        switch (key_read()) {
        case ' ':
            page.used = 0;
            break;
        case '\r':
        case '\n':
            page.used = page.rows - 2;
            break;
        case 'q':
        case TR_CONSOLE_INTERRUPT:
        case KEY_END:
            page.is_over = true;
            break;
        default:
            is_asking = true;
        }
    }
    printf(WIPE);
    fflush(stdout);
}

/* True if this character, which takes so many columns, would be the first behind what fits on the
 * screen. Counts it otherwise. */
static bool is_too_much(char first, int columns)
{
    if (page.used >= page.rows - 1) {
        return true;
    }
    if (first == '\n') {
        page.used++;
        page.column = 0;
    } else if (page.column + columns > page.columns) {
        page.used++;
        page.column = columns;
    } else {
        page.column += columns;
    }
    return false;
}

void page_put(const char *bytes, size_t size)
{
    size_t begin = 0;

    if (!page.is_looked) {
        screen_look();
    }
    for (size_t i = 0; page.stops && !page.is_over && i < size;) {
        size_t columns;
        size_t used = tru_character(bytes + i, size - i, &columns);
        while (!page.is_over && is_too_much(bytes[i], (int)columns)) {
            fwrite(bytes + begin, 1, i - begin, stdout);
            begin = i;
            page_stop();
        }
        i += used;
    }
    if (!page.is_over) {
        fwrite(bytes + begin, 1, size - begin, stdout);
    }
}

/* The text in memory of the heap; NULL: there is none. */
static char *text_make(const char *format, va_list arguments)
{
    char *text;

    return vasprintf(&text, format, arguments) >= 0 ? text : NULL;
}

void tell(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    char *text = text_make(format, arguments);
    va_end(arguments);
    if (text != NULL) {
        page_put(text, strlen(text));
        free(text);
    }
}

static void text_put(void *to, const char *bytes, size_t size)
{
    (void)to;
    page_put(bytes, size);
}

void tell_text(const char *text)
{
    int columns = terminal_columns();

    tru_text_wrap(text, columns > 0 ? columns : TRU_TEXT_COLUMNS, text_put, NULL);
}

void tell_sentence(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    char *text = text_make(format, arguments);
    va_end(arguments);
    if (text == NULL) {
        return;
    }
    if (terminal_columns() > 0) {
        tell_text(text);
    } else {
        page_put(text, strlen(text));
        page_put("\n", 1);
    }
    free(text);
}
