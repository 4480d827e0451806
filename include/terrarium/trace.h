/* SPDX-License-Identifier: MIT */
#pragma once

/* The binary trace: what `terrarium run --trace FILE` writes, `terrarium trace FILE` prints and
 * the test kit queries. A file is one tr_trace_header, then records to its end, all little-endian,
 * no padding. Two runs are the same when their records are the same bytes; the trace hash is
 * 64-bit FNV-1a over the records. */

#include <stdint.h>
#include <terrarium/types.h>

#define TR_TRACE_MAGIC UINT64_C(0x3143415254525445) /* the bytes "ETRTRAC1" */

struct tr_trace_header {
    uint64_t magic;
    uint64_t record_size; /* sizeof(struct tr_trace_record) */
    uint64_t seed;
    uint64_t image_hash; /* FNV-1a over the boot modules: traces compare only if it is equal */
};

/* What each kind puts into a, b, c, d; what is not named is 0. pid and tid are those of the thread
 * that ran, 0 for none; of a result those of the caller, also when it has just left the processor.
 * A call that sleeps has no RESULT: its WAKE tells it. One that goes on in steps (more than 256
 * pages) has neither. */
enum tr_trace_kind {
    TR_TRACE_CALL = 1,  /* a call number · b, c, d its first three words, addresses relative to the
                           caller's window */
    TR_TRACE_RESULT,    /* a call number · b result, an address relative to the window */
    TR_TRACE_SWITCH,    /* a tid that runs next, 0 idle · b enum tr_switch_cause */
    TR_TRACE_WAKE,      /* a tid · b enum tr_wait it left · c result of its call */
    TR_TRACE_INTERRUPT, /* a line */
    TR_TRACE_FAULT,     /* a enum tr_fault · b address · c instruction, both window-relative */
    TR_TRACE_SPAWN,     /* a new pid · b its class · c parent */
    TR_TRACE_END,       /* a pid · b code · c TR_EVENT_EXITED, _KILLED or _FAULTED */
    TR_TRACE_EVENT,     /* a receiver's pid · b enum tr_event_kind · c object */
    TR_TRACE_STOP       /* a enum tr_stop · b code */
};

struct tr_trace_record {
    uint64_t time; /* nanoseconds since boot */
    uint32_t kind, cpu;
    uint64_t pid, tid;
    uint64_t a, b, c, d;
};
TR_LAYOUT(sizeof(struct tr_trace_record) == 64, "documented layout");
