/* SPDX-License-Identifier: MIT */
/* interface.md 6: messages. */

#include "check.h"

const char check_section[] = "messages";

static bool same(const void *left, const void *right, size_t size)
{
    const uint8_t *a = left, *b = right;

    for (size_t i = 0; i < size; i++) {
        if (a[i] != b[i]) {
            return false;
        }
    }
    return true;
}

static uint64_t send_self(const void *body, uint64_t size, uint64_t tag)
{
    int64_t id = tr_message_send(check_self(), body, size, tag);

    CHECK_IS(id > 0 ? 0 : id, 0);
    return (uint64_t)id;
}

static void a_message_to_oneself_is_read(void)
{
    struct tr_event event;
    char body[8] = "";
    uint64_t id = send_self("hello", 5, 77);

    check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
    CHECK_IS(event.object, id);
    CHECK_IS(event.source_pid, check_self());
    CHECK_IS(event.source_class, TR_APPLICATION);
    CHECK_IS(event.size, 5);
    CHECK_IS(event.cookie, 77);
    CHECK_IS(event.flags, 0);
    CHECK_IS(event.count, 1);
    CHECK_IS(tr_message_read(id, body, sizeof body), 5);
    CHECK(same(body, "hello", 5));
}

static void read_frees_and_a_second_read_is_noent(void)
{
    struct tr_event event;
    char body[8];
    uint64_t id = send_self("x", 1, 0);

    check_event(&event);
    CHECK_IS(tr_message_read(id, body, 8), 1);
    CHECK_IS(tr_message_read(id, body, 8), TR_E_NOENT);
    CHECK_IS(tr_message_discard(id), TR_E_NOENT);
    CHECK_IS(tr_message_reply(id, body, 1), TR_E_NOENT);
}

static void an_id_is_valid_once_its_event_is_taken(void)
{
    struct tr_event event;
    char body[8];
    uint64_t id = send_self("x", 1, 0);

    CHECK_IS(tr_message_read(id, body, 8), TR_E_NOENT);
    CHECK_IS(tr_message_discard(id), TR_E_NOENT);
    check_event(&event);
    CHECK_IS(tr_message_read(id, body, 8), 1);
}

static void cap_too_small_loses_nothing(void)
{
    struct tr_event event;
    char body[8];
    uint64_t id = send_self("hello", 5, 0);

    check_event(&event);
    CHECK_IS(tr_message_read(id, body, 4), TR_E_TOOBIG);
    CHECK_IS(tr_message_read(id, body, 5), 5);
    CHECK(same(body, "hello", 5));
}

static void an_empty_message_is_a_message(void)
{
    struct tr_event event;
    char body[1];
    uint64_t id = send_self(NULL, 0, 3);

    check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
    CHECK_IS(event.size, 0);
    CHECK_IS(tr_message_read(id, body, 0), 0);
}

static void order_is_order_of_sending(void)
{
    struct tr_event event;

    for (uint64_t i = 0; i < 200; i++) {
        (void)send_self(&i, sizeof i, i);
    }
    for (uint64_t i = 0; i < 200; i++) {
        uint64_t body = 0;
        check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
        CHECK_IS(event.cookie, i);
        CHECK_IS(tr_message_read(event.object, &body, sizeof body), sizeof body);
        CHECK_IS(body, i);
    }
}

static void large_bodies_arrive_whole(void)
{
    struct tr_event event;
    const uint64_t sizes[] = {64, 4095, 4096, 4097, 65536, 100000, TR_MESSAGE_MAX};
    int64_t from = tr_memory_allocate(TR_MESSAGE_MAX / TR_PAGE_SIZE, 0, TR_READ | TR_WRITE);
    int64_t to = tr_memory_allocate(TR_MESSAGE_MAX / TR_PAGE_SIZE, 0, TR_READ | TR_WRITE);
    uint32_t *words = (uint32_t *)(uintptr_t)from;

    CHECK(from > 0 && to > 0);
    for (uint32_t i = 0; i < TR_MESSAGE_MAX / 4; i++) {
        words[i] = i * 2654435761u;
    }
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        uint64_t id = send_self(words, sizes[i], 0);
        check_event(&event);
        CHECK_IS(event.size, sizes[i]);
        CHECK_IS(tr_message_read(id, (void *)(uintptr_t)to, sizes[i]), sizes[i]);
        CHECK(same(words, (void *)(uintptr_t)to, sizes[i]));
    }
}

