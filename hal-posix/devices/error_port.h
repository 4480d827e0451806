/* SPDX-License-Identifier: MIT */
#pragma once

/* The port for what programs complain of: a byte written to 0xe9 goes to posix_config.error;
 * reading gives 0xe9 (the "port E9 hack" of Bochs). There is none without such a function.
 *
 * SIM: it takes no time but an access's; on a PC a second serial line would stand for it. */

#include "hal-posix/machine.h"

bool error_port_create(struct machine *machine);
void error_port_destroy(struct machine *machine);
/* Tells the host what is not a whole line yet. */
void error_port_flush(struct machine *machine);
