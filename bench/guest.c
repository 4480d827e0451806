/* SPDX-License-Identifier: MIT */
/* The guest of the benches: `echo` answers calls with their body, `sleep` sleeps for ever, anything
 * else does what requests ask. */

#include <string.h>
#include <terrarium.h>

#include "request.h"

#define BODY 64

static volatile int yielding;
static _Alignas(16) char stack[16384];

static int64_t yielder(uint64_t unused)
{
    (void)unused;
    do {
        while (yielding) {
            (void)tr_thread_yield();
        }
    } while (tr_thread_sleep(TR_FOREVER) >= 0);
    return 0;
}

static void yields(uint64_t count, uint64_t thread)
{
    yielding = 1;
    (void)tr_thread_wake(thread);
    for (uint64_t i = 0; i < count; i++) {
        (void)tr_thread_yield();
    }
    yielding = 0;
    (void)tr_thread_yield();
}

static void rounds(uint64_t count, uint64_t pid)
{
    char body[BODY] = "call", reply[BODY];

    for (uint64_t i = 0; i < count; i++) {
        (void)tr_message_call(pid, body, BODY, reply, BODY, TR_FOREVER);
    }
}

static void serve(const struct request *request, uint64_t thread)
{
    switch ((enum request_kind)request->kind) {
    case REQUEST_NOTHING:
        break;
    case REQUEST_CALLS:
        for (uint64_t i = 0; i < request->count; i++) {
            (void)tr_thread_self();
        }
        break;
    case REQUEST_YIELDS:
        yields(request->count, thread);
        break;
    case REQUEST_ROUNDS:
        rounds(request->count, request->pid);
        break;
    }
}

static int echo(void)
{
    struct tr_event event;
    char body[BODY];
    uint64_t id = 0;

    while (tr_message_reply_wait(id, body, BODY, &event, body, BODY) >= 0) {
        id = event.object;
    }
    return 1;
}

int main(int argc, char **argv)
{
    struct tr_event event;
    struct request request;

    if (argc > 1 && strcmp(argv[1], "echo") == 0) {
        return echo();
    }
    if (argc > 1 && strcmp(argv[1], "sleep") == 0) {
        return (int)tr_thread_sleep(TR_FOREVER);
    }
    int64_t thread = tr_thread_create(yielder, 0, (uint64_t)(uintptr_t)(stack + sizeof stack), 0);
    while (thread > 0 && tr_event_wait(&event, TR_FOREVER) == 1) {
        if (tr_message_read(event.object, &request, sizeof request) == (int64_t)sizeof request) {
            serve(&request, (uint64_t)thread);
            (void)tr_message_send(event.source_pid, NULL, 0, 0);
        }
    }
    return 1;
}
