/* SPDX-License-Identifier: MIT */
#pragma once

/* Address spaces: the kernel's own page tables, two levels, relative to the process's window. They
 * are the truth; what a machine caches of them follows (hal_space_invalidate). */

#include <stdbool.h>
#include <stdint.h>

#include "hal.h"
#include "list.h"
#include "object.h"
#include "pool.h"

/* An entry of a leaf table: frame << 12 | granted << 8 | kind << 4 | allowed. `granted` is what the
 * process may do (TR_READ …); `allowed` is what needs no work first: nothing for a page that has no
 * frame yet or whose frame is device memory, no TR_WRITE for one that is copied on write. */
#define ENTRY_ALLOWED(entry) ((uint32_t)(entry)&7u)
#define ENTRY_KIND(entry)    ((enum page_kind)(((entry) >> 4) & 15))
#define ENTRY_GRANTED(entry) ((uint32_t)((entry) >> 8) & 7u)
#define ENTRY_FRAME(entry)   ((uint32_t)((entry) >> 12))
#define ENTRY(frame, kind, prot)                                                                   \
    ((uint64_t)(frame) << 12 | (uint64_t)(prot) << 8 | (uint64_t)(kind) << 4 | (uint64_t)(prot))
#define ENTRY_UNBACKED(kind, prot) ((uint64_t)(prot) << 8 | (uint64_t)(kind) << 4)
/* A bit beside: the page belongs to a call in steps, which has not made it yet or is giving it
 * back. Nothing is allowed, no other call finds it, and nothing else can be put there. */
#define ENTRY_PENDING UINT64_C(8)
/* An entry of a page that was there. */
#define ENTRY_WITHDRAWN(entry) (((entry) & ~(UINT64_C(7) << 8 | 7)) | ENTRY_PENDING)

enum page_kind {
    PAGE_NONE = 0,
    PAGE_PRIVATE,  /* a frame of the process's own */
    PAGE_DEMAND,   /* private, not backed yet: zeros on first touch */
    PAGE_SHARED,   /* a page of a shared memory */
    PAGE_LAZY,     /* a page of a shared memory that has not been supplied yet */
    PAGE_PHYSICAL, /* device memory */
    PAGE_DMA,      /* a frame that devices reach */
    PAGE_MODULE,   /* a boot module, read-only */
    PAGE_LOST      /* of a shared memory over a map its lender has lost: zeros on first touch */
};

#define LEAF_PAGES 512
#define STEP_PAGES 256 /* a call works on at most so many pages between two looks at the clock */

struct space {
    struct hal_space hal;
    uint64_t **leaves; /* the root: one pointer per 512 pages */
    uint32_t root_order;
    uint64_t pages;  /* private pages that have frames */
    uint64_t low;    /* what lies below this byte offset stays unmapped: the first stack's hole */
    uint64_t cursor; /* where the search for a free range begins, byte offset in the window */
    uint64_t epoch;  /* counts changes that take something away: views cached before are stale */
    struct account *account;
    uint64_t reap_leaf; /* the reaper has come so far */
    bool is_reused;     /* came from the pool: its entries are there already */
};

/* The first page of a window that is used: null pointers and small offsets from them fault. In one
 * with a first stack what lies below that is its hole, up to the first page of the second leaf. */
#define SPACE_LOW  UINT64_C(0x10000)
#define SPACE_HOLE (LEAF_PAGES * UINT64_C(4096))

int64_t space_create(struct kernel *kernel, struct space *space, struct account *account,
                     bool is_host);
/* What the space of a process is at its start (space_pool.h): the stack and the argument, whose
 * pages may have been touched since, then the image, as runs of pages, lowest first, with an entry
 * each that has no frame. Page numbers of the runs are relative to the image, which lies at page
 * `at` of the window; with the same linked address and alignment it comes to lie there again. */
