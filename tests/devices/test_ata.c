/* SPDX-License-Identifier: MIT */
/* ATA disks: registers, PIO, addresses, errors, resets, bus-master DMA, what is in the image. */

#include "ata_port.h"
#include "image.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SECTORS 8000
#define SECTOR  512

static char path[IMAGE_PATH];

static struct machine *start(enum posix_medium_mode mode)
{
    const struct posix_hardware hardware = {
        .parts = POSIX_PART_PCI | POSIX_PART_IDE,
        .drives = {{.kind = POSIX_DRIVE_DISK, .medium = {.path = path, .mode = mode}}}};
    struct machine *machine = device_machine(&hardware);
    hal_irq_mask(machine, DISK_LINE, false);
    hal_irq_mask(machine, DISK_LINE + 1, false);
    return machine;
}

static int disk_setup(void **state)
{
    image_make(path, SECTORS, SECTOR);
    *state = start(POSIX_MEDIUM_WRITE);
    return 0;
}

static int disk_teardown(void **state)
{
    posix_machine_destroy(*state);
    image_remove(path);
    return 0;
}

#define DISK_TEST(function) cmocka_unit_test_setup_teardown(function, disk_setup, disk_teardown)

static void read_is_sector(struct machine *machine, uint32_t number)
{
    uint8_t bytes[SECTOR];
    data_read(machine, bytes, SECTOR);
    assert_true(image_is_sector(bytes, number, SECTOR));
}

static bool file_has(uint32_t number, uint32_t contents)
{
    uint8_t bytes[SECTOR];
    image_read(path, number, SECTOR, bytes);
    return image_is_sector(bytes, contents, SECTOR);
}

static void write_sector(struct machine *machine, uint32_t contents)
{
    uint32_t words[SECTOR / 4];
    for (uint32_t i = 0; i < SECTOR / 4; i++) {
        words[i] = contents;
    }
    data_write(machine, words, SECTOR);
}

/* ---- Registers ------------------------------------------------------------------------------- */

static void the_signature_says_disk(void **state)
{
    assert_int_equal(in8(*state, STATUS), READY | SEEKED);
    assert_int_equal(in8(*state, COUNT), 1);
    assert_int_equal(in8(*state, LOW), 1);
    assert_int_equal(in8(*state, MIDDLE), 0);
    assert_int_equal(in8(*state, HIGH), 0);
    out8(*state, DEVICE, 0x10);
    assert_int_equal(in8(*state, STATUS), 0);
    assert_int_equal(in8(*state, 0x177), 0x7f);
}

static void identify_tells_size_and_abilities(void **state)
{
    uint16_t words[256];
    command(*state, LBA, 0, 0, 0xec);
    assert_int_equal(in8(*state, CONTROL) & BUSY, BUSY);
    assert_int_equal(device_take(*state), -1);
    assert_int_equal(settle(*state), READY | SEEKED | REQUEST);
    assert_int_equal(interrupt(*state), READY | SEEKED | REQUEST);
    data_read(*state, words, sizeof words);
    assert_int_equal(in8(*state, STATUS), READY | SEEKED);
    assert_int_equal(words[60] | (uint32_t)words[61] << 16, SECTORS);
    assert_int_equal(words[100], SECTORS);
    assert_int_equal(words[49] & 0x300, 0x300);
    assert_int_equal(words[83] & 0x400, 0x400);
    assert_int_equal(words[27], 'T' << 8 | 'E');
    assert_int_equal(device_take(*state), -1);
}

