/* SPDX-License-Identifier: MIT */
/* Jobs: what becomes of them once they run. job_start.c starts them.
 *
 * A process tells of its end by an event whose cookie says which one of which job it was. While the
 * shell waits for a job it also hears of ^C and ^Z from the console, and of processes that leave
 * pipes: the shell is a member of each pipe from its making until both ends are taken, so that the
 * pipe lives, and leaves then, so that a reader sees the end and a writer nobody. */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <terrarium.h>
#include <terrarium/message.h>
#include <terrarium/service/console.h>
#include <terrarium/service/init.h>

#include "job.h"
#include "job_start.h"
#include "shell.h"

#define KEY_SUSPEND  26
#define SLEEP_COOKIE 1
#define PIPE_COOKIE  2
#define PIPE_LOOK_NS UINT64_C(1000000)

struct job jobs[JOBS_MOST];

static bool is_interrupted, is_stopped; /* ^C, ^Z since the last look */
static bool is_slept;                   /* the sleep's timer has fired */
static uint64_t latest;

struct job *job_at(uint64_t number)
{
    return number >= 1 && number <= JOBS_MOST && jobs[number - 1].state != JOB_FREE
               ? &jobs[number - 1]
               : NULL;
}

uint64_t job_number(const struct job *job)
{
    return (uint64_t)(job - jobs) + 1;
}

struct job *job_latest(void)
{
    struct job *job = job_at(latest);

    for (uint64_t number = JOBS_MOST; job == NULL && number > 0; number--) {
        job = job_at(number);
    }
    return job;
}

static void pipe_leave(struct job *job, int index)
{
    if (job->pipes[index] != 0) {
        tr_pipe_release(job->pipes[index]);
        job->pipes[index] = 0;
    }
}

/* Leaves the pipes whose ends are taken or gone. True if one has to be looked at again. */
static bool pipes_look(struct job *job)
{
    bool is_open = false;

    for (int i = 0; i + 1 < job->count; i++) {
        struct tr_pipe_info info;
        if (job->pipes[i] == 0 || tr_pipe_info(job->pipes[i], &info) < 0) {
            continue;
        }
        bool has_writer = job->pids[i] != 0;
        bool has_reader = job->pids[i + 1] != 0;
        uint64_t joined = info.members - 1;
        if (!has_reader || joined == (uint64_t)has_writer + 1) {
            pipe_leave(job, i);
        } else if (!has_writer && joined == 1) {
            pipe_leave(job, i);
        } else {
            is_open = true;
        }
    }
    return is_open;
}

static void pipes_settle(struct job *job)
{
    if (pipes_look(job)) {
        tr_timer_set((uint64_t)tr_clock() + PIPE_LOOK_NS, PIPE_COOKIE);
    }
}

static void all_pipes_settle(void)
{
    for (size_t i = 0; i < JOBS_MOST; i++) {
        if (jobs[i].state == JOB_RUNNING) {
            pipes_settle(&jobs[i]);
        }
    }
}

static const char *fault_text(uint64_t code)
{
    static const char *const texts[] = {
        [TR_FAULT_PAGE] = "touched memory that is not there",
        [TR_FAULT_PROTECTION] = "touched protected memory",
        [TR_FAULT_ILLEGAL] = "executed something illegal or misaligned",
        [TR_FAULT_DIVIDE] = "divided by zero, or the like",
        [TR_FAULT_PRIVILEGED] = "executed what only the kernel may",
        [TR_FAULT_MEMORY] = "got no memory for a page",
        [TR_FAULT_SUPPLY] = "waited for a page that nobody supplied",
    };

    return code < sizeof texts / sizeof texts[0] && texts[code] != NULL ? texts[code] : "faulted";
}

/* Notes how the last process of a job has ended. */
static void outcome_note(struct job *job, const struct tr_event *event)
{
    job->reason[0] = '\0';
    job->status = (int64_t)event->size;
    if ((event->flags & TR_EVENT_FAULTED) != 0) {
        job->status = STATUS_FAULTED + (int64_t)event->size;
        snprintf(job->reason, sizeof job->reason, "ended: it %s", fault_text(event->size));
    } else if ((event->flags & TR_EVENT_KILLED) != 0) {
        job->status = STATUS_KILLED;
        strlcpy(job->reason, "killed", sizeof job->reason);
    }
}

static void on_exit(const struct tr_event *event)
{
    struct job *job = job_at(event->cookie / STAGES_MOST);
    int index = (int)(event->cookie % STAGES_MOST);

    if (job == NULL || job->pids[index] != event->object) {
        return;
    }
    job->pids[index] = 0;
    job->alive--;
    if (index == job->count - 1) {
        outcome_note(job, event);
    }
    pipes_settle(job);
    if (job->alive == 0) {
        job->state = JOB_DONE;
    }
}

static void on_message(const struct tr_event *event)
{
    if (event->source_pid == shell.console && (event->flags & TR_EVENT_CALL) == 0) {
        is_interrupted |= event->cookie == TR_CONSOLE_INTERRUPT;
        is_interrupted |= event->cookie == TR_CONSOLE_ANY_KEY;
        is_stopped |= event->cookie == KEY_SUSPEND;
    }
    tr_message_discard(event->object);
}

