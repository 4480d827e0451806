/* SPDX-License-Identifier: MIT */
/* The first stack of a program (interface.md 3): as large as its image asks, backed on touch, and
 * nothing below it for a good way. */

#include "unit.h"

#include <string.h>

#include "kernel/space_pool.h"
#include "kernel/state.h"
#include "tests/fake/elf_image.h"

#define KIB  UINT64_C(1024)
#define MIB  (KIB * 1024)
#define HOLE MIB /* at least so much */

static struct elf_image image;

/* The image with a header for the stack behind the others. */
static void make_image(uint64_t stack)
{
    elf_image_make(&image, "tr_process_exit");
    image.segments[ELF_IMAGE_HEADERS] =
        (Elf64_Phdr){.p_type = PT_GNU_STACK, .p_flags = PF_R | PF_W, .p_memsz = stack};
    image.header->e_phnum = ELF_IMAGE_HEADERS + 1;
}

static int64_t spawn(struct machine *machine)
{
    const struct tr_spawn spawn = {.image = image.bytes,
                                   .image_size = sizeof image.bytes,
                                   .name = "deep",
                                   .process_class = TR_APPLICATION};

    if (kernel_current_pid(machine->kernel) == 0) {
        (void)fake_process(machine, TR_APPLICATION, "parent");
    }
    int64_t result = CALL1(machine, process_spawn, FAKE_WORD(&spawn));
    if (result == FAKE_SLEEPS) {
        fake_pass(machine, machine->time);
        result = machine->current->result;
    }
    return result;
}

static uint64_t spawn_deep(struct machine *machine, uint64_t stack)
{
    make_image(stack);
    int64_t pid = spawn(machine);
    assert_true(pid > 0);
    return (uint64_t)pid;
}

static uint64_t top_of(struct machine *machine, uint64_t pid)
{
    struct tr_thread_info info;
    int64_t tid = kernel_thread_next(machine->kernel, pid, 0, &info);

    assert_true(tid > 0);
    return kernel_thread_context(machine->kernel, (uint64_t)tid)->machine[FAKE_SP];
}

static struct tr_process_info info_of(struct machine *machine, uint64_t pid)
{
    struct tr_process_info info;

    assert_int_equal(kernel_process_next(machine->kernel, pid - 1, &info), pid);
    return info;
}

static bool is_usable(struct machine *machine, uint64_t pid, uint64_t va)
{
    return fake_user(machine, pid, va, 8, HAL_WRITE) != NULL;
}

static void it_has_the_size_that_the_image_asks_for(void **state)
{
    static const struct {
        uint64_t asked, given;
    } rows[] = {
        {0, 64 * KIB}, {1, 64 * KIB},          {64 * KIB, 64 * KIB}, {64 * KIB + 1, 68 * KIB},
        {MIB, MIB},    {8 * MIB - 1, 8 * MIB}, {8 * MIB, 8 * MIB}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint64_t pid = spawn_deep(*state, rows[i].asked);
        uint64_t top = top_of(*state, pid);
        assert_true(is_usable(*state, pid, top - 8));
        assert_true(is_usable(*state, pid, top - rows[i].given / 2));
        assert_true(is_usable(*state, pid, top - rows[i].given));
        assert_false(is_usable(*state, pid, top - rows[i].given - 8));
        assert_false(is_usable(*state, pid, top - rows[i].given - HOLE));
    }
}

static void more_than_8_mib_is_no_image(void **state)
{
    struct machine *machine = *state;

    make_image(8 * MIB + 1);
    assert_int_equal(spawn(machine), TR_E_NOEXEC);
    make_image(UINT64_MAX);
    assert_int_equal(spawn(machine), TR_E_NOEXEC);
}

static void its_pages_are_charged_when_they_are_touched(void **state)
{
    struct machine *machine = *state;
    uint64_t pid = spawn_deep(machine, MIB);
    uint64_t top = top_of(machine, pid);
    uint64_t before = info_of(machine, pid).pages;
    uint64_t free = machine->kernel->frames.free;

    assert_true(before < 16);
    for (uint64_t i = 1; i <= 10; i++) {
        assert_true(is_usable(machine, pid, top - i * 20 * TR_PAGE_SIZE));
        assert_int_equal(info_of(machine, pid).pages, before + i);
        assert_int_equal(machine->kernel->frames.free, free - i);
    }
}

