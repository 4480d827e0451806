/* SPDX-License-Identifier: MIT */
#pragma once

/* What the parts of the driver side share: the devices, the requests, attached shared memory. */

#include <terrarium.h>
#include <terrarium/driver.h>

/* Shared memory that this driver has made for a client of one of its devices. */
struct tru_driver_shared {
    struct tru_driver_shared *next;
    struct tru_driver_device *device;
    uint64_t owner, id, va, size;
    uint64_t users; /* requests that lie in it */
};

/* The device with this id, NULL if it is none of this driver's. */
struct tru_driver_device *driver_device(uint64_t id);

/* A client has gone from a device; pid 0: all of them. */
void driver_requests_cancel(struct tru_driver_device *device, uint64_t pid);
/* True if no queue has anything in it. */
bool driver_is_idle(void);
/* Tells the system that this driver has saved, if that is wanted and nothing waits any more. */
void driver_save_if_idle(void);

/* ATTACH and DETACH. */
void driver_shared_attach(struct tru_driver_request *request);
void driver_shared_detach(struct tru_driver_request *request);
/* Makes a request with TR_DEVICE_SHARED hold its memory; an error if there is none. */
int64_t driver_shared_hold(struct tru_driver_request *request);
void driver_shared_drop(struct tru_driver_request *request);
/* The bytes a request names; NULL if they do not lie within. */
void *driver_shared_bytes(const struct tru_driver_request *request, uint64_t size);
/* Leaves what a client has attached to a device; pid 0: all clients. */
void driver_shared_leave(const struct tru_driver_device *device, uint64_t pid);
