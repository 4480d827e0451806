/* SPDX-License-Identifier: MIT */
/* The serial ports; most cases on the second, whose other end are two files. */

#include "devices.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PORT = 0x2f8, CONSOLE = 0x3f8, LINE = 3 };
enum { REG_DATA, REG_IER, REG_IIR, REG_LCR, REG_MCR, REG_LSR, REG_MSR, REG_SCRATCH };
#define BYTE_NS UINT64_C(86806) /* ten bits at 115200 */

static struct posix_serial files;

static int serial_setup(void **state)
{
    char path[] = "/tmp/terrarium-serial-XXXXXX";

    files.input = mkstemp(path);
    unlink(path);
    memcpy(path + strlen(path) - 6, "XXXXXX", 6);
    files.output = mkstemp(path);
    unlink(path);
    return device_setup(state);
}

static int serial_teardown(void **state)
{
    int result = device_teardown(state);

    close(files.input);
    close(files.output);
    return result;
}

static void feed(const char *text)
{
    assert_int_equal(pwrite(files.input, text, strlen(text), 0), strlen(text));
}

static void set_up(struct machine *machine, uint32_t fifo, uint32_t enable)
{
    out8(machine, PORT + REG_LCR, 0x83);
    out8(machine, PORT + REG_DATA, 1);
    out8(machine, PORT + REG_IER, 0);
    out8(machine, PORT + REG_LCR, 0x03);
    out8(machine, PORT + REG_IIR, fifo);
    out8(machine, PORT + REG_MCR, 0x0b);
    out8(machine, PORT + REG_IER, enable);
    hal_irq_mask(machine, LINE, false);
}

static uint32_t identify(struct machine *machine)
{
    return in8(machine, PORT + REG_IIR) & 0x0f;
}

static void registers_keep_their_bits(void **state)
{
    out8(*state, PORT + REG_SCRATCH, 0xa5);
    assert_int_equal(in8(*state, PORT + REG_SCRATCH), 0xa5);
    out8(*state, PORT + REG_IER, 0xff);
    assert_int_equal(in8(*state, PORT + REG_IER), 0x0f);
    out8(*state, PORT + REG_MCR, 0xff);
    assert_int_equal(in8(*state, PORT + REG_MCR), 0x1f);
    out8(*state, PORT + REG_LCR, 0x80);
    out8(*state, PORT + REG_DATA, 0x34);
    out8(*state, PORT + REG_IER, 0x12);
    assert_int_equal(in8(*state, PORT + REG_DATA), 0x34);
    assert_int_equal(in8(*state, PORT + REG_IER), 0x12);
    out8(*state, PORT + REG_LCR, 0);
    assert_int_equal(in8(*state, PORT + REG_IER), 0x0f);
    assert_int_equal(in8(*state, PORT + REG_IIR) & 0xc0, 0);
    out8(*state, PORT + REG_IIR, 1);
    assert_int_equal(in8(*state, PORT + REG_IIR) & 0xc0, 0xc0);
}

static void bytes_go_out_at_the_rate_of_the_line(void **state)
{
    char text[18] = "";

    set_up(*state, 1, 0);
    for (int i = 0; i < 16; i++) {
        out8(*state, PORT + REG_DATA, 'a' + (uint32_t)i);
    }
    assert_int_equal(in8(*state, PORT + REG_LSR) & 0x60, 0);
    posix_machine_pass(*state, 14 * BYTE_NS);
    assert_int_equal(in8(*state, PORT + REG_LSR) & 0x60, 0);
    posix_machine_pass(*state, BYTE_NS);
    assert_int_equal(in8(*state, PORT + REG_LSR) & 0x60, 0x20);
    posix_machine_pass(*state, 20 * MS);
    assert_int_equal(in8(*state, PORT + REG_LSR) & 0x60, 0x60);
    out8(*state, PORT + REG_DATA, 'q'); /* a pause lets what was collected go */
    posix_machine_pass(*state, 20 * MS);
    assert_int_equal(pread(files.output, text, 17, 0), 17);
    assert_string_equal(text, "abcdefghijklmnopq");
}

