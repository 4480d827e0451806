/* SPDX-License-Identifier: MIT */
/* The display in the terminal: each character cell shows two pixels, one above the other, as an
 * upper half block with the colours of both. The picture takes the upper part; the console's text
 * goes on below it in a scroll region. Only cells that have changed are written, in one write, so
 * that the console's own writes do not come in between. A text screen is shown as text, if there is
 * room for it. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "devices/vga.h"
#include "machine.h"
#include "screen.h"

#define COLUMNS_MOST 512U
#define ROWS_MOST    256U
#define CONSOLE_ROWS 8U
#define CELL_BYTES   96 /* the longest way to write a cell */
#define NO_COLOUR    UINT32_C(0xff000000)

#define HALF_BLOCK 0x2580
#define MIDDLE_DOT 0xb7

struct cell {
    uint32_t character; /* Unicode */
    uint32_t front, back;
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
        blocks->cells[i] = (struct cell){0, NO_COLOUR, NO_COLOUR};
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

/* Nothing of ours is beyond the first 65,536 characters. */
static void utf8(uint32_t character, char text[4])
{
    char *at = text;
    if (character < 0x80) {
        *at++ = (char)character;
    } else if (character < 0x800) {
        *at++ = (char)(0xc0 | character >> 6);
        *at++ = (char)(0x80 | (character & 63));
    } else {
        *at++ = (char)(0xe0 | character >> 12);
        *at++ = (char)(0x80 | (character >> 6 & 63));
        *at++ = (char)(0x80 | (character & 63));
    }
    *at = '\0';
}

static void put(struct blocks *blocks, uint32_t row, uint32_t column, struct cell is)
{
    struct cell *was = &blocks->cells[row * COLUMNS_MOST + column];
    char text[CELL_BYTES], character[4];
    uint32_t f = is.front, b = is.back;
    if (is.character == was->character && f == was->front && b == was->back) {
        return;
    }
    utf8(is.character, character);
    snprintf(text, sizeof text, "\033[%u;%uH\033[38;2;%u;%u;%u;48;2;%u;%u;%um%s", row + 1,
             column + 1, f >> 16, f >> 8 & 255, f & 255, b >> 16, b >> 8 & 255, b & 255, character);
    say(blocks, text);
    *was = is;
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
            put(blocks, row, column,
                (struct cell){HALF_BLOCK, half_block(&scaled, column, row * 2),
                              half_block(&scaled, column, row * 2 + 1)});
        }
    }
    say(blocks, "\0338");
    flush(blocks);
}

static uint32_t unicode(uint8_t character)
{
    static const uint16_t upper[] = {
#include <terrarium/device/cp437.def>
    };
    if (character >= 0x80) {
        return upper[character - 0x80];
    }
    return character == 0 ? ' ' : character < ' ' || character == 0x7f ? MIDDLE_DOT : character;
}

static bool blocks_show_text(void *state, const struct vga_text *text)
{
    struct blocks *blocks = state;
    look_at_size(blocks);
    uint32_t rows = picture_rows(blocks);
    if (text->columns > blocks->columns || text->rows > rows) {
        return false;
    }
    size_t before = blocks->size;
    say(blocks, "\0337");
    size_t begun = blocks->size;
    for (uint32_t row = 0; row < rows; row++) {
        for (uint32_t column = 0; column < blocks->columns; column++) {
            struct cell is = {' ', 0, 0};
            if (row < text->rows && column < text->columns) {
                const struct vga_cell *cell = &text->cells[row * text->columns + column];
                is = (struct cell){unicode(cell->character), cell->front, cell->back};
            }
            put(blocks, row, column, is);
        }
    }
    if (blocks->size == begun) {
        blocks->size = before; /* nothing has changed */
    } else {
        say(blocks, "\0338");
    }
    flush(blocks);
    return true;
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
    .show_text = blocks_show_text,
    .close = blocks_close,
    .is_there = true,
    .choice = "half blocks",
    .detail = "--display blocks shows the screen in a terminal with 24-bit colours.",
};
