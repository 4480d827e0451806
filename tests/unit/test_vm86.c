/* SPDX-License-Identifier: MIT */
/* VM86 as the kernel sees it: the machine's part is scripted. Slices, the budget, what the caller
 * gets back, and everything that may happen to a thread in the middle. */

#include "unit.h"

#include <string.h>

#include "kernel/state.h"
#include "kernel/vm86.h"

#define PAGES(n) ((uint64_t)(n)*TR_PAGE_SIZE)

/* Adds 1 to eax for each instruction, for ever. */
static void counting(struct machine *machine, struct hal_vm86 *vm86)
{
    (void)machine;
    vm86->registers.eax += (uint32_t)vm86->instructions;
    vm86->end = HAL_VM86_LIMIT;
}

/* INT 21h after 2500 instructions. */
static void interrupting(struct machine *machine, struct hal_vm86 *vm86)
{
    counting(machine, vm86);
    if (vm86->registers.eax >= 2500) {
        vm86->instructions -= vm86->registers.eax - 2500;
        vm86->registers.eax = 2500;
        vm86->end = HAL_VM86_INTERRUPT;
        vm86->vector = 0x21;
        vm86->fault_address = 0x12345;
    }
}

/* Counts the pages that can be read, into ebx, and written, into ecx. */
static void probing(struct machine *machine, struct hal_vm86 *vm86)
{
    for (uint32_t page = 0; page < 0x200; page++) {
        vm86->registers.ebx += kernel_vm86_page(machine->kernel, page, HAL_READ) != NULL;
        uint8_t *view = kernel_vm86_page(machine->kernel, page, HAL_READ | HAL_WRITE);
        if (view != NULL) {
            view[0] = (uint8_t)page;
            vm86->registers.ecx++;
        }
    }
    vm86->registers.edx = kernel_port_allowed(machine->kernel, 0x3c0, 1) +
                          2u * kernel_port_allowed(machine->kernel, 0x3c1, 1);
    vm86->instructions = 1;
    vm86->end = HAL_VM86_FAULT;
    vm86->vector = 14;
    vm86->fault_address = 0x10ffef;
}

static uint64_t driver(struct machine *machine, void (*script)(struct machine *, struct hal_vm86 *))
{
    machine->vm86 = script;
    return fake_process(machine, TR_DRIVER, "driver");
}

static void a_machine_without_it_says_so(void **state)
{
    struct machine *machine = *state;
    struct tr_vm86 vm86 = {0};

    (void)driver(machine, NULL);
    assert_int_equal(CALL2(machine, vm86_enter, FAKE_WORD(&vm86), 0), TR_E_NOSYS);
}

static void bad_words_are_refused(void **state)
{
    struct machine *machine = *state;
    struct tr_vm86 vm86 = {.memory = 1};

    (void)driver(machine, counting);
    assert_int_equal(CALL2(machine, vm86_enter, FAKE_WORD(&vm86), 1), TR_E_INVAL);
    assert_int_equal(CALL2(machine, vm86_enter, 8, 0), TR_E_FAULT);
    assert_int_equal(CALL2(machine, vm86_enter, FAKE_WORD(&vm86), 0), TR_E_INVAL);
    assert_int_equal(machine->vm86_runs, 0);
}

static void only_drivers_enter(void **state)
{
    struct machine *machine = *state;
    struct tr_vm86 vm86 = {0};

    machine->vm86 = counting;
    (void)fake_process(machine, TR_SERVER, "server");
    assert_int_equal(CALL2(machine, vm86_enter, FAKE_WORD(&vm86), 0), TR_E_PERM);
}

static void the_budget_ends_it(void **state)
{
    struct machine *machine = *state;
    struct tr_vm86 vm86 = {.budget = 700, .memory = PAGES(16), .vector = 9, .fault_address = 9};

    (void)driver(machine, counting);
    assert_int_equal(CALL2(machine, vm86_enter, FAKE_WORD(&vm86), 0), 0);
    assert_int_equal(vm86.reason, TR_VM86_BUDGET);
    assert_int_equal(vm86.registers.eax, 700);
    assert_int_equal(vm86.vector, 0);
    assert_int_equal(vm86.fault_address, 0);
    assert_int_equal(vm86.budget, 700);
    assert_int_equal(vm86.memory, PAGES(16));
    assert_int_equal(machine->charged, 7000);
}

static void the_usual_budget_is_a_million(void **state)
{
    struct machine *machine = *state;
    struct tr_vm86 vm86 = {0};
    uint64_t pid = driver(machine, counting);

    assert_int_equal(CALL2(machine, vm86_enter, FAKE_WORD(&vm86), 0), FAKE_SLEEPS);
    fake_pass(machine, machine->time + UINT64_C(1000000000));
    assert_int_equal(fake_result(machine, pid), 0);
    assert_int_equal(vm86.reason, TR_VM86_BUDGET);
    assert_int_equal(vm86.registers.eax, 1000000);
    assert_int_equal(machine->vm86_runs, 1000);
}

