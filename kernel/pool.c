/* SPDX-License-Identifier: MIT */
/* Slabs: a run of frames whose first bytes are the header, the rest records. A slab finds itself
 * from a record's address because runs are aligned to their size. A pool keeps slabs with room in
 * `partial` and the others in `full`; an empty slab is given back unless it is the only one. The
 * record given back last is kept for the next taker, so that those that come and go (a message of
 * every call) do not touch their slab. */

#include "pool.h"

#include <terrarium/error.h>

#include "state.h"
#include "string.h"

struct slab {
    struct list link;
    void *free;           /* a freed record's first word links to the next */
    uint32_t used, fresh; /* records beyond `fresh` have never been used */
};

#define SLAB_HEADER 64u

void pool_setup(struct kernel *kernel, struct pool *pool, const char *name, uint64_t size)
{
    pool->name = name;
    pool->size = (uint32_t)((size + 15) & ~UINT64_C(15));
    pool->slab_order = 0;
    while (((uint64_t)TR_PAGE_SIZE << pool->slab_order) < SLAB_HEADER + (uint64_t)pool->size * 7) {
        pool->slab_order++;
    }
    uint64_t room = ((uint64_t)TR_PAGE_SIZE << pool->slab_order) - SLAB_HEADER;
    pool->per_slab = (uint32_t)(room / pool->size);
    list_init(&pool->partial);
    list_init(&pool->full);
    tool(kernel, HAL_TOOL_POOL, pool, NULL, pool->size);
}

static struct slab *slab_of(const struct kernel *kernel, const struct pool *pool, void *record)
{
    uint64_t size = (uint64_t)TR_PAGE_SIZE << pool->slab_order;
    uint64_t offset = (uint64_t)((uint8_t *)record - kernel->ram);
    return (struct slab *)(void *)(kernel->ram + (offset & ~(size - 1)));
}

static struct slab *slab_make(struct kernel *kernel, struct pool *pool, struct account *account)
{
    uint32_t frame;
    if (frame_allocate(kernel, account, pool->slab_order, FRAME_POOL, &frame) < 0) {
        return NULL;
    }
    struct slab *slab = frame_view(kernel, frame);
    slab->free = NULL;
    slab->used = 0;
    slab->fresh = 0;
    list_append(&pool->partial, &slab->link);
    return slab;
}

static void *slab_take(struct kernel *kernel, struct pool *pool, struct slab *slab)
{
    void *record = slab->free;
    if (record != NULL) {
        tool(kernel, HAL_TOOL_TAKEN, record, pool, pool->size);
        tool(kernel, HAL_TOOL_COPIED, record, slab, sizeof(void *));
        slab->free = *(void **)record;
    } else {
        record = (uint8_t *)slab + SLAB_HEADER + (uint64_t)slab->fresh * pool->size;
        slab->fresh++;
        tool(kernel, HAL_TOOL_TAKEN, record, pool, pool->size);
    }
    slab->used++;
    if (slab->used == pool->per_slab) {
        list_remove(&slab->link);
        list_append(&pool->full, &slab->link);
    }
    return record;
}

/* A record from a slab; NULL: no memory. */
static void *record_take(struct kernel *kernel, struct pool *pool, struct account *account)
{
    struct slab *slab;
    if (!list_is_empty(&pool->partial)) {
        slab = CONTAINER(pool->partial.next, struct slab, link);
    } else {
        slab = slab_make(kernel, pool, account);
    }
    return slab == NULL ? NULL : slab_take(kernel, pool, slab);
}

int64_t pool_take_raw(struct kernel *kernel, struct pool *pool, struct account *account,
                      void **record)
{
    if (!account_may_charge(kernel, account, pool->size)) {
        return TR_E_LIMIT;
    }
    if (kernel_allocation_is_failed(kernel)) {
        return TR_E_NOMEM;
    }
    void *taken = pool->spare;
    if (taken != NULL) {
        pool->spare = NULL;
        tool(kernel, HAL_TOOL_TAKEN, taken, pool, pool->size);
    } else {
        taken = record_take(kernel, pool, account);
        if (taken == NULL) {
            return TR_E_NOMEM;
        }
    }
    *record = taken;
    pool->live++;
    account_charge(account, pool->size);
    return 0;
}

