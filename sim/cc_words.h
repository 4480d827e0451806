/* SPDX-License-Identifier: MIT */
#pragma once

/* What the words of a compiler's command line mean, as far as it matters where the compiler writes:
 * no word that is missing or in another place may cost the user a file, or us our library. */

#include <stdbool.h>

/* With -c, -S or -E nothing is linked. */
bool sim_cc_links(int count, char **words);

/* 0, or the exit code after a complaint. */
int sim_cc_check(int count, char **words);
