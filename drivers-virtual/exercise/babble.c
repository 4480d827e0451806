/* SPDX-License-Identifier: MIT */
/* Requests of chance. */

#include "babble.h"

#include <stdio.h>
#include <string.h>
#include <terrarium.h>
#include <terrarium/device.h>

#define TIMEOUT_NS UINT64_C(3000000)
#define BODY_MOST  300

static uint32_t state = 2463534242;

static uint32_t chance(uint32_t below)
{
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state % below;
}

static void request_make(const struct tr_device_info *info, struct tr_device_request *request)
{
    static const uint64_t numbers[] = {
        0, 1, 2, 3, 7, 8, 16, 64, 0x100, 0x2ff, TR_DEVICE_BODY_MAX, UINT64_MAX};

    request->device = info->id;
    request->operation = chance(10) == 0 ? chance(1000) : 1 + chance(24);
    request->flags = chance(10) == 0 ? TR_DEVICE_SHARED : 0;
    for (int i = 0; i < 4; i++) {
        request->arguments[i] = numbers[chance(sizeof numbers / sizeof numbers[0])];
    }
}

static void events_drop(void)
{
    struct tr_event event;

    while (tr_event_poll(&event) == 1) {
        if (event.kind == TR_EVENT_MESSAGE) {
            tr_message_discard(event.object);
        }
    }
}

static void device_babble(const struct tr_device_info *info, unsigned count)
{
    static unsigned char body[sizeof(struct tr_device_request) + BODY_MOST];
    static unsigned char answer[sizeof(struct tr_device_reply) + TR_DEVICE_BODY_MAX];

    for (unsigned i = 0; i < count; i++) {
        struct tr_device_request request;
        request_make(info, &request);
        if (info->type == TR_DEVICE_PCI && request.operation == TR_PCI_WRITE) {
            continue;
        }
        memcpy(body, &request, sizeof request);
        uint64_t size = chance(20) == 0 ? chance(sizeof request)
                                        : sizeof request + chance(chance(2) == 0 ? 1 : BODY_MOST);
        if (chance(2) == 0) {
            tr_message_send(info->driver, body, size, i);
        } else {
            tr_message_call(info->driver, body, size, answer, sizeof answer, TIMEOUT_NS);
        }
        events_drop();
    }
}

void babble(unsigned count)
{
    struct tr_device_info info;
    int64_t id = 0;

    while ((id = tr_device_next((uint64_t)id, &info)) > 0) {
        if (tr_device_open(info.id, 0) == 0) {
            device_babble(&info, count);
            tr_device_close(info.id);
        } else {
            device_babble(&info, count / 10);
        }
    }
    printf("babble: done\n");
}
