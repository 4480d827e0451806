/* SPDX-License-Identifier: MIT */
/* The CD-ROM drive: packets, sense data, reading by both ways, the tray, discs that change. */

#include "ata_port.h"
#include "image.h"

#include <string.h>

#define SECTORS 300
#define SECTOR  2048

static char first[IMAGE_PATH], second[IMAGE_PATH];

static int cdrom_setup(void **state)
{
    image_make(first, SECTORS, SECTOR);
    image_make(second, 100, SECTOR);
    const struct posix_hardware hardware = {
        .parts = POSIX_PART_PCI | POSIX_PART_IDE,
        .drives = {{.kind = POSIX_DRIVE_CDROM,
                    .medium = {.path = first, .mode = POSIX_MEDIUM_READ_ONLY}}}};
    *state = device_machine(&hardware);
    hal_irq_mask(*state, DISK_LINE, false);
    return 0;
}

static int cdrom_teardown(void **state)
{
    posix_machine_destroy(*state);
    image_remove(first);
    image_remove(second);
    return 0;
}

#define CDROM_TEST(function) cmocka_unit_test_setup_teardown(function, cdrom_setup, cdrom_teardown)

/* Sends a packet. The status when the drive has something to say. */
static uint32_t packet(struct machine *machine, const uint8_t bytes[12], uint32_t limit,
                       uint32_t feature)
{
    out8(machine, DEVICE, 0xa0);
    out8(machine, ERROR, feature);
    out8(machine, MIDDLE, limit & 0xff);
    out8(machine, HIGH, limit >> 8);
    out8(machine, STATUS, 0xa0);
    assert_int_equal(in8(machine, CONTROL) & (BUSY | REQUEST), REQUEST);
    assert_int_equal(in8(machine, COUNT) & 3, 1);
    assert_int_equal(device_take(machine), -1);
    data_write(machine, bytes, 12);
    return feature != 0 ? 0 : settle(machine);
}

static uint32_t simple(struct machine *machine, uint8_t code, uint8_t fourth)
{
    const uint8_t bytes[12] = {code, 0, 0, 0, fourth};
    packet(machine, bytes, 0, 0);
    return interrupt(machine);
}

/* The end of a packet with data: status phase. */
static void expect_end(struct machine *machine)
{
    settle(machine);
    assert_int_equal(in8(machine, COUNT) & 3, 3);
    assert_int_equal(interrupt(machine), READY | SEEKED);
}

/* Key, code and qualifier, as 0xKKCCQQ. */
static uint32_t sense(struct machine *machine)
{
    const uint8_t bytes[12] = {3, 0, 0, 0, 18};
    uint8_t answer[18];
    packet(machine, bytes, 18, 0);
    assert_int_equal(in8(machine, COUNT) & 3, 2);
    assert_int_equal(in8(machine, MIDDLE), 18);
    assert_int_equal(interrupt(machine) & REQUEST, REQUEST);
    data_read(machine, answer, sizeof answer);
    expect_end(machine);
    return (uint32_t)(answer[2] & 15) << 16 | (uint32_t)answer[12] << 8 | answer[13];
}

/* The drive tells once that it was reset. */
static void hear_of_reset(struct machine *machine)
{
    assert_int_equal(simple(machine, 0, 0) & FAILED, FAILED);
    assert_int_equal(in8(machine, ERROR) >> 4, 6);
    assert_int_equal(sense(machine), 0x062900);
    assert_int_equal(simple(machine, 0, 0), READY | SEEKED);
}

static uint32_t capacity(struct machine *machine)
{
    const uint8_t bytes[12] = {0x25};
    uint8_t answer[8];
    packet(machine, bytes, 8, 0);
    assert_int_equal(interrupt(machine) & REQUEST, REQUEST);
    data_read(machine, answer, sizeof answer);
    expect_end(machine);
    assert_int_equal(answer[6], 8);
    return (uint32_t)answer[2] << 8 | answer[3];
}

