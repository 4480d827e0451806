/* SPDX-License-Identifier: MIT */
/* The kit's trace: every record the kernel writes, and how each process ended. */

#include "kit_private.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void ending_note(struct tr_kit *kit, const struct tr_trace_record *record)
{
    if (record->a >= kit->endings_room) {
        size_t room = (size_t)record->a * 2 + 64;
        kit->endings = kit_memory(kit->endings, room * sizeof *kit->endings);
        memset(kit->endings + kit->endings_room, 0,
               (room - kit->endings_room) * sizeof *kit->endings);
        kit->endings_room = room;
    }
    kit->endings[record->a] = (struct kit_ending){
        .ended = true, .reason = (uint32_t)record->c, .code = (int64_t)record->b};
}

void kit_trace_record(void *user, const struct tr_trace_record *record)
{
    struct tr_kit *kit = user;

    if (kit->trace_count == kit->trace_room) {
        kit->trace_room = kit->trace_room * 2 + 256;
        kit->trace = kit_memory(kit->trace, kit->trace_room * sizeof *kit->trace);
    }
    kit->trace[kit->trace_count] = *record;
    kit->trace_count++;
    if (record->kind == TR_TRACE_END) {
        ending_note(kit, record);
    }
}

const struct kit_ending *kit_ending(struct tr_kit *kit, uint64_t pid)
{
    if (pid >= kit->endings_room || !kit->endings[pid].ended) {
        return NULL;
    }
    return &kit->endings[pid];
}

const struct tr_trace_record *tr_kit_trace(struct tr_kit *kit, size_t *count)
{
    *count = kit->trace_count;
    return kit->trace;
}

size_t tr_kit_count(struct tr_kit *kit, enum tr_trace_kind kind)
{
    size_t count = 0;

    for (size_t i = 0; i < kit->trace_count; i++) {
        count += kit->trace[i].kind == (uint32_t)kind;
    }
    return count;
}

const struct tr_trace_record *tr_kit_next(struct tr_kit *kit, size_t *position,
                                          enum tr_trace_kind kind, uint64_t pid)
{
    for (size_t i = *position; i < kit->trace_count; i++) {
        const struct tr_trace_record *record = &kit->trace[i];
        if (record->kind == (uint32_t)kind && (pid == 0 || record->pid == pid)) {
            *position = i + 1;
            return record;
        }
    }
    *position = kit->trace_count;
    return NULL;
}

/* 64-bit FNV-1a, as trace.h says. */
uint64_t tr_kit_trace_hash(struct tr_kit *kit)
{
    const uint8_t *bytes = (const uint8_t *)kit->trace;
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < kit->trace_count * sizeof *kit->trace; i++) {
        hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
    }
    return hash;
}

static const char *call_name(uint64_t number)
{
    switch (number) {
#define TR_CALL_ROW(nr, name)                                                                      \
    case nr:                                                                                       \
        return #name;
#include <terrarium/calls_rows.h>
#undef TR_CALL_ROW
    default:
        return "?";
    }
}

static const char *kind_name(uint32_t kind)
{
    static const char *const names[] = {"?",     "call",  "result", "switch", "wake", "interrupt",
                                        "fault", "spawn", "end",    "event",  "stop"};

    return kind < sizeof names / sizeof names[0] ? names[kind] : names[0];
}

void tr_kit_print_trace(struct tr_kit *kit, size_t from)
{
    for (size_t i = from; i < kit->trace_count; i++) {
        const struct tr_trace_record *record = &kit->trace[i];
        bool is_call = record->kind == TR_TRACE_CALL || record->kind == TR_TRACE_RESULT;
        fprintf(stderr, "%6zu %12" PRIu64 " pid %" PRIu64 " tid %" PRIu64 " %-9s %s ", i,
                record->time, record->pid, record->tid, kind_name(record->kind),
                is_call ? call_name(record->a) : "");
        fprintf(stderr, "%" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 "\n", (int64_t)record->a,
                (int64_t)record->b, (int64_t)record->c, (int64_t)record->d);
    }
}
