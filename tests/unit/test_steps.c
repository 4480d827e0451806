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

/* interface.md 1: a spawn between steps whose process may no longer do it ends with PERM and no
 * child. */
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

/* Each call in steps, ended in the middle by the other thread, or with the whole process. */
struct aborted {
    uint64_t number;
    uint64_t words[6];
};

static struct tr_spawn watched = {.name = "child",
                                  .process_class = TR_APPLICATION,
                                  .flags = TR_SPAWN_WATCH,
                                  .image = image.bytes,
                                  .image_size = sizeof image.bytes};
static struct tr_dma out;
static uint64_t key, va;

static void abort_in_the_middle(struct machine *machine, const struct aborted *row, bool is_all)
{
    uint64_t pid;
    struct kernel_census before, after;
    struct thread *first = unit_two_threads(machine, TR_DRIVER, 0, &pid);
    struct space *space = &first->process->space;
    uint64_t pages = (space->hal.size - SPACE_LOW) / TR_PAGE_SIZE;

    kernel_census(machine->kernel, &before);
    unit_begin(machine, row->number, row->words);
    unit_audit(machine);
    if (is_all) {
        assert_true(kernel_kill(machine->kernel, pid));
        machine->current = kernel_next(machine->kernel);
    } else {
        assert_int_equal(CALL3(machine, thread_terminate, pid, first->object.id, 0), 0);
        assert_true(space_is_free(space, space->hal.base + SPACE_LOW, pages));
        assert_int_equal(process_find(machine->kernel, pid)->account->bytes,
                         machine->kernel->pools.process.size + machine->kernel->pools.thread.size);
    }
    unit_audit(machine);
    kernel_census(machine->kernel, &after);
    assert_int_equal(after.processes, before.processes - is_all);
    assert_int_equal(after.frames_user, before.frames_user);
    assert_int_equal(after.shareds + after.watches + after.claims, 0);
    assert_int_equal(machine->kernel->pools.spawn.live, 0);
    fake_end_all(machine);
}

static void a_call_ended_in_the_middle_has_never_been(void **state)
{
    const struct aborted table[] = {
        {TR_NR_process_spawn, {FAKE_WORD(&watched)}},
        {TR_NR_memory_allocate, {MANY, 0, TR_READ}},
        {TR_NR_shared_create, {MANY, TR_READ, 0, FAKE_WORD(&key), FAKE_WORD(&va)}},
        {TR_NR_dma_allocate, {MANY, 0, 0, FAKE_WORD(&out)}},
    };

    elf_image_make(&image, "tr_process_exit");
    image.segments[ELF_IMAGE_DATA].p_memsz += MANY_BYTES;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        abort_in_the_middle(*state, &table[i], false);
        abort_in_the_middle(*state, &table[i], true);
    }
    assert_int_equal(out.va | va | key, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT_TEST(a_spawn_whose_process_loses_the_right_makes_no_child),
        UNIT_TEST(dma_memory_is_no_longer_made_for_who_was_a_driver),
        UNIT_TEST(a_creation_that_cannot_tell_its_key_tells_nothing),
        UNIT_TEST(a_call_ended_in_the_middle_has_never_been),
    };

    return cmocka_run_group_tests_name("steps", tests, NULL, NULL);
}
