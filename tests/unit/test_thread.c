/* SPDX-License-Identifier: MIT */
/* Making threads: what a stack must be, and what is told when there is no memory for it. */

#include "unit.h"

#include "kernel/state.h"
#include "tests/fake/elf_image.h"

/* Spawns a program and lets it run. Gives the top of its stack. */
static uint64_t run_program(struct machine *machine)
{
    static struct elf_image image;
    const struct tr_spawn words = {.image = image.bytes,
                                   .image_size = sizeof image.bytes,
                                   .name = "program",
                                   .process_class = TR_DRIVER};

    elf_image_make(&image, "tr_process_exit");
    (void)fake_process(machine, TR_DRIVER, "parent");
    int64_t pid = CALL1(machine, process_spawn, FAKE_WORD(&words));
    assert_in_range(pid, 1, 100);
    assert_true(fake_turn(machine, (uint64_t)pid));
    return machine->current->machine[FAKE_SP] & ~UINT64_C(15);
}

/* Its first stack has pages that were never touched: one of these is memory of its own. */
static void a_stack_without_a_frame_is_nomem_or_a_stack(void **state)
{
    struct machine *machine = *state;
    uint64_t top = run_program(machine) - UINT64_C(6) * TR_PAGE_SIZE;

    (void)kernel_fail_allocation(machine->kernel, 1, true);
    int64_t result = CALL4(machine, thread_create, 16, 0, top, 0);
    (void)kernel_fail_allocation(machine->kernel, 0, false);
    assert_int_equal(result, TR_E_NOMEM);
    assert_true(CALL4(machine, thread_create, 16, 0, top, 0) > 0);
}

static void a_stack_is_aligned_and_may_be_written(void **state)
{
    struct machine *machine = *state;
    uint64_t top = run_program(machine);
    uint64_t page = (uint64_t)CALL3(machine, memory_allocate, 1, 0, TR_READ);

    assert_int_equal(CALL4(machine, thread_create, 16, 0, top + 8, 0), TR_E_INVAL);
    assert_int_equal(CALL4(machine, thread_create, 16, 0, 0, 0), TR_E_INVAL);
    assert_int_equal(CALL4(machine, thread_create, 16, 0, 16, 0), TR_E_INVAL);
    assert_int_equal(CALL4(machine, thread_create, 16, 0, page + TR_PAGE_SIZE, 0), TR_E_INVAL);
    assert_int_equal(CALL3(machine, memory_protect, page, 1, TR_READ | TR_WRITE), 0);
    assert_true(CALL4(machine, thread_create, 16, 0, page + TR_PAGE_SIZE, 0) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT_TEST(a_stack_without_a_frame_is_nomem_or_a_stack),
        UNIT_TEST(a_stack_is_aligned_and_may_be_written),
    };

    return cmocka_run_group_tests_name("thread", tests, NULL, NULL);
}
