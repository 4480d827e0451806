/* SPDX-License-Identifier: MIT */
/* Requests to init. Who may ask is decided by the stamp of the message alone. */

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

#define SAVE_NS UINT64_C(1000000000) /* what programs have to save their state in */

/* A request that has been read. */
struct request {
    struct tr_service_request head;
    const char *bytes; /* behind the head, with a zero byte after the last */
    size_t size;
};

struct answer {
    struct tr_service_reply head;
    char names[TR_INIT_NAMES_MAX]; /* or whatever else is told */
};

static bool may_ask(const struct tr_event *event)
{
    return event->source_class == TR_DRIVER || event->source_class == TR_SERVER ||
           event->source_pid == child_session();
}

static int64_t program_run(const struct request *request)
{
    const char *name = request->bytes;
    size_t length = strlen(name);
    bool is_held = (request->head.flags & TR_INIT_HELD) != 0;
    bool has_argument = length + 1 < request->size;
    struct child_plan plan = {
        .kind = CHILD_JOB,
        .process_class = TR_APPLICATION,
        .spawn_flags = is_held ? TR_SPAWN_SUSPENDED : 0,
        .program = name,
        .argument = has_argument ? name + length + 1 : "",
        .argument_size = has_argument ? request->size - length - 1 : 0,
    };

    return child_start(&plan);
}

static bool is_own(uint64_t pid)
{
    return pid == (uint64_t)tr_process_self(NULL);
}

static int64_t process_kill(uint64_t pid)
{
    return is_own(pid) ? TR_E_PERM : tr_process_terminate(pid, TR_INIT_KILLED);
}

/* A suspended session could ask nobody to be resumed. */
static int64_t process_suspend(uint64_t pid)
{
    return is_own(pid) || pid == child_session() ? TR_E_PERM : tr_process_suspend(pid);
}

int64_t system_end(enum tr_stop how, uint32_t code)
{
    children_end();
    return tr_system_stop(how, code, SAVE_NS);
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
        return process_kill(argument);
    case TR_INIT_SUSPEND:
        return process_suspend(argument);
    case TR_INIT_RESUME:
        return tr_process_resume(argument);
    case TR_INIT_STOP:
        return argument > 255 ? TR_E_INVAL : system_end(TR_STOP_HALT, (uint32_t)argument);
    case TR_INIT_REBOOT:
        return system_end(TR_STOP_REBOOT, 0);
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
    struct request request;
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
