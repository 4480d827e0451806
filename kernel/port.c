/* SPDX-License-Identifier: MIT */
/* I/O ports. Claims are disjoint runs in a tree by first port; a process's own may lie side by
 * side. String transfers of more than 256 pages go in steps. */

#include "port.h"

#include <terrarium/error.h>

#include "call.h"
#include "copy.h"
#include "hal.h"
#include "log.h"
#include "state.h"

#define PORTS       UINT64_C(0x10000)
#define CHUNK_BYTES UINT64_C(256)

static struct port_claim *claim_of(struct tree_node *node)
{
    return node == NULL ? NULL : CONTAINER(node, struct port_claim, node);
}

static struct port_claim *claim_after(const struct port_claim *claim)
{
    return claim_of(tree_next(&claim->node));
}

static uint64_t end_of(const struct port_claim *claim)
{
    return (uint64_t)claim->first + claim->count;
}

/* The first claim that ends above `port`, NULL: none. */
static struct port_claim *claim_at_or_after(struct kernel *kernel, uint64_t port)
{
    struct tree_node *node = kernel->ports.claims.root;
    struct port_claim *found = NULL;
    while (node != NULL) {
        struct port_claim *claim = claim_of(node);
        bool ends_above = end_of(claim) > port;
        if (ends_above) {
            found = claim;
        }
        node = node->child[!ends_above];
    }
    return found;
}

/* The process holds all of [first, end), maybe in several runs. */
static bool range_is_held(struct kernel *kernel, const struct process *process, uint64_t first,
                          uint64_t end)
{
    const struct port_claim *claim = claim_at_or_after(kernel, first);
    while (first < end) {
        if (claim == NULL || claim->process != process || claim->first > first) {
            return false;
        }
        first = end_of(claim);
        claim = claim_after(claim);
    }
    return true;
}

bool port_is_held(struct kernel *kernel, const struct process *process, uint64_t port,
                  uint32_t width)
{
    return port < PORTS && port + width <= PORTS &&
           range_is_held(kernel, process, port, port + width);
}

bool kernel_port_allowed(struct kernel *kernel, uint32_t port, uint32_t width)
{
    const struct thread *thread = kernel->cpu.current;
    return thread != NULL && thread->process->process_class == TR_DRIVER &&
           port_is_held(kernel, thread->process, port, width);
}

/* ---- Claims --------------------------------------------------------------------------------- */

static void claim_set(struct kernel *kernel, struct port_claim *claim, uint64_t first, uint64_t end)
{
    claim->first = (uint32_t)first;
    claim->count = (uint32_t)(end - first);
    tree_insert(&kernel->ports.claims, &claim->node, first);
}

static int64_t claim_make(struct kernel *kernel, struct process *process, struct port_claim **made)
{
    void *record;
    int64_t result = pool_take(kernel, &kernel->pools.port_claim, process->account, &record);
    if (result < 0) {
        return result;
    }
    *made = record;
    (*made)->process = process;
    list_append(&process->ports, &(*made)->owned);
    return 0;
}

/* The claim is out of the tree. */
static void claim_free(struct kernel *kernel, struct port_claim *claim)
{
    list_remove(&claim->owned);
    pool_give(kernel, &kernel->pools.port_claim, claim->process->account, claim);
}

static void claim_end(struct kernel *kernel, struct port_claim *claim)
{
    tree_remove(&kernel->ports.claims, &claim->node);
    claim_free(kernel, claim);
}

void port_end_all(struct kernel *kernel, struct process *process)
{
    while (!list_is_empty(&process->ports)) {
        claim_end(kernel, CONTAINER(process->ports.next, struct port_claim, owned));
    }
}

static bool range_is_valid(uint64_t first, uint64_t count)
{
    return count != 0 && first < PORTS && count <= PORTS - first;
}

/* Whether another process holds any of [first, end). */
static bool range_is_taken(struct kernel *kernel, const struct process *process, uint64_t first,
                           uint64_t end)
{
    const struct port_claim *claim = claim_at_or_after(kernel, first);
    while (claim != NULL && claim->first < end) {
        if (claim->process != process) {
            return true;
        }
        claim = claim_after(claim);
    }
    return false;
}

