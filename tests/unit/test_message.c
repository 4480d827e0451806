/* SPDX-License-Identifier: MIT */
/* Messages: order, quotas, the life of an id, calls and their ends. */

#include "unit.h"

#include <string.h>

#include "kernel/state.h"

static struct tr_event event;
static uint8_t body[1 << 17], got[1 << 17];

static void set_up(struct machine *machine, uint64_t *sender, uint64_t *receiver)
{
    *sender = fake_process(machine, TR_APPLICATION, "sender");
    *receiver = fake_process(machine, TR_APPLICATION, "receiver");
    for (size_t i = 0; i < sizeof body; i++) {
        body[i] = (uint8_t)(i * 31 + (i >> 9));
    }
}

static int64_t send_to(struct machine *machine, uint64_t from, uint64_t to, uint64_t size,
                       uint64_t tag)
{
    return fake_call_as(machine, from, TR_NR_message_send, to, FAKE_WORD(body), size, tag, 0, 0);
}

static int64_t next_event(struct machine *machine, uint64_t pid)
{
    return fake_call_as(machine, pid, TR_NR_event_poll, FAKE_WORD(&event), 0, 0, 0, 0, 0);
}

static int64_t read_id(struct machine *machine, uint64_t pid, uint64_t id, uint64_t size)
{
    return fake_call_as(machine, pid, TR_NR_message_read, id, FAKE_WORD(got), size, 0, 0, 0);
}

static void bodies_of_every_size_arrive_in_order(void **state)
{
    static const uint64_t sizes[] = {0, 1, 63, 64, 65, 255, 257, 2048, 2049, 4096, 5000, 1 << 17};
    const size_t count = sizeof sizes / sizeof sizes[0];
    struct machine *machine = *state;
    uint64_t sender;
    uint64_t receiver;

    set_up(machine, &sender, &receiver);
    for (size_t i = 0; i < count; i++) {
        assert_true(send_to(machine, sender, receiver, sizes[i], i) > 0);
    }
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(next_event(machine, receiver), 1);
        assert_int_equal(event.kind, TR_EVENT_MESSAGE);
        assert_int_equal(event.source_pid, sender);
        assert_int_equal(event.source_class, TR_APPLICATION);
        assert_int_equal(event.cookie, i);
        assert_int_equal(event.size, sizes[i]);
        memset(got, 0, sizeof got);
        assert_int_equal(read_id(machine, receiver, event.object, sizeof got), sizes[i]);
        assert_memory_equal(got, body, sizes[i]);
    }
}

static void an_id_is_valid_from_its_event_to_its_end(void **state)
{
    struct machine *machine = *state;
    uint64_t sender;
    uint64_t receiver;

    set_up(machine, &sender, &receiver);
    uint64_t id = (uint64_t)send_to(machine, sender, receiver, 10, 0);
    assert_int_equal(read_id(machine, receiver, id, 10), TR_E_NOENT);
    assert_int_equal(next_event(machine, receiver), 1);
    assert_int_equal(read_id(machine, sender, id, 10), TR_E_NOENT);
    assert_int_equal(read_id(machine, receiver, id, 9), TR_E_TOOBIG);
    assert_int_equal(read_id(machine, receiver, id, 10), 10);
    assert_int_equal(read_id(machine, receiver, id, 10), TR_E_NOENT);
}

static void one_sender_has_1024_messages_others_theirs(void **state)
{
    struct machine *machine = *state;
    uint64_t sender;
    uint64_t receiver;

    set_up(machine, &sender, &receiver);
    uint64_t other = fake_process(machine, TR_APPLICATION, "other");
    for (int i = 0; i < 1024; i++) {
        assert_true(send_to(machine, sender, receiver, 0, 0) > 0);
    }
    assert_int_equal(send_to(machine, sender, receiver, 0, 0), TR_E_LIMIT);
    assert_true(send_to(machine, other, receiver, 0, 0) > 0);
    assert_int_equal(next_event(machine, receiver), 1);
    assert_int_equal(send_to(machine, sender, receiver, 0, 0), TR_E_LIMIT);
    assert_int_equal(read_id(machine, receiver, event.object, 0), 0);
    assert_true(send_to(machine, sender, receiver, 0, 0) > 0);
}

