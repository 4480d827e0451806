/* SPDX-License-Identifier: MIT */
#include "frame_list.h"

#include <terrarium/error.h>

uint64_t frame_list_run(const uint32_t *frames, uint64_t count)
{
    uint64_t run = 1;
    while (run < count && frames[run] == frames[0] + run) {
        run++;
    }
    return run;
}

/* The order of the largest aligned run among `count` successive frames that begins with the first.
 */
static uint32_t aligned_order(uint32_t frame, uint64_t count)
{
    uint32_t order = 0;
    while (order + 1 < FRAME_ORDERS && (UINT64_C(2) << order) <= count &&
           (frame & ((UINT64_C(2) << order) - 1)) == 0) {
        order++;
    }
    return order;
}

void frame_list_give(struct kernel *kernel, const uint32_t *frames, uint64_t count)
{
    for (uint64_t done = 0; done < count;) {
        uint64_t run = frame_list_run(frames + done, count - done);
        for (uint64_t end = done + run; done < end;) {
            uint32_t frame = frames[done];
            uint32_t order = aligned_order(frame, end - done);
            frame_free(kernel, frame, order);
            done += UINT64_C(1) << order;
        }
    }
}

int64_t frame_list_take(struct kernel *kernel, const struct account *account, enum frame_use use,
                        uint32_t *frames, uint64_t count)
{
    uint32_t order = FRAME_ORDERS - 1;
    for (uint64_t done = 0; done < count;) {
        uint32_t frame;
        while ((UINT64_C(1) << order) > count - done) {
            order--;
        }
        if (frame_allocate(kernel, account, order, use, &frame) == 0) {
            for (uint32_t i = 0; i < UINT32_C(1) << order; i++) {
                frames[done++] = frame + i;
            }
        } else if (order > 0) {
            order--;
        } else {
            frame_list_give(kernel, frames, done);
            return TR_E_NOMEM;
        }
    }
    return 0;
}