static void calls_take_pages_that_were_never_touched(void **state)
{
    struct machine *machine = *state;
    uint64_t pid = spawn_deep(machine, MIB);
    uint64_t place = top_of(machine, pid) - MIB + 4000; /* over the end of a page */
    struct tr_process_info info;

    assert_int_equal(fake_call_as(machine, pid, TR_NR_process_self, place, 0, 0, 0, 0, 0), pid);
    const uint8_t *end = fake_user(machine, pid, place + 96, sizeof info - 96, HAL_READ);
    assert_non_null(end);
    const uint8_t *begin = fake_user(machine, pid, place, 96, HAL_READ);
    assert_non_null(begin);
    memcpy(&info, begin, 96);
    memcpy((uint8_t *)&info + 96, end, sizeof info - 96);
    assert_int_equal(info.pid, pid);
    assert_int_equal(info.lowest, top_of(machine, pid) - MIB);
    assert_int_equal(fake_call_as(machine, pid, TR_NR_process_self, place - 8000, 0, 0, 0, 0, 0),
                     TR_E_FAULT);
}

/* ---- The hole ------------------------------------------------------------------------------- */

static void hints_into_the_hole_go_elsewhere(void **state)
{
    struct machine *machine = *state;
    uint64_t pid = spawn_deep(machine, 0);
    uint64_t bottom = top_of(machine, pid) - 64 * KIB;

    for (uint64_t below = TR_PAGE_SIZE; below <= HOLE; below += 5 * TR_PAGE_SIZE) {
        for (uint64_t pages = 1; pages <= 3; pages += 2) {
            int64_t va = fake_call_as(machine, pid, TR_NR_memory_allocate, pages, bottom - below,
                                      TR_READ | TR_WRITE, 0, 0, 0);
            assert_true(va > 0);
            assert_true((uint64_t)va > bottom);
        }
    }
    /* A range that only begins in it, and one that ends in it. */
    assert_true((uint64_t)fake_call_as(machine, pid, TR_NR_memory_allocate, 16,
                                       bottom - 2 * TR_PAGE_SIZE, TR_READ, 0, 0, 0) > bottom);
    assert_true((uint64_t)fake_call_as(machine, pid, TR_NR_memory_allocate, 16,
                                       bottom - HOLE - 2 * TR_PAGE_SIZE, TR_READ, 0, 0,
                                       0) > bottom);
}

static void shared_memory_does_not_go_there_either(void **state)
{
    struct machine *machine = *state;
    uint64_t pid = spawn_deep(machine, 0);
    uint64_t top = top_of(machine, pid);
    uint64_t key, va;
    int64_t id = CALL5(machine, shared_create, 2, TR_READ, 0, FAKE_WORD(&key), FAKE_WORD(&va));

    assert_true(id > 0);
    uint64_t out = top - 64;
    assert_int_equal(fake_call_as(machine, pid, TR_NR_shared_join, (uint64_t)id, key,
                                  top - 64 * KIB - 8 * TR_PAGE_SIZE, TR_READ, out, 0),
                     2);
    const uint64_t *got = fake_user(machine, pid, out, 8, HAL_READ);
    assert_non_null(got);
    assert_true(*got > top);
}

/* The search for any free place begins anew at the window's low end. */
static void the_search_leaves_the_hole(void **state)
{
    struct machine *machine = *state;
    uint64_t pid = spawn_deep(machine, 0);
    struct space *space = &process_find(machine->kernel, pid)->space;
    uint64_t bottom = top_of(machine, pid) - 64 * KIB;

    space->cursor = space->hal.size;
    for (uint64_t pages = 1; pages < 100; pages++) {
        assert_true(space_find_free(space, pages, 0) > bottom);
        space->cursor = space->hal.size;
    }
    assert_int_equal(space_find_free(space, space->hal.size / TR_PAGE_SIZE, 0), 0);
}

