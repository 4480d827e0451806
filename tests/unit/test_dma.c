/* SPDX-License-Identifier: MIT */
/* The pool of frames that devices have reached: whatever sizes come and go, what lies idle there is
 * used before memory that was everybody's, and never becomes that again. */

#include "unit.h"

#include <string.h>

#include "kernel/state.h"

#define PAGES(n)  ((uint64_t)(n)*TR_PAGE_SIZE)
#define KIB(n)    ((uint64_t)(n) << 10)
#define LIVE_MOST 12

/* Frames that devices have reached once: in maps, and idle. */
static uint64_t ever_reached(const struct machine *machine)
{
    return machine->kernel->frames.by_use[FRAME_DMA] +
           machine->kernel->frames.by_use[FRAME_DMA_IDLE];
}

static int64_t allocate(struct machine *machine, uint64_t pages, uint64_t below, uint64_t align,
                        struct tr_dma *dma)
{
    int64_t result = CALL4(machine, dma_allocate, pages, below, align, FAKE_WORD(dma));

    if (result == FAKE_SLEEPS) {
        fake_pass(machine, machine->time);
        result = machine->current->result;
    }
    return result;
}

static void release(struct machine *machine, const struct tr_dma *dma, uint64_t pages)
{
    int64_t result = CALL2(machine, memory_release, dma->va, pages);

    if (result == FAKE_SLEEPS) {
        fake_pass(machine, machine->time);
        result = machine->current->result;
    }
    assert_int_equal(result, 0);
}

static void a_run_of_any_size_is_used_again(void **state)
{
    static const uint64_t sizes[] = {270, 1, 3, 5, 100, 257, 511, 513, 1000, 1025, 1024};
    struct machine *machine = *state;
    struct tr_dma dma;

    (void)fake_process(machine, TR_DRIVER, "driver");
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        assert_int_equal(allocate(machine, sizes[i], 0, 0, &dma), 0);
        uint64_t ever = ever_reached(machine);
        for (int round = 0; round < 30; round++) {
            release(machine, &dma, sizes[i]);
            assert_int_equal(allocate(machine, sizes[i], 0, 0, &dma), 0);
            assert_int_equal(ever_reached(machine), ever);
        }
        release(machine, &dma, sizes[i]);
        unit_audit(machine);
    }
    assert_true(ever_reached(machine) <= 512 + 1024 + 2048);
}

static void runs_that_grow_do_not_use_up_memory(void **state)
{
    struct machine *machine = *state;
    struct tr_dma dma;

    (void)fake_process(machine, TR_DRIVER, "driver");
    for (uint64_t pages = 257; pages <= 1024; pages += 3) {
        assert_int_equal(allocate(machine, pages, 0, 0, &dma), 0);
        assert_true(ever_reached(machine) <= (pages <= 512 ? 512 : 512 + 1024));
        release(machine, &dma, pages);
    }
}

/* No run of the next power of two is left, but one that is long enough is. */
static void a_run_is_found_where_no_larger_one_is(void **state)
{
    struct machine *machine = *state;
    struct frame_table *table = &machine->kernel->frames;
    bool taken[FAKE_RAM_PAGES / 400 + 1] = {false};
    struct tr_dma dma;

    (void)fake_process(machine, TR_DRIVER, "driver");
    for (uint64_t frame = table->first; frame < table->end; frame += 400) {
        taken[(frame - table->first) / 400] = table->frames[frame].use == FRAME_FREE;
        if (table->frames[frame].use == FRAME_FREE) {
            frame_take(machine->kernel, frame, 1, FRAME_KERNEL);
        }
    }
    assert_int_equal(allocate(machine, 399, 0, 0, &dma), 0);
    assert_int_equal(ever_reached(machine), 399);
    assert_int_equal(allocate(machine, 400, 0, 0, &dma), TR_E_NOMEM);
    unit_audit(machine);
    for (uint64_t frame = table->first; frame < table->end; frame += 400) {
        if (taken[(frame - table->first) / 400]) {
            frame_free(machine->kernel, (uint32_t)frame, 0);
        }
    }
}

static uint64_t next_random(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *seed >> 33;
}

