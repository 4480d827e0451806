/* SPDX-License-Identifier: MIT */
/* The Sound Blaster 16, as its programming guide describes it: DSP, mixer, transfers, interrupts.
 */

#include "devices.h"

#include <string.h>

#define FRAME 1056 /* DMA memory: begins on a border of 128 KiB */
#define BASE  (FRAME * UINT64_C(4096))
#define PAGE_ ((uint32_t)(BASE >> 16))
#define US    UINT64_C(1000)

enum { MIXER = 0x224, MIXER_DATA, RESET, READ = 0x22a, WRITE = 0x22c, STATUS_8 = 0x22e, STATUS_16 };
enum { CAUSES = 0x82, CAUSE_8 = 1, CAUSE_16 = 2 };

static void dsp(struct machine *machine, uint32_t byte)
{
    for (int i = 0; i < 20 && (in8(machine, WRITE) & 0x80) != 0; i++) {
    }
    assert_int_equal(in8(machine, WRITE) & 0x80, 0);
    out8(machine, WRITE, byte);
}

static void dsp3(struct machine *machine, uint32_t command, uint32_t word)
{
    dsp(machine, command);
    dsp(machine, word & 0xff);
    dsp(machine, word >> 8);
}

static uint32_t answer(struct machine *machine)
{
    assert_int_equal(in8(machine, STATUS_8) & 0x80, 0x80);
    return in8(machine, READ);
}

static bool has_answer(struct machine *machine)
{
    return (in8(machine, STATUS_8) & 0x80) != 0;
}

static uint32_t mixer(struct machine *machine, uint32_t index)
{
    out8(machine, MIXER, index);
    return in8(machine, MIXER_DATA);
}

static void mixer_set(struct machine *machine, uint32_t index, uint32_t value)
{
    out8(machine, MIXER, index);
    out8(machine, MIXER_DATA, value);
}

static void rate(struct machine *machine, uint32_t hertz)
{
    dsp(machine, 0x41);
    dsp(machine, hertz >> 8);
    dsp(machine, hertz & 0xff);
}

/* New commands: transfer, mode, samples. */
static void transfer(struct machine *machine, uint32_t command, uint32_t mode, uint32_t samples)
{
    dsp(machine, command);
    dsp3(machine, mode, samples - 1);
}

/* Channel 1 or 5, from the memory's beginning on. */
static void channel(struct machine *machine, uint32_t number, uint32_t mode, uint32_t bytes)
{
    uint32_t chip = number < 4 ? 0 : 0xc0, step = number < 4 ? 1 : 2;
    uint32_t last = bytes / step - 1;
    out8(machine, chip + 10 * step, 5);
    out8(machine, chip + 11 * step, mode | 1);
    out8(machine, chip + 12 * step, 0);
    out8(machine, chip + 2 * step, 0);
    out8(machine, chip + 2 * step, 0);
    out8(machine, chip + 3 * step, last & 0xff);
    out8(machine, chip + 3 * step, last >> 8);
    out8(machine, number < 4 ? 0x83 : 0x8b, PAGE_);
    out8(machine, chip + 10 * step, 1);
}

static uint32_t left(struct machine *machine, uint32_t number)
{
    uint32_t chip = number < 4 ? 0 : 0xc0, step = number < 4 ? 1 : 2;
    out8(machine, chip + 12 * step, 0);
    uint32_t low = in8(machine, chip + 3 * step);
    return (in8(machine, chip + 3 * step) << 8 | low) + 1;
}

static int setup(void **state)
{
    device_hardware.parts = POSIX_PART_SOUND;
    device_setup(state);
    hal_dma_allow(*state, FRAME, 16, true);
    hal_irq_mask(*state, 5, false);
    out8(*state, RESET, 1);
    posix_machine_pass(*state, 3 * US);
    out8(*state, RESET, 0);
    posix_machine_pass(*state, 100 * US);
    assert_int_equal(answer(*state), 0xaa);
    return 0;
}

/* ---- The DSP -------------------------------------------------------------------------------- */

static void a_reset_is_answered_after_a_while(void **state)
{
    out8(*state, RESET, 1);
    posix_machine_pass(*state, 1 * MS);
    assert_false(has_answer(*state));
    out8(*state, RESET, 0);
    posix_machine_pass(*state, 50 * US);
    assert_false(has_answer(*state));
    posix_machine_pass(*state, 50 * US);
    assert_int_equal(answer(*state), 0xaa);
    assert_false(has_answer(*state));
    assert_int_equal(in8(*state, READ), 0xaa);
}

