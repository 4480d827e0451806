/* SPDX-License-Identifier: MIT */
/* A table is a program for a small machine whose states are the rows (DWARF 5, 6.2). All units are
 * run from the first one on until two rows have the address between them: faults are rare. */

#include "debug_lines.h"

#include <string.h>

/* What is read past the end is 0, and `failed` is set. */
struct reader {
    const uint8_t *bytes;
    uint64_t at, size;
    bool failed;
};

enum { FORM_DATA2 = 5, FORM_DATA4, FORM_DATA8, FORM_STRING, FORM_BLOCK, FORM_DATA1 = 0xb };
enum { FORM_STRP = 0xe, FORM_UDATA = 0xf, FORM_DATA16 = 0x1e, FORM_LINE_STRP = 0x1f };
enum { CONTENT_PATH = 1 };
enum { OP_EXTENDED, OP_COPY, OP_ADVANCE_PC, OP_ADVANCE_LINE, OP_SET_FILE };
enum { OP_CONST_ADD_PC = 8, OP_FIXED_ADVANCE_PC = 9 };
enum { EXTENDED_END = 1, EXTENDED_ADDRESS = 2 };

struct unit {
    struct reader program, files; /* the files: from the first one's entry on */
    const uint8_t *lengths;       /* arguments of the standard opcodes, from the first on */
    uint32_t version, instruction, range, opcode_base;
    int8_t line_base;
    bool is_64;
};

struct row {
    uint64_t address, file, line;
};

/* ---- Reading -------------------------------------------------------------------------------- */

static const uint8_t *take(struct reader *reader, uint64_t size)
{
    if (reader->failed || size > reader->size - reader->at) {
        reader->failed = true;
        return NULL;
    }
    reader->at += size;
    return reader->bytes + reader->at - size;
}

static uint64_t number(struct reader *reader, uint64_t size)
{
    const uint8_t *bytes = take(reader, size);
    uint64_t value = 0;
    for (uint64_t i = 0; bytes != NULL && i < size; i++) {
        value |= (uint64_t)bytes[i] << (8 * i);
    }
    return value;
}

/* LEB128; a signed one is extended from its last byte. */
static uint64_t varied(struct reader *reader, bool is_signed)
{
    uint64_t value = 0;
    uint32_t shift = 0;
    uint8_t byte;
    do {
        byte = (uint8_t)number(reader, 1);
        if (shift < 64) {
            value |= (uint64_t)(byte & 0x7f) << shift;
        }
        shift += 7;
    } while ((byte & 0x80) != 0 && !reader->failed);
    return is_signed && shift < 64 && (byte & 0x40) != 0 ? value | UINT64_MAX << shift : value;
}

static const char *text(struct reader *reader)
{
    uint64_t left = reader->failed ? 0 : reader->size - reader->at;
    const uint8_t *begin = reader->bytes + reader->at;
    const uint8_t *end = left == 0 ? NULL : memchr(begin, 0, left);
    if (end == NULL) {
        reader->failed = true;
        return NULL;
    }
    reader->at += (uint64_t)(end - begin) + 1;
    return (const char *)begin;
}

static const char *text_at(const struct debug_part *part, uint64_t at)
{
    struct reader reader = {.bytes = part->bytes, .at = at, .size = part->size};
    reader.failed = part->bytes == NULL || at >= part->size;
    return text(&reader);
}

/* ---- Files ---------------------------------------------------------------------------------- */

/* One field of an entry (version 5); its text, if it is one. */
static const char *field(const struct debug_tables *tables, const struct unit *unit,
                         struct reader *reader, uint64_t form)
{
    switch (form) {
    case FORM_STRING:
        return text(reader);
    case FORM_LINE_STRP:
        return text_at(&tables->line_strings, number(reader, unit->is_64 ? 8 : 4));
    case FORM_STRP:
        return text_at(&tables->strings, number(reader, unit->is_64 ? 8 : 4));
    case FORM_UDATA:
        (void)varied(reader, false);
        return NULL;
    case FORM_BLOCK:
        (void)take(reader, varied(reader, false));
        return NULL;
    case FORM_DATA1:
        (void)take(reader, 1);
        return NULL;
    case FORM_DATA2:
        (void)take(reader, 2);
        return NULL;
    case FORM_DATA4:
        (void)take(reader, 4);
        return NULL;
    case FORM_DATA8:
        (void)take(reader, 8);
        return NULL;
    case FORM_DATA16:
        (void)take(reader, 16);
        return NULL;
    default:
        reader->failed = true;
        return NULL;
    }
}

/* The path of entry `wanted` of a list of version 5, which is passed over if there is none. */
static const char *entry_path(const struct debug_tables *tables, const struct unit *unit,
                              struct reader *reader, uint64_t wanted)
{
    uint64_t count = number(reader, 1);
    struct reader formats = *reader;
    for (uint64_t i = 0; i < 2 * count; i++) {
        (void)varied(reader, false);
    }
    uint64_t entries = varied(reader, false);
    const char *path = NULL;
    for (uint64_t i = 0; count != 0 && i < entries && path == NULL && !reader->failed; i++) {
        struct reader each = formats;
        for (uint64_t k = 0; k < count; k++) {
            uint64_t content = varied(&each, false);
            const char *found = field(tables, unit, reader, varied(&each, false));
            if (i == wanted && content == CONTENT_PATH) {
                path = found;
            }
        }
    }
    return path;
}

