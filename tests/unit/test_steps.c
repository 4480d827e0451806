/* SPDX-License-Identifier: MIT */
/* Calls in steps and the rights of their process: what may be done is asked when the call begins
 * and again when the thing asked for comes to be. Another thread of the process runs in between. */

#include "unit.h"

#include "kernel/process.h"
#include "kernel/state.h"
#include "tests/fake/elf_image.h"

#define MANY       1000 /* pages: four steps, of which an entry does two */
#define MANY_BYTES (MANY * UINT64_C(4096))

static struct elf_image image;

static uint64_t user_frames(struct machine *machine)
{
    struct kernel_census census;

    kernel_census(machine->kernel, &census);
    return census.frames_user;
}

static uint64_t processes(struct machine *machine)
{
    struct kernel_census census;

    kernel_census(machine->kernel, &census);
    return census.processes;
}

/* A spawn, and what the other thread makes of the process's rights meanwhile. */
struct row {
    enum tr_class before;
    uint32_t flags_before;
    struct tr_spawn child;
    uint64_t call; /* of the other thread, and its word */
    uint32_t word;
    bool is_refused;
};

static const struct row rows[] = {
    {.before = TR_DRIVER,
     .child = {.name = "child", .process_class = TR_DRIVER},
     .call = TR_NR_process_drop_class,
     .word = TR_SERVER,
     .is_refused = true},
    {.before = TR_DRIVER,
     .child = {.name = "child", .process_class = TR_SERVER, .flags = TR_SPAWN_MANAGER},
     .call = TR_NR_process_drop_class,
     .word = TR_SERVER,
     .is_refused = true},
    {.before = TR_SERVER,
     .flags_before = TR_SPAWN_MANAGER,
     .child = {.name = "child", .process_class = TR_DRIVER},
     .call = TR_NR_process_drop_class,
     .word = TR_SERVER,
     .is_refused = true},
    {.before = TR_SERVER,
     .child = {.name = "child", .process_class = TR_SERVER, .flags = TR_SPAWN_WATCH},
     .call = TR_NR_process_drop_class,
     .word = TR_APPLICATION,
     .is_refused = true},
    {.before = TR_SERVER,
     .child = {.name = "log", .process_class = TR_APPLICATION},
     .call = TR_NR_process_drop_class,
     .word = TR_APPLICATION,
     .is_refused = true},
    {.before = TR_APPLICATION,
     .child = {.name = "child", .process_class = TR_APPLICATION, .flags = TR_SPAWN_WATCH},
     .call = TR_NR_process_restrict,
     .word = TR_SPAWN_NO_SPAWN,
     .is_refused = true},
    {.before = TR_SERVER,
     .child = {.name = "child", .process_class = TR_APPLICATION},
     .call = TR_NR_process_drop_class,
     .word = TR_APPLICATION,
     .is_refused = false},
};

static void spawn_with(struct machine *machine, const struct row *row)
{
    struct tr_spawn child = row->child;
    uint64_t pid;
    struct tr_event event;
    struct thread *first = unit_two_threads(machine, row->before, row->flags_before, &pid);
    uint64_t before = processes(machine);

    child.image = image.bytes;
    child.image_size = sizeof image.bytes;
    const uint64_t words[6] = {FAKE_WORD(&child)};
    uint64_t frames = user_frames(machine);
    unit_begin(machine, TR_NR_process_spawn, words);
    assert_int_equal(CALL1(machine, event_poll, FAKE_WORD(&event)), 0);
    assert_int_equal(fake_call(machine, row->call, row->word, 0, 0, 0, 0, 0), 0);
    unit_audit(machine);
    int64_t result = unit_go_on(machine, first);
    unit_audit(machine);
    assert_int_equal(machine->kernel->pools.spawn.live, 0);
    if (row->is_refused) {
        assert_int_equal(result, TR_E_PERM);
        assert_int_equal(processes(machine), before);
        assert_int_equal(user_frames(machine), frames);
    } else {
        assert_true(result > 0);
        assert_int_equal(processes(machine), before + 1);
    }
    fake_end_all(machine);
}

/* abi.md 1: a spawn between steps whose process may no longer do it ends with PERM and no child. */
static void a_spawn_whose_process_loses_the_right_makes_no_child(void **state)
{
    elf_image_make(&image, "tr_process_exit");
    image.segments[ELF_IMAGE_DATA].p_memsz += MANY_BYTES;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        spawn_with(*state, &rows[i]);
    }
}

static void dma_memory_is_no_longer_made_for_who_was_a_driver(void **state)
{
    struct machine *machine = *state;
    struct tr_dma dma = {0};
    const uint64_t words[6] = {MANY, 0, 0, FAKE_WORD(&dma)};
    uint64_t pid;
    struct thread *first = unit_two_threads(machine, TR_DRIVER, 0, &pid);

    unit_begin(machine, TR_NR_dma_allocate, words);
    assert_int_equal(CALL1(machine, process_drop_class, TR_SERVER), 0);
    unit_audit(machine);
    assert_int_equal(unit_go_on(machine, first), TR_E_PERM);
    assert_int_equal(dma.va, 0);
    assert_int_equal(machine->kernel->pools.physical_map.live, 0);
}

/* Both words are told, or none. */
static void a_creation_that_cannot_tell_its_key_tells_nothing(void **state)
{
    struct machine *machine = *state;
    static uint64_t va;
    uint64_t pid;
    struct thread *first = unit_two_threads(machine, TR_SERVER, 0, &pid);
    uint64_t page = (uint64_t)CALL3(machine, memory_allocate, 1, 0, TR_READ | TR_WRITE);
    const uint64_t words[6] = {MANY, TR_READ, 0, page, FAKE_WORD(&va)};

    va = 7;
    unit_begin(machine, TR_NR_shared_create, words);
    assert_int_equal(CALL2(machine, memory_release, page, 1), 0);
    assert_int_equal(unit_go_on(machine, first), TR_E_FAULT);
    assert_int_equal(va, 7);
    assert_int_equal(machine->kernel->pools.shared.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT_TEST(a_spawn_whose_process_loses_the_right_makes_no_child),
        UNIT_TEST(dma_memory_is_no_longer_made_for_who_was_a_driver),
        UNIT_TEST(a_creation_that_cannot_tell_its_key_tells_nothing),
    };

    return cmocka_run_group_tests_name("steps", tests, NULL, NULL);
}
