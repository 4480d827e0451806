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

void frame_list_give(struct kernel *kernel, const uint32_t *frames, uint64_t count)
{
    for (uint64_t done = 0; done < count;) {
        uint64_t run = frame_list_run(frames + done, count - done);
        for (uint64_t end = done + run; done < end;) {
            uint32_t frame = frames[done];
            uint32_t order = frame_piece(frame, end - done);
            frame_free(kernel, frame, order);
            done += UINT64_C(1) << order;
        }
    }
}

int64_t frame_run_take(struct kernel *kernel, const struct account *account, enum frame_use use,
                       uint64_t most, uint32_t *order, uint32_t *frame)
{
    while ((UINT64_C(1) << *order) > most) {
        (*order)--;
    }
    while (frame_allocate(kernel, account, *order, use, frame) < 0) {
        if (*order == 0) {
            return TR_E_NOMEM;
        }
        (*order)--;
    }
    return 0;
}

int64_t frame_list_take(struct kernel *kernel, const struct account *account, enum frame_use use,
                        uint32_t *frames, uint64_t count)
{
    uint32_t order = FRAME_ORDERS - 1;
    for (uint64_t done = 0; done < count;) {
        uint32_t frame;
        if (frame_run_take(kernel, account, use, count - done, &order, &frame) < 0) {
            frame_list_give(kernel, frames, done);
            return TR_E_NOMEM;
        }
        for (uint32_t i = 0; i < UINT32_C(1) << order; i++) {
            frames[done++] = frame + i;
        }
    }
    return 0;
}
