/* SPDX-License-Identifier: MIT */
/* The table of objects: chains in buckets by type and id. Ids count up, so consecutive objects of a
 * type fall into consecutive buckets and chains stay short. The buckets are made at boot. */

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
    object->next = *bucket;
    *bucket = object;
    table->live[type]++;
}

void object_leave(struct kernel *kernel, struct object *object)
{
    struct object_table *table = &kernel->objects;
    struct object **place = bucket_of(table, object->type, object->id);
    while (*place != NULL && *place != object) {
        place = &(*place)->next;
    }
    KASSERT(kernel, *place == object);
    *place = object->next;
    object->next = NULL;
    table->live[object->type]--;
}

struct object *object_find(struct kernel *kernel, enum object_type type, uint64_t id)
{
    struct object *object = *bucket_of(&kernel->objects, type, id);
    while (object != NULL && (object->id != id || object->type != type)) {
        object = object->next;
    }
    return object;
}
