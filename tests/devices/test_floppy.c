/* SPDX-License-Identifier: MIT */
/* The floppy controller and its drives: resets, seeks, the change line, sectors by DMA, times,
 * errors. */

#include "devices.h"
#include "image.h"

#include <string.h>

#define SECTORS 2880
#define SECTOR  512
#define LINE    6

enum { DOR = 0x3f2, STATUS = 0x3f4, FIFO = 0x3f5, INPUT = 0x3f7, RATE = 0x3f7 };
enum { RUNS = 0x0c, MOTOR_0 = 0x10, MOTOR_1 = 0x20 };
#define BUFFER_FRAME 272 /* below 16 MiB, and so many that 64 KiB are not crossed */

static char first[IMAGE_PATH], second[IMAGE_PATH];

static struct machine *start(enum posix_medium_mode mode)
{
    const struct posix_hardware hardware = {.parts = POSIX_PART_FLOPPY,
                                            .floppies = {{.path = first, .mode = mode}},
                                            .floppy_drives = 2};
    struct machine *machine = device_machine(&hardware);
    hal_irq_mask(machine, LINE, false);
    hal_dma_allow(machine, BUFFER_FRAME, 16, true);
    return machine;
}

static int floppy_setup(void **state)
{
    image_make(first, SECTORS, SECTOR);
    image_make(second, SECTORS / 2, SECTOR);
    *state = start(POSIX_MEDIUM_WRITE);
    return 0;
}

static int floppy_teardown(void **state)
{
    posix_machine_destroy(*state);
    image_remove(first);
    image_remove(second);
    return 0;
}

#define FLOPPY_TEST(function)                                                                      \
    cmocka_unit_test_setup_teardown(function, floppy_setup, floppy_teardown)

static void send(struct machine *machine, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        assert_int_equal(in8(machine, STATUS) & 0xc0, 0x80);
        out8(machine, FIFO, bytes[i]);
    }
}

static void receive(struct machine *machine, uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        assert_int_equal(in8(machine, STATUS) & 0xc0, 0xc0);
        bytes[i] = (uint8_t)in8(machine, FIFO);
    }
}

/* How long it took until the interrupt came, -1: it does not. */
static int64_t wait(struct machine *machine)
{
    uint64_t begin = hal_time(machine);
    for (int i = 0; i < 5000; i++) {
        if (device_take(machine) == LINE) {
            return (int64_t)(hal_time(machine) - begin);
        }
        posix_machine_pass(machine, MS);
    }
    return -1;
}

/* What happened, as ST0 << 8 | cylinder. */
static uint32_t sense(struct machine *machine)
{
    uint8_t bytes[2] = {0};
    send(machine, (const uint8_t[]){8}, 1);
    receive(machine, bytes, 1);
    if (bytes[0] != 0x80) {
        receive(machine, bytes + 1, 1);
    }
    return (uint32_t)bytes[0] << 8 | bytes[1];
}

/* Out of reset, motor 0 on and at speed, heads at cylinder 0, the rate of 1440 KiB. */
static void begin(struct machine *machine)
{
    out8(machine, DOR, 0);
    out8(machine, DOR, RUNS);
    assert_true(wait(machine) >= 0);
    for (uint32_t unit = 0; unit < 4; unit++) {
        assert_int_equal(sense(machine), (0xc0 | unit) << 8);
    }
    assert_int_equal(sense(machine), 0x8000);
    out8(machine, RATE, 0);
    send(machine, (const uint8_t[]){3, 0xd1, 2}, 3);
    out8(machine, DOR, RUNS | MOTOR_0);
    send(machine, (const uint8_t[]){7, 0}, 2);
    assert_true(wait(machine) >= 0);
    assert_int_equal(sense(machine), 0x2000);
    posix_machine_pass(machine, S / 2);
}

static uint32_t seek(struct machine *machine, uint8_t unit, uint8_t cylinder)
{
    send(machine, (const uint8_t[]){15, unit, cylinder}, 3);
    assert_int_equal(in8(machine, STATUS) & 0x0f, 1 << unit);
    assert_true(wait(machine) >= 0);
    return sense(machine);
}