int64_t pool_take(struct kernel *kernel, struct pool *pool, struct account *account, void **record)
{
    int64_t result = pool_take_raw(kernel, pool, account, record);
    if (result == 0) {
        memset(*record, 0, pool->size);
    }
    return result;
}

/* A record's place is free again, in its slab. */
static void record_give(struct kernel *kernel, struct pool *pool, void *record)
{
    struct slab *slab = slab_of(kernel, pool, record);
    KASSERT(kernel, slab->used > 0 && slab->used <= pool->per_slab);
    tool(kernel, HAL_TOOL_TAKEN, record, pool, pool->size);
    *(void **)record = slab->free;
    slab->free = record;
    tool(kernel, HAL_TOOL_FREED, record, pool, pool->size);
    if (slab->used == pool->per_slab) {
        list_remove(&slab->link);
        list_prepend(&pool->partial, &slab->link);
    }
    slab->used--;
    if (slab->used == 0 &&
        (slab->link.next != &pool->partial || slab->link.prev != &pool->partial)) {
        list_remove(&slab->link);
        tool(kernel, HAL_TOOL_RAW, slab, NULL, (uint64_t)TR_PAGE_SIZE << pool->slab_order);
        frame_free(kernel, frame_of(kernel, slab), pool->slab_order);
    }
}

void pool_flush(struct kernel *kernel, struct pool *pool)
{
    if (pool->spare != NULL) {
        record_give(kernel, pool, pool->spare);
        pool->spare = NULL;
    }
}

uint64_t pool_used(const struct pool *pool)
{
    uint64_t used = 0;
    LIST_FOR (link, &pool->partial) {
        used += CONTAINER(link, struct slab, link)->used;
    }
    return used + list_length(&pool->full) * pool->per_slab;
}

void pool_give(struct kernel *kernel, struct pool *pool, struct account *account, void *record)
{
    pool_flush(kernel, pool);
    pool->spare = record;
    pool->live--;
    tool(kernel, HAL_TOOL_FREED, record, pool, pool->size);
    account_release(kernel, account, pool->size);
}

bool account_may_charge(const struct kernel *kernel, const struct account *account, uint64_t bytes)
{
    return account->is_kernel || account->bytes + bytes <= kernel->config.limits.kernel_memory;
}

void account_charge(struct account *account, uint64_t bytes)
{
    account->bytes += bytes;
    account->records++;
}

static void account_free(struct kernel *kernel, struct account *account)
{
    pool_give(kernel, &kernel->pools.account, &kernel->root_account, account);
}

void account_release(struct kernel *kernel, struct account *account, uint64_t bytes)
{
    KASSERT(kernel, account->bytes >= bytes && account->records > 0);
    account->bytes -= bytes;
    account->records--;
    if (account->is_orphan && account->records == 0) {
        account_free(kernel, account);
    }
}

int64_t account_create(struct kernel *kernel, uint32_t process_class, struct account **account)
{
    void *record;
    int64_t result = pool_take(kernel, &kernel->pools.account, &kernel->root_account, &record);
    if (result < 0) {
        return result;
    }
    *account = record;
    (*account)->process_class = process_class;
    return 0;
}

void account_orphan(struct kernel *kernel, struct account *account)
{
    account->is_orphan = true;
    if (account->records == 0) {
        account_free(kernel, account);
    }
}

/* Which pool is of the smallest size that holds `bytes`; POOL_SIZES: too large for any. */
static uint32_t size_index(const struct kernel *kernel, uint64_t bytes)
{
    uint32_t i = 0;
    while (i < POOL_SIZES && bytes > kernel->pools.sizes[i].size) {
        i++;
    }
    return i;
}

uint64_t kernel_memory_size(const struct kernel *kernel, uint64_t bytes)
{
    return kernel->pools.sizes[size_index(kernel, bytes)].size;
}

int64_t kernel_memory_take(struct kernel *kernel, struct account *account, uint64_t bytes,
                           void **memory)
{
    uint32_t i = size_index(kernel, bytes);
    KASSERT(kernel, i < POOL_SIZES);
    return pool_take_raw(kernel, &kernel->pools.sizes[i], account, memory);
}

void kernel_memory_give(struct kernel *kernel, struct account *account, void *memory,
                        uint64_t bytes)
{
    pool_give(kernel, &kernel->pools.sizes[size_index(kernel, bytes)], account, memory);
}
