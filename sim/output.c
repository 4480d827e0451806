/* SPDX-License-Identifier: MIT */
/* Writes the guest's bytes, unbuffered: what a program has printed is visible even if the host
 * process dies the next moment. */

#include "output.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include "hal-posix/posix.h"
#include "sim/say.h"
#include "sim/signals.h"
#include "sim/terminal.h"
#include "sim/write.h"

static void close_output(struct sim_output *output)
{
    output->closed = true;
    if (output->is_optional) {
        return;
    }
    output->failed = errno != EPIPE;
    if (errno == EIO && sim_terminal_is_gone()) {
        sim_signals_send(SIGHUP);
    } else if (output->failed) {
        sim_complain("standard output: %s", strerror(errno));
    }
    posix_machine_interrupt(output->machine);
}

void sim_output_write(struct sim_output *output, const void *bytes, size_t size)
{
    /* What is given up for a signal is the end of the run, not of the output. */
    if (!output->closed && !sim_write(output->fd, bytes, size) && errno != EINTR) {
        close_output(output);
    }
}