static void a_mask_refuses_classes_at_send(void **state)
{
    struct machine *machine = *state;
    uint64_t sender;
    uint64_t receiver;

    set_up(machine, &sender, &receiver);
    assert_int_equal(fake_call_as(machine, receiver, TR_NR_message_accept, TR_CLASS_MASK(TR_SERVER),
                                  0, 0, 0, 0, 0),
                     TR_CLASS_MASK(TR_DRIVER) | TR_CLASS_MASK(TR_SERVER) |
                         TR_CLASS_MASK(TR_APPLICATION));
    assert_int_equal(send_to(machine, sender, receiver, 0, 0), TR_E_PERM);
    assert_int_equal(send_to(machine, sender, receiver, TR_MESSAGE_MAX + 1, 0), TR_E_TOOBIG);
    assert_int_equal(send_to(machine, sender, 99, 0, 0), TR_E_NOENT);
    assert_int_equal(send_to(machine, sender, 0, 0, 0), TR_E_NOENT);
}

/* A call by `sender` whose id is in event.object afterwards. */
static void call_begins(struct machine *machine, uint64_t sender, uint64_t receiver, uint64_t room,
                        uint64_t timeout)
{
    assert_int_equal(fake_call_as(machine, sender, TR_NR_message_call, receiver, FAKE_WORD(body),
                                  100, FAKE_WORD(got), room, timeout),
                     FAKE_SLEEPS);
    assert_int_equal(next_event(machine, receiver), 1);
    assert_int_equal(event.flags, TR_EVENT_CALL);
    assert_int_equal(event.cookie, 0);
}

static int64_t reply(struct machine *machine, uint64_t receiver, uint64_t size)
{
    return fake_call_as(machine, receiver, TR_NR_message_reply, event.object, FAKE_WORD(body), size,
                        0, 0, 0);
}

static void a_reply_ends_the_call(void **state)
{
    struct machine *machine = *state;
    uint64_t sender;
    uint64_t receiver;

    set_up(machine, &sender, &receiver);
    call_begins(machine, sender, receiver, 5000, TR_FOREVER);
    memset(got, 0, sizeof got);
    assert_int_equal(reply(machine, receiver, 5000), 0);
    assert_int_equal(fake_result(machine, sender), 5000);
    assert_memory_equal(got, body, 5000);
    assert_int_equal(reply(machine, receiver, 0), TR_E_NOENT);
}

static void a_reply_too_long_is_told_to_the_caller(void **state)
{
    struct machine *machine = *state;
    uint64_t sender;
    uint64_t receiver;

    set_up(machine, &sender, &receiver);
    call_begins(machine, sender, receiver, 10, TR_FOREVER);
    assert_int_equal(reply(machine, receiver, 11), 0);
    assert_int_equal(fake_result(machine, sender), TR_E_TOOBIG);
}

static void a_timed_out_call_leaves_its_message(void **state)
{
    struct machine *machine = *state;
    uint64_t sender;
    uint64_t receiver;

    set_up(machine, &sender, &receiver);
    call_begins(machine, sender, receiver, 10, 1000);
    fake_pass(machine, machine->time + 2000);
    assert_int_equal(fake_result(machine, sender), TR_E_TIMEDOUT);
    assert_int_equal(read_id(machine, receiver, event.object, 100), 100);
    assert_int_equal(reply(machine, receiver, 1), TR_E_PEER);
    assert_int_equal(reply(machine, receiver, 1), TR_E_NOENT);
}

