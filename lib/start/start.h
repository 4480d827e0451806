/* SPDX-License-Identifier: MIT */
#pragma once

/* What start-up knows for the rest of lib/. */

/* An address on the first thread's stack, above which nothing of the program's lies. */
const unsigned char *start_stack(void);
