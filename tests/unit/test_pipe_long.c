/* SPDX-License-Identifier: MIT */
/* Transfers that go in steps, and what others do between two of these: every order of a few
 * threads' calls and of the slices between them. When nothing goes on any more nobody may wait who
 * could be served, and the bytes lie where interface.md 7 says: readers one after the other have
 * what writers one after the other gave. The kernel checks its invariants after every entry. */

#include "tests/share.h"
#include "unit.h"

#include <string.h>

#include "kernel/pipe.h"
#include "kernel/state.h"

#define PARTIES   4
#define CALLS     3
#define SLICE     UINT64_C(10000000)
#define WORD      sizeof(uint64_t)
#define MEBIBYTE  (UINT64_C(1) << 20)
#define LONG      (2 * MEBIBYTE + 65536) /* the entry of its call does two steps of three */
#define MOST      (5 * MEBIBYTE)         /* of one party */
#define TURNS     128                    /* more choices than any schedule has */
#define UNTOUCHED UINT64_MAX

enum what {
    NOTHING, /* any more */
    READ,
    WRITE,
    RELEASE,
    END, /* the thread of party `of` */
    END_PROCESS,
    SUSPEND,
    RESUME,
    SUSPEND_PROCESS,
    RESUME_PROCESS,
};

struct call {
    enum what what;
    uint64_t size; /* a multiple of WORD */
    uint32_t flags;
    size_t of;
};

struct plan {
    const char *name;
    size_t process[PARTIES]; /* parties with the same number are threads of one process */
    struct call calls[PARTIES][CALLS];
    size_t slices; /* how often somebody loses the processor though he could go on */
};

/* A transfer that has begun. */
struct transfer {
    size_t party;
    uint64_t *words;
    uint64_t count; /* of words */
    bool is_over;
    int64_t result;
    uint64_t seen; /* of its words, in the end */
};

struct party {
    uint64_t pid, tid;
    size_t made;               /* calls begun */
    uint64_t moved;            /* bytes, by calls that are over */
    struct transfer *transfer; /* its last call, if that is one whose result is not known */
};

static struct {
    const struct plan *plan;
    struct machine *machine;
    uint64_t pipe;
    struct party parties[PARTIES];
    struct transfer written[PARTIES * CALLS], read[PARTIES * CALLS]; /* in order of arrival */
    size_t writes, reads;
    size_t slices; /* left */
} run;

static uint64_t words[PARTIES][MOST / WORD];
static uint8_t stacks[PARTIES][64] __attribute__((aligned(16)));

/* ---- Calls ---------------------------------------------------------------------------------- */

static struct transfer *transfer_begin(size_t who, const struct call *call)
{
    struct transfer *transfer =
        call->what == WRITE ? &run.written[run.writes++] : &run.read[run.reads++];

    *transfer = (struct transfer){
        .party = who,
        .words = words[who] + run.parties[who].moved / WORD,
        .count = call->size / WORD,
    };
    return transfer;
}

static uint64_t number_of(enum what what)
{
    static const uint64_t numbers[] = {
        [NOTHING] = TR_NR_thread_sleep,
        [READ] = TR_NR_pipe_read,
        [WRITE] = TR_NR_pipe_write,
        [RELEASE] = TR_NR_pipe_release,
        [END] = TR_NR_thread_terminate,
        [END_PROCESS] = TR_NR_process_terminate,
        [SUSPEND] = TR_NR_thread_suspend,
        [RESUME] = TR_NR_thread_resume,
        [SUSPEND_PROCESS] = TR_NR_process_suspend,
        [RESUME_PROCESS] = TR_NR_process_resume,
    };

    return numbers[what];
}

/* The running party's last call is over. */
static void note_result(struct party *party)
{
    struct transfer *transfer = party->transfer;

    if (transfer == NULL) {
        return;
    }
    transfer->is_over = true;
    transfer->result = run.machine->current->result;
    /* What it has not moved is the beginning of the party's next one. */
    transfer->count = transfer->result > 0 ? (uint64_t)transfer->result / WORD : 0;
    party->moved += transfer->count * WORD;
    party->transfer = NULL;
}

