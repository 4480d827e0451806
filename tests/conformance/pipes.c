/* SPDX-License-Identifier: MIT */
/* interface.md 7: pipes. A peer learns id and key by message. */

#include "check.h"

const char check_section[] = "pipes";

static struct check_ticket join(void)
{
    struct check_ticket ticket = check_receive_ticket();

    CHECK_IS(tr_pipe_join(ticket.id, ticket.key), 0);
    return ticket;
}

static void fill(uint8_t *bytes, size_t size, uint8_t first)
{
    for (size_t i = 0; i < size; i++) {
        bytes[i] = (uint8_t)(first + i);
    }
}

static bool is_filled(const uint8_t *bytes, size_t size, uint8_t first)
{
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != (uint8_t)(first + i)) {
            return false;
        }
    }
    return true;
}

static void all_of_the_ring_is_usable(void)
{
    static uint8_t bytes[TR_PIPE_SIZE], back[TR_PIPE_SIZE];
    struct check_ticket pipe = check_pipe();
    struct tr_pipe_info info;

    CHECK_IS(tr_pipe_info(pipe.id, &info), 0);
    CHECK(info.bytes == 0 && info.room == TR_PIPE_SIZE && info.members == 1);
    fill(bytes, sizeof bytes, 3);
    CHECK_IS(tr_pipe_write(pipe.id, bytes, sizeof bytes, 0), sizeof bytes);
    CHECK_IS(tr_pipe_info(pipe.id, &info), 0);
    CHECK(info.bytes == TR_PIPE_SIZE && info.room == 0 && info.sleepers == 0);
    CHECK_IS(tr_pipe_write(pipe.id, bytes, 1, TR_NOWAIT), TR_E_AGAIN);
    CHECK_IS(tr_pipe_read(pipe.id, back, sizeof back, 0), sizeof back);
    CHECK(is_filled(back, sizeof back, 3));
    CHECK_IS(tr_pipe_read(pipe.id, back, 1, TR_NOWAIT), TR_E_AGAIN);
}

static void bytes_wrap_in_the_ring(void)
{
    uint8_t bytes[1000], back[1000];
    struct check_ticket pipe = check_pipe();

    for (uint8_t round = 0; round < 50; round++) {
        fill(bytes, sizeof bytes, round);
        CHECK_IS(tr_pipe_write(pipe.id, bytes, sizeof bytes, 0), sizeof bytes);
        CHECK_IS(tr_pipe_read(pipe.id, back, sizeof back, 0), sizeof back);
        CHECK(is_filled(back, sizeof back, round));
    }
}

static int64_t writes_2000(uint64_t unused)
{
    uint8_t bytes[2000];
    struct check_ticket pipe = join();

    (void)unused;
    fill(bytes, sizeof bytes, (uint8_t)3000);
    CHECK_IS(tr_pipe_write(pipe.id, bytes, sizeof bytes, 0), sizeof bytes);
    return check_sleeper(0);
}

static void a_reader_and_a_writer_both_finish(void)
{
    static uint8_t bytes[4000];
    struct check_ticket pipe = check_pipe();

    fill(bytes, 3000, 0);
    CHECK_IS(tr_pipe_write(pipe.id, bytes, 3000, 0), 3000);
    (void)check_start_joiner(TR_APPLICATION, writes_2000, &pipe);
    check_settle();
    CHECK_IS(tr_pipe_read(pipe.id, bytes, 4000, 0), 4000);
    CHECK(is_filled(bytes, 4000, 0));
    CHECK_IS(tr_pipe_read(pipe.id, bytes, 1000, 0), 1000);
    CHECK(is_filled(bytes, 1000, (uint8_t)4000));
}

#define LONG 100000

static int64_t writes_long(uint64_t unused)
{
    struct check_ticket pipe = join();
    int64_t va = tr_memory_allocate(LONG / TR_PAGE_SIZE + 1, 0, TR_READ | TR_WRITE);
    uint8_t *bytes = (uint8_t *)(uintptr_t)va;

    (void)unused;
    CHECK(va > 0);
    fill(bytes, LONG, 0);
    CHECK_IS(tr_pipe_write(pipe.id, bytes, LONG, 0), LONG);
    return check_sleeper(0);
}

