/* SPDX-License-Identifier: MIT */
/* The pool of ended processes' spaces: what is kept, what is taken again, and that it is given back
 * when frames are short. That nothing of the dead is seen is in test_space_reuse.c. */

#include "unit.h"

#include "kernel/space_pool.h"
#include "kernel/state.h"
#include "tests/fake/elf_image.h"

static struct elf_image image;

static uint64_t spawn(struct machine *machine, uint64_t argument_size)
{
    static uint8_t argument[20000];
    const struct tr_spawn words = {.image = image.bytes,
                                   .image_size = sizeof image.bytes,
                                   .name = "pooled",
                                   .process_class = TR_APPLICATION,
                                   .argument = argument,
                                   .argument_size = argument_size};
    int64_t result = CALL1(machine, process_spawn, FAKE_WORD(&words));

    if (result == FAKE_SLEEPS) {
        fake_pass(machine, machine->time);
        assert_non_null(machine->current);
        result = machine->current->result;
    }
    assert_true(result > 0);
    return (uint64_t)result;
}

static void end(struct machine *machine, uint64_t pid)
{
    assert_int_equal(CALL1(machine, process_terminate, pid), 0);
    unit_audit(machine);
}

static void start(struct machine *machine)
{
    elf_image_make(&image, "tr_process_exit");
    (void)fake_process(machine, TR_DRIVER, "parent");
}

static void the_same_image_takes_the_same_window(void **state)
{
    struct machine *machine = *state;

    start(machine);
    end(machine, spawn(machine, 4));
    uint64_t windows = machine->windows;
    for (int i = 0; i < 20; i++) {
        assert_int_equal(machine->kernel->space_pool_count, 1);
        uint64_t pid = spawn(machine, 4);
        assert_int_equal(machine->kernel->space_pool_count, 0);
        end(machine, pid);
    }
    assert_int_equal(machine->windows, windows);
}

static void a_page_of_two_segments_is_once_in_the_shape(void **state)
{
    struct machine *machine = *state;
    const uint32_t prot = TR_READ | TR_WRITE;
    const struct image two = {
        .segments = {{.va = 0, .memory_size = TR_PAGE_SIZE + 1, .prot = prot},
                     {.va = TR_PAGE_SIZE + 8, .memory_size = TR_PAGE_SIZE, .prot = prot}},
        .segment_count = 2,
        .pages = 3,
        .stack_pages = LEAF_PAGES - 3,
    };
    struct space_shape shape;

    space_pool_shape(machine->kernel, &two, 0, &shape);
    assert_int_equal(shape.count, 2);
    assert_int_equal(shape.runs[0].first, 0);
    assert_int_equal(shape.runs[0].pages, 2);
    assert_int_equal(shape.runs[1].first, 2);
    assert_int_equal(shape.runs[1].pages, 1);
    /* One more is more than a shape has. */
    space_pool_shape(machine->kernel, &two, 1, &shape);
    assert_int_equal(shape.count, 0);
}

static void another_shape_takes_another_window(void **state)
{
    struct machine *machine = *state;

    start(machine);
    end(machine, spawn(machine, 4));
    uint64_t windows = machine->windows;
    end(machine, spawn(machine, 20000));
    assert_int_equal(machine->windows, windows + 1);
    assert_int_equal(machine->kernel->space_pool_count, 2);
}

static void the_pool_holds_so_many_and_no_more(void **state)
{
    static uint64_t pids[SPACE_POOL_MOST + 10];
    struct machine *machine = *state;

    start(machine);
    for (size_t i = 0; i < SPACE_POOL_MOST + 10; i++) {
        pids[i] = spawn(machine, 4);
    }
    for (size_t i = 0; i < SPACE_POOL_MOST + 10; i++) {
        end(machine, pids[i]);
    }
    assert_int_equal(machine->kernel->space_pool_count, SPACE_POOL_MOST);
}

static void pooled_frames_count_as_free_and_are_given_back(void **state)
{
    struct machine *machine = *state;
    struct tr_memory_info before;
    struct tr_memory_info after;

    start(machine);
    end(machine, spawn(machine, 4));
    kernel_trim(machine->kernel);
    assert_int_equal(CALL1(machine, memory_info, FAKE_WORD(&before)), 0);
    end(machine, spawn(machine, 4));
    uint64_t pooled = machine->kernel->graveyard_pages;
    assert_true(pooled > 0);
    assert_int_equal(CALL1(machine, memory_info, FAKE_WORD(&after)), 0);
    assert_true(before.free - after.free < pooled);
    assert_true(space_pool_shrink(machine->kernel));
    assert_false(space_pool_shrink(machine->kernel));
    kernel_trim(machine->kernel);
    assert_int_equal(machine->kernel->graveyard_pages, 0);
    assert_int_equal(CALL1(machine, memory_info, FAKE_WORD(&after)), 0);
    assert_int_equal(after.free, before.free);
}

static void a_shortage_empties_the_pool(void **state)
{
    struct machine *machine = *state;
    uint32_t frame;
    uint64_t taken = 0;

    start(machine);
    end(machine, spawn(machine, 4));
    struct frame_table *table = &machine->kernel->frames;
    static uint32_t frames[FAKE_RAM_PAGES];
    while (frame_allocate(machine->kernel, &machine->kernel->root_account, 0, FRAME_KERNEL,
                          &frame) == 0) {
        frames[taken++] = frame;
    }
    assert_int_equal(machine->kernel->space_pool_count, 0);
    assert_int_equal(table->free, 0);
    while (taken > 0) {
        frame_free(machine->kernel, frames[--taken], 0);
    }
}

static void without_a_pool_every_window_is_fresh(void **state)
{
    const struct kernel_config config = {
        .invariants = true, .no_log_needed = true, .no_space_pool = true};
    struct machine *machine = fake_create(&config);
    void *fixture = machine;

    (void)state;
    start(machine);
    for (int i = 0; i < 5; i++) {
        uint64_t windows = machine->windows;
        end(machine, spawn(machine, 4));
        assert_int_equal(machine->windows, windows + 1);
        assert_int_equal(machine->kernel->space_pool_count, 0);
    }
    (void)unit_teardown(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT_TEST(the_same_image_takes_the_same_window),
        UNIT_TEST(a_page_of_two_segments_is_once_in_the_shape),
        UNIT_TEST(another_shape_takes_another_window),
        UNIT_TEST(the_pool_holds_so_many_and_no_more),
        UNIT_TEST(pooled_frames_count_as_free_and_are_given_back),
        UNIT_TEST(a_shortage_empties_the_pool),
        cmocka_unit_test(without_a_pool_every_window_is_fresh),
    };

    return cmocka_run_group_tests_name("space_pool", tests, NULL, NULL);
}
