/* SPDX-License-Identifier: MIT */
#pragma once

/* Helpers over messages: finding a service and asking it. Names that begin with `tru_` are of
 * lib/, not calls of the kernel. */

#include <stdint.h>
#include <terrarium/service/service.h>

/* The pid of the service of this full name ("d\\console"), waiting up to `timeout` nanoseconds for
 * it to appear. TR_E_NOENT if it did not. */
int64_t tru_service_find(const char *name, uint64_t timeout);

/* A request to a service and its answer (see service.h). Sends `request`, `bytes` behind it, waits
 * for the reply and copies what stands behind that to `answer`. Returns the reply's result, or the
 * TR_E_* of the call: TR_E_PEER also for a reply that is too short to have a result. The length of
 * the answer comes in *answer_size unless it is NULL.
 *
 * Request and bytes together may have TRU_REQUEST_MAX bytes, the answer TRU_ANSWER_MAX. */
#define TRU_REQUEST_MAX 4096
#define TRU_ANSWER_MAX  8192

struct tru_request {
    uint64_t pid;
    struct tr_service_request request;
    const void *bytes;
    uint64_t size;
    void *answer;
    uint64_t capacity;
    uint64_t *answer_size;
};
int64_t tru_request(const struct tru_request *request);

/* The short form: an operation and its argument, no bytes either way. */
int64_t tru_ask(uint64_t pid, uint32_t operation, uint64_t argument);
