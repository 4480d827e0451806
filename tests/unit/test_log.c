/* SPDX-License-Identifier: MIT */
/* The log: the way of texts and records to its reader, and what happens when nobody reads. */

#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "kernel/state.h"

#define REFUSED_MOST 16 /* in a second */

static struct tr_event event;

static int64_t next_event(struct machine *machine)
{
    memset(&event, 0xee, sizeof event);
    return CALL1(machine, event_poll, FAKE_WORD(&event));
}

static int64_t say(struct machine *machine, const char *text)
{
    return CALL2(machine, log, FAKE_WORD(text), strlen(text));
}

static void texts_wait_for_a_reader_and_come_in_order(void **state)
{
    struct machine *machine = *state;

    char text[TR_LOG_MAX];
    char name[16];
    uint64_t writer = fake_process(machine, TR_APPLICATION, "writer");
    for (unsigned i = 0; i < 200; i++) {
        snprintf(name, sizeof name, "text %u", i);
        assert_int_equal(say(machine, name), 0);
    }
    uint64_t reader = fake_process(machine, TR_APPLICATION, "log");
    struct tr_process_info info;
    assert_true(kernel_process_next(machine->kernel, reader - 1, &info) >= 0);
    assert_int_equal(info.messages_queued, 64);
    assert_true(fake_turn(machine, reader));
    for (unsigned i = 0; i < 200; i++) {
        assert_int_equal(next_event(machine), 1);
        assert_int_equal(event.kind, TR_EVENT_MESSAGE);
        assert_int_equal(event.source_pid, writer);
        assert_int_equal(event.source_class, TR_APPLICATION);
        assert_int_equal(event.cookie, TR_LOG_TEXT);
        int64_t size = CALL3(machine, message_read, event.object, FAKE_WORD(text), sizeof text);
        assert_int_equal(size, event.size);
        snprintf(name, sizeof name, "text %u", i);
        assert_int_equal(size, strlen(name));
        assert_memory_equal(text, name, strlen(name));
    }
    assert_int_equal(next_event(machine), 0);
}

static void a_full_ring_drops_its_oldest_and_tells(void **state)
{
    struct machine *machine = *state;

    static char text[TR_LOG_MAX];
    (void)fake_process(machine, TR_APPLICATION, "writer");
    memset(text, 'x', sizeof text);
    assert_int_equal(CALL2(machine, log, FAKE_WORD(text), TR_LOG_MAX + 1), TR_E_TOOBIG);
    for (unsigned i = 0; i < 40; i++) {
        memcpy(text, &i, sizeof i);
        assert_int_equal(CALL2(machine, log, FAKE_WORD(text), sizeof text), 0);
    }
    uint64_t reader = fake_process(machine, TR_APPLICATION, "log");
    assert_true(fake_turn(machine, reader));
    assert_int_equal(next_event(machine), 1);
    assert_int_equal(event.cookie, TR_LOG_LOST);
    assert_int_equal(event.source_pid, 0);
    assert_int_equal(event.source_class, TR_KERNEL);
    int64_t size = CALL3(machine, message_read, event.object, FAKE_WORD(text), sizeof text);
    text[size] = 0;
    assert_string_equal(text, "25 records of programs were lost");
    for (unsigned i = 25; i < 40; i++) {
        unsigned got;
        assert_int_equal(next_event(machine), 1);
        assert_int_equal(CALL3(machine, message_read, event.object, FAKE_WORD(text), sizeof text),
                         1024);
        memcpy(&got, text, sizeof got);
        assert_int_equal(got, i);
    }
    assert_int_equal(next_event(machine), 0);
}

/* Nothing is dropped before the last byte is taken, and the first one when there is one more. */
static void a_ring_holds_what_it_has_room_for(void **state)
{
    struct machine *machine = *state;
    const struct log_ring *ring = &machine->kernel->log.programs;
    static const char text[TR_LOG_MAX];

    (void)fake_process(machine, TR_APPLICATION, "writer");
    assert_int_equal(CALL2(machine, log, FAKE_WORD(text), 1), 0);
    uint64_t record = ring->head - ring->tail - 1, left;
    while ((left = LOG_RING_SIZE - (ring->head - ring->tail)) > 0) {
        uint64_t size = left - record <= TR_LOG_MAX ? left - record : TR_LOG_MAX / 2;
        assert_int_equal(CALL2(machine, log, FAKE_WORD(text), size), 0);
        assert_int_equal(ring->lost, 0);
    }
    assert_int_equal(CALL2(machine, log, FAKE_WORD(text), 1), 0);
    assert_int_equal(ring->lost, 1);
    assert_int_equal(ring->head - ring->tail, LOG_RING_SIZE);
}

