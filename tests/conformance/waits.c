/* SPDX-License-Identifier: MIT */
/* interface.md 4, 6, 7: sleeping calls whose memory goes, whose thread is suspended or may not
 * sleep, and what is left of a call when one of its sides has gone. */

#include "check.h"

const char check_section[] = "waits";

static uint64_t page(void)
{
    int64_t va = tr_memory_allocate(1, 0, TR_READ | TR_WRITE);

    CHECK(va > 0);
    return (uint64_t)va;
}

/* ---- Memory that goes while a call sleeps ---- */

static uint64_t buffer, pipe_id, callee;

static int64_t calls_into_buffer(uint64_t unused)
{
    (void)unused;
    return tr_message_call(callee, "abc", 3, (void *)(uintptr_t)buffer, 16, TR_FOREVER);
}

static void a_reply_into_memory_that_is_gone_is_fault_for_the_caller(void)
{
    callee = check_start(TR_SERVER, "echo", check_echo, 0);
    buffer = page();
    CHECK_IS(tr_process_suspend(callee), 0);
    uint64_t tid = check_told_thread(calls_into_buffer, 0, 0);
    check_settle();
    CHECK_IS(tr_memory_release(buffer, 1), 0);
    CHECK_IS(tr_process_resume(callee), 0);
    CHECK_IS(check_thread_code(tid), TR_E_FAULT);
    char reply[4];
    CHECK_IS(tr_message_call(callee, "xyz", 3, reply, 4, TR_FOREVER), 3);
}

static int64_t reads_into_buffer(uint64_t size)
{
    return tr_pipe_read(pipe_id, (void *)(uintptr_t)buffer, size, 0);
}

static void a_pipe_read_gives_what_moved_before_its_memory_went(void)
{
    pipe_id = check_pipe().id;
    buffer = page();
    uint64_t tid = check_told_thread(reads_into_buffer, 100, 0);
    check_settle();
    CHECK_IS(tr_pipe_write(pipe_id, "12345", 5, 0), 5);
    check_settle();
    CHECK_IS(tr_memory_release(buffer, 1), 0);
    CHECK_IS(tr_pipe_write(pipe_id, "6", 1, 0), 1);
    CHECK_IS(check_thread_code(tid), 5);
    char left[4];
    CHECK_IS(tr_pipe_read(pipe_id, left, 4, TR_NOWAIT | TR_PARTIAL), 1);
    CHECK_IS(left[0], '6');
}

static void a_pipe_read_that_moved_nothing_is_fault(void)
{
    pipe_id = check_pipe().id;
    buffer = page();
    uint64_t tid = check_told_thread(reads_into_buffer, 100, 0);
    check_settle();
    CHECK_IS(tr_memory_protect(buffer, 1, TR_READ), 0);
    CHECK_IS(tr_pipe_write(pipe_id, "6", 1, 0), 1);
    CHECK_IS(check_thread_code(tid), TR_E_FAULT);
    char left[4];
    CHECK_IS(tr_pipe_read(pipe_id, left, 4, TR_NOWAIT | TR_PARTIAL), 1);
}

/* Of a reader's memory only as much is asked about as the writer needs. */
static void a_write_that_may_not_wait_needs_no_more_of_a_reader_than_its_bytes(void)
{
    static char bytes[TR_PIPE_SIZE + 8];

    pipe_id = check_pipe().id;
    buffer = (uint64_t)tr_memory_allocate(2, 0, TR_READ | TR_WRITE);
    uint64_t tid = check_told_thread(reads_into_buffer, 2 * TR_PAGE_SIZE, 0);
    check_settle();
    CHECK_IS(tr_memory_release(buffer + TR_PAGE_SIZE, 1), 0);
    CHECK_IS(tr_pipe_write(pipe_id, bytes, sizeof(bytes), TR_NOWAIT), TR_PIPE_SIZE + 8);
    CHECK_IS(check_thread_code(tid), TR_PAGE_SIZE);
    CHECK_IS(tr_pipe_read(pipe_id, bytes, sizeof(bytes), TR_NOWAIT | TR_PARTIAL), 8);
}

