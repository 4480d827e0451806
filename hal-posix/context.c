/* SPDX-License-Identifier: MIT */
/* Contexts that begin and end, and the pool of areas for extended registers. A context that has
 * not been interrupted yet points to the machine's initial area, which is nobody's to write. */

#include "arch.h"
#include "fiber.h"
#include "state.h"

#define BLOCK_SIZE (UINT64_C(64) << 10)

struct state_area {
    struct state_area *next;
};

bool state_create(struct machine *machine)
{
    if (!arch_state_probe(&machine->state_size, &machine->gate.state_mask)) {
        return false;
    }
    struct hal_context none = {0};
    state_own(machine, &none);
    machine->state_initial = arch_state(&none);
    arch_state_init(machine->state_initial);
    return true;
}

void state_destroy(struct machine *machine)
{
    while (machine->state_blocks != NULL) {
        struct state_area *block = machine->state_blocks;
        machine->state_blocks = block->next;
        host_pages_free(block, BLOCK_SIZE);
    }
    machine->state_free = NULL;
    machine->state_initial = NULL;
}

/* The first area of a block holds the list of blocks. */
static void block_add(struct machine *machine)
{
    uint8_t *block = host_pages(BLOCK_SIZE);
    ((struct state_area *)block)->next = machine->state_blocks;
    machine->state_blocks = (struct state_area *)block;
    for (uint64_t at = machine->state_size; at + machine->state_size <= BLOCK_SIZE;
         at += machine->state_size) {
        struct state_area *area = (struct state_area *)(block + at);
        area->next = machine->state_free;
        machine->state_free = area;
    }
}

void state_own(struct machine *machine, struct hal_context *context)
{
    void *state = arch_state(context);
    if (state != NULL && state != machine->state_initial) {
        return;
    }
    if (machine->state_free == NULL) {
        block_add(machine);
    }
    struct state_area *area = machine->state_free;
    machine->state_free = area->next;
    area->next = NULL;
    arch_set_state(context, area);
}

void hal_context_start(struct machine *machine, struct hal_context *context,
                       struct hal_space *space, uint64_t ip, uint64_t sp, uint64_t argument)
{
    context->space = space;
    context->result = 0;
    const uint64_t words[2] = {argument, ip};
    arch_start(machine, context, space->is_host ? fiber_entry(ip) : ip, sp, words);
    if (space->is_host) {
        fiber_began(context, sp);
    }
}

bool hal_context_pointer(struct machine *machine, struct hal_context *context, uint64_t address)
{
    (void)machine;
    return !context->space->is_host && arch_set_pointer(context, address);
}

void hal_context_end(struct machine *machine, struct hal_context *context)
{
    struct state_area *area = arch_state(context);
    fiber_ended(context);
    if (machine->gate.loaded == context) {
        machine->gate.loaded = NULL;
    }
    if (area != NULL && (void *)area != machine->state_initial) {
        area->next = machine->state_free;
        machine->state_free = area;
    }
    arch_set_state(context, NULL);
}
