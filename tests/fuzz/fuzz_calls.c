/* SPDX-License-Identifier: MIT */
/* libFuzzer target: sequences of calls, faults, interrupts and time by processes of all classes.
 * Every invariant is checked after every entry; at the end everybody is ended and nothing may be
 * left. How bytes become operations stands in sequence.h. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sequence.h"
#include "tests/fake/fake.h"

#define RAM_PAGES       1024
#define PROCESSES       6
#define SLOTS           8
#define OPERATIONS_MOST 400

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

struct run {
    struct machine *machine;
    const uint8_t *bytes;
    size_t size, at;
    uint64_t pids[PROCESSES];
    uint64_t slots[SLOTS]; /* results of the last calls */
    size_t slot;
    uint8_t *arena;
};

static uint8_t next_byte(struct run *run)
{
    return run->at < run->size ? run->bytes[run->at++] : 0;
}

static uint64_t next_word(struct run *run)
{
    static const uint64_t extremes[8] = {UINT64_MAX,        UINT64_MAX - 7,  UINT64_C(1) << 63,
                                         INT64_MAX,         TR_MESSAGE_MAX,  TR_PAGE_SIZE,
                                         UINT64_C(1) << 32, FAKE_WINDOW_BASE};
    uint8_t tag = next_byte(run);
    uint8_t number = tag >> 3;
    uint64_t word = 0;

    switch ((enum sequence_word)(tag & 7)) {
    case SEQUENCE_ZERO:
        return 0;
    case SEQUENCE_SMALL:
        return number;
    case SEQUENCE_POINTER:
        return FAKE_WORD(run->arena) + number * SEQUENCE_STRIDE;
    case SEQUENCE_RESULT:
        return run->slots[number % SLOTS];
    case SEQUENCE_LARGE:
        return (uint64_t)number << SEQUENCE_SHIFT;
    case SEQUENCE_PID:
        return run->pids[number % PROCESSES];
    case SEQUENCE_RAW:
        for (int i = 0; i < 8; i++) {
            word = word << 8 | next_byte(run);
        }
        return word;
    case SEQUENCE_EXTREME:
        break;
    }
    return extremes[number % 8];
}

static void operate(struct run *run)
{
    struct machine *machine = run->machine;
    uint8_t operation = next_byte(run);
    uint64_t words[6];

    if (operation < SEQUENCE_OTHERS) {
        uint64_t number = operation % TR_CALL_LIMIT;
        bool turn = fake_turn(machine, run->pids[next_byte(run) % PROCESSES]);
        for (size_t i = 0; i < 6; i++) {
            words[i] = next_word(run);
        }
        if (turn || machine->current != NULL) {
            run->slots[run->slot++ % SLOTS] = (uint64_t)fake_call(
                machine, number, words[0], words[1], words[2], words[3], words[4], words[5]);
        }
    } else if (operation < SEQUENCE_RAISE) {
        fake_pass(machine, machine->time + (uint64_t)next_byte(run) * 1000000);
    } else if (operation < SEQUENCE_FAULT) {
        fake_raise(machine, next_byte(run) % HAL_IRQ_LINES);
    } else if (machine->current != NULL) {
        fake_fault(machine, (enum tr_fault)(next_byte(run) % 7 + 1), next_word(run));
    }
}

static void audit(struct machine *machine, const char *when)
{
    char text[256];

    if (kernel_audit(machine->kernel, text, sizeof text) != 0) {
        fprintf(stderr, "audit %s: %s\n", when, text);
        abort();
    }
}

/* Ends everybody, if the sequence has left enough for one more process. */
static void end_all(struct machine *machine)
{
    const struct kernel_host_process probe = {.name = "probe", .process_class = TR_DRIVER};
    struct kernel_census census;
    struct hal_context *context;

    if (machine->stopped || kernel_host_process(machine->kernel, &probe, &context) < 0) {
        return;
    }
    machine->current = kernel_next(machine->kernel);
    fake_end_all(machine);
    kernel_trim(machine->kernel);
    audit(machine, "at the end");
    kernel_census(machine->kernel, &census);
    if (census.processes + census.threads + census.messages + census.pipes + census.shareds +
            census.devices + census.watches + census.timers + census.claims + census.frames_user !=
        0) {
        fputs("something is left after everybody has ended\n", stderr);
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const char *const names[PROCESSES] = {"one", "two", "one", "two", "log", "six"};
    const struct kernel_config config = {.invariants = true, .no_log_needed = true};
    struct run run = {.machine = fake_create_bare(RAM_PAGES), .bytes = bytes, .size = size};

    run.machine->kernel = kernel_create(run.machine, &config);
    run.arena = calloc(1, SEQUENCE_ARENA);
    if (run.machine->kernel == NULL || run.arena == NULL) {
        abort();
    }
    memcpy(run.arena, SEQUENCE_TEXT, sizeof SEQUENCE_TEXT);
    run.machine->host_first = FAKE_WORD(run.arena);
    run.machine->host_end = FAKE_WORD(run.arena) + SEQUENCE_ARENA;
    for (size_t i = 0; i < PROCESSES; i++) {
        run.pids[i] = fake_process(run.machine, (enum tr_class)(i / 2), names[i]);
    }
    for (int i = 0; i < OPERATIONS_MOST && run.at < size && !run.machine->stopped; i++) {
        operate(&run);
    }
    audit(run.machine, "after the sequence");
    end_all(run.machine);
    fake_destroy(run.machine);
    free(run.arena);
    return 0;
}
