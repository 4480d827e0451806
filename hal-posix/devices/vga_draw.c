/* SPDX-License-Identifier: MIT */
/* What a monitor shows: text, 16 colours from four planes, 256 colours, and the modes of the
 * display interface. The picture has as many pixels as the memory behind it; what a monitor would
 * show twice as wide or high is not doubled.
 *
 * SIM: no split screen, no panning by pixels; the modes of a CGA at 0xb8000 are black. */

#include <string.h>

#include "vga.h"

#define TEXT_FRAME_NS UINT64_C(14268000) /* 70 Hz */
#define CURSOR_FRAMES 8                  /* a cursor is on for so many, then off */
#define BLINK_FRAMES  16

enum { CLOCKING = 1, CHARACTER_MAP = 3 }; /* sequencer */
enum { CLOCKING_8_DOTS = 1, CLOCKING_OFF = 0x20 };
enum { MODE = 5, MODE_256 = 0x40 }; /* graphics */
enum { ATTRIBUTE_MODE = 0x10, IS_GRAPHICS = 1, LINE_GRAPHICS = 4, BLINKS = 8, HALF_CLOCK = 0x40 };
enum { PLANE_ENABLE = 0x12, COLOUR_SELECT = 0x14, PALETTE_IS_ON = 0x20 }; /* attributes */
enum {
    DISPLAY_WIDTH = 1,
    OVERFLOW = 7,
    SCAN_LINES = 9,
    CURSOR_START = 0x0a,
    CURSOR_END = 0x0b,
    START = 0x0c,
    CURSOR = 0x0e,
    DISPLAY_END = 0x12,
    STRIDE = 0x13
}; /* CRTC */

static uint32_t colour(const struct vga *vga, uint32_t index)
{
    const uint8_t *c = vga->dac.colours[index & vga->dac.mask];
    uint32_t rgb = (uint32_t)c[0] << 16 | (uint32_t)c[1] << 8 | c[2];
    if ((vga->vbe.registers[VBE_ENABLE] & VBE_ENABLE_DAC8) != 0) {
        return rgb;
    }
    return rgb << 2 | (rgb >> 4 & 0x030303);
}

/* Through the palette of the attribute controller. */
static uint32_t colour16(const struct vga *vga, uint32_t index)
{
    uint32_t entry = vga->attributes[index & vga->attributes[PLANE_ENABLE] & 15U] & 63U;
    uint32_t select = vga->attributes[COLOUR_SELECT];
    if ((vga->attributes[ATTRIBUTE_MODE] & 0x80) != 0) {
        entry = (entry & 15) | (select & 3) << 4;
    }
    return colour(vga, entry | (select & 12) << 4);
}

static uint32_t crtc_word(const uint8_t *crtc, uint32_t high)
{
    return (uint32_t)crtc[high] << 8 | crtc[high + 1];
}

static uint32_t displayed_lines(const uint8_t *crtc)
{
    uint32_t more = crtc[OVERFLOW];
    return (crtc[DISPLAY_END] | (more >> 1 & 1U) << 8 | (more >> 6 & 1U) << 9) + 1;
}

/* ---- Text ----------------------------------------------------------------------------------- */

struct text {
    const struct vga *vga;
    const uint8_t *cells;
    uint32_t dots, lines; /* of a character */
    uint32_t cursor;      /* cell number with a visible cursor, or one that there is not */
    bool is_dark;         /* what blinks is not to be seen */
};

/* The characters of an attribute: bit 3 chooses one of two sets. */
static const uint8_t *glyph_of(const struct vga *vga, uint8_t character, uint8_t attribute)
{
    uint32_t maps = vga->groups[VGA_SEQUENCER][CHARACTER_MAP];
    uint32_t map = (attribute & 8) != 0 ? (maps >> 2 & 3) | (maps >> 5 & 1) << 2
                                        : (maps & 3) | (maps >> 4 & 1) << 2;
    uint32_t at = (map & 3) * 0x4000 + (map >> 2) * 0x2000;
    return &vga->planes[VGA_FONT_PLANE][at + character * 32U];
}

/* The ninth dot is blank but for characters that are drawn with lines. */
static uint32_t glyph_dots(const struct vga *vga, uint8_t character, uint8_t byte)
{
    bool is_line = character >= 0xc0 && character <= 0xdf;
    bool goes_on = is_line && (vga->attributes[ATTRIBUTE_MODE] & LINE_GRAPHICS) != 0;
    return (uint32_t)byte << 1 | (goes_on ? byte & 1U : 0U);
}

static bool cursor_covers(const uint8_t *crtc, uint32_t line)
{
    return line >= (crtc[CURSOR_START] & 31U) && line <= (crtc[CURSOR_END] & 31U);
}