static void the_version_is_four(void **state)
{
    dsp(*state, 0xe1);
    assert_int_equal(answer(*state), 4);
    assert_int_equal(answer(*state), 5);
    assert_false(has_answer(*state));
}

static void it_says_whose_it_is(void **state)
{
    char text[64];
    size_t length = 0;
    dsp(*state, 0xe3);
    do {
        text[length] = (char)answer(*state);
    } while (text[length++] != '\0');
    assert_string_equal(text, "COPYRIGHT (C) CREATIVE TECHNOLOGY LTD, 1992.");
    assert_false(has_answer(*state));
}

static void small_commands_answer(void **state)
{
    dsp(*state, 0xe0);
    dsp(*state, 0x35);
    assert_int_equal(answer(*state), 0xca);
    dsp(*state, 0xe4);
    dsp(*state, 0x77);
    dsp(*state, 0xe8);
    assert_int_equal(answer(*state), 0x77);
    dsp(*state, 0xd8);
    assert_int_equal(answer(*state), 0);
    dsp(*state, 0xd1);
    dsp(*state, 0xd8);
    assert_int_equal(answer(*state), 0xff);
    dsp(*state, 0x20);
    assert_int_equal(answer(*state), 0x80);
}

static void a_byte_that_comes_too_soon_is_lost(void **state)
{
    dsp(*state, 0xe0);
    dsp(*state, 1);
    out8(*state, WRITE, 0xe1);
    posix_machine_pass(*state, 10 * US);
    assert_int_equal(answer(*state), 0xfe);
    assert_false(has_answer(*state));
}

static void unknown_commands_are_passed_over(void **state)
{
    dsp(*state, 0x03);
    dsp(*state, 0xff);
    dsp3(*state, 0x74, 0x0101); /* compressed samples: arguments are taken */
    dsp(*state, 0xe1);
    assert_int_equal(answer(*state), 4);
}

/* ---- Interrupts ----------------------------------------------------------------------------- */

static void interrupts_can_be_tried(void **state)
{
    dsp(*state, 0xf2);
    assert_int_equal(mixer(*state, CAUSES), CAUSE_8);
    assert_int_equal(device_take(*state), 5);
    assert_int_equal(device_take(*state), -1);
    dsp(*state, 0xf3);
    assert_int_equal(mixer(*state, CAUSES), CAUSE_8 | CAUSE_16);
    assert_int_equal(device_take(*state), -1); /* the line is still high */
    in8(*state, STATUS_8);
    assert_int_equal(mixer(*state, CAUSES), CAUSE_16);
    in8(*state, STATUS_16);
    assert_int_equal(mixer(*state, CAUSES), 0);
    dsp(*state, 0xf3);
    assert_int_equal(device_take(*state), 5);
}

static void the_mixer_chooses_the_line(void **state)
{
    hal_irq_mask(*state, 7, false);
    assert_int_equal(mixer(*state, 0x80), 2);
    mixer_set(*state, 0x80, 4);
    dsp(*state, 0xf2);
    assert_int_equal(device_take(*state), 7);
    in8(*state, STATUS_8);
    mixer_set(*state, 0x80, 0);
    dsp(*state, 0xf2);
    assert_int_equal(device_take(*state), -1);
    mixer_set(*state, 0x80, 2);
    assert_int_equal(device_take(*state), 5);
}

/* ---- The mixer ------------------------------------------------------------------------------ */

static void mixer_registers_have_their_bits(void **state)
{
    mixer_set(*state, 0x30, 0xff);
    assert_int_equal(mixer(*state, 0x30), 0xf8);
    mixer_set(*state, 0x3b, 0xff);
    assert_int_equal(mixer(*state, 0x3b), 0xc0);
    mixer_set(*state, 0x81, 0xff);
    assert_int_equal(mixer(*state, 0x81), 0xeb);
    mixer_set(*state, CAUSES, 0xff);
    assert_int_equal(mixer(*state, CAUSES), 0);
    mixer_set(*state, 0x7e, 0xff);
    assert_int_equal(mixer(*state, 0x7e), 0);
    mixer_set(*state, 0, 0);
    assert_int_equal(mixer(*state, 0x30), 0xc0);
    assert_int_equal(mixer(*state, 0x44), 0x80);
    assert_int_equal(mixer(*state, 0x81), 0xeb); /* not the volumes' */
}

