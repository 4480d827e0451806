/* SPDX-License-Identifier: MIT */
#pragma once

/* Tests of device models: a machine that no kernel runs, driven through its ports as a driver does,
 * with virtual time passed by hand. Everything goes through posix.h and hal.h. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hal-posix/posix.h"

#define MS UINT64_C(1000000)
#define S  UINT64_C(1000000000)

/* The hardware of the machines that device_setup makes; a test file may set it first. */
extern struct posix_hardware device_hardware;
/* Warnings since the machine was made, and the last one. */
extern unsigned device_warnings;
extern char device_warning[256];

/* CMocka's fixture: *state is the machine. */
int device_setup(void **state);
int device_teardown(void **state);
#define DEVICE_TEST(function)                                                                      \
    cmocka_unit_test_setup_teardown(function, device_setup, device_teardown)

/* A machine of one's own, for tests that want other hardware. */
struct machine *device_machine(const struct posix_hardware *hardware);
struct machine *device_machine_of(const struct posix_hardware *hardware, uint64_t ram_bytes);

static inline uint32_t in8(struct machine *machine, uint32_t port)
{
    return hal_port_in(machine, port, 1);
}

static inline void out8(struct machine *machine, uint32_t port, uint32_t value)
{
    hal_port_out(machine, port, 1, value);
}

/* The line that interrupts, acknowledged; -1: none. */
int device_take(struct machine *machine);
