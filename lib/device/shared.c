/* SPDX-License-Identifier: MIT */
/* Shared memory for transfers too large for a message. The driver makes it and its client joins: a
 * driver that joined what clients name would sleep for each wrong key. */

#include <stdlib.h>

#include "device/driver.h"

#define PAGES_MOST 1024 /* of all clients of this driver */

static struct tru_driver_shared *attached;

static struct tru_driver_shared *shared_find(const struct tru_driver_device *device, uint64_t owner,
                                             uint64_t id)
{
    struct tru_driver_shared *shared = attached;

    while (shared != NULL &&
           (shared->device != device || shared->owner != owner || shared->id != id)) {
        shared = shared->next;
    }
    return shared;
}

/* Pages that are attached, of one client at one device, or of all (owner 0). */
static uint64_t pages_count(const struct tru_driver_device *device, uint64_t owner)
{
    uint64_t pages = 0;

    for (const struct tru_driver_shared *shared = attached; shared != NULL; shared = shared->next) {
        if (owner == 0 || (shared->device == device && shared->owner == owner)) {
            pages += shared->size / TR_PAGE_SIZE;
        }
    }
    return pages;
}

static int64_t shared_attach(const struct tru_driver_request *request,
                             struct tr_device_member *member)
{
    uint64_t pages = request->head.arguments[0];
    uint64_t own = pages_count(request->device, request->sender);

    if (pages == 0) {
        return TR_E_INVAL;
    }
    if (pages > TR_DEVICE_SHARED_PAGES - own || pages > PAGES_MOST - pages_count(NULL, 0)) {
        return TR_E_LIMIT;
    }
    struct tru_driver_shared *shared = calloc(1, sizeof *shared);
    if (shared == NULL) {
        return TR_E_NOMEM;
    }
    int64_t id = tr_shared_create(pages, TR_READ | TR_WRITE, 0, &member->key, &shared->va);
    if (id < 0) {
        free(shared);
        return id;
    }
    member->id = (uint64_t)id;
    shared->device = request->device;
    shared->owner = request->sender;
    shared->id = (uint64_t)id;
    shared->size = pages * TR_PAGE_SIZE;
    shared->next = attached;
    attached = shared;
    return (int64_t)pages;
}

void driver_shared_attach(struct tru_driver_request *request)
{
    struct tr_device_member member;
    int64_t result = shared_attach(request, &member);

    if (result < 0) {
        tru_driver_done(request, result);
    } else {
        tru_driver_done_with(request, result, &member, sizeof member);
    }
}

static void shared_release(struct tru_driver_shared *shared)
{
    struct tru_driver_shared **link = &attached;

    while (*link != shared) {
        link = &(*link)->next;
    }
    *link = shared->next;
    tr_shared_release(shared->id);
    free(shared);
}

void driver_shared_detach(struct tru_driver_request *request)
{
    struct tru_driver_shared *shared =
        shared_find(request->device, request->sender, request->head.arguments[0]);

    if (shared == NULL) {
        tru_driver_done(request, TR_E_NOENT);
    } else if (shared->users > 0) {
        tru_driver_done(request, TR_E_BUSY);
    } else {
        shared_release(shared);
        tru_driver_done(request, 0);
    }
}

int64_t driver_shared_hold(struct tru_driver_request *request)
{
    if ((request->head.flags & TR_DEVICE_SHARED) == 0) {
        return 0;
    }
    request->shared = shared_find(request->device, request->sender, request->head.arguments[2]);
    if (request->shared == NULL) {
        return TR_E_NOENT;
    }
    request->shared->users++;
    return 0;
}

void driver_shared_drop(struct tru_driver_request *request)
{
    struct tru_driver_shared *shared = request->shared;

    if (shared == NULL) {
        return;
    }
    shared->users--;
    /* Its client went while this request, which could not be cancelled, was still using it. */
    if (shared->users == 0 && shared->owner == 0) {
        shared_release(shared);
    }
}

void *driver_shared_bytes(const struct tru_driver_request *request, uint64_t size)
{
    const struct tru_driver_shared *shared = request->shared;
    uint64_t offset = request->head.arguments[3];

    if (offset > shared->size || size > shared->size - offset) {
        return NULL;
    }
    return (unsigned char *)shared->va + offset;
}

void driver_shared_leave(const struct tru_driver_device *device, uint64_t pid)
{
    struct tru_driver_shared *next;

    for (struct tru_driver_shared *shared = attached; shared != NULL; shared = next) {
        next = shared->next;
        if (shared->device != device || (pid != 0 && shared->owner != pid)) {
            continue;
        }
        if (shared->users > 0) {
            shared->owner = 0;
        } else {
            shared_release(shared);
        }
    }
}