static int64_t waits_for_a_body(uint64_t unused)
{
    struct tr_event event;

    (void)unused;
    return tr_message_reply_wait(0, NULL, 0, &event, (void *)(uintptr_t)buffer, 64);
}

static void a_body_whose_place_is_gone_stays_first_in_the_queue(void)
{
    struct tr_event event;
    char body[8];

    buffer = page();
    uint64_t tid = check_told_thread(waits_for_a_body, 0, 0);
    check_settle();
    CHECK_IS(tr_memory_release(buffer, 1), 0);
    CHECK(tr_message_send(check_self(), "abcd", 4, 1) > 0);
    CHECK(tr_message_send(check_self(), "efgh", 4, 2) > 0);
    check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
    CHECK_IS(event.cookie, 1);
    CHECK_IS(tr_message_read(event.object, body, 8), 4);
    check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
    CHECK_IS(event.cookie, 2);
    CHECK_IS(check_thread_code(tid), TR_E_FAULT);
}

/* ---- Suspension ---- */

static int64_t sleeps_then_gives(uint64_t code)
{
    CHECK_IS(tr_thread_sleep(TR_FOREVER), 1);
    return (int64_t)code;
}

static void a_thread_runs_when_neither_flag_is_set(void)
{
    struct tr_thread_info thread;
    struct tr_event event;
    uint64_t pid = check_start(TR_SERVER, "other", check_spinner, 0);

    CHECK(tr_thread_next(pid, 0, &thread) > 0);
    CHECK_IS(tr_thread_suspend(pid, thread.tid), 0);
    CHECK_IS(tr_process_suspend(pid), 0);
    CHECK_IS(tr_thread_resume(pid, thread.tid), 0);
    CHECK(tr_thread_next(pid, 0, &thread) > 0);
    CHECK_IS(thread.state, TR_SUSPENDED);
    CHECK_IS(tr_thread_suspend(pid, thread.tid), 0);
    CHECK_IS(tr_process_resume(pid), 0);
    CHECK(tr_thread_next(pid, 0, &thread) > 0);
    CHECK_IS(thread.state, TR_SUSPENDED);
    CHECK_IS(tr_thread_resume(pid, thread.tid), 0);
    CHECK(tr_thread_next(pid, 0, &thread) > 0);
    CHECK_IS(thread.state, TR_READY);
    CHECK_IS(tr_event_wait(&event, 0), TR_E_TIMEDOUT);
}

static void a_wake_of_the_suspended_counts_when_it_is_resumed(void)
{
    uint64_t tid = check_told_thread(sleeps_then_gives, 8, 0);

    check_settle();
    CHECK_IS(tr_thread_suspend(check_self(), tid), 0);
    CHECK_IS(tr_thread_wake(tid), 0);
    check_settle();
    struct tr_event event;
    CHECK_IS(tr_event_wait(&event, 0), TR_E_TIMEDOUT);
    CHECK_IS(tr_thread_resume(check_self(), tid), 0);
    CHECK_IS(check_thread_code(tid), 8);
}

static int64_t waits_then_sleeps(uint64_t unused)
{
    struct tr_event event;

    (void)unused;
    CHECK_IS(tr_event_wait(&event, 2000000), TR_E_TIMEDOUT);
    CHECK_IS(tr_thread_sleep(TR_FOREVER), 1);
    CHECK_IS(tr_thread_sleep((uint64_t)tr_clock() + 1000), 0);
    return 9;
}

static void a_wake_during_another_wait_is_kept_for_the_next_sleep(void)
{
    uint64_t tid = check_told_thread(waits_then_sleeps, 0, 0);

    (void)tr_thread_sleep((uint64_t)tr_clock() + 1000000);
    CHECK_IS(tr_thread_wake(tid), 0);
    CHECK_IS(tr_thread_wake(tid), 0);
    CHECK_IS(check_thread_code(tid), 9);
}