static uint8_t *buffer(struct machine *machine)
{
    return hal_memory(machine).base + BUFFER_FRAME * TR_PAGE_SIZE;
}

/* Channel 2: `size` bytes at the buffer; mode 0x46 to memory, 0x4a to the device. */
static void channel(struct machine *machine, uint32_t size, uint32_t mode)
{
    uint32_t physical = BUFFER_FRAME * (uint32_t)TR_PAGE_SIZE;
    out8(machine, 0x0a, 6);
    out8(machine, 0x0b, mode);
    out8(machine, 0x0c, 0);
    out8(machine, 4, physical & 0xff);
    out8(machine, 4, physical >> 8 & 0xff);
    out8(machine, 0x81, physical >> 16);
    out8(machine, 5, (size - 1) & 0xff);
    out8(machine, 5, (size - 1) >> 8);
    out8(machine, 0x0a, 2);
}

/* Result bytes of READ or WRITE. */
struct result {
    uint8_t st0, st1, st2, cylinder, head, sector, size;
};

static void transfer(struct machine *machine, uint8_t code, uint8_t cylinder, uint8_t head,
                     uint8_t sector)
{
    const uint8_t bytes[] = {code, (uint8_t)(head << 2), cylinder, head, sector, 2, 18, 0x1b, 0xff};
    send(machine, bytes, sizeof bytes);
    assert_int_equal(in8(machine, STATUS) & 0xd0, 0x10);
}

static struct result finish(struct machine *machine)
{
    struct result result;
    assert_true(wait(machine) >= 0);
    receive(machine, &result.st0, sizeof result);
    assert_int_equal(device_take(machine), -1);
    return result;
}

static bool has(struct machine *machine, uint32_t place, uint32_t number)
{
    return image_is_sector(buffer(machine) + (size_t)place * SECTOR, number, SECTOR);
}

/* ---- The controller -------------------------------------------------------------------------- */

static void it_knows_its_version(void **state)
{
    uint8_t version;
    begin(*state);
    send(*state, (const uint8_t[]){0x10}, 1);
    receive(*state, &version, 1);
    assert_int_equal(version, 0x90);
    send(*state, (const uint8_t[]){0x1e}, 1);
    receive(*state, &version, 1);
    assert_int_equal(version, 0x80);
}

static void seeks_take_time_by_the_step(void **state)
{
    begin(*state);
    uint64_t before = hal_time(*state);
    assert_int_equal(seek(*state, 0, 40), 0x2028);
    assert_in_range(hal_time(*state) - before, 119 * MS, 125 * MS);
    assert_int_equal(seek(*state, 0, 39), 0x2027);
    send(*state, (const uint8_t[]){7, 0}, 2);
    wait(*state);
    assert_int_equal(sense(*state), 0x2000);
}

static void a_drive_that_is_not_there_has_no_cylinder_0(void **state)
{
    begin(*state);
    send(*state, (const uint8_t[]){7, 2}, 2);
    assert_true(wait(*state) >= 0);
    assert_int_equal(sense(*state) >> 8, 0x72);
}

static void two_drives_seek_at_once(void **state)
{
    begin(*state);
    send(*state, (const uint8_t[]){15, 0, 50}, 3);
    send(*state, (const uint8_t[]){15, 1, 10}, 3);
    assert_int_equal(in8(*state, STATUS) & 15, 3);
    assert_true(wait(*state) >= 0);
    assert_int_equal(sense(*state), 0x210a);
    assert_int_equal(in8(*state, STATUS) & 15, 1);
    assert_true(wait(*state) >= 0);
    assert_int_equal(sense(*state), 0x2032);
}

static void registers_can_be_dumped(void **state)
{
    uint8_t bytes[10];
    begin(*state);
    seek(*state, 0, 7);
    send(*state, (const uint8_t[]){0x0e}, 1);
    receive(*state, bytes, sizeof bytes);
    assert_int_equal(bytes[0], 7);
    assert_int_equal(bytes[4], 0xd1);
}

/* ---- Sectors --------------------------------------------------------------------------------- */

