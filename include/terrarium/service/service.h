/* SPDX-License-Identifier: MIT */
#pragma once

/* What the protocols of all shipped services share. A client makes a call (tr_message_call) whose
 * message begins with a tr_service_request, and gets a reply that begins with a tr_service_reply;
 * bytes may stand behind either. Who asks is known from the message's stamp, never from its body.
 *
 * A message too short for its request, or an unknown operation, is answered with TR_E_INVAL. */

#include <stdint.h>

struct tr_service_request {
    uint32_t operation; /* a number of the protocol's table */
    uint32_t flags;     /* of the operation; else 0 */
    uint64_t argument;  /* of the operation; else 0 */
};

struct tr_service_reply {
    int64_t result; /* >= 0, or a TR_E_* */
};