static uint8_t read_by[3];

static int64_t reads_one(uint64_t place)
{
    uint8_t byte;

    CHECK_IS(tr_pipe_read(pipe_id, &byte, 1, 0), 1);
    read_by[place] = byte;
    return 0;
}

static void the_suspended_keeps_its_turn_in_a_pipe(void)
{
    pipe_id = check_pipe().id;
    read_by[0] = read_by[1] = 0;
    uint64_t first = check_thread(reads_one, 0);
    check_settle();
    (void)check_thread(reads_one, 1);
    check_settle();
    CHECK_IS(tr_thread_suspend(check_self(), first), 0);
    CHECK_IS(tr_pipe_write(pipe_id, "ab", 2, 0), 2);
    check_settle();
    CHECK_IS(read_by[0], 0);
    CHECK_IS(read_by[1], 'b');
    CHECK_IS(tr_thread_resume(check_self(), first), 0);
    check_settle();
    CHECK_IS(read_by[0], 'a');
}

static volatile uint64_t order[3], order_count;

static int64_t takes_a_tag(uint64_t number)
{
    struct tr_event event;

    CHECK_IS(tr_event_wait(&event, TR_FOREVER), 1);
    order[order_count % 3] = number * 10 + event.cookie;
    order_count++;
    return 0;
}

static void the_resumed_rejoins_the_line_at_its_end(void)
{
    order_count = 0;
    uint64_t first = check_thread(takes_a_tag, 1);
    check_settle();
    (void)check_thread(takes_a_tag, 2);
    check_settle();
    CHECK_IS(tr_thread_suspend(check_self(), first), 0);
    CHECK_IS(tr_thread_resume(check_self(), first), 0);
    CHECK(tr_message_send(check_self(), NULL, 0, 1) > 0);
    CHECK(tr_message_send(check_self(), NULL, 0, 2) > 0);
    check_settle();
    CHECK_IS(order_count, 2);
    CHECK(order[0] == 21 && order[1] == 12);
}

static int64_t waits_a_millisecond(uint64_t unused)
{
    struct tr_event event;

    (void)unused;
    return tr_event_wait(&event, 1000000);
}

static void timeouts_go_on_for_the_suspended_and_events_stay(void)
{
    struct tr_event event;
    uint64_t tid = check_told_thread(waits_a_millisecond, 0, 0);

    check_settle();
    CHECK_IS(check_thread_code(tid), TR_E_TIMEDOUT);
    tid = check_told_thread(waits_a_millisecond, 0, 0);
    CHECK_IS(tr_thread_yield(), 0);
    CHECK_IS(tr_thread_suspend(check_self(), tid), 0);
    CHECK(tr_message_send(check_self(), NULL, 0, 3) > 0);
    (void)tr_thread_sleep((uint64_t)tr_clock() + 3000000);
    CHECK_IS(tr_thread_resume(check_self(), tid), 0);
    check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
    CHECK_IS(check_thread_code(tid), TR_E_TIMEDOUT);
}

/* ---- Threads that may not sleep ---- */

