/* SPDX-License-Identifier: MIT */
#pragma once

/* The examples of docs/calls/ as one program, for a test: each in a process of its own. */

/* Prints the program's source. */
void examples_print(void);

/* Prints what it prints: "all", or the one example of that name. */
void examples_expected_print(const char *which);
