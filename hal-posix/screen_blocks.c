/* SPDX-License-Identifier: MIT */
/* The display in the terminal: each character cell shows two pixels, one above the other, as an
 * upper half block with the colours of both. The picture takes the upper part; the console's text
 * goes on below it in a scroll region. Only cells that have changed are written, in one write, so
 * that the console's own writes do not come in between. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "machine.h"
#include "screen.h"

#define COLUMNS_MOST 512U
#define ROWS_MOST    256U
#define CONSOLE_ROWS 8U
#define CELL_BYTES   64 /* the longest way to write a cell */
#define NO_COLOUR    UINT32_C(0xff000000)

struct cell {
    uint32_t upper, lower;
};

struct blocks {
    int terminal;
    uint32_t columns, rows; /* of the terminal; 0: not yet known */
    struct cell cells[ROWS_MOST * COLUMNS_MOST];
    char *text;
    size_t size;
};

static void say(struct blocks *blocks, const char *text)
{
    size_t length = strlen(text);
    memcpy(blocks->text + blocks->size, text, length);
    blocks->size += length;
}

static void flush(struct blocks *blocks)
{
    const char *at = blocks->text;
    while (blocks->size > 0) {
        ssize_t written = write(blocks->terminal, at, blocks->size);
        if (written < 0 && errno != EINTR && errno != EAGAIN) {
            break; /* the terminal has gone; so will the run */
        }
        at += written > 0 ? written : 0;
        blocks->size -= written > 0 ? (size_t)written : 0;
    }
    blocks->size = 0;
}

static uint32_t picture_rows(const struct blocks *blocks)
{
    uint32_t console = blocks->rows > 3 * CONSOLE_ROWS ? CONSOLE_ROWS : blocks->rows / 3;
    return blocks->rows - console;
}

/* The terminal has another size than before: everything is drawn again. */
static void begin(struct blocks *blocks, uint32_t columns, uint32_t rows)
{
    char text[64];
    blocks->columns = columns;
    blocks->rows = rows;
    for (size_t i = 0; i < ROWS_MOST * COLUMNS_MOST; i++) {
        blocks->cells[i] = (struct cell){NO_COLOUR, NO_COLOUR};
    }
    uint32_t first = picture_rows(blocks) + 1;
    snprintf(text, sizeof text, "\033[0m\033[2J\033[%u;%ur\033[%u;1H", first, rows, first);
    say(blocks, text);
}

static void look_at_size(struct blocks *blocks)
{
    struct winsize size = {.ws_row = 0};
    ioctl(blocks->terminal, TIOCGWINSZ, &size);
    uint32_t columns = size.ws_col >= 8 ? size.ws_col : 80,
             rows = size.ws_row >= 4 ? size.ws_row : 24;
    columns = columns < COLUMNS_MOST ? columns : COLUMNS_MOST;
    rows = rows < ROWS_MOST ? rows : ROWS_MOST;
    if (columns != blocks->columns || rows != blocks->rows) {
        begin(blocks, columns, rows);
    }
}

/* ---- Scaling -------------------------------------------------------------------------------- */

/* The picture, and how large it is in half blocks. */
struct scaled {
    const uint32_t *pixels;
    uint32_t width, height, across, down;
};

static void scale(struct scaled *scaled, uint32_t across, uint32_t down)
{
    scaled->across = across;
    scaled->down = scaled->height * across / scaled->width;
    if (scaled->down > down) {
        scaled->down = down;
        scaled->across = scaled->width * down / scaled->height;
    }
    if (scaled->across > scaled->width) { /* never larger than it is */
        scaled->across = scaled->width;
        scaled->down = scaled->height;
    }
}

