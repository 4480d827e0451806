/* SPDX-License-Identifier: MIT */
#pragma once

/* Other systems that run on a host, doing the same work in the same run: processes that take orders
 * by lines (inside.c tells which). A peer that is not here is a sentence, not a failure. */

#include <stdint.h>

enum peer_kind {
    PEER_HOST, /* the program of the peers on the host itself: what the others are to be held to */
    PEER_PTH,  /* threads of GNU Pth and their message ports */
    PEER_UML,  /* User Mode Linux */
    PEER_GVISOR, /* gVisor, by ptrace */
    PEER_KINDS
};

/* Starts one, for the source that is opened next. NULL, or a sentence that says why not. */
const char *peer_start(uint64_t kind);
