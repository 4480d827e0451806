/* SPDX-License-Identifier: MIT */
/* interface.md 9: the table of events row by row, every field of each kind; and what all kinds have
 * in common: one slot a source, counted while it is queued. SAVE_STATE stops the machine: it is in
 * tests/kit/test_kit_stop.c, PAGE_WANTED with lazy memory. */

#include "check.h"

const char check_section[] = "rows";

/* The next event must be this one in every field but the time, which is between the two calls. */
static void expect(const struct tr_event *wanted, int line)
{
    struct tr_event event;
    uint8_t *bytes = (uint8_t *)&event;

    for (size_t i = 0; i < sizeof event; i++) {
        bytes[i] = 0xa5;
    }
    CHECK_IS(tr_event_wait(&event, UINT64_C(5000000000)), 1);
    if (event.kind != wanted->kind) {
        check_failed(line, event.kind);
    }
    if (event.flags != wanted->flags || event.object != wanted->object ||
        event.source_pid != wanted->source_pid || event.source_class != wanted->source_class ||
        event.count != wanted->count || event.size != wanted->size ||
        event.cookie != wanted->cookie || event.account != 0) {
        check_failed(line, event.count);
    }
    CHECK(event.time <= (uint64_t)tr_clock());
}

#define EXPECT(...) expect(&(const struct tr_event){__VA_ARGS__}, __LINE__)

static void nothing_more(void)
{
    struct tr_event event;

    CHECK_IS(tr_event_wait(&event, 0), TR_E_TIMEDOUT);
}

/* ---- MESSAGE ---- */

static int64_t sends_and_calls(uint64_t receiver)
{
    CHECK(tr_message_send(receiver, "abc", 3, 77) > 0);
    CHECK_IS(tr_message_call(receiver, "abcd", 4, NULL, 0, TR_FOREVER), 0);
    return 0;
}

static void message(void)
{
    struct tr_event event;
    char body[8];
    int64_t own = tr_message_send(check_self(), "ab", 2, 76);
    EXPECT(.kind = TR_EVENT_MESSAGE, .object = (uint64_t)own, .source_pid = check_self(),
           .source_class = TR_SERVER, .count = 1, .size = 2, .cookie = 76);
    uint64_t pid = check_start(TR_APPLICATION, "sender", sends_and_calls, check_self());
    check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
    CHECK(event.source_pid == pid && event.source_class == TR_APPLICATION);
    CHECK(event.size == 3 && event.cookie == 77 && event.flags == 0);
    CHECK_IS(tr_message_reply_wait(0, NULL, 0, &event, body, sizeof body), 4);
    CHECK_IS(event.kind, TR_EVENT_MESSAGE);
    CHECK_IS(event.flags, TR_EVENT_CALL | TR_EVENT_BODY);
    CHECK_IS(event.source_pid, pid);
    CHECK_IS(event.source_class, TR_APPLICATION);
    CHECK_IS(event.size, 4);
    CHECK_IS(event.cookie, 0);
    CHECK_IS(event.count, 1);
    CHECK_IS(event.account, 0);
    CHECK_IS(tr_message_reply(event.object, NULL, 0), 0);
}

/* ---- PIPE_RELEASED, SHARED_RELEASED ---- */

static int64_t joins_pipe_and_dies(uint64_t unused)
{
    struct check_ticket pipe = check_receive_ticket();

    (void)unused;
    CHECK_IS(tr_pipe_join(pipe.id, pipe.key), 0);
    return 0;
}

static int64_t joins_pipe_and_leaves(uint64_t unused)
{
    struct check_ticket pipe = check_receive_ticket();

    (void)unused;
    CHECK_IS(tr_pipe_join(pipe.id, pipe.key), 0);
    CHECK_IS(tr_pipe_release(pipe.id), 0);
    return check_sleeper(0);
}

