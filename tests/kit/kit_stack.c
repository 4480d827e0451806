/* SPDX-License-Identifier: MIT */
/* Stacks of kit processes: mapped with a hole below as programs have one (interface.md 3), pooled
 * between kits, because mapping one costs more than booting a kernel. The pool lives as long as the
 * test program. */

#include "kit_private.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>

#define STACK_BYTES ((size_t)256 << 10)
#define HOLE_BYTES  KIT_HOLE_BYTES
#define POOL_MOST   64

/* Of a run that was left, around the one that looks: more than ever lie between it and CMocka's. */
#define FRAMES_BELOW ((size_t)64 << 10)
#define FRAMES_ABOVE ((size_t)4 << 10)

static pthread_mutex_t pool_lock = PTHREAD_MUTEX_INITIALIZER;
static struct kit_stack *pool; /* guarded by pool_lock */
static size_t pool_count;

static struct kit_stack *pool_take(size_t size)
{
    struct kit_stack *found = NULL;

    pthread_mutex_lock(&pool_lock);
    for (struct kit_stack **link = &pool; *link != NULL; link = &(*link)->next) {
        if ((*link)->size == size) {
            found = *link;
            *link = found->next;
            pool_count--;
            break;
        }
    }
    pthread_mutex_unlock(&pool_lock);
    return found;
}

static struct kit_stack *stack_map(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);

    if (memory == MAP_FAILED || mprotect(memory, HOLE_BYTES, PROT_NONE) != 0) {
        kit_fail("the host gives no memory for a stack of %zu bytes", size);
    }
    struct kit_stack *stack = kit_memory(NULL, sizeof *stack);
    *stack = (struct kit_stack){.memory = memory, .size = size};
    return stack;
}

/* A process that ended in the middle of a call leaves its frames marked for AddressSanitizer, if
 * the test is built with it. */
extern void __asan_unpoison_memory_region(void const volatile *memory, size_t size)
    __attribute__((weak));

static void stack_forget(const struct kit_stack *stack)
{
    if (__asan_unpoison_memory_region != NULL) {
        __asan_unpoison_memory_region((char *)stack->memory + HOLE_BYTES, stack->size - HOLE_BYTES);
    }
}

void kit_frames_forget(void)
{
    char *here = __builtin_frame_address(0);

    if (__asan_unpoison_memory_region != NULL) {
        __asan_unpoison_memory_region(here - FRAMES_BELOW, FRAMES_BELOW + FRAMES_ABOVE);
    }
}

struct kit_stack *kit_stack_take(struct tr_kit *kit)
{
    size_t size = kit->options.stack_bytes != 0 ? (size_t)kit->options.stack_bytes : STACK_BYTES;

    size = HOLE_BYTES + (size + TR_PAGE_SIZE - 1) / TR_PAGE_SIZE * TR_PAGE_SIZE;
    struct kit_stack *stack = pool_take(size);
    if (stack == NULL) {
        stack = stack_map(size);
        hal_tool(kit->machine, HAL_TOOL_STACK, (char *)stack->memory + HOLE_BYTES, NULL,
                 size - HOLE_BYTES);
    }
    stack->next = kit->stacks;
    kit->stacks = stack;
    return stack;
}

static void stack_free(struct kit_stack *stack)
{
    munmap(stack->memory, stack->size);
    free(stack);
}

void kit_stacks_return(struct tr_kit *kit)
{
    while (kit->stacks != NULL) {
        struct kit_stack *stack = kit->stacks;
        kit->stacks = stack->next;
        stack_forget(stack);
        pthread_mutex_lock(&pool_lock);
        bool keep = pool_count < POOL_MOST;
        if (keep) {
            stack->next = pool;
            pool = stack;
            pool_count++;
        }
        pthread_mutex_unlock(&pool_lock);
        if (!keep) {
            stack_free(stack);
        }
    }
}

/* So that a leak checker sees a clean end. */
static __attribute__((destructor)) void pool_free(void)
{
    while (pool != NULL) {
        struct kit_stack *stack = pool;
        pool = stack->next;
        stack_free(stack);
    }
    pool_count = 0;
}
