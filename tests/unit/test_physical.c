/* SPDX-License-Identifier: MIT */
/* Physical and DMA maps: what may be mapped, what devices reach and when no longer, and what is
 * left when parts, or everything, goes. */

#include "unit.h"

#include <string.h>

#include "kernel/physical.h"
#include "kernel/state.h"

#define DEVICE     (FAKE_DEVICE_FRAME * TR_PAGE_SIZE)
#define DEVICE_END (DEVICE + FAKE_DEVICE_PAGES * TR_PAGE_SIZE)
#define PAGES(n)   ((uint64_t)(n)*TR_PAGE_SIZE)
#define MEGABYTE   (UINT64_C(1) << 20)

static uint64_t allowed_frames(const struct machine *machine)
{
    uint64_t count = 0;

    for (uint64_t f = 0; f < machine->pages; f++) {
        count += machine->dma_allowed[f];
    }
    return count;
}

static void *own(struct machine *machine, uint64_t va, uint64_t size, uint32_t access)
{
    return fake_user(machine, kernel_current_pid(machine->kernel), va, size, access);
}

static void device_memory_is_the_device(void **state)
{
    struct machine *machine = *state;
    uint8_t bytes[16] = "written by copy";

    (void)fake_process(machine, TR_DRIVER, "driver");
    uint64_t va = (uint64_t)CALL3(machine, physical_map, DEVICE + PAGES(2), 3, 0);
    assert_int_equal(va % TR_PAGE_SIZE, 0);
    assert_ptr_equal(own(machine, va + PAGES(1) + 7, 1, HAL_WRITE), machine->device + PAGES(3) + 7);
    assert_null(own(machine, va, 1, HAL_EXECUTE));
    assert_null(own(machine, va + PAGES(3), 1, HAL_READ));
    assert_int_equal(CALL1(machine, physical_of, va + PAGES(1) + 7), DEVICE + PAGES(3) + 7);

    /* The kernel's own copies go there too, over the border of a page. */
    uint64_t self = kernel_current_pid(machine->kernel);
    int64_t id = CALL4(machine, message_send, self, FAKE_WORD(bytes), sizeof bytes, 0);
    struct tr_event event;
    assert_int_equal(CALL1(machine, event_poll, FAKE_WORD(&event)), 1);
    assert_int_equal(CALL3(machine, message_read, id, va + PAGES(1) - 8, sizeof bytes),
                     sizeof bytes);
    assert_memory_equal(machine->device + PAGES(3) - 8, bytes, sizeof bytes);
    id = CALL4(machine, message_send, self, va + PAGES(1) - 8, sizeof bytes, 0);
    memset(bytes, 0, sizeof bytes);
    assert_int_equal(CALL1(machine, event_poll, FAKE_WORD(&event)), 1);
    assert_int_equal(CALL3(machine, message_read, id, FAKE_WORD(bytes), sizeof bytes),
                     sizeof bytes);
    assert_string_equal((char *)bytes, "written by copy");
}

static void the_first_megabyte_is_mapped_whole(void **state)
{
    struct machine *machine = *state;

    (void)fake_process(machine, TR_DRIVER, "driver");
    uint64_t va = (uint64_t)CALL3(machine, physical_map, 0, 256, 0);
    assert_ptr_equal(own(machine, va, 1, HAL_WRITE), machine->ram);
    assert_ptr_equal(own(machine, va + 0xb8000, 2, HAL_WRITE), machine->ram + 0xb8000);
    assert_int_equal(CALL1(machine, physical_of, va), 0);
    assert_int_equal(CALL2(machine, memory_release, va, 256), 0);
    assert_null(own(machine, va, 1, HAL_READ));
    assert_int_equal(CALL1(machine, physical_of, va), TR_E_NOENT);
}