/* Own claims that overlap become one with the new range. */
int64_t call_port_claim(struct kernel *kernel, uint64_t first, uint64_t count)
{
    struct process *process = kernel_caller(kernel);
    if (!range_is_valid(first, count)) {
        return TR_E_INVAL;
    }
    uint64_t end = first + count;
    if (range_is_taken(kernel, process, first, end)) {
        log_refused(kernel, "a claim of ports of another's, from", first);
        return TR_E_BUSY;
    }
    if (range_is_held(kernel, process, first, end)) {
        return 0;
    }
    struct port_claim *claim = claim_at_or_after(kernel, first);
    struct port_claim *whole = NULL;
    int64_t result = claim_make(kernel, process, &whole);
    if (result < 0) {
        return result;
    }
    while (claim != NULL && claim->first < end) {
        struct port_claim *next = claim_after(claim);
        first = claim->first < first ? claim->first : first;
        end = end_of(claim) > end ? end_of(claim) : end;
        claim_end(kernel, claim);
        claim = next;
    }
    claim_set(kernel, whole, first, end);
    return 0;
}

/* Cuts [first, end) out of own claims that cover it. `spare` is there if one claim is left on both
 * sides, else NULL. */
static void range_cut(struct kernel *kernel, uint64_t first, uint64_t end, struct port_claim *spare)
{
    struct port_claim *claim = claim_at_or_after(kernel, first);
    while (claim != NULL && claim->first < end) {
        struct port_claim *next = claim_after(claim);
        struct port_claim *behind = claim;
        uint64_t from = claim->first;
        uint64_t to = end_of(claim);
        tree_remove(&kernel->ports.claims, &claim->node);
        if (from < first) {
            claim_set(kernel, claim, from, first);
            behind = spare;
        }
        if (to > end) {
            claim_set(kernel, behind, end, to);
        } else if (behind == claim) {
            claim_free(kernel, claim);
        }
        claim = next;
    }
}

int64_t call_port_release(struct kernel *kernel, uint64_t first, uint64_t count)
{
    struct process *process = kernel_caller(kernel);
    if (!range_is_valid(first, count)) {
        return TR_E_INVAL;
    }
    uint64_t end = first + count;
    if (!range_is_held(kernel, process, first, end)) {
        return TR_E_ACCES;
    }
    const struct port_claim *claim = claim_at_or_after(kernel, first);
    struct port_claim *spare = NULL;
    if (claim->first < first && end_of(claim) > end) {
        int64_t result = claim_make(kernel, process, &spare);
        if (result < 0) {
            return result;
        }
    }
    range_cut(kernel, first, end, spare);
    return 0;
}

/* ---- Access --------------------------------------------------------------------------------- */

static bool access_is_valid(uint64_t port, uint32_t width)
{
    return (width == 1 || width == 2 || width == 4) && port < PORTS && port + width <= PORTS;
}

/* For the calls: who reaches for a port without having claimed it is named in the log. */
static bool caller_holds(struct kernel *kernel, uint64_t port, uint32_t width)
{
    bool is_held = port_is_held(kernel, kernel_caller(kernel), port, width);
    if (!is_held) {
        log_refused(kernel, "a port it has not claimed,", port);
    }
    return is_held;
}

int64_t call_port_in(struct kernel *kernel, uint64_t port, uint32_t width)
{
    if (!access_is_valid(port, width)) {
        return TR_E_INVAL;
    }
    if (!caller_holds(kernel, port, width)) {
        return TR_E_ACCES;
    }
    return (int64_t)hal_port_in(kernel->machine, (uint32_t)port, width);
}

int64_t call_port_out(struct kernel *kernel, uint64_t port, uint32_t width, uint32_t value)
{
    if (!access_is_valid(port, width)) {
        return TR_E_INVAL;
    }
    if (!caller_holds(kernel, port, width)) {
        return TR_E_ACCES;
    }
    uint32_t mask = UINT32_MAX >> (32 - 8 * width);
    hal_port_out(kernel->machine, (uint32_t)port, width, value & mask);
    return 0;
}

/* What a string transfer keeps in thread->work.words. */
enum { WORK_PORT, WORK_WIDTH, WORK_VA, WORK_LEFT, WORK_DONE, WORK_IS_OUT };