static void a_call_of_the_ended_or_discarding_is_peer(void **state)
{
    struct machine *machine = *state;
    uint64_t sender;
    uint64_t receiver;

    set_up(machine, &sender, &receiver);
    call_begins(machine, sender, receiver, 10, TR_FOREVER);
    assert_int_equal(
        fake_call_as(machine, receiver, TR_NR_message_discard, event.object, 0, 0, 0, 0, 0), 0);
    assert_int_equal(fake_result(machine, sender), TR_E_PEER);
    call_begins(machine, sender, receiver, 10, TR_FOREVER);
    (void)fake_call_as(machine, receiver, TR_NR_process_exit, 0, 0, 0, 0, 0, 0);
    assert_int_equal(fake_result(machine, sender), TR_E_PEER);
}

static void a_plain_message_has_no_reply(void **state)
{
    struct machine *machine = *state;
    uint64_t sender;
    uint64_t receiver;

    set_up(machine, &sender, &receiver);
    assert_true(send_to(machine, sender, receiver, 7, 0) > 0);
    assert_int_equal(next_event(machine, receiver), 1);
    assert_int_equal(reply(machine, receiver, 0), TR_E_INVAL);
    assert_int_equal(read_id(machine, receiver, event.object, 7), 7);
}

static void a_message_outlives_its_sender(void **state)
{
    struct machine *machine = *state;
    uint64_t sender;
    uint64_t receiver;

    set_up(machine, &sender, &receiver);
    assert_true(send_to(machine, sender, receiver, 5000, 0) > 0);
    (void)fake_call_as(machine, sender, TR_NR_process_exit, 0, 0, 0, 0, 0, 0);
    assert_int_equal(next_event(machine, receiver), 1);
    assert_int_equal(event.source_pid, sender);
    assert_int_equal(read_id(machine, receiver, event.object, 5000), 5000);
    assert_memory_equal(got, body, 5000);
}

/* A boot file may make messages smaller, not larger than the interface says. */
static void a_limit_above_the_largest_message_does_nothing(void **state)
{
    const struct kernel_config config = {
        .limits = {.message_size = 4 * TR_MESSAGE_MAX}, .invariants = true, .no_log_needed = true};
    struct machine *machine = fake_create(&config);
    static uint8_t bytes[TR_MESSAGE_MAX + 1];
    uint64_t pid = fake_process(machine, TR_SERVER, "one");

    (void)state;
    assert_int_equal(CALL4(machine, message_send, pid, FAKE_WORD(bytes), TR_MESSAGE_MAX + 1, 0),
                     TR_E_TOOBIG);
    assert_true(CALL4(machine, message_send, pid, FAKE_WORD(bytes), TR_MESSAGE_MAX, 0) > 0);
    fake_end_all(machine);
    unit_audit(machine);
    fake_destroy(machine);
}

/* The limits may be set as small as anybody likes: the first message is held to them too. */
static void small_limits_hold_for_the_first_message(void **state)
{
    struct machine *machine = *state;
    uint64_t sender;
    uint64_t receiver;

    set_up(machine, &sender, &receiver);
    machine->kernel->config.limits.bytes_per_sender = 1000;
    assert_int_equal(send_to(machine, sender, receiver, 1001, 0), TR_E_LIMIT);
    assert_true(send_to(machine, sender, receiver, 1000, 0) > 0);
    assert_int_equal(send_to(machine, sender, receiver, 1, 0), TR_E_LIMIT);
    assert_true(send_to(machine, sender, receiver, 0, 0) > 0);
    assert_int_equal(next_event(machine, receiver), 1);
    assert_int_equal(read_id(machine, receiver, event.object, 1000), 1000);
    assert_true(send_to(machine, sender, receiver, 1, 0) > 0);
}

/* It waits in the queue meanwhile: the body goes along if there is just room for it. */
static void a_body_that_fits_exactly_goes_along(void **state)
{
    struct machine *machine = *state;
    uint64_t sender;
    uint64_t receiver;

    set_up(machine, &sender, &receiver);
    for (uint64_t room = 99; room <= 100; room++) {
        assert_true(send_to(machine, sender, receiver, 100, 7) > 0);
        assert_int_equal(fake_call_as(machine, receiver, TR_NR_message_reply_wait, 0, 0, 0,
                                      FAKE_WORD(&event), FAKE_WORD(got), room),
                         room == 100 ? 100 : 0);
        assert_int_equal(event.flags, room == 100 ? TR_EVENT_BODY : 0);
    }
}

