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

/* True: the file may take more. A signal that ends the run ends this wait too, and all after it. */
static bool wait_for_room(struct machine *machine, struct output *output)
{
    struct pollfd files[] = {{.fd = output->file, .events = POLLOUT},
                             {.fd = machine->wake_fd, .events = POLLIN}};
    int patience = !output->is_line ? -1 : output->is_unheard ? 0 : OUTPUT_PATIENCE_MS;
    int ready = poll(files, 2, patience);
    /* A terminal that nobody has opened is hung up, and may have room. */
    bool has_listener = (files[0].revents & (POLLHUP | POLLOUT)) == POLLOUT;
    output->is_unheard = output->is_line && ready >= 0 && !has_listener;
    return !output->is_unheard;
}

/* Returns 0 or the host's error. */
static int write_all(struct machine *machine, struct output *output)
{
    size_t done = 0;
    while (done < output->count && atomic_load(&machine->interrupted) == 0) {
        if (output->is_line && !wait_for_room(machine, output)) {
            output->lost += output->count - done;
            break;
        }
        ssize_t written = write(output->file, output->bytes + done, output->count - done);
        if (written >= 0) {
            done += (size_t)written;
        } else if (errno == EAGAIN) {
            wait_for_room(machine, output);
        } else if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

static int write_without_signal(struct machine *machine, struct output *output)
{
    sigset_t broken_pipe, before, pending;
    const struct timespec at_once = {0};
    sigemptyset(&broken_pipe);
    sigaddset(&broken_pipe, SIGPIPE);
    sigpending(&pending);
    pthread_sigmask(SIG_BLOCK, &broken_pipe, &before);
    int error = write_all(machine, output);
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

static void write_out(struct machine *machine, struct output *output)
{
    if (output->count == 0 || output->closed) {
        return;
    }
    if (output->write != NULL) {
        output->write(output->user, output->bytes, output->count);
        return;
    }
    if (output->file < 0) {
        return;
    }
    int error = write_without_signal(machine, output);
    if (error != 0) {
        output->closed = true;
        host_warn(machine, "output fails: %s; the rest is dropped", strerror(error));
    }
}

void output_flush(struct machine *machine, struct output *output)
{
    write_out(machine, output);
    output->count = 0;
    output->flushed_at = timeline_now(machine);
}
