/* SPDX-License-Identifier: MIT */
#pragma once

/* Circular doubly linked lists, the link embedded in the record. A link that is in no list points
 * to itself, so removing it twice does nothing. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct list {
    struct list *next, *prev;
};

/* The record of type `type` whose member `member` is at `pointer`. */
#define CONTAINER(pointer, type, member)                                                           \
    ((type *)(void *)((char *)(pointer)-offsetof(type, member)))

#define LIST_FOR(link, head)                                                                       \
    for (struct list *link = (head)->next; link != (head); link = link->next)

/* The body may remove `link`, and nothing else. */
#define LIST_FOR_SAFE(link, head)                                                                  \
    for (struct list *link = (head)->next, *link##_next = link->next; link != (head);              \
         link = link##_next, link##_next = link->next)

static inline void list_init(struct list *list)
{
    list->next = list->prev = list;
}

static inline bool list_is_empty(const struct list *list)
{
    return list->next == list;
}

/* Goes through it: for audits. */
static inline uint64_t list_length(const struct list *head)
{
    uint64_t length = 0;
    LIST_FOR (link, head) {
        length++;
    }
    return length;
}

static inline void list_insert_before(struct list *place, struct list *link)
{
    link->prev = place->prev;
    link->next = place;
    place->prev->next = link;
    place->prev = link;
}

static inline void list_append(struct list *head, struct list *link)
{
    list_insert_before(head, link);
}

static inline void list_prepend(struct list *head, struct list *link)
{
    list_insert_before(head->next, link);
}

static inline void list_remove(struct list *link)
{
    link->prev->next = link->next;
    link->next->prev = link->prev;
    list_init(link);
}

/* Takes out the first of a list that is not empty. */
static inline struct list *list_take_first(struct list *head)
{
    struct list *first = head->next;
    head->next = first->next;
    first->next->prev = head;
    list_init(first);
    return first;
}

/* Takes out the first of a list that is not empty and appends `link`. One alone, as usually in a
 * run queue, is exchanged without reading what has just been written. */
static inline struct list *list_exchange(struct list *head, struct list *link)
{
    struct list *first = head->next;
    if (first == head->prev) {
        head->next = head->prev = link;
        link->next = link->prev = head;
        list_init(first);
        return first;
    }
    list_take_first(head);
    list_append(head, link);
    return first;
}
