/* SPDX-License-Identifier: MIT */
/* Finding devices, opening them, asking their drivers. */

#include <string.h>
#include <terrarium.h>
#include <terrarium/device.h>

#include "device/buffer.h"

#define LOOK_FIRST_NS UINT64_C(1000000)  /* between two looks; doubles … */
#define LOOK_LAST_NS  UINT64_C(64000000) /* … up to this */
#define HEAD          sizeof(struct tr_device_request)
#define REPLY         sizeof(struct tr_device_reply)

int64_t tru_device_find(const char *name, uint64_t timeout, struct tru_device *device)
{
    struct tr_device_info info;
    uint64_t now = (uint64_t)tr_clock();
    uint64_t deadline = timeout > TR_FOREVER - now ? TR_FOREVER : now + timeout;
    uint64_t pause = LOOK_FIRST_NS;
    int64_t id;

    /* Not a watch: its events would come between those of the program. */
    while ((id = tr_device_find(name, &info)) == TR_E_NOENT && now < deadline) {
        tr_thread_sleep(deadline - now < pause ? deadline : now + pause);
        pause = pause < LOOK_LAST_NS ? pause * 2 : pause;
        now = (uint64_t)tr_clock();
    }
    if (id < 0) {
        return id;
    }
    *device = (struct tru_device){.id = (uint64_t)id,
                                  .driver = info.driver,
                                  .type = info.type,
                                  .timeout_ns = TRU_DEVICE_TIMEOUT_NS};
    memcpy(device->name, info.name, sizeof device->name);
    return 0;
}

int64_t tru_device_open(const char *name, uint32_t flags, struct tru_device *device)
{
    int64_t result = tru_device_find(name, 0, device);

    if (result == 0) {
        result = tr_device_open(device->id, flags);
    }
    if (result < 0) {
        return result;
    }
    device->is_open = true;
    device->open_flags = flags;
    return 0;
}

int64_t tru_device_close(struct tru_device *device)
{
    if (!device->is_open) {
        return TR_E_STATE;
    }
    device->is_open = false;
    return tr_device_close(device->id);
}

int64_t tru_device_reopen(struct tru_device *device, uint64_t timeout)
{
    struct tru_device found;
    int64_t result = tru_device_find(device->name, timeout, &found);

    if (result < 0) {
        return result;
    }
    device->id = found.id;
    device->driver = found.driver;
    result = device->is_open ? tr_device_open(device->id, device->open_flags) : 0;
    return result == TR_E_EXIST ? 0 : result;
}

/* ---- Requests ------------------------------------------------------------------------------- */

/* A message of a request, in `small` if it fits; NULL: no memory. */
static unsigned char *message_make(const struct tru_device *device,
                                   const struct tru_device_request *request, unsigned char *small,
                                   uint64_t room)
{
    struct tr_device_request head = {
        .device = device->id, .operation = request->operation, .flags = request->flags};
    unsigned char *message =
        HEAD + request->size <= room ? small : device_buffer_take(HEAD + request->size);

    if (message != NULL) {
        memcpy(head.arguments, request->arguments, sizeof head.arguments);
        memcpy(message, &head, HEAD);
        if (request->size > 0) {
            memcpy(message + HEAD, request->bytes, request->size);
        }
    }
    return message;
}

/* From an answer's bytes to its result. */
static int64_t answer_take(const unsigned char *answer, int64_t size, void *to, uint64_t capacity,
                           uint64_t *behind)
{
    struct tr_device_reply reply;

    *behind = 0;
    if (size < (int64_t)REPLY) {
        return size < 0 ? size : TR_E_PEER;
    }
    memcpy(&reply, answer, REPLY);
    uint64_t length = (uint64_t)size - REPLY;
    if (length > capacity) {
        return TR_E_TOOBIG;
    }
    if (length > 0) {
        memcpy(to, answer + REPLY, length);
    }
    *behind = length;
    return reply.result;
}

static int64_t request_once(struct tru_device *device, struct tru_device_request *request)
{
    unsigned char small[256], small_answer[256];
    uint64_t capacity = REPLY + request->capacity;
    unsigned char *message = message_make(device, request, small, sizeof small);
    unsigned char *answer =
        capacity <= sizeof small_answer ? small_answer : device_buffer_take(capacity);
    int64_t result = TR_E_NOMEM;

    if (message != NULL && answer != NULL) {
        int64_t size = tr_message_call(device->driver, message, HEAD + request->size, answer,
                                       capacity, device->timeout_ns);
        result =
            answer_take(answer, size, request->answer, request->capacity, &request->answer_size);
        /* A driver that has ended before is not there to be called. */
        result = size == TR_E_NOENT ? TR_E_PEER : result;
    }
    if (message != small) {
        device_buffer_give(message);
    }
    if (answer != small_answer) {
        device_buffer_give(answer);
    }
    return result;
}

int64_t tru_device_request(struct tru_device *device, struct tru_device_request *request)
{
    int64_t result = request_once(device, request);

    if (result != TR_E_PEER || device->retry_ns == 0) {
        return result;
    }
    int64_t reopened = tru_device_reopen(device, device->retry_ns);
    if (reopened < 0 || !request->is_repeatable) {
        return result;
    }
    return request_once(device, request);
}

int64_t tru_device_send(const struct tru_device *device, const struct tru_device_request *request,
                        uint64_t cookie)
{
    unsigned char small[256];
    unsigned char *message = message_make(device, request, small, sizeof small);

    if (message == NULL) {
        return TR_E_NOMEM;
    }
    int64_t result = tr_message_send(device->driver, message, HEAD + request->size, cookie);
    if (message != small) {
        device_buffer_give(message);
    }
    return result < 0 ? (result == TR_E_NOENT ? TR_E_PEER : result) : 0;
}

bool tru_device_is_answer(const struct tru_device *device, const struct tr_event *event,
                          uint64_t cookie)
{
    return event->kind == TR_EVENT_MESSAGE && (event->flags & TR_EVENT_CALL) == 0 &&
           event->source_pid == device->driver && event->cookie == cookie;
}

int64_t tru_device_take(const struct tr_event *event, void *answer, uint64_t capacity,
                        uint64_t *answer_size)
{
    uint64_t behind;
    unsigned char *body = device_buffer_take(event->size);

    if (body == NULL) {
        return TR_E_NOMEM;
    }
    int64_t size = tr_message_read(event->object, body, event->size);
    int64_t result = answer_take(body, size, answer, capacity, &behind);
    device_buffer_give(body);
    if (answer_size != NULL) {
        *answer_size = behind;
    }
    return result;
}

/* ---- What every device answers -------------------------------------------------------------- */

int64_t tru_device_type(struct tru_device *device)
{
    struct tru_device_request request = {.operation = TR_DEVICE_OPERATION_TYPE,
                                         .is_repeatable = true};

    return tru_device_request(device, &request);
}

int64_t tru_device_initialise(struct tru_device *device)
{
    struct tru_device_request request = {.operation = TR_DEVICE_OPERATION_INITIALISE,
                                         .is_repeatable = true};

    return tru_device_request(device, &request);
}

int64_t tru_device_information(struct tru_device *device, void *information, uint64_t size)
{
    unsigned char answer[2048];
    struct tru_device_request request = {.operation = TR_DEVICE_OPERATION_INFORMATION,
                                         .answer = answer,
                                         .capacity = sizeof answer,
                                         .is_repeatable = true};
    int64_t result = tru_device_request(device, &request);

    if (result < 0) {
        return result;
    }
    uint64_t known = request.answer_size < size ? request.answer_size : size;
    memset(information, 0, size);
    memcpy(information, answer, known);
    return 0;
}
