/* SPDX-License-Identifier: MIT */
/* Jobs of two processes: calls, a pipe, shared memory. */

#include <string.h>

#include "programs/jobs.h"

static uint64_t pipe_id, shared_size;
static char *shared_bytes;
static char piece[4096];

static void *pages(uint64_t size)
{
    uint64_t count = (size + TR_PAGE_SIZE - 1) / TR_PAGE_SIZE;
    int64_t va = tr_memory_allocate(count, 0, TR_READ | TR_WRITE);

    if (va < 0) {
        tr_process_exit(va);
    }
    return (void *)(uintptr_t)va;
}

int64_t job_rounds(const struct request *request)
{
    static char *body, *reply;
    static uint64_t room;
    int64_t result = 0;

    if (room < request->size) {
        body = pages(request->size);
        reply = pages(request->size);
        room = request->size;
    }
    for (uint64_t i = 0; i < request->count && result >= 0; i++) {
        result =
            tr_message_call(request->object, body, request->size, reply, request->size, TR_FOREVER);
    }
    return result;
}

void job_echo(uint64_t size)
{
    char *body = pages(size);
    struct tr_event event;
    uint64_t id = 0;

    while (tr_message_reply_wait(id, body, size, &event, body, size) >= 0) {
        id = event.object;
    }
    tr_process_exit(1);
}

int64_t job_pipe_open(struct answer *answer)
{
    int64_t id = tr_pipe_create(&answer->key);

    pipe_id = (uint64_t)id;
    return id;
}

int64_t job_pipe_join(const struct request *request)
{
    pipe_id = request->object;
    return tr_pipe_join(request->object, request->key);
}

void job_pipe_sink(void)
{
    while (tr_pipe_read(pipe_id, piece, sizeof piece, 0) >= 0) {
    }
}

int64_t job_pipe_writes(const struct request *request)
{
    int64_t result = 0;

    for (uint64_t i = 0; i < request->count && result >= 0; i++) {
        result = tr_pipe_write(pipe_id, piece, request->size, 0);
    }
    return result;
}

int64_t job_shared_open(const struct request *request, struct answer *answer)
{
    uint64_t va = 0;
    int64_t id =
        tr_shared_create(request->size / TR_PAGE_SIZE, TR_READ | TR_WRITE, 0, &answer->key, &va);

    shared_size = request->size;
    shared_bytes = (char *)(uintptr_t)va;
    return id;
}

int64_t job_shared_join(const struct request *request)
{
    uint64_t va = 0;
    int64_t count = tr_shared_join(request->object, request->key, 0, TR_READ, &va);

    shared_size = (uint64_t)count * TR_PAGE_SIZE;
    shared_bytes = (char *)(uintptr_t)va;
    return count;
}

void job_shared_sink(void)
{
    char *own = pages(shared_size);
    struct tr_event event;
    uint64_t id = 0;

    while (tr_message_reply_wait(id, NULL, 0, &event, piece, sizeof piece) >= 0) {
        memcpy(own, shared_bytes, shared_size);
        id = event.object;
    }
}

int64_t job_shared_writes(const struct request *request)
{
    static char *own;
    int64_t result = 0;

    if (own == NULL) {
        own = pages(shared_size);
    }
    for (uint64_t i = 0; i < request->count && result >= 0; i++) {
        memcpy(shared_bytes, own, shared_size);
        result = tr_message_call(request->object, &i, sizeof i, NULL, 0, TR_FOREVER);
    }
    return result;
}
