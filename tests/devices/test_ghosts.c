/* SPDX-License-Identifier: MIT */
/* Where the ghost functions of a machine lie: always in the same place, each machine of the host
 * process in another; without that place there is no machine. */

#include "devices.h"

#include <string.h>
#include <sys/mman.h>
#include <terrarium/calls.h>

#include "kernel/hal.h"

#define OTHERS 5
#define PAGE   UINT64_C(4096)

static const struct posix_config config = {
    .ram_bytes = 4 << 20, .input_fd = -1, .output_fd = -1, .input = POSIX_INPUT_NONE};

static struct machine *make(void)
{
    char error[256] = "";
    struct machine *made = posix_machine_create(&config, error, sizeof error);

    if (made == NULL) {
        fail_msg("%s", error);
    }
    return made;
}

static void a_lone_machine_has_them_where_every_one_has(void **state)
{
    (void)state;
    struct machine *machine = make();
    uint64_t first = hal_ghost_call(machine, TR_NR_process_self),
             call = hal_ghost_other(machine, "tr_call");
    posix_machine_destroy(machine);
    machine = make();
    assert_int_equal(hal_ghost_call(machine, TR_NR_process_self), first);
    assert_int_equal(hal_ghost_other(machine, "tr_call"), call);
    posix_machine_destroy(machine);
    assert_int_equal(first, UINT64_C(0x17ffff000000));
}

static void machines_side_by_side_have_their_own(void **state)
{
    (void)state;
    struct machine *machines[OTHERS];
    uint64_t lowest[OTHERS];
    for (int i = 0; i < OTHERS; i++) {
        machines[i] = make();
        lowest[i] = hal_ghost_call(machines[i], TR_NR_process_self);
        for (int k = 0; k < i; k++) {
            assert_true(lowest[i] - lowest[k] >= 2 * PAGE && lowest[k] - lowest[i] >= 2 * PAGE);
        }
        assert_memory_equal((const void *)(uintptr_t)lowest[i], (const void *)(uintptr_t)lowest[0],
                            PAGE);
    }
    posix_machine_destroy(machines[2]);
    machines[2] = make();
    assert_int_equal(hal_ghost_call(machines[2], TR_NR_process_self), lowest[2]);
    for (int i = 0; i < OTHERS; i++) {
        posix_machine_destroy(machines[i]);
    }
}

/* The text, then the words behind it. */
static void without_their_place_there_is_no_machine(void **state)
{
    (void)state;
    struct machine *machine = make();
    uint64_t text = hal_ghost_call(machine, TR_NR_process_self);
    posix_machine_destroy(machine);
    for (int i = 0; i < 2; i++) {
        char error[256] = "";
        void *wanted = (void *)(uintptr_t)(text + (uint64_t)i * PAGE);
        void *got =
            mmap(wanted, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
        assert_ptr_equal(got, wanted);
        assert_null(posix_machine_create(&config, error, sizeof error));
        assert_non_null(strstr(error, "ghost functions"));
        assert_int_equal(*(volatile uint8_t *)got, 0); /* what was there stays */
        munmap(got, PAGE);
    }
    posix_machine_destroy(make());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lone_machine_has_them_where_every_one_has),
        cmocka_unit_test(machines_side_by_side_have_their_own),
        cmocka_unit_test(without_their_place_there_is_no_machine),
    };
    return cmocka_run_group_tests_name("ghosts", tests, NULL, NULL);
}
