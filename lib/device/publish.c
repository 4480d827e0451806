/* SPDX-License-Identifier: MIT */
/* The events of an input device, for those who subscribed. A subscriber that does not read is not
 * waited for: its queue in the kernel is full at some time, and what comes then is lost to it. */

#include <terrarium.h>
#include <terrarium/driver.h>

static struct tru_input_subscriber *subscriber_find(struct tru_input_source *source, uint64_t pid)
{
    for (uint64_t i = 0; i < source->count; i++) {
        if (source->subscribers[i].pid == pid) {
            return &source->subscribers[i];
        }
    }
    return NULL;
}

void tru_input_on_subscribe(struct tru_driver_request *request)
{
    struct tru_input_source *source = request->device->user;
    struct tru_input_subscriber *subscriber = subscriber_find(source, request->sender);
    uint64_t tag = request->head.arguments[0];

    if (subscriber != NULL) {
        subscriber->tag = tag;
    } else if (source->count == TRU_INPUT_SUBSCRIBERS) {
        tru_driver_done(request, TR_E_LIMIT);
        return;
    } else {
        source->subscribers[source->count++] =
            (struct tru_input_subscriber){.pid = request->sender, .tag = tag};
    }
    tru_driver_done(request, 0);
}

/* False: this process had not subscribed. */
static bool subscriber_remove(struct tru_input_source *source, uint64_t pid)
{
    struct tru_input_subscriber *subscriber = subscriber_find(source, pid);

    if (subscriber == NULL) {
        return false;
    }
    *subscriber = source->subscribers[--source->count];
    return true;
}

void tru_input_on_unsubscribe(struct tru_driver_request *request)
{
    bool was_one = subscriber_remove(request->device->user, request->sender);

    tru_driver_done(request, was_one ? 0 : TR_E_NOENT);
}

void tru_input_closed(struct tru_driver_device *device, uint64_t pid)
{
    subscriber_remove(device->user, pid);
}

void tru_input_publish(struct tru_input_source *source, struct tr_input_event *events, size_t count)
{
    source->events += count;
    for (uint64_t i = 0; i < source->count; i++) {
        struct tru_input_subscriber *subscriber = &source->subscribers[i];
        events[0].lost = subscriber->lost;
        int64_t sent =
            tr_message_send(subscriber->pid, events, count * sizeof *events, subscriber->tag);
        if (sent < 0) {
            subscriber->lost += count;
            source->lost += count;
        } else {
            subscriber->lost = 0;
        }
    }
}