static int64_t joins_pipe_and_stays(uint64_t unused)
{
    struct check_ticket pipe = check_receive_ticket();

    (void)unused;
    CHECK_IS(tr_pipe_join(pipe.id, pipe.key), 0);
    return check_sleeper(0);
}

static void pipe_released(void)
{
    struct check_ticket pipe = check_pipe();

    (void)check_start_joiner(TR_SERVER, joins_pipe_and_stays, &pipe);
    check_settle();
    nothing_more();
    uint64_t pid = check_start_joiner(TR_SERVER, joins_pipe_and_leaves, &pipe);
    EXPECT(.kind = TR_EVENT_PIPE_RELEASED, .object = pipe.id, .source_pid = pid,
           .source_class = TR_SERVER, .count = 1, .size = 2);
    pid = check_start_joiner(TR_APPLICATION, joins_pipe_and_dies, &pipe);
    EXPECT(.kind = TR_EVENT_PIPE_RELEASED, .flags = TR_EVENT_DIED, .object = pipe.id,
           .source_pid = pid, .source_class = TR_APPLICATION, .count = 1, .size = 2);
}

static void departures_are_counted_while_the_event_is_queued(void)
{
    struct check_ticket pipe = check_pipe();
    uint64_t last = 0;

    (void)check_start_joiner(TR_SERVER, joins_pipe_and_dies, &pipe);
    check_settle();
    CHECK(tr_message_send(check_self(), NULL, 0, 5) > 0);
    (void)check_start_joiner(TR_SERVER, joins_pipe_and_dies, &pipe);
    check_settle();
    last = check_start_joiner(TR_SERVER, joins_pipe_and_leaves, &pipe);
    check_settle();
    EXPECT(.kind = TR_EVENT_PIPE_RELEASED, .object = pipe.id, .source_pid = last,
           .source_class = TR_SERVER, .count = 3, .size = 1);
    struct tr_event event;
    check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
    nothing_more();
}

static void leaving_removes_the_queued_event(void)
{
    struct check_ticket pipe = check_pipe();

    (void)check_start_joiner(TR_SERVER, joins_pipe_and_leaves, &pipe);
    check_settle();
    CHECK_IS(tr_pipe_release(pipe.id), 0);
    nothing_more();
}

static int64_t joins_memory_and_dies(uint64_t unused)
{
    struct check_ticket memory = check_receive_ticket();
    uint64_t va = 0;

    (void)unused;
    CHECK_IS(tr_shared_join(memory.id, memory.key, 0, TR_READ, &va), 2);
    return 0;
}

static int64_t joins_memory_and_leaves(uint64_t unused)
{
    struct check_ticket memory = check_receive_ticket();
    uint64_t va = 0;

    (void)unused;
    CHECK_IS(tr_shared_join(memory.id, memory.key, 0, TR_READ, &va), 2);
    CHECK_IS(tr_shared_release(memory.id), 0);
    return check_sleeper(0);
}

static void shared_released(void)
{
    struct check_ticket memory;
    uint64_t va = 0;
    int64_t id = tr_shared_create(2, TR_READ, 0, &memory.key, &va);

    CHECK(id > 0);
    memory.id = (uint64_t)id;
    uint64_t pid = check_start_joiner(TR_SERVER, joins_memory_and_leaves, &memory);
    EXPECT(.kind = TR_EVENT_SHARED_RELEASED, .object = memory.id, .source_pid = pid,
           .source_class = TR_SERVER, .count = 1, .size = 1);
    pid = check_start_joiner(TR_APPLICATION, joins_memory_and_dies, &memory);
    EXPECT(.kind = TR_EVENT_SHARED_RELEASED, .flags = TR_EVENT_DIED, .object = memory.id,
           .source_pid = pid, .source_class = TR_APPLICATION, .count = 1, .size = 1);
    (void)check_start_joiner(TR_SERVER, joins_memory_and_leaves, &memory);
    pid = check_start_joiner(TR_SERVER, joins_memory_and_leaves, &memory);
    check_settle();
    EXPECT(.kind = TR_EVENT_SHARED_RELEASED, .object = memory.id, .source_pid = pid,
           .source_class = TR_SERVER, .count = 2, .size = 1);
    (void)check_start_joiner(TR_SERVER, joins_memory_and_leaves, &memory);
    check_settle();
    CHECK_IS(tr_shared_release(memory.id), 0);
    nothing_more();
}

