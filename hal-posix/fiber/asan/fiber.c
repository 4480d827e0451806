/* SPDX-License-Identifier: MIT */
/* The announcements that AddressSanitizer wants: `start` on the old stack, `finish` on the new one,
 * strictly in turn. A resumption that was given up, and a kit process that was stopped by a fault,
 * are closed by hand; the state says what is open. Functions that run between start and finish
 * must not be instrumented. */

#include "fiber.h"

#include <pthread.h>
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#include <stdlib.h>

#include "arch.h"

#define UNKNOWN_BELOW UINT64_C(65536)
#define FRAMES_MOST   (UINT64_C(8) << 20)
#define UNCHECKED     __attribute__((no_sanitize("address", "undefined")))
#define WORD_TOP      (HAL_CONTEXT_WORDS - 1) /* where the stack of a kit process began */

enum fiber_state { FIBER_HOST = 0, FIBER_TO_KIT, FIBER_KIT, FIBER_TO_HOST };

struct fiber {
    enum fiber_state state;
    void *host_save;
    const void *host_low;
    size_t host_size;
};

struct stack {
    struct stack *next;
    uint64_t low, size;
};

static pthread_mutex_t stack_lock = PTHREAD_MUTEX_INITIALIZER;
static struct stack *stacks;

void fiber_stack(const void *low, uint64_t size)
{
    pthread_mutex_lock(&stack_lock);
    struct stack *stack = stacks;
    while (stack != NULL && stack->low != (uint64_t)(uintptr_t)low) {
        stack = stack->next;
    }
    if (stack == NULL) {
        stack = malloc(sizeof *stack);
        if (stack == NULL) {
            host_fatal("no memory for the list of stacks");
        }
        stack->next = stacks;
        stack->low = (uint64_t)(uintptr_t)low;
        stacks = stack;
    }
    stack->size = size;
    pthread_mutex_unlock(&stack_lock);
}

static void stack_of(uint64_t sp, const void **low, size_t *size)
{
    *low = (const void *)(uintptr_t)(sp - UNKNOWN_BELOW);
    *size = UNKNOWN_BELOW;
    pthread_mutex_lock(&stack_lock);
    for (struct stack *stack = stacks; stack != NULL; stack = stack->next) {
        if (sp > stack->low && sp <= stack->low + stack->size) {
            *low = (const void *)(uintptr_t)stack->low;
            *size = stack->size;
        }
    }
    pthread_mutex_unlock(&stack_lock);
}

static struct fiber *fiber_of(struct machine *machine)
{
    if (machine->fiber == NULL) {
        machine->fiber = calloc(1, sizeof *machine->fiber);
        if (machine->fiber == NULL) {
            host_fatal("no memory for a fiber");
        }
    }
    return machine->fiber;
}

/* A kit process that goes on in its middle, after a fault that the kernel mended, has not said that
 * it is there. */
UNCHECKED static void arrive(struct fiber *fiber)
{
    if (fiber->state == FIBER_TO_KIT) {
        __sanitizer_finish_switch_fiber(NULL, &fiber->host_low, &fiber->host_size);
        fiber->state = FIBER_KIT;
    }
}

UNCHECKED static void back_to_host(struct fiber *fiber)
{
    void *unused = NULL;
    arrive(fiber);
    if (fiber->state == FIBER_KIT) {
        __sanitizer_start_switch_fiber(&unused, fiber->host_low, fiber->host_size);
        fiber->state = FIBER_TO_HOST;
    }
    if (fiber->state == FIBER_TO_HOST) {
        __sanitizer_finish_switch_fiber(fiber->host_save, NULL, NULL);
        fiber->state = FIBER_HOST;
    }
}

UNCHECKED void fiber_left_user(struct machine *machine)
{
    if (machine->fiber != NULL) {
        back_to_host(machine->fiber);
    }
}

UNCHECKED void fiber_enters_user(struct machine *machine, struct hal_context *next)
{
    if (next == NULL || !next->space->is_host) {
        return;
    }
    struct fiber *fiber = fiber_of(machine);
    const void *low;
    size_t size;
    stack_of(arch_stack_pointer(next), &low, &size);
    fiber->state = FIBER_TO_KIT;
    __sanitizer_start_switch_fiber(&fiber->host_save, low, size);
}

UNCHECKED void fiber_leaves_kit(struct machine *machine, void **save)
{
    struct fiber *fiber = fiber_of(machine);
    arrive(fiber);
    fiber->state = FIBER_TO_HOST;
    __sanitizer_start_switch_fiber(save, fiber->host_low, fiber->host_size);
}

UNCHECKED void fiber_enters_kit(struct machine *machine, void *save)
{
    struct fiber *fiber = machine->fiber;
    __sanitizer_finish_switch_fiber(save, &fiber->host_low, &fiber->host_size);
    fiber->state = FIBER_KIT;
}

typedef int64_t kit_function(uint64_t argument);

UNCHECKED static int64_t kit_begin(uint64_t argument, uint64_t ip)
{
    fiber_enters_kit(gate_machine, NULL);
    return ((kit_function *)(uintptr_t)ip)(argument);
}

uint64_t fiber_entry(uint64_t ip)
{
    (void)ip;
    return (uint64_t)(uintptr_t)kit_begin;
}

void fiber_began(struct hal_context *context, uint64_t top)
{
    context->machine[WORD_TOP] = top;
}

void fiber_forget(struct machine *machine)
{
    if (machine->fiber != NULL) {
        back_to_host(machine->fiber);
        free(machine->fiber);
        machine->fiber = NULL;
    }
}

/* The stack pointer need not be one: the thread may have ended by that. */
void fiber_ended(const struct hal_context *context)
{
    uint64_t top = context->machine[WORD_TOP], from = arch_stack_pointer(context);
    if (top == 0) {
        return;
    }
    if (from >= top || top - from > FRAMES_MOST) {
        const void *low;
        size_t size;
        stack_of(top, &low, &size);
        from = (uint64_t)(uintptr_t)low;
    }
    __asan_unpoison_memory_region((const void *)(uintptr_t)from, top - from);
}
