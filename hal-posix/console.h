/* SPDX-License-Identifier: MIT */
#pragma once

/* The other end of the first serial port: the simulator's standard input and output, or whatever
 * posix_config says. */

#include "machine.h"

bool console_create(struct machine *machine);
void console_destroy(struct machine *machine);

/* The system wants input and there is some or may come some. */
bool console_can_read(const struct machine *machine);
/* Some of it is here already: no need to wait for the host. */
bool console_has_ahead(const struct machine *machine);
/* Gives the system what has come; the file is ready, or never lets wait. */
void console_read(struct machine *machine);
/* The system idles and the script is about to be read: no need to interrupt programs for it. */
void console_cancel_script(struct machine *machine);
/* Writes to the host what has been sent. */
void console_flush(struct machine *machine);