/* ---- IRQ: line 0 belongs to the interval timer, which a driver can set going ---- */

#define PIT_COUNTER 0x40
#define PIT_COMMAND 0x43

/* Mode 0, one interrupt after `ticks` of 1.193182 MHz. */
static void ring_once(uint32_t ticks)
{
    CHECK_IS(tr_port_out(PIT_COMMAND, 1, 0x30), 0);
    CHECK_IS(tr_port_out(PIT_COUNTER, 1, ticks & 0xff), 0);
    CHECK_IS(tr_port_out(PIT_COUNTER, 1, ticks >> 8), 0);
}

static void wait_a_bit(void)
{
    (void)tr_thread_sleep((uint64_t)tr_clock() + 5000000);
}

static void irq(void)
{
    CHECK_IS(tr_port_claim(PIT_COUNTER, 4), 0);
    CHECK_IS(tr_irq_listen(0, 31), 0);
    ring_once(1000);
    EXPECT(.kind = TR_EVENT_IRQ, .object = 0, .count = 1, .cookie = 31);
    CHECK_IS(tr_irq_acknowledge(0), 0);
    CHECK_IS(tr_irq_acknowledge(0), TR_E_STATE);
    wait_a_bit();
    nothing_more();
}

static void one_further_edge_is_kept_while_masked(void)
{
    CHECK_IS(tr_port_claim(PIT_COUNTER, 4), 0);
    CHECK_IS(tr_irq_listen(0, 31), 0);
    for (int i = 0; i < 3; i++) {
        ring_once(100);
        wait_a_bit();
    }
    EXPECT(.kind = TR_EVENT_IRQ, .object = 0, .count = 1, .cookie = 31);
    nothing_more();
    CHECK_IS(tr_irq_acknowledge(0), 0);
    EXPECT(.kind = TR_EVENT_IRQ, .object = 0, .count = 1, .cookie = 31);
    CHECK_IS(tr_irq_acknowledge(0), 0);
    wait_a_bit();
    nothing_more();
}

static void ignoring_removes_the_queued_event(void)
{
    CHECK_IS(tr_port_claim(PIT_COUNTER, 4), 0);
    CHECK_IS(tr_irq_listen(0, 31), 0);
    ring_once(100);
    wait_a_bit();
    CHECK_IS(tr_irq_ignore(0), 0);
    nothing_more();
    CHECK_IS(tr_irq_listen(0, 32), 0);
    ring_once(100);
    EXPECT(.kind = TR_EVENT_IRQ, .object = 0, .count = 1, .cookie = 32);
}

static int64_t listens_and_acknowledges(uint64_t parent)
{
    struct tr_event event;

    CHECK_IS(tr_irq_listen(0, 9), 0);
    (void)tr_message_send(parent, NULL, 0, 1);
    for (;;) {
        CHECK_IS(tr_event_wait(&event, TR_FOREVER), 1);
        CHECK(event.kind == TR_EVENT_IRQ && event.cookie == 9);
        CHECK_IS(tr_irq_acknowledge(0), 0);
    }
}

static int64_t listens_and_says_nothing(uint64_t parent)
{
    CHECK_IS(tr_irq_listen(0, 9), 0);
    (void)tr_message_send(parent, NULL, 0, 1);
    (void)tr_thread_sleep((uint64_t)tr_clock() + UINT64_C(3000000000));
    CHECK_IS(tr_irq_acknowledge(0), TR_E_NOENT);
    return 17;
}

