/* SPDX-License-Identifier: MIT */
#pragma once

/* What the simulator says on standard error. Everything starts with "terrarium: ", so that a
 * reader can tell it from the guest's words. */

#include <stddef.h>

/* One line of complaint. Bytes that cannot be shown are written \xNN. */
void sim_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* "a, b or c" into text: for messages that tell what would have been right. */
void sim_alternatives(char *text, size_t size, const char *const *words);
