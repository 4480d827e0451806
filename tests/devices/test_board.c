/* SPDX-License-Identifier: MIT */
/* What survives a machine on a board: the clock and its memory, media, trays; and media that no
 * board takes. */

#include "ata_port.h"
#include "image.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SECTORS 300
#define RTC_B   0x0b

static char disk[IMAGE_PATH], disc[IMAGE_PATH], other[IMAGE_PATH], floppy[IMAGE_PATH];
static struct posix_hardware hardware;
static struct posix_board *board;

static void on_warning(void *user, const char *text)
{
    (void)user;
    device_warnings++;
    snprintf(device_warning, sizeof device_warning, "%s", text);
}

static struct machine *next_machine(void)
{
    char error[256] = "";
    const struct posix_config config = {.ram_bytes = UINT64_C(16) << 20,
                                        .input_fd = -1,
                                        .output_fd = -1,
                                        .hardware = &hardware,
                                        .board = board,
                                        .warn = on_warning};
    struct machine *machine = posix_machine_create(&config, error, sizeof error);
    assert_non_null(machine);
    hal_irq_mask(machine, DISK_LINE, false);
    return machine;
}

static bool board_make(char error[256])
{
    const struct posix_config config = {.hardware = &hardware, .warn = on_warning};
    device_warnings = 0;
    error[0] = '\0';
    board = posix_board_create(&config, error, 256);
    return board != NULL;
}

static int begin(void **state)
{
    char error[256];
    image_make(disk, SECTORS, 512);
    image_make(disc, SECTORS, 2048);
    image_make(other, 100, 2048);
    image_make(floppy, 2880, 512);
    hardware =
        (struct posix_hardware){.parts = POSIX_PART_RTC | POSIX_PART_IDE | POSIX_PART_FLOPPY,
                                .drives = {{POSIX_DRIVE_DISK, {disk, POSIX_MEDIUM_COPY}},
                                           {POSIX_DRIVE_CDROM, {disc, POSIX_MEDIUM_READ_ONLY}}},
                                .floppies = {{floppy, POSIX_MEDIUM_COPY}},
                                .floppy_drives = 1};
    *state = NULL;
    return board_make(error) ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    posix_board_destroy(board);
    image_remove(disk);
    image_remove(disc);
    image_remove(other);
    image_remove(floppy);
    return 0;
}

#define BOARD_TEST(function) cmocka_unit_test_setup_teardown(function, begin, end)

static uint32_t rtc_get(struct machine *machine, uint32_t index)
{
    out8(machine, 0x70, index);
    return in8(machine, 0x71);
}

static void rtc_set(struct machine *machine, uint32_t index, uint32_t value)
{
    out8(machine, 0x70, index);
    out8(machine, 0x71, value);
}

static void the_clock_goes_on(void **state)
{
    struct machine *machine = next_machine();
    (void)state;
    rtc_set(machine, 9, 0x31);
    rtc_set(machine, 8, 0x05);
    rtc_set(machine, 7, 0x06);
    rtc_set(machine, 4, 0x07);
    rtc_set(machine, 0x40, 0xa5);
    rtc_set(machine, RTC_B, 0x7a);
    posix_machine_pass(machine, 1700 * MS);
    posix_machine_destroy(machine);
    machine = next_machine();
    assert_int_equal(rtc_get(machine, 9), 0x31);
    assert_int_equal(rtc_get(machine, 8), 0x05);
    assert_int_equal(rtc_get(machine, 7), 0x06);
    assert_int_equal(rtc_get(machine, 4), 0x07);
    assert_int_equal(rtc_get(machine, 0), 0x01);
    assert_int_equal(rtc_get(machine, 0x40), 0xa5);
    assert_int_equal(rtc_get(machine, RTC_B), 0x02); /* a reset: no interrupts */
    assert_int_equal(rtc_get(machine, 0x0c), 0);
    posix_machine_pass(machine, 250 * MS);
    assert_int_equal(rtc_get(machine, 0), 0x01);
    posix_machine_pass(machine, 100 * MS); /* the seconds end where they ended before */
    assert_int_equal(rtc_get(machine, 0), 0x02);
    posix_machine_destroy(machine);
}

static void a_clock_that_was_stopped_stays_so(void **state)
{
    struct machine *machine = next_machine();
    (void)state;
    rtc_set(machine, RTC_B, 0x86);
    rtc_set(machine, 0, 42);
    posix_machine_pass(machine, 5 * S);
    posix_machine_destroy(machine);
    machine = next_machine();
    posix_machine_pass(machine, 5 * S);
    assert_int_equal(rtc_get(machine, RTC_B), 0x86);
    assert_int_equal(rtc_get(machine, 0), 42);
    posix_machine_destroy(machine);
}

