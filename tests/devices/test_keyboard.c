/* SPDX-License-Identifier: MIT */
/* The keyboard controller with keyboard and mouse. */

#include "devices.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DATA = 0x60, COMMAND = 0x64, FULL = 1, FROM_MOUSE = 0x20 };
enum { ACKNOWLEDGE = 0xfa, RESEND = 0xfe };

/* The next byte within a second of the machine; -1: none, + 0x100 if it is the mouse's. */
static int next(struct machine *machine)
{
    for (int i = 0; i < 10000; i++) {
        uint32_t status = in8(machine, COMMAND);
        if ((status & FULL) != 0) {
            return (int)((status & FROM_MOUSE) << 3 | in8(machine, DATA));
        }
        posix_machine_pass(machine, 100000);
    }
    return -1;
}

static void expect(struct machine *machine, const char *bytes)
{
    unsigned byte;
    int used;

    for (; sscanf(bytes, "%x%n", &byte, &used) == 1; bytes += used) {
        assert_int_equal(next(machine), byte);
    }
    posix_machine_pass(machine, 5 * MS);
    assert_int_equal(in8(machine, COMMAND) & FULL, 0);
}

static void tell_mouse(struct machine *machine, uint32_t byte)
{
    out8(machine, COMMAND, 0xd4);
    out8(machine, DATA, byte);
}

static void set_mode(struct machine *machine, uint32_t mode)
{
    out8(machine, COMMAND, 0x60);
    out8(machine, DATA, mode);
}

static void tap(struct machine *machine, const char *key)
{
    assert_true(posix_machine_key(machine, key, true));
    assert_true(posix_machine_key(machine, key, false));
}

static void the_controller_tests_itself(void **state)
{
    assert_int_equal(in8(*state, COMMAND), 0x14);
    out8(*state, COMMAND, 0xaa);
    assert_int_equal(in8(*state, COMMAND) & 0x09, 0x09);
    expect(*state, "55");
    out8(*state, COMMAND, 0xab);
    expect(*state, "00");
    out8(*state, COMMAND, 0xa9);
    expect(*state, "00");
    out8(*state, COMMAND, 0x20);
    assert_int_equal(next(*state) & 0x30, 0x30);
    set_mode(*state, 0x47);
    out8(*state, COMMAND, 0x20);
    expect(*state, "47");
    out8(*state, COMMAND, 0xd2);
    out8(*state, DATA, 0x5c);
    expect(*state, "5c");
    out8(*state, COMMAND, 0xd3);
    out8(*state, DATA, 0x5c);
    expect(*state, "15c");
}

static void keys_come_translated(void **state)
{
    tap(*state, "a");
    tap(*state, "right");
    expect(*state, "1e 9e e0 4d e0 cd");
    tap(*state, "f7");
    expect(*state, "41 c1");
    tap(*state, "print");
    expect(*state, "e0 2a e0 37 e0 b7 e0 aa");
    tap(*state, "pause");
    expect(*state, "e1 1d 45 e1 9d c5");
    assert_false(posix_machine_key(*state, "any", true));
}

static void keys_come_as_they_are(void **state)
{
    set_mode(*state, 0x05);
    tap(*state, "a");
    tap(*state, "right");
    expect(*state, "1c f0 1c e0 74 e0 f0 74");
    out8(*state, DATA, 0xf0);
    expect(*state, "fa");
    out8(*state, DATA, 0x01);
    expect(*state, "fa");
    tap(*state, "a");
    tap(*state, "right");
    expect(*state, "1e 9e e0 4d e0 cd");
    out8(*state, DATA, 0xf0);
    expect(*state, "fa");
    out8(*state, DATA, 0x00);
    expect(*state, "fa 01");
}

static void each_byte_interrupts(void **state)
{
    hal_irq_mask(*state, 1, false);
    tap(*state, "right");
    for (int i = 0; i < 4; i++) {
        posix_machine_pass(*state, 5 * MS);
        assert_int_equal(device_take(*state), 1);
        posix_machine_pass(*state, 5 * MS);
        assert_int_equal(device_take(*state), -1);
        in8(*state, DATA);
    }
    posix_machine_pass(*state, 5 * MS);
    assert_int_equal(device_take(*state), -1);
    set_mode(*state, 0x44);
    tap(*state, "a");
    posix_machine_pass(*state, 5 * MS);
    assert_int_equal(device_take(*state), -1);
    expect(*state, "1e 9e");
}

static void the_interface_can_be_switched_off(void **state)
{
    out8(*state, COMMAND, 0xad);
    tap(*state, "a");
    assert_int_equal(next(*state), -1);
    out8(*state, COMMAND, 0xae);
    expect(*state, "1e 9e");
}

