/* SPDX-License-Identifier: MIT */
#pragma once

/* Lines of text for people: the records of the log and the last words of a kernel. */

#include <stdarg.h>
#include <stdint.h>
#include <terrarium/types.h>

struct text {
    char bytes[TR_LOG_MAX];
    uint32_t size;
};

/* Sets it to the format: %s string, %u uint64_t decimal, %x uint64_t hexadecimal, %d int64_t. What
 * does not fit is cut; what cannot be printed becomes '?', since names from outside may hold
 * anything. */
void text_format(struct text *text, const char *format, va_list arguments);
/* Adds to it, in the same way. */
void text_append(struct text *text, const char *format, va_list arguments);
void text_print(struct text *text, const char *format, ...);
