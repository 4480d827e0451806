/* SPDX-License-Identifier: MIT */
/* The machine contract (kernel/hal.h) of the fake machine: every function records what the kernel
 * asked and answers from plain memory. */

#include "fake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct hal_memory hal_memory(struct machine *machine)
{
    return (struct hal_memory){machine->ram, FAKE_FIRST_FRAME, machine->pages};
}

uint8_t *hal_device_memory(struct machine *machine, uint64_t frame, uint64_t pages)
{
    if (frame - FAKE_DEVICE_FRAME < FAKE_DEVICE_PAGES &&
        pages <= FAKE_DEVICE_PAGES - (frame - FAKE_DEVICE_FRAME)) {
        return machine->device + (frame - FAKE_DEVICE_FRAME) * TR_PAGE_SIZE;
    }
    if (frame >= FAKE_FIRST_FRAME || pages > FAKE_FIRST_FRAME - frame) {
        return NULL;
    }
    return machine->ram + frame * TR_PAGE_SIZE;
}

void hal_dma_allow(struct machine *machine, uint64_t frame, uint64_t pages, bool allowed)
{
    if (frame < FAKE_FIRST_FRAME || frame + pages > machine->pages) {
        hal_panic(machine, "fake machine: DMA to frames that are no RAM");
    }
    memset(machine->dma_allowed + frame, allowed, (size_t)pages);
}

bool hal_space_create(struct machine *machine, struct hal_space *space)
{
    if (machine->spaces_alive >= machine->spaces_most) {
        return false;
    }
    space->base = FAKE_WINDOW_BASE + machine->windows * 2 * FAKE_WINDOW_SIZE;
    space->size = FAKE_WINDOW_SIZE;
    space->machine = NULL;
    machine->windows++;
    machine->spaces_alive++;
    return true;
}

void hal_space_destroy(struct machine *machine, struct hal_space *space)
{
    (void)space;
    machine->spaces_alive--;
}

void hal_space_invalidate(struct machine *machine, struct hal_space *space, uint64_t va,
                          uint64_t pages)
{
    (void)space;
    (void)va;
    (void)pages;
    machine->invalidations++;
}

void hal_space_image(struct machine *machine, struct hal_space *space, uint64_t va,
                     const char *name)
{
    (void)machine;
    (void)space;
    (void)va;
    (void)name;
}

/* Windows are no host memory here; the first megabyte of the host never is. */
void *hal_host_range(struct machine *machine, struct hal_space *space, uint64_t va, uint64_t size)
{
    if (!space->is_host || va < (1 << 20) || va + size < va) {
        return NULL;
    }
    if (machine->host_end != 0 && (va < machine->host_first || va + size > machine->host_end)) {
        return NULL;
    }
    if (va + size > FAKE_WINDOW_BASE && va < FAKE_WINDOW_BASE + (UINT64_C(1) << 44)) {
        return NULL;
    }
    return (void *)(uintptr_t)va;
}

void hal_context_start(struct machine *machine, struct hal_context *context,
                       struct hal_space *space, uint64_t ip, uint64_t sp, uint64_t argument)
{
    machine->contexts_alive++;
    context->space = space;
    context->machine[FAKE_IP] = ip;
    context->machine[FAKE_SP] = sp;
    context->machine[FAKE_ARGUMENT] = argument;
    context->machine[FAKE_STARTED] = 1;
}

bool hal_context_pointer(struct machine *machine, struct hal_context *context, uint64_t address)
{
    (void)machine;
    context->machine[FAKE_POINTER] = address;
    return !context->space->is_host;
}

void hal_context_end(struct machine *machine, struct hal_context *context)
{
    if (context->machine[FAKE_STARTED] != 1) {
        hal_panic(machine, "fake machine: a context ended that was not started");
    }
    context->machine[FAKE_STARTED] = 0;
    machine->contexts_alive--;
}

uint64_t hal_time(struct machine *machine)
{
    return machine->time;
}

