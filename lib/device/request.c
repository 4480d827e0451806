/* SPDX-License-Identifier: MIT */
/* Requests to a driver: from a message to its answer.
 *
 *   taken ── unfit ──────────────────────────────> answered
 *     │ fit, not queued, or its queue is empty
 *     ├───────────> begun ── tru_driver_done ────> answered, the next of the queue begins
 *     └─ waits ──────^  └─ client gone, let go ──> answered (nobody hears it) */

#include <stdlib.h>
#include <string.h>

#include "device/buffer.h"
#include "device/driver.h"

#define QUEUE_MOST  128 /* requests in a queue … */
#define CLIENT_MOST 32  /* … and, with those that have begun, of one client at one device */
#define HEAD        sizeof(struct tr_device_request)

/* ---- The end -------------------------------------------------------------------------------- */

/* Refuses what could not be made a request: a call by its reply, a plain message by one with the
 * same tag. A plain message too short for a request may itself be somebody's answer: it gets none,
 * or two drivers could answer each other for ever. */
static void message_refuse(const struct tr_event *event, int64_t error)
{
    struct tr_device_reply reply = {error};

    if ((event->flags & TR_EVENT_CALL) != 0) {
        tr_message_reply(event->object, &reply, sizeof reply);
        return;
    }
    tr_message_discard(event->object);
    if (event->size >= HEAD) {
        tr_message_send(event->source_pid, &reply, sizeof reply, event->cookie);
    }
}

static void request_answer(struct tru_driver_request *request, int64_t result)
{
    struct tr_device_reply reply = {result};
    const void *bytes = &reply;
    uint64_t size = sizeof reply;

    if (request->answer != NULL && result >= 0) {
        memcpy(request->answer, &reply, sizeof reply);
        bytes = request->answer;
        size += request->answer_size;
    }
    if (request->is_call) {
        tr_message_reply(request->message, bytes, size);
    } else {
        tr_message_send(request->sender, bytes, size, request->tag);
    }
}

static void device_remove(struct tru_driver_request *request)
{
    struct tru_driver_request **link = &request->device->requests;

    while (*link != request) {
        link = &(*link)->in_device;
    }
    *link = request->in_device;
}

static void request_free(struct tru_driver_request *request)
{
    driver_shared_drop(request);
    device_buffer_give(request->answer);
    device_buffer_give(request->body);
    free(request);
}

/* ---- The queue ------------------------------------------------------------------------------ */

static void request_begin(struct tru_driver_request *request)
{
    request->is_begun = true;
    request->row->begin(request);
}

/* A request that is done at once begins the next one from within: the outermost call does that, so
 * that the stack does not grow with the queue. */
static void queue_advance(struct tru_driver_queue *queue)
{
    if (queue->is_advancing) {
        return;
    }
    queue->is_advancing = true;
    while (queue->active == NULL && queue->first != NULL) {
        struct tru_driver_request *request = queue->first;
        queue->first = request->in_queue;
        queue->active = request;
        request_begin(request);
    }
    queue->is_advancing = false;
}

static void queue_add(struct tru_driver_queue *queue, struct tru_driver_request *request)
{
    if (queue->first == NULL) {
        queue->first = request;
    } else {
        queue->last->in_queue = request;
    }
    queue->last = request;
    queue->count++;
}

/* Takes a waiting request out. */
static void queue_remove(struct tru_driver_queue *queue, struct tru_driver_request *request)
{
    struct tru_driver_request **link = &queue->first, *before = NULL;

    while (*link != request) {
        before = *link;
        link = &(*link)->in_queue;
    }
    *link = request->in_queue;
    if (queue->last == request) {
        queue->last = before;
    }
    queue->count--;
}

void tru_driver_done(struct tru_driver_request *request, int64_t result)
{
    struct tru_driver_queue *queue = request->device->queue;
    bool was_active = queue->active == request;

    request_answer(request, result);
    device_remove(request);
    request_free(request);
    if (was_active) {
        queue->active = NULL;
        queue->count--;
        queue_advance(queue);
    }
    driver_save_if_idle();
}