static void an_empty_sender_interrupts_once(void **state)
{
    set_up(*state, 1, 2);
    assert_int_equal(device_take(*state), LINE);
    assert_int_equal(identify(*state), 2);
    assert_int_equal(identify(*state), 1);
    out8(*state, PORT + REG_DATA, 'x');
    out8(*state, PORT + REG_DATA, 'y');
    assert_int_equal(identify(*state), 1);
    posix_machine_pass(*state, BYTE_NS);
    assert_int_equal(device_take(*state), LINE);
    assert_int_equal(identify(*state), 2);
    posix_machine_pass(*state, S);
    assert_int_equal(device_take(*state), -1);
}

static void a_file_is_received_at_the_rate_of_the_line(void **state)
{
    feed("hello");
    set_up(*state, 0x07, 1);
    posix_machine_pass(*state, 1000);
    for (const char *at = "hello"; *at != '\0'; at++) {
        posix_machine_pass(*state, BYTE_NS - 2800);
        assert_int_equal(in8(*state, PORT + REG_LSR) & 1, 0);
        posix_machine_pass(*state, 2000);
        assert_int_equal(device_take(*state), LINE);
        assert_int_equal(identify(*state), 4);
        assert_int_equal(in8(*state, PORT + REG_DATA), *at);
        assert_int_equal(identify(*state), 1);
    }
    posix_machine_pass(*state, S);
    assert_int_equal(device_take(*state), -1);
    assert_int_equal(in8(*state, PORT + REG_MSR), 0x38); /* the carrier is gone */
}

static void the_trigger_level_collects_bytes(void **state)
{
    feed("0123456789");
    set_up(*state, 0x87, 1); /* 8 bytes */
    posix_machine_pass(*state, 7 * BYTE_NS + BYTE_NS / 2);
    assert_int_equal(device_take(*state), -1);
    posix_machine_pass(*state, BYTE_NS);
    assert_int_equal(device_take(*state), LINE);
    assert_int_equal(identify(*state), 4);
    in8(*state, PORT + REG_DATA);
    posix_machine_pass(*state, 2 * BYTE_NS);
    for (int i = 0; i < 5; i++) {
        in8(*state, PORT + REG_DATA);
    }
    assert_int_equal(identify(*state), 1);
    posix_machine_pass(*state, 3 * BYTE_NS);
    assert_int_equal(identify(*state), 1);
    posix_machine_pass(*state, 2 * BYTE_NS);
    assert_int_equal(device_take(*state), LINE);
    assert_int_equal(identify(*state), 12); /* four bytes' time without news */
    assert_int_equal(in8(*state, PORT + REG_DATA), '6');
    assert_int_equal(identify(*state), 1);
}

static void the_other_end_waits_for_room_and_for_rts(void **state)
{
    feed("abcdefghijklmnopqrstuvwxyz");
    set_up(*state, 0x07, 0);
    posix_machine_pass(*state, S);
    for (char expected = 'a'; expected <= 'p'; expected++) {
        assert_int_equal(in8(*state, PORT + REG_LSR) & 3, 1);
        assert_int_equal(in8(*state, PORT + REG_DATA), expected);
        out8(*state, PORT + REG_MCR, 0x09);
        posix_machine_pass(*state, BYTE_NS * 2);
    }
    assert_int_equal(in8(*state, PORT + REG_LSR) & 1, 0);
    out8(*state, PORT + REG_MCR, 0x0b);
    posix_machine_pass(*state, S);
    assert_int_equal(in8(*state, PORT + REG_DATA), 'q');
}

