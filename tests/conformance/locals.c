/* SPDX-License-Identifier: MIT */
/* Makes the threads of a program have blocks (interface.md 4.10): section 4 holds with them too. */

#include <terrarium.h>

static _Thread_local volatile uint64_t variables[100] = {3};

__attribute__((constructor)) static void look(void)
{
    if (variables[0] != 3 || variables[99] != 0) {
        tr_process_exit(99);
    }
}
