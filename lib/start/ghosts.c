/* SPDX-License-Identifier: MIT */
/* The names of the ghost functions in a shared object that is only linked against, never loaded:
 * with it a program's calls become dynamic symbols, and a name that is in no table stays the link
 * error it should be. A view of calls.def. */

#define TR_CALL_ROW(nr, name)                                                                      \
    void tr_##name(void)                                                                           \
    {                                                                                              \
    }
#include <terrarium/calls_rows.h>

void tr_call(void)
{
}

/* Called at every basic block of a program built COUNTED. */
void __sanitizer_cov_trace_pc(void)
{
}
