/* SPDX-License-Identifier: MIT */
#pragma once

/* The heap's side door for the rest of lib/. */

/* The program ends: a memory checker, if one watches, looks for leaks now, while the program's
 * memory is still there. */
void heap_report(void);