static void make_call(size_t who)
{
    static const struct call nothing = {.what = NOTHING};
    struct party *party = &run.parties[who];
    const struct call *call = party->made == CALLS ? &nothing : &run.plan->calls[who][party->made];
    const struct party *of = &run.parties[call->of];
    uint64_t given[6] = {of->pid, of->tid};

    note_result(party);
    party->made += party->made < CALLS;
    if (call->what == NOTHING) {
        given[0] = TR_FOREVER;
    } else if (call->what == RELEASE) {
        given[0] = run.pipe;
    } else if (call->what == READ || call->what == WRITE) {
        party->transfer = transfer_begin(who, call);
        given[0] = run.pipe;
        given[1] = FAKE_WORD(party->transfer->words);
        given[2] = call->size;
        given[3] = call->flags;
    } else if (call->what == END_PROCESS) {
        given[1] = 0;
    }
    run.machine->current = kernel_call(run.machine->kernel, number_of(call->what), given);
}

/* ---- When nothing goes on any more ---------------------------------------------------------- */

static struct thread *thread_of(size_t who)
{
    struct object *object = object_find(run.machine->kernel, OBJECT_THREAD, run.parties[who].tid);

    return object == NULL ? NULL : CONTAINER(object, struct thread, object);
}

/* A party waits in vain if there is something to move and not all that wait are suspended. */
static void nobody_waits_in_vain(const struct pipe *pipe)
{
    uint64_t bytes = pipe_ring_bytes(pipe);
    bool waits[2] = {false, false};
    bool may_run = false;

    for (size_t i = 0; i < PARTIES; i++) {
        const struct thread *thread = thread_of(i);
        if (thread != NULL && (pipe_is_moving(thread) || thread->wait == TR_WAIT_PIPE_READ ||
                               thread->wait == TR_WAIT_PIPE_WRITE)) {
            waits[run.plan->calls[i][run.parties[i].made - 1].what == WRITE] = true;
            may_run = may_run || thread_may_run(thread);
        }
    }
    if (may_run && ((waits[0] && bytes > 0) || (waits[1] && bytes < TR_PIPE_SIZE))) {
        fail_msg("%s: somebody waits who could be served", run.plan->name);
    }
}

/* The next word of the stream comes from the transfer that is being read, or from a later one if
 * that was ended. Gives which one it is, PARTIES * CALLS if from none. */
static size_t writer_of(size_t now, uint64_t word)
{
    while (now < run.writes) {
        struct transfer *transfer = &run.written[now];
        if (transfer->seen < transfer->count && transfer->words[transfer->seen] == word) {
            transfer->seen++;
            return now;
        }
        now++;
    }
    return PARTIES * CALLS;
}

static void transfer_is_as_told(const struct transfer *transfer)
{
    if (transfer->is_over) {
        assert_int_equal(transfer->seen, transfer->count);
    }
}

static void bytes_are_in_order(const struct pipe *pipe)
{
    size_t writer = 0;

    for (size_t i = 0; i < run.reads; i++) {
        struct transfer *transfer = &run.read[i];
        while (transfer->seen < transfer->count && transfer->words[transfer->seen] != UNTOUCHED) {
            writer = writer_of(writer, transfer->words[transfer->seen]);
            transfer->seen++;
            assert_true(writer < run.writes);
        }
        transfer_is_as_told(transfer);
    }
    for (uint64_t at = pipe->read; at < pipe->written; at += WORD) {
        uint64_t word;
        memcpy(&word, pipe->ring + at % TR_PIPE_SIZE, WORD);
        writer = writer_of(writer, word);
        assert_true(writer < run.writes);
    }
    for (size_t i = 0; i < run.writes; i++) {
        transfer_is_as_told(&run.written[i]);
    }
}

/* ---- Schedules ------------------------------------------------------------------------------ */