/* A request of a client (pid 0: of any) that has not been asked to end. */
static struct tru_driver_request *request_of(const struct tru_driver_device *device, uint64_t pid)
{
    struct tru_driver_request *request = device->requests;

    while (request != NULL && (request->is_orphan || (pid != 0 && request->sender != pid))) {
        request = request->in_device;
    }
    return request;
}

void driver_requests_cancel(struct tru_driver_device *device, uint64_t pid)
{
    struct tru_driver_request *request;

    /* Ending one may begin and end others: each look starts at the beginning. */
    while ((request = request_of(device, pid)) != NULL) {
        request->is_orphan = true;
        if (!request->is_begun) {
            queue_remove(device->queue, request);
            tru_driver_done(request, TR_E_PEER);
        } else if (device->cancel != NULL && device->cancel(request)) {
            tru_driver_done(request, TR_E_PEER);
        }
    }
}

/* ---- The beginning -------------------------------------------------------------------------- */

static void on_type(struct tru_driver_request *request)
{
    tru_driver_done(request, request->device->type);
}

static void on_initialise(struct tru_driver_request *request)
{
    tru_driver_done(request, 0);
}

/* Copies a text into a field of TR_NAME_MAX bytes that is zero. */
static void text_put(char *field, const char *text)
{
    size_t size = text != NULL ? strlen(text) : 0;

    if (size > 0) {
        memcpy(field, text, size < TR_NAME_MAX ? size : TR_NAME_MAX - 1);
    }
}

static void on_information(struct tru_driver_request *request)
{
    struct tru_driver_device *device = request->device;
    struct tr_device_information *common;
    uint64_t size = device->information_size;
    void *bytes;

    size = size < sizeof *common ? sizeof *common : size;
    int64_t result = tru_driver_output(request, size, &bytes);
    if (result < 0) {
        tru_driver_done(request, result);
        return;
    }
    common = bytes;
    memset(bytes, 0, size);
    if (device->information != NULL) {
        device->information(device, bytes);
    }
    common->type = device->type;
    common->requests = device->queue->count;
    text_put(common->model, device->model);
    text_put(common->driver, device->driver);
    tru_driver_done(request, (int64_t)size);
}

/* What every device answers unless its own table has a row for it. */
static const struct tru_driver_row common_rows[] = {
    {TR_DEVICE_OPERATION_TYPE, 0, on_type},
    {TR_DEVICE_OPERATION_INITIALISE, TRU_DRIVER_QUEUED, on_initialise},
    {TR_DEVICE_OPERATION_INFORMATION, 0, on_information},
    {TR_DEVICE_OPERATION_ATTACH, 0, driver_shared_attach},
    {TR_DEVICE_OPERATION_DETACH, 0, driver_shared_detach},
};

static const struct tru_driver_row *row_find(const struct tru_driver_row *rows, size_t count,
                                             uint32_t operation)
{
    for (size_t i = 0; i < count; i++) {
        if (rows[i].operation == operation) {
            return &rows[i];
        }
    }
    return NULL;
}

static const struct tru_driver_row *device_row(const struct tru_driver_device *device,
                                               uint32_t operation)
{
    const struct tru_driver_row *row = row_find(device->rows, device->row_count, operation);

    return row != NULL
               ? row
               : row_find(common_rows, sizeof common_rows / sizeof common_rows[0], operation);
}

/* How many requests of a client a device has. */
static uint64_t client_count(const struct tru_driver_device *device, uint64_t pid)
{
    uint64_t count = 0;

    for (const struct tru_driver_request *request = device->requests; request != NULL;
         request = request->in_device) {
        count += request->sender == pid;
    }
    return count;
}

