/* SPDX-License-Identifier: MIT */
/* A terminal as the keyboard: what the controller gets of the bytes that a terminal sends. */

#include "devices.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "hal-posix/terminal_keys.h"

enum { DATA = 0x60, COMMAND = 0x64 };

/* Writes to the terminal and compares what arrives, codes of set 1 in hexadecimal. */
static void types_as(const char *text, const char *codes)
{
    int ends[2];
    char got[512] = "";
    char error[256];
    const struct posix_hardware hardware = {.parts = POSIX_PART_KEYBOARD,
                                            .keyboard_is_terminal = true};

    assert_int_equal(pipe(ends), 0);
    const struct posix_config config = {
        .input = POSIX_INPUT_LIVE, .input_fd = ends[0], .output_fd = -1, .hardware = &hardware};
    struct machine *machine = posix_machine_create(&config, error, sizeof error);
    assert_non_null(machine);
    assert_true(terminal_can_read(machine));
    assert_int_equal(write(ends[1], text, strlen(text)), strlen(text));
    terminal_read(machine);
    for (int i = 0; i < 2000; i++) {
        posix_machine_pass(machine, MS / 5);
        if ((in8(machine, COMMAND) & 1) != 0) {
            snprintf(got + strlen(got), sizeof got - strlen(got), "%02x ", in8(machine, DATA));
        }
    }
    assert_string_equal(got, codes);
    assert_true(terminal_can_read(machine));
    close(ends[1]);
    terminal_read(machine);
    assert_false(terminal_can_read(machine));
    posix_machine_destroy(machine);
    close(ends[0]);
}

static void characters_have_their_keys(void **state)
{
    (void)state;
    types_as("aZ", "1e 9e 2a 2c ac aa ");
    types_as("\r\n\t ", "1c 9c 1c 9c 0f 8f 39 b9 ");
    types_as("\x7f", "0e 8e ");
    types_as("\xc3\xa4", "");
}

static void control_and_alt_are_held(void **state)
{
    (void)state;
    types_as("\x03", "1d 2e ae 9d ");
    types_as("\x1bx", "38 2d ad b8 ");
    types_as("\x1b", "01 81 ");
}

static void cursor_keys_are_sequences(void **state)
{
    (void)state;
    types_as("\x1b[A\x1b[D", "e0 48 e0 c8 e0 4b e0 cb ");
    types_as("\x1b[3~\x1bOP", "e0 53 e0 d3 3b bb ");
    types_as("\x1b\x1b[B", "01 81 e0 50 e0 d0 ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(characters_have_their_keys),
        cmocka_unit_test(control_and_alt_are_held),
        cmocka_unit_test(cursor_keys_are_sequences),
    };

    return cmocka_run_group_tests_name("devices: terminal as keyboard", tests, NULL, NULL);
}