static void commands_are_answered(void **state)
{
    out8(*state, DATA, 0xee);
    expect(*state, "ee");
    out8(*state, DATA, 0xf2);
    expect(*state, "fa ab 41");
    out8(*state, DATA, 0xed);
    expect(*state, "fa");
    out8(*state, DATA, 0x05);
    expect(*state, "fa");
    out8(*state, DATA, 0xfe);
    expect(*state, "fa");
    out8(*state, DATA, 0x03);
    expect(*state, "fe");
    out8(*state, DATA, 0xf0);
    expect(*state, "fa");
    out8(*state, DATA, 0x03); /* set 3 is left out */
    expect(*state, "fe");
    out8(*state, DATA, 0xff);
    expect(*state, "fa aa");
}

static void a_disabled_keyboard_is_silent(void **state)
{
    out8(*state, DATA, 0xf5);
    expect(*state, "fa");
    tap(*state, "a");
    assert_int_equal(next(*state), -1);
    out8(*state, DATA, 0xf4);
    expect(*state, "fa");
    tap(*state, "b");
    expect(*state, "30 b0");
}

static unsigned repeats(struct machine *machine, uint64_t time)
{
    unsigned count = 0;

    for (uint64_t passed = 0; passed < time; passed += MS) {
        posix_machine_pass(machine, MS);
        if ((in8(machine, COMMAND) & FULL) != 0) {
            count += in8(machine, DATA) == 0x1e;
        }
    }
    return count;
}

static void a_held_key_repeats(void **state)
{
    posix_machine_key(*state, "a", true);
    assert_int_equal(repeats(*state, 490 * MS), 1);
    assert_in_range(repeats(*state, S), 10, 12);
    posix_machine_key(*state, "a", false);
    repeats(*state, 10 * MS);
    assert_int_equal(repeats(*state, S), 0);
    out8(*state, DATA, 0xf3);
    expect(*state, "fa");
    out8(*state, DATA, 0x00); /* after 250 ms, 30 a second */
    expect(*state, "fa");
    posix_machine_key(*state, "a", true);
    assert_int_equal(repeats(*state, 240 * MS), 1);
    assert_in_range(repeats(*state, S), 29, 31);
}

static void too_many_keys_leave_a_mark(void **state)
{
    for (int i = 0; i < 20; i++) {
        tap(*state, "a");
    }
    for (int i = 0; i < 5; i++) {
        assert_int_equal(next(*state), 0x1e);
        assert_int_equal(next(*state), 0x9e);
    }
    assert_int_equal(next(*state), 0xff); /* the translated 00 */
    assert_int_equal(next(*state), -1);
}

static void start_mouse(struct machine *machine)
{
    set_mode(machine, 0x47);
    tell_mouse(machine, 0xf4);
    expect(machine, "1fa");
}

static void the_mouse_tells_movement(void **state)
{
    start_mouse(*state);
    posix_machine_mouse(*state, 5, -3, 0, 1);
    expect(*state, "109 105 103");
    posix_machine_mouse(*state, -300, 0, 0, 6);
    expect(*state, "11e 100 100 11e 1d4 100");
    posix_machine_mouse(*state, 0, 4, 7, 0); /* no wheel yet */
    expect(*state, "128 100 1fc");
}

static void the_mouse_interrupts_on_its_own_line(void **state)
{
    start_mouse(*state);
    hal_irq_mask(*state, 12, false);
    hal_irq_mask(*state, 1, false);
    while (device_take(*state) >= 0) {
    }
    posix_machine_mouse(*state, 1, 0, 0, 0);
    for (int i = 0; i < 3; i++) {
        posix_machine_pass(*state, 20 * MS);
        assert_int_equal(device_take(*state), 12);
        in8(*state, DATA);
    }
    posix_machine_pass(*state, 20 * MS);
    assert_int_equal(device_take(*state), -1);
}

static void the_wheel_wants_a_knock(void **state)
{
    static const uint8_t rates[] = {200, 100, 80};

    start_mouse(*state);
    tell_mouse(*state, 0xf2);
    expect(*state, "1fa 100");
    for (size_t i = 0; i < 3; i++) {
        tell_mouse(*state, 0xf3);
        expect(*state, "1fa");
        tell_mouse(*state, rates[i]);
        expect(*state, "1fa");
    }
    tell_mouse(*state, 0xf2);
    expect(*state, "1fa 103");
    posix_machine_mouse(*state, 0, 0, -2, 0);
    expect(*state, "108 100 100 1fe");
    posix_machine_mouse(*state, 0, 0, 9, 0);
    expect(*state, "108 100 100 107 108 100 100 102");
}

