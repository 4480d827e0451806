/* SPDX-License-Identifier: MIT */
/* From a pipe into a ring. */

#include "stream.h"

#include <stdalign.h>
#include <terrarium.h>
#include <terrarium/driver.h>

#define STACK_SIZE 16384
#define PIECE      1024

static struct {
    struct ring ring;
    _Atomic bool is_stopped;
    bool is_on;
    uint64_t pipe, tid;
    void (*ended)(void);
} stream;

static alignas(16) unsigned char stack[STACK_SIZE];

/* Has the loop look at the ring. */
static void loop_wake(void)
{
    tr_timer_set(0, STREAM_TIMER);
}

static int64_t read_on(uint64_t pipe)
{
    uint8_t bytes[PIECE];
    int64_t count;

    while ((count = tr_pipe_read(pipe, bytes, sizeof bytes, TR_PARTIAL)) > 0) {
        size_t done = 0;
        while (done < (size_t)count && !atomic_load(&stream.is_stopped)) {
            done += ring_put(&stream.ring, bytes + done, (size_t)count - done);
            loop_wake();
            if (done < (size_t)count) {
                tr_thread_sleep(TR_FOREVER);
            }
        }
    }
    return 0;
}

static void on_thread_exit(struct tru_loop *loop, const struct tr_event *event, void *user)
{
    (void)loop;
    (void)user;
    if (event->object == stream.tid) {
        stream.is_on = false;
        stream.tid = 0;
        if (stream.pipe != 0) {
            tr_pipe_release(stream.pipe);
            stream.pipe = 0;
        }
        stream.ended();
    }
}

int64_t stream_open(void (*ended)(void))
{
    stream.ended = ended;
    return tru_loop_on(tru_driver_loop(), TR_EVENT_THREAD_EXIT, TRU_ANY_COOKIE, on_thread_exit,
                       NULL);
}

int64_t stream_start(struct tr_device_member *pipe)
{
    int64_t id = tr_pipe_create(&pipe->key);

    if (id < 0) {
        return id;
    }
    pipe->id = stream.pipe = (uint64_t)id;
    atomic_store(&stream.ring.put, 0);
    atomic_store(&stream.ring.taken, 0);
    atomic_store(&stream.is_stopped, false);
    int64_t tid =
        tr_thread_create(read_on, stream.pipe, (uint64_t)(stack + STACK_SIZE), TR_THREAD_NOTIFY);
    if (tid < 0) {
        tr_pipe_release(stream.pipe);
        stream.pipe = 0;
        return tid;
    }
    stream.tid = (uint64_t)tid;
    stream.is_on = true;
    return 0;
}

bool stream_is_on(void)
{
    return stream.is_on;
}

void stream_stop(void)
{
    atomic_store(&stream.is_stopped, true);
    if (stream.pipe != 0) {
        tr_pipe_release(stream.pipe);
        stream.pipe = 0;
    }
    if (stream.tid != 0) {
        tr_thread_wake(stream.tid);
    }
}

uint32_t stream_count(void)
{
    return (uint32_t)ring_count(&stream.ring);
}

uint32_t stream_take(uint8_t *bytes, uint32_t size)
{
    uint32_t taken = (uint32_t)ring_take(&stream.ring, bytes, size);

    if (stream.tid != 0) {
        tr_thread_wake(stream.tid);
    }
    return taken;
}

bool stream_pipe_is_empty(void)
{
    struct tr_pipe_info information;

    return stream.pipe == 0 || tr_pipe_info(stream.pipe, &information) < 0 ||
           information.bytes == 0;
}