static void what_may_not_be_mapped_is_refused(void **state)
{
    struct machine *machine = *state;

    (void)fake_process(machine, TR_DRIVER, "driver");
    assert_int_equal(CALL3(machine, physical_map, DEVICE + 1, 1, 0), TR_E_INVAL);
    assert_int_equal(CALL3(machine, physical_map, DEVICE, 0, 0), TR_E_INVAL);
    assert_int_equal(CALL3(machine, physical_map, DEVICE, 1, 8), TR_E_INVAL);
    assert_int_equal(CALL3(machine, physical_map, DEVICE, 1, TR_WRITE), TR_E_INVAL);
    assert_int_equal(CALL3(machine, physical_map, DEVICE, UINT64_MAX / TR_PAGE_SIZE, 0),
                     TR_E_INVAL);
    assert_int_equal(CALL3(machine, physical_map, DEVICE, 1, TR_READ | TR_EXECUTE), TR_E_PERM);
    assert_int_equal(CALL3(machine, physical_map, MEGABYTE, 1, 0), TR_E_PERM);
    assert_int_equal(CALL3(machine, physical_map, MEGABYTE - PAGES(1), 2, 0), TR_E_PERM);
    assert_int_equal(CALL3(machine, physical_map, 0, UINT64_C(1) << 32, 0), TR_E_PERM);
    assert_int_equal(CALL3(machine, physical_map, DEVICE_END, 1, 0), TR_E_NOENT);
    assert_int_equal(CALL3(machine, physical_map, UINT64_MAX - PAGES(1) + 1 - PAGES(1), 1, 0),
                     TR_E_NOENT);
}

static void only_drivers_map(void **state)
{
    struct machine *machine = *state;
    struct tr_dma dma;

    (void)fake_process(machine, TR_SERVER, "server");
    assert_int_equal(CALL3(machine, physical_map, DEVICE, 1, 0), TR_E_PERM);
    assert_int_equal(CALL4(machine, dma_allocate, 1, 0, 0, FAKE_WORD(&dma)), TR_E_PERM);
    assert_int_equal(CALL1(machine, physical_of, 0), TR_E_PERM);
}

static void a_map_allows_what_was_asked_for(void **state)
{
    struct machine *machine = *state;

    (void)fake_process(machine, TR_DRIVER, "driver");
    uint64_t va = (uint64_t)CALL3(machine, physical_map, DEVICE, 2, TR_READ);
    assert_non_null(own(machine, va, 1, HAL_READ));
    assert_null(own(machine, va, 1, HAL_WRITE));
    assert_int_equal(CALL3(machine, memory_protect, va, 1, TR_READ | TR_WRITE), TR_E_PERM);
    assert_int_equal(CALL3(machine, memory_protect, va, 1, 0), 0);
    assert_null(own(machine, va, 1, HAL_READ));
    assert_non_null(own(machine, va + PAGES(1), 1, HAL_READ));
    assert_int_equal(CALL3(machine, memory_protect, va, 2, TR_READ), 0);
    assert_ptr_equal(own(machine, va, 1, HAL_READ), machine->device);

    va = (uint64_t)CALL3(machine, physical_map, DEVICE, 2, 0);
    assert_int_equal(CALL3(machine, memory_protect, va, 2, TR_READ), 0);
    assert_null(own(machine, va, 1, HAL_WRITE));
    assert_int_equal(CALL3(machine, memory_protect, va, 2, TR_READ | TR_EXECUTE), TR_E_PERM);
    assert_int_equal(CALL3(machine, memory_protect, va, 2, TR_READ | TR_WRITE), 0);
    assert_non_null(own(machine, va, 1, HAL_WRITE));
}

static void parts_of_a_map_are_released(void **state)
{
    struct machine *machine = *state;

    (void)fake_process(machine, TR_DRIVER, "driver");
    uint64_t va = (uint64_t)CALL3(machine, physical_map, DEVICE, 10, 0);
    assert_int_equal(CALL2(machine, memory_release, va + PAGES(3), 2), 0);
    assert_null(own(machine, va + PAGES(4), 1, HAL_READ));
    assert_int_equal(CALL1(machine, physical_of, va + PAGES(3)), TR_E_NOENT);
    assert_int_equal(CALL1(machine, physical_of, va + PAGES(5)), DEVICE + PAGES(5));
    assert_int_equal(CALL2(machine, memory_release, va, 10), TR_E_FAULT);
    unit_audit(machine);
    assert_int_equal(CALL2(machine, memory_release, va, 1), 0);
    assert_int_equal(CALL2(machine, memory_release, va + PAGES(9), 1), 0);
    assert_int_equal(CALL1(machine, physical_of, va + PAGES(2)), DEVICE + PAGES(2));
    assert_int_equal(CALL1(machine, physical_of, va + PAGES(8)), DEVICE + PAGES(8));
    unit_audit(machine);
    assert_int_equal(CALL2(machine, memory_clear, va + PAGES(6), va + PAGES(7)), 0);
    assert_int_equal(CALL1(machine, physical_of, va + PAGES(8)), TR_E_NOENT);
    assert_int_equal(CALL1(machine, physical_of, va + PAGES(2)), DEVICE + PAGES(2));
}

