/* SPDX-License-Identifier: MIT */
/* The PCI bus by configuration mechanism 1, as a driver that lists the bus uses it. */

#include "devices.h"

enum { ADDRESS = 0xcf8, DATA = 0xcfc };

static uint32_t config(struct machine *machine, uint32_t slot, uint32_t function, uint32_t offset)
{
    hal_port_out(machine, ADDRESS, 4, 0x80000000 | slot << 11 | function << 8 | (offset & 0xfc));
    return hal_port_in(machine, DATA, 4);
}

static void the_bridges_are_there_and_nothing_else_answers(void **state)
{
    assert_int_equal(config(*state, 0, 0, 0), 0x12378086);
    assert_int_equal(config(*state, 0, 0, 8), 0x06000002);
    assert_int_equal(config(*state, 1, 0, 0), 0x70008086);
    assert_int_equal(config(*state, 1, 0, 8), 0x06010000);
    assert_int_equal(config(*state, 1, 0, 0xc) >> 16 & 0xff, 0x80);
    assert_int_equal(config(*state, 30, 0, 0), 0xffffffff);
    hal_port_out(*state, ADDRESS, 4, 0x80010000);
    assert_int_equal(hal_port_in(*state, DATA, 4), 0xffffffff);
}

static void narrow_accesses_reach_single_bytes(void **state)
{
    config(*state, 1, 0, 0);
    assert_int_equal(hal_port_in(*state, DATA, 2), 0x8086);
    assert_int_equal(hal_port_in(*state, DATA + 2, 2), 0x7000);
    assert_int_equal(in8(*state, DATA + 1), 0x80);
    assert_int_equal(in8(*state, DATA + 3), 0x70);
}

static void only_four_bytes_write_the_address(void **state)
{
    config(*state, 1, 0, 0);
    assert_int_equal(hal_port_in(*state, ADDRESS, 4), 0x80000800);
    out8(*state, ADDRESS, 0xff);
    hal_port_out(*state, ADDRESS, 2, 0xffff);
    assert_int_equal(hal_port_in(*state, ADDRESS, 4), 0x80000800);
    hal_port_out(*state, ADDRESS, 4, 0x800);
    assert_int_equal(hal_port_in(*state, DATA, 4), 0xffffffff);
}

static void identities_cannot_be_written(void **state)
{
    config(*state, 0, 0, 0);
    hal_port_out(*state, DATA, 4, 0);
    assert_int_equal(config(*state, 0, 0, 0), 0x12378086);
    config(*state, 1, 0, 0x60);
    assert_int_equal(hal_port_in(*state, DATA, 4), 0x0b0b0a0a);
    out8(*state, DATA + 1, 0xff);
    assert_int_equal(hal_port_in(*state, DATA, 4), 0x0b0b8f0a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DEVICE_TEST(the_bridges_are_there_and_nothing_else_answers),
        DEVICE_TEST(narrow_accesses_reach_single_bytes),
        DEVICE_TEST(only_four_bytes_write_the_address),
        DEVICE_TEST(identities_cannot_be_written),
    };

    device_hardware.parts = POSIX_PART_PCI;
    return cmocka_run_group_tests_name("devices: PCI bus", tests, NULL, NULL);
}