/* Finds device and row, and asks whether the sender may. */
static int64_t request_check(struct tru_driver_request *request)
{
    struct tru_driver_device *device = driver_device(request->head.device);

    if (device == NULL || request->sender_class > device->exposure) {
        return TR_E_NOENT;
    }
    request->device = device;
    request->row = device_row(device, request->head.operation);
    int64_t rights = tru_device_rights(device->type, request->head.operation);
    if (request->row == NULL || rights < 0) {
        return rights < 0 ? TR_E_INVAL : TR_E_NOSYS;
    }
    if (request->sender_class > (uint32_t)(rights & TR_DEVICE_FROM_MASK)) {
        return TR_E_PERM;
    }
    if ((rights & TR_DEVICE_OPENED) != 0 && tr_device_holder(device->id, request->sender) <= 0) {
        return TR_E_STATE;
    }
    if (device->queue->count >= QUEUE_MOST ||
        client_count(device, request->sender) >= CLIENT_MOST) {
        return TR_E_LIMIT;
    }
    return driver_shared_hold(request);
}

/* Reads the message into a new request. NULL with the reason in *error. */
static struct tru_driver_request *request_read(const struct tr_event *event, int64_t *error)
{
    *error = event->size < HEAD ? TR_E_INVAL : TR_E_TOOBIG;
    if (event->size < HEAD || event->size > HEAD + TR_DEVICE_BODY_MAX) {
        return NULL;
    }
    struct tru_driver_request *request = calloc(1, sizeof *request);
    unsigned char *body = device_buffer_take(event->size);
    *error = TR_E_NOMEM;
    if (request == NULL || body == NULL) {
        free(request);
        device_buffer_give(body);
        return NULL;
    }
    *error = tr_message_read(event->object, body, event->size);
    if (*error < 0) {
        free(request);
        device_buffer_give(body);
        return NULL;
    }
    memcpy(&request->head, body, HEAD);
    request->body = body;
    request->bytes = body + HEAD;
    request->size = event->size - HEAD;
    request->sender = event->source_pid;
    request->sender_class = event->source_class;
    request->message = event->object;
    request->tag = event->cookie;
    request->is_call = (event->flags & TR_EVENT_CALL) != 0;
    return request;
}

void tru_driver_take(const struct tr_event *event)
{
    int64_t error;
    struct tru_driver_request *request = request_read(event, &error);

    if (request == NULL) {
        message_refuse(event, error);
        return;
    }
    error = request_check(request);
    if (error < 0) {
        request_answer(request, error);
        request_free(request);
        return;
    }
    request->in_device = request->device->requests;
    request->device->requests = request;
    if ((request->row->flags & TRU_DRIVER_QUEUED) != 0) {
        queue_add(request->device->queue, request);
        queue_advance(request->device->queue);
    } else {
        request_begin(request);
    }
}

/* ---- Bytes ---------------------------------------------------------------------------------- */

int64_t tru_driver_output(struct tru_driver_request *request, uint64_t size, void **bytes)
{
    if (request->shared != NULL) {
        *bytes = driver_shared_bytes(request, size);
        return *bytes != NULL ? 0 : TR_E_INVAL;
    }
    if (size > TR_DEVICE_BODY_MAX) {
        return TR_E_TOOBIG;
    }
    request->answer = device_buffer_take(sizeof(struct tr_device_reply) + size);
    if (request->answer == NULL) {
        return TR_E_NOMEM;
    }
    /* What the last request left there is not for this client. */
    memset(request->answer, 0, sizeof(struct tr_device_reply) + size);
    request->answer_size = size;
    *bytes = request->answer + sizeof(struct tr_device_reply);
    return 0;
}

int64_t tru_driver_input(struct tru_driver_request *request, uint64_t size, const void **bytes)
{
    *bytes = request->shared != NULL ? driver_shared_bytes(request, size) : request->bytes;
    if (*bytes == NULL || (request->shared == NULL && request->size != size)) {
        return TR_E_INVAL;
    }
    return 0;
}

void tru_driver_done_with(struct tru_driver_request *request, int64_t result, const void *bytes,
                          uint64_t size)
{
    void *to;
    int64_t error = tru_driver_output(request, size, &to);

    if (error == 0) {
        memcpy(to, bytes, size);
    }
    tru_driver_done(request, error < 0 ? error : result);
}
