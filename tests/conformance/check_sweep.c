/* SPDX-License-Identifier: MIT */
/* Sweeps over the cases of a section, in the kit. Whatever the cases make of what befalls them, the
 * kernel's invariants hold after every entry (the kit checks them), the audit is clean, and when
 * everybody has ended nothing is left.
 *
 *   memory  the k-th allocation fails, alone and with all after it, for every k
 *   kill    each party is killed before every call
 *
 * All of them where a case makes few calls; where it makes many, as many as keep the sum of the
 * calls of its repetitions below BUDGET (or a share of it): half of them the first ones, the others
 * spread evenly. Of cases with more than LARGE the invariants are not checked after every entry,
 * but at the end. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check_kit.h"
#include "tests/share.h"

#define BUDGET          UINT64_C(100000)
#define FEWEST          UINT64_C(8)
#define FEWEST_OF_SHARE UINT64_C(2)
#define RAM_OF_SHARE    UINT64_C(4194304) /* cases that take all memory take less */
#define LARGE           UINT64_C(3000)
#define VICTIMS         3
#define AFTERMATH       UINT64_C(2000000)
#define PATIENCE        UINT64_C(20000000)
#define LONGEST_NS      UINT64_C(600000000000)

struct run {
    const struct check_case *row;
    uint64_t pid, harness;    /* the case and who waits for its end */
    uint64_t fail_at;         /* this allocation fails; 0: none */
    bool onwards;             /* and all after it */
    uint64_t kill_at, victim; /* before this call, the victim-th process is killed; 0: none */
    bool is_large;            /* no invariants after every entry */
    uint64_t time;            /* most of it that the case gets */
    uint64_t allocations, calls, end; /* how much there was, and when it ended */
};

/* Lets the case begin once its end is watched for, so that what fails is the case's. */
static int64_t harness(void *argument)
{
    struct run *run = argument;
    struct tr_event event = {0};

    (void)tr_process_watch(run->pid, 0);
    (void)tr_kit_fail_allocation(check_kit, run->fail_at, run->onwards);
    (void)tr_process_resume(run->pid);
    while (event.kind != TR_EVENT_PROCESS_EXIT && tr_event_wait(&event, run->time) == 1) {
    }
    run->end = (uint64_t)tr_clock();
    run->allocations = tr_kit_fail_allocation(check_kit, 0, false);
    (void)tr_thread_sleep(run->end + AFTERMATH);
    tr_kit_pause(check_kit);
    return 0;
}

/* The process after `count` others, the harness not counted; 0: there are not so many. */
static uint64_t pid_of(const struct run *run, uint64_t count)
{
    struct tr_process_info info;

    for (uint64_t pid = 1; pid < 64; pid++) {
        if (pid != run->harness && tr_kit_info(check_kit, pid, &info)) {
            if (count == 0) {
                return pid;
            }
            count--;
        }
    }
    return 0;
}

static bool is_destroyed;

/* Its processes run until the end, so check_kit stays what it is. */
static void destroy(void)
{
    is_destroyed = true;
    tr_kit_destroy(check_kit);
}

static void execute(struct run *run)
{
    check_kit_begin(
        &(const struct tr_kit_options){.no_trace = true,
                                       .no_invariant_checks = run->is_large,
                                       .ram_bytes = test_share() == 1 ? 0 : RAM_OF_SHARE});
    is_destroyed = false;
    run->pid =
        tr_kit_process_with(check_kit, run->row->process_class, "case", check_kit_case,
                            (void *)(uintptr_t)run->row, run->row->flags | TR_SPAWN_SUSPENDED, 0);
    run->harness = tr_kit_process(check_kit, TR_DRIVER, "harness", harness, run);
    (void)tr_kit_pause_at_call(check_kit, run->kill_at);
    enum tr_kit_end end = tr_kit_run_until(check_kit, LONGEST_NS);
    if (run->kill_at != 0 && end == TR_KIT_PAUSED) {
        uint64_t pid = pid_of(run, run->victim);
        if (pid != 0 && run->end == 0) {
            (void)tr_kit_kill(check_kit, pid);
            tr_kit_audit(check_kit);
            end = tr_kit_run_until(check_kit, LONGEST_NS);
        }
    }
    run->calls = tr_kit_pause_at_call(check_kit, 0);
    (void)tr_kit_fail_allocation(check_kit, 0, false);
    if (end != TR_KIT_PAUSED && end != TR_KIT_STOPPED) {
        fail_msg("%s: %s does not end (%d)", check_section, run->row->name, (int)end);
    }
    tr_kit_audit(check_kit);
    destroy();
}

/* What there is to go through when nothing goes wrong. */
static struct run measure(const struct check_case *row)
{
    struct run run = {.row = row, .time = LONGEST_NS / 2};

    execute(&run);
    return run;
}

/* The one after k of those that are tried out of `count`. */
static uint64_t next_sample(const struct run *clean, uint64_t k, uint64_t count)
{
    uint64_t share = test_share();
    uint64_t samples = BUDGET / share / (clean->calls + clean->allocations + 1);
    uint64_t fewest = share == 1 ? FEWEST : FEWEST_OF_SHARE;

    if (samples < fewest) {
        samples = fewest;
    }
    if (count <= samples || k < samples / 2) {
        return k + 1;
    }
    return k + (count - samples / 2 + samples / 2 - 1) / (samples / 2);
}

static void describe(const struct run *run)
{
    fprintf(stderr, "with fail_at %" PRIu64 "%s, kill_at %" PRIu64 " of victim %" PRIu64 "\n",
            run->fail_at, run->onwards ? " and on" : "", run->kill_at, run->victim);
}

static struct run current; /* kept for the words about a failure */

static int report(void **state)
{
    (void)state;
    if (current.row != NULL) {
        describe(&current);
        current.row = NULL;
    }
    if (!is_destroyed) {
        destroy();
    }
    return 0;
}

static void repeat(const struct run *clean, struct run run)
{
    run.row = clean->row;
    run.is_large = clean->calls + clean->allocations > LARGE;
    run.time = clean->end + PATIENCE;
    current = run;
    execute(&run);
    current.row = NULL;
}

static void sweep_memory(void **state)
{
    const struct run clean = measure(*state);

    for (uint64_t k = 1; k <= clean.allocations; k = next_sample(&clean, k, clean.allocations)) {
        repeat(&clean, (struct run){.fail_at = k});
        repeat(&clean, (struct run){.fail_at = k, .onwards = true});
    }
}

static void sweep_kill(void **state)
{
    const struct run clean = measure(*state);

    for (uint64_t victim = 0; victim < VICTIMS; victim++) {
        for (uint64_t k = 1; k <= clean.calls; k = next_sample(&clean, k, clean.calls)) {
            repeat(&clean, (struct run){.kill_at = k, .victim = victim});
        }
    }
}

int main(int argc, char **argv)
{
    static struct CMUnitTest tests[512];
    size_t count = 0;
    bool is_kill = argc > 1 && strcmp(argv[1], "kill") == 0;

    for (size_t i = 0; check_cases[i].name != NULL; i++) {
        if (check_cases[i].where != CHECK_PROGRAM_ONLY) {
            tests[count++] =
                (struct CMUnitTest){.name = check_cases[i].name,
                                    .test_func = is_kill ? sweep_kill : sweep_memory,
                                    .teardown_func = report,
                                    .initial_state = (void *)(uintptr_t)&check_cases[i]};
        }
    }
    if (argc > 2) {
        cmocka_set_test_filter(argv[2]);
    }
    return _cmocka_run_group_tests(check_section, tests, count, NULL, NULL);
}
