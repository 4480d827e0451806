/* SPDX-License-Identifier: MIT */
/* The VGA and its display interface: registers, colours, the beam, modes, the window, text. */

#include "devices.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINEAR 0xe0000000U
#define MOST   (2560U * 1600)

enum { INDEX = 0x1ce, DATA = 0x1cf };
enum { ID, WIDTH, HEIGHT, BITS, ENABLE, BANK, VIRTUAL_WIDTH, VIRTUAL_HEIGHT, X, Y, MEMORY };
enum { ON = 1, MOST_WANTED = 2, DAC8 = 0x20, IS_LINEAR = 0x40, KEEP = 0x80 };
enum { DAC_MASK = 0x3c6, DAC_READ = 0x3c7, DAC_WRITE = 0x3c8, DAC_DATA = 0x3c9 };
enum { SEQUENCER = 0x3c4, GRAPHICS = 0x3ce, CRTC = 0x3d4, ATTRIBUTE = 0x3c0, STATUS = 0x3da };

static uint32_t picture[MOST];
static uint32_t width, height;

static uint32_t vbe_get(struct machine *machine, uint32_t which)
{
    hal_port_out(machine, INDEX, 2, which);
    return hal_port_in(machine, DATA, 2);
}

static void vbe_put(struct machine *machine, uint32_t which, uint32_t value)
{
    hal_port_out(machine, INDEX, 2, which);
    hal_port_out(machine, DATA, 2, value);
}

static void vbe_mode(struct machine *machine, uint32_t across, uint32_t down, uint32_t bits,
                     uint32_t flags)
{
    vbe_put(machine, ENABLE, 0);
    vbe_put(machine, WIDTH, across);
    vbe_put(machine, HEIGHT, down);
    vbe_put(machine, BITS, bits);
    vbe_put(machine, ENABLE, ON | flags);
}

static void put(struct machine *machine, uint32_t port, uint32_t index, uint32_t value)
{
    hal_port_out(machine, port, 2, value << 8 | index);
}

static uint32_t get(struct machine *machine, uint32_t port, uint32_t index)
{
    out8(machine, port, index);
    return in8(machine, port + 1);
}

static uint8_t *memory(struct machine *machine, uint64_t physical, uint64_t size)
{
    uint8_t *view = hal_device_memory(machine, physical / 4096, (size + 4095) / 4096);
    assert_non_null(view);
    return view + physical % 4096;
}

static void look(struct machine *machine)
{
    assert_true(posix_machine_picture(machine, picture, MOST, &width, &height));
}

/* ---- The display interface ------------------------------------------------------------------ */

static void the_interface_tells_what_it_is(void **state)
{
    assert_int_equal(vbe_get(*state, ID), 0xb0c5);
    vbe_put(*state, ID, 0xb0c2);
    assert_int_equal(vbe_get(*state, ID), 0xb0c2);
    vbe_put(*state, ID, 0xb0c6);
    vbe_put(*state, ID, 0x1234);
    assert_int_equal(vbe_get(*state, ID), 0xb0c2);
    assert_int_equal(vbe_get(*state, MEMORY), 256);
    assert_int_equal(vbe_get(*state, 77), 0);
    vbe_put(*state, ENABLE, MOST_WANTED);
    assert_int_equal(vbe_get(*state, WIDTH), 2560);
    assert_int_equal(vbe_get(*state, HEIGHT), 1600);
    assert_int_equal(vbe_get(*state, BITS), 32);
}

static void only_words_write_its_registers(void **state)
{
    hal_port_out(*state, INDEX, 2, WIDTH);
    hal_port_out(*state, DATA, 2, 800);
    hal_port_out(*state, DATA, 1, 0x40);
    assert_int_equal(hal_port_in(*state, DATA, 2), 800);
}