/* Elements are little-endian in memory. */
static void elements_in(struct kernel *kernel, uint32_t port, uint32_t width, uint8_t *bytes,
                        uint64_t size)
{
    for (uint64_t at = 0; at < size; at += width) {
        uint32_t value = hal_port_in(kernel->machine, port, width);
        for (uint32_t i = 0; i < width; i++) {
            bytes[at + i] = (uint8_t)(value >> (8 * i));
        }
    }
}

static void elements_out(struct kernel *kernel, uint32_t port, uint32_t width, const uint8_t *bytes,
                         uint64_t size)
{
    for (uint64_t at = 0; at < size; at += width) {
        uint32_t value = 0;
        for (uint32_t i = 0; i < width; i++) {
            value |= (uint32_t)bytes[at + i] << (8 * i);
        }
        hal_port_out(kernel->machine, port, width, value);
    }
}

static int64_t move_chunk(struct kernel *kernel, struct process *process, const uint64_t *words,
                          uint64_t size)
{
    uint8_t chunk[CHUNK_BYTES];
    uint32_t port = (uint32_t)words[WORK_PORT];
    uint32_t width = (uint32_t)words[WORK_WIDTH];
    uint64_t va = words[WORK_VA] + words[WORK_DONE];
    if (words[WORK_IS_OUT] != 0) {
        int64_t result = copy_in(kernel, process, chunk, va, size);
        if (result == 0) {
            elements_out(kernel, port, width, chunk, size);
        }
        return result;
    }
    int64_t result = copy_check(kernel, process, va, size, TR_WRITE);
    if (result == 0) {
        elements_in(kernel, port, width, chunk, size);
        result = copy_out(kernel, process, va, chunk, size);
    }
    return result;
}

/* Ends early, with what has moved, if memory or ports go away between two steps. */
static int64_t string_step(struct kernel *kernel, struct thread *thread)
{
    uint64_t *words = thread->work.words;
    uint64_t share = STEP_PAGES * (uint64_t)TR_PAGE_SIZE;
    int64_t result = 0;
    if (!port_is_held(kernel, thread->process, words[WORK_PORT], (uint32_t)words[WORK_WIDTH])) {
        result = TR_E_ACCES;
    }
    while (result == 0 && share > 0 && words[WORK_LEFT] > 0) {
        uint64_t size = words[WORK_LEFT] < CHUNK_BYTES ? words[WORK_LEFT] : CHUNK_BYTES;
        result = move_chunk(kernel, thread->process, words, size);
        if (result == 0) {
            words[WORK_DONE] += size;
            words[WORK_LEFT] -= size;
            share -= CHUNK_BYTES;
        }
    }
    if (result == 0 && words[WORK_LEFT] > 0) {
        return CALL_LATER;
    }
    return result < 0 && words[WORK_DONE] == 0 ? result
                                               : (int64_t)(words[WORK_DONE] / words[WORK_WIDTH]);
}

static int64_t string_start(struct kernel *kernel, uint64_t port, uint32_t width, uint64_t buf,
                            uint64_t count, bool is_out)
{
    struct thread *thread = kernel->cpu.current;
    if (!access_is_valid(port, width)) {
        return TR_E_INVAL;
    }
    if (count > UINT64_MAX / width) {
        return TR_E_FAULT;
    }
    int64_t result =
        copy_check(kernel, thread->process, buf, count * width, is_out ? TR_READ : TR_WRITE);
    if (result < 0) {
        return result;
    }
    uint64_t *words = thread->work.words;
    words[WORK_PORT] = port;
    words[WORK_WIDTH] = width;
    words[WORK_VA] = buf;
    words[WORK_LEFT] = count * width;
    words[WORK_DONE] = 0;
    words[WORK_IS_OUT] = is_out;
    result = string_step(kernel, thread);
    if (result == CALL_LATER) {
        thread->step = string_step;
        thread->step_abort = NULL;
    }
    return result;
}

int64_t call_port_in_string(struct kernel *kernel, uint64_t port, uint32_t width, uint64_t buf,
                            uint64_t count)
{
    return string_start(kernel, port, width, buf, count, false);
}

int64_t call_port_out_string(struct kernel *kernel, uint64_t port, uint32_t width, uint64_t buf,
                             uint64_t count)
{
    return string_start(kernel, port, width, buf, count, true);
}
