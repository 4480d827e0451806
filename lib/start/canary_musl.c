/* SPDX-License-Identifier: MIT */
/* Canaries of musl's members, which are compiled to look at them. Theirs is what lies where the
 * processor's ABI says: on x86-64 at FS:0x28, the host's word in a program whose threads have no
 * blocks; on Arm a variable. */

#include "start/canary.h"

#include <stdlib.h>
#include <terrarium.h>

extern const unsigned long lib_musl_canary;
const unsigned long lib_musl_canary = 0x5bd1e995a7c3f100;

void lib_musl_canary_changed(void)
{
    static const char text[] = "the stack was written over: a function's canary has changed";

    (void)tr_log(text, sizeof text - 1);
    abort();
}
