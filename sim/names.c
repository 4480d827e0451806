/* SPDX-License-Identifier: MIT */
/* Views of calls.def, events.def and errors.def for people to read. */

#include "names.h"

#include <stddef.h>
#include <terrarium/calls.h>
#include <terrarium/error.h>
#include <terrarium/trace.h>
#include <terrarium/types.h>

#define TR_CALL0(nr, name, r, s, text)                 [nr] = {#name, 0, {NULL}, {NULL}},
#define TR_CALL1(nr, name, r, s, text, t1, p1)         [nr] = {#name, 1, {#p1}, {#t1}},
#define TR_CALL2(nr, name, r, s, text, t1, p1, t2, p2) [nr] = {#name, 2, {#p1, #p2}, {#t1, #t2}},
#define TR_CALL3(nr, name, r, s, text, t1, p1, t2, p2, t3, p3)                                     \
    [nr] = {#name, 3, {#p1, #p2, #p3}, {#t1, #t2, #t3}},
#define TR_CALL4(nr, name, r, s, text, t1, p1, t2, p2, t3, p3, t4, p4)                             \
    [nr] = {#name, 4, {#p1, #p2, #p3, #p4}, {#t1, #t2, #t3, #t4}},
#define TR_CALL5(nr, name, r, s, text, t1, p1, t2, p2, t3, p3, t4, p4, t5, p5)                     \
    [nr] = {#name, 5, {#p1, #p2, #p3, #p4, #p5}, {#t1, #t2, #t3, #t4, #t5}},
#define TR_CALL6(nr, name, r, s, text, t1, p1, t2, p2, t3, p3, t4, p4, t5, p5, t6, p6)             \
    [nr] = {#name, 6, {#p1, #p2, #p3, #p4, #p5, #p6}, {#t1, #t2, #t3, #t4, #t5, #t6}},
static const struct sim_call calls[TR_CALL_LIMIT] = {
#include <terrarium/calls.def>
};
#include <terrarium/calls_undef.h>

static const char *const errors[] = {
#define TR_ERROR(name, value, text) [value] = #name,
#include <terrarium/errors.def>
#undef TR_ERROR
};

static const char *const texts[] = {
#define TR_ERROR(name, value, text) [value] = text,
#include <terrarium/errors.def>
#undef TR_ERROR
};

static const char *const events[] = {
#define TR_EVENT_KIND(name, value, text) [value] = #name,
#include <terrarium/events.def>
#undef TR_EVENT_KIND
};

static const char *const classes[] = {"driver", "server", "application", "kernel"};

static const char *const faults[] = {
    NULL, "page", "protection", "illegal", "divide", "privileged", "memory", "supply",
};

static const char *const waits[] = {
    "none", "sleep", "event", "reply", "pipe-read", "pipe-write", "key", "page",
};

static const char *const switches[] = {"sleep", "yield", "slice", "preempt", "end", "idle"};

static const char *const kinds[] = {
    NULL, "call", "result", "switch", "wake", "interrupt", "fault", "spawn", "end", "event", "stop",
};

#define NAME_OF(list, index)                                                                       \
    ((index) < sizeof(list) / sizeof((list)[0]) && (list)[index] != NULL ? (list)[index] : "?")

const struct sim_call *sim_call(uint64_t number)
{
    return number < TR_CALL_LIMIT && calls[number].name != NULL ? &calls[number] : NULL;
}

const char *sim_error_name(int64_t error)
{
    return error < 0 ? NAME_OF(errors, 0 - (uint64_t)error) : "OK";
}

const char *sim_event_name(uint64_t kind)
{
    return NAME_OF(events, kind);
}

const char *sim_class_name(uint64_t process_class)
{
    return NAME_OF(classes, process_class);
}

const char *sim_fault_name(uint64_t fault)
{
    return NAME_OF(faults, fault);
}

const char *sim_wait_name(uint64_t wait)
{
    return NAME_OF(waits, wait);
}

const char *sim_switch_name(uint64_t cause)
{
    return NAME_OF(switches, cause);
}

const char *sim_trace_kind_name(uint64_t kind)
{
    return NAME_OF(kinds, kind);
}

const char *sim_error_text(int64_t error)
{
    return error < 0 ? NAME_OF(texts, 0 - (uint64_t)error) : "It went well.";
}
