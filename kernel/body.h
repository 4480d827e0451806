/* SPDX-License-Identifier: MIT */
#pragma once

/* Bodies of messages: bytes on their way between two processes. Small ones lie in the record that
 * embeds this, middle ones in a pool record, large ones in frames. Charged to the sender. */

#include <stddef.h>
#include <stdint.h>

struct account;
struct kernel;
struct process;

#define BODY_SMALL  128
#define BODY_MIDDLE 2048

struct body {
    uint64_t size;
    uint8_t *middle;  /* NULL unless BODY_SMALL < size <= BODY_MIDDLE */
    uint32_t *frames; /* NULL unless larger: one per page */
    uint8_t small[BODY_SMALL];
};

/* A body of `size` bytes that are nowhere yet. */
static inline void body_init(struct body *body, uint64_t size)
{
    body->size = size;
    body->middle = NULL;
    body->frames = NULL;
}
/* Copies its bytes in from a process, or from the kernel if it is NULL. 0, TR_E_FAULT,
 * TR_E_LIMIT or TR_E_NOMEM; nothing is held on failure. */
int64_t body_fill(struct kernel *kernel, struct body *body, struct account *account,
                  struct process *from, uint64_t va);
/* Copies all of it out. 0 or TR_E_FAULT, TR_E_NOMEM. */
int64_t body_copy_out(struct kernel *kernel, const struct body *body, struct process *to,
                      uint64_t va);
void body_free(struct kernel *kernel, struct body *body, struct account *account);
