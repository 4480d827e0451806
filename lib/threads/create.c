/* SPDX-License-Identifier: MIT */
/* tr_thread_create of programs whose threads have blocks: it stands before the kernel's call and
 * puts the new thread's block at the top of the stack that the caller gives. */

#include <errno.h>
#include <terrarium.h>
#include <threads.h>

#include "stdlib/error.h"
#include "threads/block.h"

/* Below the block: what the new thread begins with. */
struct order {
    int64_t (*entry)(uint64_t);
    uint64_t argument, pointer, reserved;
};
_Static_assert(sizeof(struct order) % LIB_STACK_ALIGNMENT == 0, "the stack begins below it");

/* Each thread's own in a program that makes threads. */
static _Thread_local int own_error;

int *lib_error_own(void)
{
    return lib_has_blocks ? &own_error : NULL;
}

/* Streams are locked where these are linked, and here they have to be (stdio/stream.c). */
struct locking {
    int (*functions[3])(mtx_t *);
};
extern const struct locking lib_locking;
const struct locking lib_locking = {{mtx_lock, mtx_trylock, mtx_unlock}};

static int64_t create(int64_t (*entry)(uint64_t), uint64_t argument, uint64_t stack_top,
                      uint32_t flags)
{
    return tr_call(TR_NR_thread_create, (uint64_t)(uintptr_t)entry, argument, stack_top, flags, 0,
                   0);
}

/* Whether all of [from, to) may be written, by way of a call that writes there: 0, INVAL or NOMEM.
 */
static int64_t stack_check(uint64_t from, uint64_t to)
{
    uint64_t at = from;

    while (at < to) {
        uint64_t last = to - sizeof(struct tr_memory_info);
        uint64_t place = at < last ? at : last;
        int64_t result = tr_memory_info((struct tr_memory_info *)(uintptr_t)place);
        if (result < 0) {
            return result == TR_E_NOMEM ? TR_E_NOMEM : TR_E_INVAL;
        }
        at = (at / TR_PAGE_SIZE + 1) * TR_PAGE_SIZE;
    }
    return 0;
}

static int64_t begin(uint64_t word)
{
    const struct order *order = (const struct order *)(uintptr_t)word;

    (void)tr_thread_pointer(order->pointer);
    return order->entry(order->argument);
}

int64_t tr_thread_create(int64_t (*entry)(uint64_t), uint64_t argument, uint64_t stack_top,
                         uint32_t flags)
{
    struct lib_locals locals;

    /* What the kernel refuses it refuses as it is. */
    if (!lib_has_blocks || stack_top % LIB_STACK_ALIGNMENT != 0 ||
        (flags & ~(TR_THREAD_NOTIFY | TR_THREAD_NOBLOCK)) != 0 || !lib_locals_find(&locals) ||
        stack_top < lib_block_room(&locals) + sizeof(struct order)) {
        return create(entry, argument, stack_top, flags);
    }
    uintptr_t pointer;
    uint64_t top = lib_block_place(&locals, stack_top, &pointer) - sizeof(struct order);
    int64_t result = stack_check(top, stack_top);
    if (result < 0) {
        return result;
    }
    lib_block_fill(&locals, pointer);
    *(struct order *)(uintptr_t)top = (struct order){entry, argument, pointer, 0};
    return create(begin, top, top, flags);
}
