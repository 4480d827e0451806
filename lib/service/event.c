/* SPDX-License-Identifier: MIT */
/* The event loop. */

#include <stddef.h>
#include <terrarium.h>
#include <terrarium/event.h>

int64_t tru_loop_on(struct tru_loop *loop, uint32_t kind, uint64_t cookie, tru_handler *handler,
                    void *user)
{
    if (loop->count == TRU_LOOP_HANDLERS) {
        return TR_E_LIMIT;
    }
    loop->entries[loop->count++] = (struct tru_loop_entry){handler, user, cookie, kind};
    return 0;
}

static struct tru_loop_entry *loop_entry(struct tru_loop *loop, const struct tr_event *event)
{
    for (uint32_t i = 0; i < loop->count; i++) {
        struct tru_loop_entry *entry = &loop->entries[i];
        if (entry->kind == event->kind &&
            (entry->cookie == TRU_ANY_COOKIE || entry->cookie == event->cookie)) {
            return entry;
        }
    }
    return NULL;
}

/* What nobody wants must not pile up. */
static void event_drop(const struct tr_event *event)
{
    if (event->kind == TR_EVENT_MESSAGE) {
        tr_message_discard(event->object);
    } else if (event->kind == TR_EVENT_SAVE_STATE) {
        tr_system_saved();
    }
}

int64_t tru_loop_run(struct tru_loop *loop)
{
    loop->is_ended = false;
    while (!loop->is_ended) {
        struct tr_event event;
        int64_t result = tr_event_wait(&event, TR_FOREVER);
        if (result < 0) {
            return result;
        }
        struct tru_loop_entry *entry = loop_entry(loop, &event);
        if (entry != NULL) {
            entry->handler(loop, &event, entry->user);
        } else {
            event_drop(&event);
        }
    }
    return loop->result;
}

void tru_loop_end(struct tru_loop *loop, int64_t result)
{
    loop->is_ended = true;
    loop->result = result;
}