static void sectors_come_as_they_pass(void **state)
{
    begin(*state);
    channel(*state, 3 * SECTOR, 0x46);
    uint64_t before = hal_time(*state);
    transfer(*state, 0x46, 0, 0, 5);
    struct result result = finish(*state);
    assert_int_equal(result.st0, 0);
    assert_int_equal(result.sector, 8);
    assert_in_range(hal_time(*state) - before, 30 * MS, 240 * MS);
    for (uint32_t i = 0; i < 3; i++) {
        assert_true(has(*state, i, 4 + i));
    }
    assert_int_equal(buffer(*state)[3 * SECTOR], 0);
}

static void both_heads_read_on(void **state)
{
    begin(*state);
    assert_int_equal(seek(*state, 0, 2), 0x2002);
    channel(*state, 36 * SECTOR, 0x46);
    transfer(*state, 0xc6, 2, 0, 1);
    struct result result = finish(*state);
    assert_int_equal(result.st0 & 0xc0, 0);
    assert_int_equal(result.cylinder, 3);
    assert_int_equal(result.sector, 1);
    for (uint32_t i = 0; i < 36; i++) {
        assert_true(has(*state, i, 72 + i));
    }
}

static void without_a_terminal_count_the_track_ends_the_command(void **state)
{
    begin(*state);
    channel(*state, 4 * SECTOR, 0x46);
    transfer(*state, 0x46, 0, 0, 17);
    struct result result = finish(*state);
    assert_int_equal(result.st0 & 0xc0, 0x40);
    assert_int_equal(result.st1, 0x80);
    assert_true(has(*state, 1, 17));
}

static void what_is_written_is_in_the_file(void **state)
{
    uint8_t bytes[SECTOR];
    begin(*state);
    seek(*state, 0, 1);
    memset(buffer(*state), 0x33, SECTOR);
    channel(*state, SECTOR, 0x4a);
    transfer(*state, 0x45, 1, 1, 2);
    assert_int_equal(finish(*state).st0, 4);
    image_read(first, 36 + 18 + 1, SECTOR, bytes);
    assert_true(image_is_sector(bytes, 0x33333333, SECTOR));
    image_read(first, 36 + 18 + 2, SECTOR, bytes);
    assert_true(image_is_sector(bytes, 36 + 18 + 2, SECTOR));
}

static void a_protected_floppy_is_not_written(void **state)
{
    uint8_t st3;
    posix_machine_destroy(*state);
    *state = start(POSIX_MEDIUM_READ_ONLY);
    begin(*state);
    send(*state, (const uint8_t[]){4, 0}, 2);
    receive(*state, &st3, 1);
    assert_int_equal(st3 & 0x50, 0x50);
    channel(*state, SECTOR, 0x4a);
    const uint8_t bytes[] = {0x45, 0, 0, 0, 1, 2, 18, 0x1b, 0xff};
    send(*state, bytes, sizeof bytes);
    struct result result = finish(*state);
    assert_int_equal(result.st0 & 0xc0, 0x40);
    assert_int_equal(result.st1, 2);
}

static void a_track_can_be_formatted(void **state)
{
    uint8_t bytes[SECTOR];
    begin(*state);
    channel(*state, 18 * 4, 0x4a);
    send(*state, (const uint8_t[]){0x4d, 4, 2, 18, 0x54, 0xf6}, 6);
    assert_int_equal(finish(*state).st0, 4);
    image_read(first, 35, SECTOR, bytes);
    assert_true(image_is_sector(bytes, 0xf6f6f6f6, SECTOR));
    image_read(first, 17, SECTOR, bytes);
    assert_true(image_is_sector(bytes, 17, SECTOR));
}

/* ---- Errors ---------------------------------------------------------------------------------- */

static void what_is_not_there_is_not_found(void **state)
{
    begin(*state);
    channel(*state, SECTOR, 0x46);
    transfer(*state, 0x46, 0, 0, 19);
    struct result result = finish(*state);
    assert_int_equal(result.st0 & 0xc0, 0x40);
    assert_int_equal(result.st1, 4);
    transfer(*state, 0x46, 5, 0, 1);
    result = finish(*state);
    assert_int_equal(result.st2, 0x10);
    out8(*state, RATE, 2);
    transfer(*state, 0x46, 0, 0, 1);
    assert_int_equal(finish(*state).st1, 1);
}

