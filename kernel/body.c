/* SPDX-License-Identifier: MIT */
#include "body.h"

#include <terrarium/error.h>

#include "copy.h"
#include "state.h"
#include "string.h"

static uint64_t page_count(uint64_t size)
{
    return (size + TR_PAGE_SIZE - 1) / TR_PAGE_SIZE;
}

static void frames_free(struct kernel *kernel, struct body *body, struct account *account,
                        uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        frame_free(kernel, body->frames[i], 0);
    }
    kernel_memory_give(kernel, account, body->frames, page_count(body->size) * sizeof(uint32_t));
    body->frames = NULL;
}

/* Frames for a large body, and the record that lists them. */
static int64_t frames_take(struct kernel *kernel, struct body *body, struct account *account)
{
    uint64_t pages = page_count(body->size);
    if (!account_may_charge(kernel, account, pages * TR_PAGE_SIZE)) {
        return TR_E_LIMIT;
    }
    void *list;
    int64_t result = kernel_memory_take(kernel, account, pages * sizeof(uint32_t), &list);
    if (result < 0) {
        return result;
    }
    body->frames = list;
    for (uint64_t i = 0; i < pages; i++) {
        if (frame_allocate(kernel, account, 0, FRAME_BODY, &body->frames[i]) < 0) {
            frames_free(kernel, body, account, i);
            return TR_E_NOMEM;
        }
    }
    account_charge(account, pages * TR_PAGE_SIZE);
    return 0;
}

/* Calls `move` for each contiguous piece of the body. */
typedef int64_t piece_move(struct kernel *kernel, struct process *process, uint64_t va,
                           uint8_t *piece, uint64_t size);

static int64_t for_pieces(struct kernel *kernel, const struct body *body, struct process *process,
                          uint64_t va, piece_move *move)
{
    if (body->frames == NULL) {
        uint8_t *bytes = body->middle != NULL ? body->middle : (uint8_t *)(uintptr_t)body->small;
        return move(kernel, process, va, bytes, body->size);
    }
    for (uint64_t done = 0; done < body->size; done += TR_PAGE_SIZE) {
        uint64_t part = body->size - done < TR_PAGE_SIZE ? body->size - done : TR_PAGE_SIZE;
        uint8_t *view = frame_view(kernel, body->frames[done / TR_PAGE_SIZE]);
        int64_t result = move(kernel, process, va + done, view, part);
        if (result < 0) {
            return result;
        }
    }
    return 0;
}

static int64_t move_in(struct kernel *kernel, struct process *process, uint64_t va, uint8_t *piece,
                       uint64_t size)
{
    if (process == NULL) {
        memcpy(piece, (const void *)(uintptr_t)va, (size_t)size);
        return 0;
    }
    return copy_in(kernel, process, piece, va, size);
}

static int64_t move_out(struct kernel *kernel, struct process *process, uint64_t va, uint8_t *piece,
                        uint64_t size)
{
    return copy_out(kernel, process, va, piece, size);
}

int64_t body_fill(struct kernel *kernel, struct body *body, struct account *account,
                  struct process *from, uint64_t va, uint64_t size)
{
    int64_t result = 0;
    body->size = size;
    body->middle = NULL;
    body->frames = NULL;
    if (size > BODY_MIDDLE) {
        result = frames_take(kernel, body, account);
    } else if (size > BODY_SMALL) {
        void *middle = NULL;
        result = kernel_memory_take(kernel, account, size, &middle);
        body->middle = middle;
    }
    if (result == 0) {
        result = for_pieces(kernel, body, from, va, move_in);
        if (result < 0) {
            body_free(kernel, body, account);
        }
    }
    return result;
}

int64_t body_copy_out(struct kernel *kernel, const struct body *body, struct process *to,
                      uint64_t va)
{
    return for_pieces(kernel, body, to, va, move_out);
}

void body_free(struct kernel *kernel, struct body *body, struct account *account)
{
    if (body->middle != NULL) {
        kernel_memory_give(kernel, account, body->middle, body->size);
        body->middle = NULL;
    } else if (body->frames != NULL) {
        uint64_t pages = page_count(body->size);
        frames_free(kernel, body, account, pages);
        account_release(kernel, account, pages * TR_PAGE_SIZE);
    }
}
