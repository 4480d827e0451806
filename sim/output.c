/* SPDX-License-Identifier: MIT */
/* Writes the guest's bytes, unbuffered: what a program has printed is visible even if the host
 * process dies the next moment. */

#include "output.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "hal-posix/posix.h"
#include "sim/say.h"

static void close_output(struct sim_output *output)
{
    output->closed = true;
    if (output->is_optional) {
        return;
    }
    output->failed = errno != EPIPE;
    if (output->failed) {
        sim_complain("standard output: %s", strerror(errno));
    }
    posix_machine_interrupt(output->machine);
}

/* Standard output may be non-blocking if somebody else has made it so. */
static void wait_for_room(int fd)
{
    struct pollfd room = {.fd = fd, .events = POLLOUT};
    poll(&room, 1, -1);
}

void sim_output_write(struct sim_output *output, const void *bytes, size_t size)
{
    const char *at = bytes;
    while (size > 0 && !output->closed) {
        ssize_t written = write(output->fd, at, size);
        if (written >= 0) {
            at += written;
            size -= (size_t)written;
        } else if (errno == EAGAIN) {
            wait_for_room(output->fd);
        } else if (errno != EINTR) {
            close_output(output);
        }
    }
}
