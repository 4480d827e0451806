/* SPDX-License-Identifier: MIT */
/* Memory calls that go in steps, with another thread of the process in between. */

#include "unit.h"

#include "kernel/frame_list.h"
#include "kernel/process.h"
#include "kernel/state.h"

#define MANY 1000 /* pages: four steps, of which an entry does two */

static void pages_that_are_not_cleared_yet_cannot_be_reached(void **state)
{
    struct machine *machine = *state;
    const uint64_t words[6] = {MANY, 0, TR_READ | TR_WRITE};
    uint64_t pid;
    struct thread *first = unit_two_threads(machine, TR_SERVER, 0, &pid);

    unit_begin(machine, TR_NR_memory_allocate, words);
    uint64_t last = first->work.words[0] + (MANY - 1) * TR_PAGE_SIZE;
    assert_int_equal(CALL3(machine, memory_protect, last, 1, TR_READ), TR_E_FAULT);
    assert_null(fake_user(machine, pid, last, 8, HAL_READ));
    unit_audit(machine);
    assert_int_equal(unit_go_on(machine, first), last - (MANY - 1) * TR_PAGE_SIZE);
    const uint8_t *bytes = fake_user(machine, pid, last, 8, HAL_WRITE);
    assert_non_null(bytes);
    assert_int_equal(bytes[0], 0);
}

static void a_page_released_under_an_allocation_stays_released(void **state)
{
    struct machine *machine = *state;
    const uint64_t words[6] = {MANY, 0, TR_READ | TR_WRITE};
    uint64_t pid;
    struct thread *first = unit_two_threads(machine, TR_SERVER, 0, &pid);

    unit_begin(machine, TR_NR_memory_allocate, words);
    uint64_t last = first->work.words[0] + (MANY - 1) * TR_PAGE_SIZE;
    assert_int_equal(CALL2(machine, memory_release, last, 1), 0);
    assert_int_equal(CALL3(machine, memory_allocate, 1, last, TR_READ | TR_WRITE), last);
    uint8_t *bytes = fake_user(machine, pid, last, 8, HAL_WRITE);
    bytes[0] = 7;
    (void)unit_go_on(machine, first);
    assert_ptr_equal(fake_user(machine, pid, last, 8, HAL_WRITE), bytes);
    assert_int_equal(bytes[0], 7);
}

/* What another thread has put into the range meanwhile keeps its own rules. */
static void a_protection_in_steps_asks_each_page_again(void **state)
{
    struct machine *machine = *state;
    static uint64_t key, va;
    uint64_t pid;
    struct thread *first = unit_two_threads(machine, TR_SERVER, 0, &pid);
    uint64_t range = (uint64_t)CALL3(machine, memory_allocate, MANY, 0, TR_READ | TR_WRITE);
    fake_pass(machine, machine->time);
    if (first->context.result != 0) {
        range = (uint64_t)first->context.result;
    }
    const uint64_t words[6] = {range, MANY, TR_READ | TR_EXECUTE};
    uint64_t last = range + (MANY - 1) * TR_PAGE_SIZE;

    unit_begin(machine, TR_NR_memory_protect, words);
    assert_int_equal(CALL2(machine, memory_release, last, 1), 0);
    first->process->space.cursor = last - first->process->space.hal.base;
    assert_true(CALL5(machine, shared_create, 1, TR_READ, 0, FAKE_WORD(&key), FAKE_WORD(&va)) > 0);
    assert_int_equal(va, last);
    assert_int_equal(unit_go_on(machine, first), 0);
    assert_null(fake_user(machine, pid, last, 8, HAL_EXECUTE));
    assert_non_null(fake_user(machine, pid, last, 8, HAL_WRITE));
    assert_non_null(fake_user(machine, pid, last - TR_PAGE_SIZE, 8, HAL_EXECUTE));
}

/* A clear of one page, in the middle of many shared ones. */
static void many_shared_pages_are_cleared_away_in_steps(void **state)
{
    struct machine *machine = *state;
    static uint64_t key, va;
    struct tr_shared_info info;

    (void)fake_process(machine, TR_SERVER, "one");
    const uint64_t made[6] = {MANY, TR_READ, 0, FAKE_WORD(&key), FAKE_WORD(&va)};
    machine->current = kernel_call(machine->kernel, TR_NR_shared_create, made);
    fake_pass(machine, machine->time);
    uint64_t id = (uint64_t)machine->current->result;
    uint64_t page = va + MANY / 2 * TR_PAGE_SIZE;
    const uint64_t words[6] = {page, page + TR_PAGE_SIZE};
    machine->current = kernel_call(machine->kernel, TR_NR_memory_clear, words);
    assert_null(machine->current);
    unit_audit(machine);
    fake_pass(machine, machine->time);
    assert_int_equal(machine->current->result, 0);
    assert_int_equal(CALL2(machine, shared_info, id, FAKE_WORD(&info)), TR_E_NOENT);
}

/* Lists of frames come back as what they were, whatever their order. */
static void frames_of_a_list_come_back(void **state)
{
    struct machine *machine = *state;
    struct kernel *kernel = machine->kernel;
    uint32_t frames[300];
    uint64_t free = kernel->frames.free;

    assert_int_equal(frame_list_take(kernel, &kernel->root_account, FRAME_BODY, frames, 300), 0);
    assert_int_equal(kernel->frames.free, free - 300);
    assert_true(frame_list_run(frames, 300) >= 256);
    for (uint32_t i = 0; i < 150; i++) {
        uint32_t frame = frames[i];
        frames[i] = frames[299 - i];
        frames[299 - i] = frame;
    }
    frame_list_give(kernel, frames, 300);
    assert_int_equal(kernel->frames.free, free);
    unit_audit(machine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT_TEST(pages_that_are_not_cleared_yet_cannot_be_reached),
        UNIT_TEST(a_page_released_under_an_allocation_stays_released),
        UNIT_TEST(a_protection_in_steps_asks_each_page_again),
        UNIT_TEST(many_shared_pages_are_cleared_away_in_steps),
        UNIT_TEST(frames_of_a_list_come_back),
    };

    return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
