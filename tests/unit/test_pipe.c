/* SPDX-License-Identifier: MIT */
/* Pipes: every interleaving of two readers and two writers, at sizes from 0 to three rings, with
 * each byte where it belongs; and the ends of members on the way. */

#include "tests/share.h"
#include "unit.h"

#include <string.h>

#define LARGEST (3 * TR_PIPE_SIZE)
#define PARTIES 4

struct party {
    uint64_t pid, size;
    bool sleeps;
    int64_t result;
    uint8_t bytes[LARGEST];
};

/* What is written, one byte after the other. */
static uint8_t stream[2 * LARGEST];

static struct party parties[PARTIES]; /* 0, 1 write; 2, 3 read */

/* All four, the pipe, and one more member so that nobody is ever the last. */
static uint64_t set_up(struct machine *machine)
{
    static const char *const names[PARTIES] = {"w0", "w1", "r0", "r1"};
    uint64_t key;
    uint64_t keeper = fake_process(machine, TR_DRIVER, "keeper");
    int64_t id = fake_call_as(machine, keeper, TR_NR_pipe_create, FAKE_WORD(&key), 0, 0, 0, 0, 0);

    assert_true(id > 0);
    for (size_t i = 0; i < sizeof stream; i++) {
        stream[i] = (uint8_t)(i * 131 >> 3);
    }
    for (size_t i = 0; i < PARTIES; i++) {
        parties[i].pid = fake_process(machine, TR_DRIVER, names[i]);
        assert_int_equal(
            fake_call_as(machine, parties[i].pid, TR_NR_pipe_join, (uint64_t)id, key, 0, 0, 0, 0),
            0);
    }
    return (uint64_t)id;
}

/* Whose call has ended? Asked after each call: a thread that runs on would make another. */
static void collect(struct machine *machine)
{
    struct tr_thread_info info;

    for (size_t i = 0; i < PARTIES; i++) {
        struct party *party = &parties[i];
        assert_true(kernel_thread_next(machine->kernel, party->pid, 0, &info) > 0);
        if (party->sleeps && info.state != TR_SLEEPING) {
            party->sleeps = false;
            party->result = fake_result(machine, party->pid);
        }
    }
}

static void move(struct machine *machine, uint64_t pipe, size_t who)
{
    struct party *party = &parties[who];

    party->result = fake_call_as(machine, party->pid, who < 2 ? TR_NR_pipe_write : TR_NR_pipe_read,
                                 pipe, FAKE_WORD(party->bytes), party->size, 0, 0, 0);
    party->sleeps = party->result == FAKE_SLEEPS;
    collect(machine);
}

/* One order of arrival. Writers give the stream in their order, readers get it in theirs. */
static void run_order(struct machine *machine, uint64_t pipe, const size_t order[PARTIES])
{
    uint64_t written = 0;
    uint64_t read = 0;

    for (size_t i = 0; i < PARTIES; i++) {
        struct party *party = &parties[order[i]];
        if (order[i] >= 2) {
            memset(party->bytes, 0, sizeof party->bytes);
            continue;
        }
        memcpy(party->bytes, stream + written, party->size);
        written += party->size;
    }
    for (size_t i = 0; i < PARTIES; i++) {
        move(machine, pipe, order[i]);
    }
    for (size_t i = 0; i < PARTIES; i++) {
        struct party *party = &parties[order[i]];
        assert_false(party->sleeps);
        assert_int_equal(party->result, party->size);
        if (order[i] >= 2) {
            assert_memory_equal(party->bytes, stream + read, party->size);
            read += party->size;
        }
    }
    assert_int_equal(read, written);
}

static void all_orders(struct machine *machine, uint64_t pipe)
{
    for (size_t code = 0; code < 24; code++) {
        size_t rest[PARTIES] = {0, 1, 2, 3};
        size_t order[PARTIES];
        size_t number = code;
        for (size_t i = 0; i < PARTIES; i++) {
            size_t pick = number % (PARTIES - i);
            number /= PARTIES - i;
            order[i] = rest[pick];
            memmove(&rest[pick], &rest[pick + 1], (PARTIES - 1 - pick) * sizeof rest[0]);
        }
        run_order(machine, pipe, order);
    }
}

static void transfers_of_any_size_keep_every_byte_in_every_order(void **state)
{
    static const uint64_t sizes[] = {0,    1,    2,    100,  4095, 4096,
                                     4097, 5000, 8191, 8192, 8193, LARGEST};
    const size_t count = sizeof sizes / sizeof sizes[0];
    struct machine *machine = *state;
    uint64_t pipe = set_up(machine);

    for (size_t a = 0; a < count; a++) {
        for (size_t b = a % test_share(); b < count; b += test_share()) {
            uint64_t total = sizes[a] + sizes[b];
            uint64_t first = total * ((a * 5 + b * 3) % 7) / 6;
            parties[0].size = sizes[a];
            parties[1].size = sizes[b];
            parties[2].size = first > LARGEST ? LARGEST : first;
            parties[3].size = total - parties[2].size;
            if (parties[3].size > LARGEST) {
                parties[3].size = LARGEST;
                parties[2].size = total - LARGEST;
            }
            all_orders(machine, pipe);
        }
        unit_audit(machine);
    }
}