static void the_senders_memory_never_changes_the_message(void)
{
    struct tr_event event;
    static char body[9000];
    static char read[9000];

    body[0] = body[8999] = 'a';
    uint64_t id = send_self(body, sizeof body, 0);
    body[0] = body[8999] = 'b';
    check_event(&event);
    CHECK_IS(tr_message_read(id, read, sizeof read), 9000);
    CHECK(read[0] == 'a' && read[8999] == 'a');
    CHECK(body[0] == 'b' && body[8999] == 'b');
}

static void discard_frees_a_message(void)
{
    struct tr_event event;
    struct tr_process_info info;
    uint64_t id = send_self("x", 1, 0);

    CHECK(tr_process_self(&info) > 0);
    CHECK_IS(info.messages_queued, 1);
    check_event(&event);
    CHECK_IS(tr_message_discard(id), 0);
    CHECK_IS(tr_message_discard(id), TR_E_NOENT);
    CHECK(tr_process_self(&info) > 0);
    CHECK_IS(info.messages_queued, 0);
}

static void another_processs_message_is_noent(void)
{
    char body[8] = "";
    uint64_t pid = check_start(TR_APPLICATION, "other", check_sleeper, 0);
    int64_t id = tr_message_send(pid, "x", 1, 0);

    CHECK(id > 0);
    CHECK_IS(tr_message_read((uint64_t)id, body, 8), TR_E_NOENT);
    CHECK_IS(tr_message_discard((uint64_t)id), TR_E_NOENT);
    CHECK_IS(tr_message_reply((uint64_t)id, body, 1), TR_E_NOENT);
}

static void a_reply_to_a_plain_message_is_invalid(void)
{
    struct tr_event event;
    uint64_t id = send_self("x", 1, 0);

    check_event(&event);
    CHECK_IS(tr_message_reply(id, "y", 1), TR_E_INVAL);
    CHECK_IS(tr_message_discard(id), 0);
}

static void a_call_returns_the_reply(void)
{
    char reply[64] = "";
    uint64_t echo = check_start(TR_SERVER, "echo", check_echo, 0);

    CHECK_IS(tr_message_call(echo, "some words", 10, reply, sizeof reply, TR_FOREVER), 10);
    CHECK(same(reply, "some words", 10));
    CHECK_IS(tr_message_call(echo, NULL, 0, reply, 0, TR_FOREVER), 0);
    for (int i = 0; i < 1000; i++) {
        CHECK_IS(tr_message_call(echo, &i, sizeof i, reply, sizeof reply, TR_FOREVER), sizeof i);
        CHECK(same(reply, &i, sizeof i));
    }
}

static void a_dead_callee_is_noent(void)
{
    struct tr_event event;
    uint64_t pid = check_start(TR_APPLICATION, "ends", check_exit, 0);

    check_end_of(pid, &event);
    CHECK_IS(tr_message_call(pid, NULL, 0, NULL, 0, TR_FOREVER), TR_E_NOENT);
}

static int64_t discards(uint64_t unused)
{
    struct tr_event event;

    (void)unused;
    CHECK_IS(tr_event_wait(&event, TR_FOREVER), 1);
    CHECK_IS(event.flags & TR_EVENT_CALL, TR_EVENT_CALL);
    CHECK_IS(event.cookie, 0);
    CHECK_IS(tr_message_discard(event.object), 0);
    return check_sleeper(0);
}

static void a_discarded_call_is_peer(void)
{
    uint64_t pid = check_start(TR_SERVER, "callee", discards, 0);

    CHECK_IS(tr_message_call(pid, "x", 1, NULL, 0, TR_FOREVER), TR_E_PEER);
}

static int64_t ends_on_call(uint64_t unused)
{
    struct tr_event event;

    (void)unused;
    return tr_event_wait(&event, TR_FOREVER);
}

static void a_callee_that_ends_is_peer(void)
{
    uint64_t pid = check_start(TR_SERVER, "callee", ends_on_call, 0);

    CHECK_IS(tr_message_call(pid, "x", 1, NULL, 0, TR_FOREVER), TR_E_PEER);
}

static void a_call_times_out_and_the_message_stays(void)
{
    struct tr_process_info info;
    uint64_t pid = check_start(TR_SERVER, "callee", check_sleeper, 0);
    uint64_t before = (uint64_t)tr_clock();

    CHECK_IS(tr_message_call(pid, "x", 1, NULL, 0, 2000000), TR_E_TIMEDOUT);
    CHECK((uint64_t)tr_clock() >= before + 2000000);
    CHECK_IS(tr_process_info(pid, &info), 0);
    CHECK_IS(info.messages_queued, 1);
}

