/* SPDX-License-Identifier: MIT */
/* Ghost functions by name: a view of calls.def for the calls, the machine for the few others. */

#include "ghost.h"

#include <terrarium/error.h>

#include "call.h"
#include "copy.h"
#include "state.h"
#include "string.h"

struct ghost {
    const char *name; /* without tr_ */
    uint32_t length, number;
};

static const struct ghost ghosts[] = {
#define TR_CALL_ROW(nr, name) {#name, sizeof(#name) - 1, nr},
#include <terrarium/calls_rows.h>
#undef TR_CALL_ROW
};

#define GHOSTS (sizeof(ghosts) / sizeof(ghosts[0]))

static const struct ghost *call_of(const char *name)
{
    if (name[0] != 't' || name[1] != 'r' || name[2] != '_') {
        return NULL;
    }
    name += 3;
    size_t length = 0;
    while (name[length] != 0) {
        length++;
    }
    for (size_t i = 0; i < GHOSTS; i++) {
        if (ghosts[i].length == length && memcmp(ghosts[i].name, name, length) == 0) {
            return &ghosts[i];
        }
    }
    return NULL;
}

uint64_t ghost_find(struct kernel *kernel, const char *name)
{
    const struct ghost *call = call_of(name);
    if (call != NULL) {
        return hal_ghost_call(kernel->machine, call->number);
    }
    return hal_ghost_other(kernel->machine, name);
}

int64_t call_symbol_find(struct kernel *kernel, uint64_t name)
{
    char text[TR_NAME_MAX] = {0};
    int64_t result = copy_in_string(kernel, kernel_caller(kernel), text, name, sizeof(text));
    if (result == TR_E_INVAL) {
        return TR_E_NOENT; /* longer than any ghost's name */
    }
    if (result < 0) {
        return result;
    }
    uint64_t address = ghost_find(kernel, text);
    return address == 0 ? TR_E_NOENT : (int64_t)address;
}
