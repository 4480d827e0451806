/* SPDX-License-Identifier: MIT */
#pragma once

/* The table of lines in a program's image (DWARF 2 to 5, section .debug_line): which line of which
 * file an instruction comes from. The bytes are a stranger's: what does not fit is no answer. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct debug_part {
    const uint8_t *bytes; /* NULL: the image has none */
    uint64_t size;
};

struct debug_tables {
    struct debug_part lines, line_strings, strings; /* .debug_line, .debug_line_str, .debug_str */
};

struct debug_place {
    const char *file; /* without folders; in one of the tables, terminated */
    uint64_t line;
};

/* False: the tables do not say. */
bool debug_find(const struct debug_tables *tables, uint64_t address, struct debug_place *place);