static void on_event(const struct tr_event *event)
{
    switch (event->kind) {
    case TR_EVENT_PROCESS_EXIT:
        on_exit(event);
        break;
    case TR_EVENT_MESSAGE:
        on_message(event);
        break;
    case TR_EVENT_PIPE_RELEASED:
        all_pipes_settle();
        break;
    case TR_EVENT_TIMER:
        is_slept |= event->cookie == SLEEP_COOKIE;
        if (event->cookie == PIPE_COOKIE) {
            all_pipes_settle();
        }
        break;
    case TR_EVENT_SAVE_STATE:
        tr_system_saved();
        break;
    default:
        break;
    }
}

static bool event_handle(uint64_t timeout)
{
    struct tr_event event;

    if (tr_event_wait(&event, timeout) != 1) {
        return false;
    }
    on_event(&event);
    return true;
}

/* Has init do something to every process of a job. */
static int64_t job_ask(const struct job *job, uint32_t operation)
{
    int64_t result = 0;

    for (int i = 0; i < job->count; i++) {
        if (job->pids[i] != 0) {
            int64_t one = init_ask(operation, job->pids[i]);
            result = one < 0 ? one : result;
        }
    }
    return result;
}

int64_t job_resume(struct job *job)
{
    int64_t result = job_ask(job, TR_INIT_RESUME);

    if (job->state == JOB_STOPPED) {
        job->state = JOB_RUNNING;
    }
    return result;
}

/* ^C and ^Z go to the job in the foreground. */
static void keys_apply(struct job *job)
{
    if (is_interrupted) {
        is_interrupted = false;
        job_ask(job, TR_INIT_KILL);
    }
    if (is_stopped) {
        is_stopped = false;
        if (job_ask(job, TR_INIT_SUSPEND) == 0 && job->state == JOB_RUNNING) {
            job->state = JOB_STOPPED;
        }
    }
}

static void job_free(struct job *job)
{
    for (int i = 0; i < job->count; i++) {
        pipe_leave(job, i);
    }
    job->state = JOB_FREE;
}

void job_put_forward(const struct job *job)
{
    int first = 0;

    while (first + 1 < job->count && job->pids[first] == 0) {
        first++;
    }
    struct tru_request request = {
        .pid = shell.console,
        .request = {.operation = TR_CONSOLE_FOREGROUND,
                    .flags = job->is_trusted[first] ? TR_CONSOLE_LEND : 0,
                    .argument = job->pids[first]},
    };
    session_take();
    tru_request(&request);
}

/* The job may read until it has ended or stopped. Keys are for it, or ^C ends the waiting. */
static void job_await(struct job *job, bool takes_keys)
{
    latest = job_number(job);
    is_interrupted = is_stopped = false;
    job_put_forward(job);
    while (job->state == JOB_RUNNING && (takes_keys || !is_interrupted) &&
           event_handle(TR_FOREVER)) {
        if (takes_keys) {
            keys_apply(job);
        }
    }
    tru_ask(shell.console, TR_CONSOLE_FOREGROUND, 0);
}

/* Tells how the job that was waited for has ended or stopped. */
static void job_settle(struct job *job)
{
    if (job->state == JOB_STOPPED) {
        printf("[%" PRIu64 "] stopped  %s\n", job_number(job), job->text);
        shell.status = STATUS_KILLED;
        return;
    }
    shell.status = job->status;
    if (job->reason[0] != '\0' && strcmp(job->reason, "killed") != 0) {
        refuse("%s %s", job->text, job->reason);
    } else if (job->reason[0] != '\0' && !shell.is_terminal) {
        refuse("%s was killed", job->text);
    }
    job_free(job);
}

void job_foreground(struct job *job)
{
    job_await(job, true);
    job_settle(job);
}

bool job_wait(struct job *job)
{
    job_await(job, false);
    if (job->state == JOB_RUNNING) {
        printf("[%" PRIu64 "] %s goes on\n", job_number(job), job->text);
        shell.status = STATUS_INTERRUPTED;
        return false;
    }
    job_settle(job);
    return true;
}

int jobs_count(void)
{
    int count = 0;

    jobs_update();
    for (size_t i = 0; i < JOBS_MOST; i++) {
        count += jobs[i].state == JOB_RUNNING || jobs[i].state == JOB_STOPPED;
    }
    return count;
}

void jobs_update(void)
{
    while (event_handle(0)) {
    }
}

void jobs_notice(void)
{
    jobs_update();
    is_interrupted = is_stopped = false;
    for (size_t i = 0; i < JOBS_MOST; i++) {
        struct job *job = &jobs[i];
        if (job->state != JOB_DONE) {
            continue;
        }
        printf("[%" PRIu64 "] ", job_number(job));
        if (job->reason[0] != '\0') {
            printf("%s  (%s)\n", job->text, job->reason);
        } else {
            printf("done %" PRId64 "  %s\n", job->status, job->text);
        }
        job_free(job);
    }
}

bool sleep_until(uint64_t time)
{
    is_interrupted = is_slept = false;
    tr_timer_set(time, SLEEP_COOKIE);
    while (!is_slept && !is_interrupted && event_handle(TR_FOREVER)) {
    }
    tr_timer_cancel(SLEEP_COOKIE);
    return is_slept;
}

bool pause_until(uint64_t time)
{
    session_take();
    tru_ask(shell.console, TR_CONSOLE_KEY, 1);
    bool is_over = sleep_until(time);
    tru_ask(shell.console, TR_CONSOLE_KEY, 0);
    return is_over;
}
