/* SPDX-License-Identifier: MIT */
/* The kernel's entries with made-up traps: what runs next after calls, faults, interrupts and the
 * timer, and what the kernel asks of the machine. */

#include "unit.h"

#include <stdlib.h>
#include <string.h>

static void nothing_runs_without_processes(void **state)
{
    struct machine *machine = *state;

    assert_null(kernel_next(machine->kernel));
    assert_int_equal(kernel_current_pid(machine->kernel), 0);
}

static void a_process_starts_with_its_words(void **state)
{
    struct machine *machine = *state;
    const struct kernel_host_process process = {.name = "first",
                                                .process_class = TR_SERVER,
                                                .ip = 0x1111,
                                                .sp = 0x20000,
                                                .argument = 0x3333};
    struct hal_context *context = NULL;

    assert_int_equal(kernel_host_process(machine->kernel, &process, &context), 1);
    machine->current = kernel_next(machine->kernel);
    assert_ptr_equal(machine->current, context);
    assert_int_equal(context->machine[FAKE_IP], 0x1111);
    assert_int_equal(context->machine[FAKE_ARGUMENT], 0x3333);
    assert_true(context->space->is_host);
}

static void bad_host_processes_are_refused(void **state)
{
    struct machine *machine = *state;
    struct hal_context *context;
    struct kernel_host_process process = {.name = "", .process_class = TR_SERVER};

    assert_int_equal(kernel_host_process(machine->kernel, &process, &context), TR_E_INVAL);
    process.name = "x";
    process.process_class = TR_KERNEL;
    assert_int_equal(kernel_host_process(machine->kernel, &process, &context), TR_E_INVAL);
}

/* interface.md 2: 1 to 61 bytes of 0x21 to 0x7e without the backslash. */
static void a_name_is_of_visible_letters(void **state)
{
    struct machine *machine = *state;
    struct hal_context *context;
    struct kernel_host_process process = {.process_class = TR_SERVER};
    char name[TR_NAME_MAX] = {0};

    process.name = name;
    for (unsigned letter = 1; letter < 128; letter++) {
        bool is_fine = letter >= 0x21 && letter <= 0x7e && letter != '\\';
        memcpy(name, "a?b", 4);
        name[1] = (char)letter;
        int64_t result = kernel_host_process(machine->kernel, &process, &context);
        assert_true(is_fine ? result > 0 : result == TR_E_INVAL);
    }
    for (size_t length = 60; length < TR_NAME_MAX; length++) {
        memset(name, 'n', length);
        int64_t result = kernel_host_process(machine->kernel, &process, &context);
        assert_true(length <= 61 ? result > 0 : result == TR_E_INVAL);
    }
}

static void the_highest_class_runs(void **state)
{
    struct machine *machine = *state;
    uint64_t application = fake_process(machine, TR_APPLICATION, "a");
    assert_int_equal(kernel_current_pid(machine->kernel), application);
    uint64_t driver = fake_process(machine, TR_DRIVER, "d");
    uint64_t server = fake_process(machine, TR_SERVER, "s");

    assert_int_equal(kernel_current_pid(machine->kernel), driver);
    (void)CALL1(machine, thread_sleep, TR_FOREVER);
    assert_int_equal(kernel_current_pid(machine->kernel), server);
    (void)CALL1(machine, thread_sleep, TR_FOREVER);
    assert_int_equal(kernel_current_pid(machine->kernel), application);
    (void)CALL1(machine, thread_sleep, TR_FOREVER);
    assert_int_equal(kernel_current_pid(machine->kernel), 0);
    assert_null(machine->current);
}

static void a_sleep_sets_the_timer_and_its_end_wakes(void **state)
{
    struct machine *machine = *state;
    uint64_t pid = fake_process(machine, TR_APPLICATION, "a");

    assert_int_equal(CALL1(machine, thread_sleep, 5000000), FAKE_SLEEPS);
    assert_null(machine->current);
    assert_int_equal(machine->deadline, 5000000);
    fake_pass(machine, 4999999);
    assert_null(machine->current);
    fake_pass(machine, 5000000);
    assert_int_equal(kernel_current_pid(machine->kernel), pid);
    assert_int_equal(fake_result(machine, pid), 0);
}

