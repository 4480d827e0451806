/* SPDX-License-Identifier: MIT */
/* Requests to init. Who may ask is decided by the stamp of the message alone. */

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <terrarium.h>
#include <terrarium/service/init.h>

#include "about.h"
#include "child.h"
#include "module.h"
#include "request.h"
#include "say.h"

#define SAVE_NS UINT64_C(1000000000) /* what programs have to save their state in */

/* A request that has been read. */
struct request {
    uint64_t asker; /* pid */
    bool is_deputy; /* the asker */
    struct tr_service_request head;
    const char *bytes; /* behind the head, with a zero byte after the last */
    size_t size;
};

struct answer {
    struct tr_service_reply head;
    char names[TR_INIT_NAMES_MAX]; /* or whatever else is told */
};

/* Says whom it does not act for, once in a row: a person may wonder why nothing happens. */
static void refusal_tell(uint64_t pid)
{
    static uint64_t latest;
    struct tr_process_info info;

    if (pid != latest && tr_process_info(pid, &info) >= 0) {
        say("%s (process %" PRIu64 ") may not ask s\\init: it is neither the session nor was it "
            "started as a deputy",
            info.name, pid);
        latest = pid;
    }
}

static bool may_ask(const struct tr_event *event)
{
    uint64_t pid = event->source_pid;

    if (event->source_class == TR_DRIVER || event->source_class == TR_SERVER ||
        pid == child_session() || child_is_deputy(pid)) {
        return true;
    }
    refusal_tell(pid);
    return false;
}

static int64_t program_run(const struct request *request)
{
    const char *name = request->bytes;
    size_t length = strlen(name);
    bool is_held = (request->head.flags & TR_INIT_HELD) != 0;
    bool has_argument = length + 1 < request->size;
    struct child_plan plan = {
        .kind = CHILD_JOB,
        .is_deputy = (request->head.flags & TR_INIT_DEPUTY) != 0,
        .asker = request->asker,
        .process_class = TR_APPLICATION,
        .spawn_flags = is_held ? TR_SPAWN_SUSPENDED : 0,
        .program = name,
        .argument = has_argument ? name + length + 1 : "",
        .argument_size = has_argument ? request->size - length - 1 : 0,
    };

    return child_start(&plan);
}

/* s\init itself is nobody's; and a deputy may not touch those that it works for. */
static bool is_out_of_reach(const struct request *request)
{
    uint64_t pid = request->head.argument;

    return pid == (uint64_t)tr_process_self(NULL) ||
           (request->is_deputy && child_works_for(request->asker, pid));
}

static int64_t process_kill(const struct request *request)
{
    return is_out_of_reach(request) ? TR_E_PERM
                                    : tr_process_terminate(request->head.argument, TR_INIT_KILLED);
}

/* A suspended session could ask nobody to be resumed. */
static int64_t process_suspend(const struct request *request)
{
    return is_out_of_reach(request) || request->head.argument == child_session()
               ? TR_E_PERM
               : tr_process_suspend(request->head.argument);
}

int64_t system_end(enum tr_stop how, uint32_t code)
{
    children_end();
    return tr_system_stop(how, code, SAVE_NS);
}

static int64_t system_stop(const struct request *request)
{
    if (request->head.argument > 255) {
        return TR_E_INVAL;
    }
    return request->is_deputy ? TR_E_PERM
                              : system_end(TR_STOP_HALT, (uint32_t)request->head.argument);
}

/* Writes the names of all programs, a line each; returns their number. */
static int64_t programs_list(char *names, size_t *size)
{
    int64_t count = 0;

    *size = 0;
    for (uint64_t i = 0; module_at(i) != NULL; i++) {
        size_t length = strlen(module_at(i)->name);
        if (*size + length + 1 > TR_INIT_NAMES_MAX) {
            break;
        }
        memcpy(names + *size, module_at(i)->name, length);
        *size += length;
        names[(*size)++] = '\n';
        count++;
    }
    return count;
}

static int64_t program_tell(const char *name, char *text, size_t *size)
{
    const struct tr_boot_module *module = module_find(name);

    if (module == NULL) {
        return TR_E_NOENT;
    }
    *size = about_find((const void *)module->va, module->size, text);
    return 0;
}

/* The shell is asked about devices by a person, who may see more than an application. */
static int64_t device_tell(uint64_t after, char *bytes, size_t *size)
{
    struct tr_device_info info;
    int64_t id = tr_device_next(after, &info);

    if (id > 0) {
        memcpy(bytes, &info, sizeof info);
        *size = sizeof info;
    }
    return id;
}

static int64_t request_do(const struct request *request, struct answer *answer, size_t *size)
{
    uint64_t argument = request->head.argument;

    switch (request->head.operation) {
    case TR_INIT_RUN:
        return program_run(request);
    case TR_INIT_KILL:
        return process_kill(request);
    case TR_INIT_SUSPEND:
        return process_suspend(request);
    case TR_INIT_RESUME:
        return tr_process_resume(argument);
    case TR_INIT_STOP:
        return system_stop(request);
    case TR_INIT_REBOOT:
        return request->is_deputy ? TR_E_PERM : system_end(TR_STOP_REBOOT, 0);
    case TR_INIT_PROGRAMS:
        return programs_list(answer->names, size);
    case TR_INIT_ABOUT:
        return program_tell(request->bytes, answer->names, size);
    case TR_INIT_DEVICE:
        return device_tell(argument, answer->names, size);
    default:
        return TR_E_INVAL;
    }
}

static int64_t request_read(const struct tr_event *event, struct request *request, char *body)
{
    if (event->size < sizeof request->head) {
        return TR_E_INVAL;
    }
    int64_t result = tr_message_read(event->object, body, event->size);
    if (result < 0) {
        return result;
    }
    body[event->size] = '\0';
    memcpy(&request->head, body, sizeof request->head);
    request->bytes = body + sizeof request->head;
    request->size = event->size - sizeof request->head;
    return 0;
}

void request_serve(const struct tr_event *event)
{
    static struct answer answer;
    struct request request = {.asker = event->source_pid,
                              .is_deputy = child_is_deputy(event->source_pid)};
    size_t size = 0;

    if ((event->flags & TR_EVENT_CALL) == 0) {
        tr_message_discard(event->object);
        return;
    }
    answer.head.result = TR_E_PERM;
    if (may_ask(event)) {
        char *body = malloc(event->size + 1);
        answer.head.result = body != NULL ? request_read(event, &request, body) : TR_E_NOMEM;
        if (answer.head.result == 0) {
            answer.head.result = request_do(&request, &answer, &size);
        }
        free(body);
    }
    tr_message_reply(event->object, &answer, sizeof answer.head + size);
}