static void sizes_that_cannot_be_are_refused(void **state)
{
    vbe_mode(*state, 800, 600, 32, IS_LINEAR);
    vbe_put(*state, WIDTH, 640); /* while it is on */
    assert_int_equal(vbe_get(*state, WIDTH), 800);
    vbe_put(*state, ENABLE, 0);
    vbe_put(*state, WIDTH, 801);
    vbe_put(*state, WIDTH, 2568);
    vbe_put(*state, WIDTH, 0);
    assert_int_equal(vbe_get(*state, WIDTH), 800);
    vbe_put(*state, HEIGHT, 1601);
    assert_int_equal(vbe_get(*state, HEIGHT), 600);
    vbe_put(*state, BITS, 4);
    vbe_put(*state, BITS, 12);
    assert_int_equal(vbe_get(*state, BITS), 32);
}

static void without_a_size_it_does_not_go_on(void **state)
{
    vbe_put(*state, ENABLE, ON);
    assert_int_equal(vbe_get(*state, ENABLE), 0);
}

static void every_depth_has_its_colours(void **state)
{
    static const struct {
        uint32_t bits, pixel, colour;
    } rows[] = {{8, 3, 0x00aaaa},
                {15, 0x7c00 | 0x03e0 >> 1, 0xff7b84},
                {16, 0xf800 | 0x20, 0xff0400},
                {16, 0x001f, 0x0000ff},
                {24, 0x123456, 0x123456},
                {32, 0x89abcdef, 0xabcdef}};
    uint8_t *view = memory(*state, LINEAR, 4096 * 4096);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint32_t bytes = (rows[i].bits + 7) / 8;
        vbe_mode(*state, 640, 480, rows[i].bits, IS_LINEAR);
        memcpy(view + (479 * 640 + 639) * bytes, &rows[i].pixel, bytes);
        look(*state);
        assert_int_equal(width, 640);
        assert_int_equal(height, 480);
        assert_int_equal(picture[479 * 640 + 639], rows[i].colour);
        assert_int_equal(picture[479 * 640 + 638], 0);
    }
}

static void going_on_clears_unless_told_not_to(void **state)
{
    uint8_t *view = memory(*state, LINEAR, 4096);
    vbe_mode(*state, 640, 480, 32, IS_LINEAR);
    memset(view, 0x55, 4096);
    vbe_mode(*state, 640, 480, 32, IS_LINEAR | KEEP);
    assert_int_equal(view[0], 0x55);
    vbe_mode(*state, 640, 480, 32, IS_LINEAR);
    assert_int_equal(view[0], 0);
    assert_int_equal(view[4095], 0);
}

static void a_larger_picture_is_looked_at_through_a_frame(void **state)
{
    uint8_t *view = memory(*state, LINEAR, 4096 * 4096);
    vbe_mode(*state, 640, 480, 32, IS_LINEAR);
    vbe_put(*state, VIRTUAL_WIDTH, 1000);
    assert_int_equal(vbe_get(*state, VIRTUAL_WIDTH), 1000);
    assert_int_equal(vbe_get(*state, VIRTUAL_HEIGHT), (16 << 20) / 4000);
    vbe_put(*state, X, 360);
    vbe_put(*state, Y, 100);
    vbe_put(*state, X, 361); /* beyond the right edge */
    assert_int_equal(vbe_get(*state, X), 360);
    memcpy(view + (100 * 1000 + 360) * 4, &(uint32_t){0x112233}, 4);
    memcpy(view + (579 * 1000 + 999) * 4, &(uint32_t){0x445566}, 4);
    look(*state);
    assert_int_equal(picture[0], 0x112233);
    assert_int_equal(picture[640 * 480 - 1], 0x445566);
    vbe_put(*state, VIRTUAL_WIDTH, 500);  /* narrower than the screen */
    vbe_put(*state, VIRTUAL_WIDTH, 9000); /* then the rows would not do */
    assert_int_equal(vbe_get(*state, VIRTUAL_WIDTH), 1000);
}

