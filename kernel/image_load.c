/* SPDX-License-Identifier: MIT */
/* Brings the segments of a parsed image into the frames of a new space, and takes rights back after
 * binding. A target whose loading failed is only good to be ended: its pages are incomplete. */

#include <terrarium/error.h>

#include "call.h"
#include "frame.h"
#include "image.h"
#include "state.h"
#include "string.h"

/* What is being loaded, from where, to where. */
struct load {
    struct kernel *kernel;
    const struct image_source *source;
    const struct image *image;
    struct process *target;
};

/* Gives back what of a run of 2^order frames lies behind the first `used`. */
static void free_tail(struct kernel *kernel, uint32_t frame, uint32_t order, uint64_t used)
{
    uint32_t total = UINT32_C(1) << order;
    uint32_t at = (uint32_t)used;
    while (at < total) {
        uint32_t part = 0;
        while ((at & (UINT32_C(1) << part)) == 0) {
            part++;
        }
        frame_free(kernel, frame + at, part);
        at += UINT32_C(1) << part;
    }
}

/* Puts frames under `count` pages of tables that are there: one run if there is one, since machines
 * map successive frames at once, else single ones. */
static int64_t set_pages(struct kernel *kernel, struct space *space, uint64_t va, uint64_t count,
                         uint32_t prot)
{
    uint32_t frame;
    uint32_t order = frame_order(count);
    bool is_run =
        order > 0 && frame_allocate(kernel, space->account, order, FRAME_USER, &frame) == 0;
    if (is_run) {
        free_tail(kernel, frame, order, count);
    }
    for (uint64_t i = 0; i < count; i++) {
        if (!is_run && frame_allocate(kernel, space->account, 0, FRAME_USER, &frame) < 0) {
            return TR_E_NOMEM;
        }
        space_set(kernel, space, va + i * TR_PAGE_SIZE, ENTRY(frame, PAGE_PRIVATE, prot));
        frame++;
    }
    return 0;
}

uint8_t *image_view(struct kernel *kernel, const struct image *image, const struct process *target,
                    uint64_t at)
{
    const uint64_t *entry = space_entry(&target->space, image->base + at);
    KASSERT(kernel, entry != NULL && ENTRY_KIND(*entry) == PAGE_PRIVATE);
    return (uint8_t *)frame_view(kernel, ENTRY_FRAME(*entry)) + (at & (TR_PAGE_SIZE - 1));
}

/* The bytes of one page: what the file has of it, zeros around. Its first segment is given; others
 * may begin in it. */
static int64_t fill_page(const struct load *load, const struct image_segment *segment, uint64_t at)
{
    const struct image *image = load->image;
    const struct image_segment *end = image->segments + image->segment_count;
    uint8_t *view = image_view(load->kernel, image, load->target, at);
    uint64_t filled = at;
    for (; segment < end && segment->va < at + TR_PAGE_SIZE; segment++) {
        uint64_t from = at > segment->va ? at : segment->va;
        uint64_t file_end = segment->va + segment->file_size;
        uint64_t to = at + TR_PAGE_SIZE < file_end ? at + TR_PAGE_SIZE : file_end;
        if (from >= to) {
            continue;
        }
        memset(view + (filled - at), 0, (size_t)(from - filled));
        int64_t result = image_read(load->kernel, load->source, view + (from - at),
                                    segment->file_offset + (from - segment->va), to - from);
        if (result < 0) {
            return result;
        }
        filled = to;
    }
    memset(view + (filled - at), 0, (size_t)(at + TR_PAGE_SIZE - filled));
    return 0;
}

static int64_t load_pages(const struct load *load, const struct image_segment *segment,
                          uint64_t first, uint64_t count)
{
    struct space *space = &load->target->space;
    uint64_t va = load->image->base + first * TR_PAGE_SIZE;
    int64_t result = 0;
    if (!space->is_reused) {
        result = space_prepare(load->kernel, space, va, count);
        if (result == 0) {
            result = set_pages(load->kernel, space, va, count, segment->prot);
        }
    }
    for (uint64_t i = 0; i < count && result == 0; i++) {
        result = fill_page(load, segment, (first + i) * TR_PAGE_SIZE);
    }
    return result;
}

