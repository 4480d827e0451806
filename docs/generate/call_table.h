/* SPDX-License-Identifier: MIT */
#pragma once

/* What the generators of docs/ know of each call: its row of calls.def. */

#include <stddef.h>

/* Six arguments, and the number that tr_call has before them. */
#define WORDS_MAX 7

struct call {
    unsigned number; /* 0: tr_call itself, which has no row */
    const char *name, *rights, *sleeps, *text;
    const char *types[WORDS_MAX], *parameters[WORDS_MAX];
};

extern const struct call calls[];
extern const size_t call_count;

/* Prints "tr_NAME(TYPE PARAMETER, …)". */
void call_prototype(const struct call *call);

/* The classes that may make it, in words. */
const char *call_who(const struct call *call);