/* Words 1, 54 to 58 of a disk of 40 GiB. */
static void old_addresses_reach_no_further_than_they_may(void **state)
{
    uint16_t words[256];
    posix_machine_destroy(*state);
    assert_int_equal(truncate(path, INT64_C(40) << 30), 0);
    *state = start(POSIX_MEDIUM_READ_ONLY);
    command(*state, 0xa0, 0, 1, 0xec);
    settle(*state);
    interrupt(*state);
    data_read(*state, words, sizeof words);
    assert_int_equal(words[1], 16383);
    assert_int_equal(words[54], 16383);
    assert_int_equal(words[57] | words[58] << 16, 16514064);
    command(*state, 0xa3, 0, 32, 0x91); /* four heads of 32 sectors */
    settle(*state);
    interrupt(*state);
    command(*state, 0xa0, 0, 1, 0xec);
    settle(*state);
    interrupt(*state);
    data_read(*state, words, sizeof words);
    assert_int_equal(words[1], 16383);
    assert_int_equal(words[54], 65535);
    assert_int_equal(words[57] | words[58] << 16, 65535 * 128);
    command(*state, 0xaf, 0, 255, 0x91); /* sixteen heads of 255 */
    settle(*state);
    interrupt(*state);
    command(*state, 0xa0, 0, 1, 0xec);
    settle(*state);
    interrupt(*state);
    data_read(*state, words, sizeof words);
    assert_int_equal(words[54], 16514064 / (16 * 255));
}

static void an_unknown_command_is_aborted(void **state)
{
    command(*state, LBA, 0, 1, 0xf7);
    assert_int_equal(interrupt(*state), READY | SEEKED | FAILED);
    assert_int_equal(in8(*state, ERROR), 4);
    command(*state, LBA, 0, 1, 0xa1);
    assert_int_equal(interrupt(*state) & FAILED, FAILED);
}

static void registers_keep_what_was_written_before(void **state)
{
    out8(*state, COUNT, 0x12);
    out8(*state, COUNT, 0x34);
    assert_int_equal(in8(*state, COUNT), 0x34);
    out8(*state, CONTROL, 0x80);
    assert_int_equal(in8(*state, COUNT), 0x12);
    out8(*state, LOW, 0);
    assert_int_equal(in8(*state, COUNT), 0x34);
}

static void no_interrupt_while_it_is_switched_off(void **state)
{
    out8(*state, CONTROL, 2);
    command(*state, LBA, 5, 1, 0x20);
    assert_int_equal(settle(*state) & REQUEST, REQUEST);
    assert_int_equal(device_take(*state), -1);
    out8(*state, CONTROL, 0);
    assert_int_equal(interrupt(*state) & REQUEST, REQUEST);
    read_is_sector(*state, 5);
}

/* ---- Reading and writing --------------------------------------------------------------------- */

static void sectors_come_one_interrupt_each(void **state)
{
    command(*state, LBA, 100, 3, 0x20);
    for (uint32_t i = 0; i < 3; i++) {
        settle(*state);
        assert_int_equal(interrupt(*state), READY | SEEKED | REQUEST);
        read_is_sector(*state, 100 + i);
    }
    assert_int_equal(in8(*state, STATUS), READY | SEEKED);
    assert_int_equal(device_take(*state), -1);
}

static void long_and_old_addresses_reach_the_same(void **state)
{
    out8(*state, COUNT, 0);
    out8(*state, LOW, 0);
    out8(*state, MIDDLE, 0);
    out8(*state, HIGH, 0);
    command(*state, LBA & 0xf0, 7999, 1, 0x24);
    settle(*state);
    assert_int_equal(interrupt(*state) & REQUEST, REQUEST);
    read_is_sector(*state, 7999);
    /* Cylinder 2, head 3, sector 4, of 16 heads and 63 sectors. */
    out8(*state, DEVICE, 0xa3);
    out8(*state, COUNT, 1);
    out8(*state, LOW, 4);
    out8(*state, MIDDLE, 2);
    out8(*state, HIGH, 0);
    out8(*state, STATUS, 0x20);
    settle(*state);
    assert_int_equal(interrupt(*state) & REQUEST, REQUEST);
    read_is_sector(*state, (2 * 16 + 3) * 63 + 3);
}

static void several_sectors_make_a_block(void **state)
{
    command(*state, LBA, 0, 5, 0xc4);
    assert_int_equal(interrupt(*state) & FAILED, FAILED);
    command(*state, LBA, 0, 4, 0xc6);
    assert_int_equal(interrupt(*state), READY | SEEKED);
    command(*state, LBA, 0, 3, 0xc6);
    assert_int_equal(interrupt(*state) & FAILED, FAILED);
    command(*state, LBA, 10, 6, 0xc4);
    for (uint32_t i = 0; i < 6; i++) {
        if (i % 4 == 0) {
            settle(*state);
            assert_int_equal(interrupt(*state) & REQUEST, REQUEST);
        }
        read_is_sector(*state, 10 + i);
    }
    assert_int_equal(in8(*state, STATUS), READY | SEEKED);
}