static void the_slice_ends_by_the_timer(void **state)
{
    struct machine *machine = *state;
    uint64_t first = fake_process(machine, TR_APPLICATION, "one");
    uint64_t second = fake_process(machine, TR_APPLICATION, "two");

    assert_int_equal(kernel_current_pid(machine->kernel), first);
    assert_true(machine->deadline <= 10000000);
    fake_pass(machine, 10000000);
    assert_int_equal(kernel_current_pid(machine->kernel), second);
    fake_pass(machine, 20000000);
    assert_int_equal(kernel_current_pid(machine->kernel), first);
}

static void a_fault_ends_the_process_and_the_next_runs(void **state)
{
    struct machine *machine = *state;
    struct tr_event event;
    uint64_t victim = fake_process(machine, TR_APPLICATION, "victim");
    uint64_t watcher = fake_process(machine, TR_APPLICATION, "watcher");

    assert_true(fake_turn(machine, watcher));
    assert_int_equal(CALL2(machine, process_watch, victim, 3), 0);
    assert_true(fake_turn(machine, victim));
    fake_fault(machine, TR_FAULT_DIVIDE, 0);
    assert_int_equal(kernel_current_pid(machine->kernel), watcher);
    assert_int_equal(CALL1(machine, event_poll, FAKE_WORD(&event)), 1);
    assert_int_equal(event.kind, TR_EVENT_PROCESS_EXIT);
    assert_int_equal(event.flags, TR_EVENT_FAULTED);
    assert_int_equal(event.size, TR_FAULT_DIVIDE);
}

static void a_line_stays_masked_until_acknowledged(void **state)
{
    struct machine *machine = *state;
    struct tr_event event;

    (void)fake_process(machine, TR_DRIVER, "driver");
    assert_true(machine->masked[5]);
    assert_int_equal(CALL2(machine, irq_listen, 5, 77), 0);
    assert_false(machine->masked[5]);
    fake_raise(machine, 5);
    assert_true(machine->masked[5]);
    assert_int_equal(CALL1(machine, event_poll, FAKE_WORD(&event)), 1);
    assert_int_equal(event.kind, TR_EVENT_IRQ);
    assert_int_equal(event.object, 5);
    assert_int_equal(event.cookie, 77);
    assert_int_equal(CALL1(machine, irq_acknowledge, 5), 0);
    assert_false(machine->masked[5]);
    assert_int_equal(CALL1(machine, irq_acknowledge, 5), TR_E_STATE);
    assert_int_equal(CALL1(machine, irq_ignore, 5), 0);
    assert_true(machine->masked[5]);
    assert_int_equal(CALL1(machine, irq_acknowledge, 5), TR_E_NOENT);
}

static void two_listeners_must_both_acknowledge(void **state)
{
    struct machine *machine = *state;
    uint64_t first = fake_process(machine, TR_DRIVER, "one");
    uint64_t second = fake_process(machine, TR_DRIVER, "two");

    assert_int_equal(fake_call_as(machine, first, TR_NR_irq_listen, 5, 0, 0, 0, 0, 0), 0);
    assert_int_equal(fake_call_as(machine, second, TR_NR_irq_listen, 5, 0, 0, 0, 0, 0), 0);
    fake_raise(machine, 5);
    assert_int_equal(fake_call_as(machine, first, TR_NR_irq_acknowledge, 5, 0, 0, 0, 0, 0), 0);
    assert_true(machine->masked[5]);
    assert_int_equal(fake_call_as(machine, second, TR_NR_irq_acknowledge, 5, 0, 0, 0, 0, 0), 0);
    assert_false(machine->masked[5]);
}

