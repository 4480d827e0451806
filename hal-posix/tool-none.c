/* SPDX-License-Identifier: MIT */
/* A build without Valgrind's headers: no memory checker is told anything. */

#include "tool.h"

void tool_filled(struct machine *machine, uint64_t va, uint64_t size, uint32_t prot)
{
    (void)machine;
    (void)va;
    (void)size;
    (void)prot;
}

uint32_t tool_slowness(void)
{
    return 1;
}

bool posix_is_checked(void)
{
    return false;
}

void hal_tool(struct machine *machine, enum hal_tool what, const void *to, const void *from,
              uint64_t size)
{
    (void)machine;
    (void)what;
    (void)to;
    (void)from;
    (void)size;
}
