/* SPDX-License-Identifier: MIT */
/* The ring of a pipe: one frame, and two counters of bytes that only grow. */

#include <terrarium/error.h>

#include "copy.h"
#include "least.h"
#include "pipe.h"
#include "state.h"

int64_t pipe_ring_make(struct kernel *kernel, struct pipe *pipe)
{
    uint32_t frame;
    if (!account_may_charge(kernel, pipe->account, TR_PAGE_SIZE)) {
        return TR_E_LIMIT;
    }
    int64_t result = frame_allocate(kernel, pipe->account, 0, FRAME_KERNEL, &frame);
    if (result == 0) {
        account_charge(pipe->account, TR_PAGE_SIZE);
        pipe->ring = frame_view(kernel, frame);
    }
    return result;
}

void pipe_ring_free(struct kernel *kernel, struct pipe *pipe)
{
    frame_free(kernel, frame_of(kernel, pipe->ring), 0);
    account_release(kernel, pipe->account, TR_PAGE_SIZE);
}

int64_t pipe_ring_fill(struct kernel *kernel, struct pipe *pipe, struct process *process,
                       uint64_t va, uint64_t size)
{
    uint64_t at = pipe->written % TR_PIPE_SIZE;
    uint64_t first = least(size, TR_PIPE_SIZE - at);
    int64_t result = copy_in(kernel, process, pipe->ring + at, va, first);
    if (result == 0) {
        result = copy_in(kernel, process, pipe->ring, va + first, size - first);
    }
    if (result == 0) {
        pipe->written += size;
    }
    return result;
}

int64_t pipe_ring_drain(struct kernel *kernel, struct pipe *pipe, struct process *process,
                        uint64_t va, uint64_t size)
{
    uint64_t at = pipe->read % TR_PIPE_SIZE;
    uint64_t first = least(size, TR_PIPE_SIZE - at);
    int64_t result = copy_out(kernel, process, va, pipe->ring + at, first);
    if (result == 0) {
        result = copy_out(kernel, process, va + first, pipe->ring, size - first);
    }
    if (result == 0) {
        pipe->read += size;
    }
    return result;
}
