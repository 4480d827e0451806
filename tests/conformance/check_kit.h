/* SPDX-License-Identifier: MIT */
#pragma once

/* What the host programs around the cases share: check_run.c runs every case once, in the kit and
 * as a program; check_sweep.c runs them in the kit again and again, with something going wrong. */

#include <terrarium/kit.h>

#include "check.h"

extern struct tr_kit *check_kit; /* of the case that runs */

/* A new kit for the next case. */
void check_kit_begin(const struct tr_kit_options *options);

/* First function of a process that is a case: `argument` is its struct check_case. */
int64_t check_kit_case(void *argument);