static void an_interrupt_ends_it_with_its_number(void **state)
{
    struct machine *machine = *state;
    struct tr_vm86 vm86 = {0};
    uint64_t pid = driver(machine, interrupting);

    (void)CALL2(machine, vm86_enter, FAKE_WORD(&vm86), 0);
    fake_pass(machine, machine->time + 1000000);
    assert_int_equal(fake_result(machine, pid), 0);
    assert_int_equal(vm86.reason, TR_VM86_INTERRUPT);
    assert_int_equal(vm86.vector, 0x21);
    assert_int_equal(vm86.fault_address, 0x12345);
    assert_int_equal(vm86.registers.eax, 2500);
    assert_int_equal(machine->charged, 25000);
}

static void memory_and_ports_are_the_callers(void **state)
{
    struct machine *machine = *state;
    struct tr_vm86 vm86 = {0};
    uint64_t pid = driver(machine, probing);
    uint64_t va = (uint64_t)CALL3(machine, memory_allocate, 0x120, 0, TR_READ | TR_WRITE);

    fake_pass(machine, machine->time + 1000000);
    va = (uint64_t)fake_result(machine, pid);
    assert_int_equal(CALL3(machine, memory_protect, va + PAGES(3), 2, TR_READ), 0);
    assert_int_equal(CALL2(machine, memory_release, va + PAGES(7), 4), 0);
    assert_int_equal(CALL2(machine, port_claim, 0x3c1, 1), 0);
    machine->host_first = FAKE_WORD(&vm86); /* beside the window there is nothing else */
    machine->host_end = FAKE_WORD(&vm86 + 1);
    vm86.memory = va;
    assert_int_equal(CALL2(machine, vm86_enter, FAKE_WORD(&vm86), 0), 0);
    assert_int_equal(vm86.reason, TR_VM86_FAULT);
    assert_int_equal(vm86.vector, 14);
    assert_int_equal(vm86.fault_address, 0x10ffef);
    assert_int_equal(vm86.registers.ebx, 0x110 - 4);
    assert_int_equal(vm86.registers.ecx, 0x110 - 6);
    assert_int_equal(vm86.registers.edx, 2);
    assert_int_equal(*(uint8_t *)fake_user(machine, pid, va + PAGES(0x10f), 1, HAL_READ), 0x0f);
    vm86.memory = va + PAGES(0x60);
    vm86.registers.ebx = 0;
    assert_int_equal(CALL2(machine, vm86_enter, FAKE_WORD(&vm86), 0), 0);
    assert_int_equal(vm86.registers.ebx, 0x120 - 0x60);
    vm86.memory = UINT64_MAX - PAGES(8) + 1;
    vm86.registers.ebx = 0;
    assert_int_equal(CALL2(machine, vm86_enter, FAKE_WORD(&vm86), 0), 0);
    assert_int_equal(vm86.registers.ebx, 0);
}

static uint32_t state_of(struct machine *machine, uint64_t pid)
{
    return process_shown_state(process_find(machine->kernel, pid));
}

static void it_counts_as_running_and_awake(void **state)
{
    struct machine *machine = *state;
    struct tr_vm86 vm86 = {.budget = 100000000};
    uint64_t pid = driver(machine, counting);
    uint64_t server = fake_process(machine, TR_SERVER, "server");
    uint64_t other = fake_process(machine, TR_DRIVER, "other");

    assert_int_equal(CALL2(machine, vm86_enter, FAKE_WORD(&vm86), 0), FAKE_SLEEPS);
    assert_int_equal(kernel_current_pid(machine->kernel), pid);
    assert_int_equal(state_of(machine, pid), TR_RUNNING);
    assert_int_equal(state_of(machine, server), TR_READY);
    /* Another driver gets its turn after a slice; the one in VM86 is shown as running even then. */
    fake_pass(machine, machine->time + 1000);
    assert_in_range(machine->time, 10000000, 10100000);
    assert_int_equal(kernel_current_pid(machine->kernel), other);
    assert_int_equal(state_of(machine, pid), TR_RUNNING);
    unit_audit(machine);
    assert_int_equal(CALL1(machine, process_terminate, pid), 0);
    unit_audit(machine);
}

static void interrupts_come_in_between(void **state)
{
    struct machine *machine = *state;
    struct tr_vm86 vm86 = {.budget = 100000000};
    struct tr_event event;
    uint64_t other = fake_process(machine, TR_DRIVER, "other");

    assert_int_equal(CALL2(machine, irq_listen, 5, 0), 0);
    assert_int_equal(CALL2(machine, event_wait, FAKE_WORD(&event), TR_FOREVER), FAKE_SLEEPS);
    (void)driver(machine, counting);
    assert_int_equal(CALL2(machine, vm86_enter, FAKE_WORD(&vm86), 0), FAKE_SLEEPS);
    fake_raise(machine, 5);
    fake_pass(machine, machine->time + 11000000);
    assert_int_equal(kernel_current_pid(machine->kernel), other);
    assert_int_equal(event.kind, TR_EVENT_IRQ);
}