static int64_t never_sleeps(uint64_t unused)
{
    struct tr_event event;
    char byte = 0;
    static char bytes[TR_PIPE_SIZE + 1];
    uint64_t key, va;

    (void)unused;
    CHECK_IS(tr_pipe_write(pipe_id, bytes, sizeof bytes, 0), TR_E_AGAIN);
    CHECK_IS(tr_pipe_write(pipe_id, bytes, TR_PIPE_SIZE, 0), TR_PIPE_SIZE);
    CHECK_IS(tr_pipe_write(pipe_id, bytes, 1, TR_PARTIAL), TR_E_AGAIN);
    CHECK_IS(tr_pipe_read(pipe_id, bytes, sizeof bytes, TR_PARTIAL), TR_PIPE_SIZE);
    CHECK_IS(tr_pipe_read(pipe_id, bytes, 1, TR_PARTIAL), TR_E_AGAIN);
    CHECK_IS(tr_thread_sleep(0), 0);
    CHECK_IS(tr_thread_wake((uint64_t)tr_thread_self()), 0);
    CHECK_IS(tr_thread_sleep(TR_FOREVER), 1);
    CHECK_IS(tr_event_wait(&event, 1), TR_E_AGAIN);
    CHECK_IS(tr_event_take(&event, 1, TR_FOREVER), TR_E_AGAIN);
    CHECK_IS(tr_message_call(callee, &byte, 1, &byte, 1, TR_FOREVER), TR_E_AGAIN);
    CHECK(tr_memory_allocate(600, 0, TR_READ) > 0);
    CHECK(tr_shared_create(600, TR_READ, 0, &key, &va) > 0);
    CHECK(tr_message_send(check_self(), &byte, 1, 7) > 0);
    CHECK_IS(tr_event_wait(&event, TR_FOREVER), 1);
    CHECK_IS(event.cookie, 7);
    CHECK_IS(tr_message_reply_wait(0, NULL, 0, &event, &byte, 1), TR_E_AGAIN);
    return 5;
}

static void calls_that_would_sleep_return_again(void)
{
    struct tr_process_info info;

    pipe_id = check_pipe().id;
    callee = check_start(TR_SERVER, "callee", check_sleeper, 0);
    uint64_t tid = check_told_thread(never_sleeps, 0, TR_THREAD_NOBLOCK);
    (void)tr_thread_sleep((uint64_t)tr_clock() + 20000000);
    CHECK_IS(check_thread_code(tid), 5);
    CHECK_IS(tr_process_info(callee, &info), 0);
    CHECK_IS(info.messages_queued, 0);
}

static uint64_t call_id;

static int64_t replies_without_sleeping(uint64_t unused)
{
    struct tr_event event;

    (void)unused;
    CHECK_IS(tr_message_reply_wait(call_id, "a", 1, &event, NULL, 0), TR_E_AGAIN);
    CHECK(tr_message_send(check_self(), NULL, 0, 7) > 0);
    CHECK_IS(tr_message_reply_wait(call_id, "b", 1, &event, NULL, 0), 0);
    CHECK_IS(event.cookie, 7);
    return 5;
}

static int64_t expects_b(uint64_t parent)
{
    char reply[4];

    CHECK_IS(tr_message_call(parent, NULL, 0, reply, 4, TR_FOREVER), 1);
    CHECK_IS(reply[0], 'b');
    return 21;
}

static void a_reply_that_could_not_wait_is_not_sent(void)
{
    struct tr_event event;
    uint64_t pid = check_start(TR_SERVER, "caller", expects_b, check_self());

    check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
    call_id = event.object;
    uint64_t tid = check_told_thread(replies_without_sleeping, 0, TR_THREAD_NOBLOCK);
    CHECK_IS(tr_process_watch(pid, 0), 0);
    check_settle();
    uint64_t codes = 0;
    for (int i = 0; i < 2; i++) {
        check_event(&event);
        CHECK(event.object == tid || event.object == pid);
        codes += event.size;
    }
    CHECK_IS(codes, 26);
}

/* ---- Calls whose caller has given up ---- */

static int64_t gives_up(uint64_t parent)
{
    CHECK_IS(tr_message_call(parent, "question", 8, NULL, 0, 1000000), TR_E_TIMEDOUT);
    return check_sleeper(0);
}

static void a_call_given_up_can_still_be_read_and_discarded(void)
{
    struct tr_event event;
    char body[16];

    (void)check_start(TR_SERVER, "caller", gives_up, check_self());
    (void)check_start(TR_SERVER, "caller", gives_up, check_self());
    (void)tr_thread_sleep((uint64_t)tr_clock() + 5000000);
    check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
    CHECK_IS(tr_message_read(event.object, body, sizeof body), 8);
    CHECK_IS(tr_message_read(event.object, body, sizeof body), TR_E_NOENT);
    CHECK_IS(tr_message_discard(event.object), 0);
    CHECK_IS(tr_message_reply(event.object, NULL, 0), TR_E_NOENT);
    check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
    CHECK_IS(tr_message_reply(event.object, NULL, 0), TR_E_PEER);
    CHECK_IS(tr_message_discard(event.object), TR_E_NOENT);
}