void hal_timer(struct machine *machine, uint64_t deadline)
{
    machine->deadline = deadline;
}

void hal_charge(struct machine *machine, uint64_t ns)
{
    machine->charged += ns;
    machine->time += ns;
}

void hal_irq_mask(struct machine *machine, uint32_t line, bool masked)
{
    if (line >= HAL_IRQ_LINES) {
        hal_panic(machine, "fake machine: no such line");
    }
    machine->masked[line] = masked;
}

uint32_t hal_port_in(struct machine *machine, uint32_t port, uint32_t width)
{
    uint32_t value = 0;

    for (uint32_t i = 0; i < width; i++) {
        value |= (uint32_t)machine->port_bytes[(port + i) & 0xffff] << (8 * i);
    }
    return value;
}

void hal_port_out(struct machine *machine, uint32_t port, uint32_t width, uint32_t value)
{
    if (machine->out_count < FAKE_OUT_MAX) {
        machine->outs[machine->out_count] = (struct fake_out){port, width, value};
        machine->out_count++;
    }
}

bool hal_vm86_exists(struct machine *machine)
{
    return machine->vm86 != NULL;
}

void hal_vm86_run(struct machine *machine, struct hal_vm86 *vm86)
{
    machine->vm86_runs++;
    machine->vm86(machine, vm86);
}

uint64_t hal_ghost_call(struct machine *machine, uint32_t number)
{
    (void)machine;
    return number < TR_CALL_LIMIT ? FAKE_GHOST_BASE + number * 16 : 0;
}

uint64_t hal_ghost_other(struct machine *machine, const char *name)
{
    (void)machine;
    return strcmp(name, "tr_call") == 0 ? FAKE_GHOST_BASE + TR_CALL_LIMIT * 16 : 0;
}

uint32_t hal_elf_machine(struct machine *machine)
{
    (void)machine;
    return 62;
}

/* splitmix64 (Steele, Lea, Flood 2014): all bytes depend on the state the test set. */
static uint64_t random_word(struct machine *machine)
{
    machine->random += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t word = machine->random;
    word = (word ^ (word >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    word = (word ^ (word >> 27)) * UINT64_C(0x94d049bb133111eb);
    return word ^ (word >> 31);
}

void hal_random(struct machine *machine, void *buffer, uint64_t size)
{
    uint8_t *bytes = buffer;

    for (uint64_t i = 0; i < size; i++) {
        bytes[i] = (uint8_t)random_word(machine);
    }
}

void hal_console(struct machine *machine, const char *text, uint64_t size)
{
    size_t room = FAKE_CONSOLE_SIZE - 1 - machine->console_size;
    size_t taken = size < room ? (size_t)size : room;

    memcpy(machine->console + machine->console_size, text, taken);
    machine->console_size += taken;
}

void hal_stop(struct machine *machine, enum tr_stop how, uint32_t code)
{
    machine->stopped = true;
    machine->stop_how = how;
    machine->stop_code = code;
}

void hal_panic(struct machine *machine, const char *text)
{
    snprintf(machine->panic_text, sizeof machine->panic_text, "%s", text);
    if (machine->panic_expected) {
        longjmp(machine->panic_jump, 1);
    }
    fprintf(stderr, "fake machine: kernel panic: %s\n%s\n", text, machine->console);
    abort();
}

void hal_trace(struct machine *machine, const struct tr_trace_record *record)
{
    if (machine->trace_count == machine->trace_room) {
        machine->trace_room = machine->trace_room * 2 + 1024;
        machine->trace = realloc(machine->trace, machine->trace_room * sizeof *record);
        if (machine->trace == NULL) {
            abort();
        }
    }
    machine->trace[machine->trace_count] = *record;
    machine->trace_count++;
}

void hal_tool(struct machine *machine, enum hal_tool what, const void *to, const void *from,
              uint64_t size)
{
    (void)machine;
    (void)what;
    (void)to;
    (void)from;
    (void)size;
}