static void what_is_written_is_in_the_file(void **state)
{
    command(*state, LBA, 20, 2, 0x30);
    assert_int_equal(settle(*state), READY | SEEKED | REQUEST);
    assert_int_equal(device_take(*state), -1);
    write_sector(*state, 0xaaaa);
    assert_int_equal(in8(*state, CONTROL) & BUSY, BUSY);
    assert_true(file_has(20, 20));
    settle(*state);
    assert_int_equal(interrupt(*state), READY | SEEKED | REQUEST);
    assert_true(file_has(20, 0xaaaa));
    write_sector(*state, 0xbbbb);
    settle(*state);
    assert_int_equal(interrupt(*state), READY | SEEKED);
    assert_true(file_has(21, 0xbbbb));
    assert_true(file_has(22, 22));
    command(*state, LBA, 0, 0, 0xe7);
    settle(*state);
    assert_int_equal(interrupt(*state), READY | SEEKED);
}

static void a_copy_leaves_the_file_alone(void **state)
{
    posix_machine_destroy(*state);
    *state = start(POSIX_MEDIUM_COPY);
    command(*state, LBA, 7999, 1, 0x30);
    write_sector(*state, 0xcccc);
    settle(*state);
    interrupt(*state);
    assert_true(file_has(7999, 7999));
    command(*state, LBA, 7998, 2, 0x20);
    settle(*state);
    read_is_sector(*state, 7998);
    settle(*state);
    read_is_sector(*state, 0xcccc);
}

static void a_disk_for_reading_only_aborts_writes(void **state)
{
    posix_machine_destroy(*state);
    *state = start(POSIX_MEDIUM_READ_ONLY);
    command(*state, LBA, 0, 1, 0x30);
    assert_int_equal(interrupt(*state), READY | SEEKED | FAILED);
    assert_int_equal(in8(*state, ERROR), 4);
    command(*state, LBA, 0, 1, 0x20);
    settle(*state);
    read_is_sector(*state, 0);
}

static void an_image_is_written_by_one_machine(void **state)
{
    (void)state;
    struct machine *other = start(POSIX_MEDIUM_WRITE);
    assert_int_equal(device_warnings, 1);
    assert_non_null(strstr(device_warning, "in use by another machine"));
    assert_int_equal(in8(other, STATUS), 0x7f);
    posix_machine_destroy(other);
}

static void time_passes_until_a_sector_comes(void **state)
{
    uint64_t begin = hal_time(*state);
    command(*state, LBA, 4000, 1, 0x20);
    settle(*state);
    interrupt(*state);
    read_is_sector(*state, 4000);
    uint64_t far = hal_time(*state) - begin;
    assert_in_range(far, MS, 25 * MS);
    begin = hal_time(*state);
    command(*state, LBA, 4001, 1, 0x20);
    settle(*state);
    interrupt(*state);
    assert_in_range(hal_time(*state) - begin, 10000, 400000);
}

/* ---- Errors ---------------------------------------------------------------------------------- */

static void sectors_beyond_the_end_are_not_found(void **state)
{
    command(*state, LBA, SECTORS, 1, 0x20);
    assert_int_equal(interrupt(*state), READY | SEEKED | FAILED);
    assert_int_equal(in8(*state, ERROR), 0x10);
    command(*state, LBA, SECTORS - 1, 2, 0x30);
    assert_int_equal(interrupt(*state), READY | SEEKED | FAILED);
    assert_int_equal(in8(*state, ERROR), 0x10);
}

