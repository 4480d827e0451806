/* SPDX-License-Identifier: MIT */
#pragma once

/* How a driver is written: one thread, one loop of events, devices with tables of operations.
 *
 *     static const struct tru_driver_row rows[] = {{TR_CLOCK_READ, 0, on_read},
 *                                                  {TR_CLOCK_SET, TRU_DRIVER_QUEUED, on_set}};
 *     static struct tru_driver_device device = {
 *         .name = TR_CLOCK_DEVICE, .type = TR_DEVICE_CLOCK, .rows = rows, .row_count = 2, …};
 *
 *     int main(int argc, char **argv)
 *     {
 *         tru_driver_start(argc, argv);
 *         … tr_port_claim … tru_driver_on_irq(8, on_irq, NULL) …
 *         tru_driver_add(&device);
 *         return (int)tru_driver_run();
 *     }
 *
 * The library checks every request before the driver sees it: the device, the sender's class, that
 * it holds the device open if the operation wants that, the form. The driver's function does the
 * work and ends the request with tru_driver_done, at once or later, from an interrupt. Nothing in a
 * driver may wait: the hardware is asked, and its interrupt or a timer goes on.
 *
 * Operations with TRU_DRIVER_QUEUED touch the hardware. At most one of them is active in a queue;
 * the others wait their turn. Devices on one controller share a queue.
 *
 * The driver's argument may have the word `expose=application` (or server, driver): the lowest
 * class that may see and use its devices, instead of what the driver itself chose (default:
 * servers). */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <terrarium/device/device.h>
#include <terrarium/device/input.h>
#include <terrarium/event.h>

struct tru_driver_device;
struct tru_driver_request;
typedef void tru_driver_operation(struct tru_driver_request *request);

#define TRU_DRIVER_QUEUED 1 /* flag of a row: waits its turn in the device's queue */

struct tru_driver_row {
    uint32_t operation, flags;
    tru_driver_operation *begin;
};

/* The requests that wait for one piece of hardware. All zero is an empty one. */
struct tru_driver_queue {
    struct tru_driver_request *active, *first, *last;
    uint64_t count; /* with the active one */
    bool is_advancing;
};

/* A device object. The driver fills what it needs, the rest 0, and keeps the record for good. */
struct tru_driver_device {
    const char *name; /* of the device object: "disks\\ata\\0" */
    uint32_t type;
    uint32_t exposure; /* lowest class that may use it; 0: servers */
    bool is_private;   /* for drivers alone, whatever the argument says */
    const struct tru_driver_row *rows;
    size_t row_count;
    const char *model, *driver;     /* texts of the information */
    struct tru_driver_queue *queue; /* NULL: one of its own */
    void *user;                     /* the driver's */

    /* Writes the type's information, `information_size` bytes; the common beginning is filled in by
     * the library, but for its flags. */
    void (*information)(struct tru_driver_device *device, void *information);
    size_t information_size;

    /* The client of a request that has begun has closed the device or ended. True: the driver has
     * let go of the request, the library ends it. False, or no function: it goes on to its end. */
    bool (*cancel)(struct tru_driver_request *request);

    /* A client has closed the device or ended; its requests are already dealt with. */
    void (*closed)(struct tru_driver_device *device, uint64_t pid);

    /* The library's. */
    uint64_t id;
    struct tru_driver_queue own_queue;
    struct tru_driver_request *requests; /* all that are not yet done */
    struct tru_driver_device *next;
};

/* A request. The driver reads the first part and may use `progress` and `user` as it likes. */
struct tru_driver_request {
    struct tru_driver_device *device;
    struct tr_device_request head;
    uint64_t sender; /* pid */
    uint32_t sender_class;
    uint32_t reserved;
    const unsigned char *bytes; /* behind the head */
    uint64_t size;              /* of these */
    uint64_t progress;
    void *user;