static void old_volumes_are_the_new_ones(void **state)
{
    mixer_set(*state, 0x22, 0xa3);
    assert_int_equal(mixer(*state, 0x30), 0xa8);
    assert_int_equal(mixer(*state, 0x31), 0x38);
    mixer_set(*state, 0x32, 0x70);
    mixer_set(*state, 0x33, 0xf8);
    assert_int_equal(mixer(*state, 0x04), 0x7f);
}

/* ---- Transfers ------------------------------------------------------------------------------ */

static void a_block_takes_its_time(void **state)
{
    rate(*state, 10000);
    channel(*state, 1, 0x48, 1000);
    transfer(*state, 0xc0, 0, 100);
    posix_machine_pass(*state, 9800 * US);
    assert_int_equal(device_take(*state), -1);
    posix_machine_pass(*state, 200 * US);
    assert_int_equal(device_take(*state), 5);
    assert_int_equal(mixer(*state, CAUSES), CAUSE_8);
    assert_int_equal(left(*state, 1), 900);
    posix_machine_pass(*state, 100 * MS);
    assert_int_equal(left(*state, 1), 900);
}

static void the_fifo_fetches_ahead(void **state)
{
    rate(*state, 10000);
    channel(*state, 1, 0x48, 1000);
    transfer(*state, 0xc2, 0, 100);
    posix_machine_pass(*state, 50 * US);
    assert_int_equal(left(*state, 1), 1000 - 16);
    posix_machine_pass(*state, 1600 * US);
    assert_int_equal(left(*state, 1), 1000 - 32);
}

static void words_go_over_the_word_channel(void **state)
{
    rate(*state, 20000);
    channel(*state, 5, 0x48, 4000);
    transfer(*state, 0xb0, 0x30, 200); /* 100 frames of two channels */
    posix_machine_pass(*state, 5 * MS);
    assert_int_equal(mixer(*state, CAUSES), CAUSE_16);
    assert_int_equal(left(*state, 5), 2000 - 200);
    in8(*state, STATUS_8);
    assert_int_equal(mixer(*state, CAUSES), CAUSE_16);
    in8(*state, STATUS_16);
    assert_int_equal(mixer(*state, CAUSES), 0);
}

static void words_take_the_byte_channel_if_there_is_no_other(void **state)
{
    mixer_set(*state, 0x81, 2);
    rate(*state, 20000);
    channel(*state, 1, 0x48, 4000);
    transfer(*state, 0xb0, 0x10, 100);
    posix_machine_pass(*state, 6 * MS);
    assert_int_equal(mixer(*state, CAUSES), CAUSE_16);
    assert_int_equal(left(*state, 1), 4000 - 200);
}

static void automatic_blocks_follow_each_other(void **state)
{
    rate(*state, 10000);
    channel(*state, 1, 0x58, 100);
    transfer(*state, 0xc4, 0, 50);
    for (int i = 0; i < 7; i++) {
        posix_machine_pass(*state, 5 * MS);
        assert_int_equal(device_take(*state), 5);
        in8(*state, STATUS_8);
    }
    dsp(*state, 0xda);
    posix_machine_pass(*state, 5 * MS);
    assert_int_equal(device_take(*state), 5);
    in8(*state, STATUS_8);
    posix_machine_pass(*state, 100 * MS);
    assert_int_equal(device_take(*state), -1);
}

static void old_commands_play_too(void **state)
{
    dsp(*state, 0x40);
    dsp(*state, 256 - 100); /* 10 kHz */
    channel(*state, 1, 0x58, 100);
    dsp3(*state, 0x48, 49);
    dsp(*state, 0x1c);
    posix_machine_pass(*state, 5 * MS);
    assert_int_equal(device_take(*state), 5);
    in8(*state, STATUS_8);
    dsp(*state, 0xd0);
    dsp3(*state, 0x14, 19);
    posix_machine_pass(*state, 1800 * US);
    assert_int_equal(device_take(*state), -1);
    posix_machine_pass(*state, 200 * US);
    assert_int_equal(device_take(*state), 5);
}

static void a_pause_can_be_ended(void **state)
{
    rate(*state, 10000);
    channel(*state, 5, 0x48, 2000);
    transfer(*state, 0xb0, 0, 100);
    posix_machine_pass(*state, 5 * MS);
    dsp(*state, 0xd5);
    uint32_t then = left(*state, 5);
    posix_machine_pass(*state, 1 * S);
    assert_int_equal(left(*state, 5), then);
    assert_int_equal(device_take(*state), -1);
    dsp(*state, 0xd6);
    posix_machine_pass(*state, 5 * MS);
    assert_int_equal(device_take(*state), 5);
}