static void a_bad_sector_is_named(void **state)
{
    struct posix_event event = {.kind = POSIX_EVENT_DRIVE_BAD, .first = 0x321, .count = 2};
    assert_true(posix_machine_event(*state, &event));
    command(*state, LBA, 0x320, 4, 0x20);
    settle(*state);
    interrupt(*state);
    read_is_sector(*state, 0x320);
    settle(*state);
    assert_int_equal(interrupt(*state), READY | SEEKED | FAILED);
    assert_int_equal(in8(*state, ERROR), 0x40);
    assert_int_equal(in8(*state, LOW), 0x21);
    assert_int_equal(in8(*state, MIDDLE), 3);
    event.kind = POSIX_EVENT_DRIVE_GOOD;
    assert_true(posix_machine_event(*state, &event));
    command(*state, LBA, 0x321, 1, 0x20);
    settle(*state);
    interrupt(*state);
    read_is_sector(*state, 0x321);
    event.first = SECTORS;
    assert_false(posix_machine_event(*state, &event));
    assert_int_equal(device_warnings, 1);
}

static void a_reset_ends_what_was_under_way(void **state)
{
    command(*state, LBA, 30, 2, 0x30);
    write_sector(*state, 0xdddd);
    out8(*state, CONTROL, 4);
    posix_machine_pass(*state, MS);
    assert_int_equal(in8(*state, STATUS), BUSY);
    out8(*state, CONTROL, 0);
    assert_int_equal(settle(*state), READY | SEEKED);
    assert_int_equal(device_take(*state), -1);
    assert_int_equal(in8(*state, ERROR), 1);
    posix_machine_pass(*state, S);
    assert_true(file_has(30, 30));
    command(*state, LBA, 30, 1, 0x20);
    settle(*state);
    interrupt(*state);
    read_is_sector(*state, 30);
}

/* ---- DMA ------------------------------------------------------------------------------------- */

static void dma_moves_sectors_into_regions(void **state)
{
    uint32_t ports = master_open(*state, 4);
    uint64_t buffer = BUFFER_FRAME * TR_PAGE_SIZE;
    region(*state, 0, buffer + 100, 700, false);
    region(*state, 1, buffer + TR_PAGE_SIZE, 836, true);
    out8(*state, ports, TO_MEMORY);
    command(*state, LBA, 50, 3, 0xc8);
    posix_machine_pass(*state, S);
    assert_int_equal(in8(*state, CONTROL) & BUSY, BUSY);
    out8(*state, ports, TO_MEMORY | START);
    assert_int_equal(in8(*state, ports + MASTER_STATUS), ACTIVE);
    settle(*state);
    assert_int_equal(in8(*state, ports + MASTER_STATUS), INTERRUPT);
    assert_int_equal(interrupt(*state), READY | SEEKED);
    uint8_t bytes[3 * SECTOR];
    memcpy(bytes, frame_of(*state, BUFFER_FRAME) + 100, 700);
    memcpy(bytes + 700, frame_of(*state, BUFFER_FRAME + 1), 836);
    for (uint32_t i = 0; i < 3; i++) {
        assert_true(image_is_sector(bytes + i * SECTOR, 50 + i, SECTOR));
    }
    assert_int_equal(frame_of(*state, BUFFER_FRAME)[800], 0);
    out8(*state, ports + MASTER_STATUS, INTERRUPT);
    assert_int_equal(in8(*state, ports + MASTER_STATUS), 0);
}

static void dma_writes_the_file(void **state)
{
    uint32_t ports = master_open(*state, 1);
    memset(frame_of(*state, BUFFER_FRAME), 0x77, SECTOR);
    region(*state, 0, BUFFER_FRAME * TR_PAGE_SIZE, SECTOR, true);
    out8(*state, ports, 0);
    command(*state, LBA, 60, 1, 0xca);
    out8(*state, ports, START);
    settle(*state);
    assert_int_equal(interrupt(*state), READY | SEEKED);
    assert_true(file_has(60, 0x77777777));
    assert_true(file_has(61, 61));
}

static void dma_past_its_buffer_is_refused(void **state)
{
    uint32_t ports = master_open(*state, 1);
    region(*state, 0, BUFFER_FRAME * TR_PAGE_SIZE + TR_PAGE_SIZE - SECTOR, 2 * SECTOR, true);
    out8(*state, ports, TO_MEMORY);
    command(*state, LBA, 50, 2, 0xc8);
    out8(*state, ports, TO_MEMORY | START);
    posix_machine_pass(*state, S);
    assert_int_equal(in8(*state, ports + MASTER_STATUS), MASTER_FAILED);
    assert_int_equal(device_take(*state), -1);
    assert_int_equal(frame_of(*state, BUFFER_FRAME)[TR_PAGE_SIZE - 1], 0);
    assert_int_equal(frame_of(*state, BUFFER_FRAME + 1)[0], 0);
    assert_int_equal(device_warnings, 1);
    assert_non_null(strstr(device_warning, "the first disk controller may not write"));
}

