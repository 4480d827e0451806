/* SPDX-License-Identifier: MIT */
#pragma once

/* Which client knows of which medium: after a change each client is told once (TR_E_BUSY) before
 * anything else is done for it (storage.h). For drivers whose media can be changed. */

#include <stdbool.h>
#include <stdint.h>
#include <terrarium/driver.h>

struct media_client;

struct media {
    uint64_t number; /* of the medium; grows with every change, also when it is taken out */
    struct media_client *clients;
};

/* The medium may be another one now. */
void media_change(struct media *media);

/* True if the sender knows the present medium; one that has not been here before does. */
bool media_is_known(struct media *media, const struct tru_driver_request *request);

/* From now on the sender knows it. True if it did not. */
bool media_tell(struct media *media, const struct tru_driver_request *request);

/* A client has closed the device. */
void media_forget(struct media *media, uint64_t pid);
