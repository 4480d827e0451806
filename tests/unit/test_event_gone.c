/* SPDX-License-Identifier: MIT */
/* Memory that a waiting thread wanted its events in and that is gone when one comes: the call
 * fails, and the event, the message and its body are still there for whoever asks next. */

#include "unit.h"

#include <string.h>

#define SIZE 300
#define BOTH (TR_READ | TR_WRITE)

static uint8_t body[SIZE], got[SIZE];
static struct tr_event event;
static _Alignas(16) uint8_t stack[256];

/* A receiver with two threads: one waits, the other one takes memory away from it. */
struct party {
    struct machine *machine;
    uint64_t sender, receiver;
    uint64_t events, bodies; /* a page each of the receiver's memory */
    struct hal_context *waiting;
};

static void set_up(struct machine *machine, struct party *party)
{
    for (size_t i = 0; i < SIZE; i++) {
        body[i] = (uint8_t)(i * 7 + 1);
    }
    memset(got, 0, sizeof got);
    memset(&event, 0, sizeof event);
    party->machine = machine;
    party->receiver = fake_process(machine, TR_SERVER, "receiver");
    party->events = (uint64_t)CALL3(machine, memory_allocate, 2, 0, BOTH);
    party->bodies = party->events + TR_PAGE_SIZE;
    assert_true(
        CALL4(machine, thread_create, FAKE_WORD(stack), 0, FAKE_WORD(stack + sizeof stack), 0) > 0);
    party->waiting = machine->current;
}

/* The first thread waits; from now on the second one runs. */
static void wait_for_message(struct party *party)
{
    assert_int_equal(CALL6(party->machine, message_reply_wait, 0, 0, 0, party->events,
                           party->bodies, TR_PAGE_SIZE),
                     FAKE_SLEEPS);
    assert_int_equal(kernel_current_pid(party->machine->kernel), party->receiver);
    party->sender = fake_process(party->machine, TR_SERVER, "sender");
}

/* Of the receiver's second thread. */
#define RECEIVER(name, ...) fake_call_as(party->machine, party->receiver, TR_NR_##name, __VA_ARGS__)

/* It is all there: event, message and body. */
static void is_still_there(const struct party *party, uint64_t flags)
{
    assert_int_equal(party->waiting->result, TR_E_FAULT);
    assert_int_equal(RECEIVER(event_poll, FAKE_WORD(&event), 0, 0, 0, 0, 0), 1);
    assert_int_equal(event.kind, TR_EVENT_MESSAGE);
    assert_int_equal(event.flags, flags);
    assert_int_equal(event.source_pid, party->sender);
    assert_int_equal(event.size, SIZE);
    assert_int_equal(RECEIVER(message_read, event.object, FAKE_WORD(got), SIZE, 0, 0, 0), SIZE);
    assert_memory_equal(got, body, SIZE);
    assert_int_equal(RECEIVER(event_poll, FAKE_WORD(&event), 0, 0, 0, 0, 0), 0);
}

static void lose(const struct party *party, uint64_t va, bool is_released)
{
    assert_int_equal(is_released ? RECEIVER(memory_release, va, 1, 0, 0, 0, 0)
                                 : RECEIVER(memory_protect, va, 1, TR_READ, 0, 0, 0),
                     0);
}

static void send(struct machine *machine, bool of_event, bool is_released)
{
    struct party party;

    set_up(machine, &party);
    wait_for_message(&party);
    lose(&party, of_event ? party.events : party.bodies, is_released);
    assert_true(fake_call_as(machine, party.sender, TR_NR_message_send, party.receiver,
                             FAKE_WORD(body), SIZE, 5, 0, 0) > 0);
    is_still_there(&party, 0);
}

static void a_message_stays_when_the_memory_for_its_event_was_released(void **state)
{
    send(*state, true, true);
}

static void a_message_stays_when_the_memory_for_its_event_was_protected(void **state)
{
    send(*state, true, false);
}

static void a_message_stays_when_the_memory_for_its_body_was_released(void **state)
{
    send(*state, false, true);
}

static void a_message_stays_when_the_memory_for_its_body_was_protected(void **state)
{
    send(*state, false, false);
}