static void the_window_shows_banks(void **state)
{
    uint8_t *window = memory(*state, 0xa0000, 65536), *view = memory(*state, LINEAR, 4096 * 4096);
    vbe_mode(*state, 1024, 768, 8, 0);
    window[5] = 0xa5;
    view[7] = 0x77; /* meanwhile, in the same bank */
    vbe_put(*state, BANK, 11);
    assert_int_equal(view[5], 0xa5);
    assert_int_equal(view[7], 0x77);
    assert_int_equal(window[5], 0);
    window[65535] = 63;
    look(*state);
    assert_int_equal(picture[12 * 65536 - 1], 0xffffff);
    vbe_put(*state, BANK, 0);
    assert_int_equal(window[5], 0xa5);
    assert_int_equal(window[7], 0x77);
    vbe_put(*state, BANK, 256);
    assert_int_equal(vbe_get(*state, BANK), 0);
}

/* ---- Colours -------------------------------------------------------------------------------- */

static void colours_are_written_in_threes(void **state)
{
    out8(*state, DAC_WRITE, 254);
    for (uint32_t i = 0; i < 6; i++) {
        out8(*state, DAC_DATA, 0xc1 + i);
    }
    assert_int_equal(in8(*state, DAC_WRITE), 0);
    out8(*state, DAC_READ, 254);
    assert_int_equal(in8(*state, DAC_READ), 3);
    for (uint32_t i = 0; i < 6; i++) {
        assert_int_equal(in8(*state, DAC_DATA), 1 + i); /* six bits */
    }
    out8(*state, DAC_WRITE, 0);
    assert_int_equal(in8(*state, DAC_READ), 0);
}

static void colours_of_eight_bits_and_the_mask(void **state)
{
    vbe_mode(*state, 640, 480, 8, IS_LINEAR | DAC8);
    uint8_t *view = memory(*state, LINEAR, 4096);
    out8(*state, DAC_WRITE, 1);
    out8(*state, DAC_DATA, 0x81);
    out8(*state, DAC_DATA, 0x42);
    out8(*state, DAC_DATA, 0x24);
    view[0] = 0xf1;
    look(*state);
    assert_int_not_equal(picture[0], 0x814224);
    out8(*state, DAC_MASK, 0x0f);
    look(*state);
    assert_int_equal(picture[0], 0x814224);
}

/* ---- Registers ------------------------------------------------------------------------------ */

static void registers_keep_what_is_written(void **state)
{
    put(*state, CRTC, 0x0c, 0x12);
    assert_int_equal(get(*state, CRTC, 0x0c), 0x12);
    put(*state, CRTC, 99, 1);
    assert_int_equal(get(*state, CRTC, 99), 0);
    put(*state, GRAPHICS, 8, 0x5a);
    assert_int_equal(get(*state, GRAPHICS, 8), 0x5a);
    in8(*state, STATUS);
    out8(*state, ATTRIBUTE, 0x11);
    out8(*state, ATTRIBUTE, 0x2a);
    out8(*state, ATTRIBUTE, 0x31); /* an index again, the picture on */
    assert_int_equal(in8(*state, ATTRIBUTE), 0x31);
    assert_int_equal(in8(*state, ATTRIBUTE + 1), 0x2a);
}

static void the_first_registers_of_the_crtc_are_protected(void **state)
{
    assert_int_equal(get(*state, CRTC, 0x11) & 0x80, 0x80);
    put(*state, CRTC, 0, 0x11);
    assert_int_equal(get(*state, CRTC, 0), 0x5f);
    put(*state, CRTC, 7, 0xff);
    assert_int_equal(get(*state, CRTC, 7), 0x1f);
    put(*state, CRTC, 0x11, 0x0e);
    put(*state, CRTC, 0, 0x11);
    assert_int_equal(get(*state, CRTC, 0), 0x11);
}

static void a_monochrome_monitor_has_other_ports(void **state)
{
    assert_int_equal(in8(*state, 0x3b5), 0xff);
    out8(*state, 0x3c2, 0x66);
    assert_int_equal(in8(*state, 0x3cc), 0x66);
    assert_int_equal(in8(*state, 0x3d5), 0xff);
    put(*state, 0x3b4, 0x0f, 0x77);
    out8(*state, 0x3c2, 0x67);
    assert_int_equal(get(*state, CRTC, 0x0f), 0x77);
}

