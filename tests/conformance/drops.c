/* SPDX-License-Identifier: MIT */
/* interface.md 2 and 11: what goes when a process drops its class, what stays, and who sees
 * devices. */

#include "check.h"

const char check_section[] = "drops";

static uint64_t device(const char *name, uint32_t exposure)
{
    int64_t id = tr_device_create(name, 0, 7);

    CHECK_IS(id > 0 ? 0 : id, 0);
    CHECK_IS(tr_device_expose((uint64_t)id, exposure), 0);
    return (uint64_t)id;
}

static void tell(uint64_t pid)
{
    CHECK(tr_message_send(pid, NULL, 0, 0) > 0);
}

static void wait_for_word(void)
{
    struct tr_event event;

    do {
        CHECK_IS(tr_event_wait(&event, TR_FOREVER), 1);
    } while (event.kind != TR_EVENT_MESSAGE);
    CHECK_IS(tr_message_discard(event.object), 0);
}

/* ---- Opens ---- */

static int64_t opens_and_drops(uint64_t parent)
{
    int64_t low = tr_device_find("drops\\low", NULL), high = tr_device_find("drops\\high", NULL);

    CHECK(low > 0 && high > 0);
    CHECK_IS(tr_device_open((uint64_t)low, 0), 0);
    CHECK_IS(tr_device_open((uint64_t)high, 0), 0);
    tell(parent);
    wait_for_word();
    CHECK_IS(tr_process_drop_class(TR_APPLICATION), 0);
    CHECK_IS(tr_device_close((uint64_t)high), TR_E_NOENT);
    CHECK_IS(tr_device_find("drops\\high", NULL), TR_E_NOENT);
    CHECK_IS(tr_device_open((uint64_t)low, 0), TR_E_EXIST);
    tell(parent);
    return check_sleeper(0);
}

static void opens_no_longer_permitted_are_closed(void)
{
    struct tr_event event;
    uint64_t high = device("drops\\high", TR_SERVER), low = device("drops\\low", TR_APPLICATION);
    uint64_t pid = check_start(TR_SERVER, "opens", opens_and_drops, check_self());

    wait_for_word();
    CHECK_IS(tr_device_holder(high, pid), 1);
    CHECK_IS(tr_device_holder(low, pid), 1);
    tell(pid);
    check_event_kind(&event, TR_EVENT_DEVICE_CLOSED, __LINE__);
    CHECK_IS(event.object, high);
    CHECK_IS(event.source_pid, pid);
    CHECK_IS(tr_device_holder(high, pid), 0);
    CHECK_IS(tr_device_holder(low, pid), 1);
    wait_for_word();
}

static int64_t opens_exclusively(uint64_t parent)
{
    int64_t id = tr_device_find("drops", NULL);

    CHECK_IS(tr_device_open((uint64_t)id, TR_EXCLUSIVE), 0);
    CHECK_IS(tr_device_open((uint64_t)id, 0), TR_E_EXIST);
    tell(parent);
    wait_for_word();
    CHECK_IS(tr_device_close((uint64_t)id), 0);
    CHECK_IS(tr_device_open((uint64_t)id, 0), 0);
    tell(parent);
    return check_sleeper(0);
}

static void an_exclusive_open_conflicts_with_every_other(void)
{
    uint64_t id = device("drops", TR_APPLICATION);
    uint64_t pid = check_start(TR_APPLICATION, "opens", opens_exclusively, check_self());

    wait_for_word();
    CHECK_IS(tr_device_holder(id, pid), 2);
    CHECK_IS(tr_device_open(id, 0), TR_E_BUSY);
    CHECK_IS(tr_device_open(id, TR_EXCLUSIVE), TR_E_BUSY);
    tell(pid);
    wait_for_word();
    CHECK_IS(tr_device_holder(id, pid), 1);
    CHECK_IS(tr_device_open(id, TR_EXCLUSIVE), TR_E_BUSY);
    CHECK_IS(tr_device_open(id, 0), 0);
    CHECK_IS(tr_device_holder(id, check_self()), 1);
    CHECK_IS(tr_device_holder(id, 999999), TR_E_NOENT);
}

