/* SPDX-License-Identifier: MIT */
#pragma once

/* Kernel objects have ids: per type counted up from 1 in order of creation, never reused. The
 * table finds an object by type and id in constant time. */

#include <stdint.h>

struct kernel;

enum object_type {
    OBJECT_PROCESS = 0,
    OBJECT_THREAD,
    OBJECT_MESSAGE,
    OBJECT_PIPE,
    OBJECT_SHARED,
    OBJECT_DEVICE,
    OBJECT_TYPES
};

/* First member of the record of every such object. */
struct object {
    struct object *next; /* in its bucket */
    uint64_t id;
    enum object_type type;
};

struct object_table {
    struct object **buckets;
    uint64_t mask;
    uint64_t last_id[OBJECT_TYPES];
    uint64_t live[OBJECT_TYPES];
};

/* Gives the object the next id of its type and enters it. Cannot fail. */
void object_enter(struct kernel *kernel, struct object *object, enum object_type type);
void object_leave(struct kernel *kernel, struct object *object);

/* NULL: no live object of that type and id. */
struct object *object_find(struct kernel *kernel, enum object_type type, uint64_t id);