static void a_large_map_is_released_in_steps(void **state)
{
    struct machine *machine = *state;

    (void)fake_process(machine, TR_DRIVER, "driver");
    uint64_t va = (uint64_t)CALL3(machine, physical_map, DEVICE, 600, 0);
    assert_int_equal(CALL2(machine, memory_release, va + PAGES(1), 598), FAKE_SLEEPS);
    unit_audit(machine);
    fake_pass(machine, machine->time + 1000000);
    assert_int_equal(fake_result(machine, kernel_current_pid(machine->kernel)), 0);
    assert_int_equal(CALL1(machine, physical_of, va), DEVICE);
    assert_int_equal(CALL1(machine, physical_of, va + PAGES(599)), DEVICE + PAGES(599));
    assert_int_equal(CALL1(machine, physical_of, va + PAGES(300)), TR_E_NOENT);
}

/* A map of which a part is being released, and another thread that would take pages of that part
 * for its own. */
static void what_is_being_released_is_gone(void **state)
{
    struct machine *machine = *state;

    for (int is_ended = 0; is_ended < 2; is_ended++) {
        uint64_t pid;
        struct thread *first = unit_two_threads(machine, TR_DRIVER, 0, &pid);
        uint64_t va = (uint64_t)CALL3(machine, physical_map, DEVICE, 600, 0);
        const uint64_t range[6] = {va + PAGES(1), 598};
        unit_begin(machine, TR_NR_memory_release, range);
        for (uint64_t page = 1; page < 599; page++) {
            assert_int_equal(CALL1(machine, physical_of, va + PAGES(page)), TR_E_NOENT);
            assert_int_equal(CALL2(machine, memory_release, va + PAGES(page), 1), TR_E_FAULT);
            assert_int_equal(CALL3(machine, memory_protect, va + PAGES(page), 1, 0), TR_E_FAULT);
        }
        unit_audit(machine);
        /* There is room in what has been released; a map there is nobody else's. */
        struct space *space = &first->process->space;
        for (uint64_t page = 1; page < 599; page += 100) {
            space->cursor = va + PAGES(page) - space->hal.base;
            uint64_t own = (uint64_t)CALL3(machine, physical_map, DEVICE + PAGES(5), 3, 0);
            assert_int_equal(CALL1(machine, physical_of, own), DEVICE + PAGES(5));
        }
        uint64_t maps = machine->kernel->pools.physical_map.live;
        if (is_ended != 0) {
            assert_int_equal(CALL3(machine, thread_terminate, pid, first->object.id, 0), 0);
        } else {
            assert_int_equal(unit_go_on(machine, first), 0);
        }
        unit_audit(machine);
        assert_int_equal(machine->kernel->pools.physical_map.live, maps - 1);
        assert_int_equal(maps, 3 + 6);
        assert_int_equal(CALL1(machine, physical_of, va), DEVICE);
        assert_int_equal(CALL1(machine, physical_of, va + PAGES(599)), DEVICE + PAGES(599));
        fake_end_all(machine);
    }
}

/* Two maps beside each other, from the middle of one to the middle of the other. */
static void a_release_may_cut_two_maps(void **state)
{
    struct machine *machine = *state;

    (void)fake_process(machine, TR_DRIVER, "driver");
    uint64_t va = (uint64_t)CALL3(machine, physical_map, DEVICE, 10, 0);
    assert_int_equal(CALL3(machine, physical_map, DEVICE, 10, 0), va + PAGES(10));
    assert_int_equal(CALL2(machine, memory_release, va + PAGES(7), 6), 0);
    unit_audit(machine);
    assert_int_equal(machine->kernel->pools.physical_map.live, 2);
    assert_int_equal(CALL1(machine, physical_of, va + PAGES(6)), DEVICE + PAGES(6));
    assert_int_equal(CALL1(machine, physical_of, va + PAGES(7)), TR_E_NOENT);
    assert_int_equal(CALL1(machine, physical_of, va + PAGES(12)), TR_E_NOENT);
    assert_int_equal(CALL1(machine, physical_of, va + PAGES(13)), DEVICE + PAGES(3));
    /* A part in the middle needs a record for each side, or nothing happens. */
    const uint64_t limit = machine->kernel->config.limits.kernel_memory;
    machine->kernel->config.limits.kernel_memory = 0;
    assert_int_equal(CALL2(machine, memory_release, va + PAGES(2), 2), TR_E_LIMIT);
    machine->kernel->config.limits.kernel_memory = limit;
    assert_int_equal(CALL1(machine, physical_of, va + PAGES(2)), DEVICE + PAGES(2));
    unit_audit(machine);
    assert_int_equal(CALL2(machine, memory_release, va, 7), 0);
    assert_int_equal(machine->kernel->pools.physical_map.live, 1);
}