/* 449 lines at 31.469 kHz are 70 pictures a second; the retrace lasts two lines. */
static void the_beam_goes_back_seventy_times_a_second(void **state)
{
    unsigned retraces = 0, ticks = 0;
    bool was = false;
    for (unsigned i = 0; i < 100000; i++) {
        bool is = (in8(*state, STATUS) & 8) != 0;
        retraces += is && !was;
        ticks += is;
        was = is;
        posix_machine_pass(*state, 10000 - 200);
    }
    assert_int_equal(retraces, 70);
    assert_in_range(ticks, 70 * 6, 70 * 7);
}

/* ---- Text and the modes of a VGA ------------------------------------------------------------ */

static uint32_t cell_pixel(uint32_t row, uint32_t column, uint32_t y, uint32_t x)
{
    return picture[(row * 16 + y) * width + column * 9 + x];
}

static void text_is_drawn_with_the_font_plane(void **state)
{
    uint8_t *text = memory(*state, 0xb8000, 4000), *window = memory(*state, 0xa0000, 65536);
    memcpy(text + (3 * 80 + 4) * 2, "\xc5\x1e", 2);
    /* As a BIOS loads a font: sequential addresses, plane 2, at 0xa0000. */
    put(*state, SEQUENCER, 2, 4);
    put(*state, SEQUENCER, 4, 7);
    put(*state, GRAPHICS, 5, 0);
    put(*state, GRAPHICS, 6, 4);
    window[0xc5 * 32 + 6] = 0xff;
    window[0xc5 * 32 + 7] = 0x81;
    put(*state, SEQUENCER, 2, 3);
    put(*state, SEQUENCER, 4, 3);
    put(*state, GRAPHICS, 5, 0x10);
    put(*state, GRAPHICS, 6, 0x0e);
    look(*state);
    assert_int_equal(width, 720);
    assert_int_equal(height, 400);
    for (uint32_t x = 0; x < 9; x++) {
        bool edge = x == 0 || x >= 7; /* the ninth dot is the eighth of line characters */
        assert_int_equal(cell_pixel(3, 4, 6, x), 0xffff55);
        assert_int_equal(cell_pixel(3, 4, 7, x), edge ? 0xffff55 : 0x0000aa);
    }
}

static void what_blinks_does_so_in_virtual_time(void **state)
{
    uint8_t *text = memory(*state, 0xb8000, 4000);
    unsigned seen[2] = {0, 0};
    memcpy(text, "A\x87", 2);
    for (unsigned i = 0; i < 64; i++) {
        unsigned lit = 0;
        look(*state);
        for (uint32_t at = 0; at < 16 * 9; at++) {
            lit += cell_pixel(0, 0, at / 9, at % 9) != 0;
        }
        seen[lit > 20]++; /* the cursor has 18 */
        posix_machine_pass(*state, 14268000);
    }
    assert_int_equal(seen[0], 32);
    assert_int_equal(seen[1], 32);
}

static void the_start_address_scrolls(void **state)
{
    uint8_t *text = memory(*state, 0xb8000, 32768);
    text[(5 * 80 + 1) * 2 + 1] = 0x20;
    put(*state, CRTC, 0x0c, (5 * 80) >> 8);
    put(*state, CRTC, 0x0d, (5 * 80) & 255);
    look(*state);
    assert_int_equal(cell_pixel(0, 1, 15, 8), 0x00aa00);
    put(*state, SEQUENCER, 1, 0x20); /* the screen off */
    look(*state);
    assert_int_equal(cell_pixel(0, 1, 15, 8), 0);
}

