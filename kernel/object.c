/* SPDX-License-Identifier: MIT */
/* The table of objects: chains in buckets by type and id, the oldest first; a bucket holds the
 * last, whose next is the first. Ids count up, so consecutive objects of a type fall into
 * consecutive buckets and chains stay short. The buckets are made at boot. */

#include "object.h"

#include "state.h"

static struct object **bucket_of(struct object_table *table, enum object_type type, uint64_t id)
{
    uint64_t spread = (uint64_t)type * UINT64_C(0x9E3779B97F4A7C15);
    return &table->buckets[(id + (spread >> 32)) & table->mask];
}

void object_enter(struct kernel *kernel, struct object *object, enum object_type type)
{
    struct object_table *table = &kernel->objects;
    object->id = ++table->last_id[type];
    object->type = type;
    struct object **bucket = bucket_of(table, type, object->id);
    struct object *last = *bucket;
    object->next = last != NULL ? last->next : object;
    if (last != NULL) {
        last->next = object;
    }
    *bucket = object;
    table->live[type]++;
}

void object_leave(struct kernel *kernel, struct object *object)
{
    struct object_table *table = &kernel->objects;
    struct object **bucket = bucket_of(table, object->type, object->id);
    KASSERT(kernel, *bucket != NULL);
    struct object *before = *bucket;
    while (before->next != object) {
        before = before->next;
        KASSERT(kernel, before != *bucket);
    }
    before->next = object->next;
    if (*bucket == object) {
        *bucket = before != object ? before : NULL;
    }
    object->next = NULL;
    table->live[object->type]--;
}

struct object *object_find(struct kernel *kernel, enum object_type type, uint64_t id)
{
    struct object *last = *bucket_of(&kernel->objects, type, id);
    if (last == NULL) {
        return NULL;
    }
    struct object *object = last->next;
    while (object->id != id || object->type != type) {
        if (object == last) {
            return NULL;
        }
        object = object->next;
    }
    return object;
}
