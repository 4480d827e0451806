/* SPDX-License-Identifier: MIT */
/* Pipes under every schedule: two readers and two writers make two calls each, of all kinds, in
 * every order in which they can be made. A model that only knows the text of interface.md 7 says
 * after each call who is done, with what, and which bytes every reader has. */

#include "tests/share.h"
#include "unit.h"

#include <string.h>

#define PARTIES 4
#define CALLS   2
#define MOST    (3 * TR_PIPE_SIZE)

struct call {
    uint64_t size;
    uint32_t flags;
};

/* 0 and 1 write, 2 and 3 read. */
struct plan {
    const char *name;
    struct call calls[PARTIES][CALLS];
};

struct party {
    uint64_t pid;
    size_t made; /* calls begun */
    bool sleeps;
    int64_t result; /* of the last call, noted when it is over: later calls overwrite it */
    uint8_t bytes[CALLS][MOST];
};

/* ---- The model ------------------------------------------------------------------------------ */

struct transfer {
    size_t party, index; /* whose, and which call */
    uint64_t size, done;
    uint32_t flags;
};

struct model {
    uint8_t ring[TR_PIPE_SIZE];
    uint64_t bytes;
    struct transfer lines[2][PARTIES]; /* writers, readers: first come first */
    size_t waiting[2];
    bool sleeps[PARTIES];
    int64_t results[PARTIES];
    uint8_t read[PARTIES][CALLS][MOST];
};
static struct model model;
static struct party parties[PARTIES];

/* Each byte tells who has written it, in which call, and where in it. */
static uint8_t pattern(size_t party, size_t index, uint64_t at)
{
    return (uint8_t)(party * 101 + index * 53 + at * 31 + (at >> 7));
}

static void model_finish(size_t line, int64_t result)
{
    struct transfer *first = &model.lines[line][0];

    model.sleeps[first->party] = false;
    model.results[first->party] = result;
    model.waiting[line]--;
    memmove(first, first + 1, model.waiting[line] * sizeof *first);
}

/* One byte of the first writer, if there is room. */
static bool model_write_byte(void)
{
    struct transfer *first = &model.lines[0][0];

    if (model.waiting[0] == 0 || model.bytes == TR_PIPE_SIZE) {
        return false;
    }
    model.ring[model.bytes++] = pattern(first->party, first->index, first->done++);
    if (first->done == first->size) {
        model_finish(0, (int64_t)first->size);
    }
    return true;
}

static bool model_read_bytes(void)
{
    struct transfer *first = &model.lines[1][0];

    if (model.waiting[1] == 0 || model.bytes == 0) {
        return false;
    }
    uint64_t rest = first->size - first->done;
    uint64_t size = rest < model.bytes ? rest : model.bytes;
    memcpy(&model.read[first->party][first->index][first->done], model.ring, size);
    memmove(model.ring, model.ring + size, model.bytes - size);
    model.bytes -= size;
    first->done += size;
    if (first->done == first->size) {
        model_finish(1, (int64_t)first->size);
    }
    return true;
}

/* All that can move has moved: who takes less than all and has something is content. */
static bool model_settle(size_t line)
{
    const struct transfer *first = &model.lines[line][0];

    if (model.waiting[line] == 0 || (first->flags & TR_PARTIAL) == 0 || first->done == 0) {
        return false;
    }
    model_finish(line, (int64_t)first->done);
    return true;
}

static void model_pump(void)
{
    bool moved = true;

    while (moved) {
        moved = false;
        while (model_write_byte()) {
            moved = true;
        }
        moved = model_read_bytes() || moved;
        if (!moved) {
            moved = model_settle(1) || model_settle(0);
        }
    }
}

/* What could move for this side now, with what the sleepers of the other side have ready. */
static uint64_t model_ready(size_t line)
{
    uint64_t ready = line == 0 ? TR_PIPE_SIZE - model.bytes : model.bytes;

    for (size_t i = 0; i < model.waiting[1 - line]; i++) {
        ready += model.lines[1 - line][i].size - model.lines[1 - line][i].done;
    }
    return ready;
}

static void model_call(size_t who, size_t index, struct call call)
{
    size_t line = who / 2;
    uint64_t wanted = (call.flags & TR_PARTIAL) != 0 ? 1 : call.size;

    if (call.size == 0) {
        model.results[who] = 0;
        return;
    }
    if ((call.flags & TR_NOWAIT) != 0 && (model.waiting[line] > 0 || model_ready(line) < wanted)) {
        model.results[who] = TR_E_AGAIN;
        return;
    }
    model.lines[line][model.waiting[line]++] =
        (struct transfer){.party = who, .index = index, .size = call.size, .flags = call.flags};
    model.sleeps[who] = true;
    model_pump();
}