static void a_bad_sector_ends_the_command(void **state)
{
    struct posix_event event = {.kind = POSIX_EVENT_FLOPPY_BAD, .first = 3, .count = 1};
    begin(*state);
    assert_true(posix_machine_event(*state, &event));
    channel(*state, 4 * SECTOR, 0x46);
    transfer(*state, 0x46, 0, 0, 2);
    struct result result = finish(*state);
    assert_int_equal(result.st0 & 0xc0, 0x40);
    assert_int_equal(result.st1, 0x20);
    assert_int_equal(result.sector, 4);
    assert_true(has(*state, 1, 2));
    assert_int_equal(buffer(*state)[2 * SECTOR], 0);
}

static void a_masked_channel_is_an_overrun(void **state)
{
    begin(*state);
    channel(*state, SECTOR, 0x46);
    out8(*state, 0x0a, 6);
    transfer(*state, 0x46, 0, 0, 1);
    struct result result = finish(*state);
    assert_int_equal(result.st1, 0x10);
}

static void a_motor_that_stands_gives_no_end_until_a_reset(void **state)
{
    begin(*state);
    out8(*state, DOR, RUNS);
    channel(*state, SECTOR, 0x46);
    transfer(*state, 0x46, 0, 0, 1);
    assert_int_equal(wait(*state), -1);
    assert_int_equal(in8(*state, STATUS) & 0x90, 0x10);
    begin(*state);
    transfer(*state, 0x46, 0, 0, 1);
    assert_int_equal(finish(*state).st0, 0);
}

static void the_change_line_ends_with_a_step(void **state)
{
    struct posix_event event = {.kind = POSIX_EVENT_FLOPPY};
    begin(*state);
    assert_int_equal(in8(*state, INPUT), 0x80);
    seek(*state, 0, 1);
    assert_int_equal(in8(*state, INPUT), 0);
    assert_true(posix_machine_event(*state, &event));
    assert_int_equal(in8(*state, INPUT), 0x80);
    seek(*state, 0, 2);
    assert_int_equal(in8(*state, INPUT), 0x80);
    event.medium.path = second;
    assert_true(posix_machine_event(*state, &event));
    assert_int_equal(in8(*state, INPUT), 0x80);
    seek(*state, 0, 0);
    assert_int_equal(in8(*state, INPUT), 0);
    out8(*state, RATE, 2);
    channel(*state, SECTOR, 0x46);
    transfer(*state, 0x46, 0, 1, 1);
    assert_int_equal(finish(*state).st0, 4);
    assert_true(has(*state, 0, 9));
    image_remove(second);
    image_make(second, 100, SECTOR);
    event.medium.path = second;
    assert_false(posix_machine_event(*state, &event));
    assert_non_null(strstr(device_warning, "not the size of a floppy"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FLOPPY_TEST(it_knows_its_version),
        FLOPPY_TEST(seeks_take_time_by_the_step),
        FLOPPY_TEST(a_drive_that_is_not_there_has_no_cylinder_0),
        FLOPPY_TEST(two_drives_seek_at_once),
        FLOPPY_TEST(registers_can_be_dumped),
        FLOPPY_TEST(sectors_come_as_they_pass),
        FLOPPY_TEST(both_heads_read_on),
        FLOPPY_TEST(without_a_terminal_count_the_track_ends_the_command),
        FLOPPY_TEST(what_is_written_is_in_the_file),
        FLOPPY_TEST(a_protected_floppy_is_not_written),
        FLOPPY_TEST(a_track_can_be_formatted),
        FLOPPY_TEST(what_is_not_there_is_not_found),
        FLOPPY_TEST(a_bad_sector_ends_the_command),
        FLOPPY_TEST(a_masked_channel_is_an_overrun),
        FLOPPY_TEST(a_motor_that_stands_gives_no_end_until_a_reset),
        FLOPPY_TEST(the_change_line_ends_with_a_step),
    };

    return cmocka_run_group_tests_name("devices: floppies", tests, NULL, NULL);
}
