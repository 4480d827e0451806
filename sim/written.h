/* SPDX-License-Identifier: MIT */
#pragma once

/* What a run writes on the host. No file that it writes may be one that it reads, or that it writes
 * for another reason: one word too few on the command line would cost the user a file. */

#include "sim/boot.h"
#include "sim/run.h"

/* Looks at all files that the command line and the boot file name, before one is opened. False
 * after a complaint that names both. Terminals, pipes and devices may be named twice. */
bool sim_written_apart(const struct sim_run *run, const struct sim_boot *boot);