static void mouse_commands_are_answered(void **state)
{
    set_mode(*state, 0x45);
    tell_mouse(*state, 0xff);
    expect(*state, "1fa 1aa 100");
    tell_mouse(*state, 0xe8);
    expect(*state, "1fa");
    tell_mouse(*state, 3);
    expect(*state, "1fa");
    tell_mouse(*state, 0xe7);
    expect(*state, "1fa");
    tell_mouse(*state, 0xe9);
    expect(*state, "1fa 110 103 164");
    tell_mouse(*state, 0xf0);
    expect(*state, "1fa");
    tell_mouse(*state, 0xf4);
    expect(*state, "1fa");
    posix_machine_mouse(*state, 9, 0, 0, 0);
    assert_int_equal(next(*state), -1);
    tell_mouse(*state, 0xeb);
    expect(*state, "1fa 108 109 100");
    tell_mouse(*state, 0xee);
    expect(*state, "1fa");
    tell_mouse(*state, 0x5a);
    expect(*state, "15a");
    tell_mouse(*state, 0xec);
    expect(*state, "1fa");
    tell_mouse(*state, 0x12);
    expect(*state, "1fe");
}

static void packets_keep_to_the_sample_rate(void **state)
{
    unsigned bytes = 0;

    start_mouse(*state);
    tell_mouse(*state, 0xf3);
    expect(*state, "1fa");
    tell_mouse(*state, 20);
    expect(*state, "1fa");
    for (int i = 0; i < 1000; i++) {
        posix_machine_mouse(*state, 1, 0, 0, 0);
        posix_machine_pass(*state, MS);
        if ((in8(*state, COMMAND) & FULL) != 0) {
            in8(*state, DATA);
            bytes++;
        }
    }
    assert_in_range(bytes, 18 * 3, 22 * 3);
}

/* Types a script's text and reads what the keyboard sends. */
static void a_script_plays_at_its_times(void **state)
{
    char path[] = "/tmp/terrarium-keys-XXXXXX";
    static const char text[] = "# a comment\n\n1s key control-left c\n+100ms type aB\\n\n"
                               "3s click left\n+1s move 3 4\n";
    int file = mkstemp(path);
    struct posix_hardware hardware = {.parts = POSIX_PART_KEYBOARD, .keyboard = path};

    (void)state;
    assert_int_equal(write(file, text, sizeof text - 1), sizeof text - 1);
    close(file);
    struct machine *machine = device_machine(&hardware);
    start_mouse(machine);
    posix_machine_pass(machine, 990 * MS);
    expect(machine, "1d 2e ae 9d");
    assert_in_range(hal_time(machine), 1020 * MS, 1040 * MS);
    posix_machine_pass(machine, 85 * MS);
    expect(machine, "1e 9e 2a 30 b0 aa 1c 9c");
    posix_machine_pass(machine, S + 760 * MS);
    expect(machine, "109 100 100 108 100 100");
    posix_machine_pass(machine, 985 * MS);
    expect(machine, "128 103 1fc");
    posix_machine_destroy(machine);
    unlink(path);
}

static void mistakes_in_a_script_are_told(void **state)
{
    static const char *const texts[][2] = {{"soon key a\n", ":1: \"soon\""},
                                           {"1s key a\n2s hey\n", ":2: \"hey\""},
                                           {"1s key zz\n", "\"zz\": no such key"},
                                           {"1s move 1\n", "not a number"},
                                           {"1s click up\n", "left, right or middle"}};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char path[] = "/tmp/terrarium-keys-XXXXXX", error[256] = "";
        int file = mkstemp(path);
        const struct posix_hardware hardware = {.parts = POSIX_PART_KEYBOARD, .keyboard = path};
        const struct posix_config config = {.input_fd = -1, .output_fd = -1, .hardware = &hardware};

        assert_int_equal(write(file, texts[i][0], strlen(texts[i][0])), strlen(texts[i][0]));
        close(file);
        assert_null(posix_machine_create(&config, error, sizeof error));
        assert_non_null(strstr(error, texts[i][1]));
        unlink(path);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DEVICE_TEST(the_controller_tests_itself),
        DEVICE_TEST(keys_come_translated),
        DEVICE_TEST(keys_come_as_they_are),
        DEVICE_TEST(each_byte_interrupts),
        DEVICE_TEST(the_interface_can_be_switched_off),
        DEVICE_TEST(commands_are_answered),
        DEVICE_TEST(a_disabled_keyboard_is_silent),
        DEVICE_TEST(a_held_key_repeats),
        DEVICE_TEST(too_many_keys_leave_a_mark),
        DEVICE_TEST(the_mouse_tells_movement),
        DEVICE_TEST(the_mouse_interrupts_on_its_own_line),
        DEVICE_TEST(the_wheel_wants_a_knock),
        DEVICE_TEST(mouse_commands_are_answered),
        DEVICE_TEST(packets_keep_to_the_sample_rate),
        DEVICE_TEST(a_script_plays_at_its_times),
        DEVICE_TEST(mistakes_in_a_script_are_told),
    };

    device_hardware.parts = POSIX_PART_KEYBOARD;
    return cmocka_run_group_tests_name("devices: keyboard and mouse", tests, NULL, NULL);
}
