/* SPDX-License-Identifier: MIT */
#pragma once

/* The second serial port and what is at its other end. */

#include "machine.h"

bool serial_create(struct machine *machine);
void serial_destroy(struct machine *machine);

/* The file to wait for, if the system takes input now; -1: none. */
int serial_live_file(const struct machine *machine);
/* The file is ready. */
void serial_read(struct machine *machine);
void serial_flush(struct machine *machine);
/* Says how much nobody has listened to, if any, and counts anew. */
void serial_tell_lost(struct machine *machine);