/* Every listener has to acknowledge; one that does not within a second is taken off. */
static void all_listeners_are_waited_for(void)
{
    struct tr_event event;

    CHECK_IS(tr_port_claim(PIT_COUNTER, 4), 0);
    CHECK_IS(tr_irq_listen(0, 31), 0);
    (void)check_start(TR_DRIVER, "second", listens_and_acknowledges, check_self());
    check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
    uint64_t silent = check_start(TR_DRIVER, "silent", listens_and_says_nothing, check_self());
    check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
    CHECK_IS(tr_process_watch(silent, 0), 0);
    ring_once(100);
    EXPECT(.kind = TR_EVENT_IRQ, .object = 0, .count = 1, .cookie = 31);
    CHECK_IS(tr_irq_acknowledge(0), 0);
    ring_once(100);
    wait_a_bit();
    nothing_more();
    uint64_t before = (uint64_t)tr_clock();
    EXPECT(.kind = TR_EVENT_IRQ, .object = 0, .count = 1, .cookie = 31);
    CHECK((uint64_t)tr_clock() - before > 900000000);
    CHECK_IS(tr_irq_acknowledge(0), 0);
    EXPECT(.kind = TR_EVENT_PROCESS_EXIT, .flags = TR_EVENT_EXITED, .object = silent,
           .source_pid = silent, .source_class = TR_DRIVER, .count = 1, .size = 17);
}

/* ---- PROCESS_EXIT ---- */

static int64_t ends_itself(uint64_t unused)
{
    (void)tr_thread_sleep((uint64_t)tr_clock() + 1000000);
    tr_process_exit(-5 - (int64_t)unused);
}

static void process_exit(void)
{
    uint64_t pid = check_start(TR_APPLICATION, "ends", ends_itself, 2);
    CHECK_IS(tr_process_watch(pid, 1), 0);
    EXPECT(.kind = TR_EVENT_PROCESS_EXIT, .flags = TR_EVENT_EXITED, .object = pid,
           .source_pid = pid, .source_class = TR_APPLICATION, .count = 1, .size = (uint64_t)-7,
           .cookie = 1);
    pid = check_start(TR_APPLICATION, "victim", check_sleeper, 0);
    CHECK_IS(tr_process_watch(pid, 2), 0);
    CHECK_IS(tr_process_terminate(pid, -9), 0);
    EXPECT(.kind = TR_EVENT_PROCESS_EXIT, .flags = TR_EVENT_KILLED, .object = pid,
           .source_pid = check_self(), .source_class = TR_SERVER, .count = 1, .size = (uint64_t)-9,
           .cookie = 2);
}

/* ---- THREAD_EXIT ---- */

static int64_t gives(uint64_t code)
{
    return -(int64_t)code;
}

static void thread_exit(void)
{
    int64_t tid = tr_thread_create(gives, 12, check_stack(), TR_THREAD_NOTIFY);
    CHECK(tid > 0);
    EXPECT(.kind = TR_EVENT_THREAD_EXIT, .object = (uint64_t)tid, .count = 1,
           .size = (uint64_t)-12);
    tid = tr_thread_create(check_sleeper, 0, check_stack(), TR_THREAD_NOTIFY);
    CHECK(tid > 0);
    CHECK_IS(tr_thread_terminate(check_self(), (uint64_t)tid, 13), 0);
    EXPECT(.kind = TR_EVENT_THREAD_EXIT, .object = (uint64_t)tid, .count = 1, .size = 13);
}

/* ---- CLASS_CHANGED ---- */

static int64_t falls_step_by_step(uint64_t unused)
{
    struct tr_event event;

    (void)unused;
    CHECK_IS(tr_event_wait(&event, TR_FOREVER), 1);
    CHECK_IS(tr_process_drop_class(TR_SERVER), 0);
    CHECK_IS(tr_process_drop_class(TR_APPLICATION), 0);
    return check_sleeper(0);
}