static void every_size_goes_through_unchanged(void **state)
{
    struct machine *machine = *state;
    uint64_t pipe = set_up(machine);
    const size_t write_first[PARTIES] = {0, 2, 1, 3};
    const size_t read_first[PARTIES] = {2, 0, 3, 1};

    for (uint64_t size = 0; size <= LARGEST; size += test_share()) {
        for (size_t i = 0; i < PARTIES; i++) {
            parties[i].size = i % 2 == 0 ? size : LARGEST - size;
        }
        run_order(machine, pipe, write_first);
        run_order(machine, pipe, read_first);
    }
}

static int64_t call_pipe(struct machine *machine, size_t who, uint64_t number, uint64_t pipe,
                         uint64_t size, uint32_t flags)
{
    return fake_call_as(machine, parties[who].pid, number, pipe, FAKE_WORD(parties[who].bytes),
                        size, flags, 0, 0);
}

static void nowait_moves_all_or_nothing(void **state)
{
    struct machine *machine = *state;
    uint64_t pipe = set_up(machine);

    assert_int_equal(call_pipe(machine, 0, TR_NR_pipe_write, pipe, 4096, TR_NOWAIT), 4096);
    assert_int_equal(call_pipe(machine, 0, TR_NR_pipe_write, pipe, 1, TR_NOWAIT), TR_E_AGAIN);
    assert_int_equal(call_pipe(machine, 2, TR_NR_pipe_read, pipe, 4097, TR_NOWAIT), TR_E_AGAIN);
    assert_int_equal(call_pipe(machine, 2, TR_NR_pipe_read, pipe, 4096, TR_NOWAIT), 4096);
    assert_int_equal(call_pipe(machine, 2, TR_NR_pipe_read, pipe, 1, TR_NOWAIT), TR_E_AGAIN);
}

static void partial_takes_what_is_there(void **state)
{
    struct machine *machine = *state;
    uint64_t pipe = set_up(machine);

    assert_int_equal(call_pipe(machine, 0, TR_NR_pipe_write, pipe, 5000, TR_PARTIAL), 4096);
    assert_int_equal(call_pipe(machine, 2, TR_NR_pipe_read, pipe, 5000, TR_PARTIAL), 4096);
    assert_int_equal(call_pipe(machine, 2, TR_NR_pipe_read, pipe, 5000, TR_PARTIAL | TR_NOWAIT),
                     TR_E_AGAIN);
    assert_int_equal(call_pipe(machine, 2, TR_NR_pipe_read, pipe, 5000, TR_PARTIAL), FAKE_SLEEPS);
    assert_int_equal(call_pipe(machine, 0, TR_NR_pipe_write, pipe, 7, 0), 7);
    assert_int_equal(fake_result(machine, parties[2].pid), 7);
}

static void a_killed_writer_leaves_what_it_has_moved(void **state)
{
    struct machine *machine = *state;
    uint64_t pipe = set_up(machine);

    assert_int_equal(call_pipe(machine, 0, TR_NR_pipe_write, pipe, 9000, 0), FAKE_SLEEPS);
    assert_int_equal(call_pipe(machine, 1, TR_NR_pipe_write, pipe, 50, 0), FAKE_SLEEPS);
    assert_int_equal(fake_call_as(machine, parties[3].pid, TR_NR_process_terminate, parties[0].pid,
                                  0, 0, 0, 0, 0),
                     0);
    assert_int_equal(call_pipe(machine, 2, TR_NR_pipe_read, pipe, 4146, 0), 4146);
    assert_int_equal(fake_result(machine, parties[1].pid), 50);
}

#define LONG (2 * (UINT64_C(1) << 20) + 8192) /* more than moves in the entry of its call */

static void reads_long(struct machine *machine, uint64_t pid, uint64_t pipe, uint8_t *bytes)
{
    memset(bytes, 0xee, LONG);
    assert_int_equal(
        fake_call_as(machine, pid, TR_NR_pipe_read, pipe, FAKE_WORD(bytes), LONG, 0, 0, 0),
        FAKE_SLEEPS);
}

/* Two threads of a process stand in line when it is killed: what the first one has not got is not
 * lost in the second, which ends with it. */