static void a_call_with_timeout_0_sends_nothing(void)
{
    struct tr_process_info info;
    uint64_t pid = check_start(TR_SERVER, "callee", check_sleeper, 0);

    CHECK_IS(tr_message_call(pid, "x", 1, NULL, 0, 0), TR_E_AGAIN);
    CHECK_IS(tr_process_info(pid, &info), 0);
    CHECK_IS(info.messages_queued, 0);
}

static int64_t replies_long(uint64_t parent)
{
    struct tr_event event;

    CHECK_IS(tr_event_wait(&event, TR_FOREVER), 1);
    CHECK_IS(tr_message_reply(event.object, "0123456789", 10), 0);
    (void)tr_message_send(parent, "k", 1, 0);
    return 0;
}

static void a_reply_beyond_rcap_is_toobig_for_the_caller(void)
{
    char reply[10] = "zzzzzzzzz";
    struct tr_event event;
    uint64_t pid = check_start(TR_SERVER, "callee", replies_long, check_self());

    CHECK_IS(tr_message_call(pid, "x", 1, reply, 9, TR_FOREVER), TR_E_TOOBIG);
    check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
}

static int64_t replies_late(uint64_t parent)
{
    struct tr_event event;

    CHECK_IS(tr_event_wait(&event, TR_FOREVER), 1);
    (void)tr_thread_sleep((uint64_t)tr_clock() + 5000000);
    CHECK_IS(tr_message_reply(event.object, "late", 4), TR_E_PEER);
    CHECK_IS(tr_message_reply(event.object, "late", 4), TR_E_NOENT);
    (void)tr_message_send(parent, "k", 1, 9);
    return 0;
}

static void a_reply_after_the_timeout_is_peer_and_ends_it(void)
{
    struct tr_event event;
    uint64_t pid = check_start(TR_SERVER, "callee", replies_late, check_self());

    CHECK_IS(tr_message_call(pid, "x", 1, NULL, 0, 1000000), TR_E_TIMEDOUT);
    check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
    CHECK_IS(event.cookie, 9);
}

static int64_t reads_then_replies(uint64_t unused)
{
    struct tr_event event;
    char body[8];

    (void)unused;
    CHECK_IS(tr_event_wait(&event, TR_FOREVER), 1);
    CHECK_IS(tr_message_read(event.object, body, 8), 3);
    CHECK_IS(tr_message_read(event.object, body, 8), TR_E_NOENT);
    CHECK_IS(tr_message_reply(event.object, body, 3), 0);
    return 0;
}

static void a_call_stays_after_read_until_replied(void)
{
    char reply[8];
    uint64_t pid = check_start(TR_SERVER, "callee", reads_then_replies, 0);

    CHECK_IS(tr_message_call(pid, "abc", 3, reply, 8, TR_FOREVER), 3);
    CHECK(same(reply, "abc", 3));
}

static void reply_wait_delivers_small_bodies(void)
{
    struct tr_event event;
    char body[8] = "";

    (void)send_self("abcd", 4, 1);
    CHECK_IS(tr_message_reply_wait(0, NULL, 0, &event, body, 4), 4);
    CHECK_IS(event.flags, TR_EVENT_BODY);
    CHECK_IS(event.size, 4);
    CHECK(same(body, "abcd", 4));
    CHECK_IS(tr_message_read(event.object, body, 8), TR_E_NOENT);
}

static void reply_wait_leaves_large_bodies_for_read(void)
{
    struct tr_event event;
    char body[8] = "";

    (void)send_self("abcd", 4, 1);
    CHECK_IS(tr_message_reply_wait(0, NULL, 0, &event, body, 3), 0);
    CHECK_IS(event.flags, 0);
    CHECK_IS(event.size, 4);
    CHECK_IS(tr_message_read(event.object, body, 8), 4);
}

static int64_t calls_with_timeout(uint64_t pid)
{
    CHECK_IS(tr_message_call(pid, "q", 1, NULL, 0, 1000000), TR_E_TIMEDOUT);
    return 0;
}

static void reply_wait_does_not_mind_a_caller_that_is_gone(void)
{
    struct tr_event event;
    struct tr_event next;
    char body[8];

    (void)check_start(TR_SERVER, "caller", calls_with_timeout, check_self());
    check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
    (void)tr_thread_sleep((uint64_t)tr_clock() + 5000000);
    CHECK_IS(tr_timer_set((uint64_t)tr_clock() + 1000, 4), 0);
    CHECK_IS(tr_message_reply_wait(event.object, "a", 1, &next, body, 8), 0);
    CHECK_IS(next.kind, TR_EVENT_TIMER);
    CHECK_IS(tr_message_reply(event.object, "a", 1), TR_E_NOENT);
}

