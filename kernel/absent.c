/* SPDX-License-Identifier: MIT */
/* The calls that interface.md 15 names, which this version of the kernel does not have: their
 * numbers are kept, and they answer NOSYS. Each leaves this file when its feature comes. */

#include <terrarium/error.h>

#include "call.h"

#define UNUSED(x) (void)(x)

int64_t call_process_create(struct kernel *kernel, uint64_t name, uint32_t process_class)
{
    UNUSED(kernel), UNUSED(name), UNUSED(process_class);
    return TR_E_NOSYS;
}

int64_t call_process_map(struct kernel *kernel, uint64_t pid, uint64_t dst, uint64_t src,
                         uint64_t pages, uint32_t prot, uint32_t how)
{
    UNUSED(kernel), UNUSED(pid), UNUSED(dst), UNUSED(src), UNUSED(pages), UNUSED(prot);
    UNUSED(how);
    return TR_E_NOSYS;
}

int64_t call_process_unmap(struct kernel *kernel, uint64_t pid, uint64_t va, uint64_t pages)
{
    UNUSED(kernel), UNUSED(pid), UNUSED(va), UNUSED(pages);
    return TR_E_NOSYS;
}

int64_t call_process_start(struct kernel *kernel, uint64_t pid, uint64_t ip, uint64_t sp,
                           uint64_t arg)
{
    UNUSED(kernel), UNUSED(pid), UNUSED(ip), UNUSED(sp), UNUSED(arg);
    return TR_E_NOSYS;
}

int64_t call_process_abandon(struct kernel *kernel, uint64_t pid)
{
    UNUSED(kernel), UNUSED(pid);
    return TR_E_NOSYS;
}

int64_t call_process_fork(struct kernel *kernel, uint32_t flags, uint64_t lo, uint64_t hi)
{
    UNUSED(kernel), UNUSED(flags), UNUSED(lo), UNUSED(hi);
    return TR_E_NOSYS;
}

int64_t call_process_load(struct kernel *kernel, uint64_t text, uint64_t size, uint64_t name,
                          uint32_t process_class, uint32_t flags)
{
    UNUSED(kernel), UNUSED(text), UNUSED(size), UNUSED(name), UNUSED(process_class);
    UNUSED(flags);
    return TR_E_NOSYS;
}

int64_t call_shared_supply(struct kernel *kernel, uint64_t id, uint64_t page, uint64_t src_va)
{
    UNUSED(kernel), UNUSED(id), UNUSED(page), UNUSED(src_va);
    return TR_E_NOSYS;
}
