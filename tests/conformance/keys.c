/* SPDX-License-Identifier: MIT */
/* interface.md 8, Keys: what a wrong join costs, of pipes and of shared memory alike. */

#include "check.h"

const char check_section[] = "keys";

static int64_t joins_wrongly(uint64_t unused)
{
    struct check_ticket ticket = check_receive_ticket();

    (void)unused;
    CHECK_IS(tr_pipe_join(ticket.id, ticket.key + 1), TR_E_ACCES);
    CHECK_IS(tr_pipe_join(ticket.id + 1000, ticket.key), TR_E_ACCES);
    CHECK_IS(tr_pipe_join(ticket.id, ticket.key), 0);
    return 0;
}

static void a_wrong_id_and_a_wrong_key_have_one_answer(void)
{
    struct tr_event event;
    struct check_ticket pipe = check_pipe();
    uint64_t pid = check_start_joiner(TR_APPLICATION, joins_wrongly, &pipe);

    CHECK_IS(tr_process_watch(pid, 0), 0);
    do {
        check_event(&event);
    } while (event.kind != TR_EVENT_PROCESS_EXIT);
    CHECK_IS(event.size, 0);
}

static void wrong_keys_slow_down_after_the_eighth(void)
{
    uint64_t before = (uint64_t)tr_clock();

    for (int i = 0; i < 8; i++) {
        CHECK_IS(tr_pipe_join(12345, 1), TR_E_ACCES);
    }
    CHECK((uint64_t)tr_clock() - before < 1000000);
    for (uint64_t wait = 1000000; wait <= 8000000; wait *= 2) {
        before = (uint64_t)tr_clock();
        CHECK_IS(tr_pipe_join(12345, 1), TR_E_ACCES);
        CHECK((uint64_t)tr_clock() - before >= wait);
        CHECK((uint64_t)tr_clock() - before < wait + 1000000);
    }
}

static int64_t joins_wrong_pipe(uint64_t unused)
{
    (void)unused;
    CHECK_IS(tr_pipe_join(12345, 1), TR_E_ACCES);
    return 0;
}

static int64_t joins_wrong_memory(uint64_t unused)
{
    uint64_t va;

    (void)unused;
    CHECK_IS(tr_shared_join(12345, 1, 0, TR_READ, &va), TR_E_ACCES);
    return 0;
}

/* More threads, and ending those that sleep for a wrong key, make nobody guess faster. */
static void a_process_is_slowed_as_a_whole(void)
{
    struct check_ticket pipe = check_pipe();
    uint64_t va;

    for (int i = 0; i < 8; i++) {
        CHECK_IS(tr_pipe_join(12345, 1), TR_E_ACCES);
    }
    for (int i = 0; i < 6; i++) {
        (void)check_thread(i % 2 == 0 ? joins_wrong_pipe : joins_wrong_memory, 0);
    }
    uint64_t before = (uint64_t)tr_clock();
    CHECK_IS(tr_thread_yield(), 0);
    CHECK_IS(tr_shared_join(12345, 1, 0, TR_READ, &va), TR_E_ACCES);
    CHECK((uint64_t)tr_clock() - before >= 127 * UINT64_C(1000000));
    uint64_t tid = check_thread(joins_wrong_pipe, 0);
    before = (uint64_t)tr_clock();
    CHECK_IS(tr_thread_yield(), 0);
    CHECK_IS(tr_thread_terminate(check_self(), tid, 0), 0);
    CHECK_IS(tr_pipe_join(pipe.id, pipe.key), TR_E_EXIST);
    CHECK((uint64_t)tr_clock() - before >= 128 * UINT64_C(1000000));
}

static int64_t guesses_then_knows(uint64_t unused)
{
    struct check_ticket ticket = check_receive_ticket();

    (void)unused;
    for (int i = 0; i < 10; i++) {
        CHECK_IS(tr_pipe_join(ticket.id, ticket.key + 1), TR_E_ACCES);
    }
    CHECK_IS(tr_pipe_join(ticket.id, ticket.key), 0);
    CHECK_IS(tr_pipe_release(ticket.id), 0);
    uint64_t before = (uint64_t)tr_clock();
    for (int i = 0; i < 8; i++) {
        CHECK_IS(tr_pipe_join(ticket.id, ticket.key + 1), TR_E_ACCES);
    }
    CHECK((uint64_t)tr_clock() - before < 1000000);
    return 5;
}

