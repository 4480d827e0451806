/* SPDX-License-Identifier: MIT */
/* Where the ghost functions lie: the gate's stubs, one per row of calls.def. */

#include "machine.h"

#include <string.h>

#include "tool.h"

#define TR_CALL_ROW(nr, name) extern const char gate_ghost_##name[];
#include <terrarium/calls_rows.h>
#undef TR_CALL_ROW

static const char *const ghosts[TR_CALL_LIMIT] = {
#define TR_CALL_ROW(nr, name) [nr] = gate_ghost_##name,
#include <terrarium/calls_rows.h>
#undef TR_CALL_ROW
};

uint64_t hal_ghost_call(struct machine *machine, uint32_t number)
{
    (void)machine;
    if (number >= TR_CALL_LIMIT) {
        return 0;
    }
    const char *checked = tool_checked_ghost(number);
    return (uint64_t)(uintptr_t)(checked != NULL ? checked : ghosts[number]);
}

uint64_t hal_ghost_other(struct machine *machine, const char *name)
{
    (void)machine;
    if (strcmp(name, "tr_call") == 0) {
        return (uint64_t)(uintptr_t)gate_call;
    }
    if (strcmp(name, "__sanitizer_cov_trace_pc") == 0) {
        return (uint64_t)(uintptr_t)gate_count_block;
    }
    return 0;
}
