/* SPDX-License-Identifier: MIT */
#pragma once

/* From the raw argument to argc, argv and the standard streams.
 *
 * The words are separated by spaces, tabs and newlines; "…" makes one word, or a part of one, of
 * what stands between. They end at the first zero byte. Behind it a parent that connects programs
 * may say where the standard streams go, in words of the form
 *
 *     stdin=pipe:ID:KEY    stdout=pipe:ID:KEY    (both numbers in decimal)
 */

#include <stdint.h>

struct arguments {
    int count;
    char **words; /* ended by NULL; the program's own for its whole life */
};

/* Fills arguments, argv[0] the program's short name, and joins the pipes that were named. Ends the
 * program if there is no memory for the words. */
void arguments_parse(const char *text, uint64_t size, struct arguments *arguments);
