/* SPDX-License-Identifier: MIT */
/* The DMA controllers: registers as the data sheet has them, and what moves for a device that asks.
 * The device is the test. */

#include "devices.h"

#include <string.h>

#include "hal-posix/devices/dma8237.h"

#define FRAME 1056 /* DMA memory: begins on a border of 128 KiB */
#define PAGES 48
#define BASE  (FRAME * UINT64_C(4096))
#define PAGE_ (BASE >> 16)

enum { STATUS = 8, MASK_ONE = 10, MODE, FLIP_FLOP, CLEAR, MASK_NONE, MASK_ALL };
enum { TO_MEMORY = 0x44, TO_DEVICE = 0x48, VERIFY = 0x40, AUTOMATIC = 0x10, DOWN = 0x20 };

static struct dma_master master = {.name = "the test"};
static bool terminal;

/* A register of the first chip, or of the second, which sits on every other port. */
static uint32_t port(uint32_t channel, uint32_t index)
{
    return channel < 4 ? index : 0xc0 + 2 * index;
}

static void word_out(struct machine *machine, uint32_t channel, uint32_t index, uint32_t value)
{
    out8(machine, port(channel, FLIP_FLOP), 0);
    out8(machine, port(channel, index), value & 0xff);
    out8(machine, port(channel, index), value >> 8);
}

static uint32_t word_in(struct machine *machine, uint32_t channel, uint32_t index)
{
    out8(machine, port(channel, FLIP_FLOP), 0);
    uint32_t low = in8(machine, port(channel, index));
    return in8(machine, port(channel, index)) << 8 | low;
}

static uint32_t address(struct machine *machine, uint32_t channel)
{
    return word_in(machine, channel, 2 * (channel & 3));
}

static uint32_t count(struct machine *machine, uint32_t channel)
{
    return word_in(machine, channel, 2 * (channel & 3) + 1);
}

static void program(struct machine *machine, uint32_t channel, uint32_t mode, uint32_t first,
                    uint32_t less_one)
{
    static const uint8_t pages[] = {0x87, 0x83, 0x81, 0x82, 0x8f, 0x8b, 0x89, 0x8a};
    out8(machine, port(channel, MASK_ONE), 4 | (channel & 3));
    out8(machine, port(channel, MODE), mode | (channel & 3));
    word_out(machine, channel, 2 * (channel & 3), first);
    word_out(machine, channel, 2 * (channel & 3) + 1, less_one);
    out8(machine, pages[channel], (uint32_t)PAGE_);
    out8(machine, port(channel, MASK_ONE), channel & 3);
}

static uint64_t to_device(struct machine *machine, uint32_t channel, void *bytes, uint64_t size)
{
    return dma8237_move(machine, &master, channel, DMA8237_TO_DEVICE, bytes, size, &terminal);
}

static uint64_t to_memory(struct machine *machine, uint32_t channel, void *bytes, uint64_t size)
{
    return dma8237_move(machine, &master, channel, DMA8237_TO_MEMORY, bytes, size, &terminal);
}

static uint8_t *memory(struct machine *machine)
{
    return hal_memory(machine).base + BASE;
}

static int setup(void **state)
{
    device_hardware.parts = POSIX_PART_FLOPPY;
    device_setup(state);
    hal_dma_allow(*state, FRAME, PAGES, true);
    for (uint32_t i = 0; i < PAGES * 4096; i++) {
        memory(*state)[i] = (uint8_t)(i ^ i >> 8);
    }
    master = (struct dma_master){.name = "the test"};
    return 0;
}

static void registers_have_two_bytes_behind_a_flip_flop(void **state)
{
    word_out(*state, 1, 2, 0x1234);
    word_out(*state, 1, 3, 0xabcd);
    assert_int_equal(word_in(*state, 1, 2), 0x1234);
    assert_int_equal(word_in(*state, 1, 3), 0xabcd);
    out8(*state, FLIP_FLOP, 0);
    assert_int_equal(in8(*state, 2), 0x34);
    assert_int_equal(in8(*state, 3), 0xab); /* the flip-flop is the chip's, not the register's */
    word_out(*state, 6, 4, 0x5678);
    assert_int_equal(word_in(*state, 6, 4), 0x5678);
    out8(*state, 0x8a, 0x42);
    assert_int_equal(in8(*state, 0x8a), 0x42);
}

