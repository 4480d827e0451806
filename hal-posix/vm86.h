/* SPDX-License-Identifier: MIT */
#pragma once

/* Real-mode execution: vm86.c with libx86emu, vm86-none.c without. */

#include <stdbool.h>

struct machine;

/* For `terrarium doctor`. */
extern const char *const vm86_choice, *const vm86_detail;
extern const bool vm86_is_there;

/* Frees the interpreter, if there is one. */
void vm86_destroy(struct machine *machine);
