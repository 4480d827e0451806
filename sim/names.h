/* SPDX-License-Identifier: MIT */
#pragma once

/* Numbers of the program interface as names, views of the .def tables. Never NULL. */

#include <stdint.h>

struct sim_call {
    const char *name; /* without tr_; NULL: no such call */
    unsigned words;   /* how many it takes */
    const char *parameters[6];
    const char *types[6]; /* the type words of calls.def */
};

/* NULL: there is no call of that number. */
const struct sim_call *sim_call(uint64_t number);

const char *sim_error_name(int64_t error);
const char *sim_event_name(uint64_t kind);
const char *sim_class_name(uint64_t process_class);
const char *sim_fault_name(uint64_t fault);
const char *sim_wait_name(uint64_t wait);
const char *sim_switch_name(uint64_t cause);
const char *sim_trace_kind_name(uint64_t kind);
const char *sim_error_text(int64_t error);