/* Each word of a writer's tells whose it is and where. */
static void words_fill(size_t who)
{
    uint64_t size = 0;
    bool is_writer = false;

    for (size_t i = 0; i < CALLS; i++) {
        size += run.plan->calls[who][i].size;
        is_writer = is_writer || run.plan->calls[who][i].what == WRITE;
    }
    assert_true(size <= MOST);
    for (uint64_t i = 0; i < size / WORD; i++) {
        words[who][i] = is_writer ? (uint64_t)who << 32 | i : UNTOUCHED;
    }
}

static void party_begin(size_t who, uint64_t key)
{
    struct party *party = &run.parties[who];
    size_t first = run.plan->process[who];
    struct tr_thread_info info;

    words_fill(who);
    if (first != who) {
        party->pid = run.parties[first].pid;
        party->tid = (uint64_t)fake_call_as(run.machine, party->pid, TR_NR_thread_create, 16, 0,
                                            FAKE_WORD(&stacks[who + 1]), 0, 0, 0);
        return;
    }
    party->pid = fake_process(run.machine, TR_SERVER, "party");
    party->tid = (uint64_t)kernel_thread_next(run.machine->kernel, party->pid, 0, &info);
    (void)fake_call_as(run.machine, party->pid, TR_NR_pipe_join, run.pipe, key, 0, 0, 0, 0);
}

/* The parties are members of a pipe together with a keeper, who does nothing. The first one has the
 * processor, the others come after it in order. */
static void begin(const struct plan *plan)
{
    uint64_t key;

    memset(&run, 0, sizeof(run));
    run.plan = plan;
    run.slices = test_share() == 1 ? plan->slices : 1;
    run.machine = fake_create(NULL);
    uint64_t keeper = fake_process(run.machine, TR_SERVER, "keeper");
    run.pipe = (uint64_t)fake_call_as(run.machine, keeper, TR_NR_pipe_create, FAKE_WORD(&key), 0, 0,
                                      0, 0, 0);
    for (size_t i = 0; i < PARTIES; i++) {
        party_begin(i, key);
    }
    (void)fake_call_as(run.machine, keeper, TR_NR_thread_sleep, TR_FOREVER, 0, 0, 0, 0, 0);
    while (kernel_current_tid(run.machine->kernel) != run.parties[0].tid) {
        (void)fake_call(run.machine, TR_NR_thread_yield, 0, 0, 0, 0, 0, 0);
    }
    for (size_t i = 1; i < PARTIES; i++) {
        thread_set_suspended(run.machine->kernel, thread_of(i), true);
        thread_set_suspended(run.machine->kernel, thread_of(i), false);
    }
}

static void end(void)
{
    void *state = run.machine;
    struct object *object = object_find(run.machine->kernel, OBJECT_PIPE, run.pipe);
    const struct pipe *pipe = CONTAINER(object, const struct pipe, object);

    assert_non_null(object);
    nobody_waits_in_vain(pipe);
    bytes_are_in_order(pipe);
    (void)unit_teardown(&state);
}

static void ring_timer(uint64_t passed)
{
    run.machine->time += passed;
    run.machine->deadline = TR_FOREVER;
    run.machine->current = kernel_timer(run.machine->kernel);
}

static size_t party_of(uint64_t tid)
{
    size_t who = 0;

    while (run.parties[who].tid != tid) {
        who++;
    }
    return who;
}

/* Nobody has the processor, nor would after a look at the clock. */
static bool is_idle(void)
{
    return kernel_current_tid(run.machine->kernel) == 0 &&
           run.machine->deadline > run.machine->time;
}

/* The thread that has the processor goes on with its call or makes the next one; or, if `loses`,
 * others of its class go first. */
static void turn(bool loses)
{
    if (loses) {
        run.slices--;
        ring_timer(SLICE);
    } else if (run.machine->current == NULL) {
        ring_timer(0);
    } else {
        make_call(party_of(kernel_current_tid(run.machine->kernel)));
    }
}

/* One schedule: at turn i the thread loses the processor if losses[i] says so. Gives how many turns
 * there were, and which of them could have been losses. */