static void a_dying_listener_acknowledges(void **state)
{
    struct machine *machine = *state;
    uint64_t first = fake_process(machine, TR_DRIVER, "one");
    uint64_t second = fake_process(machine, TR_DRIVER, "two");

    assert_int_equal(fake_call_as(machine, first, TR_NR_irq_listen, 5, 0, 0, 0, 0, 0), 0);
    assert_int_equal(fake_call_as(machine, second, TR_NR_irq_listen, 5, 0, 0, 0, 0, 0), 0);
    fake_raise(machine, 5);
    assert_int_equal(fake_call_as(machine, first, TR_NR_irq_acknowledge, 5, 0, 0, 0, 0, 0), 0);
    assert_true(fake_turn(machine, second));
    (void)CALL1(machine, process_exit, 0);
    assert_false(machine->masked[5]);
}

static void a_listener_silent_for_a_second_is_taken_off(void **state)
{
    struct machine *machine = *state;
    uint64_t pid = fake_process(machine, TR_DRIVER, "silent");

    assert_int_equal(CALL2(machine, irq_listen, 5, 0), 0);
    fake_raise(machine, 5);
    (void)CALL1(machine, thread_sleep, UINT64_C(3000000000));
    fake_pass(machine, UINT64_C(3000000000));
    assert_int_equal(kernel_current_pid(machine->kernel), pid);
    assert_int_equal(CALL1(machine, irq_acknowledge, 5), TR_E_NOENT);
}

static void an_interrupt_wakes_a_driver_over_an_application(void **state)
{
    struct machine *machine = *state;
    struct tr_event event;
    uint64_t driver = fake_process(machine, TR_DRIVER, "driver");

    assert_int_equal(CALL2(machine, irq_listen, 3, 0), 0);
    (void)CALL2(machine, event_wait, FAKE_WORD(&event), TR_FOREVER);
    uint64_t application = fake_process(machine, TR_APPLICATION, "app");
    assert_int_equal(kernel_current_pid(machine->kernel), application);
    fake_raise(machine, 3);
    assert_int_equal(kernel_current_pid(machine->kernel), driver);
    assert_int_equal(fake_result(machine, driver), 1);
    assert_int_equal(event.kind, TR_EVENT_IRQ);
}

static void ports_reach_the_machine_only_when_claimed(void **state)
{
    struct machine *machine = *state;

    (void)fake_process(machine, TR_DRIVER, "driver");
    machine->port_bytes[0x60] = 0x1c;
    assert_int_equal(CALL2(machine, port_in, 0x60, 1), TR_E_ACCES);
    assert_false(kernel_port_allowed(machine->kernel, 0x60, 1));
    assert_int_equal(CALL2(machine, port_claim, 0x60, 2), 0);
    assert_true(kernel_port_allowed(machine->kernel, 0x60, 1));
    assert_true(kernel_port_allowed(machine->kernel, 0x60, 2));
    assert_false(kernel_port_allowed(machine->kernel, 0x61, 2));
    assert_int_equal(CALL2(machine, port_in, 0x60, 1), 0x1c);
    assert_int_equal(CALL3(machine, port_out, 0x61, 1, 0xab), 0);
    assert_int_equal(machine->out_count, 1);
    assert_int_equal(machine->outs[0].port, 0x61);
    assert_int_equal(machine->outs[0].value, 0xab);
    assert_int_equal(CALL3(machine, port_out, 0x62, 1, 0xab), TR_E_ACCES);
    assert_int_equal(machine->out_count, 1);
}

static void a_broken_machine_limit_is_nomem(void **state)
{
    struct machine *machine = *state;
    const struct kernel_host_process process = {.name = "x", .process_class = TR_SERVER};
    struct hal_context *context;

    machine->spaces_most = machine->spaces_alive;
    assert_int_equal(kernel_host_process(machine->kernel, &process, &context), TR_E_NOMEM);
    machine->spaces_most = UINT64_MAX;
}

static void a_stop_reaches_the_machine(void **state)
{
    struct machine *machine = *state;

    (void)fake_process(machine, TR_SERVER, "stopper");
    (void)CALL3(machine, system_stop, TR_STOP_HALT, 42, 1000000);
    assert_false(machine->stopped);
    (void)CALL0(machine, system_saved);
    fake_pass(machine, machine->time);
    assert_true(machine->stopped);
    assert_int_equal(machine->stop_how, TR_STOP_HALT);
    assert_int_equal(machine->stop_code, 42);
}

