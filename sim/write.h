/* SPDX-License-Identifier: MIT */
#pragma once

/* Writing to the host's files. A reader that is slow is waited for; one that never reads is left
 * when a signal ends the run. */

#include <stdbool.h>
#include <stddef.h>

/* False with errno set if not all could be written; EINTR: it was given up for a signal. */
bool sim_write(int fd, const void *bytes, size_t size);

/* Whether the last byte that was written to a terminal leaves its cursor inside a line. */
bool sim_write_is_mid_line(void);