static void any_number_of_bytes_moves(void)
{
    struct check_ticket pipe = check_pipe();
    int64_t va = tr_memory_allocate(LONG / TR_PAGE_SIZE + 1, 0, TR_READ | TR_WRITE);
    uint8_t *bytes = (uint8_t *)(uintptr_t)va;

    CHECK(va > 0);
    (void)check_start_joiner(TR_SERVER, writes_long, &pipe);
    CHECK_IS(tr_pipe_read(pipe.id, bytes, LONG, 0), LONG);
    CHECK(is_filled(bytes, LONG, 0));
}

#define STEPS      (UINT64_C(9) << 18) /* bytes: more than move before others get a look */
#define STEPS_MORE (UINT64_C(1) << 19)

static uint64_t *allocate_words(uint64_t size)
{
    int64_t va =
        tr_memory_allocate((size + TR_PAGE_SIZE - 1) / TR_PAGE_SIZE, 0, TR_READ | TR_WRITE);

    CHECK(va > 0);
    return (uint64_t *)(uintptr_t)va;
}

static int64_t writes_in_steps(uint64_t unused)
{
    struct check_ticket pipe = join();
    uint64_t *words = allocate_words(STEPS + STEPS_MORE);

    (void)unused;
    for (uint64_t i = 0; i < (STEPS + STEPS_MORE) / sizeof(uint64_t); i++) {
        words[i] = i;
    }
    CHECK_IS(tr_pipe_write(pipe.id, words, STEPS + STEPS_MORE, 0), STEPS + STEPS_MORE);
    return check_sleeper(0);
}

static struct check_ticket shared;

static void reads_from(uint64_t size, uint64_t first)
{
    uint64_t *words = allocate_words(size);

    CHECK_IS(tr_pipe_read(shared.id, words, size, 0), size);
    for (uint64_t i = 0; i < size / sizeof(uint64_t); i++) {
        CHECK(words[i] == first + i);
    }
}

static int64_t reads_in_steps(uint64_t unused)
{
    (void)unused;
    reads_from(STEPS, 0);
    return 0;
}

static void what_goes_in_steps_arrives_whole_and_in_order(void)
{
    shared = check_pipe();
    uint64_t tid = check_told_thread(reads_in_steps, 0, 0);
    CHECK_IS(tr_thread_yield(), 0);
    (void)check_start_joiner(TR_APPLICATION, writes_in_steps, &shared);
    reads_from(STEPS_MORE, STEPS / sizeof(uint64_t));
    CHECK_IS(check_thread_code(tid), 0);
}

static void zero_bytes_return_at_once(void)
{
    struct check_ticket pipe = check_pipe();

    CHECK_IS(tr_pipe_read(pipe.id, NULL, 0, 0), 0);
    CHECK_IS(tr_pipe_write(pipe.id, NULL, 0, 0), 0);
}

static void nowait_is_all_or_again(void)
{
    uint8_t bytes[100] = {0};
    struct check_ticket pipe = check_pipe();
    struct tr_pipe_info info;

    CHECK_IS(tr_pipe_write(pipe.id, bytes, 50, TR_NOWAIT), 50);
    CHECK_IS(tr_pipe_read(pipe.id, bytes, 51, TR_NOWAIT), TR_E_AGAIN);
    CHECK_IS(tr_pipe_info(pipe.id, &info), 0);
    CHECK_IS(info.bytes, 50);
    CHECK_IS(tr_pipe_read(pipe.id, bytes, 50, TR_NOWAIT), 50);
}

#define AT_ONCE (UINT64_C(1) << 20) /* what may not wait moves no more */

static uint64_t *many; /* AT_ONCE + 1 bytes */

