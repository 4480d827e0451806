/* SPDX-License-Identifier: MIT */
/* interface.md 8: shared memory: create, join, info, release, seal. Lazy memory comes with its own
 * issue.
 */

#include "check.h"

const char check_section[] = "shared";

static uint64_t create(struct check_ticket *ticket, uint64_t pages, uint32_t prot)
{
    uint64_t va = 0;
    int64_t id = tr_shared_create(pages, prot, 0, &ticket->key, &va);

    CHECK_IS(id > 0 ? 0 : id, 0);
    CHECK(va != 0 && va % TR_PAGE_SIZE == 0);
    ticket->id = (uint64_t)id;
    return va;
}

static volatile uint8_t *bytes_at(uint64_t va)
{
    return (volatile uint8_t *)(uintptr_t)va;
}

static void it_is_zeroed_and_writable_for_its_creator(void)
{
    struct check_ticket ticket;
    struct tr_shared_info info;
    uint64_t va = create(&ticket, 3, TR_READ);

    for (size_t i = 0; i < 3 * TR_PAGE_SIZE; i++) {
        CHECK_IS(bytes_at(va)[i], 0);
        bytes_at(va)[i] = 1;
    }
    CHECK_IS(tr_shared_info(ticket.id, &info), 0);
    CHECK_IS(info.pages, 3);
    CHECK_IS(info.members, 1);
    CHECK_IS(info.prot, TR_READ);
    CHECK_IS(info.reserved, 0);
}

static int64_t adds_one(uint64_t unused)
{
    struct check_ticket ticket = check_receive_ticket();
    uint64_t va = 0;

    (void)unused;
    CHECK_IS(tr_shared_join(ticket.id, ticket.key, 0, TR_READ | TR_WRITE, &va), 2);
    CHECK_IS(bytes_at(va)[5000], 41);
    bytes_at(va)[5000]++;
    return 17;
}

static void members_see_the_same_bytes(void)
{
    struct check_ticket ticket;
    uint64_t va = create(&ticket, 2, TR_READ | TR_WRITE);

    bytes_at(va)[5000] = 41;
    EXPECT_CODE(check_watch_joiner(TR_APPLICATION, adds_one, &ticket), TR_EVENT_EXITED, 17);
    CHECK_IS(bytes_at(va)[5000], 42);
}

static int64_t joins_beyond(uint64_t unused)
{
    struct check_ticket ticket = check_receive_ticket();
    uint64_t va = 0;

    (void)unused;
    CHECK_IS(tr_shared_join(ticket.id, ticket.key, 0, TR_READ | TR_WRITE, &va), TR_E_PERM);
    CHECK_IS(tr_shared_join(ticket.id, ticket.key + 1, 0, TR_READ, &va), TR_E_ACCES);
    CHECK_IS(tr_shared_join(ticket.id + 9999, ticket.key, 0, TR_READ, &va), TR_E_ACCES);
    CHECK_IS(tr_shared_join(ticket.id, ticket.key, 0, TR_READ, &va), 1);
    CHECK_IS(tr_shared_join(ticket.id, ticket.key, 0, TR_READ, &va), TR_E_EXIST);
    CHECK_IS(tr_memory_protect(va, 1, TR_READ | TR_WRITE), TR_E_PERM);
    CHECK_IS(bytes_at(va)[0], 0);
    bytes_at(va)[0] = 1;
    return 17;
}

static void rights_beyond_the_granted_are_refused(void)
{
    struct check_ticket ticket;

    (void)create(&ticket, 1, TR_READ);
    EXPECT_CODE(check_watch_joiner(TR_APPLICATION, joins_beyond, &ticket), TR_EVENT_FAULTED,
                TR_FAULT_PROTECTION);
}

static int64_t joins_and_leaves(uint64_t unused)
{
    struct check_ticket ticket = check_receive_ticket();
    uint64_t va = 0;

    (void)unused;
    CHECK_IS(tr_shared_join(ticket.id, ticket.key, 0, TR_READ, &va), 1);
    (void)tr_thread_sleep((uint64_t)tr_clock() + 10000000);
    CHECK_IS(tr_shared_release(ticket.id), 0);
    CHECK_IS(tr_shared_release(ticket.id), TR_E_NOENT);
    CHECK_IS(tr_shared_info(ticket.id, &(struct tr_shared_info){0}), TR_E_NOENT);
    return bytes_at(va)[0];
}

