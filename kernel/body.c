/* SPDX-License-Identifier: MIT */
#include "body.h"

#include <terrarium/error.h>

#include "copy.h"
#include "frame_list.h"
#include "state.h"
#include "string.h"

static uint64_t page_count(uint64_t size)
{
    return (size + TR_PAGE_SIZE - 1) / TR_PAGE_SIZE;
}

static void list_free(struct kernel *kernel, struct body *body, struct account *account)
{
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
    result = frame_list_take(kernel, account, FRAME_BODY, body->frames, pages);
    if (result < 0) {
        list_free(kernel, body, account);
        return result;
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
    for (uint64_t done = 0; done < body->size;) {
        const uint32_t *frames = body->frames + done / TR_PAGE_SIZE;
        uint64_t run = TR_PAGE_SIZE * frame_list_run(frames, page_count(body->size - done));
        uint64_t part = body->size - done < run ? body->size - done : run;
        int64_t result = move(kernel, process, va + done, frame_view(kernel, frames[0]), part);
        if (result < 0) {
            return result;
        }
        done += part;
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
                  struct process *from, uint64_t va)
{
    const uint64_t size = body->size;
    int64_t result = 0;
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
        frame_list_give(kernel, body->frames, pages);
        list_free(kernel, body, account);
        account_release(kernel, account, pages * TR_PAGE_SIZE);
    }
}
