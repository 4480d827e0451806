/* SPDX-License-Identifier: MIT */
#pragma once

/* Jobs: pipelines of programs that the shell has had started. The shell may start and stop nothing
 * itself: s\init does it, because this shell is the console's session, or works for it. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <terrarium/types.h>

#include "parse.h"

#define JOBS_MOST 16
#define JOB_TEXT  80

enum job_state { JOB_FREE, JOB_RUNNING, JOB_STOPPED, JOB_DONE };

struct job {
    enum job_state state;
    int count;                    /* of processes */
    int alive;                    /* of them */
    bool is_trusted[STAGES_MOST]; /* it is a deputy of this shell */
    uint64_t pids[STAGES_MOST];   /* 0: ended */
    uint64_t pipes[STAGES_MOST];  /* pipes[i] joins process i to the next; 0: released */
    int64_t status;               /* of the last process */
    char reason[64];              /* how it ended, if not by itself; else empty */
    char text[JOB_TEXT];
};

/* Starts the programs of a pipeline. NULL after a complaint, with shell.status set. If `source` is
 * not NULL the first stage is no program: the caller writes what it has to say into the pipe
 * *source, and releases that. */
struct job *job_start(const struct pipeline *pipeline, uint64_t *source);

/* Lets the job have the console and waits for its end, or until ^Z stops it. Sets shell.status. */
void job_foreground(struct job *job);

/* Waits for a job that stays in the background, though it may read. False: ^C ended the waiting;
 * the job goes on. Sets shell.status. */
bool job_wait(struct job *job);

/* Resumes a stopped job. Returns 0 or a TR_E_*. */
int64_t job_resume(struct job *job);

/* Deals with everything that has happened; jobs_notice also tells of the jobs that have ended in
 * the background, and forgets them. */
void jobs_update(void);
void jobs_notice(void);

/* How many have not ended. */
int jobs_count(void);

/* Lets the job read from the console: its first program that is there. */
void job_put_forward(const struct job *job);

/* The job of a number, NULL if there is none. Numbers begin with 1. */
struct job *job_at(uint64_t number);
uint64_t job_number(const struct job *job);
/* The job that was started last and is there, NULL: none. */
struct job *job_latest(void);

/* Waits until a time since boot; false if ^C came first. With pause_until any key ends it. */
bool sleep_until(uint64_t time);
bool pause_until(uint64_t time);