static void a_release_unmaps_and_is_announced(void)
{
    struct check_ticket ticket;
    struct tr_event event;
    struct tr_shared_info info;

    (void)create(&ticket, 1, TR_READ);
    uint64_t pid = check_start_joiner(TR_APPLICATION, joins_and_leaves, &ticket);
    check_settle();
    CHECK_IS(tr_event_wait(&event, 0), TR_E_TIMEDOUT);
    CHECK_IS(tr_shared_info(ticket.id, &info), 0);
    CHECK_IS(info.members, 2);
    check_event_kind(&event, TR_EVENT_SHARED_RELEASED, __LINE__);
    CHECK_IS(event.object, ticket.id);
    CHECK_IS(event.source_pid, pid);
    CHECK_IS(event.size, 1);
    CHECK_IS(event.flags, 0);
    CHECK_IS(tr_shared_info(ticket.id, &info), 0);
    CHECK_IS(info.members, 1);
}

static int64_t outlives(uint64_t parent)
{
    struct check_ticket ticket = check_receive_ticket();
    uint64_t va = 0;

    CHECK_IS(tr_shared_join(ticket.id, ticket.key, 0, TR_READ, &va), 1);
    (void)tr_message_send(parent, NULL, 0, 1);
    (void)tr_thread_sleep((uint64_t)tr_clock() + 10000000);
    CHECK_IS(bytes_at(va)[7], 99);
    (void)tr_message_send(parent, NULL, 0, 2);
    return 0;
}

static void it_lives_until_its_last_member_leaves(void)
{
    struct check_ticket ticket;
    struct tr_event event;
    uint64_t va = create(&ticket, 1, TR_READ);

    bytes_at(va)[7] = 99;
    (void)check_start_joiner(TR_APPLICATION, outlives, &ticket);
    check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
    CHECK_IS(tr_shared_release(ticket.id), 0);
    check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
    CHECK_IS(event.cookie, 2);
}

#define MANY 600 /* pages: every call goes in steps */

/* Writes when it has joined, and again when the memory has been sealed. */
static int64_t writes_twice(uint64_t unused)
{
    struct check_ticket ticket = check_receive_ticket();
    uint64_t va = 0;

    (void)unused;
    CHECK_IS(tr_shared_join(ticket.id, ticket.key, 0, TR_READ | TR_WRITE, &va), MANY);
    for (uint64_t page = 0; page < MANY; page++) {
        CHECK_IS(bytes_at(va)[page * TR_PAGE_SIZE], page % 251);
        bytes_at(va)[page * TR_PAGE_SIZE]++;
    }
    (void)tr_thread_sleep((uint64_t)tr_clock() + 10000000);
    bytes_at(va)[(MANY - 1) * TR_PAGE_SIZE]++;
    return 17;
}

static void many_pages_are_joined_sealed_and_released(void)
{
    struct check_ticket ticket;
    struct tr_shared_info info;
    uint64_t va = create(&ticket, MANY, TR_READ | TR_WRITE);

    for (uint64_t page = 0; page < MANY; page++) {
        bytes_at(va)[page * TR_PAGE_SIZE] = (uint8_t)(page % 251);
    }
    uint64_t pid = check_watch_joiner(TR_APPLICATION, writes_twice, &ticket);
    check_settle();
    for (uint64_t page = 0; page < MANY; page++) {
        CHECK_IS(bytes_at(va)[page * TR_PAGE_SIZE], page % 251 + 1);
    }
    CHECK_IS(tr_shared_seal(ticket.id), 0);
    CHECK_IS(tr_shared_seal(ticket.id), TR_E_EXIST);
    CHECK_IS(tr_shared_info(ticket.id, &info), 0);
    CHECK_IS(info.prot, TR_READ);
    CHECK_IS(tr_memory_protect(va, MANY, TR_READ | TR_WRITE), TR_E_PERM);
    CHECK_IS(tr_memory_protect(va, MANY, TR_READ | TR_EXECUTE), 0);
    EXPECT_CODE(pid, TR_EVENT_FAULTED, TR_FAULT_PROTECTION);
    CHECK_IS(bytes_at(va)[(MANY - 1) * TR_PAGE_SIZE], (MANY - 1) % 251 + 1);
    CHECK_IS(tr_shared_release(ticket.id), 0);
    CHECK_IS(tr_shared_info(ticket.id, &info), TR_E_NOENT);
    CHECK_IS(tr_memory_release(va, 1), TR_E_FAULT);
}