static void class_changed(void)
{
    uint64_t pid = check_start(TR_DRIVER, "falls", falls_step_by_step, 0);

    CHECK_IS(tr_process_watch(pid, 44), 0);
    CHECK(tr_message_send(pid, NULL, 0, 0) > 0);
    check_settle();
    EXPECT(.kind = TR_EVENT_CLASS_CHANGED, .object = pid, .source_class = TR_APPLICATION,
           .count = 2, .cookie = 44);
    nothing_more();
}

/* ---- DEVICE_ADDED, DEVICE_REMOVED, DEVICE_CLOSED ---- */

static void device_added_and_removed(void)
{
    CHECK_IS(tr_device_watch("rows", 8), 0);
    int64_t id = tr_device_create("rows\\a", 3, 70);
    CHECK(id > 0);
    EXPECT(.kind = TR_EVENT_DEVICE_ADDED, .object = (uint64_t)id, .source_pid = check_self(),
           .source_class = TR_DRIVER, .count = 1, .cookie = 8);
    CHECK_IS(tr_device_destroy((uint64_t)id), 0);
    EXPECT(.kind = TR_EVENT_DEVICE_REMOVED, .object = (uint64_t)id, .source_pid = check_self(),
           .source_class = TR_DRIVER, .count = 1, .cookie = 8);
    CHECK(tr_device_create("rows\\b", 3, 70) > 0);
    id = tr_device_create("rows", 3, 70);
    EXPECT(.kind = TR_EVENT_DEVICE_ADDED, .object = (uint64_t)id, .source_pid = check_self(),
           .source_class = TR_DRIVER, .count = 2, .cookie = 8);
    CHECK_IS(tr_device_watch("rows", 9), 0);
    EXPECT(.kind = TR_EVENT_DEVICE_ADDED, .object = (uint64_t)id, .source_pid = check_self(),
           .source_class = TR_DRIVER, .count = 2, .cookie = 9);
    CHECK(tr_device_create("rows\\c", 3, 70) > 0);
    CHECK_IS(tr_device_unwatch("rows"), 0);
    nothing_more();
}

static int64_t opens_and_closes(uint64_t id)
{
    CHECK_IS(tr_device_open(id, 0), 0);
    CHECK_IS(tr_device_close(id), 0);
    CHECK_IS(tr_device_open(id, TR_EXCLUSIVE), 0);
    return 0;
}

static void device_closed(void)
{
    int64_t id = tr_device_create("rows", 3, 71);

    CHECK(id > 0);
    uint64_t pid = check_start(TR_SERVER, "opens", opens_and_closes, (uint64_t)id);
    check_settle();
    EXPECT(.kind = TR_EVENT_DEVICE_CLOSED, .object = (uint64_t)id, .source_pid = pid,
           .source_class = TR_SERVER, .count = 2, .cookie = 71);
    nothing_more();
}

static int64_t has_a_device(uint64_t parent)
{
    int64_t id = tr_device_create("rows", 3, 71);
    struct tr_event event;

    CHECK(id > 0);
    CHECK(tr_message_send(parent, NULL, 0, (uint64_t)id) > 0);
    CHECK_IS(tr_event_wait(&event, TR_FOREVER), 1);
    CHECK_IS(tr_device_destroy((uint64_t)id), 0);
    return check_sleeper(0);
}

static void openers_are_told_of_removal(void)
{
    uint64_t pid = check_start(TR_DRIVER, "driver", has_a_device, check_self());
    struct tr_event event;

    check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
    uint64_t id = event.cookie;
    CHECK_IS(tr_device_open(id, 0), 0);
    CHECK(tr_message_send(pid, NULL, 0, 0) > 0);
    EXPECT(.kind = TR_EVENT_DEVICE_REMOVED, .object = id, .source_pid = pid,
           .source_class = TR_DRIVER, .count = 1);
    CHECK_IS(tr_device_close(id), TR_E_NOENT);
    nothing_more();
}

