/* SPDX-License-Identifier: MIT */
#pragma once

/* Who waits for whom when a run has ended: as sentences, and as a graph. */

#include <stdbool.h>

struct kernel;

/* Complains of each thread that waits, on whom it waits, and of circles. */
void sim_waits_tell(struct kernel *kernel);

/* The file of --dot: opened before the run, so that what cannot be written is refused then; "-" is
 * standard output. False after a complaint. */
bool sim_waits_open(const char *path);

/* Writes the graph of the kernel in Graphviz's language, if a file is open, and closes it. False
 * after a complaint. */
bool sim_waits_draw(struct kernel *kernel);