static void success_resets_the_slowing(void)
{
    struct tr_event event;
    struct check_ticket pipe = check_pipe();
    uint64_t pid = check_start_joiner(TR_APPLICATION, guesses_then_knows, &pipe);

    CHECK_IS(tr_process_watch(pid, 0), 0);
    do {
        check_event(&event);
    } while (event.kind != TR_EVENT_PROCESS_EXIT);
    CHECK_IS(event.size, 5);
}

static int64_t guesses_without_blocking(uint64_t pipe)
{
    for (int i = 0; i < 8; i++) {
        CHECK_IS(tr_pipe_join(pipe, 0), TR_E_ACCES);
    }
    uint64_t before = (uint64_t)tr_clock();
    for (int i = 0; i < 100; i++) {
        CHECK_IS(tr_pipe_join(pipe, 0), TR_E_AGAIN);
    }
    CHECK((uint64_t)tr_clock() - before < 1000000);
    return 0;
}

static void a_nonblocking_thread_is_not_let_try(void)
{
    struct check_ticket pipe = check_pipe();
    struct tr_event event;
    int64_t tid = tr_thread_create(guesses_without_blocking, pipe.id, check_stack(),
                                   TR_THREAD_NOBLOCK | TR_THREAD_NOTIFY);

    CHECK(tid > 0);
    check_event_kind(&event, TR_EVENT_THREAD_EXIT, __LINE__);
    CHECK_IS(event.size, 0);
    uint64_t before = (uint64_t)tr_clock();
    CHECK_IS(tr_pipe_join(pipe.id, 0), TR_E_ACCES);
    CHECK((uint64_t)tr_clock() - before >= 1000000 && (uint64_t)tr_clock() - before < 2000000);
}

static void keys_differ(void)
{
    uint64_t keys[32];

    for (size_t i = 0; i < 32; i++) {
        keys[i] = check_pipe().key;
        for (size_t k = 0; k < i; k++) {
            CHECK(keys[k] != keys[i]);
        }
    }
}

/* The penalty is over for all at once: who has waited for it then tries, with a right key too. */
static struct check_ticket other;
static uint64_t joined_at;

static int64_t joins_the_other(uint64_t unused)
{
    (void)unused;
    int64_t result = tr_pipe_join(other.id, other.key);
    joined_at = (uint64_t)tr_clock();
    return result;
}

static int64_t waits_for_another_thread(uint64_t unused)
{
    (void)unused;
    other = check_receive_ticket();
    for (int i = 0; i < 12; i++) {
        CHECK_IS(tr_pipe_join(other.id, other.key + 1), TR_E_ACCES);
    }
    uint64_t before = (uint64_t)tr_clock();
    uint64_t wrong = check_told_thread(joins_wrong_pipe, 0, 0);
    CHECK_IS(tr_thread_yield(), 0);
    uint64_t right = check_told_thread(joins_the_other, 0, 0);
    CHECK_IS(check_thread_code(wrong), 0);
    CHECK_IS(check_thread_code(right), 0);
    CHECK(joined_at >= before + 16 * UINT64_C(1000000));
    CHECK(joined_at < before + 17 * UINT64_C(1000000));
    before = (uint64_t)tr_clock();
    CHECK_IS(tr_pipe_join(other.id, other.key + 1), TR_E_ACCES);
    CHECK((uint64_t)tr_clock() < before + 1000000);
    return 6;
}

static void other_threads_wait_and_then_try(void)
{
    struct tr_event event;
    struct check_ticket pipe = check_pipe();
    uint64_t pid = check_start_joiner(TR_APPLICATION, waits_for_another_thread, &pipe);

    check_end_of(pid, &event);
    CHECK_IS(event.size, 6);
}

const struct check_case check_cases[] = {
    CHECK_ROW(TR_SERVER, a_wrong_id_and_a_wrong_key_have_one_answer),
    CHECK_ROW(TR_APPLICATION, wrong_keys_slow_down_after_the_eighth),
    CHECK_ROW(TR_APPLICATION, a_process_is_slowed_as_a_whole),
    CHECK_ROW(TR_SERVER, success_resets_the_slowing),
    CHECK_ROW(TR_APPLICATION, a_nonblocking_thread_is_not_let_try),
    CHECK_ROW(TR_APPLICATION, keys_differ),
    CHECK_ROW(TR_SERVER, other_threads_wait_and_then_try),
    CHECK_END,
};