static void a_fault_there_is_told_as_an_overflow(void **state)
{
    static const struct {
        int64_t below; /* the bottom */
        const char *text;
    } rows[] = {{8, "stack overflow"},
                {(int64_t)HOLE, "stack overflow"},
                {-(int64_t)(64 * KIB + 64 * TR_PAGE_SIZE), "page fault"},
                {(int64_t)(64 * MIB), "page fault"}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct machine *machine = *state;
        uint64_t pid = spawn_deep(machine, 0);
        uint64_t bottom = top_of(machine, pid) - 64 * KIB;
        machine->console_size = 0;
        memset(machine->console, 0, sizeof machine->console);
        assert_true(fake_turn(machine, pid));
        fake_fault(machine, TR_FAULT_PAGE, bottom - (uint64_t)rows[i].below);
        assert_non_null(strstr(machine->console, rows[i].text));
        assert_null(process_find(machine->kernel, pid));
    }
}

static void without_frames_a_touch_is_a_lack_of_memory(void **state)
{
    struct machine *machine = *state;
    uint64_t pid = spawn_deep(machine, MIB);
    uint64_t place = top_of(machine, pid) - MIB;

    assert_true(fake_turn(machine, pid));
    (void)kernel_fail_allocation(machine->kernel, 1, true);
    fake_fault(machine, TR_FAULT_PAGE, place);
    (void)kernel_fail_allocation(machine->kernel, 0, false);
    assert_non_null(strstr(machine->console, "out of memory"));
    assert_null(process_find(machine->kernel, pid));
}

/* ---- The pool ------------------------------------------------------------------------------- */

static void end(struct machine *machine, uint64_t pid)
{
    assert_true(kernel_kill(machine->kernel, pid));
    unit_audit(machine);
}

static void a_shallow_stack_is_kept_and_wiped(void **state)
{
    struct machine *machine = *state;
    uint64_t pid = spawn_deep(machine, MIB);
    uint64_t top = top_of(machine, pid);

    for (uint64_t below = 8; below < 64 * KIB; below += TR_PAGE_SIZE) {
        memset(fake_user(machine, pid, top - below, 8, HAL_WRITE), 0xaa, 8);
    }
    end(machine, pid);
    assert_int_equal(machine->kernel->space_pool_count, 1);
    pid = spawn_deep(machine, MIB);
    assert_int_equal(machine->kernel->space_pool_count, 0);
    assert_int_equal(top_of(machine, pid), top);
    for (uint64_t below = TR_PAGE_SIZE; below <= MIB; below += TR_PAGE_SIZE) {
        const uint8_t *page = fake_user(machine, pid, top - below, TR_PAGE_SIZE, HAL_READ);
        for (uint64_t i = 0; i < TR_PAGE_SIZE; i++) {
            assert_int_equal(page[i], 0);
        }
    }
}

static void a_deep_one_is_not(void **state)
{
    struct machine *machine = *state;
    uint64_t pid = spawn_deep(machine, MIB);

    assert_true(is_usable(machine, pid, top_of(machine, pid) - 64 * KIB - 8));
    end(machine, pid);
    assert_int_equal(machine->kernel->space_pool_count, 0);
}

static void another_size_is_another_shape(void **state)
{
    struct machine *machine = *state;

    end(machine, spawn_deep(machine, MIB));
    end(machine, spawn_deep(machine, 512 * KIB));
    assert_int_equal(machine->kernel->space_pool_count, 2);
    end(machine, spawn_deep(machine, 8 * MIB));
    assert_int_equal(machine->kernel->space_pool_count, 2);
    (void)spawn_deep(machine, MIB);
    assert_int_equal(machine->kernel->space_pool_count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT_TEST(it_has_the_size_that_the_image_asks_for),
        UNIT_TEST(more_than_8_mib_is_no_image),
        UNIT_TEST(its_pages_are_charged_when_they_are_touched),
        UNIT_TEST(calls_take_pages_that_were_never_touched),
        UNIT_TEST(hints_into_the_hole_go_elsewhere),
        UNIT_TEST(shared_memory_does_not_go_there_either),
        UNIT_TEST(the_search_leaves_the_hole),
        UNIT_TEST(a_fault_there_is_told_as_an_overflow),
        UNIT_TEST(without_frames_a_touch_is_a_lack_of_memory),
        UNIT_TEST(a_shallow_stack_is_kept_and_wiped),
        UNIT_TEST(a_deep_one_is_not),
        UNIT_TEST(another_size_is_another_shape),
    };

    return cmocka_run_group_tests_name("stack", tests, NULL, NULL);
}
