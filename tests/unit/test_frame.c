/* SPDX-License-Identifier: MIT */
/* The buddy allocator of frames: alignment, splitting, merging, reserves, and running out. */

#include "unit.h"

#include "kernel/frame.h"
#include "kernel/state.h"

static int64_t take(struct machine *machine, uint32_t order, uint32_t *frame)
{
    return frame_allocate(machine->kernel, &machine->kernel->root_account, order, FRAME_KERNEL,
                          frame);
}

static void a_run_is_aligned_to_its_size(void **state)
{
    struct machine *machine = *state;
    uint32_t frames[FRAME_ORDERS - 1];

    for (uint32_t order = 0; order < FRAME_ORDERS - 1; order++) {
        assert_int_equal(take(machine, order, &frames[order]), 0);
        assert_int_equal(frames[order] & ((1u << order) - 1), 0);
        unit_audit(machine);
    }
    for (uint32_t order = 0; order < FRAME_ORDERS - 1; order++) {
        frame_free(machine->kernel, frames[order], order);
        unit_audit(machine);
    }
}

static void freed_runs_merge_again(void **state)
{
    static uint32_t frames[FAKE_RAM_PAGES];
    struct machine *machine = *state;
    struct frame_table *table = &machine->kernel->frames;
    uint32_t before[FRAME_ORDERS];
    uint64_t count = 0;

    for (uint32_t order = 0; order < FRAME_ORDERS; order++) {
        before[order] = table->free_runs.first[order] != FRAME_NONE;
    }
    while (take(machine, 0, &frames[count]) == 0) {
        count++;
    }
    assert_int_equal(table->free, 0);
    unit_audit(machine);
    for (uint64_t i = 0; i < count; i++) {
        frame_free(machine->kernel, frames[i * 7919 % count], 0);
    }
    assert_int_equal(table->free, count);
    for (uint32_t order = 0; order < FRAME_ORDERS; order++) {
        assert_int_equal(table->free_runs.first[order] != FRAME_NONE, before[order]);
    }
    unit_audit(machine);
}

static void no_frame_is_given_out_twice(void **state)
{
    static uint8_t seen[FAKE_RAM_PAGES];
    static struct {
        uint32_t frame, order;
    } taken[FAKE_RAM_PAGES];
    struct machine *machine = *state;
    uint64_t count = 0;

    while (take(machine, (uint32_t)(count % 4), &taken[count].frame) == 0) {
        taken[count].order = (uint32_t)(count % 4);
        for (uint32_t i = 0; i < 1u << taken[count].order; i++) {
            assert_int_equal(seen[taken[count].frame + i], 0);
            seen[taken[count].frame + i] = 1;
        }
        count++;
    }
    assert_true(count > 100);
    while (count-- > 0) {
        frame_free(machine->kernel, taken[count].frame, taken[count].order);
    }
}

static void a_run_too_large_is_refused(void **state)
{
    struct machine *machine = *state;
    uint64_t free = machine->kernel->frames.free;
    uint32_t frame;

    assert_int_equal(take(machine, FRAME_ORDERS, &frame), TR_E_NOMEM);
    assert_int_equal(machine->kernel->frames.free, free);
}

static void lower_classes_leave_a_reserve(void **state)
{
    struct machine *machine = *state;
    struct kernel *kernel = machine->kernel;
    uint64_t reserve = kernel->config.limits.application_reserve;
    const struct account application = {.process_class = TR_APPLICATION};
    const struct account server = {.process_class = TR_SERVER};
    const struct account driver = {.process_class = TR_DRIVER};
    uint64_t free = kernel->frames.free;

    assert_int_equal(reserve, (FAKE_RAM_PAGES - FAKE_FIRST_FRAME) / 8);
    assert_int_equal(kernel->config.limits.server_reserve,
                     (FAKE_RAM_PAGES - FAKE_FIRST_FRAME) / 16);
    assert_true(frame_may_take(kernel, &application, free - reserve));
    assert_false(frame_may_take(kernel, &application, free - reserve + 1));
    assert_true(frame_may_take(kernel, &server, free - kernel->config.limits.server_reserve));
    assert_false(frame_may_take(kernel, &server, free - kernel->config.limits.server_reserve + 1));
    assert_true(frame_may_take(kernel, &driver, free));
    assert_false(frame_may_take(kernel, &driver, free + 1));
}

static void an_order_holds_its_pages(void **state)
{
    (void)state;
    assert_int_equal(frame_order(1), 0);
    assert_int_equal(frame_order(2), 1);
    assert_int_equal(frame_order(3), 2);
    assert_int_equal(frame_order(2048), 11);
    assert_int_equal(frame_order(2049), 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT_TEST(a_run_is_aligned_to_its_size),  UNIT_TEST(freed_runs_merge_again),
        UNIT_TEST(no_frame_is_given_out_twice),   UNIT_TEST(a_run_too_large_is_refused),
        UNIT_TEST(lower_classes_leave_a_reserve), cmocka_unit_test(an_order_holds_its_pages),
    };

    return cmocka_run_group_tests_name("frame", tests, NULL, NULL);
}
