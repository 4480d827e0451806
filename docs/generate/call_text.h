/* SPDX-License-Identifier: MIT */
#pragma once

/* The texts of docs/calls/: one a call, in the form that docs/calls/README.md tells. */

#include <stdbool.h>
#include <stddef.h>

#include "call_table.h"

#define ERRORS_MAX 16

struct named_text {
    char *name, *text;
};

struct call_text {
    bool is_absent; /* this version answers NOSYS */
    bool is_alone;  /* its example stops the machine */
    char *law, *does, *result, *sleeps, *who, *end, *as;
    struct named_text arguments[WORDS_MAX], errors[ERRORS_MAX];
    size_t argument_count, error_count;
    char *above, *body, *prints; /* the example: functions and data, statements, output */
};

/* Reads all texts of a folder and checks that each call has one, with everything that it needs.
 * Complains and ends the generator otherwise. */
void call_texts_read(const char *folder);

/* The text of calls[index]. */
const struct call_text *call_text(size_t index);