static void the_loop_returns_bytes_and_modem_lines(void **state)
{
    set_up(*state, 0x01, 0);
    in8(*state, PORT + REG_MSR);
    out8(*state, PORT + REG_MCR, 0x1f);
    assert_int_equal(in8(*state, PORT + REG_MSR), 0xf8); /* the empty file had no carrier */
    out8(*state, PORT + REG_MCR, 0x10);
    assert_int_equal(in8(*state, PORT + REG_MSR), 0x0f);
    assert_int_equal(in8(*state, PORT + REG_MSR), 0x00);
    out8(*state, PORT + REG_MCR, 0x12);
    assert_int_equal(in8(*state, PORT + REG_MSR), 0x11);
    out8(*state, PORT + REG_DATA, 0x5a);
    posix_machine_pass(*state, BYTE_NS);
    assert_int_equal(in8(*state, PORT + REG_LSR), 0x61);
    assert_int_equal(in8(*state, PORT + REG_DATA), 0x5a);
    out8(*state, PORT + REG_LCR, 0x00); /* five bits */
    out8(*state, PORT + REG_DATA, 0xff);
    posix_machine_pass(*state, BYTE_NS);
    assert_int_equal(in8(*state, PORT + REG_DATA), 0x1f);
    assert_int_equal(lseek(files.output, 0, SEEK_END), 0);
}

static void a_break_is_an_error_of_its_byte(void **state)
{
    set_up(*state, 0x01, 4);
    out8(*state, PORT + REG_MCR, 0x1b);
    out8(*state, PORT + REG_DATA, 'a');
    posix_machine_pass(*state, BYTE_NS);
    out8(*state, PORT + REG_LCR, 0x43);
    out8(*state, PORT + REG_DATA, 'b');
    posix_machine_pass(*state, BYTE_NS);
    assert_int_equal(in8(*state, PORT + REG_LSR), 0xe1); /* somewhere in the FIFO */
    assert_int_equal(in8(*state, PORT + REG_DATA), 'a');
    assert_int_equal(identify(*state), 6);
    assert_int_equal(in8(*state, PORT + REG_LSR), 0xf1);
    assert_int_equal(identify(*state), 1);
    assert_int_equal(in8(*state, PORT + REG_DATA), 0);
}

static void more_than_fits_is_an_overrun(void **state)
{
    set_up(*state, 0x00, 0);
    out8(*state, PORT + REG_MCR, 0x1b);
    for (int i = 0; i < 2; i++) {
        out8(*state, PORT + REG_DATA, 'a' + (uint32_t)i);
        posix_machine_pass(*state, BYTE_NS);
    }
    assert_int_equal(in8(*state, PORT + REG_LSR), 0x63);
    assert_int_equal(in8(*state, PORT + REG_LSR), 0x61);
    assert_int_equal(in8(*state, PORT + REG_DATA), 'a');
}

static void without_out2_no_interrupt_leaves(void **state)
{
    set_up(*state, 0x01, 0);
    out8(*state, PORT + REG_MCR, 0x03);
    out8(*state, PORT + REG_IER, 2);
    assert_int_equal(device_take(*state), -1);
    out8(*state, PORT + REG_MCR, 0x0b);
    assert_int_equal(device_take(*state), LINE);
}

static void an_empty_socket_is_an_empty_socket(void **state)
{
    struct posix_hardware hardware = {.parts = POSIX_PART_SERIAL};
    struct machine *machine = device_machine(&hardware);

    (void)state;
    assert_int_equal(in8(machine, PORT + REG_MSR), 0);
    posix_machine_destroy(machine);
    hardware.parts = 0;
    machine = device_machine(&hardware);
    assert_int_equal(in8(machine, PORT + REG_MSR), 0xff);
    assert_int_equal(in8(machine, CONSOLE + REG_MSR), 0xb0);
    posix_machine_destroy(machine);
}

