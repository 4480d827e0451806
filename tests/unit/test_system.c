/* SPDX-License-Identifier: MIT */
/* Stopping, the soft panic, boot modules and facts about the system. */

#include "unit.h"

#include <string.h>

#define SECOND UINT64_C(1000000000)

static struct tr_event event;

static int64_t next_event(struct machine *machine)
{
    memset(&event, 0xee, sizeof event);
    return CALL1(machine, event_poll, FAKE_WORD(&event));
}

static void stopping_waits_for_the_answers(void **state)
{
    struct machine *machine = *state;

    uint64_t a = fake_process(machine, TR_APPLICATION, "a");
    uint64_t b = fake_process(machine, TR_APPLICATION, "b");
    uint64_t c = fake_process(machine, TR_APPLICATION, "c");
    uint64_t d = fake_process(machine, TR_DRIVER, "d");
    assert_int_equal(CALL0(machine, system_saved), TR_E_STATE);
    assert_int_equal(CALL3(machine, system_stop, 2, 0, 0), TR_E_INVAL);
    assert_int_equal(CALL3(machine, system_stop, TR_STOP_HALT, 256, 0), TR_E_INVAL);
    assert_int_equal(CALL1(machine, process_suspend, c), 0);
    assert_int_equal(CALL2(machine, timer_set, 0, 9), 0);
    assert_int_equal(CALL3(machine, system_stop, TR_STOP_HALT, 255, 5 * SECOND), 0);
    assert_int_equal(CALL3(machine, system_stop, TR_STOP_HALT, 42, 5 * SECOND), TR_E_STATE);
    assert_int_equal(next_event(machine), 1);
    assert_int_equal(event.kind, TR_EVENT_SAVE_STATE);
    assert_int_equal(event.object, machine->time + 5 * SECOND);
    assert_int_equal(CALL0(machine, system_saved), 0);
    assert_int_equal(CALL0(machine, system_saved), 0);
    assert_false(machine->stopped);
    assert_int_equal(CALL2(machine, process_terminate, a, 0), 0);
    assert_false(machine->stopped);
    (void)CALL1(machine, thread_sleep, TR_FOREVER);
    assert_int_equal(kernel_current_pid(machine->kernel), b);
    assert_int_equal(CALL1(machine, system_reboot, 0), TR_E_PERM);
    (void)CALL0(machine, system_saved);
    assert_true(machine->stopped);
    assert_int_equal(machine->stop_how, TR_STOP_HALT);
    assert_int_equal(machine->stop_code, 255);
    (void)d;
}

static void a_deadline_stops(void **state)
{
    struct machine *machine = *state;

    (void)fake_process(machine, TR_DRIVER, "d");
    assert_int_equal(CALL1(machine, system_reboot, SECOND), 0);
    fake_pass(machine, SECOND - 1);
    assert_false(machine->stopped);
    fake_pass(machine, SECOND);
    assert_true(machine->stopped);
    assert_int_equal(machine->stop_how, TR_STOP_REBOOT);
}

static void timeout_0_stops_at_once(void **state)
{
    struct machine *machine = *state;

    (void)fake_process(machine, TR_DRIVER, "d");
    (void)CALL3(machine, system_stop, TR_STOP_HALT, 3, 0);
    assert_true(machine->stopped);
}

static int strict_setup(void **state)
{
    const struct kernel_config config = {.invariants = true, .trace = true};
    struct machine *machine = fake_create(&config);
    uint64_t failed;
    assert_int_equal(kernel_boot(machine->kernel, NULL, 0, &failed), 0);
    *state = machine;
    return 0;
}

static void no_log_is_a_soft_panic(void **state)
{
    struct machine *machine = *state;

    (void)fake_process(machine, TR_DRIVER, "d");
    fake_pass(machine, 10 * SECOND - 1);
    assert_int_equal(next_event(machine), 0);
    fake_pass(machine, 10 * SECOND);
    assert_int_equal(next_event(machine), 1);
    assert_int_equal(event.kind, TR_EVENT_SAVE_STATE);
    assert_int_equal(event.object, 15 * SECOND);
    assert_int_equal(CALL1(machine, system_reboot, SECOND), TR_E_STATE);
    fake_pass(machine, 15 * SECOND - 1);
    assert_false(machine->stopped);
    fake_pass(machine, 15 * SECOND);
    assert_true(machine->stopped);
    assert_int_equal(machine->stop_how, TR_STOP_REBOOT);
}

static void the_last_logs_death_is_a_soft_panic(void **state)
{
    struct machine *machine = *state;

    uint64_t log = fake_process(machine, TR_APPLICATION, "log");
    (void)fake_process(machine, TR_DRIVER, "d");
    fake_pass(machine, 100 * SECOND);
    assert_false(machine->stopped);
    assert_int_equal(CALL2(machine, process_terminate, log, 0), 0);
    assert_int_equal(next_event(machine), 1);
    assert_int_equal(event.object, 105 * SECOND);
    fake_pass(machine, 105 * SECOND);
    assert_true(machine->stopped);
}