static int64_t asks_for_holders(uint64_t id)
{
    CHECK_IS(tr_device_holder(id, check_self()), TR_E_PERM);
    return 4;
}

static void only_the_driver_may_ask_who_holds(void)
{
    struct tr_event event;
    uint64_t id = device("drops", TR_APPLICATION);

    (void)check_start_with(TR_SERVER, "asks", asks_for_holders, id, TR_SPAWN_WATCH);
    check_event_kind(&event, TR_EVENT_PROCESS_EXIT, __LINE__);
    CHECK_IS(event.size, 4);
}

/* ---- Exposure and watches ---- */

static int64_t watches_devices(uint64_t parent)
{
    struct tr_event event;

    CHECK_IS(tr_device_watch("drops", 5), 0);
    tell(parent);
    check_event_kind(&event, TR_EVENT_DEVICE_ADDED, __LINE__);
    uint64_t id = event.object;
    CHECK_IS(tr_device_open(id, 0), 0);
    tell(parent);
    check_event_kind(&event, TR_EVENT_DEVICE_REMOVED, __LINE__);
    CHECK_IS(event.object, id);
    CHECK_IS(event.cookie, 5);
    CHECK_IS(tr_device_info(id, &(struct tr_device_info){0}), TR_E_NOENT);
    tell(parent);
    return check_sleeper(0);
}

static void exposure_brings_devices_into_sight_and_out_of_it(void)
{
    struct tr_event event;
    uint64_t pid = check_start(TR_APPLICATION, "watches", watches_devices, check_self());

    wait_for_word();
    uint64_t id = device("drops\\a", TR_SERVER);
    check_settle();
    CHECK_IS(tr_event_wait(&event, 0), TR_E_TIMEDOUT);
    CHECK_IS(tr_device_expose(id, TR_APPLICATION), 0);
    wait_for_word();
    CHECK_IS(tr_device_expose(id, TR_DRIVER), 0);
    wait_for_word();
    CHECK_IS(tr_device_holder(id, pid), 1);
}

static void a_prefix_is_whole_parts(void)
{
    struct tr_event event;

    CHECK_IS(tr_device_watch("a\\b", 1), 0);
    (void)device("a\\bc", TR_SERVER);
    (void)device("a", TR_SERVER);
    (void)device("a\\c", TR_SERVER);
    CHECK_IS(tr_event_wait(&event, 0), TR_E_TIMEDOUT);
    uint64_t id = device("a\\b", TR_SERVER);
    check_event_kind(&event, TR_EVENT_DEVICE_ADDED, __LINE__);
    CHECK_IS(event.object, id);
    id = device("a\\b\\c\\d", TR_SERVER);
    check_event_kind(&event, TR_EVENT_DEVICE_ADDED, __LINE__);
    CHECK_IS(event.object, id);
    CHECK_IS(tr_device_watch("", 2), 0);
    check_event_kind(&event, TR_EVENT_DEVICE_ADDED, __LINE__);
    CHECK_IS(event.count, 5);
    CHECK_IS(event.cookie, 2);
}

/* ---- Interrupt lines ---- */

#define PIT_COUNTER 0x40
#define PIT_COMMAND 0x43

static void ring_once(void)
{
    CHECK_IS(tr_port_out(PIT_COMMAND, 1, 0x30), 0);
    CHECK_IS(tr_port_out(PIT_COUNTER, 1, 100), 0);
    CHECK_IS(tr_port_out(PIT_COUNTER, 1, 0), 0);
    (void)tr_thread_sleep((uint64_t)tr_clock() + 1000000);
}

static int64_t listens_then_drops(uint64_t parent)
{
    CHECK_IS(tr_irq_listen(0, 1), 0);
    tell(parent);
    wait_for_word();
    CHECK_IS(tr_process_drop_class(TR_SERVER), 0);
    tell(parent);
    return check_sleeper(0);
}

static int64_t listens_then_dies(uint64_t parent)
{
    CHECK_IS(tr_irq_listen(0, 1), 0);
    tell(parent);
    wait_for_word();
    return 0;
}