static void a_byte_channel_moves_bytes(void **state)
{
    uint8_t bytes[8];
    program(*state, 1, TO_DEVICE, 0x10, 5);
    assert_int_equal(to_device(*state, 1, bytes, 4), 4);
    assert_false(terminal);
    assert_memory_equal(bytes, memory(*state) + 0x10, 4);
    assert_int_equal(address(*state, 1), 0x14);
    assert_int_equal(count(*state, 1), 1);
    assert_int_equal(to_device(*state, 1, bytes, 8), 2);
    assert_true(terminal);
    assert_int_equal(count(*state, 1), 0xffff);
    assert_int_equal(in8(*state, MASK_ALL) & 15, 15);
    assert_int_equal(to_device(*state, 1, bytes, 8), 0);
}

static void a_word_channel_moves_words(void **state)
{
    uint8_t bytes[16];
    program(*state, 5, TO_DEVICE, 0x8, 3);
    assert_int_equal(to_device(*state, 5, bytes, 5), 4);
    assert_memory_equal(bytes, memory(*state) + 0x10, 4);
    assert_int_equal(to_device(*state, 5, bytes, 16), 4);
    assert_true(terminal);
    assert_memory_equal(bytes, memory(*state) + 0x14, 4);
}

static void a_device_writes_memory_only_if_the_program_says_so(void **state)
{
    uint8_t bytes[4] = {1, 2, 3, 4}, before = memory(*state)[0];
    program(*state, 2, TO_DEVICE, 0, 3);
    assert_int_equal(to_memory(*state, 2, bytes, 4), 0);
    assert_int_equal(memory(*state)[0], before);
    program(*state, 2, TO_MEMORY, 0, 3);
    assert_int_equal(to_device(*state, 2, bytes, 4), 0);
    assert_int_equal(to_memory(*state, 2, bytes, 4), 4);
    assert_memory_equal(memory(*state), "\1\2\3\4", 4);
}

static void verifying_counts_and_moves_nothing(void **state)
{
    uint8_t bytes[4] = {9, 9, 9, 9}, before = memory(*state)[1];
    program(*state, 2, VERIFY, 0, 3);
    assert_int_equal(to_memory(*state, 2, bytes, 4), 4);
    assert_true(terminal);
    assert_int_equal(memory(*state)[1], before);
}

static void automatic_channels_begin_anew(void **state)
{
    uint8_t bytes[16];
    program(*state, 3, TO_DEVICE | AUTOMATIC, 0x20, 3);
    assert_int_equal(to_device(*state, 3, bytes, 16), 4);
    assert_true(terminal);
    assert_int_equal(address(*state, 3), 0x20);
    assert_int_equal(count(*state, 3), 3);
    assert_int_equal(to_device(*state, 3, bytes, 2), 2);
    assert_false(terminal);
    assert_memory_equal(bytes, memory(*state) + 0x20, 2);
}

static void addresses_wrap_within_their_page(void **state)
{
    uint8_t bytes[8];
    program(*state, 1, TO_DEVICE, 0xfffe, 3);
    assert_int_equal(to_device(*state, 1, bytes, 4), 4);
    assert_memory_equal(bytes, memory(*state) + 0xfffe, 2);
    assert_memory_equal(bytes + 2, memory(*state), 2);
}

static void a_channel_may_count_down(void **state)
{
    uint8_t bytes[4];
    program(*state, 1, TO_DEVICE | DOWN, 0x103, 3);
    assert_int_equal(to_device(*state, 1, bytes, 4), 4);
    for (uint32_t i = 0; i < 4; i++) {
        assert_int_equal(bytes[i], memory(*state)[0x103 - i]);
    }
}

