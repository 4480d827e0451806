/* SPDX-License-Identifier: MIT */
#pragma once

/* The command `help`, and what numbers mean that programs and runs end with. */

#include <stdint.h>

int command_help(int argc, char **argv);