static void dma_without_the_right_to_memory_fails(void **state)
{
    uint32_t ports = master_open(*state, 1);
    region(*state, 0, BUFFER_FRAME * TR_PAGE_SIZE, SECTOR, true);
    uint32_t value = config(*state, 4);
    hal_port_out(*state, 0xcfc, 4, value & ~4U);
    out8(*state, ports, TO_MEMORY);
    command(*state, LBA, 50, 1, 0xc8);
    out8(*state, ports, TO_MEMORY | START);
    posix_machine_pass(*state, S);
    assert_int_equal(in8(*state, ports + MASTER_STATUS), MASTER_FAILED);
    assert_int_equal(frame_of(*state, BUFFER_FRAME)[0], 0);
}

static void dma_stops_with_the_start_bit(void **state)
{
    uint32_t ports = master_open(*state, 16);
    region(*state, 0, BUFFER_FRAME * TR_PAGE_SIZE, 0, true);
    out8(*state, ports, TO_MEMORY);
    command(*state, LBA, 50, 128, 0xc8);
    out8(*state, ports, TO_MEMORY | START);
    posix_machine_pass(*state, MS / 10);
    out8(*state, ports, 0);
    posix_machine_pass(*state, S);
    assert_int_equal(in8(*state, CONTROL) & BUSY, BUSY);
    assert_int_equal(frame_of(*state, BUFFER_FRAME)[0], 0);
    out8(*state, CONTROL, 4);
    out8(*state, CONTROL, 0);
    assert_int_equal(settle(*state), READY | SEEKED);
}

static void a_short_table_leaves_the_drive_waiting(void **state)
{
    uint32_t ports = master_open(*state, 1);
    region(*state, 0, BUFFER_FRAME * TR_PAGE_SIZE, SECTOR, true);
    out8(*state, ports, TO_MEMORY);
    command(*state, LBA, 50, 2, 0xc8);
    out8(*state, ports, TO_MEMORY | START);
    posix_machine_pass(*state, S);
    assert_int_equal(in8(*state, ports + MASTER_STATUS), 0);
    assert_int_equal(in8(*state, CONTROL) & BUSY, BUSY);
    assert_int_equal(device_take(*state), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DISK_TEST(the_signature_says_disk),
        DISK_TEST(identify_tells_size_and_abilities),
        DISK_TEST(old_addresses_reach_no_further_than_they_may),
        DISK_TEST(an_unknown_command_is_aborted),
        DISK_TEST(registers_keep_what_was_written_before),
        DISK_TEST(no_interrupt_while_it_is_switched_off),
        DISK_TEST(sectors_come_one_interrupt_each),
        DISK_TEST(long_and_old_addresses_reach_the_same),
        DISK_TEST(several_sectors_make_a_block),
        DISK_TEST(what_is_written_is_in_the_file),
        DISK_TEST(a_copy_leaves_the_file_alone),
        DISK_TEST(a_disk_for_reading_only_aborts_writes),
        DISK_TEST(an_image_is_written_by_one_machine),
        DISK_TEST(time_passes_until_a_sector_comes),
        DISK_TEST(sectors_beyond_the_end_are_not_found),
        DISK_TEST(a_bad_sector_is_named),
        DISK_TEST(a_reset_ends_what_was_under_way),
        DISK_TEST(dma_moves_sectors_into_regions),
        DISK_TEST(dma_writes_the_file),
        DISK_TEST(dma_past_its_buffer_is_refused),
        DISK_TEST(dma_without_the_right_to_memory_fails),
        DISK_TEST(dma_stops_with_the_start_bit),
        DISK_TEST(a_short_table_leaves_the_drive_waiting),
    };

    return cmocka_run_group_tests_name("devices: disks", tests, NULL, NULL);
}
