/* SPDX-License-Identifier: MIT */
#pragma once

/* Keeps programs from calling the host: what the machine is told of such a call is a fault. */

#include <stdbool.h>

/* From now on a host call of a program on this thread raises SIGSYS, whose handler must be there.
 * False: this host cannot, and carries such calls out. */
bool host_calls_refuse(void);
void host_calls_allow(void);
