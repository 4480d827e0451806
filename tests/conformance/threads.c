/* SPDX-License-Identifier: MIT */
/* interface.md 4: threads. */

#include "check.h"

#include <string.h>

const char check_section[] = "threads";

static int64_t result_of(uint64_t argument)
{
    return (int64_t)argument;
}

static void a_thread_gets_its_argument_and_gives_its_result(void)
{
    CHECK_IS(check_thread_code(check_told_thread(result_of, 42, 0)), 42);
    CHECK_IS(check_thread_code(check_told_thread(result_of, (uint64_t)-3, 0)), -3);
}

static int64_t exits(uint64_t argument)
{
    tr_thread_exit((int64_t)argument + 1);
}

static void exit_gives_the_code(void)
{
    CHECK_IS(check_thread_code(check_told_thread(exits, 6, 0)), 7);
}

static void a_stack_must_be_aligned_memory_of_the_caller(void)
{
    uint64_t top = check_stack();

    CHECK_IS(tr_thread_create(result_of, 0, top - 8, 0), TR_E_INVAL);
    CHECK_IS(tr_thread_create(result_of, 0, 0, 0), TR_E_INVAL);
    CHECK_IS(tr_thread_create(result_of, 0, UINT64_C(16), 0), TR_E_INVAL);
}

static void unknown_flags_are_invalid(void)
{
    CHECK_IS(tr_thread_create(result_of, 0, check_stack(), 0x40), TR_E_INVAL);
}

static void without_notify_there_is_no_event(void)
{
    struct tr_event event;

    (void)check_thread(result_of, 1);
    check_settle();
    CHECK_IS(tr_event_wait(&event, 0), TR_E_TIMEDOUT);
}

static int64_t self_tid(uint64_t unused)
{
    (void)unused;
    return tr_thread_self();
}

static void self_is_the_tid(void)
{
    uint64_t tid = check_told_thread(self_tid, 0, 0);

    CHECK_IS(check_thread_code(tid), tid);
    CHECK(tr_thread_self() > 0 && (uint64_t)tr_thread_self() != tid);
}

static int64_t sleeps(uint64_t until)
{
    return tr_thread_sleep(until);
}

static void threads_are_listed(void)
{
    struct tr_thread_info info;
    uint64_t tid = check_thread(sleeps, TR_FOREVER);

    check_settle();
    CHECK_IS(tr_thread_next(check_self(), 0, &info), tr_thread_self());
    CHECK_IS(info.tid, tr_thread_self());
    CHECK_IS(info.state, TR_RUNNING);
    CHECK_IS(info.wait, TR_WAIT_NONE);
    CHECK_IS(tr_thread_next(check_self(), info.tid, &info), tid);
    CHECK_IS(info.state, TR_SLEEPING);
    CHECK_IS(info.wait, TR_WAIT_SLEEP);
    CHECK_IS(tr_thread_next(check_self(), tid, &info), TR_E_NOENT);
}

static int64_t waits_for_event(uint64_t unused)
{
    struct tr_event event;

    (void)unused;
    return tr_event_wait(&event, TR_FOREVER);
}

static int64_t waits_for_reply(uint64_t pid)
{
    return tr_message_call(pid, NULL, 0, NULL, 0, TR_FOREVER);
}

static int64_t waits_to_read(uint64_t pipe)
{
    char byte;

    return tr_pipe_read(pipe, &byte, 1, 0);
}

static int64_t waits_to_write(uint64_t pipe)
{
    static char bytes[5000];

    return tr_pipe_write(pipe, bytes, sizeof bytes, 0);
}

static uint32_t wait_of(uint64_t tid)
{
    struct tr_thread_info info;

    CHECK_IS(tr_thread_next(check_self(), tid - 1, &info), tid);
    CHECK_IS(info.state, TR_SLEEPING);
    return info.wait;
}