static void a_stop_ends_at_the_deadline(void **state)
{
    struct machine *machine = *state;

    (void)fake_process(machine, TR_SERVER, "stopper");
    (void)CALL3(machine, system_stop, TR_STOP_REBOOT, 1, 1000000);
    fake_pass(machine, machine->time + 999999);
    assert_false(machine->stopped);
    fake_pass(machine, machine->time + 1000000);
    assert_true(machine->stopped);
    assert_int_equal(machine->stop_how, TR_STOP_REBOOT);
}

static void same_traps_give_the_same_trace(void **state)
{
    struct tr_trace_record *first = NULL;
    size_t count = 0;

    (void)state;
    for (int run = 0; run < 2; run++) {
        struct machine *machine = fake_create(NULL);
        uint64_t receiver = fake_process(machine, TR_SERVER, "r");
        (void)CALL1(machine, thread_sleep, 1000);
        (void)fake_process(machine, TR_APPLICATION, "a");
        (void)CALL4(machine, message_send, receiver, FAKE_WORD("x"), 1, 5);
        uint64_t word = 0;
        (void)CALL2(machine, random, FAKE_WORD(&word), 0);
        fake_pass(machine, 1000000);
        if (run == 0) {
            count = machine->trace_count;
            first = malloc(count * sizeof *first);
            memcpy(first, machine->trace, count * sizeof *first);
        } else {
            assert_int_equal(machine->trace_count, count);
            for (size_t i = 0; i < count; i++) {
                assert_int_equal(machine->trace[i].kind, first[i].kind);
                assert_int_equal(machine->trace[i].time, first[i].time);
                assert_int_equal(machine->trace[i].pid, first[i].pid);
                assert_int_equal(machine->trace[i].a, first[i].a);
            }
        }
        fake_destroy(machine);
    }
    assert_true(count > 5);
    free(first);
}

/* A yield takes the caller off the processor before its result is known. */
static void a_result_is_traced_as_its_callers(void **state)
{
    struct machine *machine = *state;
    size_t results = 0;

    uint64_t pid = fake_process(machine, TR_SERVER, "one");
    (void)fake_process(machine, TR_SERVER, "two");
    uint64_t tid = kernel_current_tid(machine->kernel);
    assert_int_equal(kernel_current_pid(machine->kernel), pid);
    (void)CALL0(machine, thread_yield);
    assert_int_not_equal(kernel_current_tid(machine->kernel), tid);
    for (size_t i = 0; i < machine->trace_count; i++) {
        const struct tr_trace_record *record = &machine->trace[i];
        if (record->kind == TR_TRACE_RESULT && record->a == TR_NR_thread_yield) {
            results++;
            assert_int_equal(record->pid, pid);
            assert_int_equal(record->tid, tid);
        }
    }
    assert_int_equal(results, 1);
}

/* Each miss brings what has not been brought before: a machine that goes through memory, up or
 * down, asks once for every extent. */
static void memory_is_translated_in_extents(void **state)
{
    struct machine *machine = *state;
    const uint64_t pages = 160, most = 16;

    uint64_t pid = fake_process(machine, TR_SERVER, "one");
    struct hal_space *space = machine->current->space;
    uint64_t va = (uint64_t)fake_call_as(machine, pid, TR_NR_memory_allocate, pages, 0,
                                         TR_READ | TR_WRITE, 0, 0, 0);
    for (int down = 0; down < 2; down++) {
        uint64_t asked = 0, done = 0;
        while (done < pages) {
            uint64_t page = down ? pages - 1 - done : done;
            struct hal_mapping mapping;
            assert_true(kernel_translate(machine->kernel, space, va + page * TR_PAGE_SIZE, HAL_READ,
                                         most, &mapping));
            assert_true(mapping.pages <= most);
            uint64_t first = mapping.va < va ? 0 : (mapping.va - va) / TR_PAGE_SIZE;
            uint64_t end = (mapping.va - va) / TR_PAGE_SIZE + mapping.pages;
            assert_true(first <= page && page < end);
            done = down ? pages - first : end;
            asked++;
        }
        assert_true(asked <= pages / most + 1);
    }
}

