/* SPDX-License-Identifier: MIT */
/* Host calls of programs. A program is native code and could ask the host for anything in the
 * simulator's name: its end, its memory, its signals. Where the host has syscall user dispatch it
 * is told that the calls of this thread come from above the windows alone; one from a program is a
 * SIGSYS then, and the program's fault. Nothing is paid for that in the gate.
 *
 * SIM: on hardware such an instruction would be a trap that the kernel knows nothing of. */

#include "host_calls.h"

#include <sys/prctl.h>
#include <unistd.h>

#include "tool.h"
#include "trap.h"
#include "window.h"

#define HOST_END (UINT64_C(1) << 47)

/* Valgrind knows nothing of it. A host program at a fixed low address would be refused itself. */
static bool is_possible(void)
{
    return !tool_is_watching() && (uint64_t)(uintptr_t)is_possible >= WINDOWS_END &&
           (uint64_t)(uintptr_t)prctl >= WINDOWS_END;
}

static bool dispatch(bool on)
{
    unsigned long begin = on ? WINDOWS_END : 0;
    unsigned long size = on ? HOST_END - WINDOWS_END : 0;
    return prctl(PR_SET_SYSCALL_USER_DISPATCH, on ? PR_SYS_DISPATCH_ON : PR_SYS_DISPATCH_OFF, begin,
                 size, 0UL) == 0;
}

bool host_calls_refuse(void)
{
    return is_possible() && dispatch(true);
}

void host_calls_allow(void)
{
    if (is_possible()) {
        (void)dispatch(false);
    }
}
