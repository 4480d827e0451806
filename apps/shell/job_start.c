/* SPDX-License-Identifier: MIT */
/* Starting a job. Every program is started held, then watched, then resumed: so none can end before
 * the shell listens for its end. They are resumed from the last to the first: a reader has joined
 * its pipe before its writer begins. */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <terrarium.h>
#include <terrarium/argument.h>
#include <terrarium/message.h>
#include <terrarium/service/init.h>

#include "job.h"
#include "job_start.h"
#include "shell.h"

#define REQUEST_BYTES (TRU_REQUEST_MAX - sizeof(struct tr_service_request))

/* What init gets behind a RUN request. */
struct run_text {
    size_t used;
    bool is_cut;
    char bytes[REQUEST_BYTES];
};

static void text_put(struct run_text *text, const char *bytes, size_t size)
{
    if (text->used + size > sizeof text->bytes) {
        text->is_cut = true;
        return;
    }
    memcpy(text->bytes + text->used, bytes, size);
    text->used += size;
}

static void text_put_string(struct run_text *text, const char *string)
{
    text_put(text, string, strlen(string));
}

/* The words as one argument that start-up splits into the same words again. */
static void argument_put(struct run_text *text, const struct stage *stage)
{
    int64_t size = tru_argument_join(text->bytes + text->used, sizeof text->bytes - text->used,
                                     stage->count - 1, stage->words + 1);

    if (size < 0) {
        text->is_cut = true;
    } else {
        text->used += (size_t)size;
    }
}

/* What start-up is told beside the words stands behind a zero byte, which may be there already. */
static void rest_begin(struct run_text *text, size_t argument)
{
    if (memchr(text->bytes + argument, '\0', text->used - argument) == NULL) {
        text_put(text, "", 1);
    }
}

static void stream_put(struct run_text *text, const char *name, uint64_t pipe, uint64_t key)
{
    char word[96];

    if (pipe != 0) {
        snprintf(word, sizeof word, " %s=pipe:%" PRIu64 ":%" PRIu64, name, pipe, key);
        text_put_string(text, word);
    }
}

/* Connects a stage's streams. A shell whose commands come by a pipe has no input to share. */
static void streams_put(struct run_text *text, const struct job *job, const uint64_t *keys,
                        int index)
{
    bool is_last = index + 1 == job->count;

    if (index > 0) {
        stream_put(text, "stdin", job->pipes[index - 1], keys[index - 1]);
    } else if (shell.is_piped) {
        text_put_string(text, " stdin=pipe:0:0");
    }
    if (is_last) {
        text_put_string(text, shell.output);
    } else {
        stream_put(text, "stdout", job->pipes[index], keys[index]);
    }
}

static void start_complain(const char *name, int64_t error)
{
    shell.status = 1;
    if (error == TR_E_NOENT && shell.init != 0) {
        refuse("%s: no such command or program (help and programs list them)", name);
        shell.status = STATUS_NOT_FOUND;
    } else if (error == TR_E_NOENT) {
        refuse("%s: there is no s\\init to start it", name);
    } else if (error == TR_E_PERM) {
        refuse(
            "%s: not started: s\\init takes no orders from this shell, as who started it has not "
            "said so (help trust)",
            name);
    } else {
        complain(name, "cannot be started", error);
    }
}

/* Starts a stage, held. Returns its pid, or a negative number after a complaint. */
static int64_t stage_start(const struct job *job, const uint64_t *keys, int index,
                           const struct stage *stage)
{
    static struct run_text text;

    text.used = 0;
    text.is_cut = false;
    text_put(&text, stage->words[0], strlen(stage->words[0]) + 1);
    size_t argument = text.used;
    argument_put(&text, stage);
    if (job->count > 1 || shell.is_piped || shell.output[0] != '\0') {
        rest_begin(&text, argument);
        streams_put(&text, job, keys, index);
    }
    if (text.is_cut) {
        refuse("%s: its arguments are too long", stage->words[0]);
        shell.status = 1;
        return TR_E_TOOBIG;
    }
    struct tru_request request = {
        .pid = shell.init,
        .request = {.operation = TR_INIT_RUN,
                    .flags = TR_INIT_HELD | (stage->is_trusted ? TR_INIT_DEPUTY : 0)},
        .bytes = text.bytes,
        .size = text.used,
    };
    int64_t pid = shell.init != 0 ? tru_request(&request) : TR_E_NOENT;
    if (pid < 0) {
        start_complain(stage->words[0], pid);
    }
    return pid;
}