#define SPACE_SHAPE_RUNS  24
#define SPACE_SHAPE_STACK 16 /* pages at its top that may have been touched in a pooled space */
struct shape_run {
    uint32_t first, pages, entry;
};
struct space_shape {
    uint64_t low, align; /* of the image */
    uint64_t at;
    uint32_t stack_pages, argument_pages;
    uint32_t count; /* of runs; 0: not for the pool */
    struct shape_run runs[SPACE_SHAPE_RUNS];
};

/* What is left of the space of an ended process; reserved with the process so that ending cannot
 * fail. */
struct grave {
    struct list link; /* in kernel->graveyard */
    struct space space;
    struct space_shape shape;
};
/* Hands the space to the reaper: its frames count as free from now on and are freed bit by bit. */
void space_end(struct kernel *kernel, struct space *space, struct grave *grave);
/* Frees up to `pages` pages of ended spaces. True: something is left. */
bool space_reap(struct kernel *kernel, uint64_t pages);

/* The entry of the page at va, NULL if va is outside or no table is there. */
uint64_t *space_entry(const struct space *space, uint64_t va);

/* True if the whole range lies in the window and is page aligned. */
bool space_holds(const struct space *space, uint64_t va, uint64_t pages);
bool space_is_free(const struct space *space, uint64_t va, uint64_t pages);
/* A free range: at the hint if that is free, else anywhere. 0: none. */
uint64_t space_find_free(struct space *space, uint64_t pages, uint64_t hint);

/* Makes all tables for a range, so that space_set cannot fail there. 0 or TR_E_NOMEM. */
int64_t space_prepare(struct kernel *kernel, struct space *space, uint64_t va, uint64_t pages);
/* Takes that back for tables that are still empty. */
void space_unprepare(struct kernel *kernel, struct space *space, uint64_t va, uint64_t pages);
/* Sets a free page's entry; its table must be there. */
void space_set(struct kernel *kernel, struct space *space, uint64_t va, uint64_t entry);
/* Empties a page's entry and gives back what it was; frees an empty table. No frame is freed, and
 * the machine is not told: the caller calls space_changed for the whole range. */
uint64_t space_unset(struct kernel *kernel, struct space *space, uint64_t va);
/* Tells the machine, and stales cached views. */
void space_changed(struct kernel *kernel, struct space *space, uint64_t va, uint64_t pages);

/* Backs the page for this access (first touch). 0, TR_E_FAULT, or TR_E_NOMEM when a
 * frame was needed. `cause` (may be NULL) gets the enum tr_fault of a failure. */
int64_t space_touch(struct kernel *kernel, struct space *space, uint64_t va, uint32_t access,
                    uint32_t *cause);

/* The entry of a page over any frame, RAM or device memory. */
uint64_t entry_of_frame(const struct kernel *kernel, uint64_t frame, enum page_kind kind,
                        uint32_t prot);

/* What user code may do with a page without asking again. */
static inline uint32_t entry_usable(uint64_t entry)
{
    enum page_kind kind = ENTRY_KIND(entry);
    return kind == PAGE_PHYSICAL || kind == PAGE_SHARED ? ENTRY_GRANTED(entry)
                                                        : ENTRY_ALLOWED(entry);
}

/* The kernel's view of a page of device memory that space_touch has allowed. NULL: none. */
uint8_t *space_device_view(struct kernel *kernel, const struct space *space, uint64_t va);

/* The kernel's view of user address va if this access is allowed and the page is there: the fast
 * path of user copies. NULL: use space_touch, then ask again. Valid up to the end of the page. */
static inline uint8_t *space_view(const struct space *space, uint8_t *ram, uint64_t va,
                                  uint32_t access)
{
    uint64_t offset = va - space->hal.base;
    if (offset >= space->hal.size) {
        return NULL;
    }
    const uint64_t *leaf = space->leaves[offset >> 21];
    if (leaf == NULL) {
        return NULL;
    }
    uint64_t entry = leaf[(offset >> 12) & (LEAF_PAGES - 1)];
    if ((entry & access) != access) {
        return NULL;
    }
    return ram + ((uint64_t)ENTRY_FRAME(entry) << 12) + (va & (TR_PAGE_SIZE - 1));
}
