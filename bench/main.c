/* SPDX-License-Identifier: MIT */
/* The benches: each row of units.def measured beside the host's own primitive, in the same run, on
 * one core. Benches judge nothing and fail for no number. */

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "machine.h"
#include "peers/peer.h"
#include "row.h"

static struct row rows[] = {
#define BYTES ROW_BYTES
#define FEW   ROW_FEW
#define ONCE  ROW_ONCE
#define SLOW  ROW_SLOW
#define PEER  ROW_PEER
#define ROW(name, what, argument, host, host_argument, host_name, goal, flags)                     \
    {name, &(what), argument, host, host_argument, host_name, goal, flags, {{0}, 0}, {{0}, 0}},
#include "units.def"
};
#define ROWS (sizeof rows / sizeof rows[0])

struct options {
    const char *json, *only;
    int core, quick, peers;
    uint64_t rounds;
};

void bench_fail(const char *what, int64_t result)
{
    fprintf(stderr, "bench: %s: %lld\n", what, (long long)result);
    exit(1);
}

void bench_must(int good, const char *what)
{
    if (!good) {
        fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
        exit(1);
    }
}

static void write_json(const char *path, int core)
{
    const char *separator = "\n";
    FILE *file = fopen(path, "w");

    bench_must(file != NULL, path);
    fputs("{\n  \"host\": {", file);
    machine_json(file, core);
    fputs("},\n  \"rows\": [", file);
    for (size_t i = 0; i < ROWS; i++) {
        if (rows[i].ours.count > 0) {
            fputs(separator, file);
            row_json(file, &rows[i]);
            separator = ",\n";
        }
    }
    fputs("\n  ]\n}\n", file);
    bench_must(fclose(file) == 0, path);
}

static int is_wanted(const struct row *row, const struct options *options)
{
    if (options->only != NULL && strstr(row->name, options->only) == NULL) {
        return 0;
    }
    return (!options->quick || (row->flags & ROW_SLOW) == 0) &&
           (options->peers || (row->flags & ROW_PEER) == 0);
}

static void run_row(struct row *row, int quick)
{
    const char *missing = (row->flags & ROW_PEER) != 0 ? peer_start(row->argument) : NULL;

    if (missing != NULL) {
        printf("%-40s not measured: %s\n", row->name, missing);
        return;
    }
    row_run(row, quick);
    row_print(row);
}

static void run_rows(const struct options *options)
{
    int core = machine_pin(options->core);

    machine_print(stdout, core);
    row_print_head();
    for (size_t i = 0; i < ROWS; i++) {
        if (is_wanted(&rows[i], options)) {
            run_row(&rows[i], options->quick);
        }
    }
    if (options->json != NULL) {
        write_json(options->json, core);
    }
}

/* For counting instructions: batches of one unit, and nothing of the host's. */
static void run_rounds(uint64_t batches)
{
    void *state = unit_round.open(64);

    for (uint64_t i = 0; i < batches; i++) {
        (void)unit_round.batch(state);
    }
    unit_round.close(state);
}

static void print_help(FILE *file)
{
    fputs("usage: terrarium-bench [WORDS]\n"
          "  --only PATTERN  only rows whose name contains it\n"
          "  --quick         fewer samples, without the rows that take seconds\n"
          "  --peers         also other systems that run on a host, those that are installed\n"
          "  --json FILE     writes the figures there too, with the machine's description\n"
          "  --core N        runs on this core (default: the last)\n"
          "  --rounds N      makes N batches of 64-byte calls and nothing else: for profilers\n",
          file);
}

int main(int argc, char **argv)
{
    static const struct option names[] = {
        {"json", required_argument, NULL, 'j'}, {"only", required_argument, NULL, 'o'},
        {"core", required_argument, NULL, 'c'}, {"rounds", required_argument, NULL, 'r'},
        {"quick", no_argument, NULL, 'q'},      {"peers", no_argument, NULL, 'p'},
        {"help", no_argument, NULL, 'h'},       {NULL, 0, NULL, 0}};
    struct options options = {.core = -1};
    int option;

    while ((option = getopt_long(argc, argv, "h", names, NULL)) != -1) {
        switch (option) {
        case 'j':
            options.json = optarg;
            break;
        case 'o':
            options.only = optarg;
            break;
        case 'c':
            options.core = atoi(optarg);
            break;
        case 'r':
            options.rounds = strtoull(optarg, NULL, 10);
            break;
        case 'q':
            options.quick = 1;
            break;
        case 'p':
            options.peers = 1;
            break;
        case 'h':
            print_help(stdout);
            return 0;
        default:
            print_help(stderr);
            return 2;
        }
    }
    if (options.rounds != 0) {
        run_rounds(options.rounds);
    } else {
        run_rows(&options);
    }
    return 0;
}