/* The older lists: folders, then files, each ended by an empty name. */
static const char *old_path(struct reader *reader, uint64_t wanted)
{
    const char *name = text(reader);
    while (name != NULL && *name != '\0') {
        name = text(reader);
    }
    for (uint64_t i = 1; (name = text(reader)) != NULL && *name != '\0'; i++) {
        if (i == wanted) {
            return name;
        }
        for (uint32_t k = 0; k < 3; k++) {
            (void)varied(reader, false);
        }
    }
    return NULL;
}

static const char *file_name(const struct debug_tables *tables, const struct unit *unit,
                             uint64_t file)
{
    struct reader reader = unit->files;
    const char *path;
    if (unit->version >= 5) {
        (void)entry_path(tables, unit, &reader, UINT64_MAX);
        path = entry_path(tables, unit, &reader, file);
    } else {
        path = old_path(&reader, file);
    }
    const char *slash = path == NULL ? NULL : strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

/* ---- Units and rows ------------------------------------------------------------------------- */

/* Reads a unit's header; the reader goes on behind the unit. False: it is none that we know. */
static bool take_unit(struct reader *reader, struct unit *unit)
{
    uint64_t length = number(reader, 4);
    unit->is_64 = length == UINT32_MAX;
    length = unit->is_64 ? number(reader, 8) : length;
    struct reader body = *reader;
    if (take(reader, length) == NULL) {
        return false;
    }
    body.size = reader->at;
    unit->version = (uint32_t)number(&body, 2);
    if (unit->version >= 5) {
        (void)take(&body, 2); /* sizes of addresses and selectors */
    }
    uint64_t header = number(&body, unit->is_64 ? 8 : 4);
    unit->program = body;
    (void)take(&unit->program, header);
    unit->instruction = (uint32_t)number(&body, 1);
    (void)take(&body, unit->version >= 4 ? 2 : 1); /* operations at once, whether rows are lines */
    unit->line_base = (int8_t)number(&body, 1);
    unit->range = (uint32_t)number(&body, 1);
    unit->opcode_base = (uint32_t)number(&body, 1);
    unit->lengths = take(&body, unit->opcode_base == 0 ? 0 : unit->opcode_base - 1);
    unit->files = body;
    return unit->version >= 2 && unit->version <= 5 && unit->range != 0 && unit->opcode_base != 0 &&
           !body.failed && !unit->program.failed;
}

/* What a row is for: the one before it ends here. */
struct search {
    uint64_t address;
    struct row row, before;
    bool has_before, is_dropped; /* a function that the linker left out lies at 0 */
};

/* True: the address lies between the row before and this one. */
static bool add_row(struct search *search, bool is_end)
{
    bool found = search->has_before && !search->is_dropped &&
                 search->address >= search->before.address && search->address < search->row.address;
    if (!found) {
        search->before = search->row;
        search->has_before = !is_end;
    }
    return found;
}

static bool run_extended(struct reader *reader, struct search *search)
{
    uint64_t size = varied(reader, false);
    uint64_t end = reader->at + size;
    bool found = false;
    if (size == 0 || size > reader->size - reader->at) {
        reader->failed = true;
        return false;
    }
    uint64_t operation = number(reader, 1);
    if (operation == EXTENDED_END) {
        found = add_row(search, true);
        search->row = (struct row){.file = 1, .line = 1};
    } else if (operation == EXTENDED_ADDRESS && size <= 9) {
        search->row.address = number(reader, size - 1);
        search->is_dropped = search->row.address == 0;
    }
    reader->at = end;
    return found;
}

static bool run_standard(const struct unit *unit, struct reader *reader, uint8_t operation,
                         struct search *search)
{
    struct row *row = &search->row;
    switch (operation) {
    case OP_EXTENDED:
        return run_extended(reader, search);
    case OP_COPY:
        return add_row(search, false);
    case OP_ADVANCE_PC:
        row->address += varied(reader, false) * unit->instruction;
        return false;
    case OP_ADVANCE_LINE:
        row->line += varied(reader, true);
        return false;
    case OP_SET_FILE:
        row->file = varied(reader, false);
        return false;
    case OP_CONST_ADD_PC:
        row->address += (255 - unit->opcode_base) / unit->range * unit->instruction;
        return false;
    case OP_FIXED_ADVANCE_PC:
        row->address += number(reader, 2);
        return false;
    default:
        for (uint32_t i = 0; i < unit->lengths[operation - 1]; i++) {
            (void)varied(reader, false);
        }
        return false;
    }
}

static bool run_unit(const struct unit *unit, struct search *search)
{
    struct reader reader = unit->program;
    search->row = (struct row){.file = 1, .line = 1};
    search->has_before = search->is_dropped = false;
    while (reader.at < reader.size && !reader.failed) {
        uint8_t operation = (uint8_t)number(&reader, 1);
        bool found;
        if (operation >= unit->opcode_base) {
            uint32_t step = operation - unit->opcode_base;
            search->row.address += (uint64_t)(step / unit->range) * unit->instruction;
            search->row.line += (uint64_t)(unit->line_base + (int32_t)(step % unit->range));
            found = add_row(search, false);
        } else {
            found = run_standard(unit, &reader, operation, search);
        }
        if (found) {
            return !reader.failed;
        }
    }
    return false;
}

bool debug_find(const struct debug_tables *tables, uint64_t address, struct debug_place *place)
{
    struct reader reader = {.bytes = tables->lines.bytes, .size = tables->lines.size};
    struct search search = {.address = address};
    struct unit unit;
    while (reader.bytes != NULL && reader.at < reader.size && !reader.failed) {
        if (take_unit(&reader, &unit) && run_unit(&unit, &search)) {
            place->file = file_name(tables, &unit, search.before.file);
            place->line = search.before.line;
            return place->file != NULL && place->line != 0;
        }
    }
    return false;
}