static void a_reset_ends_everything(void **state)
{
    rate(*state, 10000);
    channel(*state, 1, 0x58, 100);
    transfer(*state, 0xc4, 0, 50);
    posix_machine_pass(*state, 6 * MS);
    out8(*state, RESET, 1);
    out8(*state, RESET, 0);
    assert_int_equal(mixer(*state, CAUSES), 0);
    uint32_t then = left(*state, 1);
    posix_machine_pass(*state, 100 * MS);
    assert_int_equal(left(*state, 1), then);
}

static void a_closed_channel_is_waited_for(void **state)
{
    rate(*state, 10000);
    channel(*state, 1, 0x48, 1000);
    out8(*state, 10, 5);
    transfer(*state, 0xc0, 0, 100);
    posix_machine_pass(*state, 1 * S);
    assert_int_equal(in8(*state, 8), 0x20);
    assert_int_equal(left(*state, 1), 1000);
    out8(*state, 10, 1);
    posix_machine_pass(*state, 9800 * US);
    assert_int_equal(device_take(*state), -1);
    posix_machine_pass(*state, 200 * US);
    assert_int_equal(device_take(*state), 5);
}

static void silence_can_be_asked_for(void **state)
{
    dsp(*state, 0x40);
    dsp(*state, 256 - 100);
    dsp3(*state, 0x80, 99);
    posix_machine_pass(*state, 9900 * US);
    assert_int_equal(device_take(*state), -1);
    posix_machine_pass(*state, 100 * US);
    assert_int_equal(device_take(*state), 5);
}

static void recording_hears_silence(void **state)
{
    uint8_t *memory = hal_memory(*state).base + BASE;
    memset(memory, 0x55, 16);
    rate(*state, 10000);
    channel(*state, 1, 0x44, 1000);
    transfer(*state, 0xc8, 0, 8);
    posix_machine_pass(*state, 1 * MS);
    assert_int_equal(device_take(*state), 5);
    assert_memory_equal(memory, "\x80\x80\x80\x80\x80\x80\x80\x80\x55", 9);
    in8(*state, STATUS_8);
    channel(*state, 5, 0x44, 1000);
    transfer(*state, 0xb8, 0, 2); /* 16 bits without a sign */
    posix_machine_pass(*state, 1 * MS);
    assert_memory_equal(memory, "\x00\x80\x00\x80\x80", 5);
}

static void memory_that_is_not_the_drivers_ends_the_transfer(void **state)
{
    hal_dma_allow(*state, FRAME, 16, false);
    rate(*state, 10000);
    channel(*state, 1, 0x58, 100);
    transfer(*state, 0xc4, 0, 50);
    posix_machine_pass(*state, 1 * S);
    assert_int_equal(device_take(*state), -1);
    assert_int_equal(device_warnings, 1);
    assert_non_null(strstr(device_warning, "the sound card may not read"));
}

#define CARD_TEST(function) cmocka_unit_test_setup_teardown(function, setup, device_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CARD_TEST(a_reset_is_answered_after_a_while),
        CARD_TEST(the_version_is_four),
        CARD_TEST(it_says_whose_it_is),
        CARD_TEST(small_commands_answer),
        CARD_TEST(a_byte_that_comes_too_soon_is_lost),
        CARD_TEST(unknown_commands_are_passed_over),
        CARD_TEST(interrupts_can_be_tried),
        CARD_TEST(the_mixer_chooses_the_line),
        CARD_TEST(mixer_registers_have_their_bits),
        CARD_TEST(old_volumes_are_the_new_ones),
        CARD_TEST(a_block_takes_its_time),
        CARD_TEST(the_fifo_fetches_ahead),
        CARD_TEST(words_go_over_the_word_channel),
        CARD_TEST(words_take_the_byte_channel_if_there_is_no_other),
        CARD_TEST(automatic_blocks_follow_each_other),
        CARD_TEST(old_commands_play_too),
        CARD_TEST(a_pause_can_be_ended),
        CARD_TEST(a_reset_ends_everything),
        CARD_TEST(a_closed_channel_is_waited_for),
        CARD_TEST(silence_can_be_asked_for),
        CARD_TEST(recording_hears_silence),
        CARD_TEST(memory_that_is_not_the_drivers_ends_the_transfer),
    };

    return cmocka_run_group_tests_name("device: Sound Blaster 16", tests, NULL, NULL);
}