/* The segment that page number `page` lies in, or the next one behind it. There is one. */
static const struct image_segment *segment_from(const struct image *image, uint64_t page)
{
    const struct image_segment *segment = image->segments;
    while (segment->va + segment->memory_size <= page * TR_PAGE_SIZE) {
        segment++;
    }
    return segment;
}

uint64_t image_place(const struct image *image)
{
    uint64_t align = image->align < TR_PAGE_SIZE ? TR_PAGE_SIZE : image->align;
    uint64_t moved_by = (image->lowest - image->low + align - 1) & ~(align - 1);
    return image->low + moved_by;
}

/* It does not fit where it was put. */
static int64_t refuse_size(struct kernel *kernel, const struct image *image,
                           const struct space *space)
{
    if (space_holds(space, image->lowest, image->pages)) {
        return image_refuse(kernel, image, "its alignment %x is more than its window allows",
                            image->align);
    }
    uint64_t before = (image->lowest - space->hal.base) / TR_PAGE_SIZE;
    return image_outgrows(kernel, image, image->pages, space->hal.size / TR_PAGE_SIZE - before);
}

int64_t image_load(struct kernel *kernel, const struct image_source *source,
                   const struct image *image, struct process *target, uint64_t *page)
{
    if (!space_holds(&target->space, image->base, image->pages)) {
        return refuse_size(kernel, image, &target->space);
    }
    const struct load load = {kernel, source, image, target};
    uint64_t budget = STEP_PAGES;
    while (*page < image->pages) {
        if (budget == 0) {
            return CALL_LATER;
        }
        const struct image_segment *segment = segment_from(image, *page);
        uint64_t first = segment->va / TR_PAGE_SIZE;
        uint64_t end = (segment->va + segment->memory_size + TR_PAGE_SIZE - 1) / TR_PAGE_SIZE;
        first = *page > first ? *page : first;
        uint64_t count = end - first < budget ? end - first : budget;
        int64_t result = load_pages(&load, segment, first, count);
        if (result < 0) {
            return result;
        }
        *page = first + count;
        budget -= count;
    }
    return 0;
}

/* Pages that hold other data too stay writable. The part usually begins with its segment, in the
 * middle of a page that nothing else is in, and ends with the last page of it. */
struct image_part image_fixed_pages(const struct image *image)
{
    const struct image_part *relro = &image->relro;
    const struct image_part none = {0, 0};
    if (relro->size == 0) {
        return none;
    }
    const struct image_segment *segment = image_segment_of(image, relro->at, 1, TR_READ | TR_WRITE);
    uint64_t from = image_page(relro->at);
    bool is_first = segment == image->segments ||
                    image_page(segment[-1].va + segment[-1].memory_size - 1) < from;
    if (relro->at != from && (relro->at != segment->va || !is_first)) {
        from += TR_PAGE_SIZE;
    }
    uint64_t to = image_page(relro->at + relro->size);
    if (segment + 1 < image->segments + image->segment_count && segment[1].va < to) {
        to = image_page(segment[1].va);
    }
    return from < to ? (struct image_part){.at = from, .size = to - from} : none;
}

void image_protect(struct kernel *kernel, const struct image *image, struct process *target)
{
    struct image_part fixed = image_fixed_pages(image);
    if (fixed.size == 0 || target->space.is_reused) {
        return;
    }
    for (uint64_t at = fixed.at; at < fixed.at + fixed.size; at += TR_PAGE_SIZE) {
        uint64_t *entry = space_entry(&target->space, image->base + at);
        *entry = ENTRY(ENTRY_FRAME(*entry), PAGE_PRIVATE, TR_READ);
    }
    space_changed(kernel, &target->space, image->base + fixed.at, fixed.size / TR_PAGE_SIZE);
}
