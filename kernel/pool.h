/* SPDX-License-Identifier: MIT */
#pragma once

/* Pools of records of one size, in slabs of frames, and the accounts that kernel memory is charged
 * to (interface.md 6: a quota per process that caused it). Empty slabs go back to the frames. */

#include <stdbool.h>
#include <stdint.h>

#include "list.h"

struct kernel;

/* Who caused kernel memory. Outlives its process while records charged to it live. */
struct account {
    uint64_t bytes;         /* charged now */
    uint64_t records;       /* how many records these are */
    uint32_t process_class; /* of the process: decides how deep allocations may go */
    bool is_kernel;         /* no quota, no reserve */
    bool is_orphan;         /* the process has ended: freed with the last record */
};

struct pool {
    const char *name;
    uint32_t size, per_slab, slab_order;
    uint64_t live;
    struct list partial, full;
    void *spare; /* the record given back last, its slab still counts it; NULL: none */
};

/* Sizes for kernel_memory_take, beside the pools of the objects. */
#define POOL_SIZES 4 /* 256, 512, 1024, 2048 bytes */

void pool_setup(struct kernel *kernel, struct pool *pool, const char *name, uint64_t size);

/* A zeroed record, charged to the account. 0, TR_E_LIMIT (quota) or TR_E_NOMEM. */
int64_t pool_take(struct kernel *kernel, struct pool *pool, struct account *account, void **record);
/* The same, contents undefined: for records that are filled whole. */
int64_t pool_take_raw(struct kernel *kernel, struct pool *pool, struct account *account,
                      void **record);
/* Gives it back; the account must be the one it was charged to. */
void pool_give(struct kernel *kernel, struct pool *pool, struct account *account, void *record);

/* Records in use as its slabs count them, the spare one with them: for audits. */
uint64_t pool_used(const struct pool *pool);

/* Gives the spare record's place back to its slab. */
void pool_flush(struct kernel *kernel, struct pool *pool);

/* Kernel memory of up to 2048 bytes from the pool of the next size, contents undefined. Given back
 * with the same number of bytes. */
int64_t kernel_memory_take(struct kernel *kernel, struct account *account, uint64_t bytes,
                           void **memory);
void kernel_memory_give(struct kernel *kernel, struct account *account, void *memory,
                        uint64_t bytes);
/* What is charged for so many bytes. */
uint64_t kernel_memory_size(const struct kernel *kernel, uint64_t bytes);

/* Whether the account's quota allows `bytes` more. */
bool account_may_charge(const struct kernel *kernel, const struct account *account, uint64_t bytes);
void account_charge(struct account *account, uint64_t bytes);
/* May free an orphan account. */
void account_release(struct kernel *kernel, struct account *account, uint64_t bytes);

int64_t account_create(struct kernel *kernel, uint32_t process_class, struct account **account);
/* The process is gone: the account lives on until its last record is given back. */
void account_orphan(struct kernel *kernel, struct account *account);