static void the_signature_says_packets(void **state)
{
    uint16_t words[256];
    assert_int_equal(in8(*state, STATUS), 0);
    assert_int_equal(in8(*state, MIDDLE), 0x14);
    assert_int_equal(in8(*state, HIGH), 0xeb);
    command(*state, 0xa0, 0, 0, 0xec);
    assert_int_equal(interrupt(*state) & FAILED, FAILED);
    assert_int_equal(in8(*state, MIDDLE), 0x14);
    command(*state, 0xa0, 0, 0, 0xa1);
    settle(*state);
    assert_int_equal(interrupt(*state) & REQUEST, REQUEST);
    data_read(*state, words, sizeof words);
    assert_int_equal(words[0] & 0xdf00, 0x8500);
}

static void a_reset_is_told_once(void **state)
{
    hear_of_reset(*state);
    out8(*state, STATUS, 8);
    settle(*state);
    assert_int_equal(in8(*state, HIGH), 0xeb);
    hear_of_reset(*state);
}

static void inquiry_tells_the_kind_at_any_time(void **state)
{
    const uint8_t bytes[12] = {0x12, 0, 0, 0, 36};
    uint8_t answer[36];
    packet(*state, bytes, 36, 0);
    assert_int_equal(interrupt(*state) & REQUEST, REQUEST);
    data_read(*state, answer, sizeof answer);
    expect_end(*state);
    assert_int_equal(answer[0], 5);
    assert_int_equal(answer[1], 0x80);
    assert_memory_equal(answer + 16, "CD-ROM ", 7);
}

static void sectors_come_in_blocks_of_the_limit(void **state)
{
    const uint8_t bytes[12] = {0x28, 0, 0, 0, 0, 17, 0, 0, 3};
    uint8_t data[3 * SECTOR];
    hear_of_reset(*state);
    assert_int_equal(capacity(*state), SECTORS - 1);
    packet(*state, bytes, 4000, 0);
    for (uint32_t at = 0; at < sizeof data;) {
        settle(*state);
        assert_int_equal(interrupt(*state) & REQUEST, REQUEST);
        uint32_t size = in8(*state, MIDDLE) | in8(*state, HIGH) << 8;
        assert_in_range(size, 2, 4000);
        assert_true(at + size <= sizeof data);
        data_read(*state, data + at, size);
        at += size;
    }
    expect_end(*state);
    for (uint32_t i = 0; i < 3; i++) {
        assert_true(image_is_sector(data + i * SECTOR, 17 + i, SECTOR));
    }
}

static void sectors_come_by_dma(void **state)
{
    const uint8_t bytes[12] = {0x28, 0, 0, 0, 0, 200, 0, 0, 2};
    uint32_t ports = master_open(*state, 1);
    hear_of_reset(*state);
    region(*state, 0, BUFFER_FRAME * TR_PAGE_SIZE, 2 * SECTOR, true);
    out8(*state, ports, TO_MEMORY);
    packet(*state, bytes, 0, 1);
    out8(*state, ports, TO_MEMORY | START);
    expect_end(*state);
    assert_int_equal(in8(*state, ports + MASTER_STATUS), INTERRUPT);
    assert_true(image_is_sector(frame_of(*state, BUFFER_FRAME), 200, SECTOR));
    assert_true(image_is_sector(frame_of(*state, BUFFER_FRAME) + SECTOR, 201, SECTOR));
}

static void failures_have_their_sense(void **state)
{
    const uint8_t beyond[12] = {0x28, 0, 0, 0, 1, 44, 0, 0, 1};
    const uint8_t bad[12] = {0x28, 0, 0, 0, 0, 5, 0, 0, 2};
    struct posix_event event = {.kind = POSIX_EVENT_DRIVE_BAD, .first = 6, .count = 1};
    hear_of_reset(*state);
    assert_int_equal(simple(*state, 0xff, 0) & FAILED, FAILED);
    assert_int_equal(sense(*state), 0x052000);
    packet(*state, beyond, SECTOR, 0);
    assert_int_equal(interrupt(*state) & FAILED, FAILED);
    assert_int_equal(sense(*state), 0x052100);
    assert_true(posix_machine_event(*state, &event));
    packet(*state, bad, SECTOR, 0);
    assert_int_equal(interrupt(*state) & FAILED, FAILED);
    assert_int_equal(sense(*state), 0x031100);
    assert_int_equal(sense(*state), 0);
}

