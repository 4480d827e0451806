/* SPDX-License-Identifier: MIT */
/* Modes, by the BIOS or the display interface. */

#include <string.h>
#include <terrarium.h>
#include <terrarium/device.h>
#include <terrarium/driver.h>

#include "bios.h"
#include "interface.h"
#include "modes.h"
#include "text.h"
#include "vga.h"

#define LOW_PAGES     256
#define TEXT_CELLS    0xb8000
#define FRAME_USUAL   UINT64_C(0xe0000000) /* where there is no PCI bus to ask */
#define CLASS_DISPLAY 3
#define ATTRIBUTE     7

static struct tr_video_mode modes[MODES_MOST] = {
    {.number = MODE_TEXT, .width = TEXT_COLUMNS, .height = TEXT_ROWS, .stride = 2 * TEXT_COLUMNS}};
static uint32_t mode_count, mode_now;
static unsigned char *low;
static uint64_t frame;
static bool has_bios, is_ready;

bool modes_open(int64_t *error)
{
    if (!interface_open(error)) {
        return false;
    }
    int64_t va = tr_physical_map(0, LOW_PAGES, 0);
    if (va < 0) {
        *error = va;
        return false;
    }
    low = (unsigned char *)(uintptr_t)va;
    text_open((volatile uint16_t *)(low + TEXT_CELLS));
    if (interface_is_on() || !vga_is_text()) { /* a driver before this one has left it so */
        modes_set(&modes[0]);
    }
    vga_colours();
    return true;
}

/* ---- What there is -------------------------------------------------------------------------- */

/* The display's address on the PCI bus and its frame buffer. */
static uint32_t display_find(void)
{
    struct tr_pci_function functions[32];
    struct tru_device pci;
    int64_t count = tru_device_find(TR_PCI_DEVICE, 0, &pci);

    frame = FRAME_USUAL;
    if (count >= 0) {
        count = tru_pci_list(&pci, 0, functions, sizeof functions / sizeof functions[0]);
    }
    for (int64_t i = 0; i < count; i++) {
        if (functions[i].class_code >> 16 == CLASS_DISPLAY && functions[i].regions[0].size != 0) {
            frame = functions[i].regions[0].first;
            return functions[i].address;
        }
    }
    return 0;
}

/* The first use. */
static void prepare(void)
{
    const char *why = "";

    if (is_ready) {
        return;
    }
    is_ready = true;
    mode_count = 1;
    has_bios = bios_open(low, display_find(), &why);
    if (has_bios) {
        mode_count += bios_modes(&modes[1], MODES_MOST - 1);
    } else {
        tru_driver_say("video: %s; the display interface is programmed directly", why);
        mode_count += interface_modes(&modes[1], MODES_MOST - 1);
    }
}

const struct tr_video_mode *modes_list(uint32_t *count)
{
    prepare();
    *count = mode_count;
    return modes;
}

const struct tr_video_mode *modes_now(void)
{
    return &modes[mode_now];
}

bool modes_by_bios(void)
{
    prepare();
    return has_bios;
}

uint64_t modes_frame(void)
{
    prepare();
    return frame;
}

uint64_t modes_memory(void)
{
    return interface_memory();
}

unsigned char *modes_low(void)
{
    return low;
}

/* ---- Setting -------------------------------------------------------------------------------- */

/* The colours of text modes, then a cube of 6 × 6 × 6, then greys. */
static void palette_usual(void)
{
    uint32_t colours[256];

    for (uint32_t i = 0; i < 16; i++) {
        uint32_t dim = (i & 8) != 0 ? 0x55 : 0;
        uint32_t red = ((i & 4) != 0 ? 0xaa : 0) + dim, blue = ((i & 1) != 0 ? 0xaa : 0) + dim;
        uint32_t green = ((i & 2) != 0 ? (i == 6 ? 0x55 : 0xaa) : 0) + dim; /* 6 is brown */
        colours[i] = red << 16 | green << 8 | blue;
    }
    for (uint32_t i = 0; i < 216; i++) {
        colours[16 + i] = i / 36 * 0x33 << 16 | i / 6 % 6 * 0x33 << 8 | i % 6 * 0x33;
    }
    for (uint32_t i = 0; i < 24; i++) {
        colours[232 + i] = (8 + 10 * i) * 0x010101;
    }
    interface_palette(0, colours, 256);
}

int64_t modes_set(const struct tr_video_mode *mode)
{
    prepare();
    if (has_bios ? !bios_set(mode) : !interface_set(mode)) {
        return TR_E_PEER;
    }
    mode_now = (uint32_t)(mode - modes);
    if (mode->bits == 0) {
        text_clear(ATTRIBUTE);
        interface_cursor(0, false);
    } else if (mode->bits == 8) {
        palette_usual();
    }
    return 0;
}

void modes_palette(uint32_t first, const uint32_t *colours, uint32_t count)
{
    interface_palette(first, colours, count);
}