static void unread_input_goes_to_the_next_machine(void **state)
{
    uint8_t unread[POSIX_UNREAD_MOST];
    char error[256];
    const struct posix_config config = {.input = POSIX_INPUT_SCRIPT,
                                        .input_fd = -1,
                                        .output_fd = -1,
                                        .input_first = "one\ntwo\n",
                                        .input_first_size = 8};
    struct machine *machine = posix_machine_create(&config, error, sizeof error);

    (void)state;
    assert_non_null(machine);
    assert_int_equal(posix_machine_unread(machine, unread), 8);
    out8(machine, CONSOLE + REG_LCR, 3);
    out8(machine, CONSOLE + REG_IIR, 1);
    out8(machine, CONSOLE + REG_IER, 1);
    posix_machine_pass(machine, 25 * MS);
    assert_int_equal(in8(machine, CONSOLE + REG_DATA), 'o');
    assert_int_equal(in8(machine, CONSOLE + REG_DATA), 'n');
    assert_int_equal(posix_machine_unread(machine, unread), 6);
    assert_memory_equal(unread, "e\ntwo\n", 6);
    in8(machine, CONSOLE + REG_DATA);
    in8(machine, CONSOLE + REG_DATA);
    assert_int_equal(in8(machine, CONSOLE + REG_LSR) & 1, 0); /* one line at a time */
    assert_int_equal(posix_machine_unread(machine, unread), 4);
    posix_machine_destroy(machine);
}

#define SERIAL_TEST(function)                                                                      \
    cmocka_unit_test_setup_teardown(function, serial_setup, serial_teardown)

struct heard {
    char text[64];
    size_t size;
};

static void hear(void *user, const void *bytes, size_t size)
{
    struct heard *heard = user;
    assert_true(heard->size + size < sizeof(heard->text));
    memcpy(heard->text + heard->size, bytes, size);
    heard->size += size;
}

static void complaints_come_a_line_at_a_time_behind_what_was_sent(void **state)
{
    char error[256];
    struct heard heard = {.size = 0};
    const struct posix_config config = {
        .input_fd = -1, .output_fd = -1, .output = hear, .error = hear, .user = &heard};
    struct machine *machine = posix_machine_create(&config, error, sizeof(error));

    (void)state;
    assert_non_null(machine);
    assert_int_equal(in8(machine, 0xe9), 0xe9);
    out8(machine, CONSOLE + REG_LCR, 0x03);
    out8(machine, CONSOLE + REG_DATA, 'o');
    out8(machine, 0xe9, 'e');
    assert_int_equal(heard.size, 0);
    out8(machine, 0xe9, '\n');
    assert_string_equal(heard.text, "oe\n");
    posix_machine_destroy(machine);
}

static void without_one_who_hears_complaints_there_is_no_port(void **state)
{
    assert_int_equal(in8(*state, 0xe9), 0xff);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(complaints_come_a_line_at_a_time_behind_what_was_sent),
        DEVICE_TEST(without_one_who_hears_complaints_there_is_no_port),
        SERIAL_TEST(registers_keep_their_bits),
        SERIAL_TEST(bytes_go_out_at_the_rate_of_the_line),
        SERIAL_TEST(an_empty_sender_interrupts_once),
        SERIAL_TEST(a_file_is_received_at_the_rate_of_the_line),
        SERIAL_TEST(the_trigger_level_collects_bytes),
        SERIAL_TEST(the_other_end_waits_for_room_and_for_rts),
        SERIAL_TEST(the_loop_returns_bytes_and_modem_lines),
        SERIAL_TEST(a_break_is_an_error_of_its_byte),
        SERIAL_TEST(more_than_fits_is_an_overrun),
        SERIAL_TEST(without_out2_no_interrupt_leaves),
        SERIAL_TEST(an_empty_socket_is_an_empty_socket),
        SERIAL_TEST(unread_input_goes_to_the_next_machine),
    };

    device_hardware.parts = POSIX_PART_SERIAL;
    device_hardware.serial = &files;
    return cmocka_run_group_tests_name("devices: serial ports", tests, NULL, NULL);
}