static void text_note(struct job *job, const struct pipeline *pipeline)
{
    job->text[0] = '\0';
    for (int i = 0; i < pipeline->count; i++) {
        const struct stage *stage = &pipeline->stages[i];
        strlcat(job->text, i > 0 ? " | " : "", sizeof job->text);
        for (int k = 0; k < stage->count; k++) {
            strlcat(job->text, k > 0 ? " " : "", sizeof job->text);
            strlcat(job->text, stage->words[k], sizeof job->text);
        }
    }
}

static struct job *job_find_free(void)
{
    for (size_t i = 0; i < JOBS_MOST; i++) {
        if (jobs[i].state == JOB_FREE) {
            return &jobs[i];
        }
    }
    refuse("shell: there are %d jobs already; wait for one or kill one", JOBS_MOST);
    shell.status = 1;
    return NULL;
}

static bool pipes_make(struct job *job, uint64_t *keys)
{
    for (int i = 0; i + 1 < job->count; i++) {
        int64_t pipe = tr_pipe_create(&keys[i]);
        if (pipe < 0) {
            shell.status = complain("shell", "a pipe cannot be made", pipe);
            return false;
        }
        job->pipes[i] = (uint64_t)pipe;
    }
    return true;
}

/* Undoes a start that failed half way. */
static void job_undo(struct job *job)
{
    for (int i = 0; i < job->count; i++) {
        if (job->pids[i] != 0) {
            tr_process_unwatch(job->pids[i]);
            init_ask(TR_INIT_KILL, job->pids[i]);
        }
        if (job->pipes[i] != 0) {
            tr_pipe_release(job->pipes[i]);
        }
    }
    job->state = JOB_FREE;
}

static bool stages_start(struct job *job, const struct pipeline *pipeline, const uint64_t *keys,
                         int first)
{
    for (int i = first; i < job->count; i++) {
        int64_t pid = stage_start(job, keys, i, &pipeline->stages[i]);
        if (pid < 0) {
            return false;
        }
        job->pids[i] = (uint64_t)pid;
        job->is_trusted[i] = pipeline->stages[i].is_trusted;
        tr_process_watch(job->pids[i], job_number(job) * STAGES_MOST + (uint64_t)i);
        job->alive++;
    }
    return true;
}

struct job *job_start(const struct pipeline *pipeline, uint64_t *source)
{
    uint64_t keys[STAGES_MOST] = {0};
    struct job *job = job_find_free();

    if (job == NULL) {
        return NULL;
    }
    *job = (struct job){.state = JOB_RUNNING, .count = pipeline->count};
    text_note(job, pipeline);
    int first = source != NULL ? 1 : 0;
    if (!pipes_make(job, keys) || !stages_start(job, pipeline, keys, first)) {
        job_undo(job);
        return NULL;
    }
    /* What the shell has written comes before what they write; who reads may do so at once. */
    fflush(stdout);
    if (pipeline->joint != JOINT_BACKGROUND) {
        job_put_forward(job);
    }
    for (int i = job->count - 1; i >= first; i--) {
        init_ask(TR_INIT_RESUME, job->pids[i]);
    }
    if (source != NULL) {
        /* The shell itself writes into the first pipe, and leaves it when it has done so. */
        *source = job->pipes[0];
        job->pipes[0] = 0;
    }
    return job;
}
