/* SPDX-License-Identifier: MIT */
/* Two pipes of a client. */

#include "stream.h"

#include <stdalign.h>
#include <terrarium.h>

#define STACK_SIZE 16384
#define PIECE      512

enum { OUT, IN, WAYS };

static struct {
    _Atomic bool is_ending, has_hung_up;
    _Atomic uint32_t threads; /* that live */
    uint64_t owner;
    uint64_t pipes[WAYS];
    int64_t tids[WAYS];
    struct ring *rings[WAYS];
} stream;

static alignas(16) unsigned char stacks[WAYS][STACK_SIZE];

/* Has the loop look at the rings. */
static void loop_wake(void)
{
    tr_timer_set(0, STREAM_TIMER);
}

static int64_t thread_end(void)
{
    atomic_fetch_sub(&stream.threads, 1);
    loop_wake();
    return 0;
}

/* From the client's pipe to the line. */
static int64_t out_thread(uint64_t argument)
{
    uint8_t bytes[PIECE];
    int64_t count;

    (void)argument;
    while ((count = tr_pipe_read(stream.pipes[OUT], bytes, sizeof bytes, TR_PARTIAL)) > 0) {
        size_t done = 0;
        while (done < (size_t)count && !atomic_load(&stream.is_ending)) {
            done += ring_put(stream.rings[OUT], bytes + done, (size_t)count - done);
            loop_wake();
            if (done < (size_t)count) {
                tr_thread_sleep(TR_FOREVER);
            }
        }
    }
    return thread_end();
}

/* From the line to the client's pipe. */
static int64_t in_thread(uint64_t argument)
{
    uint8_t bytes[PIECE];

    (void)argument;
    while (!atomic_load(&stream.is_ending)) {
        bool is_last = atomic_load(&stream.has_hung_up);
        size_t count = ring_take(stream.rings[IN], bytes, sizeof bytes);
        if (count == 0 && is_last) {
            tr_pipe_release(stream.pipes[IN]);
            break;
        }
        if (count == 0) {
            tr_thread_sleep(TR_FOREVER);
            continue;
        }
        loop_wake();
        if (tr_pipe_write(stream.pipes[IN], bytes, count, 0) != (int64_t)count) {
            break;
        }
    }
    return thread_end();
}

static int64_t way_start(int way, struct tr_device_member *member, int64_t (*entry)(uint64_t))
{
    int64_t pipe = tr_pipe_create(&member->key);

    if (pipe < 0) {
        return pipe;
    }
    member->id = (uint64_t)pipe;
    stream.pipes[way] = member->id;
    atomic_fetch_add(&stream.threads, 1);
    int64_t tid = tr_thread_create(entry, 0, (uint64_t)(stacks[way] + STACK_SIZE), 0);
    if (tid < 0) {
        atomic_fetch_sub(&stream.threads, 1);
        return tid;
    }
    stream.tids[way] = tid;
    return 0;
}

int64_t stream_start(struct tr_serial_stream *pipes, uint64_t owner, struct ring *out,
                     struct ring *in)
{
    if (stream_is_on()) {
        return TR_E_BUSY;
    }
    /* Both threads have ended because the client left its pipes. */
    stream_end(stream.owner);
    atomic_store(&stream.is_ending, false);
    atomic_store(&stream.has_hung_up, false);
    stream.owner = owner;
    stream.rings[OUT] = out;
    stream.rings[IN] = in;
    int64_t result = way_start(OUT, &pipes->out, out_thread);
    if (result == 0) {
        result = way_start(IN, &pipes->in, in_thread);
    }
    if (result < 0) {
        stream_end(owner);
    }
    return result;
}

void stream_end(uint64_t owner)
{
    if (owner != stream.owner) {
        return;
    }
    atomic_store(&stream.is_ending, true);
    for (int way = 0; way < WAYS; way++) {
        if (stream.pipes[way] != 0) {
            tr_pipe_release(stream.pipes[way]);
            stream.pipes[way] = 0;
        }
    }
    stream_moved();
    stream.owner = 0;
}

void stream_moved(void)
{
    for (int way = 0; way < WAYS; way++) {
        if (stream.tids[way] > 0 && tr_thread_wake((uint64_t)stream.tids[way]) < 0) {
            stream.tids[way] = 0;
        }
    }
}

void stream_hang_up(void)
{
    atomic_store(&stream.has_hung_up, true);
    stream_moved();
}

bool stream_is_on(void)
{
    return atomic_load(&stream.threads) > 0;
}