static void what_a_thread_waits_for_is_told(void)
{
    uint64_t key;
    int64_t empty = tr_pipe_create(&key);
    int64_t full = tr_pipe_create(&key);
    uint64_t sleeper = check_start(TR_SERVER, "callee", check_sleeper, 0);
    uint64_t event = check_thread(waits_for_event, 0);
    uint64_t reply = check_thread(waits_for_reply, sleeper);
    uint64_t reader = check_thread(waits_to_read, (uint64_t)empty);
    uint64_t writer = check_thread(waits_to_write, (uint64_t)full);

    check_settle();
    CHECK_IS(wait_of(event), TR_WAIT_EVENT);
    CHECK_IS(wait_of(reply), TR_WAIT_REPLY);
    CHECK_IS(wait_of(reader), TR_WAIT_PIPE_READ);
    CHECK_IS(wait_of(writer), TR_WAIT_PIPE_WRITE);
}

/* interface.md 4.6: peer, object, until. */
static struct tr_thread_info info_of(uint64_t tid)
{
    struct tr_thread_info info;

    memset(&info, 0xee, sizeof info);
    CHECK_IS(tr_thread_next(check_self(), tid - 1, &info), tid);
    return info;
}

static int64_t waits_for_event_until(uint64_t timeout)
{
    struct tr_event event;

    return tr_event_wait(&event, timeout);
}

static int64_t joins_the_pipe(uint64_t unused)
{
    struct check_ticket ticket = check_receive_ticket();

    (void)unused;
    CHECK_IS(tr_pipe_join(ticket.id, ticket.key), 0);
    return check_sleeper(0);
}

static void on_whom_a_thread_waits_is_told(void)
{
    struct check_ticket pipe = check_pipe();
    uint64_t limit = UINT64_C(1) << 60;
    uint64_t sleeper = check_start(TR_SERVER, "callee", check_sleeper, 0);
    uint64_t reply = check_thread(waits_for_reply, sleeper);
    uint64_t reader = check_thread(waits_to_read, pipe.id);
    uint64_t sleep = check_thread(sleeps, limit);
    uint64_t for_ever = check_thread(sleeps, TR_FOREVER);
    uint64_t event = check_thread(waits_for_event_until, limit);

    check_settle();
    struct tr_thread_info info = info_of(reply);
    CHECK_IS(info.peer, sleeper);
    CHECK(info.object != 0);
    CHECK_IS(info.until, TR_FOREVER);
    info = info_of(reader);
    CHECK_IS(info.peer, 0);
    CHECK_IS(info.object, pipe.id);
    info = info_of(sleep);
    CHECK_IS(info.peer, 0);
    CHECK_IS(info.object, 0);
    CHECK_IS(info.until, limit);
    CHECK_IS(info_of(for_ever).until, TR_FOREVER);
    info = info_of(event);
    CHECK(info.until > limit && info.until < 2 * limit);
    CHECK_IS(info.object, 0);
    info = info_of((uint64_t)tr_thread_self());
    CHECK_IS(info.peer, 0);
    CHECK_IS(info.object, 0);
    CHECK_IS(info.until, 0);

    uint64_t other = check_start_joiner(TR_SERVER, joins_the_pipe, &pipe);
    check_settle();
    CHECK_IS(info_of(reader).peer, other);
    uint64_t third = check_start_joiner(TR_SERVER, joins_the_pipe, &pipe);
    check_settle();
    CHECK_IS(info_of(reader).peer, 0);
    CHECK_IS(tr_process_terminate(other, 0), 0);
    CHECK_IS(info_of(reader).peer, third);
}

static int64_t outlives_its_first(uint64_t unused)
{
    (void)unused;
    (void)check_thread(result_of, 5);
    tr_thread_exit(4);
}

static void a_process_ends_with_its_last_thread(void)
{
    struct tr_event event;

    check_end_of(check_start(TR_APPLICATION, "two", outlives_its_first, 0), &event);
    CHECK_IS(event.size, 5);
    CHECK_IS(event.flags, TR_EVENT_EXITED);
}

static void terminate_ends_a_thread(void)
{
    uint64_t tid = check_told_thread(sleeps, TR_FOREVER, 0);

    check_settle();
    CHECK_IS(tr_thread_terminate(check_self(), tid, 9), 0);
    CHECK_IS(check_thread_code(tid), 9);
    CHECK_IS(tr_thread_terminate(check_self(), tid, 9), TR_E_NOENT);
}

static void a_tid_of_another_process_is_noent(void)
{
    struct tr_thread_info info;
    uint64_t pid = check_start(TR_SERVER, "other", check_sleeper, 0);

    CHECK(tr_thread_next(pid, 0, &info) > 0);
    CHECK_IS(tr_thread_suspend(check_self(), info.tid), TR_E_NOENT);
    CHECK_IS(tr_thread_wake(info.tid), TR_E_NOENT);
}

