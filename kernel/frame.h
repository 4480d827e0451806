/* SPDX-License-Identifier: MIT */
#pragma once

/* Frames of physical memory: a buddy allocator over the machine's RAM, with a record of every
 * frame's use. Only this file knows which frames are free. */

#include <stdbool.h>
#include <stdint.h>

struct kernel;
struct account;

#define FRAME_ORDERS 12 /* runs of 1 … 2048 frames */
#define FRAME_NONE   UINT32_MAX

enum frame_use {
    FRAME_FREE = 0,
    FRAME_KERNEL,   /* the kernel's own records: the struct kernel, frame table, object table */
    FRAME_POOL,     /* slabs of pools */
    FRAME_TABLE,    /* page tables */
    FRAME_USER,     /* private memory of a process */
    FRAME_SHARED,   /* pages of a shared memory */
    FRAME_BODY,     /* message bodies */
    FRAME_MODULE,   /* boot modules */
    FRAME_DMA,      /* memory that devices reach */
    FRAME_DMA_IDLE, /* memory that devices have reached, in no map now */
    FRAME_USES
};

struct frame {
    uint32_t next, prev; /* links of such a list, in the first frame of a free run */
    uint8_t use;         /* enum frame_use */
    uint8_t order;       /* of the run, in its first frame */
    uint8_t is_head;     /* first frame of a free run */
    uint8_t reserved;
    uint32_t count; /* of a page table: its entries that are not empty */
};

/* The first frames of the free runs, by order. */
struct frame_runs {
    uint32_t first[FRAME_ORDERS];
};

struct frame_table {
    struct frame *frames; /* by frame number */
    uint64_t first, end;  /* managed: first <= frame < end */
    uint64_t free;
    uint64_t by_use[FRAME_USES];
    struct frame_runs free_runs;
};

/* Takes a run of 2^order frames, aligned to its size. The account's class decides how deep into
 * the free memory it may go (interface.md 6): 0, or TR_E_NOMEM. Contents are whatever they were. */
int64_t frame_allocate(struct kernel *kernel, const struct account *account, uint32_t order,
                       enum frame_use use, uint32_t *frame);
void frame_free(struct kernel *kernel, uint32_t frame, uint32_t order);

/* Takes exactly these frames, which are free. */
void frame_take(struct kernel *kernel, uint64_t first, uint64_t pages, enum frame_use use);
/* Frames in use are used otherwise from now on. */
void frame_set_use(struct kernel *kernel, uint64_t first, uint64_t pages, enum frame_use use);
/* Gives back frames that are only kept for speed. False: there are none. */
bool frame_reclaim(struct kernel *kernel);

/* The order of the largest aligned run that begins at `frame` and has at most `pages`. */
uint32_t frame_piece(uint64_t frame, uint64_t pages);

/* Whether this account may have `pages` frames now. */
bool frame_may_take(struct kernel *kernel, const struct account *account, uint64_t pages);

/* The kernel's view of a frame, and back. */
void *frame_view(const struct kernel *kernel, uint64_t frame);
uint32_t frame_of(const struct kernel *kernel, const void *view);

/* The smallest order whose run holds `pages`. */
uint32_t frame_order(uint64_t pages);

/* Called once with everything from `free_from` on being free. */
void frame_setup(struct kernel *kernel, struct frame *frames, uint64_t first, uint64_t free_from,
                 uint64_t end);
