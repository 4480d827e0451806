/* SPDX-License-Identifier: MIT */
#pragma once

/* What the protocols of all devices share. A client finds a device object (interface.md 11), opens
 * it if the operation says so, and sends its driver a message that begins with a tr_device_request,
 * the device's id first. There are two ways to send it:
 *
 *   a call            (tr_message_call) is answered by its reply;
 *   a plain message   (tr_message_send) is answered by a plain message with the same tag, so that a
 *                     client can have many requests on their way, told apart by the tag.
 *
 * Every answer begins with a tr_device_reply; bytes may stand behind either. Who asks is known from
 * the message's stamp, never from its body. A driver answers in any order, but the requests to one
 * device that touch the hardware are done one after the other, in the order they came: two clients
 * never see half of each other's work.
 *
 * Who may ask. Without more, a driver accepts messages from drivers and servers alone and its
 * devices are not to be seen by applications. A driver may expose a device to applications; then
 * the rights in the table of its type still hold: TR_DEVICE_FROM_SERVER refuses an application,
 * TR_DEVICE_FROM_DRIVER a server too (TR_E_PERM), and TR_DEVICE_OPENED wants the sender to hold the
 * device open (else TR_E_STATE). The end of the open, or of the client, cancels its requests.
 *
 * Large transfers. Up to TR_DEVICE_BODY_MAX bytes travel in the message. More go through shared
 * memory: ATTACH once, then requests with TR_DEVICE_SHARED, whose arguments[2] is the shared
 * memory's id and arguments[3] the offset of the bytes in it. Shared memory and pipes between
 * client and driver are always made by the driver and joined by the client: a driver never waits
 * for the penalty of a wrong key (interface.md 8), and nobody but itself can seal what it writes
 * to.
 *
 * Errors every operation may give: INVAL (unknown operation, flag or value, a message too short for
 * its request), TOOBIG, PERM, STATE, NOENT (no such device of this driver), LIMIT (too many
 * requests wait), NOMEM, TIMEDOUT (the hardware did not answer), and, from the kernel, PEER when
 * the driver has ended: find the device again, open it, ask again (a client that asks by plain
 * messages learns it from DEVICE_REMOVED, which comes to all who hold the device open). Numbers and
 * layouts never change.
 *
 * Text is UTF-8; in fields of fixed size it ends with a zero byte. Times are nanoseconds. */

#include <stdint.h>
#include <terrarium/types.h>

enum tr_device_type {
#define TR_DEVICE_TYPE(name, number, meaning) TR_DEVICE_##name = (number),
#include <terrarium/device/types.def>
#undef TR_DEVICE_TYPE
};

enum tr_device_operation {
#define TR_DEVICE_OPERATION(name, number, rights, meaning) TR_DEVICE_OPERATION_##name = (number),
#include <terrarium/device/common.def>
#undef TR_DEVICE_OPERATION
};

/* Rights of an operation: the lowest class that may ask, and TR_DEVICE_OPENED if the sender must
 * hold the device open. */
#define TR_DEVICE_FROM_DRIVER 0
#define TR_DEVICE_FROM_SERVER 1
#define TR_DEVICE_FROM_ANY    2
#define TR_DEVICE_FROM_MASK   3
#define TR_DEVICE_OPENED      16

/* Flag of any request that moves data: it lies in attached shared memory. The flags of a type use
 * the lower bits. */
#define TR_DEVICE_SHARED UINT32_C(0x80000000)

#define TR_DEVICE_BODY_MAX 65536 /* bytes behind a request or a reply */

/* Pages of shared memory one client may have attached to one device. */
#define TR_DEVICE_SHARED_PAGES 256

struct tr_device_request {
    uint64_t device;
    uint32_t operation, flags;
    uint64_t arguments[4]; /* as the operation says, else 0 */
};

struct tr_device_reply {
    int64_t result; /* >= 0, or a TR_E_* */
};

/* What a client needs to join a pipe or shared memory that its driver has made. */
struct tr_device_member {
    uint64_t id, key;
};

/* The beginning of every type's information. */
struct tr_device_information {
    uint32_t type, flags; /* flags: of the type */
    uint64_t requests;    /* waiting now */
    char model[TR_NAME_MAX];
    char driver[TR_NAME_MAX]; /* what the driver says of itself, one line */
};

TR_LAYOUT(sizeof(struct tr_device_request) == 48, "no hidden padding");
TR_LAYOUT(sizeof(struct tr_device_information) == 144, "no hidden padding");
