/* SPDX-License-Identifier: MIT */
/* Shared memory: pages in more than one space, who pays, sealing, and the penalty for wrong keys.
 */

#include "unit.h"

#include "kernel/process.h"
#include "kernel/shared.h"
#include "kernel/state.h"

static uint64_t key, va_of_first, va_of_second;

struct pair {
    uint64_t first, second, id;
};

/* Two drivers that share three pages. */
static struct pair set_up(struct machine *machine)
{
    struct pair pair = {.first = fake_process(machine, TR_DRIVER, "one"),
                        .second = fake_process(machine, TR_DRIVER, "two")};
    int64_t id = fake_call_as(machine, pair.first, TR_NR_shared_create, 3, TR_READ | TR_WRITE, 0,
                              FAKE_WORD(&key), FAKE_WORD(&va_of_first), 0);

    assert_true(id > 0);
    pair.id = (uint64_t)id;
    assert_int_equal(fake_call_as(machine, pair.second, TR_NR_shared_join, pair.id, key, 0,
                                  TR_READ | TR_WRITE, FAKE_WORD(&va_of_second), 0),
                     3);
    return pair;
}

static void members_see_the_same_zeroed_pages(void **state)
{
    struct machine *machine = *state;
    struct pair pair = set_up(machine);

    for (uint64_t page = 0; page < 3; page++) {
        uint64_t at = page * TR_PAGE_SIZE;
        uint8_t *one = fake_user(machine, pair.first, va_of_first + at, 8, HAL_WRITE);
        assert_non_null(one);
        assert_ptr_equal(one, fake_user(machine, pair.second, va_of_second + at, 8, HAL_WRITE));
        assert_int_equal(one[7], 0);
    }
}

static void words_are_checked_and_nothing_is_left(void **state)
{
    struct machine *machine = *state;

    (void)fake_process(machine, TR_DRIVER, "one");
    uint64_t *va = &va_of_first;
    assert_int_equal(CALL5(machine, shared_create, 0, 3, 0, FAKE_WORD(&key), FAKE_WORD(va)),
                     TR_E_INVAL);
    assert_int_equal(CALL5(machine, shared_create, 1, 2, 0, FAKE_WORD(&key), FAKE_WORD(va)),
                     TR_E_INVAL);
    assert_int_equal(CALL5(machine, shared_create, 1, 7, 0, FAKE_WORD(&key), FAKE_WORD(va)),
                     TR_E_PERM);
    assert_int_equal(CALL5(machine, shared_create, 1, 3, 0, 0, FAKE_WORD(va)), TR_E_FAULT);
    assert_int_equal(
        CALL5(machine, shared_create, UINT64_C(1) << 60, 3, 0, FAKE_WORD(&key), FAKE_WORD(va)),
        TR_E_NOMEM);
    assert_int_equal(CALL5(machine, shared_create, 20000, 3, 0, FAKE_WORD(&key), FAKE_WORD(va)),
                     TR_E_NOMEM);
    assert_int_equal(machine->kernel->frames.by_use[FRAME_SHARED], 0);
}

static void a_second_join_and_too_much_are_refused(void **state)
{
    struct machine *machine = *state;
    struct pair pair = set_up(machine);
    uint64_t va;

    assert_int_equal(fake_call_as(machine, pair.second, TR_NR_shared_join, pair.id, key, 0, TR_READ,
                                  FAKE_WORD(&va), 0),
                     TR_E_EXIST);
    uint64_t third = fake_process(machine, TR_DRIVER, "three");
    assert_int_equal(fake_call_as(machine, third, TR_NR_shared_join, pair.id, key, 1, TR_READ,
                                  FAKE_WORD(&va), 0),
                     TR_E_INVAL);
    assert_int_equal(fake_call_as(machine, third, TR_NR_shared_join, pair.id, key, 0,
                                  TR_READ | TR_EXECUTE, FAKE_WORD(&va), 0),
                     TR_E_PERM);
    assert_int_equal(fake_call_as(machine, third, TR_NR_shared_seal, pair.id, 0, 0, 0, 0, 0),
                     TR_E_NOENT);
}

static void sealing_takes_write_everywhere(void **state)
{
    struct machine *machine = *state;
    struct pair pair = set_up(machine);

    assert_int_equal(fake_call_as(machine, pair.second, TR_NR_shared_seal, pair.id, 0, 0, 0, 0, 0),
                     TR_E_PERM);
    assert_int_equal(fake_call_as(machine, pair.first, TR_NR_shared_seal, pair.id, 0, 0, 0, 0, 0),
                     0);
    assert_null(fake_user(machine, pair.first, va_of_first, 8, HAL_WRITE));
    assert_null(fake_user(machine, pair.second, va_of_second, 8, HAL_WRITE));
    assert_non_null(fake_user(machine, pair.second, va_of_second, 8, HAL_READ));
    assert_int_equal(fake_call_as(machine, pair.first, TR_NR_memory_protect, va_of_first, 3,
                                  TR_READ | TR_EXECUTE, 0, 0, 0),
                     0);
}

