/* SPDX-License-Identifier: MIT */
/* Where the machine sees its memory: where no program can know it, in each machine in another
 * place. */

#include "devices.h"

#include <string.h>

#include "kernel/hal.h"

#define MACHINES 8
#define RAM      (UINT64_C(4) << 20)
#define ROUND    (UINT64_C(1) << 30)

static const struct posix_config config = {
    .ram_bytes = RAM, .input_fd = -1, .output_fd = -1, .input = POSIX_INPUT_NONE};

static void make_all(struct machine *machines[MACHINES], uint64_t views[MACHINES])
{
    for (int i = 0; i < MACHINES; i++) {
        char error[256] = "";

        machines[i] = posix_machine_create(&config, error, sizeof error);
        if (machines[i] == NULL) {
            fail_msg("%s", error);
        }
        views[i] = (uint64_t)(uintptr_t)hal_memory(machines[i]).base;
    }
}

static void destroy_all(struct machine *machines[MACHINES])
{
    for (int i = 0; i < MACHINES; i++) {
        posix_machine_destroy(machines[i]);
    }
}

/* In the stretch below the windows, but not at its beginning: the address that one would try. */
static void views_lie_below_the_windows(void **state)
{
    (void)state;
    struct machine *machines[MACHINES];
    uint64_t views[MACHINES];

    make_all(machines, views);
    for (int i = 0; i < MACHINES; i++) {
        assert_in_range(views[i], UINT64_C(0x180000000000) + ROUND, UINT64_C(0x200000000000) - RAM);
    }
    destroy_all(machines);
}

/* All distances are different, as they are of places drawn at random: no view tells of another. */
static void no_view_tells_where_the_next_will_be(void **state)
{
    (void)state;
    struct machine *machines[MACHINES];
    uint64_t views[2][MACHINES], gaps[MACHINES - 1];

    make_all(machines, views[0]);
    destroy_all(machines);
    make_all(machines, views[1]);
    destroy_all(machines);
    for (int i = 0; i < MACHINES; i++) {
        for (int k = 0; k < MACHINES; k++) {
            assert_int_not_equal(views[0][i], views[1][k]);
        }
    }
    for (int i = 0; i < MACHINES - 1; i++) {
        gaps[i] = views[0][i + 1] - views[0][i];
        for (int k = 0; k < i; k++) {
            assert_int_not_equal(gaps[k], gaps[i]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(views_lie_below_the_windows),
        cmocka_unit_test(no_view_tells_where_the_next_will_be),
    };
    return cmocka_run_group_tests_name("the view of memory", tests, NULL, NULL);
}