static void the_status_tells_ends_once(void **state)
{
    uint8_t bytes[2];
    program(*state, 1, TO_DEVICE, 0, 1);
    program(*state, 6, TO_DEVICE, 0, 0);
    to_device(*state, 1, bytes, 2);
    to_device(*state, 6, bytes, 2);
    assert_int_equal(in8(*state, port(1, STATUS)), 2);
    assert_int_equal(in8(*state, port(1, STATUS)), 0);
    assert_int_equal(in8(*state, port(6, STATUS)), 4);
}

static void disabled_and_cleared_chips_move_nothing(void **state)
{
    uint8_t bytes[2];
    program(*state, 1, TO_DEVICE | AUTOMATIC, 0, 9);
    out8(*state, port(1, STATUS), 4);
    assert_int_equal(to_device(*state, 1, bytes, 2), 0);
    out8(*state, port(1, STATUS), 0);
    assert_int_equal(to_device(*state, 1, bytes, 2), 2);
    /* The first chip asks by channel 4 of the second. */
    out8(*state, port(4, MASK_ONE), 4);
    assert_int_equal(to_device(*state, 1, bytes, 2), 0);
    out8(*state, port(4, MASK_ONE), 0);
    assert_int_equal(to_device(*state, 1, bytes, 2), 2);
    out8(*state, port(1, CLEAR), 0);
    assert_int_equal(to_device(*state, 1, bytes, 2), 0);
    out8(*state, port(1, MASK_NONE), 0);
    assert_int_equal(to_device(*state, 1, bytes, 2), 2);
}

static uint32_t ready_calls;

static void on_ready(struct machine *machine, struct dma8237_request *request)
{
    (void)machine, (void)request;
    ready_calls++;
}

static void who_waits_is_called_when_the_channel_opens(void **state)
{
    struct dma8237_request request = {.way = DMA8237_TO_DEVICE, .ready = on_ready};
    ready_calls = 0;
    dma8237_request(*state, 1, &request);
    assert_int_equal(in8(*state, port(1, STATUS)), 0x20);
    program(*state, 2, TO_DEVICE, 0, 9);
    program(*state, 1, TO_MEMORY, 0, 9);
    assert_int_equal(ready_calls, 0);
    program(*state, 1, TO_DEVICE, 0, 9);
    assert_int_equal(ready_calls, 1);
    assert_int_equal(in8(*state, port(1, STATUS)), 0);
    program(*state, 1, TO_DEVICE, 0, 9);
    assert_int_equal(ready_calls, 1);
    dma8237_request(*state, 1, &request); /* it is open: at once */
    assert_int_equal(ready_calls, 2);
    out8(*state, MASK_ONE, 4 | 1);
    dma8237_request(*state, 1, &request);
    dma8237_request(*state, 1, NULL);
    out8(*state, MASK_ONE, 1);
    assert_int_equal(ready_calls, 2);
}

static void beyond_the_drivers_memory_all_ones_are_read(void **state)
{
    uint8_t bytes[4] = {0};
    hal_dma_allow(*state, FRAME, PAGES, false);
    program(*state, 1, TO_DEVICE, 0x10, 3);
    assert_int_equal(to_device(*state, 1, bytes, 4), 4);
    assert_memory_equal(bytes, "\xff\xff\xff\xff", 4);
    assert_int_equal(master.refused, 1);
    assert_int_equal(device_warnings, 1);
}

#define DMA_TEST(function) cmocka_unit_test_setup_teardown(function, setup, device_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        DMA_TEST(registers_have_two_bytes_behind_a_flip_flop),
        DMA_TEST(a_byte_channel_moves_bytes),
        DMA_TEST(a_word_channel_moves_words),
        DMA_TEST(a_device_writes_memory_only_if_the_program_says_so),
        DMA_TEST(verifying_counts_and_moves_nothing),
        DMA_TEST(automatic_channels_begin_anew),
        DMA_TEST(addresses_wrap_within_their_page),
        DMA_TEST(a_channel_may_count_down),
        DMA_TEST(the_status_tells_ends_once),
        DMA_TEST(disabled_and_cleared_chips_move_nothing),
        DMA_TEST(who_waits_is_called_when_the_channel_opens),
        DMA_TEST(beyond_the_drivers_memory_all_ones_are_read),
    };

    return cmocka_run_group_tests_name("device: DMA controllers", tests, NULL, NULL);
}
