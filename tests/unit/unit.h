/* SPDX-License-Identifier: MIT */
#pragma once

/* What every unit test of the core uses: CMocka with its includes, and a fixture that makes a fake
 * machine and, in teardown, ends all processes and audits. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/fake/fake.h"

/* Fixtures: a fake machine with default configuration in *state; the teardown fails the test unless
 * the audit is clean and nothing is left after everybody has ended. */
int unit_setup(void **state);
int unit_teardown(void **state);

/* The audit now. */
void unit_audit(struct machine *machine);

/* For what happens between two steps of a call: a process with two threads, of which the first runs
 * and the other one has done nothing yet. Gives the first. */
struct thread;
struct thread *unit_two_threads(struct machine *machine, enum tr_class process_class,
                                uint32_t flags, uint64_t *pid);
/* The running thread begins a call that goes in steps; then the other one runs. */
void unit_begin(struct machine *machine, uint64_t number, const uint64_t words[6]);
/* The other thread rests; the first goes on to the end of its call. Its result. */
int64_t unit_go_on(struct machine *machine, struct thread *first);

#define UNIT_TEST(function) cmocka_unit_test_setup_teardown(function, unit_setup, unit_teardown)

/* A call of the running thread with up to six words. */
#define CALL6(machine, name, a, b, c, d, e, f)                                                     \
    fake_call(machine, TR_NR_##name, (uint64_t)(a), (uint64_t)(b), (uint64_t)(c), (uint64_t)(d),   \
              (uint64_t)(e), (uint64_t)(f))
#define CALL0(machine, name)                CALL6(machine, name, 0, 0, 0, 0, 0, 0)
#define CALL1(machine, name, a)             CALL6(machine, name, a, 0, 0, 0, 0, 0)
#define CALL2(machine, name, a, b)          CALL6(machine, name, a, b, 0, 0, 0, 0)
#define CALL3(machine, name, a, b, c)       CALL6(machine, name, a, b, c, 0, 0, 0)
#define CALL4(machine, name, a, b, c, d)    CALL6(machine, name, a, b, c, d, 0, 0)
#define CALL5(machine, name, a, b, c, d, e) CALL6(machine, name, a, b, c, d, e, 0)
