/* SPDX-License-Identifier: MIT */
/* Runs a line: its pipelines one after the other, a command of the shell in the shell itself, all
 * else as programs. */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <terrarium.h>

#include "command.h"
#include "execute.h"
#include "job.h"
#include "page.h"
#include "shell.h"

#define NS_PER_SECOND UINT64_C(1000000000)

static bool is_watching;

/* Takes the first word of a stage away. */
static void stage_shift(struct stage *stage)
{
    memmove(stage->words, stage->words + 1, (size_t)stage->count * sizeof stage->words[0]);
    stage->count--;
}

static const struct command *stage_command(const struct stage *stage)
{
    return stage->is_program ? NULL : command_find(stage->words[0]);
}

/* A command of the shell whose output programs read. */
static struct job *command_into_pipe(const struct pipeline *pipeline)
{
    const struct stage *stage = &pipeline->stages[0];
    uint64_t source;
    struct job *job = job_start(pipeline, &source);

    if (job != NULL) {
        fflush(stdout);
        tru_stdio_pipe(stdout, source);
        page_command(false);
        stage_command(stage)->run(stage->count, (char **)stage->words);
        tru_stdio_pipe(stdout, shell.output_pipe);
        tr_pipe_release(source);
    }
    return job;
}

static void programs_run(const struct pipeline *pipeline)
{
    bool has_command = stage_command(&pipeline->stages[0]) != NULL;

    for (int i = 1; i < pipeline->count; i++) {
        if (stage_command(&pipeline->stages[i]) != NULL) {
            refuse("%s: a command of the shell reads no pipe; put it first",
                   pipeline->stages[i].words[0]);
            shell.status = STATUS_USAGE;
            return;
        }
    }
    struct job *job = has_command ? command_into_pipe(pipeline) : job_start(pipeline, NULL);
    if (job == NULL) {
        return;
    }
    if (pipeline->joint == JOINT_BACKGROUND) {
        printf("[%" PRIu64 "] %" PRIu64 "\n", job_number(job), job->pids[job->count - 1]);
        shell.status = 0;
    } else {
        job_foreground(job);
    }
}

/* Takes run and trust away, which say how a program is run. A shell may do what this one may, and
 * whatever else the person says so of (services.md 5.5). False after a complaint. */
static bool stage_prepare(struct stage *stage)
{
    bool is_trusted = strcmp(stage->words[0], "trust") == 0;

    if (is_trusted || strcmp(stage->words[0], "run") == 0) {
        if (stage->count == 1) {
            shell.status = command_misused(stage->words[0]);
            return false;
        }
        stage_shift(stage);
        stage->is_program = true;
    }
    stage->is_trusted = is_trusted || strcmp(stage->words[0], "shell") == 0;
    return true;
}

static void pipeline_run(struct pipeline *pipeline)
{
    const struct stage *first = &pipeline->stages[0];

    for (int i = 0; i < pipeline->count; i++) {
        if (!stage_prepare(&pipeline->stages[i])) {
            return;
        }
    }
    const struct command *command = stage_command(first);
    if (command != NULL && pipeline->count == 1) {
        page_command(shell.is_terminal && !is_watching && !tru_stdio_is_pipe(stdout));
        shell.status = command->run(first->count, (char **)first->words);
    } else {
        programs_run(pipeline);
    }
}

static void pipeline_time(struct pipeline *pipeline)
{
    struct stage *first = &pipeline->stages[0];

    stage_shift(first);
    if (first->count == 0) {
        shell.status = command_misused("time");
        return;
    }
    uint64_t start = (uint64_t)tr_clock();
    pipeline_run(pipeline);
    uint64_t microseconds = ((uint64_t)tr_clock() - start) / 1000;
    printf("%" PRIu64 ".%06" PRIu64 " s\n", microseconds / 1000000, microseconds % 1000000);
}

/* What stands between watch and its command. */
struct watching {
    uint64_t period, times;
    bool has_times;
};

/* Takes watch and its options away. False: they make no sense. */
static bool watching_take(struct stage *stage, struct watching *watching)
{
    *watching = (struct watching){.period = 2 * NS_PER_SECOND, .times = UINT64_MAX};
    stage_shift(stage);
    while (stage->count > 1 && stage->words[0][0] == '-') {
        int64_t seconds = seconds_read(stage->words[1]);
        if (strcmp(stage->words[0], "-n") == 0 && seconds > 0) {
            watching->period = (uint64_t)seconds;
        } else if (strcmp(stage->words[0], "-c") == 0 &&
                   number_read(stage->words[1], &watching->times)) {
            watching->has_times = true;
        } else {
            return false;
        }
        stage_shift(stage);
        stage_shift(stage);
    }
    return stage->count > 0 && stage->words[0][0] != '-';
}

/* What stands above a round's output: on a terminal at the top of an empty screen. */
static void round_head(const struct pipeline *pipeline, const struct watching *watching,
                       uint64_t round)
{
    if (round > 0 && !shell.is_terminal) {
        printf("\n");
    }
    printf("%s%.3f s", shell.is_terminal ? "\x1b[H\x1b[2J" : "", (double)tr_clock() / 1e9);
    printf(", every %g s%s:", (double)watching->period / 1e9,
           shell.is_terminal ? ", any key ends" : "");
    for (int i = 0; i < pipeline->count; i++) {
        printf("%s", i > 0 ? " |" : "");
        for (int k = 0; k < pipeline->stages[i].count; k++) {
            printf(" %s", pipeline->stages[i].words[k]);
        }
    }
    printf("\n");
}

static void pipeline_watch(struct pipeline *pipeline)
{
    static struct pipeline copy;
    struct watching watching;
    uint64_t next = (uint64_t)tr_clock();

    if (!watching_take(&pipeline->stages[0], &watching)) {
        shell.status = command_misused("watch");
        return;
    }
    if (pipeline->joint == JOINT_BACKGROUND || (!watching.has_times && !shell.is_terminal)) {
        refuse("watch: %s", pipeline->joint == JOINT_BACKGROUND
                                ? "not in the background: the shell itself repeats"
                                : "no terminal, so no key to end it: say how often with -c");
        shell.status = STATUS_USAGE;
        return;
    }
    for (uint64_t round = 0; round < watching.times && !shell.has_ended; round++) {
        if (round > 0 && !pause_until(next)) {
            return;
        }
        round_head(pipeline, &watching, round);
        copy = *pipeline;
        is_watching = true;
        pipeline_run(&copy);
        is_watching = false;
        if (shell.status == STATUS_KILLED) {
            return;
        }
        next += watching.period;
    }
}

/* True if the pipeline behind this joint is to be run. */
static bool goes_on(enum joint joint)
{
    return joint == JOINT_AND ? shell.status == 0 : joint == JOINT_OR ? shell.status != 0 : true;
}

void execute_line(const char *line)
{
    static struct pipeline pipeline;
    const char *complaint;
    bool is_wanted = true;
    int result = 0;

    while (!shell.has_ended &&
           (result = parse_pipeline(&line, shell.status, &pipeline, &complaint)) > 0) {
        if (is_wanted && strcmp(pipeline.stages[0].words[0], "time") == 0) {
            pipeline_time(&pipeline);
        } else if (is_wanted && strcmp(pipeline.stages[0].words[0], "watch") == 0) {
            pipeline_watch(&pipeline);
        } else if (is_wanted) {
            pipeline_run(&pipeline);
        }
        is_wanted = goes_on(pipeline.joint);
    }
    if (result < 0) {
        refuse("shell: %s", complaint);
        shell.status = STATUS_USAGE;
    }
}