static void a_suspended_one_goes_on_later(void **state)
{
    struct machine *machine = *state;
    struct tr_vm86 vm86 = {0};
    uint64_t pid = driver(machine, interrupting);
    uint64_t other = fake_process(machine, TR_DRIVER, "other");

    assert_int_equal(fake_call_as(machine, pid, TR_NR_vm86_enter, FAKE_WORD(&vm86), 0, 0, 0, 0, 0),
                     FAKE_SLEEPS);
    thread_set_process_suspended(machine->kernel, process_find(machine->kernel, pid), true);
    machine->current = kernel_next(machine->kernel);
    assert_int_equal(kernel_current_pid(machine->kernel), other);
    assert_int_equal(state_of(machine, pid), TR_SUSPENDED);
    uint64_t runs = machine->vm86_runs;
    fake_pass(machine, machine->time + 100000000);
    assert_int_equal(machine->vm86_runs, runs);
    assert_int_equal(CALL1(machine, process_resume, pid), 0);
    (void)CALL1(machine, thread_sleep, TR_FOREVER);
    fake_pass(machine, machine->time + 1000000);
    assert_int_equal(kernel_current_pid(machine->kernel), pid);
    assert_int_equal(vm86.reason, TR_VM86_INTERRUPT);
    assert_int_equal(vm86.registers.eax, 2500);
}

static void a_dropped_one_comes_back(void **state)
{
    struct machine *machine = *state;
    static uint64_t stack[64];
    struct tr_vm86 vm86 = {.budget = UINT64_MAX};
    uint64_t pid = driver(machine, counting);

    int64_t second = CALL4(machine, thread_create, 0x1000, 0, FAKE_WORD(stack + 64), 0);
    assert_true(second > 0);
    assert_int_equal(CALL2(machine, vm86_enter, FAKE_WORD(&vm86), 0), FAKE_SLEEPS);
    while (kernel_current_tid(machine->kernel) != (uint64_t)second) {
        fake_pass(machine, machine->time + 1000000);
    }
    uint32_t done = process_find(machine->kernel, pid) != NULL ? vm86.registers.eax : 1;
    assert_int_equal(done, 0);
    assert_int_equal(CALL1(machine, process_drop_class, TR_SERVER), 0);
    (void)CALL1(machine, thread_sleep, TR_FOREVER);
    fake_pass(machine, machine->time + 1000);
    assert_int_equal(kernel_current_pid(machine->kernel), pid);
    assert_int_equal(fake_result(machine, pid), 0);
    assert_int_equal(vm86.reason, TR_VM86_DROPPED);
    assert_true(vm86.registers.eax > 0);
    assert_int_equal(CALL2(machine, vm86_enter, FAKE_WORD(&vm86), 0), TR_E_PERM);
}

static void a_structure_that_is_gone_is_a_fault(void **state)
{
    struct machine *machine = *state;
    static uint64_t stack[64];
    uint64_t pid = driver(machine, interrupting);
    uint64_t va = (uint64_t)CALL3(machine, memory_allocate, 1, 0, TR_READ | TR_WRITE);

    int64_t second = CALL4(machine, thread_create, 0x1000, 0, FAKE_WORD(stack + 64), 0);
    assert_true(second > 0);
    ((struct tr_vm86 *)fake_user(machine, pid, va, 96, HAL_WRITE))->budget = 3000000;
    machine->vm86 = counting;
    assert_int_equal(CALL2(machine, vm86_enter, va, 0), FAKE_SLEEPS);
    while (kernel_current_tid(machine->kernel) != (uint64_t)second) {
        fake_pass(machine, machine->time + 1000000);
    }
    assert_int_equal(CALL2(machine, memory_release, va, 1), 0);
    (void)CALL1(machine, thread_sleep, TR_FOREVER);
    fake_pass(machine, machine->time + 100000000);
    assert_int_equal(fake_result(machine, pid), TR_E_FAULT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT_TEST(a_machine_without_it_says_so),
        UNIT_TEST(bad_words_are_refused),
        UNIT_TEST(only_drivers_enter),
        UNIT_TEST(the_budget_ends_it),
        UNIT_TEST(the_usual_budget_is_a_million),
        UNIT_TEST(an_interrupt_ends_it_with_its_number),
        UNIT_TEST(memory_and_ports_are_the_callers),
        UNIT_TEST(it_counts_as_running_and_awake),
        UNIT_TEST(interrupts_come_in_between),
        UNIT_TEST(a_suspended_one_goes_on_later),
        UNIT_TEST(a_dropped_one_comes_back),
        UNIT_TEST(a_structure_that_is_gone_is_a_fault),
    };

    return cmocka_run_group_tests_name("vm86", tests, NULL, NULL);
}