static void a_call_stays_too_and_can_be_answered(void **state)
{
    struct machine *machine = *state;
    struct party party;

    set_up(machine, &party);
    wait_for_message(&party);
    lose(&party, party.events, true);
    assert_int_equal(fake_call_as(machine, party.sender, TR_NR_message_call, party.receiver,
                                  FAKE_WORD(body), SIZE, FAKE_WORD(got), SIZE, TR_FOREVER),
                     FAKE_SLEEPS);
    is_still_there(&party, TR_EVENT_CALL);
    assert_int_equal(fake_call_as(machine, party.receiver, TR_NR_message_reply, event.object,
                                  FAKE_WORD(body), 9, 0, 0, 0),
                     0);
    assert_int_equal(fake_result(machine, party.sender), 9);
}

/* The next in line gets what the first could not take. */
static void the_next_in_line_gets_it(void **state)
{
    struct machine *machine = *state;
    struct party party;

    set_up(machine, &party);
    wait_for_message(&party);
    lose(&party, party.events, true);
    assert_int_equal(fake_call_as(machine, party.receiver, TR_NR_event_wait, FAKE_WORD(&event),
                                  TR_FOREVER, 0, 0, 0, 0),
                     FAKE_SLEEPS);
    assert_true(fake_call_as(machine, party.sender, TR_NR_message_send, party.receiver,
                             FAKE_WORD(body), SIZE, 5, 0, 0) > 0);
    assert_int_equal(party.waiting->result, TR_E_FAULT);
    assert_int_equal(event.cookie, 5);
    assert_int_equal(event.flags, 0);
}

/* The waiting thread has room for two events in its first page and for one in the second, and is
 * suspended while three timers ring; a page is released; it goes on. */
static void ring_three(struct machine *machine, struct party *party, uint64_t lost_page)
{
    struct tr_thread_info info;

    set_up(machine, party);
    assert_int_equal(CALL3(machine, event_take, party->bodies - 2 * sizeof event, 3, TR_FOREVER),
                     FAKE_SLEEPS);
    assert_true(kernel_thread_next(machine->kernel, party->receiver, 0, &info) > 0);
    assert_int_equal(CALL2(machine, thread_suspend, party->receiver, info.tid), 0);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(CALL2(machine, timer_set, 0, i), 0);
    }
    assert_int_equal(CALL2(machine, memory_release, party->events + lost_page * TR_PAGE_SIZE, 1),
                     0);
    assert_int_equal(CALL2(machine, thread_resume, party->receiver, info.tid), 0);
}

static void events_that_have_no_room_any_more_stay(void **state)
{
    struct machine *machine = *state;
    struct party party;

    ring_three(machine, &party, 1);
    assert_int_equal(party.waiting->result, 2);
    assert_int_equal(CALL1(machine, event_poll, FAKE_WORD(&event)), 1);
    assert_int_equal(event.cookie, 2);
    assert_int_equal(CALL1(machine, event_poll, FAKE_WORD(&event)), 0);
}

static void if_the_first_has_no_room_all_stay(void **state)
{
    struct machine *machine = *state;
    struct party party;

    ring_three(machine, &party, 0);
    assert_int_equal(party.waiting->result, TR_E_FAULT);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(CALL1(machine, event_poll, FAKE_WORD(&event)), 1);
        assert_int_equal(event.cookie, i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT_TEST(a_message_stays_when_the_memory_for_its_event_was_released),
        UNIT_TEST(a_message_stays_when_the_memory_for_its_event_was_protected),
        UNIT_TEST(a_message_stays_when_the_memory_for_its_body_was_released),
        UNIT_TEST(a_message_stays_when_the_memory_for_its_body_was_protected),
        UNIT_TEST(a_call_stays_too_and_can_be_answered),
        UNIT_TEST(the_next_in_line_gets_it),
        UNIT_TEST(events_that_have_no_room_any_more_stay),
        UNIT_TEST(if_the_first_has_no_room_all_stay),
    };

    return cmocka_run_group_tests_name("event_gone", tests, NULL, NULL);
}
