/* SPDX-License-Identifier: MIT */
/* Memory calls that go in steps, with another thread of the process in between. */

#include <string.h>

#include "unit.h"

#include "kernel/frame_list.h"
#include "kernel/process.h"
#include "kernel/shared.h"
#include "kernel/state.h"

#define MANY     1000 /* pages: four steps, of which an entry does two */
#define DONE     512  /* of these in that entry */
#define BOTH     (TR_READ | TR_WRITE)
#define PAGES(n) ((uint64_t)(n)*TR_PAGE_SIZE)

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

static struct process *process_of(struct machine *machine, uint64_t pid)
{
    return process_find(machine->kernel, pid);
}

/* No page of [va, va + pages) is there for anybody: no call finds it, none puts another there. */
static void nothing_is_there(struct machine *machine, uint64_t pid, uint64_t va, uint64_t pages)
{
    for (uint64_t page = 0; page < pages; page += pages < 50 ? 1 : 49) {
        uint64_t at = va + PAGES(page);
        assert_null(fake_user(machine, pid, at, 1, HAL_READ));
        assert_int_equal(CALL2(machine, memory_release, at, 1), TR_E_FAULT);
        assert_int_equal(CALL3(machine, memory_protect, at, 1, 0), TR_E_FAULT);
        assert_int_equal(CALL3(machine, memory_protect, at, 1, TR_READ), TR_E_FAULT);
        int64_t other = CALL3(machine, memory_allocate, 1, at, BOTH);
        assert_true(other > 0);
        assert_true((uint64_t)other < va || (uint64_t)other >= va + PAGES(pages));
        assert_int_equal(CALL2(machine, memory_release, other, 1), 0);
    }
    unit_audit(machine);
}

/* The second thread's own page, next to the first's range or in it. */
static uint8_t *own_page(struct machine *machine, uint64_t pid, uint64_t va)
{
    assert_int_equal(CALL3(machine, memory_allocate, 1, va, BOTH), va);
    uint8_t *bytes = fake_user(machine, pid, va, TR_PAGE_SIZE, HAL_WRITE);
    assert_non_null(bytes);
    bytes[5] = 77;
    return bytes;
}

static void must_be_own(struct machine *machine, uint64_t pid, uint64_t va, const uint8_t *bytes)
{
    assert_ptr_equal(fake_user(machine, pid, va, TR_PAGE_SIZE, HAL_WRITE), bytes);
    assert_int_equal(bytes[5], 77);
    assert_int_equal(CALL2(machine, memory_release, va, 1), 0);
}

/* The second thread ends the first. */
static void end_first(struct machine *machine, uint64_t pid, const struct thread *first)
{
    assert_int_equal(CALL3(machine, thread_terminate, pid, first->object.id, 0), 0);
    unit_audit(machine);
}

static void must_be_free(struct machine *machine, uint64_t pid, uint64_t va, uint64_t pages)
{
    assert_true(space_is_free(&process_of(machine, pid)->space, va, pages));
}

static void dirty_free_frames(struct machine *machine)
{
    const struct frame_table *table = &machine->kernel->frames;

    for (uint64_t frame = table->first; frame < table->end; frame++) {
        if (table->frames[frame].use == FRAME_FREE) {
            memset(machine->ram + PAGES(frame), 0xa5, TR_PAGE_SIZE);
        }
    }
}

/* Neither those that are cleared already nor those to come. */
static void pages_that_are_being_allocated_are_nobodys(void **state)
{
    struct machine *machine = *state;
    uint64_t pid;
    struct thread *first = unit_two_threads(machine, TR_SERVER, 0, &pid);
    uint64_t va = first->process->space.hal.base + PAGES(3000);
    const uint64_t words[6] = {MANY, va, BOTH};

    dirty_free_frames(machine);
    unit_begin(machine, TR_NR_memory_allocate, words);
    nothing_is_there(machine, pid, va, MANY);
    assert_int_equal(CALL2(machine, memory_release, va - PAGES(1), 3), TR_E_FAULT);
    assert_int_equal(CALL2(machine, memory_clear, va, va + PAGES(9)), 0);
    nothing_is_there(machine, pid, va, 9);
    assert_int_equal(unit_go_on(machine, first), va);
    for (uint64_t page = 0; page < MANY; page++) {
        const uint8_t *bytes = fake_user(machine, pid, va + PAGES(page), 4096, HAL_WRITE);
        assert_non_null(bytes);
        assert_int_equal(bytes[0] | bytes[4095], 0);
    }
}