/* Runs of mixed sizes and alignments live beside each other and end in any order. */
static void a_mixture_of_sizes_does_not_use_up_memory(void **state)
{
    struct machine *machine = *state;
    struct {
        struct tr_dma dma;
        uint64_t pages;
    } live[LIVE_MOST] = {0};
    uint64_t seed = 1;

    (void)fake_process(machine, TR_DRIVER, "driver");
    for (int i = 0; i < 4000; i++) {
        uint64_t slot = next_random(&seed) % LIVE_MOST;
        if (live[slot].pages != 0) {
            release(machine, &live[slot].dma, live[slot].pages);
        }
        live[slot].pages = next_random(&seed) % 120 + 1;
        uint64_t align = PAGES(1) << next_random(&seed) % 6;
        uint8_t *ram = machine->ram;
        assert_int_equal(allocate(machine, live[slot].pages, 0, align, &live[slot].dma), 0);
        uint64_t at = live[slot].dma.physical;
        assert_int_equal(at % align, 0);
        for (uint64_t page = 0; page < live[slot].pages; page++) {
            assert_int_equal(ram[at + PAGES(page)], 0);
            ram[at + PAGES(page)] = 1;
        }
        assert_true(ever_reached(machine) < 2 * LIVE_MOST * 120);
    }
    unit_audit(machine);
}

static void idle_frames_between_others_grow_together_again(void **state)
{
    struct machine *machine = *state;
    struct tr_dma dma[64];
    struct tr_dma whole;

    (void)fake_process(machine, TR_DRIVER, "driver");
    assert_int_equal(allocate(machine, 64, 0, 0, &whole), 0);
    release(machine, &whole, 64);
    for (size_t i = 0; i < 64; i++) {
        assert_int_equal(allocate(machine, 1, 0, 0, &dma[i]), 0);
    }
    assert_int_equal(ever_reached(machine), 64);
    for (size_t i = 0; i < 64; i += 2) {
        release(machine, &dma[i], 1);
    }
    assert_int_equal(machine->kernel->frames.by_use[FRAME_DMA_IDLE], 32);
    assert_int_equal(allocate(machine, 2, 0, 0, &whole), 0); /* fits in no gap */
    assert_true(ever_reached(machine) <= 66);
    release(machine, &whole, 2);
    for (size_t i = 1; i < 64; i += 2) {
        release(machine, &dma[i], 1);
    }
    uint64_t ever = ever_reached(machine);
    assert_int_equal(allocate(machine, 64, 0, 0, &whole), 0);
    assert_int_equal(ever_reached(machine), ever);
}

static void a_limit_and_an_alignment_hold_for_idle_frames_too(void **state)
{
    struct machine *machine = *state;
    struct tr_dma dma;

    (void)fake_process(machine, TR_DRIVER, "driver");
    assert_int_equal(allocate(machine, 37, 0, 0, &dma), 0);
    release(machine, &dma, 37);
    assert_int_equal(allocate(machine, 16, 0, KIB(64), &dma), 0);
    assert_int_equal(dma.physical % KIB(64), 0);
    assert_int_equal(ever_reached(machine), 64);
    assert_int_equal(allocate(machine, 8, KIB(2048) + 1, KIB(16), &dma), 0);
    assert_true(dma.physical + PAGES(8) <= KIB(2048));
    assert_int_equal(dma.physical % KIB(16), 0);
    assert_int_equal(ever_reached(machine), 72);
    assert_int_equal(allocate(machine, 1, 0, KIB(8192), &dma), 0);
    assert_int_equal(dma.physical % KIB(8192), 0);
    assert_int_equal(allocate(machine, 1, 0, UINT64_C(1) << 63, &dma), TR_E_NOMEM);
    assert_int_equal(allocate(machine, 2049, 0, 0, &dma), TR_E_NOMEM);
}

/* Others take all memory there is: not one frame of it was a device's. */
static void idle_frames_are_nobody_elses(void **state)
{
    struct machine *machine = *state;
    struct tr_dma dma;
    uint64_t taken = 0;
    int64_t va;

    (void)fake_process(machine, TR_DRIVER, "driver");
    assert_int_equal(allocate(machine, 300, 0, 0, &dma), 0);
    memset(machine->ram + dma.physical, 0x77, PAGES(300));
    release(machine, &dma, 300);
    while ((va = CALL3(machine, memory_allocate, 8, 0, TR_READ | TR_WRITE)) > 0) {
        taken += 8;
    }
    assert_int_equal(va, TR_E_NOMEM);
    assert_true(taken > 3000);
    for (uint64_t i = 0; i < PAGES(300); i++) {
        assert_int_equal(machine->ram[dma.physical + i], 0x77);
    }
    assert_int_equal(allocate(machine, 300, 0, 0, &dma), 0);
    unit_audit(machine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT_TEST(a_run_of_any_size_is_used_again),
        UNIT_TEST(runs_that_grow_do_not_use_up_memory),
        UNIT_TEST(a_run_is_found_where_no_larger_one_is),
        UNIT_TEST(a_mixture_of_sizes_does_not_use_up_memory),
        UNIT_TEST(idle_frames_between_others_grow_together_again),
        UNIT_TEST(a_limit_and_an_alignment_hold_for_idle_frames_too),
        UNIT_TEST(idle_frames_are_nobody_elses),
    };

    return cmocka_run_group_tests_name("dma", tests, NULL, NULL);
}