/* ---- The kernel beside it ------------------------------------------------------------------- */

static uint64_t keeper, pipe_id, schedules;

static void set_up(struct machine *machine)
{
    static const char *const names[PARTIES] = {"w0", "w1", "r0", "r1"};

    keeper = fake_process(machine, TR_DRIVER, "keeper");
    for (size_t i = 0; i < PARTIES; i++) {
        parties[i].pid = fake_process(machine, TR_DRIVER, names[i]);
    }
}

static int64_t ask(struct machine *machine, uint64_t pid, uint64_t number, uint64_t a, uint64_t b)
{
    return fake_call_as(machine, pid, number, a, b, 0, 0, 0, 0);
}

static void begin(struct machine *machine)
{
    uint64_t key;

    pipe_id = (uint64_t)ask(machine, keeper, TR_NR_pipe_create, FAKE_WORD(&key), 0);
    for (size_t i = 0; i < PARTIES; i++) {
        assert_int_equal(ask(machine, parties[i].pid, TR_NR_pipe_join, pipe_id, key), 0);
        parties[i].made = 0;
        parties[i].sleeps = false;
    }
    model.bytes = 0;
    memset(model.waiting, 0, sizeof model.waiting);
    memset(model.sleeps, 0, sizeof model.sleeps);
}

static void compare(struct machine *machine, const struct plan *plan)
{
    struct tr_pipe_info info;
    struct tr_thread_info thread;

    for (size_t i = 0; i < PARTIES; i++) {
        struct party *party = &parties[i];
        assert_true(kernel_thread_next(machine->kernel, party->pid, 0, &thread) > 0);
        if (party->sleeps && thread.state != TR_SLEEPING) {
            party->result = fake_result(machine, party->pid);
        }
        party->sleeps = thread.state == TR_SLEEPING;
        assert_int_equal(party->sleeps, model.sleeps[i]);
        if (party->made == 0 || party->sleeps) {
            continue;
        }
        int64_t result = party->result;
        assert_int_equal(result, model.results[i]);
        size_t index = party->made - 1;
        if (i >= 2 && result > 0) {
            assert_memory_equal(party->bytes[index], model.read[i][index], (size_t)result);
            for (uint64_t at = (uint64_t)result; at < plan->calls[i][index].size; at++) {
                assert_int_equal(party->bytes[index][at], 0xee);
            }
        }
    }
    assert_int_equal(ask(machine, keeper, TR_NR_pipe_info, pipe_id, FAKE_WORD(&info)), 0);
    assert_int_equal(info.bytes, model.bytes);
    assert_int_equal(info.sleepers, model.waiting[0] + model.waiting[1]);
}

static void make_call(struct machine *machine, const struct plan *plan, size_t who)
{
    struct party *party = &parties[who];
    size_t index = party->made++;
    struct call call = plan->calls[who][index];
    uint8_t *bytes = party->bytes[index];

    for (uint64_t at = 0; at < call.size; at++) {
        bytes[at] = who < 2 ? pattern(who, index, at) : 0xee;
    }
    model_call(who, index, call);
    party->result = fake_call_as(machine, party->pid, who < 2 ? TR_NR_pipe_write : TR_NR_pipe_read,
                                 pipe_id, FAKE_WORD(bytes), call.size, call.flags, 0, 0);
    party->sleeps = party->result == FAKE_SLEEPS;
    compare(machine, plan);
}

/* The keeper reads or writes until nobody sleeps; then all leave. */
static void end(struct machine *machine)
{
    static uint8_t scrap[TR_PIPE_SIZE];
    struct tr_event event;

    for (size_t i = 0; i < PARTIES; i++) {
        struct tr_thread_info thread = {0};
        while (kernel_thread_next(machine->kernel, parties[i].pid, 0, &thread) > 0 &&
               thread.state == TR_SLEEPING) {
            (void)fake_call_as(machine, keeper, i < 2 ? TR_NR_pipe_read : TR_NR_pipe_write, pipe_id,
                               FAKE_WORD(scrap), sizeof scrap, TR_NOWAIT | TR_PARTIAL, 0, 0);
        }
    }
    (void)ask(machine, keeper, TR_NR_pipe_release, pipe_id, 0);
    for (size_t i = 0; i < PARTIES; i++) {
        (void)ask(machine, parties[i].pid, TR_NR_pipe_release, pipe_id, 0);
        (void)ask(machine, parties[i].pid, TR_NR_event_poll, FAKE_WORD(&event), 0);
    }
}

