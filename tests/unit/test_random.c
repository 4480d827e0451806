/* SPDX-License-Identifier: MIT */
/* The random streams: the block function against RFC 8439, and what streams promise. */

#include "unit.h"

#include <string.h>

#include "kernel/random.h"
#include "kernel/state.h"

/* RFC 8439, 2.3.2: key 00 01 … 1f, counter 1, nonce 00:00:00:09:00:00:00:4a:00:00:00:00. */
static void the_block_is_that_of_rfc_8439(void **state)
{
    static const uint8_t expected[64] = {
        0x10, 0xf1, 0xe7, 0xe4, 0xd1, 0x3b, 0x59, 0x15, 0x50, 0x0f, 0xdd, 0x1f, 0xa3,
        0x20, 0x71, 0xc4, 0xc7, 0xd1, 0xf4, 0xc7, 0x33, 0xc0, 0x68, 0x03, 0x04, 0x22,
        0xaa, 0x9a, 0xc3, 0xd4, 0x6c, 0x4e, 0xd2, 0x82, 0x64, 0x46, 0x07, 0x9f, 0xaa,
        0x09, 0x14, 0xc2, 0xd7, 0x05, 0xd9, 0x8b, 0x02, 0xa2, 0xb5, 0x12, 0x9c, 0xd1,
        0xde, 0x16, 0x4e, 0xb9, 0xcb, 0xd0, 0x83, 0xe8, 0xa2, 0x50, 0x3c, 0x4e};
    struct random_stream stream = {.state = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574,
                                             0x03020100, 0x07060504, 0x0b0a0908, 0x0f0e0d0c,
                                             0x13121110, 0x17161514, 0x1b1a1918, 0x1f1e1d1c, 1,
                                             0x09000000, 0x4a000000, 0},
                                   .used = 64};
    uint8_t bytes[64];

    (void)state;
    random_bytes(&stream, bytes, sizeof bytes);
    assert_memory_equal(bytes, expected, sizeof expected);
}

/* RFC 8439 stops after 2^32 blocks; the stream goes on, its counter with two words. */
static void the_counter_carries(void **state)
{
    struct random_stream stream = {.state = {[12] = UINT32_MAX - 1, [13] = 7, [14] = 9},
                                   .used = 64};
    uint8_t blocks[2][64];

    (void)state;
    random_bytes(&stream, blocks[0], 64);
    assert_int_equal(stream.state[12], UINT32_MAX);
    assert_int_equal(stream.state[13], 7);
    random_bytes(&stream, blocks[1], 64);
    assert_int_equal(stream.state[12], 0);
    assert_int_equal(stream.state[13], 8);
    assert_int_equal(stream.state[14], 9);
    assert_memory_not_equal(blocks[0], blocks[1], 64);
}

static void pieces_give_the_same_bytes_as_a_whole(void **state)
{
    struct machine *machine = *state;
    struct random_stream whole = machine->kernel->numbers;
    struct random_stream pieces = whole;
    uint8_t one[1000];
    uint8_t two[1000];

    random_bytes(&whole, one, sizeof one);
    for (size_t at = 0, size = 1; at < sizeof two; at += size, size = size * 3 % 101) {
        size = at + size > sizeof two ? sizeof two - at : size;
        random_bytes(&pieces, two + at, size);
    }
    assert_memory_equal(one, two, sizeof one);
}

static void bytes_given_out_are_wiped(void **state)
{
    struct machine *machine = *state;
    struct random_stream stream = machine->kernel->numbers;
    const uint8_t zeros[40] = {0};
    uint8_t bytes[40];

    stream.used = sizeof stream.block;
    random_bytes(&stream, bytes, sizeof bytes);
    assert_memory_equal(stream.block, zeros, sizeof zeros);
    assert_memory_not_equal(bytes, zeros, sizeof zeros);
}

static void keys_tell_nothing_of_the_numbers(void **state)
{
    struct machine *machine = *state;
    const struct random_stream *keys = &machine->kernel->keys;
    const struct random_stream *numbers = &machine->kernel->numbers;

    assert_memory_not_equal(&keys->state[4], &numbers->state[4], 32);
}

static void a_call_takes_up_to_65536_bytes(void **state)
{
    static uint8_t bytes[TR_RANDOM_MAX + 1];
    struct machine *machine = *state;

    (void)fake_process(machine, TR_APPLICATION, "a");
    memset(bytes, 0, sizeof bytes);
    assert_int_equal(CALL2(machine, random, FAKE_WORD(bytes), TR_RANDOM_MAX), TR_RANDOM_MAX);
    assert_int_equal(bytes[TR_RANDOM_MAX], 0);
    assert_int_equal(CALL2(machine, random, FAKE_WORD(bytes), TR_RANDOM_MAX + 1), TR_E_TOOBIG);
    assert_int_equal(CALL2(machine, random, FAKE_WORD(bytes), 0), 0);
    assert_int_equal(CALL2(machine, random, 8, 100), TR_E_FAULT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_block_is_that_of_rfc_8439),  cmocka_unit_test(the_counter_carries),
        UNIT_TEST(pieces_give_the_same_bytes_as_a_whole), UNIT_TEST(bytes_given_out_are_wiped),
        UNIT_TEST(keys_tell_nothing_of_the_numbers),      UNIT_TEST(a_call_takes_up_to_65536_bytes),
    };

    return cmocka_run_group_tests_name("random", tests, NULL, NULL);
}