static void reply_wait_with_a_bad_id_returns_at_once(void)
{
    struct tr_event event;
    char body[8];
    uint64_t id = send_self("x", 1, 0);

    CHECK_IS(tr_message_reply_wait(12345678, "a", 1, &event, body, 8), TR_E_NOENT);
    check_event(&event);
    CHECK_IS(event.object, id);
    CHECK_IS(tr_message_reply_wait(id, "a", 1, &event, body, 8), TR_E_INVAL);
    CHECK_IS(tr_message_read(id, body, 8), 1);
}

static int64_t sends_as(uint64_t receiver)
{
    return tr_message_send(receiver, "x", 1, 0) > 0 ? 1 : TR_E_PERM;
}

static int64_t code_of_sender(enum tr_class process_class)
{
    struct tr_event event;
    uint64_t pid = check_start(process_class, "sender", sends_as, check_self());

    CHECK_IS(tr_process_watch(pid, 0), 0);
    do {
        check_event(&event);
        if (event.kind == TR_EVENT_MESSAGE) {
            (void)tr_message_discard(event.object);
        }
    } while (event.kind != TR_EVENT_PROCESS_EXIT);
    return (int64_t)event.size;
}

static void accept_refuses_classes_at_send(void)
{
    uint64_t all =
        TR_CLASS_MASK(TR_DRIVER) | TR_CLASS_MASK(TR_SERVER) | TR_CLASS_MASK(TR_APPLICATION);

    CHECK_IS(tr_message_accept(TR_CLASS_MASK(TR_DRIVER) | TR_CLASS_MASK(TR_SERVER)) & (int64_t)all,
             all);
    CHECK_IS(code_of_sender(TR_APPLICATION), TR_E_PERM);
    CHECK_IS(code_of_sender(TR_SERVER), 1);
    CHECK_IS(code_of_sender(TR_DRIVER), 1);
    CHECK_IS(tr_message_accept(TR_CLASS_MASK(TR_APPLICATION)) & (int64_t)all,
             TR_CLASS_MASK(TR_DRIVER) | TR_CLASS_MASK(TR_SERVER));
    CHECK_IS(code_of_sender(TR_APPLICATION), 1);
    CHECK_IS(code_of_sender(TR_DRIVER), TR_E_PERM);
}

static void replies_are_never_refused(void)
{
    char reply[4];
    uint64_t echo = check_start(TR_SERVER, "echo", check_echo, 0);

    (void)tr_message_accept(0);
    CHECK_IS(tr_message_call(echo, "abc", 3, reply, 4, TR_FOREVER), 3);
}

static void messages_outlive_their_senders(void)
{
    struct tr_event event;
    char body[4];
    uint64_t pid = check_start(TR_APPLICATION, "sender", sends_as, check_self());

    check_settle();
    CHECK_IS(tr_process_info(pid, &(struct tr_process_info){0}), TR_E_NOENT);
    check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
    CHECK_IS(event.source_pid, pid);
    CHECK_IS(tr_message_read(event.object, body, 4), 1);
}

static void a_full_queue_is_limit_for_that_sender_only(void)
{
    uint64_t pid = check_start(TR_SERVER, "full", check_sleeper, 0);

    for (int i = 0; i < 1024; i++) {
        CHECK(tr_message_send(pid, "x", 1, 0) > 0);
    }
    CHECK_IS(tr_message_send(pid, "x", 1, 0), TR_E_LIMIT);
    CHECK_IS(tr_message_call(pid, "x", 1, NULL, 0, TR_FOREVER), TR_E_LIMIT);
    EXPECT_CODE(check_start_with(TR_SERVER, "other", sends_as, pid, TR_SPAWN_WATCH),
                TR_EVENT_EXITED, 1);
}

static void reading_makes_room_again(void)
{
    struct tr_event event;
    char body[2];

    for (int i = 0; i < 1024; i++) {
        (void)send_self("x", 1, 0);
    }
    CHECK_IS(tr_message_send(check_self(), "x", 1, 0), TR_E_LIMIT);
    check_event(&event);
    CHECK_IS(tr_message_read(event.object, body, 2), 1);
    (void)send_self("x", 1, 0);
    CHECK_IS(tr_message_send(check_self(), "x", 1, 0), TR_E_LIMIT);
}