static void the_oldest_member_pays(void **state)
{
    struct machine *machine = *state;
    struct pair pair = set_up(machine);
    struct process *second = process_find(machine->kernel, pair.second);

    assert_int_equal(shared_pages_charged(process_find(machine->kernel, pair.first)), 3);
    assert_int_equal(shared_pages_charged(second), 0);
    assert_int_equal(
        fake_call_as(machine, pair.first, TR_NR_shared_release, pair.id, 0, 0, 0, 0, 0), 0);
    assert_int_equal(shared_pages_charged(second), 3);
}

static uint64_t charged(struct machine *machine, uint64_t pid)
{
    return process_find(machine->kernel, pid)->account->bytes;
}

/* The record and the list of frames go to the next oldest; who has left may spend as much again. */
static void the_charge_goes_to_the_next_oldest(void **state)
{
    struct machine *machine = *state;
    struct pair pair = {.first = fake_process(machine, TR_DRIVER, "one"),
                        .second = fake_process(machine, TR_DRIVER, "two")};
    uint64_t first = charged(machine, pair.first);
    uint64_t second = charged(machine, pair.second);
    uint64_t member = machine->kernel->pools.shared_member.size;

    pair.id = (uint64_t)fake_call_as(machine, pair.first, TR_NR_shared_create, 3, TR_READ, 0,
                                     FAKE_WORD(&key), FAKE_WORD(&va_of_first), 0);
    uint64_t memory = charged(machine, pair.first) - first - member;
    assert_int_equal(memory, machine->kernel->pools.shared.size + TR_PAGE_SIZE);
    assert_int_equal(fake_call_as(machine, pair.second, TR_NR_shared_join, pair.id, key, 0, TR_READ,
                                  FAKE_WORD(&va_of_second), 0),
                     3);
    assert_int_equal(charged(machine, pair.second), second + member);
    assert_int_equal(
        fake_call_as(machine, pair.first, TR_NR_shared_release, pair.id, 0, 0, 0, 0, 0), 0);
    assert_int_equal(charged(machine, pair.first), first);
    assert_int_equal(charged(machine, pair.second), second + member + memory);
    assert_int_equal(
        fake_call_as(machine, pair.second, TR_NR_shared_release, pair.id, 0, 0, 0, 0, 0), 0);
    assert_int_equal(charged(machine, pair.second), second);
}

static void a_member_is_told_who_left(void **state)
{
    struct machine *machine = *state;
    struct pair pair = set_up(machine);
    struct tr_event event;

    assert_int_equal(
        fake_call_as(machine, pair.second, TR_NR_process_terminate, pair.first, 0, 0, 0, 0, 0), 0);
    assert_int_equal(CALL1(machine, event_poll, FAKE_WORD(&event)), 1);
    assert_int_equal(event.kind, TR_EVENT_SHARED_RELEASED);
    assert_int_equal(event.flags, TR_EVENT_DIED);
    assert_int_equal(event.source_pid, pair.first);
    assert_int_equal(event.size, 1);
}

static void clearing_a_part_releases_the_whole(void **state)
{
    struct machine *machine = *state;
    struct pair pair = set_up(machine);
    struct tr_shared_info info;

    assert_int_equal(
        fake_call_as(machine, pair.second, TR_NR_memory_release, va_of_second, 3, 0, 0, 0, 0),
        TR_E_STATE);
    assert_int_equal(fake_call_as(machine, pair.second, TR_NR_memory_clear,
                                  va_of_second + TR_PAGE_SIZE, va_of_second + 2 * TR_PAGE_SIZE, 0,
                                  0, 0, 0),
                     0);
    assert_int_equal(CALL2(machine, shared_info, pair.id, FAKE_WORD(&info)), TR_E_NOENT);
    assert_null(fake_user(machine, pair.second, va_of_second, 8, HAL_READ));
}

static void wrong_keys_are_slowed_from_the_ninth_on(void **state)
{
    struct machine *machine = *state;
    struct pair pair = set_up(machine);
    uint64_t thief = fake_process(machine, TR_DRIVER, "thief");
    uint64_t va;
    uint64_t wait = 1000000;

    for (int i = 0; i < 8; i++) {
        assert_int_equal(fake_call_as(machine, thief, TR_NR_shared_join, pair.id + (uint64_t)i % 2,
                                      key ^ 1, 0, TR_READ, FAKE_WORD(&va), 0),
                         TR_E_ACCES);
    }
    for (int i = 0; i < 12; i++) {
        uint64_t began = machine->time;
        assert_int_equal(fake_call_as(machine, thief, TR_NR_pipe_join, 1, key, 0, 0, 0, 0),
                         FAKE_SLEEPS);
        fake_pass(machine, began + wait - 1);
        assert_false(fake_turn(machine, thief));
        fake_pass(machine, began + wait);
        assert_int_equal(fake_result(machine, thief), TR_E_ACCES);
        wait = wait * 2 > 1000000000 ? 1000000000 : wait * 2;
    }
}

