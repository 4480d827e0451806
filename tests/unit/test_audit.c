/* SPDX-License-Identifier: MIT */
/* The audit finds what is broken: for every sentence that it can say, a kernel is broken so that it
 * says this one. It is silent before, and once the damage is undone. */

#include <string.h>

#include "audit_world.h"

struct row {
    const char *name, *sentence;
    void (*damage)(const struct world *world);
};

static const struct row rows[] = {
#define AUDIT(name, sentence) {#name, sentence, damage_##name},
#include "kernel/audit.def"
#undef AUDIT
};
#define ROWS (sizeof rows / sizeof rows[0])

static struct world world;

static int group_setup(void **state)
{
    (void)state;
    world_begin(&world);
    return 0;
}

static int group_teardown(void **state)
{
    (void)state;
    world_end(&world);
    return 0;
}

static int setup(void **state)
{
    (void)state;
    world_save(&world);
    return 0;
}

/* However the test has ended. */
static int teardown(void **state)
{
    (void)state;
    world_restore(&world);
    return 0;
}

static void nothing_is_said(void)
{
    char text[128] = "?";

    assert_int_equal(kernel_audit(world.kernel, text, sizeof text), 0);
    assert_string_equal(text, "");
}

static void is_said(void **state)
{
    const struct row *row = *state;
    char text[128] = "?";

    nothing_is_said();
    row->damage(&world);
    assert_true(kernel_audit(world.kernel, text, sizeof text) > 0);
    assert_string_equal(text, row->sentence);
    world_restore(&world);
    nothing_is_said();
}

static void every_type_of_object_is_counted(void **state)
{
    (void)state;
    for (size_t type = 0; type < OBJECT_TYPES; type++) {
        world.kernel->objects.live[type]++;
        assert_true(kernel_audit(world.kernel, NULL, 0) > 0);
        world.kernel->objects.live[type]--;
        nothing_is_said();
    }
}

/* What a kernel with `invariants` looks for after every entry. */
static void an_entry_that_leaves_a_fault_is_the_last(void **state)
{
    (void)state;
    world.machine->panic_expected = true;
    if (setjmp(world.machine->panic_jump) == 0) {
        damage_process_count(&world);
        (void)CALL0(world.machine, clock);
        fail_msg("the kernel went on");
    }
    assert_non_null(strstr(world.machine->panic_text, "processes do not add up"));
}

static void a_sentence_is_cut_to_its_room(void **state)
{
    char text[10] = "?????????";

    (void)state;
    damage_process_count(&world);
    assert_true(kernel_audit(world.kernel, NULL, 0) > 0);
    assert_true(kernel_audit(world.kernel, text, 1) > 0);
    assert_string_equal(text, "");
    assert_true(kernel_audit(world.kernel, text, sizeof text) > 0);
    assert_string_equal(text, "processes");
}

int main(void)
{
    struct CMUnitTest tests[ROWS + 3] = {
        cmocka_unit_test_setup_teardown(an_entry_that_leaves_a_fault_is_the_last, setup, teardown),
        cmocka_unit_test_setup_teardown(every_type_of_object_is_counted, setup, teardown),
        cmocka_unit_test_setup_teardown(a_sentence_is_cut_to_its_room, setup, teardown),
    };

    for (size_t i = 0; i < ROWS; i++) {
        tests[i + 3] = (struct CMUnitTest){.name = rows[i].name,
                                           .test_func = is_said,
                                           .setup_func = setup,
                                           .teardown_func = teardown,
                                           .initial_state = (void *)&rows[i]};
    }
    return cmocka_run_group_tests_name("audit", tests, group_setup, group_teardown);
}
