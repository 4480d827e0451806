/* SPDX-License-Identifier: MIT */
#pragma once

/* Where the files lie that belong to the binary: beside it when it is installed, else in the tree
 * that it was built from. */

#include <limits.h>
#include <stdbool.h>

/* The path of `installed` (relative to the binary's folder) if it is there, else of `built`.
 * False: neither exists. */
bool sim_place(const char *installed, const char *built, char path[PATH_MAX]);

/* One file by whatever names; two that are not there are one if their names are. */
bool sim_same_file(const char *one, const char *other);

/* True if it is the binary itself or a file of the installation that programs are made with. */
bool sim_is_own(const char *path);