static size_t schedule(const struct plan *plan, const bool *losses, bool *could_lose)
{
    size_t turns = 0;

    begin(plan);
    while (!is_idle()) {
        assert_true(turns < TURNS);
        could_lose[turns] = run.slices > 0 && kernel_current_tid(run.machine->kernel) != 0 &&
                            !list_is_empty(&run.machine->kernel->ready[TR_SERVER]);
        turn(could_lose[turns] && losses[turns]);
        turns++;
    }
    end();
    return turns;
}

/* Through all schedules of a plan, the last choice first. */
static void explore(void **state)
{
    const struct plan *plan = *state;
    bool losses[TURNS] = {false};
    bool could_lose[TURNS];
    uint64_t schedules = 0;
    size_t turns;

    do {
        turns = schedule(plan, losses, could_lose);
        schedules++;
        while (turns > 0 && (losses[turns - 1] || !could_lose[turns - 1])) {
            losses[--turns] = false;
        }
        if (turns > 0) {
            losses[turns - 1] = true;
        }
    } while (turns > 0);
    print_message("%llu schedules\n", (unsigned long long)schedules);
}

static struct plan plans[] = {
    {"another reader comes",
     {0, 1, 2, 3},
     {{{WRITE, 2 * LONG, 0, 0}}, {{READ, LONG, 0, 0}}, {{READ, LONG, 0, 0}}},
     2},
    {"another writer comes",
     {0, 1, 2, 3},
     {{{READ, 2 * LONG, 0, 0}}, {{WRITE, LONG, 0, 0}}, {{WRITE, LONG, 0, 0}}},
     2},
    {"the first of two readers is killed",
     {0, 1, 2, 3},
     {{{WRITE, 2 * LONG, 0, 0}},
      {{READ, LONG, 0, 0}},
      {{READ, LONG, 0, 0}},
      {{END_PROCESS, 0, 0, 1}}},
     2},
    {"a thread that writes is ended",
     {0, 1, 2, 1},
     {{{READ, 2 * LONG, 0, 0}},
      {{WRITE, LONG, 0, 0}},
      {{WRITE, 2 * LONG, 0, 0}},
      {{END, 0, 0, 1}, {WRITE, LONG, 0, 0}}},
     2},
    {"a process of two readers is killed",
     {0, 1, 1, 3},
     {{{WRITE, 2 * LONG, 0, 0}},
      {{READ, LONG, 0, 0}},
      {{READ, LONG, 0, 0}},
      {{END_PROCESS, 0, 0, 1}, {READ, LONG, 0, 0}}},
     2},
    {"a reader's process releases",
     {0, 1, 2, 1},
     {{{WRITE, 2 * LONG, 0, 0}},
      {{READ, LONG, 0, 0}, {READ, 4096, 0, 0}},
      {{READ, LONG, 0, 0}},
      {{RELEASE, 0, 0, 0}}},
     2},
    {"all but one release",
     {0, 1, 1, 0},
     {{{WRITE, 2 * LONG, 0, 0}},
      {{READ, LONG, 0, 0}},
      {{RELEASE, 0, 0, 0}},
      {{WRITE, LONG, TR_PARTIAL, 0}}},
     2},
    {"a reader is suspended for a while",
     {0, 1, 2, 3},
     {{{WRITE, 2 * LONG, 0, 0}},
      {{READ, LONG, 0, 0}},
      {{READ, LONG, 0, 0}},
      {{SUSPEND, 0, 0, 1}, {RESUME, 0, 0, 1}}},
     2},
    {"reader and writer are suspended, and another reader comes",
     {0, 1, 2, 3},
     {{{WRITE, LONG, 0, 0}},
      {{READ, LONG, 0, 0}},
      {{READ, LONG, 0, 0}},
      {{SUSPEND, 0, 0, 1}, {SUSPEND_PROCESS, 0, 0, 0}, {RESUME, 0, 0, 1}}},
     3},
    {"a process with both ends is suspended, and the writer stays so",
     {0, 0, 2, 3},
     {{{WRITE, LONG, 0, 0}},
      {{READ, LONG, 0, 0}},
      {{READ, LONG, 0, 0}},
      {{SUSPEND_PROCESS, 0, 0, 0}, {SUSPEND, 0, 0, 0}, {RESUME_PROCESS, 0, 0, 0}}},
     3},
    {"the reader is killed while the writer is suspended",
     {0, 1, 2, 3},
     {{{WRITE, LONG, 0, 0}},
      {{READ, LONG, 0, 0}},
      {{WRITE, 4096, 0, 0}},
      {{SUSPEND_PROCESS, 0, 0, 0}, {END_PROCESS, 0, 0, 1}}},
     2},
    {"some are content with less",
     {0, 1, 2, 3},
     {{{WRITE, LONG, TR_PARTIAL, 0}},
      {{READ, LONG, TR_PARTIAL, 0}},
      {{WRITE, LONG, 0, 0}},
      {{READ, LONG, TR_PARTIAL, 0}}},
     2},
    {"some may not wait",
     {0, 1, 2, 3},
     {{{WRITE, LONG, 0, 0}},
      {{READ, MEBIBYTE, TR_NOWAIT, 0}, {READ, LONG, 0, 0}},
      {{WRITE, MEBIBYTE, TR_NOWAIT, 0}, {WRITE, MEBIBYTE, TR_NOWAIT | TR_PARTIAL, 0}},
      {{READ, MEBIBYTE, TR_NOWAIT | TR_PARTIAL, 0}}},
     2},
};

