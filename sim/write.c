/* SPDX-License-Identifier: MIT */
/* The one loop that writes. A signal that ends the run ends every call here until the process is
 * gone (signals.c), so that none is waited for in vain. */

#include "write.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "sim/signals.h"

/* The terminal's cursor is behind something, as far as what was written here tells. */
static bool mid_line;

bool sim_write_is_mid_line(void)
{
    return mid_line;
}

bool sim_write(int fd, const void *bytes, size_t size)
{
    const char *at = bytes;
    if (size > 0 && isatty(fd) == 1) {
        mid_line = at[size - 1] != '\n';
    }
    while (size > 0) {
        ssize_t written = write(fd, at, size);
        if (written >= 0) {
            at += written;
            size -= (size_t)written;
            continue;
        }
        /* The file may be non-blocking if somebody else has made it so. */
        struct pollfd room = {.fd = fd, .events = POLLOUT};
        bool is_full = errno == EAGAIN && (poll(&room, 1, -1) >= 0 || errno == EINTR);
        if (!is_full && errno != EINTR) {
            return false;
        }
        if (sim_signals_taken() != 0) {
            errno = EINTR;
            return false;
        }
    }
    return true;
}