static void colours_of(const struct text *text, uint8_t attribute, uint32_t *front, uint32_t *back)
{
    const struct vga *vga = text->vga;
    bool blinks = (vga->attributes[ATTRIBUTE_MODE] & BLINKS) != 0;
    *back = colour16(vga, attribute >> 4 & (blinks ? 7U : 15U));
    *front =
        blinks && (attribute & 0x80) != 0 && text->is_dark ? *back : colour16(vga, attribute & 15U);
}

static void draw_cell(const struct text *text, uint32_t cell, uint32_t *pixels, uint32_t stride)
{
    const struct vga *vga = text->vga;
    uint8_t character = text->cells[cell * 2 % VGA_TEXT_SIZE];
    uint8_t attribute = text->cells[(cell * 2 + 1) % VGA_TEXT_SIZE];
    const uint8_t *glyph = glyph_of(vga, character, attribute);
    uint32_t front, back;
    colours_of(text, attribute, &front, &back);
    for (uint32_t line = 0; line < text->lines; line++) {
        uint32_t dots = glyph_dots(vga, character, glyph[line & 31]);
        if (cell == text->cursor && cursor_covers(vga->groups[VGA_CRTC], line)) {
            dots = 0x1ff;
        }
        for (uint32_t dot = 0; dot < text->dots; dot++) {
            pixels[line * stride + dot] = (dots >> (8 - dot) & 1) != 0 ? front : back;
        }
    }
}

static struct text text_now(const struct vga *vga, uint64_t time)
{
    const uint8_t *crtc = vga->groups[VGA_CRTC];
    uint64_t frame = time / TEXT_FRAME_NS;
    bool has_cursor = (crtc[CURSOR_START] & 0x20) == 0 && frame / CURSOR_FRAMES % 2 == 0;
    bool has_eight = (vga->groups[VGA_SEQUENCER][CLOCKING] & CLOCKING_8_DOTS) != 0;
    return (struct text){.vga = vga,
                         .cells = vga->low + (VGA_TEXT - VGA_WINDOW),
                         .dots = has_eight ? 8 : 9,
                         .lines = (crtc[SCAN_LINES] & 31U) + 1,
                         .cursor = has_cursor ? crtc_word(crtc, CURSOR) : UINT32_MAX,
                         .is_dark = frame / BLINK_FRAMES % 2 != 0};
}

static struct vga_size draw_text(const struct vga *vga, uint64_t time, uint32_t *pixels)
{
    const uint8_t *crtc = vga->groups[VGA_CRTC];
    struct text text = text_now(vga, time);
    uint32_t dots = text.dots;
    uint32_t columns = crtc[DISPLAY_WIDTH] + 1U, rows = displayed_lines(crtc) / text.lines;
    struct vga_size size = {columns * dots, rows * text.lines};
    for (uint32_t row = 0; row < rows; row++) {
        uint32_t cell = crtc_word(crtc, START) + row * crtc[STRIDE] * 2;
        for (uint32_t column = 0; column < columns; column++) {
            size_t at = (size_t)row * text.lines * size.width + column * dots;
            draw_cell(&text, cell + column, pixels + at, size.width);
        }
    }
    return size;
}

/* ---- The graphics of a VGA ------------------------------------------------------------------ */

static uint32_t pixel16(const struct vga *vga, uint32_t at, uint32_t bit)
{
    uint32_t index = 0;
    for (uint32_t plane = 0; plane < VGA_PLANES; plane++) {
        index |= ((uint32_t)vga->planes[plane][at % VGA_PLANE] >> (7 - bit) & 1) << plane;
    }
    return colour16(vga, index);
}

static struct vga_size draw_graphics(const struct vga *vga, uint32_t *pixels)
{
    const uint8_t *crtc = vga->groups[VGA_CRTC];
    bool has_256 = (vga->groups[VGA_GRAPHICS][MODE] & MODE_256) != 0;
    uint32_t doubled = ((crtc[SCAN_LINES] & 31U) + 1) * ((crtc[SCAN_LINES] & 0x80) != 0 ? 2 : 1);
    struct vga_size size = {(crtc[DISPLAY_WIDTH] + 1U) * (has_256 ? 4 : 8),
                            displayed_lines(crtc) / doubled};
    uint32_t start = crtc_word(crtc, START) * (has_256 ? 4 : 1);
    uint32_t stride = crtc[STRIDE] * (has_256 ? 8U : 2U);
    for (uint32_t y = 0; y < size.height; y++) {
        for (uint32_t x = 0; x < size.width; x++) {
            uint32_t at = start + y * stride;
            *pixels++ = has_256 ? colour(vga, vga->memory.view[(at + x) % VGA_WINDOW_SIZE])
                                : pixel16(vga, at + x / 8, x % 8);
        }
    }
    return size;
}