/* ---- Steps ---------------------------------------------------------------------------------- */

#define MANY  1000 /* pages */
#define STEPS 4    /* that these need; the first two are done in the entry of the call */

/* Makes a call of a process's thread up to where the first step has been done. */
static void begin(struct machine *machine, uint64_t pid, uint64_t number, const uint64_t words[6])
{
    assert_true(fake_turn(machine, pid));
    machine->current = kernel_call(machine->kernel, number, words);
}

/* Goes on with it to the end. Returns how often the kernel looked at the clock in between. */
static uint64_t go_on(struct machine *machine)
{
    uint64_t looks = 0;

    while (machine->current == NULL) {
        looks++;
        machine->current = kernel_timer(machine->kernel);
    }
    return looks;
}

/* One driver has created MANY pages, the other one has not joined. */
static struct pair set_up_many(struct machine *machine)
{
    struct pair pair = {.first = fake_process(machine, TR_DRIVER, "one"),
                        .second = fake_process(machine, TR_DRIVER, "two")};
    const uint64_t words[6] = {MANY, TR_READ | TR_WRITE, 0, FAKE_WORD(&key),
                               FAKE_WORD(&va_of_first)};

    begin(machine, pair.first, TR_NR_shared_create, words);
    assert_int_equal(go_on(machine), STEPS - 2);
    pair.id = (uint64_t)fake_result(machine, pair.first);
    return pair;
}

static void begin_join(struct machine *machine, const struct pair *pair)
{
    const uint64_t words[6] = {pair->id, key, 0, TR_READ | TR_WRITE, FAKE_WORD(&va_of_second)};

    begin(machine, pair->second, TR_NR_shared_join, words);
    assert_null(machine->current);
}

static void many_pages_are_joined_and_left_in_steps(void **state)
{
    struct machine *machine = *state;
    struct pair pair = set_up_many(machine);
    const uint64_t words[6] = {pair.id};
    uint64_t free_before = machine->kernel->frames.free;

    begin_join(machine, &pair);
    assert_int_equal(go_on(machine), STEPS - 2);
    assert_int_equal(fake_result(machine, pair.second), MANY);
    assert_non_null(
        fake_user(machine, pair.second, va_of_second + (MANY - 1) * TR_PAGE_SIZE, 8, HAL_WRITE));
    begin(machine, pair.first, TR_NR_shared_release, words);
    assert_int_equal(go_on(machine), STEPS - 2);
    begin(machine, pair.second, TR_NR_shared_release, words);
    assert_int_equal(go_on(machine), 2 * STEPS - 1 - 2); /* the last also gives the frames back */
    assert_int_equal(fake_result(machine, pair.second), 0);
    assert_true(machine->kernel->frames.free >= free_before + MANY);
}

static void a_member_is_found_when_all_its_pages_are_there(void **state)
{
    struct machine *machine = *state;
    struct pair pair = set_up_many(machine);
    const struct process *second = process_find(machine->kernel, pair.second);
    const uint64_t words[6] = {pair.id};

    begin_join(machine, &pair);
    assert_null(shared_member_find(machine->kernel, pair.id, second));
    unit_audit(machine);
    (void)go_on(machine);
    assert_non_null(shared_member_find(machine->kernel, pair.id, second));
    begin(machine, pair.second, TR_NR_shared_release, words);
    assert_null(shared_member_find(machine->kernel, pair.id, second));
    unit_audit(machine);
    (void)go_on(machine);
}

/* Nobody counts who has not joined yet, and nobody tells it anything. */
static void who_is_joining_is_no_member_yet(void **state)
{
    struct machine *machine = *state;
    struct pair pair = set_up_many(machine);
    struct process *first = process_find(machine->kernel, pair.first);
    struct tr_shared_info info = {0};
    struct tr_event event;

    begin_join(machine, &pair);
    thread_set_process_suspended(machine->kernel, process_find(machine->kernel, pair.second), true);
    machine->current = kernel_next(machine->kernel);
    assert_int_equal(CALL2(machine, shared_info, pair.id, FAKE_WORD(&info)), 0);
    assert_int_equal(info.members, 1);
    assert_true(kernel_kill(machine->kernel, first->object.id));
    thread_set_process_suspended(machine->kernel, process_find(machine->kernel, pair.second),
                                 false);
    machine->current = kernel_next(machine->kernel);
    (void)go_on(machine);
    assert_int_equal(fake_result(machine, pair.second), MANY);
    assert_int_equal(CALL1(machine, event_poll, FAKE_WORD(&event)), 0);
    assert_int_equal(CALL2(machine, shared_info, pair.id, FAKE_WORD(&info)), 0);
    assert_int_equal(info.members, 1);
}