static int64_t calls_and_dies(uint64_t parent)
{
    return tr_message_call(parent, "question", 8, NULL, 0, TR_FOREVER);
}

static void messages_queued_counts_what_is_unread(void)
{
    struct tr_event event;
    struct tr_process_info info;
    char body[16];
    uint64_t pid = check_start(TR_SERVER, "caller", calls_and_dies, check_self());

    check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
    CHECK(tr_process_self(&info) > 0);
    CHECK_IS(info.messages_queued, 1);
    CHECK_IS(tr_process_terminate(pid, 0), 0);
    CHECK(tr_process_self(&info) > 0);
    CHECK_IS(info.messages_queued, 1);
    CHECK_IS(tr_message_read(event.object, body, sizeof body), 8);
    CHECK(tr_process_self(&info) > 0);
    CHECK_IS(info.messages_queued, 0);
    CHECK_IS(tr_message_reply(event.object, NULL, 0), TR_E_PEER);
}

static int64_t wants_little(uint64_t parent)
{
    char reply[2];

    CHECK_IS(tr_message_call(parent, NULL, 0, reply, 2, TR_FOREVER), TR_E_TOOBIG);
    CHECK(tr_message_send(parent, NULL, 0, 66) > 0);
    return 0;
}

static void a_reply_too_long_is_dropped_and_the_wait_goes_on(void)
{
    struct tr_event event;

    (void)check_start(TR_SERVER, "caller", wants_little, check_self());
    check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
    CHECK_IS(tr_message_reply_wait(event.object, "long", 4, &event, NULL, 0), 0);
    CHECK_IS(event.kind, TR_EVENT_MESSAGE);
    CHECK_IS(event.cookie, 66);
    CHECK_IS(event.flags, TR_EVENT_BODY);
}

const struct check_case check_cases[] = {
    CHECK_ROW_PROGRAM(TR_SERVER, a_reply_into_memory_that_is_gone_is_fault_for_the_caller),
    CHECK_ROW_PROGRAM(TR_APPLICATION, a_pipe_read_gives_what_moved_before_its_memory_went),
    CHECK_ROW_PROGRAM(TR_APPLICATION, a_pipe_read_that_moved_nothing_is_fault),
    CHECK_ROW_PROGRAM(TR_APPLICATION,
                      a_write_that_may_not_wait_needs_no_more_of_a_reader_than_its_bytes),
    CHECK_ROW_PROGRAM(TR_APPLICATION, a_body_whose_place_is_gone_stays_first_in_the_queue),
    CHECK_ROW(TR_SERVER, a_thread_runs_when_neither_flag_is_set),
    CHECK_ROW(TR_APPLICATION, a_wake_of_the_suspended_counts_when_it_is_resumed),
    CHECK_ROW(TR_APPLICATION, a_wake_during_another_wait_is_kept_for_the_next_sleep),
    CHECK_ROW(TR_APPLICATION, the_suspended_keeps_its_turn_in_a_pipe),
    CHECK_ROW(TR_APPLICATION, the_resumed_rejoins_the_line_at_its_end),
    CHECK_ROW(TR_APPLICATION, timeouts_go_on_for_the_suspended_and_events_stay),
    CHECK_ROW(TR_SERVER, calls_that_would_sleep_return_again),
    CHECK_ROW(TR_SERVER, a_reply_that_could_not_wait_is_not_sent),
    CHECK_ROW(TR_SERVER, a_call_given_up_can_still_be_read_and_discarded),
    CHECK_ROW(TR_SERVER, messages_queued_counts_what_is_unread),
    CHECK_ROW(TR_SERVER, a_reply_too_long_is_dropped_and_the_wait_goes_on),
    CHECK_END,
};