/* ---- The modes of the display interface ----------------------------------------------------- */

/* A component of some bits as one of eight. */
static uint32_t widen(uint32_t value, uint32_t bits)
{
    value &= (1U << bits) - 1;
    return value << (8 - bits) | value >> (2 * bits - 8);
}

static uint32_t pixel_of(const struct vga *vga, const uint8_t *at)
{
    uint32_t two = at[0] | (uint32_t)at[1] << 8;
    switch (vga->vbe.registers[VBE_BITS]) {
    case 15:
        return widen(two >> 10, 5) << 16 | widen(two >> 5, 5) << 8 | widen(two, 5);
    case 16:
        return widen(two >> 11, 5) << 16 | widen(two >> 5, 6) << 8 | widen(two, 5);
    default:
        return two | (uint32_t)at[2] << 16;
    }
}

static void draw_row(const struct vga *vga, const uint8_t *from, uint32_t width, uint32_t *pixels)
{
    uint32_t bytes = vbe_pixel(&vga->vbe);
    if (bytes == 1) {
        for (uint32_t x = 0; x < width; x++) {
            pixels[x] = colour(vga, from[x]);
        }
        return;
    }
    for (uint32_t x = 0; x < width; x++) {
        pixels[x] = pixel_of(vga, from + (size_t)x * bytes);
    }
}

static struct vga_size draw_interface(const struct vga *vga, uint32_t *pixels)
{
    const struct vbe *vbe = &vga->vbe;
    struct vga_size size = {vbe->registers[VBE_WIDTH], vbe->registers[VBE_HEIGHT]};
    const uint8_t *from = vga->memory.view + (size_t)vbe->registers[VBE_Y] * vbe->stride +
                          (size_t)vbe->registers[VBE_X] * vbe_pixel(vbe);
    for (uint32_t y = 0; y < size.height; y++) {
        draw_row(vga, from + (size_t)y * vbe->stride, size.width, pixels);
        pixels += size.width;
    }
    return size;
}

/* ---- Which ---------------------------------------------------------------------------------- */

static bool is_dark(const struct vga *vga)
{
    return (vga->groups[VGA_SEQUENCER][CLOCKING] & CLOCKING_OFF) != 0 ||
           (vga->attribute_index & PALETTE_IS_ON) == 0;
}

static bool is_text(const struct vga *vga)
{
    return (vga->attributes[ATTRIBUTE_MODE] & IS_GRAPHICS) == 0;
}

struct vga_size vga_draw(struct vga *vga, uint64_t time, uint32_t *pixels)
{
    struct vga_size size;
    pthread_mutex_lock(&vga->lock);
    vga_window_sync(vga);
    if (vbe_is_on(&vga->vbe)) {
        size = draw_interface(vga, pixels);
    } else {
        size = is_text(vga) ? draw_text(vga, time, pixels) : draw_graphics(vga, pixels);
        if (is_dark(vga)) {
            memset(pixels, 0, (size_t)size.width * size.height * sizeof *pixels);
        }
    }
    pthread_mutex_unlock(&vga->lock);
    return size;
}

static void describe_cell(const struct text *text, uint32_t number, struct vga_cell *cell)
{
    uint8_t attribute = text->cells[(number * 2 + 1) % VGA_TEXT_SIZE];
    cell->character = text->cells[number * 2 % VGA_TEXT_SIZE];
    colours_of(text, attribute, &cell->front, &cell->back);
    if (number == text->cursor) {
        uint32_t front = cell->front;
        cell->front = cell->back;
        cell->back = front;
    }
}

bool vga_text(struct vga *vga, uint64_t time, struct vga_text *described)
{
    const uint8_t *crtc = vga->groups[VGA_CRTC];
    pthread_mutex_lock(&vga->lock);
    struct text text = text_now(vga, time);
    uint32_t columns = crtc[DISPLAY_WIDTH] + 1U, rows = displayed_lines(crtc) / text.lines;
    bool is_shown =
        !vbe_is_on(&vga->vbe) && is_text(vga) && !is_dark(vga) && columns * rows <= VGA_CELLS_MOST;
    for (uint32_t i = 0; is_shown && i < columns * rows; i++) {
        uint32_t cell = crtc_word(crtc, START) + i / columns * crtc[STRIDE] * 2 + i % columns;
        describe_cell(&text, cell, &described->cells[i]);
    }
    described->columns = columns;
    described->rows = rows;
    pthread_mutex_unlock(&vga->lock);
    return is_shown;
}