/* ---- TIMER ---- */

static void timer(void)
{
    CHECK_IS(tr_timer_set((uint64_t)tr_clock() + 1000, UINT64_MAX), 0);
    EXPECT(.kind = TR_EVENT_TIMER, .object = UINT64_MAX, .count = 1, .cookie = UINT64_MAX);
    CHECK_IS(tr_timer_set(0, 0), 0);
    EXPECT(.kind = TR_EVENT_TIMER, .count = 1);
}

/* ---- The end of a process: PROCESS_EXIT is the last that is heard of it ---- */

static int64_t holds_much(uint64_t parent)
{
    struct check_ticket pipe = check_receive_ticket();
    struct check_ticket memory = check_receive_ticket();
    uint64_t va = 0;

    CHECK_IS(tr_pipe_join(pipe.id, pipe.key), 0);
    CHECK_IS(tr_shared_join(memory.id, memory.key, 0, TR_READ, &va), 1);
    CHECK(tr_device_create("rows", 0, 0) > 0);
    CHECK(tr_message_send(parent, NULL, 0, 0) > 0);
    return check_sleeper(0);
}

static void process_exit_comes_last(void)
{
    struct check_ticket pipe = check_pipe(), memory = {0, 0};
    struct tr_event event;
    uint64_t va = 0;
    int64_t id = tr_shared_create(1, TR_READ, 0, &memory.key, &va);

    CHECK(id > 0);
    memory.id = (uint64_t)id;
    uint64_t pid = check_start_joiner(TR_DRIVER, holds_much, &pipe);
    CHECK(tr_message_send(pid, &memory, sizeof memory, 0) > 0);
    check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
    CHECK_IS(tr_device_watch("rows", 0), 0);
    check_event_kind(&event, TR_EVENT_DEVICE_ADDED, __LINE__);
    CHECK_IS(tr_process_watch(pid, 0), 0);
    CHECK_IS(tr_process_terminate(pid, 0), 0);
    uint32_t seen = 0;
    for (int i = 0; i < 3; i++) {
        check_event(&event);
        CHECK_IS(event.source_pid, pid);
        seen |= UINT32_C(1) << event.kind;
    }
    CHECK_IS(seen, 1u << TR_EVENT_PIPE_RELEASED | 1u << TR_EVENT_SHARED_RELEASED |
                       1u << TR_EVENT_DEVICE_REMOVED);
    check_event_kind(&event, TR_EVENT_PROCESS_EXIT, __LINE__);
    nothing_more();
}

const struct check_case check_cases[] = {
    CHECK_ROW(TR_SERVER, message),
    CHECK_ROW(TR_DRIVER, pipe_released),
    CHECK_ROW(TR_DRIVER, departures_are_counted_while_the_event_is_queued),
    CHECK_ROW(TR_DRIVER, leaving_removes_the_queued_event),
    CHECK_ROW(TR_SERVER, shared_released),
    CHECK_ROW(TR_DRIVER, irq),
    CHECK_ROW(TR_DRIVER, one_further_edge_is_kept_while_masked),
    CHECK_ROW(TR_DRIVER, ignoring_removes_the_queued_event),
    CHECK_ROW(TR_DRIVER, all_listeners_are_waited_for),
    CHECK_ROW(TR_SERVER, process_exit),
    CHECK_ROW(TR_APPLICATION, thread_exit),
    CHECK_ROW(TR_DRIVER, class_changed),
    CHECK_ROW(TR_DRIVER, device_added_and_removed),
    CHECK_ROW(TR_DRIVER, device_closed),
    CHECK_ROW(TR_DRIVER, openers_are_told_of_removal),
    CHECK_ROW(TR_APPLICATION, timer),
    CHECK_ROW(TR_DRIVER, process_exit_comes_last),
    CHECK_END,
};
