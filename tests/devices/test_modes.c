/* SPDX-License-Identifier: MIT */
/* C of the machine and of who looks at it computes as ever, however a process that has called
 * rounds and whichever exceptions it has unmasked; the process finds what it had set. x86-64. */

#include "devices.h"

#include <stdio.h>
#include <stdlib.h>
#include <terrarium/calls.h>

#include "kernel/kernel.h"

#define STACK_BYTES (256 * 1024)
#define USUAL       0x1f80u
#define FLAGS       0x3fu

static volatile double one = 1, three = 3;
static double third;
static unsigned looked, wrong;
static uint32_t wanted, found_after_call, found_after_yield;

/* The trace is told in the middle of each call. */
static void on_trace(void *user, const struct tr_trace_record *record)
{
    (void)user;
    (void)record;
    looked++;
    wrong += one / three < third || one / three > third;
}

static uint32_t modes(void)
{
    uint32_t value;
    __asm__ volatile("stmxcsr %0" : "=m"(value));
    return value;
}

static void modes_set(uint32_t value)
{
    __asm__ volatile("ldmxcsr %0" : : "m"(value));
}

static int64_t calls_with_modes(uint64_t unused)
{
    (void)unused;
    for (int i = 0; i < 10; i++) {
        modes_set(wanted);
        (void)posix_kit_call(TR_NR_clock, 0, 0, 0, 0, 0, 0);
        found_after_call = modes();
        (void)posix_kit_call(TR_NR_thread_yield, 0, 0, 0, 0, 0, 0);
        found_after_yield = modes();
        modes_set(USUAL);
    }
    return 0;
}

static int64_t calls(uint64_t unused)
{
    (void)unused;
    for (int i = 0; i < 10; i++) {
        (void)posix_kit_call(TR_NR_thread_yield, 0, 0, 0, 0, 0, 0);
        wrong += (modes() & ~FLAGS) != USUAL;
    }
    return 0;
}

static void start(struct kernel *kernel, int64_t (*function)(uint64_t), char *stack)
{
    struct hal_context *context;
    const struct kernel_host_process process = {.name = "calls",
                                                .process_class = TR_APPLICATION,
                                                .ip = (uint64_t)(uintptr_t)function,
                                                .sp = ((uint64_t)(uintptr_t)stack + STACK_BYTES) &
                                                      ~UINT64_C(15)};
    assert_true(kernel_host_process(kernel, &process, &context) > 0);
}

static void run_with(uint32_t value)
{
    static _Alignas(16) char stacks[2][STACK_BYTES];
    char error[256] = "";
    const struct posix_config config = {.ram_bytes = 4 << 20,
                                        .input = POSIX_INPUT_NONE,
                                        .input_fd = -1,
                                        .output_fd = -1,
                                        .trace = on_trace};
    const struct kernel_config how = {
        .trace = true, .invariants = true, .no_log_needed = true, .checked = posix_is_checked()};
    struct machine *machine = posix_machine_create(&config, error, sizeof error);
    assert_non_null(machine);
    struct kernel *kernel = kernel_create(machine, &how);
    struct posix_result result;

    assert_non_null(kernel);
    posix_machine_attach(machine, kernel);
    wanted = value;
    looked = wrong = 0;
    third = one / three;
    start(kernel, calls_with_modes, stacks[0]);
    start(kernel, calls, stacks[1]);
    posix_machine_run(machine, &result);
    posix_machine_destroy(machine);
    assert_true(looked > 40);
    assert_int_equal(wrong, 0);
    assert_int_equal(found_after_call & ~FLAGS, wanted);
    assert_int_equal(found_after_yield & ~FLAGS, wanted);
    assert_int_equal(modes() & ~FLAGS, USUAL);
}

static void whatever_a_process_rounds_like(void **state)
{
    (void)state;
    run_with(0x3f80); /* down */
    run_with(0x5f80); /* up */
}

static void whatever_exceptions_it_has_unmasked(void **state)
{
    (void)state;
    if (!posix_is_checked()) { /* which does not keep masks */
        run_with(0);
    }
    run_with(USUAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_a_process_rounds_like),
        cmocka_unit_test(whatever_exceptions_it_has_unmasked),
    };
    return cmocka_run_group_tests_name("modes", tests, NULL, NULL);
}