static void an_aborted_allocation_gives_back_what_it_made(void **state)
{
    struct machine *machine = *state;
    uint64_t pid;
    struct thread *first = unit_two_threads(machine, TR_SERVER, 0, &pid);
    struct process *process = first->process;
    uint64_t va = process->space.hal.base + PAGES(3000);
    const uint64_t words[6] = {MANY, va, BOTH};
    uint64_t before = process->space.pages;

    unit_begin(machine, TR_NR_memory_allocate, words);
    uint8_t *below = own_page(machine, pid, va - PAGES(1));
    uint8_t *above = own_page(machine, pid, va + PAGES(MANY));
    assert_int_equal(CALL2(machine, memory_release, va + PAGES(600), 10), TR_E_FAULT);
    end_first(machine, pid, first);
    must_be_free(machine, pid, va, MANY);
    assert_int_equal(process->space.pages, before + 2);
    must_be_own(machine, pid, va - PAGES(1), below);
    must_be_own(machine, pid, va + PAGES(MANY), above);
}

/* What is freed already may be used again, and is not taken for a page of the range. */
static void pages_that_are_being_released_are_gone(void **state)
{
    struct machine *machine = *state;

    for (int is_ended = 0; is_ended < 2; is_ended++) {
        uint64_t pid;
        struct thread *first = unit_two_threads(machine, TR_SERVER, 0, &pid);
        struct process *process = first->process;
        uint64_t va = process->space.hal.base + PAGES(3000);
        const uint64_t words[6] = {MANY, va, BOTH};
        const uint64_t range[6] = {va, MANY};
        uint64_t before = process->space.pages;

        machine->current = kernel_call(machine->kernel, TR_NR_memory_allocate, words);
        fake_pass(machine, machine->time);
        assert_int_equal(first->context.result, va);
        assert_true(fake_turn(machine, pid));
        while (machine->kernel->cpu.current != first) {
            (void)CALL0(machine, thread_yield);
        }
        unit_begin(machine, TR_NR_memory_release, range);
        nothing_is_there(machine, pid, va + PAGES(DONE), MANY - DONE);
        uint8_t *own = own_page(machine, pid, va + PAGES(7));
        if (is_ended != 0) {
            end_first(machine, pid, first);
        } else {
            assert_int_equal(unit_go_on(machine, first), 0);
        }
        must_be_free(machine, pid, va, 7);
        must_be_free(machine, pid, va + PAGES(8), MANY - 8);
        assert_int_equal(process->space.pages, before + 1);
        must_be_own(machine, pid, va + PAGES(7), own);
        fake_end_all(machine);
    }
}

/* A module of so many pages that its map goes in steps. */
static void a_module_that_is_being_released_is_gone(void **state)
{
    static uint8_t bytes[PAGES(MANY)];
    struct machine *machine = *state;
    const struct kernel_module module = {.name = "module", .image = bytes, .size = sizeof bytes};
    struct tr_boot_module info;
    uint64_t failed;
    uint64_t pid;

    assert_int_equal(kernel_boot(machine->kernel, &module, 1, &failed), 0);
    struct thread *first = unit_two_threads(machine, TR_SERVER, 0, &pid);
    assert_int_equal(CALL2(machine, boot_module, 0, FAKE_WORD(&info)), 0);
    const uint64_t range[6] = {info.va, MANY};
    unit_begin(machine, TR_NR_memory_release, range);
    nothing_is_there(machine, pid, info.va + PAGES(DONE), MANY - DONE);
    assert_int_equal(CALL2(machine, memory_clear, info.va, info.va + PAGES(MANY)), FAKE_SLEEPS);
    fake_pass(machine, machine->time);
    uint8_t *own = own_page(machine, pid, info.va);
    end_first(machine, pid, first);
    must_be_free(machine, pid, info.va + PAGES(1), MANY - 1);
    must_be_own(machine, pid, info.va, own);
}