/* ---- Plans that nobody has thought of ------------------------------------------------------- */

#define DRAWN 200

/* A number below n, from Knuth's 64-bit linear congruential generator (MMIX). */
static uint64_t draw(uint64_t n)
{
    static uint64_t state = 1;

    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (state >> 33) % n;
}

static struct call draw_call(enum what transfer, uint64_t *left)
{
    static const uint64_t sizes[] = {8, 4096, 5000, 65536, MEBIBYTE, LONG / 2, LONG, LONG};
    static const enum what others[] = {NOTHING, RELEASE, END,    END_PROCESS,     SUSPEND,
                                       SUSPEND, RESUME,  RESUME, SUSPEND_PROCESS, RESUME_PROCESS};
    struct call call = {.what = transfer, .of = draw(PARTIES)};

    if (draw(10) >= 6) {
        call.what = others[draw(sizeof(others) / sizeof(others[0]))];
        return call;
    }
    call.size = sizes[draw(sizeof(sizes) / sizeof(sizes[0]))];
    call.size = call.size < *left ? call.size : *left;
    *left -= call.size;
    call.flags = draw(3) == 0 ? (uint32_t)draw(4) : 0;
    return call;
}

static void whatever_threads_do_nobody_waits_in_vain(void **state)
{
    (void)state;
    for (size_t i = 0; i < DRAWN; i += test_share()) {
        struct plan plan = {.name = "drawn", .slices = 3 + draw(6)};
        bool losses[TURNS];
        bool could_lose[TURNS];
        for (size_t who = 0; who < PARTIES; who++) {
            uint64_t left = MOST;
            bool writes = who == 0 || (who > 1 && draw(2) == 0);
            plan.process[who] = who > 0 && draw(3) == 0 ? plan.process[draw(who)] : who;
            for (size_t k = 0; k < CALLS; k++) {
                plan.calls[who][k] = draw_call(writes ? WRITE : READ, &left);
            }
        }
        for (size_t turn_of = 0; turn_of < TURNS; turn_of++) {
            losses[turn_of] = draw(2) == 0;
        }
        (void)schedule(&plan, losses, could_lose);
    }
}

int main(void)
{
    struct CMUnitTest tests[sizeof(plans) / sizeof(plans[0]) + 1] = {
        cmocka_unit_test(whatever_threads_do_nobody_waits_in_vain),
    };

    for (size_t i = 0; i < sizeof(plans) / sizeof(plans[0]); i++) {
        tests[i + 1] = (struct CMUnitTest){
            .name = plans[i].name, .test_func = explore, .initial_state = &plans[i]};
    }
    return cmocka_run_group_tests_name("pipe_long", tests, NULL, NULL);
}