static struct machine *boot_with_modules(uint64_t *driver)
{
    static char bytes[9000];
    struct machine *machine = fake_create(NULL);
    const struct kernel_module modules[] = {{.name = "big", .image = bytes, .size = sizeof bytes},
                                            {.name = "small", .image = "hi", .size = 2}};
    uint64_t failed;

    memset(bytes, 'm', sizeof bytes);
    assert_int_equal(kernel_boot(machine->kernel, modules, 2, &failed), 0);
    *driver = fake_process(machine, TR_DRIVER, "d");
    return machine;
}

static void modules_are_mapped_read_only(void **state)
{
    uint64_t driver;
    struct machine *machine = boot_with_modules(&driver);
    struct tr_boot_module module;

    (void)state;
    assert_int_equal(CALL2(machine, boot_module, 2, FAKE_WORD(&module)), TR_E_NOENT);
    assert_int_equal(CALL2(machine, boot_module, 0, FAKE_WORD(&module)), 0);
    assert_string_equal(module.name, "big");
    assert_int_equal(module.size, 9000);
    for (uint64_t i = 0; i < 9000; i += 8) {
        const char *byte = fake_user(machine, driver, module.va + i, 8, HAL_READ);
        assert_non_null(byte);
        assert_int_equal(*byte, 'm');
    }
    assert_int_equal(*(char *)fake_user(machine, driver, module.va + 9000, 1, HAL_READ), 0);
    assert_null(fake_user(machine, driver, module.va, 1, HAL_WRITE));
    assert_null(fake_user(machine, driver, module.va, 1, HAL_EXECUTE));
    fake_end_all(machine);
    unit_audit(machine);
    fake_destroy(machine);
}

static void a_module_may_be_mapped_twice_and_released(void **state)
{
    uint64_t driver;
    struct machine *machine = boot_with_modules(&driver);
    struct tr_boot_module one;
    struct tr_boot_module two;

    (void)state;
    assert_int_equal(CALL2(machine, boot_module, 0, FAKE_WORD(&one)), 0);
    assert_int_equal(CALL2(machine, boot_module, 0, FAKE_WORD(&two)), 0);
    assert_true(one.va != two.va);
    assert_int_equal(CALL2(machine, memory_release, two.va, 3), 0);
    assert_null(fake_user(machine, driver, two.va, 1, HAL_READ));
    assert_non_null(fake_user(machine, driver, one.va, 1, HAL_READ));
    fake_end_all(machine);
    unit_audit(machine);
    fake_destroy(machine);
}

static void crossings_are_counted_by_call(void **state)
{
    struct machine *machine = *state;
    struct tr_system_info info;

    (void)fake_process(machine, TR_APPLICATION, "a");
    for (int i = 0; i < 5; i++) {
        (void)CALL0(machine, thread_self);
    }
    assert_int_equal(CALL1(machine, system_info, FAKE_WORD(&info)), 0);
    assert_int_equal(info.abi_version, TR_ABI_VERSION);
    assert_int_equal(info.page_size, TR_PAGE_SIZE);
    assert_int_equal(info.crossings[TR_NR_thread_self], 5);
    assert_int_equal(info.crossings[TR_NR_thread_yield], 0);
}

static void ghost_symbols_are_found_by_name(void **state)
{
    struct machine *machine = *state;

    (void)fake_process(machine, TR_APPLICATION, "a");
    assert_int_equal(CALL1(machine, symbol_find, FAKE_WORD("tr_log")),
                     FAKE_GHOST_BASE + TR_NR_log * 16);
    assert_int_equal(CALL1(machine, symbol_find, FAKE_WORD("tr_lag")), TR_E_NOENT);
    assert_int_equal(CALL1(machine, symbol_find, FAKE_WORD("")), TR_E_NOENT);
    assert_int_equal(CALL1(machine, symbol_find, 8), TR_E_FAULT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT_TEST(stopping_waits_for_the_answers),
        UNIT_TEST(a_deadline_stops),
        UNIT_TEST(timeout_0_stops_at_once),
        UNIT_TEST(crossings_are_counted_by_call),
        UNIT_TEST(ghost_symbols_are_found_by_name),
        cmocka_unit_test_setup_teardown(no_log_is_a_soft_panic, strict_setup, unit_teardown),
        cmocka_unit_test_setup_teardown(the_last_logs_death_is_a_soft_panic, strict_setup,
                                        unit_teardown),
        cmocka_unit_test(modules_are_mapped_read_only),
        cmocka_unit_test(a_module_may_be_mapped_twice_and_released),
    };

    return cmocka_run_group_tests_name("system", tests, NULL, NULL);
}
