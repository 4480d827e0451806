/* SPDX-License-Identifier: MIT */
#pragma once

/* What this host is: the figures mean nothing without it. */

#include <stdio.h>

/* Pins this program to a core it may run on: `core`, or the last one if negative. The core, or -1
 * if the host does not let us. */
int machine_pin(int core);

void machine_print(FILE *file, int core);

/* Members of a JSON object. */
void machine_json(FILE *file, int core);