static void a_sleep_runs_out_with_0(void)
{
    uint64_t until = (uint64_t)tr_clock() + 3000000;

    CHECK_IS(tr_thread_sleep(until), 0);
    CHECK((uint64_t)tr_clock() >= until);
    CHECK((uint64_t)tr_clock() < until + 1000000);
    CHECK_IS(tr_thread_sleep(0), 0);
    CHECK_IS(tr_thread_sleep(until - 1), 0);
}

static int64_t wakes(uint64_t tid)
{
    return tr_thread_wake(tid);
}

static void a_wake_ends_a_sleep_with_1(void)
{
    (void)check_thread(wakes, (uint64_t)tr_thread_self());
    CHECK_IS(tr_thread_sleep(TR_FOREVER), 1);
}

static void one_wake_is_kept(void)
{
    CHECK_IS(tr_thread_wake((uint64_t)tr_thread_self()), 0);
    CHECK_IS(tr_thread_wake((uint64_t)tr_thread_self()), 0);
    CHECK_IS(tr_thread_sleep(TR_FOREVER), 1);
    CHECK_IS(tr_thread_sleep((uint64_t)tr_clock() + 1000), 0);
}

static int64_t tries_to_sleep(uint64_t unused)
{
    struct tr_event event;
    char byte = 0;
    uint64_t key;
    int64_t pipe = tr_pipe_create(&key);

    (void)unused;
    CHECK_IS(tr_thread_sleep(TR_FOREVER), TR_E_AGAIN);
    CHECK_IS(tr_event_wait(&event, TR_FOREVER), TR_E_AGAIN);
    CHECK_IS(tr_event_wait(&event, 0), TR_E_TIMEDOUT);
    CHECK_IS(tr_event_take(&event, 1, 100), TR_E_AGAIN);
    CHECK_IS(tr_pipe_read((uint64_t)pipe, &byte, 1, 0), TR_E_AGAIN);
    CHECK_IS(tr_message_call(check_self(), &byte, 1, &byte, 1, TR_FOREVER), TR_E_AGAIN);
    CHECK_IS(tr_event_wait(&event, 0), TR_E_TIMEDOUT);
    CHECK_IS(tr_message_reply_wait(0, NULL, 0, &event, NULL, 0), TR_E_AGAIN);
    return 88;
}

static void a_nonblocking_thread_gets_again(void)
{
    int64_t tid = tr_thread_create(tries_to_sleep, 0, check_stack(), TR_THREAD_NOBLOCK);

    CHECK(tid > 0);
    check_settle();
    CHECK_IS(tr_thread_terminate(check_self(), (uint64_t)tid, 0), TR_E_NOENT);
}

static volatile int64_t steps;

static int64_t stepper(uint64_t unused)
{
    (void)unused;
    do {
        steps++;
    } while (tr_thread_sleep((uint64_t)tr_clock() + 1000000) >= 0);
    return 0;
}

static void a_suspended_thread_does_not_run_until_resumed(void)
{
    struct tr_thread_info info;
    steps = 0;
    uint64_t tid = check_thread(stepper, 0);

    check_settle();
    CHECK(steps > 1);
    CHECK_IS(tr_thread_suspend(check_self(), tid), 0);
    int64_t before = steps;
    check_settle();
    CHECK_IS(steps, before);
    CHECK_IS(tr_thread_next(check_self(), tid - 1, &info), tid);
    CHECK_IS(info.state, TR_SUSPENDED);
    CHECK_IS(tr_thread_resume(check_self(), tid), 0);
    check_settle();
    CHECK(steps > before + 1);
}

static int64_t sleep_and_tell(uint64_t until)
{
    CHECK_IS(tr_thread_sleep(until), 0);
    steps = tr_clock();
    return 0;
}

