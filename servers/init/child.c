/* SPDX-License-Identifier: MIT */
/* The processes that init has started. A child that is kept and ends at once, time after time, is
 * given up, so that a broken program does not keep the system busy for ever. */

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <terrarium.h>
#include <terrarium/service/console.h>
#include <terrarium/service/init.h>

#include "child.h"
#include "module.h"
#include "request.h"
#include "say.h"

#define SHORT_LIFE_NS  UINT64_C(1000000000) /* shorter than this is a failure */
#define FAILURES_MOST  5                    /* in a row, then the child is given up */
#define STATUS_FAULTED 128                  /* + the cause */
#define SESSION_FAILED 70                   /* the code if that was the session */
#define STATUS_MOST    255                  /* that a system can end with */

struct child {
    struct child *next;
    struct child_plan plan; /* program and argument are the heap's */
    uint64_t pid, started;
    int failures;
};

static struct child *children;
static bool is_ending;

static int64_t child_spawn(struct child *child)
{
    const struct tr_boot_module *module = module_find(child->plan.program);

    if (module == NULL) {
        return TR_E_NOENT;
    }
    struct tr_spawn spawn = {
        .image = (const void *)module->va,
        .image_size = module->size,
        .name = child->plan.program,
        .process_class = child->plan.process_class,
        .flags = child->plan.spawn_flags | TR_SPAWN_WATCH,
        .argument = child->plan.argument,
        .argument_size = child->plan.argument_size,
    };
    int64_t pid = tr_process_spawn(&spawn);
    if (pid > 0) {
        child->pid = (uint64_t)pid;
        child->started = (uint64_t)tr_clock();
    }
    return pid;
}

static void child_free(struct child *child)
{
    free((void *)child->plan.program);
    free((void *)child->plan.argument);
    free(child);
}

/* A record of the child with copies of its own; NULL: no memory. */
static struct child *child_make(const struct child_plan *plan)
{
    struct child *child = calloc(1, sizeof *child);

    if (child == NULL) {
        return NULL;
    }
    void *argument = malloc(plan->argument_size);
    child->plan = *plan;
    child->plan.program = strdup(plan->program);
    child->plan.argument = argument;
    if (child->plan.program == NULL || argument == NULL) {
        child_free(child);
        return NULL;
    }
    if (plan->argument_size > 0) {
        memcpy(argument, plan->argument, plan->argument_size);
    }
    return child;
}

int64_t child_start(const struct child_plan *plan)
{
    struct child *child = child_make(plan);

    if (child == NULL) {
        return TR_E_NOMEM;
    }
    int64_t pid = child_spawn(child);
    if (pid < 0) {
        child_free(child);
        return pid;
    }
    child->next = children;
    children = child;
    return pid;
}

static void child_remove(struct child *child)
{
    struct child **link = &children;

    while (*link != child) {
        link = &(*link)->next;
    }
    *link = child->next;
    child_free(child);
}

static void child_give_up(struct child *child)
{
    bool is_session = child->plan.is_session;

    say("%s is given up: it ended %d times in a row", child->plan.program, FAILURES_MOST);
    child_remove(child);
    if (is_session) {
        system_end(TR_STOP_HALT, SESSION_FAILED);
    }
}

static void child_restart(struct child *child, const struct tr_event *event)
{
    bool is_failure = event->time - child->started < SHORT_LIFE_NS;

    child->failures = is_failure ? child->failures + 1 : 0;
    if (child->failures == FAILURES_MOST) {
        child_give_up(child);
        return;
    }
    say("%s ended with code %" PRId64 " and is started again", child->plan.program,
        (int64_t)event->size);
    int64_t pid = child_spawn(child);
    if (pid < 0) {
        say("%s cannot be started again: %s", child->plan.program, tr_error_text(pid));
        child_remove(child);
    }
}

/* A status that does not fit is told in words, whoever reads them: the console is not waited for.
 */