static void who_drops_or_dies_has_acknowledged(void)
{
    int64_t (*const peers[])(uint64_t) = {listens_then_drops, listens_then_dies};

    CHECK_IS(tr_port_claim(PIT_COUNTER, 4), 0);
    CHECK_IS(tr_irq_listen(0, 31), 0);
    for (size_t i = 0; i < 2; i++) {
        struct tr_event event;
        uint64_t pid = check_start(TR_DRIVER, "listens", peers[i], check_self());
        wait_for_word();
        ring_once();
        check_event_kind(&event, TR_EVENT_IRQ, __LINE__);
        CHECK_IS(tr_irq_acknowledge(0), 0);
        ring_once();
        CHECK_IS(tr_event_wait(&event, 0), TR_E_TIMEDOUT);
        tell(pid);
        check_event_kind(&event, TR_EVENT_IRQ, __LINE__);
        CHECK_IS(tr_irq_acknowledge(0), 0);
        if (i == 0) {
            wait_for_word();
        }
    }
}

static void the_events_of_dropped_listens_are_removed(void)
{
    struct tr_event event;

    CHECK_IS(tr_port_claim(PIT_COUNTER, 4), 0);
    CHECK_IS(tr_irq_listen(0, 31), 0);
    ring_once();
    CHECK(tr_message_send(check_self(), NULL, 0, 9) > 0);
    CHECK_IS(tr_process_drop_class(TR_SERVER), 0);
    check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
    CHECK_IS(event.cookie, 9);
    CHECK_IS(event.source_class, TR_DRIVER);
    CHECK_IS(tr_event_wait(&event, 0), TR_E_TIMEDOUT);
}

/* ---- All else stays ---- */

static int64_t never_ends(uint64_t unused)
{
    return check_sleeper(unused);
}

static void all_else_stays(void)
{
    struct tr_event event;
    struct tr_thread_info thread;
    uint64_t key, memory_key, va = 0;
    int64_t pipe = tr_pipe_create(&key), memory = tr_shared_create(1, 0, 0, &memory_key, &va);
    int64_t own = tr_memory_allocate(1, 0, TR_READ | TR_WRITE);
    uint64_t victim = check_start(TR_APPLICATION, "other", check_exit, 8);
    uint64_t tid = check_thread(never_ends, 0);

    CHECK(pipe > 0 && memory > 0 && own > 0);
    CHECK_IS(tr_process_watch(victim, 3), 0);
    CHECK_IS(tr_timer_set((uint64_t)tr_clock() + 1000000000, 4), 0);
    CHECK_IS(tr_device_watch("drops", 6), 0);
    CHECK_IS(tr_message_accept(TR_CLASS_MASK(TR_DRIVER)), 7);
    CHECK_IS(tr_process_drop_class(TR_APPLICATION), 0);
    CHECK_IS(tr_pipe_write((uint64_t)pipe, "a", 1, 0), 1);
    *(volatile uint8_t *)(uintptr_t)va = 1;
    *(volatile uint8_t *)(uintptr_t)own = 1;
    CHECK_IS(tr_thread_next(check_self(), tid - 1, &thread), tid);
    CHECK_IS(tr_message_accept(7), TR_CLASS_MASK(TR_DRIVER));
    CHECK_IS(tr_device_unwatch("drops"), 0);
    check_event_kind(&event, TR_EVENT_PROCESS_EXIT, __LINE__);
    CHECK_IS(event.cookie, 3);
    CHECK_IS(tr_event_wait(&event, TR_FOREVER), 1);
    CHECK_IS(event.kind, TR_EVENT_TIMER);
}

const struct check_case check_cases[] = {
    CHECK_ROW(TR_DRIVER, opens_no_longer_permitted_are_closed),
    CHECK_ROW(TR_DRIVER, an_exclusive_open_conflicts_with_every_other),
    CHECK_ROW(TR_DRIVER, only_the_driver_may_ask_who_holds),
    CHECK_ROW(TR_DRIVER, exposure_brings_devices_into_sight_and_out_of_it),
    CHECK_ROW(TR_DRIVER, a_prefix_is_whole_parts),
    CHECK_ROW(TR_DRIVER, who_drops_or_dies_has_acknowledged),
    CHECK_ROW(TR_DRIVER, the_events_of_dropped_listens_are_removed),
    CHECK_ROW(TR_DRIVER, all_else_stays),
    CHECK_END,
};
