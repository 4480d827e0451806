/* SPDX-License-Identifier: MIT */
/* Clients and what they know. A client is remembered while it holds the device open. */

#include "media.h"

#include <stdlib.h>
#include <terrarium.h>

struct media_client {
    uint64_t pid, number;
    struct media_client *next;
};

void media_change(struct media *media)
{
    media->number++;
}

static struct media_client *client_of(struct media *media, uint64_t pid)
{
    struct media_client *client = media->clients;

    while (client != NULL && client->pid != pid) {
        client = client->next;
    }
    return client;
}

static struct media_client *client_add(struct media *media,
                                       const struct tru_driver_request *request)
{
    struct media_client *client = NULL;

    if (tr_device_holder(request->device->id, request->sender) > 0) {
        client = calloc(1, sizeof *client);
    }
    if (client != NULL) {
        *client = (struct media_client){request->sender, media->number, media->clients};
        media->clients = client;
    }
    return client;
}

bool media_is_known(struct media *media, const struct tru_driver_request *request)
{
    struct media_client *client = client_of(media, request->sender);

    if (client == NULL) {
        client_add(media, request);
        return true;
    }
    return client->number == media->number;
}

bool media_tell(struct media *media, const struct tru_driver_request *request)
{
    struct media_client *client = client_of(media, request->sender);

    if (client == NULL) {
        client_add(media, request);
        return false;
    }
    bool is_news = client->number != media->number;
    client->number = media->number;
    return is_news;
}

void media_forget(struct media *media, uint64_t pid)
{
    struct media_client **link = &media->clients;

    while (*link != NULL && (*link)->pid != pid) {
        link = &(*link)->next;
    }
    if (*link != NULL) {
        struct media_client *client = *link;
        *link = client->next;
        free(client);
    }
}
