/* SPDX-License-Identifier: MIT */
/* Out of memory everywhere: for every scenario and every k, the k-th allocation fails, alone or
 * with all after it. A call that is refused has changed nothing (scene.c compares), every invariant
 * holds after every entry, and nothing is left when everybody has ended. */

#include "scene.h"
#include "tests/share.h"

/* Runs it with the k-th allocation failing; gives how many were asked for. */
static uint64_t run(const struct scenario *scenario, uint64_t k, bool onwards)
{
    struct scene *scene = scene_begin(scenario);

    (void)kernel_fail_allocation(scene->machine->kernel, k, onwards);
    scenario->run(scene);
    uint64_t made = kernel_fail_allocation(scene->machine->kernel, 0, false);
    scene_end(scene);
    return made;
}

static void sweep(bool onwards)
{
    for (size_t i = 0; i < scenario_count; i++) {
        uint64_t made = run(&scenarios[i], 0, false);
        print_message("%s: %llu allocations\n", scenarios[i].name, (unsigned long long)made);
        for (uint64_t k = 1; k <= made; k += test_share()) {
            (void)run(&scenarios[i], k, onwards);
        }
    }
}

static void any_one_allocation_may_fail(void **state)
{
    (void)state;
    sweep(false);
}

static void all_allocations_from_any_on_may_fail(void **state)
{
    (void)state;
    sweep(true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_one_allocation_may_fail),
        cmocka_unit_test(all_allocations_from_any_on_may_fail),
    };

    return cmocka_run_group_tests_name("sweep_memory", tests, NULL, NULL);
}