static void two_hundred_and_fifty_six_colours(void **state)
{
    uint8_t *window = memory(*state, 0xa0000, 65536);
    put(*state, SEQUENCER, 4, 0x0e);
    put(*state, GRAPHICS, 5, 0x40);
    put(*state, GRAPHICS, 6, 0x05);
    put(*state, CRTC, 9, 0x41);
    put(*state, CRTC, 0x13, 40);
    in8(*state, STATUS);
    out8(*state, ATTRIBUTE, 0x30);
    out8(*state, ATTRIBUTE, 0x41);
    window[199 * 320 + 319] = 0x3f;
    window[320] = 2;
    look(*state);
    assert_int_equal(width, 320);
    assert_int_equal(height, 200);
    assert_int_equal(picture[199 * 320 + 319], 0xffffff);
    assert_int_equal(picture[320], 0x00aa00);
}

static void planes_make_sixteen_colours(void **state)
{
    uint8_t *window = memory(*state, 0xa0000, 65536);
    put(*state, SEQUENCER, 1, 1);
    put(*state, SEQUENCER, 4, 6);
    put(*state, GRAPHICS, 5, 0);
    put(*state, GRAPHICS, 6, 5);
    put(*state, CRTC, 9, 0x40);
    put(*state, CRTC, 0x13, 40);
    in8(*state, STATUS);
    out8(*state, ATTRIBUTE, 0x30);
    out8(*state, ATTRIBUTE, 1);
    for (uint32_t plane = 0; plane < 4; plane++) {
        put(*state, SEQUENCER, 2, 1U << plane);
        window[80] = plane == 0 ? 0x0f : 0x80;
    }
    look(*state);
    assert_int_equal(width, 640);
    assert_int_equal(picture[640], 0xffff55); /* 14 */
    assert_int_equal(picture[640 + 7], 0x0000aa);
    assert_int_equal(picture[640 + 1], 0);
}

/* ---- On the bus ----------------------------------------------------------------------------- */

static uint32_t config(struct machine *machine, uint32_t offset)
{
    hal_port_out(machine, 0xcf8, 4, 0x80000000 | 2 << 11 | offset);
    return hal_port_in(machine, 0xcfc, 4);
}

static void config_put(struct machine *machine, uint32_t offset, uint32_t value)
{
    config(machine, offset);
    hal_port_out(machine, 0xcfc, 4, value);
}

static void the_frame_buffer_is_behind_a_base_address(void **state)
{
    assert_int_equal(config(*state, 0), 0x11111234);
    assert_int_equal(config(*state, 8) >> 8, 0x030000);
    assert_int_equal(config(*state, 0x10), LINEAR | 8);
    uint8_t *view = memory(*state, LINEAR, 4096);
    config_put(*state, 0x10, 0xd0000000);
    assert_null(hal_device_memory(*state, LINEAR / 4096, 1));
    assert_ptr_equal(memory(*state, 0xd0000000, 4096), view);
}

static void without_a_bus_it_is_where_it_always_was(void **state)
{
    (void)state;
    const struct posix_hardware hardware = {.parts = POSIX_PART_VGA, .rom = "/dev/null"};
    struct machine *machine = device_machine(&hardware);
    vbe_mode(machine, 640, 480, 32, IS_LINEAR);
    memcpy(memory(machine, LINEAR, 4096), &(uint32_t){0x123456}, 4);
    look(machine);
    assert_int_equal(picture[0], 0x123456);
    posix_machine_destroy(machine);
}