/* One schedule: at step i the choice-th of those who can make a call makes it. Gives how many steps
 * there were, with the numbers of those that could have been chosen. */
static size_t run(struct machine *machine, const struct plan *plan, const size_t *choices,
                  size_t *possible)
{
    size_t step = 0;

    begin(machine);
    for (;;) {
        size_t able[PARTIES];
        size_t count = 0;
        for (size_t i = 0; i < PARTIES; i++) {
            if (!parties[i].sleeps && parties[i].made < CALLS) {
                able[count++] = i;
            }
        }
        if (count == 0) {
            break;
        }
        possible[step] = count;
        make_call(machine, plan, able[choices[step]]);
        step++;
    }
    end(machine);
    schedules++;
    return step;
}

/* Through all schedules, the last choice first. */
static void explore(struct machine *machine, const struct plan *plan)
{
    size_t choices[PARTIES * CALLS + 1] = {0};
    size_t possible[PARTIES * CALLS + 1];
    uint64_t before = schedules;

    for (;;) {
        size_t steps = run(machine, plan, choices, possible);
        while (steps > 0 && choices[steps - 1] + 1 == possible[steps - 1]) {
            choices[--steps] = 0;
        }
        if (steps == 0) {
            break;
        }
        choices[steps - 1]++;
    }
    print_message("%s: %llu schedules\n", plan->name, (unsigned long long)(schedules - before));
}

#define W TR_NOWAIT
#define P TR_PARTIAL

static const struct plan plans[] = {
    {"bytes", {{{1, 0}, {2, 0}}, {{3, 0}, {1, 0}}, {{2, 0}, {2, 0}}, {{1, 0}, {2, 0}}}},
    {"a ring more or less",
     {{{4095, 0}, {1, 0}}, {{4097, 0}, {4096, 0}}, {{4096, 0}, {4097, 0}}, {{4095, 0}, {1, 0}}}},
    {"many rings",
     {{{12288, 0}, {1, 0}}, {{5000, 0}, {7000, 0}}, {{9000, 0}, {6000, 0}}, {{1, 0}, {9288, 0}}}},
    {"more is written than read",
     {{{4000, 0}, {4000, 0}}, {{3000, 0}, {1, 0}}, {{100, 0}, {200, 0}}, {{4096, 0}, {1, 0}}}},
    {"more is read than written",
     {{{4000, 0}, {10, 0}}, {{300, 0}, {1, 0}}, {{3000, 0}, {2000, 0}}, {{4096, 0}, {1, 0}}}},
    {"nothing at all", {{{0, 0}, {1, 0}}, {{0, P}, {0, W}}, {{0, 0}, {1, 0}}, {{0, W}, {0, 0}}}},
    {"all at once or not",
     {{{4096, W}, {1, 0}}, {{4097, 0}, {100, W}}, {{4097, W}, {4096, 0}}, {{1, W}, {100, W}}}},
    {"what moves, after waiting",
     {{{5000, P}, {1, 0}}, {{4097, 0}, {100, P}}, {{4097, P}, {9000, P}}, {{1, 0}, {100, P}}}},
    {"what moves now",
     {{{5000, P | W}, {1, 0}},
      {{4097, 0}, {1, P | W}},
      {{4097, P | W}, {1, 0}},
      {{1, 0}, {100, P | W}}}},
    {"everything mixed",
     {{{8193, 0}, {4096, W}},
      {{4097, P}, {1, P | W}},
      {{4095, P}, {4096, W}},
      {{8192, 0}, {2, P | W}}}},
    {"sleepers promise much",
     {{{12288, 0}, {12288, W}},
      {{1, 0}, {12288, P | W}},
      {{12288, 0}, {8192, W}},
      {{1, P}, {12288, P}}}},
};

static void every_schedule_gives_what_the_text_says(void **state)
{
    struct machine *machine = *state;

    set_up(machine);
    for (size_t i = 0; i < sizeof plans / sizeof plans[0]; i += test_share()) {
        explore(machine, &plans[i]);
        unit_audit(machine);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT_TEST(every_schedule_gives_what_the_text_says),
    };

    return cmocka_run_group_tests_name("pipe_schedules", tests, NULL, NULL);
}
