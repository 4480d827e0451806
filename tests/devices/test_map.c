/* SPDX-License-Identifier: MIT */
/* A driver maps device memory that lies far above RAM: what it stores through its own address, and
 * what the kernel copies there for it, is what the model sees; its DMA memory is what models reach.
 * The region and the DMA master are the test's. */

#include "devices.h"

#include <stdlib.h>
#include <string.h>
#include <terrarium.h>

#include "hal-posix/dma.h"
#include "hal-posix/region.h"
#include "kernel/kernel.h"

#define FRAME       UINT64_C(0xe0000)
#define PHYSICAL    (FRAME * TR_PAGE_SIZE)
#define PAGES       700
#define STACK_BYTES (256 * 1024)

static struct machine *machine;
static struct region region;
static int64_t driver_code;

static uint64_t call(uint64_t number, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e)
{
    return (uint64_t)posix_kit_call(number, a, b, c, d, e, 0);
}

/* Runs a function as a driver until nothing happens any more. */
static int64_t run_driver(int64_t (*function)(uint64_t))
{
    static _Alignas(16) char stack[STACK_BYTES];
    const struct kernel_config config = {
        .invariants = true, .no_log_needed = true, .checked = posix_is_checked()};
    struct kernel *kernel = kernel_create(machine, &config);
    struct posix_result result;
    struct hal_context *context;

    assert_non_null(kernel);
    posix_machine_attach(machine, kernel);
    const struct kernel_host_process process = {.name = "driver",
                                                .process_class = TR_DRIVER,
                                                .ip = (uint64_t)(uintptr_t)function,
                                                .sp = ((uint64_t)(uintptr_t)stack + STACK_BYTES) &
                                                      ~UINT64_C(15)};
    assert_true(kernel_host_process(kernel, &process, &context) > 0);
    driver_code = -1;
    posix_machine_run(machine, &result);
    assert_int_equal(result.end, POSIX_END_IDLE);
    char text[128];
    if (kernel_audit(kernel, text, sizeof text) != 0) {
        fail_msg("%s", text);
    }
    return driver_code;
}

static int64_t draws(uint64_t unused)
{
    (void)unused;
    uint64_t va = call(TR_NR_physical_map, PHYSICAL, PAGES, 0, 0, 0);
    volatile uint8_t *bytes = (volatile uint8_t *)(uintptr_t)va;
    bytes[0] = 1;
    bytes[PAGES * TR_PAGE_SIZE - 1] = 2;
    bytes[5] = (uint8_t)(bytes[4] + 1); /* the model wrote 4 */
    /* By the kernel, over the border of two pages. */
    (void)call(TR_NR_random, va + 3 * TR_PAGE_SIZE - 16, 32, 0, 0, 0);
    driver_code = (int64_t)call(TR_NR_physical_of, va + 77, 0, 0, 0, 0);
    return 0;
}

static void a_driver_and_a_model_share_the_memory(void **state)
{
    (void)state;
    region.view[4] = 41;
    assert_int_equal(run_driver(draws), PHYSICAL + 77);
    assert_int_equal(region.view[0], 1);
    assert_int_equal(region.view[PAGES * TR_PAGE_SIZE - 1], 2);
    assert_int_equal(region.view[5], 42);
    uint32_t bits = 0;
    for (size_t i = 0; i < 32; i++) {
        bits |= region.view[3 * TR_PAGE_SIZE - 16 + i];
    }
    assert_true(bits > 0x3f);
    assert_int_equal(region.view[3 * TR_PAGE_SIZE + 16], 0);
}

static int64_t maps_what_is_not_there(uint64_t unused)
{
    (void)unused;
    driver_code = (int64_t)call(TR_NR_physical_map, PHYSICAL + PAGES * TR_PAGE_SIZE, 1, 0, 0, 0);
    return 0;
}

static void beyond_the_device_there_is_nothing(void **state)
{
    (void)state;
    assert_int_equal(run_driver(maps_what_is_not_there), TR_E_NOENT);
}

static struct tr_dma dma;
static bool was_released;

static int64_t allocates_dma(uint64_t unused)
{
    (void)unused;
    driver_code = (int64_t)call(TR_NR_dma_allocate, 3, 0, 0, (uint64_t)(uintptr_t)&dma, 0);
    memset((void *)(uintptr_t)(dma.va + TR_PAGE_SIZE), 0x77, TR_PAGE_SIZE);
    if (was_released) {
        driver_code = (int64_t)call(TR_NR_memory_release, dma.va + TR_PAGE_SIZE, 1, 0, 0, 0);
    }
    (void)call(TR_NR_thread_sleep, TR_FOREVER, 0, 0, 0, 0);
    return 0;
}

static void models_reach_a_drivers_dma_memory_and_no_more(void **state)
{
    struct dma_master master = {.name = "the test"};
    uint8_t bytes[TR_PAGE_SIZE];

    (void)state;
    was_released = false;
    assert_int_equal(run_driver(allocates_dma), 0);
    assert_true(dma_read(machine, &master, dma.physical + TR_PAGE_SIZE, bytes, sizeof bytes));
    assert_int_equal(bytes[0], 0x77);
    assert_int_equal(bytes[TR_PAGE_SIZE - 1], 0x77);
    assert_true(dma_write(machine, &master, dma.physical, "device", 6));
    assert_false(dma_read(machine, &master, dma.physical + 3 * TR_PAGE_SIZE, bytes, 1));
    assert_false(dma_write(machine, &master, dma.physical + 3 * TR_PAGE_SIZE - 3, "device", 6));
}

static void released_dma_memory_is_out_of_reach(void **state)
{
    struct dma_master master = {.name = "the test"};
    uint8_t byte;

    (void)state;
    was_released = true;
    assert_int_equal(run_driver(allocates_dma), 0);
    assert_true(dma_read(machine, &master, dma.physical, &byte, 1));
    assert_false(dma_read(machine, &master, dma.physical + TR_PAGE_SIZE, &byte, 1));
    assert_true(dma_read(machine, &master, dma.physical + 2 * TR_PAGE_SIZE, &byte, 1));
}

static int setup(void **state)
{
    (void)state;
    machine = device_machine(&(const struct posix_hardware){0});
    assert_true(region_create(machine, &region, PAGES));
    assert_true(region_place(machine, &region, FRAME));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    region_destroy(machine, &region);
    posix_machine_destroy(machine);
    return 0;
}

#define MAP_TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        MAP_TEST(a_driver_and_a_model_share_the_memory),
        MAP_TEST(beyond_the_device_there_is_nothing),
        MAP_TEST(models_reach_a_drivers_dma_memory_and_no_more),
        MAP_TEST(released_dma_memory_is_out_of_reach),
    };

    return cmocka_run_group_tests_name("device: maps", tests, NULL, NULL);
}