static void many_pages_are_sealed_in_steps(void **state)
{
    struct machine *machine = *state;
    struct pair pair = set_up_many(machine);
    const uint64_t words[6] = {pair.id};
    uint64_t last = (MANY - 1) * TR_PAGE_SIZE;

    begin_join(machine, &pair);
    (void)go_on(machine);
    begin(machine, pair.first, TR_NR_shared_seal, words);
    assert_null(machine->current);
    assert_int_equal(go_on(machine), 2 * STEPS - 2);
    assert_int_equal(fake_result(machine, pair.first), 0);
    assert_null(fake_user(machine, pair.first, va_of_first + last, 8, HAL_WRITE));
    assert_null(fake_user(machine, pair.second, va_of_second, 8, HAL_WRITE));
    assert_null(fake_user(machine, pair.second, va_of_second + last, 8, HAL_WRITE));
}

/* The creator is killed when it has sealed a part; the other's pages stay what they are. */
static void a_kill_in_the_middle_of_a_join_or_a_seal_leaks_nothing(void **state)
{
    struct machine *machine = *state;
    struct pair pair = set_up_many(machine);
    const uint64_t words[6] = {pair.id};
    struct tr_event event;

    begin_join(machine, &pair);
    process_end(machine->kernel, process_find(machine->kernel, pair.second), 0, TR_EVENT_KILLED, 0);
    machine->current = kernel_next(machine->kernel);
    unit_audit(machine);
    assert_int_equal(
        fake_call_as(machine, pair.first, TR_NR_event_poll, FAKE_WORD(&event), 0, 0, 0, 0, 0), 0);
    pair.second = fake_process(machine, TR_DRIVER, "three");
    begin_join(machine, &pair);
    (void)go_on(machine);
    begin(machine, pair.first, TR_NR_shared_seal, words);
    process_end(machine->kernel, process_find(machine->kernel, pair.first), 0, TR_EVENT_KILLED, 0);
    machine->current = kernel_next(machine->kernel);
    unit_audit(machine);
    assert_non_null(fake_user(machine, pair.second, va_of_second, 8, HAL_WRITE));
}

/* Another thread of the process goes on, and gets the answers of a process that is no member. */
static void a_thread_killed_in_a_join_was_never_a_member(void **state)
{
    struct machine *machine = *state;
    struct pair pair = set_up_many(machine);
    struct process *second = process_find(machine->kernel, pair.second);
    static _Alignas(16) uint8_t stack[64];
    uint64_t pages = second->space.hal.size;

    assert_true(fake_call_as(machine, pair.second, TR_NR_thread_create, 16, 0,
                             FAKE_WORD(stack + sizeof(stack)), 0, 0, 0) > 0);
    begin_join(machine, &pair);
    thread_end(machine->kernel, machine->kernel->cpu.current, 0);
    machine->current = kernel_next(machine->kernel);
    unit_audit(machine);
    assert_true(list_is_empty(&second->shareds));
    assert_true(space_is_free(&second->space, second->space.hal.base + SPACE_LOW,
                              (pages - SPACE_LOW) / TR_PAGE_SIZE));
    begin_join(machine, &pair);
    (void)go_on(machine);
    assert_int_equal(fake_result(machine, pair.second), MANY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT_TEST(members_see_the_same_zeroed_pages),
        UNIT_TEST(words_are_checked_and_nothing_is_left),
        UNIT_TEST(a_second_join_and_too_much_are_refused),
        UNIT_TEST(sealing_takes_write_everywhere),
        UNIT_TEST(the_oldest_member_pays),
        UNIT_TEST(the_charge_goes_to_the_next_oldest),
        UNIT_TEST(a_member_is_told_who_left),
        UNIT_TEST(clearing_a_part_releases_the_whole),
        UNIT_TEST(wrong_keys_are_slowed_from_the_ninth_on),
        UNIT_TEST(many_pages_are_joined_and_left_in_steps),
        UNIT_TEST(a_member_is_found_when_all_its_pages_are_there),
        UNIT_TEST(who_is_joining_is_no_member_yet),
        UNIT_TEST(many_pages_are_sealed_in_steps),
        UNIT_TEST(a_kill_in_the_middle_of_a_join_or_a_seal_leaks_nothing),
        UNIT_TEST(a_thread_killed_in_a_join_was_never_a_member),
    };

    return cmocka_run_group_tests_name("shared", tests, NULL, NULL);
}