    /* The library's. */
    const struct tru_driver_row *row;
    struct tru_driver_request *in_queue, *in_device;
    uint64_t message, tag;
    bool is_call, is_begun, is_orphan; /* is_orphan: its client has gone */
    unsigned char *body, *answer;
    uint64_t answer_size;
    struct tru_driver_shared *shared;
};

/* First of all: sets which classes may send (drivers and servers), reads the argument. 0. */
int64_t tru_driver_start(int argc, char **argv);

/* Makes the device object. 0 or a TR_E_* of tr_device_create. */
int64_t tru_driver_add(struct tru_driver_device *device);

/* Removes the device object; requests that have not begun are ended with TR_E_PEER, those that have
 * are cancelled as if their clients had gone, and must be over when this is called if the device's
 * `cancel` does not let go of them. */
void tru_driver_remove(struct tru_driver_device *device);

/* Ends a request with a result; what was put behind the reply goes with it. The request is gone
 * then, and the next one in the queue begins. */
void tru_driver_done(struct tru_driver_request *request, int64_t result);

/* Where `size` bytes for the client go: behind the reply, or into shared memory, at once. 0, or an
 * error to end the request with. At most once a request. */
int64_t tru_driver_output(struct tru_driver_request *request, uint64_t size, void **bytes);

/* Where `size` bytes from the client stand: behind the request or in shared memory, where the
 * client may still change them. 0, or an error to end the request with. */
int64_t tru_driver_input(struct tru_driver_request *request, uint64_t size, const void **bytes);

/* Ends a request with `size` bytes behind the reply. */
void tru_driver_done_with(struct tru_driver_request *request, int64_t result, const void *bytes,
                          uint64_t size);

/* Listens to a line: `handler` is called for its events, the line acknowledged when it returns
 * (later, if the line does not stop asking: a stuck one must not keep everybody else from running).
 * The PIC's lines are edges unless they belong to PCI: a handler returns only when the hardware has
 * no more cause. 0 or a TR_E_* of tr_irq_listen. */
typedef void tru_driver_irq(void *user, const struct tr_event *event);
int64_t tru_driver_on_irq(uint32_t line, tru_driver_irq *handler, void *user);

/* Has `handler` called for timers (tr_timer_set) with this cookie, any number but 0. */
typedef void tru_driver_timer(void *user);
int64_t tru_driver_on_timer(uint64_t cookie, tru_driver_timer *handler, void *user);

/* The loop under it all, for events of other kinds. */
struct tru_loop *tru_driver_loop(void);

/* Begins, queues or refuses the request in a message: for a driver with a handler of its own for
 * messages, when one turns out not to be the answer it waits for. Clients choose their tags freely.
 */
void tru_driver_take(const struct tr_event *event);

/* Serves until the system ends. When it is about to stop, queued requests are finished first, then
 * the system is told. Returns a TR_E_* if events cannot be had. */
int64_t tru_driver_run(void);

/* One line to the log, as printf formats it. The log knows whose it is. */
void tru_driver_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* ---- Drivers of input devices --------------------------------------------------------------- */

#define TRU_INPUT_SUBSCRIBERS 8

/* Who gets the events of an input device; all zero at first. The device's `user` points to it, its
 * `closed` is tru_input_closed, and the two rows below stand in its table. */
struct tru_input_source {
    uint64_t count, events, lost;
    struct tru_input_subscriber {
        uint64_t pid, tag, lost;
    } subscribers[TRU_INPUT_SUBSCRIBERS];
};
void tru_input_on_subscribe(struct tru_driver_request *request);
void tru_input_on_unsubscribe(struct tru_driver_request *request);
void tru_input_closed(struct tru_driver_device *device, uint64_t pid);

/* Sends events that happened together to all subscribers, in one message each. */
void tru_input_publish(struct tru_input_source *source, struct tr_input_event *events,
                       size_t count);

/* What may stand in the way of an operation: rights as in the tables (device.h), TR_E_INVAL for one
 * that is in none. */
int64_t tru_device_rights(uint32_t type, uint32_t operation);