/* The mean colour of the pixels that a half block stands for. */
static uint32_t mean(const struct scaled *scaled, uint32_t x, uint32_t y)
{
    uint32_t left = x * scaled->width / scaled->across;
    uint32_t top = y * scaled->height / scaled->down;
    uint32_t right = (x + 1) * scaled->width / scaled->across;
    uint32_t bottom = (y + 1) * scaled->height / scaled->down;
    uint32_t red = 0, green = 0, blue = 0, count = 0;
    for (uint32_t row = top; row < bottom; row++) {
        for (uint32_t column = left; column < right; column++, count++) {
            uint32_t pixel = scaled->pixels[(size_t)row * scaled->width + column];
            red += pixel >> 16;
            green += pixel >> 8 & 255;
            blue += pixel & 255;
        }
    }
    return count == 0 ? 0 : red / count << 16 | green / count << 8 | blue / count;
}

static uint32_t half_block(const struct scaled *scaled, uint32_t x, uint32_t y)
{
    return x < scaled->across && y < scaled->down ? mean(scaled, x, y) : 0;
}

/* ---- Drawing -------------------------------------------------------------------------------- */

static void write_cell(struct blocks *blocks, uint32_t row, uint32_t column,
                       const struct cell *cell)
{
    char text[CELL_BYTES];
    uint32_t u = cell->upper, l = cell->lower;
    snprintf(text, sizeof text, "\033[%u;%uH\033[38;2;%u;%u;%u;48;2;%u;%u;%um\xe2\x96\x80", row + 1,
             column + 1, u >> 16, u >> 8 & 255, u & 255, l >> 16, l >> 8 & 255, l & 255);
    say(blocks, text);
}

static void blocks_show(void *state, const uint32_t *pixels, uint32_t width, uint32_t height,
                        bool is_new)
{
    struct blocks *blocks = state;
    struct scaled scaled = {.pixels = pixels, .width = width, .height = height};
    look_at_size(blocks);
    if (!is_new && blocks->size == 0) {
        return;
    }
    uint32_t rows = picture_rows(blocks);
    scale(&scaled, blocks->columns, rows * 2);
    say(blocks, "\0337");
    for (uint32_t row = 0; row < rows; row++) {
        for (uint32_t column = 0; column < blocks->columns; column++) {
            struct cell *was = &blocks->cells[row * COLUMNS_MOST + column];
            const struct cell is = {half_block(&scaled, column, row * 2),
                                    half_block(&scaled, column, row * 2 + 1)};
            if (is.upper != was->upper || is.lower != was->lower) {
                write_cell(blocks, row, column, &is);
                *was = is;
            }
        }
    }
    say(blocks, "\0338");
    flush(blocks);
}

/* ---- Life ----------------------------------------------------------------------------------- */

static void *blocks_open(struct machine *machine, char *error, size_t error_size)
{
    int terminal = machine->config.output_fd;
    if (terminal < 0 || !isatty(terminal)) {
        snprintf(error, error_size,
                 "the system's output is no terminal; --screenshot-at "
                 "TIME=FILE.png needs none");
        return NULL;
    }
    struct blocks *blocks = calloc(1, sizeof *blocks);
    char *text = malloc((size_t)ROWS_MOST * COLUMNS_MOST * CELL_BYTES + 2 * CELL_BYTES);
    if (blocks == NULL || text == NULL) {
        snprintf(error, error_size, "no memory");
        free(blocks);
        free(text);
        return NULL;
    }
    blocks->terminal = terminal;
    blocks->text = text;
    return blocks;
}

/* The picture stays where it is; text may go everywhere again, below it at first. */
static void blocks_close(void *state)
{
    struct blocks *blocks = state;
    char text[64];
    snprintf(text, sizeof text, "\033[0m\0337\033[r\0338");
    say(blocks, text);
    flush(blocks);
    free(blocks->text);
    free(blocks);
}

const struct screen_end screen_blocks = {
    .name = "blocks",
    .open = blocks_open,
    .show = blocks_show,
    .close = blocks_close,
    .is_there = true,
    .choice = "half blocks",
    .detail = "--display blocks shows the screen in a terminal with 24-bit colours.",
};