static void a_second_log_takes_over(void **state)
{
    struct machine *machine = *state;

    uint64_t first = fake_process(machine, TR_APPLICATION, "log");
    uint64_t second = fake_process(machine, TR_APPLICATION, "log");
    uint64_t driver = fake_process(machine, TR_DRIVER, "d");
    for (unsigned i = 0; i < 100; i++) {
        assert_int_equal(say(machine, "hello"), 0);
    }
    assert_int_equal(CALL2(machine, process_terminate, first, 0), 0);
    struct tr_process_info info;
    assert_true(kernel_process_next(machine->kernel, second - 1, &info) >= 0);
    assert_int_equal(info.messages_queued, 36);
    (void)driver;
}

static void a_reader_that_takes_bodies_gets_all(void **state)
{
    struct machine *machine = *state;

    static char body[2000];
    uint64_t reader = fake_process(machine, TR_APPLICATION, "log");
    uint64_t driver = fake_process(machine, TR_APPLICATION, "d");
    assert_true(fake_turn(machine, driver));
    for (unsigned i = 0; i < 150; i++) {
        assert_int_equal(say(machine, "hello"), 0);
    }
    assert_true(fake_turn(machine, reader));
    for (unsigned i = 0; i < 150; i++) {
        assert_int_equal(CALL6(machine, message_reply_wait, 0, 0, 0, FAKE_WORD(&event),
                               FAKE_WORD(body), sizeof body),
                         5);
        assert_memory_equal(body, "hello", 5);
        assert_true(event.flags & TR_EVENT_BODY);
    }
    assert_int_equal(next_event(machine), 0);
}

static void what_the_machine_refuses_is_told(void **state)
{
    struct machine *machine = *state;
    static const char text[] = "the probe may not write 16 bytes";
    char read[64];
    uint64_t reader = fake_process(machine, TR_APPLICATION, "log");

    machine->current = kernel_refused(machine->kernel, text);
    assert_true(fake_turn(machine, reader));
    assert_int_equal(next_event(machine), 1);
    assert_int_equal(event.source_class, TR_KERNEL);
    assert_int_equal(event.cookie, TR_LOG_REFUSED);
    assert_int_equal(CALL3(machine, message_read, event.object, FAKE_WORD(read), sizeof read),
                     sizeof text - 1);
    assert_memory_equal(read, text, sizeof text - 1);
}

/* The two rings are read as one. */
static void records_of_the_kernel_and_of_programs_come_in_order(void **state)
{
    struct machine *machine = *state;
    static const uint64_t tags[] = {TR_LOG_TEXT, TR_LOG_REFUSED, TR_LOG_TEXT, TR_LOG_REFUSED};

    (void)fake_process(machine, TR_APPLICATION, "writer");
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(say(machine, "text"), 0);
        assert_int_equal(CALL2(machine, port_claim, 0x60, 1), TR_E_PERM);
    }
    uint64_t reader = fake_process(machine, TR_APPLICATION, "log");
    assert_true(fake_turn(machine, reader));
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
        assert_int_equal(next_event(machine), 1);
        assert_int_equal(event.cookie, tags[i]);
    }
}

/* There is no memory for the message: the record waits for the next occasion. */
static void a_record_that_cannot_be_sent_is_not_lost(void **state)
{
    struct machine *machine = *state;
    static const char *const texts[] = {"first", "second"};

    uint64_t reader = fake_process(machine, TR_APPLICATION, "log");
    (void)fake_process(machine, TR_APPLICATION, "writer");
    (void)CALL0(machine, thread_yield);
    for (size_t i = 0; i < 2; i++) {
        (void)kernel_fail_allocation(machine->kernel, i == 0 ? 1 : 0, false);
        assert_int_equal(say(machine, texts[i]), 0);
    }
    assert_true(fake_turn(machine, reader));
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(next_event(machine), 1);
        assert_int_equal(event.size, strlen(texts[i]));
        assert_int_equal(event.cookie, TR_LOG_TEXT);
    }
}

static void so_many_refusals_are_told_in_a_second(void **state)
{
    struct machine *machine = *state;

    (void)fake_process(machine, TR_APPLICATION, "writer");
    for (uint64_t i = 0; i < 100; i++) {
        assert_int_equal(CALL2(machine, port_claim, 0x60, 1), TR_E_PERM);
    }
    assert_int_equal(machine->kernel->log.count, REFUSED_MOST);
    fake_pass(machine, machine->time + UINT64_C(1000000000));
    assert_int_equal(CALL2(machine, port_claim, 0x60, 1), TR_E_PERM);
    assert_int_equal(machine->kernel->log.count, REFUSED_MOST + 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT_TEST(texts_wait_for_a_reader_and_come_in_order),
        UNIT_TEST(a_full_ring_drops_its_oldest_and_tells),
        UNIT_TEST(a_ring_holds_what_it_has_room_for),
        UNIT_TEST(a_second_log_takes_over),
        UNIT_TEST(a_reader_that_takes_bodies_gets_all),
        UNIT_TEST(what_the_machine_refuses_is_told),
        UNIT_TEST(records_of_the_kernel_and_of_programs_come_in_order),
        UNIT_TEST(a_record_that_cannot_be_sent_is_not_lost),
        UNIT_TEST(so_many_refusals_are_told_in_a_second),
    };

    return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