static void what_may_not_wait_is_a_megabyte_at_most(void)
{
    struct check_ticket pipe = check_pipe();

    many = allocate_words(AT_ONCE + 1);
    for (uint32_t flags = TR_NOWAIT; flags <= (TR_NOWAIT | TR_PARTIAL); flags += TR_PARTIAL) {
        CHECK_IS(tr_pipe_write(pipe.id, many, AT_ONCE + 1, flags), TR_E_TOOBIG);
        CHECK_IS(tr_pipe_read(pipe.id, many, AT_ONCE + 1, flags), TR_E_TOOBIG);
        CHECK_IS(tr_pipe_write(pipe.id, many, UINT64_MAX, flags), TR_E_TOOBIG);
    }
    CHECK_IS(tr_pipe_write(pipe.id, many, AT_ONCE, TR_NOWAIT), TR_E_AGAIN);
    CHECK_IS(tr_pipe_write(pipe.id, many, AT_ONCE, TR_NOWAIT | TR_PARTIAL), TR_PIPE_SIZE);
    CHECK_IS(tr_pipe_read(pipe.id, many, AT_ONCE, TR_NOWAIT), TR_E_AGAIN);
    CHECK_IS(tr_pipe_read(pipe.id, many, AT_ONCE, TR_NOWAIT | TR_PARTIAL), TR_PIPE_SIZE);
}

static int64_t reads_many(uint64_t unused)
{
    (void)unused;
    reads_from(AT_ONCE + TR_PIPE_SIZE, 0);
    return 0;
}

/* A long transfer does not move at once, so it would have to wait, whoever is at the other end; one
 * that is content with less is over after a megabyte. */
static int64_t moves_many_without_blocking(uint64_t unused)
{
    (void)unused;
    CHECK_IS(tr_pipe_write(shared.id, many, AT_ONCE + 1, TR_NOWAIT), TR_E_TOOBIG);
    CHECK_IS(tr_pipe_write(shared.id, many, AT_ONCE + 1, 0), TR_E_AGAIN);
    CHECK_IS(tr_pipe_write(shared.id, many, AT_ONCE + TR_PIPE_SIZE, TR_PARTIAL), AT_ONCE);
    CHECK_IS(tr_pipe_write(shared.id, many + AT_ONCE / sizeof(uint64_t), TR_PIPE_SIZE, 0),
             TR_PIPE_SIZE);
    return 0;
}

static void a_nonblocking_thread_moves_a_megabyte_at_most(void)
{
    shared = check_pipe();
    many = allocate_words(AT_ONCE + TR_PIPE_SIZE);
    for (uint64_t i = 0; i < (AT_ONCE + TR_PIPE_SIZE) / sizeof(uint64_t); i++) {
        many[i] = i;
    }
    uint64_t tid = check_told_thread(reads_many, 0, 0);
    CHECK_IS(tr_thread_yield(), 0);
    CHECK_IS(
        check_thread_code(check_told_thread(moves_many_without_blocking, 0, TR_THREAD_NOBLOCK)), 0);
    CHECK_IS(check_thread_code(tid), 0);
}

static void partial_takes_what_moves_at_once(void)
{
    uint8_t bytes[100] = {0};
    struct check_ticket pipe = check_pipe();

    CHECK_IS(tr_pipe_write(pipe.id, bytes, 30, 0), 30);
    CHECK_IS(tr_pipe_read(pipe.id, bytes, 100, TR_PARTIAL), 30);
    CHECK_IS(tr_pipe_read(pipe.id, bytes, 100, TR_PARTIAL | TR_NOWAIT), TR_E_AGAIN);
    CHECK_IS(tr_pipe_write(pipe.id, bytes, 10, 0), 10);
    CHECK_IS(tr_pipe_read(pipe.id, bytes, 100, TR_PARTIAL | TR_NOWAIT), 10);
}

static void unknown_flags_are_invalid(void)
{
    uint8_t byte = 0;
    struct check_ticket pipe = check_pipe();

    CHECK_IS(tr_pipe_read(pipe.id, &byte, 1, 4), TR_E_INVAL);
    CHECK_IS(tr_pipe_write(pipe.id, &byte, 1, 4), TR_E_INVAL);
}

static void strangers_see_nothing(void)
{
    uint8_t byte = 0;
    struct tr_pipe_info info;

    CHECK_IS(tr_pipe_read(77, &byte, 1, 0), TR_E_NOENT);
    CHECK_IS(tr_pipe_write(77, &byte, 1, 0), TR_E_NOENT);
    CHECK_IS(tr_pipe_info(77, &info), TR_E_NOENT);
    CHECK_IS(tr_pipe_release(77), TR_E_NOENT);
}