static void sector_write(struct machine *machine, uint32_t sector, uint32_t word)
{
    uint32_t words[128];
    for (uint32_t i = 0; i < 128; i++) {
        words[i] = word;
    }
    command(machine, LBA, sector, 1, 0x30);
    posix_machine_pass(machine, 100 * MS);
    data_write(machine, words, sizeof words);
    settle(machine);
    interrupt(machine);
}

static bool sector_is(struct machine *machine, uint32_t sector, uint32_t word)
{
    uint32_t words[128];
    command(machine, LBA, sector, 1, 0x20);
    settle(machine);
    data_read(machine, words, sizeof words);
    interrupt(machine);
    return image_is_sector(words, word, sizeof words);
}

static void copies_and_bad_sectors_stay(void **state)
{
    const struct posix_event event = {
        .time = S, .kind = POSIX_EVENT_DRIVE_BAD, .first = 7, .count = 1};
    struct machine *machine = next_machine();
    (void)state;
    sector_write(machine, 5, 0x1234);
    assert_true(posix_machine_event(machine, &event));
    posix_machine_destroy(machine);
    machine = next_machine();
    assert_true(sector_is(machine, 5, 0x1234));
    assert_true(sector_is(machine, 6, 6));
    command(machine, LBA, 7, 1, 0x20);
    assert_int_equal(settle(machine) & FAILED, FAILED);
    posix_machine_destroy(machine);
}

/* The sense of TEST UNIT READY: 0 if there is a disc. */
static uint32_t cdrom_sense(struct machine *machine)
{
    static const uint8_t test[12] = {0}, ask[12] = {3, 0, 0, 0, 18};
    uint8_t answer[18];
    for (int i = 0; i < 2; i++) { /* it tells of the reset first */
        out8(machine, DEVICE, 0xb0);
        out8(machine, STATUS, 0xa0);
        data_write(machine, test, sizeof test);
        settle(machine);
        interrupt(machine);
        out8(machine, MIDDLE, 18);
        out8(machine, HIGH, 0);
        out8(machine, STATUS, 0xa0);
        data_write(machine, ask, sizeof ask);
        settle(machine);
        data_read(machine, answer, sizeof answer);
        settle(machine);
        interrupt(machine);
    }
    return (uint32_t)(answer[2] & 15) << 16 | (uint32_t)answer[12] << 8 | answer[13];
}

static void tray(struct machine *machine, uint8_t how)
{
    const uint8_t bytes[12] = {0x1b, 0, 0, 0, how};
    out8(machine, DEVICE, 0xb0);
    out8(machine, STATUS, 0xa0);
    data_write(machine, bytes, sizeof bytes);
    settle(machine);
    interrupt(machine);
}

/* By READ CAPACITY. */
static uint32_t cdrom_sectors(struct machine *machine)
{
    static const uint8_t bytes[12] = {0x25};
    uint8_t answer[8];
    out8(machine, DEVICE, 0xb0);
    out8(machine, MIDDLE, 8);
    out8(machine, HIGH, 0);
    out8(machine, STATUS, 0xa0);
    data_write(machine, bytes, sizeof bytes);
    assert_int_equal(settle(machine) & REQUEST, REQUEST);
    data_read(machine, answer, sizeof answer);
    settle(machine);
    interrupt(machine);
    return (uint32_t)answer[2] << 8 | (answer[3] + 1U);
}

static void a_tray_stays_out(void **state)
{
    struct machine *machine = next_machine();
    (void)state;
    assert_int_equal(cdrom_sense(machine), 0);
    tray(machine, 2);
    assert_int_equal(cdrom_sense(machine), 0x023a02);
    posix_machine_destroy(machine);
    machine = next_machine();
    assert_int_equal(cdrom_sense(machine), 0x023a02);
    posix_machine_destroy(machine);
}

/* With the event of the machine before in the list: it is not done a second time. */
static void media_that_were_changed_stay(void **state)
{
    const struct posix_event events[] = {{.time = S,
                                          .kind = POSIX_EVENT_DRIVE,
                                          .unit = 1,
                                          .medium = {other, POSIX_MEDIUM_READ_ONLY}},
                                         {.time = S, .kind = POSIX_EVENT_FLOPPY, .unit = 0},
                                         {.time = 9 * S, .kind = POSIX_EVENT_DRIVE, .unit = 1}};
    hardware.events = events;
    hardware.event_count = 3;
    (void)state;
    struct machine *machine = next_machine();
    posix_machine_pass(machine, 4 * S);
    assert_int_equal(cdrom_sense(machine), 0);
    assert_int_equal(cdrom_sectors(machine), 100);
    tray(machine, 2);
    hardware.elapsed = hal_time(machine);
    posix_machine_destroy(machine);
    machine = next_machine();
    posix_machine_pass(machine, S);
    assert_int_equal(cdrom_sense(machine), 0x023a02);
    tray(machine, 3);
    posix_machine_pass(machine, 2 * S);
    assert_int_equal(cdrom_sense(machine), 0);
    assert_int_equal(cdrom_sectors(machine), 100);
    assert_int_equal(device_warnings, 0);
    posix_machine_pass(machine, 5 * S);
    assert_int_equal(cdrom_sense(machine), 0x023a01); /* what was to come has come */
    posix_machine_destroy(machine);
}