static void a_process_that_ends_takes_no_more_bytes(void **state)
{
    static uint8_t bytes[2 * LONG], first[LONG], second[LONG], other[LONG];
    static _Alignas(16) uint8_t stack[64];
    struct machine *machine = *state;
    uint64_t pipe = set_up(machine);
    const uint64_t words[6] = {pipe, FAKE_WORD(bytes), sizeof bytes};
    size_t moved = 0;

    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(i % 229);
    }
    assert_true(fake_turn(machine, parties[2].pid));
    assert_true(CALL4(machine, thread_create, 16, 0, FAKE_WORD(stack + sizeof stack), 0) > 0);
    reads_long(machine, parties[2].pid, pipe, first);
    reads_long(machine, parties[2].pid, pipe, second);
    reads_long(machine, parties[3].pid, pipe, other);
    assert_true(fake_turn(machine, parties[0].pid));
    machine->current = kernel_call(machine->kernel, TR_NR_pipe_write, words);
    assert_null(machine->current);
    assert_true(kernel_kill(machine->kernel, parties[2].pid));
    fake_pass(machine, machine->time);
    while (moved < LONG && first[moved] != 0xee) {
        moved++;
    }
    assert_in_range(moved, 1, LONG - 1);
    assert_int_equal(second[0], 0xee);
    assert_memory_equal(other, bytes + moved, LONG);
}

/* A writer sleeps whose memory ends in the middle of what would fit into the ring. What is before
 * that moves, so that a reader who may not wait has what was promised. */
static void a_writers_good_memory_moves_to_its_end(void **state)
{
    static _Alignas(16) uint8_t stack[64];
    struct machine *machine = *state;
    uint64_t pipe = set_up(machine);
    uint64_t writer = parties[0].pid;
    const uint64_t good = 2 * TR_PAGE_SIZE - 1000;

    assert_true(fake_turn(machine, writer));
    uint64_t va = (uint64_t)CALL3(machine, memory_allocate, 3, 0, TR_READ | TR_WRITE);
    uint8_t *bytes = fake_user(machine, writer, va, 2 * TR_PAGE_SIZE, HAL_WRITE);
    assert_non_null(bytes);
    memcpy(bytes, stream, 2 * TR_PAGE_SIZE);
    assert_true(CALL4(machine, thread_create, 16, 0, FAKE_WORD(stack + sizeof stack), 0) > 0);
    struct hal_context *context = machine->current;
    assert_int_equal(CALL4(machine, pipe_write, pipe, va + 1000, 10000, 0), FAKE_SLEEPS);
    assert_int_equal(
        fake_call_as(machine, writer, TR_NR_memory_release, va + 2 * TR_PAGE_SIZE, 1, 0, 0, 0, 0),
        0);
    assert_int_equal(call_pipe(machine, 2, TR_NR_pipe_read, pipe, TR_PIPE_SIZE + 500, TR_NOWAIT),
                     TR_PIPE_SIZE + 500);
    assert_int_equal(context->result, good);
    assert_int_equal(call_pipe(machine, 3, TR_NR_pipe_read, pipe, LARGEST, TR_NOWAIT | TR_PARTIAL),
                     good - TR_PIPE_SIZE - 500);
    assert_memory_equal(parties[2].bytes, stream + 1000, TR_PIPE_SIZE + 500);
    assert_memory_equal(parties[3].bytes, stream + 1500 + TR_PIPE_SIZE, good - TR_PIPE_SIZE - 500);
}

static void bad_words_are_refused(void **state)
{
    struct machine *machine = *state;
    uint64_t pipe = set_up(machine);

    assert_int_equal(call_pipe(machine, 0, TR_NR_pipe_write, pipe, 1, 4), TR_E_INVAL);
    assert_int_equal(call_pipe(machine, 0, TR_NR_pipe_write, pipe + 1, 1, 0), TR_E_NOENT);
    assert_int_equal(call_pipe(machine, 0, TR_NR_pipe_write, pipe, UINT64_MAX, 0), TR_E_FAULT);
    assert_int_equal(fake_call_as(machine, parties[0].pid, TR_NR_pipe_read, pipe, 8, 1, 0, 0, 0),
                     TR_E_FAULT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT_TEST(transfers_of_any_size_keep_every_byte_in_every_order),
        UNIT_TEST(every_size_goes_through_unchanged),
        UNIT_TEST(nowait_moves_all_or_nothing),
        UNIT_TEST(partial_takes_what_is_there),
        UNIT_TEST(a_killed_writer_leaves_what_it_has_moved),
        UNIT_TEST(a_process_that_ends_takes_no_more_bytes),
        UNIT_TEST(a_writers_good_memory_moves_to_its_end),
        UNIT_TEST(bad_words_are_refused),
    };

    return cmocka_run_group_tests_name("pipe", tests, NULL, NULL);
}
