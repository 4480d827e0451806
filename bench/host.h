/* SPDX-License-Identifier: MIT */
#pragma once

/* The host's own primitives, measured in the same run on the same core: what ours are compared
 * with. */

#include "measure.h"

void host_getppid(struct measure *measure);     /* a system call */
void host_swapcontext(struct measure *measure); /* glibc's switch between two contexts */
void host_pipe_round(struct measure *measure);  /* 64 bytes there and back between two processes */
void host_spawn(struct measure *measure);       /* posix_spawn of /bin/true to its end */

/* From the start of a command on a terminal to the text `prompt` on it; for our own command. */
void host_command_prompt(struct measure *measure, const char *command, const char *prompt);