static void dma_memory_that_is_being_made_is_nobodys(void **state)
{
    struct machine *machine = *state;
    struct tr_dma dma = {0};
    const uint64_t words[6] = {1000, 0, 0, FAKE_WORD(&dma)};
    uint64_t pid;
    struct thread *first = unit_two_threads(machine, TR_DRIVER, 0, &pid);

    unit_begin(machine, TR_NR_dma_allocate, words);
    uint64_t va = CONTAINER(first->process->maps.next, struct physical_map, owned)->va;
    for (uint64_t page = 0; page < 1000; page += 111) {
        assert_int_equal(CALL1(machine, physical_of, va + PAGES(page)), TR_E_NOENT);
        assert_int_equal(CALL2(machine, memory_release, va + PAGES(page), 1), TR_E_FAULT);
        assert_int_equal(CALL3(machine, memory_protect, va + PAGES(page), 1, 0), TR_E_FAULT);
        assert_int_equal(CALL3(machine, memory_protect, va + PAGES(page), 1, TR_READ), TR_E_FAULT);
    }
    assert_int_equal(unit_go_on(machine, first), 0);
    assert_int_equal(dma.va, va);
    for (uint64_t page = 0; page < 1000; page++) {
        assert_non_null(fake_user(machine, pid, va + PAGES(page), 1, HAL_WRITE));
    }
}

static void mixed_pages_are_not_released(void **state)
{
    struct machine *machine = *state;

    (void)fake_process(machine, TR_DRIVER, "driver");
    uint64_t va = (uint64_t)CALL3(machine, memory_allocate, 2, 0, TR_READ | TR_WRITE);
    uint64_t map = (uint64_t)CALL3(machine, physical_map, DEVICE, 2, 0);
    assert_int_equal(map, va + PAGES(2));
    assert_int_equal(CALL2(machine, memory_release, va, 4), TR_E_STATE);
    assert_int_equal(CALL1(machine, physical_of, va), TR_E_NOENT);
    assert_int_equal(CALL2(machine, memory_clear, va, va + PAGES(4)), 0);
    assert_null(own(machine, map, 1, HAL_READ));
}

static void dma_memory_is_as_wished(void **state)
{
    struct machine *machine = *state;
    struct tr_dma dma = {0};

    (void)fake_process(machine, TR_DRIVER, "driver");
    memset(machine->ram + machine->pages * TR_PAGE_SIZE - MEGABYTE, 0xa5, MEGABYTE);
    assert_int_equal(CALL4(machine, dma_allocate, 5, 0, 0, FAKE_WORD(&dma)), 0);
    assert_int_equal(CALL1(machine, physical_of, dma.va), dma.physical);
    assert_int_equal(allowed_frames(machine), 5);
    uint8_t *view = machine->ram + dma.physical;
    assert_ptr_equal(own(machine, dma.va, PAGES(5), HAL_WRITE), view);
    for (uint64_t i = 0; i < PAGES(5); i++) {
        assert_int_equal(view[i], 0);
    }
    assert_int_equal(CALL4(machine, dma_allocate, 16, 4 * MEGABYTE, 65536, FAKE_WORD(&dma)), 0);
    assert_int_equal(dma.physical % 65536, 0);
    assert_true(dma.physical + PAGES(16) <= 4 * MEGABYTE);
    assert_true(machine->dma_allowed[dma.physical / TR_PAGE_SIZE + 15]);
    assert_int_equal(CALL4(machine, dma_allocate, 3, MEGABYTE * 2 + 1, 1, FAKE_WORD(&dma)), 0);
    assert_true(dma.physical + PAGES(3) <= 2 * MEGABYTE);
    assert_int_equal(CALL4(machine, dma_allocate, 1, MEGABYTE, 0, FAKE_WORD(&dma)), TR_E_NOMEM);
    assert_int_equal(CALL4(machine, dma_allocate, 1, 1, 0, FAKE_WORD(&dma)), TR_E_NOMEM);
    assert_int_equal(CALL4(machine, dma_allocate, 4096, 0, 0, FAKE_WORD(&dma)), TR_E_NOMEM);
    assert_int_equal(CALL4(machine, dma_allocate, UINT64_MAX, 0, 0, FAKE_WORD(&dma)), TR_E_NOMEM);
    assert_int_equal(CALL4(machine, dma_allocate, 1, 0, UINT64_C(1) << 40, FAKE_WORD(&dma)),
                     TR_E_NOMEM);
    assert_int_equal(CALL4(machine, dma_allocate, 0, 0, 0, FAKE_WORD(&dma)), TR_E_INVAL);
    assert_int_equal(CALL4(machine, dma_allocate, 1, 0, 3, FAKE_WORD(&dma)), TR_E_INVAL);
    assert_int_equal(CALL4(machine, dma_allocate, 1, 0, 0, 8), TR_E_FAULT);
}