/* It waits for a message with room: a body that just fits needs no place in between, and no limit.
 */
static void a_body_handed_over_counts_for_no_limit(void **state)
{
    struct machine *machine = *state;
    uint64_t sender;
    uint64_t receiver;

    set_up(machine, &sender, &receiver);
    machine->kernel->config.limits.bytes_per_sender = 10;
    for (uint64_t size = 1; size <= 100; size += 33) {
        assert_int_equal(fake_call_as(machine, receiver, TR_NR_message_reply_wait, 0, 0, 0,
                                      FAKE_WORD(&event), FAKE_WORD(got), 100),
                         FAKE_SLEEPS);
        assert_int_equal(send_to(machine, sender, receiver, 101, 0), TR_E_LIMIT);
        assert_true(send_to(machine, sender, receiver, size, 0) > 0);
        assert_int_equal(fake_result(machine, receiver), size);
    }
}

/* What has been taken and not read counts, whoever waits. */
static void a_full_sender_is_refused_though_a_thread_waits(void **state)
{
    const struct kernel_config config = {
        .limits = {.messages_per_sender = 1}, .invariants = true, .no_log_needed = true};
    void *made = fake_create(&config);
    struct machine *machine = made;
    uint64_t sender;
    uint64_t receiver;

    (void)state;
    set_up(machine, &sender, &receiver);
    assert_true(send_to(machine, sender, receiver, 10, 0) > 0);
    assert_int_equal(next_event(machine, receiver), 1);
    assert_int_equal(fake_call_as(machine, receiver, TR_NR_message_reply_wait, 0, 0, 0,
                                  FAKE_WORD(&event), FAKE_WORD(got), sizeof got),
                     FAKE_SLEEPS);
    assert_int_equal(send_to(machine, sender, receiver, 10, 0), TR_E_LIMIT);
    (void)unit_teardown(&made);
}

static void a_reply_that_is_too_big_is_so_whatever_else_is_wrong(void **state)
{
    struct machine *machine = *state;

    (void)fake_process(machine, TR_APPLICATION, "one");
    assert_int_equal(CALL6(machine, message_reply_wait, 5, 0, TR_MESSAGE_MAX + 1, 0, 0, 0),
                     TR_E_TOOBIG);
    assert_int_equal(CALL6(machine, message_reply_wait, 0, 0, TR_MESSAGE_MAX + 1, 0, 0, 0),
                     TR_E_FAULT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT_TEST(bodies_of_every_size_arrive_in_order),
        UNIT_TEST(an_id_is_valid_from_its_event_to_its_end),
        UNIT_TEST(one_sender_has_1024_messages_others_theirs),
        UNIT_TEST(small_limits_hold_for_the_first_message),
        UNIT_TEST(a_mask_refuses_classes_at_send),
        UNIT_TEST(a_reply_ends_the_call),
        UNIT_TEST(a_reply_too_long_is_told_to_the_caller),
        UNIT_TEST(a_timed_out_call_leaves_its_message),
        UNIT_TEST(a_call_of_the_ended_or_discarding_is_peer),
        UNIT_TEST(a_plain_message_has_no_reply),
        UNIT_TEST(a_message_outlives_its_sender),
        cmocka_unit_test(a_limit_above_the_largest_message_does_nothing),
        cmocka_unit_test(a_full_sender_is_refused_though_a_thread_waits),
        UNIT_TEST(a_body_that_fits_exactly_goes_along),
        UNIT_TEST(a_body_handed_over_counts_for_no_limit),
        UNIT_TEST(a_reply_that_is_too_big_is_so_whatever_else_is_wrong),
    };

    return cmocka_run_group_tests_name("message", tests, NULL, NULL);
}