#define MOVED_BYTES 9000

static uint8_t pattern(uint64_t i)
{
    return (uint8_t)(i * 7 + i / 256);
}

/* Takes two messages from the same memory: to 5000 behind where they come from, and before it. */
static int64_t takes_within(uint64_t unused)
{
    struct check_ticket ticket = check_receive_ticket();
    struct tr_event event;
    uint64_t va = 0, id = 0;

    (void)unused;
    CHECK_IS(tr_shared_join(ticket.id, ticket.key, 0, TR_READ | TR_WRITE, &va), 5);
    for (uint64_t to = 6000; to != 0; to = to == 6000 ? 500 : 0) {
        CHECK_IS(
            tr_message_reply_wait(id, NULL, 0, &event, (void *)(uintptr_t)(va + to), MOVED_BYTES),
            MOVED_BYTES);
        id = event.object;
        for (uint64_t i = 0; i < MOVED_BYTES; i++) {
            CHECK_IS(bytes_at(va + to)[i], pattern(i));
        }
    }
    CHECK_IS(tr_message_reply(id, NULL, 0), 0);
    return 5;
}

static void a_message_within_shared_memory_arrives_as_it_was(void)
{
    struct check_ticket ticket;
    uint64_t va = create(&ticket, 5, TR_READ | TR_WRITE);
    uint64_t pid = check_watch_joiner(TR_APPLICATION, takes_within, &ticket);

    check_settle();
    for (uint64_t from = 1000; from <= 1001; from++) {
        for (uint64_t i = 0; i < MOVED_BYTES; i++) {
            bytes_at(va + from)[i] = pattern(i);
        }
        CHECK_IS(tr_message_call(pid, (const void *)(uintptr_t)(va + from), MOVED_BYTES, NULL, 0,
                                 TR_FOREVER),
                 0);
    }
    EXPECT_CODE(pid, TR_EVENT_EXITED, 5);
}

static void bad_values_are_refused(void)
{
    uint64_t key, va = 0;

    CHECK_IS(tr_shared_create(0, TR_READ, 0, &key, &va), TR_E_INVAL);
    CHECK_IS(tr_shared_create(1, TR_WRITE, 0, &key, &va), TR_E_INVAL);
    CHECK_IS(tr_shared_create(1, 0x80, 0, &key, &va), TR_E_INVAL);
    CHECK_IS(tr_shared_create(1, TR_READ, 0x80, &key, &va), TR_E_INVAL);
    CHECK_IS(tr_shared_create(1, TR_READ | TR_WRITE | TR_EXECUTE, 0, &key, &va), TR_E_PERM);
    CHECK(tr_shared_create(UINT64_C(1) << 40, TR_READ, 0, &key, &va) < 0);
    CHECK_IS(tr_shared_info(999, &(struct tr_shared_info){0}), TR_E_NOENT);
}

const struct check_case check_cases[] = {
    CHECK_ROW(TR_APPLICATION, it_is_zeroed_and_writable_for_its_creator),
    CHECK_ROW(TR_SERVER, members_see_the_same_bytes),
    CHECK_ROW(TR_SERVER, rights_beyond_the_granted_are_refused),
    CHECK_ROW(TR_SERVER, a_release_unmaps_and_is_announced),
    CHECK_ROW(TR_SERVER, it_lives_until_its_last_member_leaves),
    CHECK_ROW(TR_SERVER, many_pages_are_joined_sealed_and_released),
    CHECK_ROW(TR_APPLICATION, a_message_within_shared_memory_arrives_as_it_was),
    CHECK_ROW(TR_APPLICATION, bad_values_are_refused),
    CHECK_END,
};