static void refused(const char *sentence)
{
    char error[256];
    posix_board_destroy(board);
    assert_false(board_make(error));
    assert_non_null(strstr(error, sentence));
    assert_int_equal(device_warnings, 0);
}

static void what_cannot_be_had_is_refused(void **state)
{
    (void)state;
    hardware.drives[0].medium.path = "/tmp/terrarium-nowhere";
    refused("disk: /tmp/terrarium-nowhere: No such file");
    hardware.drives[0].medium.path = disk;
    hardware.drives[2] = (struct posix_drive){POSIX_DRIVE_DISK, {disk, POSIX_MEDIUM_WRITE}};
    refused("in use by another machine");
    hardware.drives[2] = (struct posix_drive){POSIX_DRIVE_NONE};
    assert_int_equal(truncate(disk, 511), 0);
    refused("smaller than a sector");
    assert_int_equal(truncate(disk, 512), 0);
    assert_int_equal(truncate(floppy, 2880 * 512 + 1), 0);
    refused("not the size of a floppy");
}

static void what_is_left_out_is_told(void **state)
{
    char error[256];
    (void)state;
    posix_board_destroy(board);
    assert_int_equal(truncate(disk, 300 * 512 + 100), 0);
    assert_true(board_make(error));
    assert_int_equal(device_warnings, 1);
    assert_non_null(strstr(device_warning, "its last 100 bytes are no whole sector"));
    struct machine *machine = next_machine();
    assert_true(sector_is(machine, 299, 299));
    posix_machine_destroy(machine);
}

/* ---- Raw images ------------------------------------------------------------------------------ */

/* Sectors of 2352 bytes whose data are those of image_make, of a mode. */
static void raw_make(uint32_t count, uint8_t mode, uint32_t stride)
{
    FILE *stream = fopen(disc, "wb");
    assert_non_null(stream);
    for (uint32_t n = 0; n < count; n++) {
        uint8_t bytes[2448] = {0};
        uint32_t at = mode == 2 ? 24 : 16;
        memset(bytes + 1, 0xff, 10);
        bytes[15] = mode;
        for (uint32_t i = 0; i < 2048; i += 4) {
            memcpy(bytes + at + i, &n, 4);
        }
        assert_int_equal(fwrite(bytes, stride, 1, stream), 1);
    }
    assert_int_equal(fclose(stream), 0);
}

static void raw_is_read(uint8_t mode, uint32_t count)
{
    static const uint8_t read[12] = {0x28, 0, 0, 0, 0, 17, 0, 0, 2};
    uint8_t bytes[4096];
    char error[256];
    posix_board_destroy(board);
    raw_make(count, mode, 2352);
    assert_true(board_make(error));
    struct machine *machine = next_machine();
    assert_int_equal(cdrom_sense(machine), 0);
    assert_int_equal(cdrom_sectors(machine), count);
    out8(machine, MIDDLE, 0xfe);
    out8(machine, HIGH, 0xff);
    out8(machine, STATUS, 0xa0);
    data_write(machine, read, sizeof read);
    settle(machine);
    data_read(machine, bytes, sizeof bytes);
    assert_true(image_is_sector(bytes, 17, 2048));
    assert_true(image_is_sector(bytes + 2048, 18, 2048));
    posix_machine_destroy(machine);
}

static void raw_images_are_read(void **state)
{
    (void)state;
    raw_is_read(1, 40);
    raw_is_read(2, 40);
}

static void other_raw_images_are_refused(void **state)
{
    (void)state;
    raw_make(40, 0, 2352);
    refused("whose first sector holds no data");
    raw_make(40, 1, 2448);
    refused("whose sectors are not 2352 bytes long");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOARD_TEST(the_clock_goes_on),
        BOARD_TEST(a_clock_that_was_stopped_stays_so),
        BOARD_TEST(copies_and_bad_sectors_stay),
        BOARD_TEST(a_tray_stays_out),
        BOARD_TEST(media_that_were_changed_stay),
        BOARD_TEST(what_cannot_be_had_is_refused),
        BOARD_TEST(what_is_left_out_is_told),
        BOARD_TEST(raw_images_are_read),
        BOARD_TEST(other_raw_images_are_refused),
    };
    return cmocka_run_group_tests_name("devices: the board", tests, NULL, NULL);
}