static void status_tell(const char *program, int64_t status)
{
    struct {
        struct tr_service_request head;
        char text[128];
    } message = {.head = {.operation = TR_CONSOLE_WRITE, .flags = TR_CONSOLE_ERROR}};
    int64_t console = tr_process_find(TR_CONSOLE_NAME, 0);

    int length = snprintf(message.text, sizeof message.text,
                          "%s ended with exit code %" PRId64 "; the system ends with %d\n", program,
                          status, STATUS_MOST);
    if (console > 0) {
        tr_message_send((uint64_t)console, &message, sizeof message.head + (uint64_t)length, 0);
    }
}

/* The exit status of the system when its session has ended: as the shell counts it. What is beyond
 * the most is not cut to what might look like success. */
static uint32_t session_status(const struct child *child, const struct tr_event *event)
{
    if ((event->flags & TR_EVENT_FAULTED) != 0) {
        return STATUS_FAULTED + (uint32_t)event->size;
    }
    if ((event->flags & TR_EVENT_KILLED) != 0) {
        return TR_INIT_KILLED;
    }
    if (event->size > STATUS_MOST) {
        status_tell(child->plan.program, (int64_t)event->size);
        return STATUS_MOST;
    }
    return (uint32_t)event->size;
}

/* A kept session that exits has said itself that it is done; so has a driver without hardware. */
static bool is_restarted(const struct child *child, const struct tr_event *event)
{
    bool has_exited = (event->flags & TR_EVENT_EXITED) != 0;

    if (child->plan.kind == CHILD_DRIVER) {
        return !is_ending && !(has_exited && event->size == 0);
    }
    return child->plan.kind == CHILD_KEEP && !is_ending && !(child->plan.is_session && has_exited);
}

bool child_exists(const char *program)
{
    const struct child *child = children;

    while (child != NULL && strcmp(child->plan.program, program) != 0) {
        child = child->next;
    }
    return child != NULL;
}

static struct child *child_find(uint64_t pid)
{
    struct child *child = children;

    while (child != NULL && child->pid != pid) {
        child = child->next;
    }
    return child;
}

bool child_is_deputy(uint64_t pid)
{
    const struct child *child = pid != 0 ? child_find(pid) : NULL;

    return child != NULL && child->plan.is_deputy;
}

/* Who asked for a child is older than it, so this ends. */
bool child_works_for(uint64_t deputy, uint64_t pid)
{
    const struct child *child = child_find(deputy);

    while (child != NULL && child->plan.asker != 0 && child->plan.asker != pid) {
        child = child_find(child->plan.asker);
    }
    return child != NULL && child->plan.asker == pid;
}

/* Nobody could end or wait for what a deputy has started any more. Of the session, which may be
 * started again, only the deputies go. */
static void jobs_end(uint64_t asker, bool only_deputies)
{
    for (struct child *child = children; child != NULL; child = child->next) {
        if (child->plan.asker == asker && child->pid != 0 &&
            (child->plan.is_deputy || !only_deputies)) {
            tr_process_terminate(child->pid, TR_INIT_KILLED);
        }
    }
}

void child_ended(const struct tr_event *event)
{
    struct child *child = child_find(event->object);

    if (child == NULL) {
        return;
    }
    child->pid = 0;
    if (child->plan.is_deputy || child->plan.is_session) {
        jobs_end(event->object, child->plan.is_session);
    }
    if (is_restarted(child, event)) {
        child_restart(child, event);
        return;
    }
    if (child->plan.is_session && !is_ending) {
        system_end(TR_STOP_HALT, session_status(child, event));
    }
    child_remove(child);
}

uint64_t child_session(void)
{
    for (struct child *child = children; child != NULL; child = child->next) {
        if (child->plan.is_session) {
            return child->pid;
        }
    }
    return 0;
}

void children_end(void)
{
    is_ending = true;
    for (struct child *child = children; child != NULL; child = child->next) {
        if (child->plan.kind == CHILD_JOB && child->pid != 0) {
            tr_process_terminate(child->pid, 0);
        }
    }
}
