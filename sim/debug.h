/* SPDX-License-Identifier: MIT */
#pragma once

/* `--gdb`: the same run again, under gdb with the shipped script. */

struct sim_run;

/* Replaces the process by gdb. Returns an exit code only if that fails. */
int sim_debug(const struct sim_run *run);