/* Pages of a shared memory that is not joined yet, or is being left. */
static void shared_pages_are_there_while_their_member_is(void **state)
{
    struct machine *machine = *state;
    static uint64_t key, va, other_va;
    uint64_t pid;

    uint64_t creator = fake_process(machine, TR_SERVER, "creator");
    const uint64_t made[6] = {MANY, BOTH, 0, FAKE_WORD(&key), FAKE_WORD(&va)};
    machine->current = kernel_call(machine->kernel, TR_NR_shared_create, made);
    fake_pass(machine, machine->time);
    uint64_t id = (uint64_t)fake_result(machine, creator);
    assert_int_equal(CALL1(machine, process_suspend, creator), FAKE_SLEEPS);
    struct thread *first = unit_two_threads(machine, TR_SERVER, 0, &pid);
    const uint64_t words[6] = {id, key, 0, BOTH, FAKE_WORD(&other_va)};
    unit_begin(machine, TR_NR_shared_join, words);
    uint64_t at = CONTAINER(first->process->shareds.next, struct shared_member, in_process)->va;
    for (uint32_t prot = 0; prot <= BOTH; prot += prot == 0 ? TR_READ : TR_WRITE) {
        assert_int_equal(CALL3(machine, memory_protect, at, 1, prot), TR_E_FAULT);
        assert_int_equal(CALL3(machine, memory_protect, at + PAGES(MANY - 1), 1, prot), TR_E_FAULT);
    }
    assert_int_equal(unit_go_on(machine, first), MANY);
    assert_non_null(fake_user(machine, pid, at, 1, HAL_WRITE));
    assert_non_null(fake_user(machine, pid, at + PAGES(MANY - 1), 1, HAL_WRITE));
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

/* A list whose second run goes on in memory beyond what is given back. */
static void a_part_of_a_list_comes_back(void **state)
{
    struct machine *machine = *state;
    struct kernel *kernel = machine->kernel;
    uint32_t first;

    assert_int_equal(frame_allocate(kernel, &kernel->root_account, 3, FRAME_BODY, &first), 0);
    uint32_t frames[] = {first + 7, first, first + 1, first + 2, first + 3};
    uint64_t free = kernel->frames.free;
    frame_list_give(kernel, frames, 3);
    assert_int_equal(kernel->frames.free, free + 3);
    for (uint32_t frame = first + 2; frame < first + 7; frame++) {
        frame_free(kernel, frame, 0);
    }
    unit_audit(machine);
}

/* What is refused leaves no gap in the addresses of what is not. */
static void a_refused_allocation_changes_nothing(void **state)
{
    struct machine *machine = *state;
    uint64_t pid;

    (void)unit_two_threads(machine, TR_SERVER, 0, &pid);
    int64_t va = CALL3(machine, memory_allocate, 1, 0, BOTH);
    assert_true(va > 0);
    uint64_t most = machine->kernel->frames.free + 1;
    assert_true(most < FAKE_WINDOW_SIZE / TR_PAGE_SIZE);
    assert_int_equal(CALL3(machine, memory_allocate, most, 0, BOTH), TR_E_NOMEM);
    assert_int_equal(CALL3(machine, memory_allocate, 1, 0, BOTH), va + TR_PAGE_SIZE);
    for (uint64_t page = 0; page < 2; page++) {
        assert_int_equal(CALL2(machine, memory_release, (uint64_t)va + PAGES(page), 1), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT_TEST(pages_that_are_not_cleared_yet_cannot_be_reached),
        UNIT_TEST(pages_that_are_being_allocated_are_nobodys),
        UNIT_TEST(an_aborted_allocation_gives_back_what_it_made),
        UNIT_TEST(pages_that_are_being_released_are_gone),
        UNIT_TEST(a_module_that_is_being_released_is_gone),
        UNIT_TEST(shared_pages_are_there_while_their_member_is),
        UNIT_TEST(a_protection_in_steps_asks_each_page_again),
        UNIT_TEST(many_shared_pages_are_cleared_away_in_steps),
        UNIT_TEST(frames_of_a_list_come_back),
        UNIT_TEST(a_part_of_a_list_comes_back),
        UNIT_TEST(a_refused_allocation_changes_nothing),
    };

    return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