static void joining_again_is_exist(void)
{
    struct check_ticket pipe = check_pipe();

    CHECK_IS(tr_pipe_join(pipe.id, pipe.key), TR_E_EXIST);
}

static int64_t writes_and_leaves(uint64_t unused)
{
    struct check_ticket pipe = join();

    (void)unused;
    CHECK_IS(tr_pipe_write(pipe.id, "0123456789", 10, 0), 10);
    return 0;
}

static void bytes_outlive_their_writer_then_peer(void)
{
    uint8_t bytes[20];
    struct tr_event event;
    struct check_ticket pipe = check_pipe();
    uint64_t pid = check_start_joiner(TR_APPLICATION, writes_and_leaves, &pipe);

    check_event_kind(&event, TR_EVENT_PIPE_RELEASED, __LINE__);
    CHECK_IS(event.object, pipe.id);
    CHECK_IS(event.source_pid, pid);
    CHECK_IS(event.size, 1);
    CHECK_IS(event.flags, TR_EVENT_DIED);
    CHECK_IS(tr_pipe_read(pipe.id, bytes, 20, 0), 10);
    CHECK_IS(tr_pipe_read(pipe.id, bytes, 20, 0), TR_E_PEER);
    CHECK_IS(tr_pipe_write(pipe.id, bytes, 1, 0), TR_E_PEER);
}

static int64_t finds_nobody_without_blocking(uint64_t unused)
{
    (void)unused;
    CHECK_IS(tr_pipe_read(shared.id, many, AT_ONCE + TR_PIPE_SIZE, 0), 10);
    CHECK_IS(tr_pipe_read(shared.id, many, AT_ONCE + TR_PIPE_SIZE, 0), TR_E_PEER);
    CHECK_IS(tr_pipe_write(shared.id, many, AT_ONCE + TR_PIPE_SIZE, 0), TR_E_PEER);
    return 0;
}

static void a_nonblocking_thread_is_told_of_the_writers_end(void)
{
    struct tr_event event;
    shared = check_pipe();
    many = allocate_words(AT_ONCE + TR_PIPE_SIZE);
    (void)check_start_joiner(TR_APPLICATION, writes_and_leaves, &shared);
    check_event_kind(&event, TR_EVENT_PIPE_RELEASED, __LINE__);
    CHECK_IS(
        check_thread_code(check_told_thread(finds_nobody_without_blocking, 0, TR_THREAD_NOBLOCK)),
        0);
}

static int64_t joins_and_releases(uint64_t unused)
{
    struct check_ticket pipe = join();

    (void)unused;
    CHECK_IS(tr_pipe_release(pipe.id), 0);
    CHECK_IS(tr_pipe_release(pipe.id), TR_E_NOENT);
    return check_sleeper(0);
}

static void a_sleeping_reader_is_told_when_the_other_leaves(void)
{
    uint8_t byte;
    struct tr_event event;
    struct check_ticket pipe = check_pipe();

    (void)check_start_joiner(TR_APPLICATION, joins_and_releases, &pipe);
    CHECK_IS(tr_pipe_read(pipe.id, &byte, 1, 0), TR_E_PEER);
    check_event_kind(&event, TR_EVENT_PIPE_RELEASED, __LINE__);
    CHECK_IS(event.flags, 0);
}

static void a_later_join_revives(void)
{
    uint8_t bytes[10];
    struct check_ticket pipe = check_pipe();

    (void)check_start_joiner(TR_APPLICATION, joins_and_releases, &pipe);
    CHECK_IS(tr_pipe_read(pipe.id, bytes, 1, 0), TR_E_PEER);
    (void)check_start_joiner(TR_APPLICATION, writes_and_leaves, &pipe);
    check_settle();
    CHECK_IS(tr_pipe_read(pipe.id, bytes, 10, 0), 10);
}

static volatile int64_t thread_result;