static void released_dma_memory_stays_in_its_pool(void **state)
{
    struct machine *machine = *state;
    const struct frame_table *table = &machine->kernel->frames;
    struct tr_dma first;
    struct tr_dma second;

    (void)fake_process(machine, TR_DRIVER, "driver");
    assert_int_equal(CALL4(machine, dma_allocate, 6, 0, 0, FAKE_WORD(&first)), 0);
    assert_int_equal(table->by_use[FRAME_DMA], 6);
    machine->ram[first.physical] = 0x77;
    assert_int_equal(CALL2(machine, memory_release, first.va + PAGES(2), 1), 0);
    assert_int_equal(allowed_frames(machine), 5);
    assert_int_equal(table->by_use[FRAME_DMA_IDLE], 2 + 1);
    unit_audit(machine);
    assert_int_equal(CALL2(machine, memory_release, first.va, 2), 0);
    assert_int_equal(CALL2(machine, memory_release, first.va + PAGES(3), 3), 0);
    assert_int_equal(allowed_frames(machine), 0);
    assert_int_equal(table->by_use[FRAME_DMA_IDLE], 2 + 6);
    assert_int_equal(table->by_use[FRAME_DMA], 0);
    unit_audit(machine);
    assert_int_equal(CALL4(machine, dma_allocate, 4, 0, 0, FAKE_WORD(&second)), 0);
    assert_int_equal(table->by_use[FRAME_DMA], 4);
    assert_true(second.physical - first.physical <= PAGES(4));
    assert_int_equal(machine->ram[second.physical], 0);
    assert_int_equal(allowed_frames(machine), 4);
    assert_int_equal(table->by_use[FRAME_DMA_IDLE], 2 + 2);
}

static void a_large_dma_memory_is_cleared_in_steps(void **state)
{
    struct machine *machine = *state;
    struct tr_dma dma = {0};
    uint64_t pid = fake_process(machine, TR_DRIVER, "driver");

    memset(machine->ram + machine->pages * TR_PAGE_SIZE - PAGES(1024), 0xa5, PAGES(1024));
    assert_int_equal(CALL4(machine, dma_allocate, 1000, 0, 0, FAKE_WORD(&dma)), FAKE_SLEEPS);
    assert_int_equal(allowed_frames(machine), 0);
    assert_int_equal(dma.va, 0);
    unit_audit(machine);
    fake_pass(machine, machine->time + 1000000);
    assert_int_equal(fake_result(machine, pid), 0);
    assert_int_equal(allowed_frames(machine), 1000);
    const uint8_t *view = machine->ram + dma.physical;
    assert_ptr_equal(own(machine, dma.va + PAGES(999), 1, HAL_WRITE), view + PAGES(999));
    for (uint64_t i = 0; i < PAGES(1000); i++) {
        assert_int_equal(view[i], 0);
    }
}

/* Though the release of so much goes in steps. */
static void devices_reach_nothing_that_is_being_released(void **state)
{
    struct machine *machine = *state;
    struct tr_dma dma = {0};

    (void)fake_process(machine, TR_DRIVER, "driver");
    assert_int_equal(CALL4(machine, dma_allocate, 1000, 0, 0, FAKE_WORD(&dma)), FAKE_SLEEPS);
    fake_pass(machine, machine->time);
    assert_int_equal(allowed_frames(machine), 1000);
    assert_int_equal(CALL2(machine, memory_release, dma.va + PAGES(100), 800), FAKE_SLEEPS);
    assert_int_equal(allowed_frames(machine), 200);
    unit_audit(machine);
    fake_pass(machine, machine->time);
    assert_int_equal(allowed_frames(machine), 200);
    assert_int_equal(CALL1(machine, physical_of, dma.va + PAGES(900)), dma.physical + PAGES(900));
}