static void timeouts_go_on_while_suspended(void)
{
    uint64_t now = (uint64_t)tr_clock();
    steps = 0;
    uint64_t tid = check_told_thread(sleep_and_tell, now + 2000000, 0);

    (void)tr_thread_sleep(now + 1000000);
    CHECK_IS(tr_thread_suspend(check_self(), tid), 0);
    (void)tr_thread_sleep(now + 6000000);
    CHECK_IS(steps, 0);
    CHECK_IS(tr_thread_resume(check_self(), tid), 0);
    CHECK_IS(check_thread_code(tid), 0);
    CHECK((uint64_t)steps >= now + 6000000 && (uint64_t)steps < now + 7000000);
}

static void a_suspended_waiter_leaves_the_event_line(void)
{
    struct tr_event event;
    uint64_t first = check_told_thread(waits_for_event, 0, 0);

    check_settle();
    CHECK_IS(tr_thread_suspend(check_self(), first), 0);
    CHECK(tr_message_send(check_self(), "x", 1, 5) > 0);
    check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
    CHECK_IS(event.cookie, 5);
    CHECK_IS(tr_thread_resume(check_self(), first), 0);
    CHECK(tr_message_send(check_self(), "x", 1, 6) > 0);
    CHECK_IS(check_thread_code(first), 1);
}

static int64_t yields(uint64_t unused)
{
    (void)unused;
    steps = 1;
    (void)tr_thread_yield();
    steps = 3;
    return 0;
}

static void yield_goes_to_the_tail(void)
{
    steps = 0;
    (void)check_thread(yields, 0);
    CHECK_IS(tr_thread_yield(), 0);
    CHECK_IS(steps, 1);
    CHECK_IS(tr_thread_yield(), 0);
    CHECK_IS(steps, 3);
}

static int64_t waits_into(uint64_t buffer)
{
    return tr_event_wait((struct tr_event *)(uintptr_t)buffer, TR_FOREVER);
}

static void a_buffer_gone_during_a_call_is_fault_and_the_event_stays(void)
{
    struct tr_event event;
    int64_t page = tr_memory_allocate(1, 0, TR_READ | TR_WRITE);
    CHECK(page > 0);
    uint64_t tid = check_told_thread(waits_into, (uint64_t)page, 0);

    check_settle();
    CHECK_IS(tr_memory_release((uint64_t)page, 1), 0);
    CHECK(tr_message_send(check_self(), "x", 1, 5) > 0);
    check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
    CHECK_IS(event.cookie, 5);
    CHECK_IS(check_thread_code(tid), TR_E_FAULT);
}

const struct check_case check_cases[] = {
    CHECK_ROW(TR_APPLICATION, a_thread_gets_its_argument_and_gives_its_result),
    CHECK_ROW(TR_APPLICATION, exit_gives_the_code),
    CHECK_ROW_PROGRAM(TR_APPLICATION, a_stack_must_be_aligned_memory_of_the_caller),
    CHECK_ROW(TR_APPLICATION, unknown_flags_are_invalid),
    CHECK_ROW(TR_APPLICATION, without_notify_there_is_no_event),
    CHECK_ROW(TR_APPLICATION, self_is_the_tid),
    CHECK_ROW(TR_APPLICATION, threads_are_listed),
    CHECK_ROW(TR_SERVER, what_a_thread_waits_for_is_told),
    CHECK_ROW(TR_SERVER, on_whom_a_thread_waits_is_told),
    CHECK_ROW(TR_APPLICATION, a_process_ends_with_its_last_thread),
    CHECK_ROW(TR_APPLICATION, terminate_ends_a_thread),
    CHECK_ROW(TR_SERVER, a_tid_of_another_process_is_noent),
    CHECK_ROW(TR_APPLICATION, a_sleep_runs_out_with_0),
    CHECK_ROW(TR_APPLICATION, a_wake_ends_a_sleep_with_1),
    CHECK_ROW(TR_APPLICATION, one_wake_is_kept),
    CHECK_ROW(TR_APPLICATION, a_nonblocking_thread_gets_again),
    CHECK_ROW(TR_APPLICATION, a_suspended_thread_does_not_run_until_resumed),
    CHECK_ROW(TR_APPLICATION, timeouts_go_on_while_suspended),
    CHECK_ROW(TR_APPLICATION, a_suspended_waiter_leaves_the_event_line),
    CHECK_ROW(TR_APPLICATION, yield_goes_to_the_tail),
    CHECK_ROW_PROGRAM(TR_APPLICATION, a_buffer_gone_during_a_call_is_fault_and_the_event_stays),
    CHECK_END,
};
