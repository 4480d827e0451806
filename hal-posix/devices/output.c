/* SPDX-License-Identifier: MIT */
/* Batches of output. SIGPIPE is blocked around the write and taken if it came, because the host
 * program may have a handler of its own for it. */

#include "output.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "hal-posix/machine.h"

#define PAUSE_NS UINT64_C(10000000)

/* Returns 0 or the host's error. */
static int write_all(int file, const uint8_t *bytes, size_t size)
{
    while (size > 0) {
        ssize_t written = write(file, bytes, size);
        if (written >= 0) {
            bytes += written;
            size -= (size_t)written;
        } else if (errno == EAGAIN) {
            struct pollfd wait = {.fd = file, .events = POLLOUT};
            poll(&wait, 1, -1);
        } else if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

static int write_without_signal(int file, const uint8_t *bytes, size_t size)
{
    sigset_t broken_pipe, before, pending;
    const struct timespec at_once = {0};
    sigemptyset(&broken_pipe);
    sigaddset(&broken_pipe, SIGPIPE);
    sigpending(&pending);
    pthread_sigmask(SIG_BLOCK, &broken_pipe, &before);
    int error = write_all(file, bytes, size);
    if (error == EPIPE && sigismember(&pending, SIGPIPE) == 0) {
        sigtimedwait(&broken_pipe, NULL, &at_once);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error;
}

void output_put(struct machine *machine, struct output *output, uint8_t byte)
{
    output->bytes[output->count++] = byte;
    if (output->count == OUTPUT_SIZE) {
        output_flush(machine, output);
    }
}

void output_pause(struct machine *machine, struct output *output)
{
    if (timeline_now(machine) - output->flushed_at >= PAUSE_NS) {
        output_flush(machine, output);
    }
}

void output_flush(struct machine *machine, struct output *output)
{
    size_t count = output->count;
    output->count = 0;
    output->flushed_at = timeline_now(machine);
    if (count == 0 || output->closed) {
        return;
    }
    if (output->write != NULL) {
        output->write(output->user, output->bytes, count);
        return;
    }
    if (output->file < 0) {
        return;
    }
    int error = write_without_signal(output->file, output->bytes, count);
    if (error != 0) {
        output->closed = true;
        host_warn(machine, "output fails: %s; the rest is dropped", strerror(error));
    }
}