static void a_kill_in_the_middle_leaks_nothing(void **state)
{
    struct machine *machine = *state;
    struct tr_dma dma = {0};
    uint64_t pid = fake_process(machine, TR_DRIVER, "driver");

    assert_int_equal(CALL4(machine, dma_allocate, 1000, 0, 0, FAKE_WORD(&dma)), FAKE_SLEEPS);
    process_end(machine->kernel, process_find(machine->kernel, pid), 0, TR_EVENT_KILLED, 0);
    machine->current = kernel_next(machine->kernel);
    unit_audit(machine);
    assert_int_equal(allowed_frames(machine), 0);
    assert_int_equal(machine->kernel->frames.by_use[FRAME_DMA_IDLE], 1024);
}

static void the_maps_of_the_dead_are_gone(void **state)
{
    struct machine *machine = *state;
    struct tr_dma dma;

    (void)fake_process(machine, TR_DRIVER, "driver");
    assert_int_equal(CALL4(machine, dma_allocate, 7, 0, 0, FAKE_WORD(&dma)), 0);
    assert_true(CALL3(machine, physical_map, DEVICE, 4, 0) > 0);
    (void)CALL1(machine, process_exit, 0);
    assert_int_equal(allowed_frames(machine), 0);
    assert_int_equal(machine->kernel->frames.by_use[FRAME_DMA_IDLE], 8);
    unit_audit(machine);
}

static void dropping_the_class_releases_the_maps(void **state)
{
    struct machine *machine = *state;
    struct tr_dma dma;

    (void)fake_process(machine, TR_DRIVER, "driver");
    assert_int_equal(CALL4(machine, dma_allocate, 2, 0, 0, FAKE_WORD(&dma)), 0);
    uint64_t map = (uint64_t)CALL3(machine, physical_map, DEVICE, 4, 0);
    assert_int_equal(CALL1(machine, process_drop_class, TR_SERVER), 0);
    assert_null(own(machine, map, 1, HAL_READ));
    assert_null(own(machine, dma.va, 1, HAL_READ));
    assert_int_equal(allowed_frames(machine), 0);
    unit_audit(machine);
}

/* Every map costs a record of the process's quota. */
static void maps_are_charged(void **state)
{
    struct machine *machine = *state;
    int64_t result = 0;
    uint64_t made = 0;

    (void)fake_process(machine, TR_DRIVER, "driver");
    machine->kernel->config.limits.kernel_memory = 16384;
    while (result >= 0 && made < 1000) {
        result = CALL3(machine, physical_map, DEVICE, 1, 0);
        made += result >= 0;
    }
    assert_int_equal(result, TR_E_LIMIT);
    assert_true(made > 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT_TEST(device_memory_is_the_device),
        UNIT_TEST(the_first_megabyte_is_mapped_whole),
        UNIT_TEST(what_may_not_be_mapped_is_refused),
        UNIT_TEST(only_drivers_map),
        UNIT_TEST(a_map_allows_what_was_asked_for),
        UNIT_TEST(parts_of_a_map_are_released),
        UNIT_TEST(a_large_map_is_released_in_steps),
        UNIT_TEST(what_is_being_released_is_gone),
        UNIT_TEST(a_release_may_cut_two_maps),
        UNIT_TEST(dma_memory_that_is_being_made_is_nobodys),
        UNIT_TEST(mixed_pages_are_not_released),
        UNIT_TEST(dma_memory_is_as_wished),
        UNIT_TEST(released_dma_memory_stays_in_its_pool),
        UNIT_TEST(a_large_dma_memory_is_cleared_in_steps),
        UNIT_TEST(devices_reach_nothing_that_is_being_released),
        UNIT_TEST(a_kill_in_the_middle_leaks_nothing),
        UNIT_TEST(the_maps_of_the_dead_are_gone),
        UNIT_TEST(dropping_the_class_releases_the_maps),
        UNIT_TEST(maps_are_charged),
    };

    return cmocka_run_group_tests_name("physical", tests, NULL, NULL);
}
