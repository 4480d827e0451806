/* SPDX-License-Identifier: MIT */
/* The objects of shared memory. Their frames are taken at creation and belong to the object until
 * its last member leaves; members' tables only name them (PAGE_SHARED). */

#include "shared.h"

#include <terrarium/error.h>

#include "frame_list.h"
#include "shared_lent.h"
#include "state.h"

/* ---- The list of frames --------------------------------------------------------------------- */

static uint64_t index_bytes(const struct shared *shared)
{
    return UINT64_C(TR_PAGE_SIZE) << shared->frames_order;
}

static int64_t index_make(struct kernel *kernel, struct shared *shared)
{
    uint32_t frame;
    uint64_t bytes = shared->pages * sizeof(uint32_t);
    shared->frames_order = frame_order((bytes + TR_PAGE_SIZE - 1) / TR_PAGE_SIZE);
    if (!account_may_charge(kernel, shared->account, index_bytes(shared))) {
        return TR_E_LIMIT;
    }
    int64_t result =
        frame_allocate(kernel, shared->account, shared->frames_order, FRAME_KERNEL, &frame);
    if (result == 0) {
        account_charge(shared->account, index_bytes(shared));
        shared->frames = frame_view(kernel, frame);
    }
    return result;
}

static void index_free(struct kernel *kernel, struct shared *shared)
{
    frame_free(kernel, frame_of(kernel, shared->frames), shared->frames_order);
    account_release(kernel, shared->account, index_bytes(shared));
}

/* ---- The object ----------------------------------------------------------------------------- */

static void record_free(struct kernel *kernel, struct shared *shared)
{
    index_free(kernel, shared);
    pool_give(kernel, &kernel->pools.shared, shared->account, shared);
}

/* The record with an empty list of frames. */
static int64_t record_make(struct kernel *kernel, struct account *account, uint64_t pages,
                           struct shared **made)
{
    void *record;
    int64_t result = pool_take(kernel, &kernel->pools.shared, account, &record);
    if (result < 0) {
        return result;
    }
    struct shared *shared = record;
    shared->account = account;
    shared->pages = pages;
    shared->held = pages;
    list_init(&shared->members);
    result = index_make(kernel, shared);
    if (result < 0) {
        pool_give(kernel, &kernel->pools.shared, account, shared);
        return result;
    }
    *made = shared;
    return 0;
}

int64_t shared_make(struct kernel *kernel, struct account *account, uint64_t pages,
                    struct shared **made)
{
    if (!frame_may_take(kernel, account, pages)) {
        return TR_E_NOMEM;
    }
    struct shared *shared;
    int64_t result = record_make(kernel, account, pages, &shared);
    if (result < 0) {
        return result;
    }
    result = frame_list_take(kernel, account, FRAME_SHARED, shared->frames, pages);
    if (result < 0) {
        record_free(kernel, shared);
        return result;
    }
    *made = shared;
    return 0;
}

int64_t shared_make_over(struct kernel *kernel, struct account *account, uint64_t pages,
                         uint32_t frame, struct shared **made)
{
    int64_t result = record_make(kernel, account, pages, made);
    if (result == 0) {
        (*made)->is_lent = true;
        for (uint32_t i = 0; i < pages; i++) {
            (*made)->frames[i] = frame + i;
        }
    }
    return result;
}

bool shared_give(struct kernel *kernel, struct shared *shared, uint64_t most)
{
    uint64_t part = shared->held < most ? shared->held : most;
    shared->held -= part;
    if (shared->is_lent) {
        shared_lent_give(kernel, shared->frames + shared->held, part);
    } else {
        frame_list_give(kernel, shared->frames + shared->held, part);
    }
    return shared->held == 0;
}

void shared_free(struct kernel *kernel, struct shared *shared)
{
    (void)shared_give(kernel, shared, shared->held);
    if (shared->lender != NULL) {
        list_remove(&shared->lent);
    }
    record_free(kernel, shared);
}

void shared_recharge(struct kernel *kernel, struct shared *shared)
{
    const struct shared_member *oldest =
        CONTAINER(shared->members.next, struct shared_member, in_shared);
    struct account *before = shared->account;
    struct account *account = oldest->process->account;
    if (account == before) {
        return;
    }
    account_charge(account, index_bytes(shared));
    account_charge(account, kernel->pools.shared.size);
    shared->account = account;
    account_release(kernel, before, index_bytes(shared));
    account_release(kernel, before, kernel->pools.shared.size);
}

struct shared *shared_find(struct kernel *kernel, uint64_t id)
{
    struct object *object = object_find(kernel, OBJECT_SHARED, id);
    return object == NULL ? NULL : CONTAINER(object, struct shared, object);
}
