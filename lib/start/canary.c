/* SPDX-License-Identifier: MIT */
/* Where functions end that find their canary changed: something wrote beyond its array. Musl's
 * members look; ours and programs are compiled without. The word they compare with lies at FS:0x28:
 * before a thread sets FS that is the host's. On Arm it is a variable. */

#include <stdlib.h>
#include <terrarium.h>

extern const unsigned long __stack_chk_guard;
const unsigned long __stack_chk_guard = 0x5bd1e995a7c3f100;

_Noreturn void __stack_chk_fail(void);

void __stack_chk_fail(void)
{
    static const char text[] = "the stack was written over: a function's canary has changed";

    (void)tr_log(text, sizeof text - 1);
    abort();
}