static int64_t reads_10(uint64_t unused)
{
    uint8_t bytes[10];

    (void)unused;
    thread_result = tr_pipe_read(shared.id, bytes, 10, 0);
    return 0;
}

static void releasing_ends_the_own_sleepers(void)
{
    thread_result = 1000;
    shared = check_pipe();
    (void)check_thread(reads_10, 0);
    check_settle();
    CHECK_IS(tr_pipe_write(shared.id, "abc", 3, 0), 3);
    check_settle();
    CHECK_IS(thread_result, 1000);
    CHECK_IS(tr_pipe_release(shared.id), 0);
    check_settle();
    CHECK_IS(thread_result, 3);
    thread_result = 1000;
    shared = check_pipe();
    (void)check_thread(reads_10, 0);
    check_settle();
    CHECK_IS(tr_pipe_release(shared.id), 0);
    check_settle();
    CHECK_IS(thread_result, TR_E_NOENT);
}

static volatile uint64_t order[3];
static volatile uint64_t order_count;

static int64_t reads_in_line(uint64_t number)
{
    uint8_t bytes[4];

    CHECK_IS(tr_pipe_read(shared.id, bytes, 4, 0), 4);
    order[order_count] = number * 100 + bytes[0];
    order_count++;
    return 0;
}

static void readers_are_served_in_order_and_do_not_interleave(void)
{
    order_count = 0;
    shared = check_pipe();
    for (uint64_t number = 1; number <= 3; number++) {
        (void)check_thread(reads_in_line, number);
        check_settle();
    }
    for (uint8_t byte = 1; byte <= 12; byte++) {
        CHECK_IS(tr_pipe_write(shared.id, &byte, 1, 0), 1);
    }
    check_settle();
    CHECK_IS(order_count, 3);
    CHECK(order[0] == 101 && order[1] == 205 && order[2] == 309);
}

static void sleepers_are_counted(void)
{
    struct tr_pipe_info info;

    shared = check_pipe();
    (void)check_thread(reads_10, 0);
    (void)check_thread(reads_10, 0);
    check_settle();
    CHECK_IS(tr_pipe_info(shared.id, &info), 0);
    CHECK_IS(info.sleepers, 2);
    CHECK_IS(info.members, 1);
}

const struct check_case check_cases[] = {
    CHECK_ROW(TR_APPLICATION, all_of_the_ring_is_usable),
    CHECK_ROW(TR_APPLICATION, bytes_wrap_in_the_ring),
    CHECK_ROW(TR_SERVER, a_reader_and_a_writer_both_finish),
    CHECK_ROW(TR_SERVER, any_number_of_bytes_moves),
    CHECK_ROW(TR_SERVER, what_goes_in_steps_arrives_whole_and_in_order),
    CHECK_ROW(TR_APPLICATION, zero_bytes_return_at_once),
    CHECK_ROW(TR_APPLICATION, nowait_is_all_or_again),
    CHECK_ROW(TR_APPLICATION, what_may_not_wait_is_a_megabyte_at_most),
    CHECK_ROW(TR_APPLICATION, a_nonblocking_thread_moves_a_megabyte_at_most),
    CHECK_ROW(TR_APPLICATION, partial_takes_what_moves_at_once),
    CHECK_ROW(TR_APPLICATION, unknown_flags_are_invalid),
    CHECK_ROW(TR_APPLICATION, strangers_see_nothing),
    CHECK_ROW(TR_APPLICATION, joining_again_is_exist),
    CHECK_ROW(TR_SERVER, a_nonblocking_thread_is_told_of_the_writers_end),
    CHECK_ROW(TR_SERVER, bytes_outlive_their_writer_then_peer),
    CHECK_ROW(TR_SERVER, a_sleeping_reader_is_told_when_the_other_leaves),
    CHECK_ROW(TR_SERVER, a_later_join_revives),
    CHECK_ROW(TR_APPLICATION, releasing_ends_the_own_sleepers),
    CHECK_ROW(TR_APPLICATION, readers_are_served_in_order_and_do_not_interleave),
    CHECK_ROW(TR_APPLICATION, sleepers_are_counted),
    CHECK_END,
};