static void a_rom_is_where_a_bios_looks_for_it(void **state)
{
    (void)state;
    char path[] = "/tmp/terrarium-rom-XXXXXX";
    uint8_t rom[4608] = {0x55, 0xaa, 9};
    static const uint8_t face[] = {0, 0, 0x7e, 0x81, 0xa5, 0x81, 0x81, 0xbd};
    memcpy(rom + 512 + 16, face, sizeof face);
    rom[512 + 'Z' * 16 + 4] = 0x18;
    int file = mkstemp(path);
    assert_int_equal(write(file, rom, sizeof rom), sizeof rom);
    close(file);
    const struct posix_hardware hardware = {.parts = POSIX_PART_VGA | POSIX_PART_PCI, .rom = path};
    struct machine *machine = device_machine(&hardware);
    unlink(path);
    assert_int_equal(device_warnings, 0);
    assert_memory_equal(memory(machine, 0xc0000, sizeof rom), rom, sizeof rom);
    uint32_t base = config(machine, 0x30);
    config_put(machine, 0x30, base | 1);
    assert_memory_equal(memory(machine, base & ~0xfffU, sizeof rom), rom, sizeof rom);
    memcpy(memory(machine, 0xb8000, 4), "Z\x07", 2); /* the ROM's character */
    look(machine);
    assert_int_equal(cell_pixel(0, 0, 4, 3), 0xaaaaaa);
    assert_int_equal(cell_pixel(0, 0, 4, 2), 0);
    posix_machine_destroy(machine);
}

static void a_rom_that_is_none_is_told_of(void **state)
{
    (void)state;
    struct posix_hardware hardware = {.parts = POSIX_PART_VGA, .rom = "/proc/self/exe"};
    struct machine *machine = device_machine(&hardware);
    assert_int_equal(device_warnings, 1);
    assert_non_null(strstr(device_warning, "not an expansion ROM"));
    assert_int_equal(memory(machine, 0xc0000, 16)[0], 0);
    posix_machine_destroy(machine);
    hardware.rom = "/nowhere/rom";
    machine = device_machine(&hardware);
    assert_non_null(strstr(device_warning, "/nowhere/rom"));
    posix_machine_destroy(machine);
}

static void registers_of_chance_do_no_harm(void **state)
{
    uint32_t random = 12345;
    for (unsigned i = 0; i < 20000; i++) {
        random = random * 1664525 + 1013904223;
        uint32_t value = random >> 8;
        if ((random & 7) == 0) {
            vbe_put(*state, value % 11, value >> 4 & 0xfff);
        } else {
            hal_port_out(*state, 0x3b0 + value % 48, 1U << (value >> 6 & 1), value >> 7 & 0xffff);
        }
        if (i % 500 == 0) {
            look(*state);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DEVICE_TEST(the_interface_tells_what_it_is),
        DEVICE_TEST(only_words_write_its_registers),
        DEVICE_TEST(sizes_that_cannot_be_are_refused),
        DEVICE_TEST(without_a_size_it_does_not_go_on),
        DEVICE_TEST(every_depth_has_its_colours),
        DEVICE_TEST(going_on_clears_unless_told_not_to),
        DEVICE_TEST(a_larger_picture_is_looked_at_through_a_frame),
        DEVICE_TEST(the_window_shows_banks),
        DEVICE_TEST(colours_are_written_in_threes),
        DEVICE_TEST(colours_of_eight_bits_and_the_mask),
        DEVICE_TEST(registers_keep_what_is_written),
        DEVICE_TEST(the_first_registers_of_the_crtc_are_protected),
        DEVICE_TEST(a_monochrome_monitor_has_other_ports),
        DEVICE_TEST(the_beam_goes_back_seventy_times_a_second),
        DEVICE_TEST(text_is_drawn_with_the_font_plane),
        DEVICE_TEST(what_blinks_does_so_in_virtual_time),
        DEVICE_TEST(the_start_address_scrolls),
        DEVICE_TEST(two_hundred_and_fifty_six_colours),
        DEVICE_TEST(planes_make_sixteen_colours),
        DEVICE_TEST(the_frame_buffer_is_behind_a_base_address),
        cmocka_unit_test(without_a_bus_it_is_where_it_always_was),
        cmocka_unit_test(a_rom_is_where_a_bios_looks_for_it),
        cmocka_unit_test(a_rom_that_is_none_is_told_of),
        DEVICE_TEST(registers_of_chance_do_no_harm),
    };

    device_hardware.parts = POSIX_PART_VGA | POSIX_PART_PCI;
    device_hardware.rom = "/dev/null";
    return cmocka_run_group_tests_name("devices: VGA", tests, NULL, NULL);
}