static void a_new_disc_is_told_of_and_gets_up_to_speed(void **state)
{
    struct posix_event event = {.kind = POSIX_EVENT_DRIVE,
                                .medium = {.path = second, .mode = POSIX_MEDIUM_READ_ONLY}};
    hear_of_reset(*state);
    assert_true(posix_machine_event(*state, &event));
    assert_int_equal(simple(*state, 0, 0) & FAILED, FAILED);
    assert_int_equal(sense(*state), 0x062800);
    assert_int_equal(simple(*state, 0, 0) & FAILED, FAILED);
    assert_int_equal(sense(*state), 0x020401);
    posix_machine_pass(*state, 2 * S);
    assert_int_equal(simple(*state, 0, 0), READY | SEEKED);
    assert_int_equal(capacity(*state), 99);
    event.medium.path = NULL;
    assert_true(posix_machine_event(*state, &event));
    assert_int_equal(simple(*state, 0, 0) & FAILED, FAILED);
    assert_int_equal(sense(*state), 0x023a01);
}

static void a_disc_that_goes_while_it_is_read_ends_the_command(void **state)
{
    const uint8_t bytes[12] = {0x28, 0, 0, 0, 0, 17, 0, 0, 3};
    struct posix_event event = {.kind = POSIX_EVENT_DRIVE,
                                .medium = {.path = second, .mode = POSIX_MEDIUM_READ_ONLY}};
    hear_of_reset(*state);
    out8(*state, DEVICE, 0xa0);
    out8(*state, STATUS, 0xa0);
    data_write(*state, bytes, 12);
    posix_machine_pass(*state, MS);
    assert_int_equal(in8(*state, CONTROL) & BUSY, BUSY);
    assert_true(posix_machine_event(*state, &event));
    settle(*state);
    assert_int_equal(interrupt(*state) & FAILED, FAILED);
    assert_int_equal(sense(*state), 0x062800);
}

static void the_tray_moves_unless_it_is_locked(void **state)
{
    hear_of_reset(*state);
    assert_int_equal(simple(*state, 0x1e, 1), READY | SEEKED);
    assert_int_equal(simple(*state, 0x1b, 2) & FAILED, FAILED);
    assert_int_equal(sense(*state), 0x055302);
    assert_int_equal(simple(*state, 0x1e, 0), READY | SEEKED);
    uint64_t begin = hal_time(*state);
    assert_int_equal(simple(*state, 0x1b, 2), READY | SEEKED);
    assert_true(hal_time(*state) - begin > 500 * MS);
    assert_int_equal(simple(*state, 0, 0) & FAILED, FAILED);
    assert_int_equal(sense(*state), 0x023a02);
    assert_int_equal(simple(*state, 0x1b, 3), READY | SEEKED);
    assert_int_equal(simple(*state, 0, 0) & FAILED, FAILED);
    assert_int_equal(sense(*state), 0x062800);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CDROM_TEST(the_signature_says_packets),
        CDROM_TEST(a_reset_is_told_once),
        CDROM_TEST(inquiry_tells_the_kind_at_any_time),
        CDROM_TEST(sectors_come_in_blocks_of_the_limit),
        CDROM_TEST(sectors_come_by_dma),
        CDROM_TEST(failures_have_their_sense),
        CDROM_TEST(a_new_disc_is_told_of_and_gets_up_to_speed),
        CDROM_TEST(a_disc_that_goes_while_it_is_read_ends_the_command),
        CDROM_TEST(the_tray_moves_unless_it_is_locked),
    };

    return cmocka_run_group_tests_name("devices: CD-ROM", tests, NULL, NULL);
}