static void bodies_beyond_the_quota_are_limit(void)
{
    struct tr_event event;
    int64_t va = tr_memory_allocate(256, 0, TR_READ | TR_WRITE);
    int64_t id = 1;
    int sent = 0;

    CHECK(va > 0);
    while (sent < 64 && id > 0) {
        id = tr_message_send(check_self(), (void *)(uintptr_t)va, TR_MESSAGE_MAX, 0);
        sent += id > 0;
    }
    CHECK_IS(id, TR_E_LIMIT);
    CHECK(sent >= 1 && sent <= 16);
    check_event(&event);
    CHECK_IS(tr_message_discard(event.object), 0);
    CHECK(tr_message_send(check_self(), (void *)(uintptr_t)va, TR_MESSAGE_MAX, 0) > 0);
}

static void suspended_processes_are_sent_to(void)
{
    struct tr_process_info info;
    uint64_t pid = check_start_with(TR_APPLICATION, "waits", check_sleeper, 0, TR_SPAWN_SUSPENDED);

    CHECK_IS(tr_process_info(pid, &info), 0);
    uint64_t before = info.messages_queued;
    CHECK(tr_message_send(pid, "x", 1, 0) > 0);
    CHECK_IS(tr_process_info(pid, &info), 0);
    CHECK_IS(info.messages_queued, before + 1);
}

static volatile uint64_t taken_id;

static int64_t reads_taken(uint64_t unused)
{
    char body[4];

    (void)unused;
    CHECK_IS(tr_message_read(taken_id, body, 4), 1);
    taken_id = 0;
    return 0;
}

static void an_id_is_valid_for_all_threads(void)
{
    struct tr_event event;

    taken_id = send_self("x", 1, 0);
    check_event(&event);
    (void)check_thread(reads_taken, 0);
    check_settle();
    CHECK_IS(taken_id, 0);
}

const struct check_case check_cases[] = {
    CHECK_ROW(TR_APPLICATION, a_message_to_oneself_is_read),
    CHECK_ROW(TR_APPLICATION, read_frees_and_a_second_read_is_noent),
    CHECK_ROW(TR_APPLICATION, an_id_is_valid_once_its_event_is_taken),
    CHECK_ROW(TR_APPLICATION, cap_too_small_loses_nothing),
    CHECK_ROW(TR_APPLICATION, an_empty_message_is_a_message),
    CHECK_ROW(TR_APPLICATION, order_is_order_of_sending),
    CHECK_ROW(TR_APPLICATION, large_bodies_arrive_whole),
    CHECK_ROW(TR_APPLICATION, the_senders_memory_never_changes_the_message),
    CHECK_ROW(TR_APPLICATION, discard_frees_a_message),
    CHECK_ROW(TR_APPLICATION, another_processs_message_is_noent),
    CHECK_ROW(TR_APPLICATION, a_reply_to_a_plain_message_is_invalid),
    CHECK_ROW(TR_SERVER, a_call_returns_the_reply),
    CHECK_ROW(TR_APPLICATION, a_dead_callee_is_noent),
    CHECK_ROW(TR_SERVER, a_discarded_call_is_peer),
    CHECK_ROW(TR_SERVER, a_callee_that_ends_is_peer),
    CHECK_ROW(TR_SERVER, a_call_times_out_and_the_message_stays),
    CHECK_ROW(TR_SERVER, a_call_with_timeout_0_sends_nothing),
    CHECK_ROW(TR_SERVER, a_reply_beyond_rcap_is_toobig_for_the_caller),
    CHECK_ROW(TR_SERVER, a_reply_after_the_timeout_is_peer_and_ends_it),
    CHECK_ROW(TR_SERVER, a_call_stays_after_read_until_replied),
    CHECK_ROW(TR_APPLICATION, reply_wait_delivers_small_bodies),
    CHECK_ROW(TR_APPLICATION, reply_wait_leaves_large_bodies_for_read),
    CHECK_ROW(TR_SERVER, reply_wait_does_not_mind_a_caller_that_is_gone),
    CHECK_ROW(TR_APPLICATION, reply_wait_with_a_bad_id_returns_at_once),
    CHECK_ROW(TR_DRIVER, accept_refuses_classes_at_send),
    CHECK_ROW(TR_SERVER, replies_are_never_refused),
    CHECK_ROW(TR_APPLICATION, messages_outlive_their_senders),
    CHECK_ROW(TR_SERVER, a_full_queue_is_limit_for_that_sender_only),
    CHECK_ROW(TR_APPLICATION, reading_makes_room_again),
    CHECK_ROW(TR_APPLICATION, bodies_beyond_the_quota_are_limit),
    CHECK_ROW(TR_APPLICATION, suspended_processes_are_sent_to),
    CHECK_ROW(TR_APPLICATION, an_id_is_valid_for_all_threads),
    CHECK_END,
};
