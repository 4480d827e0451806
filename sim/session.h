/* SPDX-License-Identifier: MIT */
#pragma once

/* One simulated machine after another: creates it, boots the kernel on it, runs it, audits what is
 * left, and does so again when the system asks for a reboot. */

#include <stdbool.h>
#include <stdint.h>

struct sim_boot;
struct sim_run;

/* Runs the loaded boot description to its end; returns the exit code. */
int sim_session(const struct sim_run *run, const struct sim_boot *boot, int input_fd);
