/* SPDX-License-Identifier: MIT */
/* The fake machine: making one, and telling its kernel what happened. The contract's own functions
 * are in fake_hal.c. */

#include "fake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *must(void *memory)
{
    if (memory == NULL) {
        fputs("fake machine: no memory\n", stderr);
        abort();
    }
    return memory;
}

struct machine *fake_create_bare(uint64_t pages)
{
    struct machine *machine = must(calloc(1, sizeof *machine));

    machine->pages = pages;
    machine->ram = must(calloc(pages, TR_PAGE_SIZE));
    machine->device = must(calloc(FAKE_DEVICE_PAGES, TR_PAGE_SIZE));
    machine->dma_allowed = must(calloc(pages, 1));
    machine->deadline = TR_FOREVER;
    machine->spaces_most = UINT64_MAX;
    machine->random = 1;
    for (size_t line = 0; line < HAL_IRQ_LINES; line++) {
        machine->masked[line] = true;
    }
    memset(machine->port_bytes, 0xff, sizeof machine->port_bytes);
    return machine;
}

struct machine *fake_create(const struct kernel_config *config)
{
    const struct kernel_config usual = {.invariants = true, .no_log_needed = true, .trace = true};
    struct machine *machine = fake_create_bare(FAKE_RAM_PAGES);

    machine->kernel = kernel_create(machine, config != NULL ? config : &usual);
    if (machine->kernel == NULL) {
        fputs("fake machine: no kernel\n", stderr);
        abort();
    }
    return machine;
}

void fake_destroy(struct machine *machine)
{
    free(machine->trace);
    free(machine->dma_allowed);
    free(machine->device);
    free(machine->ram);
    free(machine);
}

uint64_t fake_process(struct machine *machine, enum tr_class process_class, const char *name)
{
    const struct kernel_host_process process = {
        .name = name, .process_class = process_class, .ip = 0x1000, .sp = 0x2000};
    struct hal_context *context = NULL;
    int64_t pid = kernel_host_process(machine->kernel, &process, &context);

    if (pid <= 0 || context == NULL) {
        fprintf(stderr, "fake machine: no process %s: %lld\n", name, (long long)pid);
        abort();
    }
    machine->current = kernel_next(machine->kernel);
    return (uint64_t)pid;
}

int64_t fake_call(struct machine *machine, uint64_t number, uint64_t a, uint64_t b, uint64_t c,
                  uint64_t d, uint64_t e, uint64_t f)
{
    const uint64_t words[6] = {a, b, c, d, e, f};
    struct hal_context *caller = machine->current;

    machine->current = kernel_call(machine->kernel, number, words);
    return machine->current == caller && caller != NULL ? caller->result : FAKE_SLEEPS;
}

bool fake_turn(struct machine *machine, uint64_t pid)
{
    struct kernel_census census;

    /* Work in steps goes on at timers that are due at once. */
    fake_pass(machine, machine->time);
    kernel_census(machine->kernel, &census);
    /* Yielding once per thread goes round every queue: who has not had a turn then gets none. */
    for (uint64_t yields = 0; yields <= census.threads && machine->current != NULL; yields++) {
        if (kernel_current_pid(machine->kernel) == pid) {
            return true;
        }
        (void)fake_call(machine, TR_NR_thread_yield, 0, 0, 0, 0, 0, 0);
        fake_pass(machine, machine->time);
    }
    return false;
}

int64_t fake_call_as(struct machine *machine, uint64_t pid, uint64_t number, uint64_t a, uint64_t b,
                     uint64_t c, uint64_t d, uint64_t e, uint64_t f)
{
    if (!fake_turn(machine, pid)) {
        fprintf(stderr, "fake machine: process %llu does not come to run\n",
                (unsigned long long)pid);
        abort();
    }
    return fake_call(machine, number, a, b, c, d, e, f);
}

static struct hal_context *first_context(struct machine *machine, uint64_t pid)
{
    struct tr_thread_info info;

    if (kernel_thread_next(machine->kernel, pid, 0, &info) < 0) {
        return NULL;
    }
    return kernel_thread_context(machine->kernel, info.tid);
}

int64_t fake_result(struct machine *machine, uint64_t pid)
{
    struct hal_context *context = first_context(machine, pid);

    if (context == NULL) {
        fprintf(stderr, "fake machine: process %llu has no thread\n", (unsigned long long)pid);
        abort();
    }
    return context->result;
}

void fake_fault(struct machine *machine, enum tr_fault cause, uint64_t address)
{
    const struct hal_fault fault = {.cause = cause, .access = HAL_READ, .address = address};

    machine->current = kernel_fault(machine->kernel, &fault);
}

void fake_raise(struct machine *machine, uint32_t line)
{
    if (machine->masked[line]) {
        machine->edge[line] = true;
        return;
    }
    machine->current = kernel_interrupt(machine->kernel, line);
}

/* Edges that were remembered and whose line has been unmasked since. */
static void deliver_edges(struct machine *machine)
{
    for (uint32_t line = 0; line < HAL_IRQ_LINES; line++) {
        if (machine->edge[line] && !machine->masked[line]) {
            machine->edge[line] = false;
            machine->current = kernel_interrupt(machine->kernel, line);
        }
    }
}

void fake_pass(struct machine *machine, uint64_t time)
{
    deliver_edges(machine);
    while (machine->deadline <= time || machine->deadline <= machine->time) {
        if (machine->deadline > machine->time) {
            machine->time = machine->deadline;
        }
        machine->deadline = TR_FOREVER;
        machine->current = kernel_timer(machine->kernel);
        deliver_edges(machine);
    }
    if (time > machine->time) {
        machine->time = time;
    }
}

void *fake_user(struct machine *machine, uint64_t pid, uint64_t va, uint64_t size, uint32_t access)
{
    struct hal_context *context = first_context(machine, pid);
    struct hal_mapping mapping;

    if (context == NULL ||
        !kernel_translate(machine->kernel, context->space, va, access, machine->pages, &mapping)) {
        return NULL;
    }
    uint64_t offset = va - mapping.va;
    if (offset + size > mapping.pages * TR_PAGE_SIZE) {
        return NULL;
    }
    uint8_t *view = mapping.frame < machine->pages
                        ? machine->ram + mapping.frame * TR_PAGE_SIZE
                        : hal_device_memory(machine, mapping.frame, mapping.pages);
    return view == NULL ? NULL : view + offset;
}

size_t fake_trace_count(const struct machine *machine, enum tr_trace_kind kind)
{
    size_t count = 0;

    for (size_t i = 0; i < machine->trace_count; i++) {
        count += machine->trace[i].kind == (uint32_t)kind;
    }
    return count;
}

void fake_end_all(struct machine *machine)
{
    uint64_t operator_pid = fake_process(machine, TR_DRIVER, "operator");
    struct tr_process_info info;
    uint64_t after = 0;

    while (kernel_process_next(machine->kernel, after, &info) >= 0) {
        after = info.pid;
        if (info.pid != operator_pid) {
            (void)fake_call_as(machine, operator_pid, TR_NR_process_terminate, info.pid, 0, 0, 0, 0,
                               0);
        }
    }
    (void)fake_call_as(machine, operator_pid, TR_NR_process_exit, 0, 0, 0, 0, 0, 0);
    fake_pass(machine, machine->time);
}
