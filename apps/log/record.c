/* SPDX-License-Identifier: MIT */
/* The records that the log keeps. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "record.h"

static struct record records[RECORDS_KEPT];
static uint64_t next_number = 1;

uint64_t record_next(void)
{
    return next_number;
}

uint64_t record_first(void)
{
    return next_number > RECORDS_KEPT ? next_number - RECORDS_KEPT : 1;
}

const struct record *record_get(uint64_t number)
{
    return &records[number % RECORDS_KEPT];
}

const struct record *record_keep(const struct tr_event *event, const char *text, size_t size)
{
    static struct record unkept;
    struct record *record = &records[next_number % RECORDS_KEPT];
    char *copy = malloc(size);

    if (copy == NULL) {
        unkept = (struct record){0, event->time, (uint32_t)event->cookie, (uint32_t)size,
                                 (char *)(uintptr_t)text};
        return &unkept;
    }
    memcpy(copy, text, size);
    free(record->text);
    *record =
        (struct record){next_number++, event->time, (uint32_t)event->cookie, (uint32_t)size, copy};
    return record;
}

static const char *tag_name(uint32_t tag)
{
    static const char *const names[] = {
        [TR_LOG_BOOT] = "boot",       [TR_LOG_FAULT] = "fault", [TR_LOG_REFUSED] = "refused",
        [TR_LOG_PANIC] = "panic",     [TR_LOG_LOST] = "lost",   [TR_LOG_TEXT] = "text",
        [TR_LOG_STARVED] = "starved",
    };

    return tag < sizeof names / sizeof names[0] && names[tag] != NULL ? names[tag] : "record";
}

size_t record_print(const struct record *record, char *line, size_t size)
{
    uint64_t microseconds = record->time / 1000;
    int length =
        snprintf(line, size, "[%4" PRIu64 ".%06" PRIu64 "] %s: %.*s\n", microseconds / 1000000,
                 microseconds % 1000000, tag_name(record->tag), (int)record->size, record->text);

    if ((size_t)length < size) {
        return (size_t)length;
    }
    line[size - 2] = '\n';
    return size - 1;
}