static void every_page_of_an_extent_tells_the_same(void **state)
{
    struct machine *machine = *state;
    const uint64_t pages = 40, most = 16;

    uint64_t pid = fake_process(machine, TR_SERVER, "one");
    struct hal_space *space = machine->current->space;
    uint64_t va = (uint64_t)fake_call_as(machine, pid, TR_NR_memory_allocate, pages, 0,
                                         TR_READ | TR_WRITE, 0, 0, 0);
    struct hal_mapping whole = {0};
    for (uint64_t at = va; at < va + pages * TR_PAGE_SIZE; at += TR_PAGE_SIZE) {
        struct hal_mapping mapping;
        assert_true(kernel_translate(machine->kernel, space, at, HAL_READ, most, &mapping));
        if (at >= whole.va + whole.pages * TR_PAGE_SIZE) {
            whole = mapping;
        }
        assert_int_equal(mapping.va, whole.va);
        assert_int_equal(mapping.frame, whole.frame);
        assert_int_equal(mapping.pages, whole.pages);
    }
}

static void ten_kernels_live_side_by_side(void **state)
{
    struct machine *machines[10];

    (void)state;
    for (size_t i = 0; i < 10; i++) {
        machines[i] = fake_create(NULL);
        (void)fake_process(machines[i], TR_SERVER, "s");
    }
    for (size_t i = 0; i < 10; i++) {
        for (size_t k = 0; k < i; k++) {
            (void)fake_process(machines[i], TR_APPLICATION, "a");
        }
    }
    for (size_t i = 0; i < 10; i++) {
        struct kernel_census census;
        kernel_census(machines[i]->kernel, &census);
        assert_int_equal(census.processes, i + 1);
        unit_audit(machines[i]);
        fake_destroy(machines[i]);
    }
}

static void a_kernel_does_not_fit_into_little_memory(void **state)
{
    struct machine *machine = fake_create_bare(FAKE_FIRST_FRAME + 2);

    (void)state;
    assert_null(kernel_create(machine, &(struct kernel_config){0}));
    fake_destroy(machine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT_TEST(nothing_runs_without_processes),
        UNIT_TEST(a_process_starts_with_its_words),
        UNIT_TEST(bad_host_processes_are_refused),
        UNIT_TEST(a_name_is_of_visible_letters),
        UNIT_TEST(the_highest_class_runs),
        UNIT_TEST(a_sleep_sets_the_timer_and_its_end_wakes),
        UNIT_TEST(the_slice_ends_by_the_timer),
        UNIT_TEST(a_fault_ends_the_process_and_the_next_runs),
        UNIT_TEST(a_line_stays_masked_until_acknowledged),
        UNIT_TEST(two_listeners_must_both_acknowledge),
        UNIT_TEST(a_dying_listener_acknowledges),
        UNIT_TEST(a_listener_silent_for_a_second_is_taken_off),
        UNIT_TEST(an_interrupt_wakes_a_driver_over_an_application),
        UNIT_TEST(ports_reach_the_machine_only_when_claimed),
        UNIT_TEST(a_broken_machine_limit_is_nomem),
        UNIT_TEST(a_stop_reaches_the_machine),
        UNIT_TEST(a_stop_ends_at_the_deadline),
        cmocka_unit_test(same_traps_give_the_same_trace),
        UNIT_TEST(a_result_is_traced_as_its_callers),
        UNIT_TEST(memory_is_translated_in_extents),
        UNIT_TEST(every_page_of_an_extent_tells_the_same),
        cmocka_unit_test(ten_kernels_live_side_by_side),
        cmocka_unit_test(a_kernel_does_not_fit_into_little_memory),
    };

    return cmocka_run_group_tests_name("entries", tests, NULL, NULL);
}
