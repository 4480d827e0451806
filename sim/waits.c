/* SPDX-License-Identifier: MIT */
/* Sentences and a graph of the kernel's threads, worded by terrarium/waits_text.h. */

#include "waits.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <terrarium/types.h>
#include <terrarium/waits_graph.h>

#include "kernel/kernel.h"
#include "sim/say.h"

struct name {
    char text[TR_NAME_MAX];
};

struct table {
    struct tr_wait_row *rows;
    struct name *names; /* one a row */
    size_t count;
};

static struct {
    FILE *stream;
    const char *path;
} drawing;

static size_t count_threads(struct kernel *kernel)
{
    struct tr_process_info process = {0};
    size_t count = 0;
    while (kernel_process_next(kernel, process.pid, &process) > 0) {
        count += process.threads;
    }
    return count;
}

static void table_fill(struct table *table, struct kernel *kernel, size_t room)
{
    struct tr_process_info process = {0};
    while (kernel_process_next(kernel, process.pid, &process) > 0) {
        struct tr_thread_info thread = {0};
        while (kernel_thread_next(kernel, process.pid, thread.tid, &thread) > 0 &&
               table->count < room) {
            memcpy(table->names[table->count].text, process.name, TR_NAME_MAX);
            table->rows[table->count++] = (struct tr_wait_row){.pid = process.pid,
                                                               .tid = thread.tid,
                                                               .peer = thread.peer,
                                                               .object = thread.object,
                                                               .until = thread.until,
                                                               .wait = thread.wait};
        }
    }
    tr_waits_find(table->rows, table->count);
}

static bool table_make(struct table *table, struct kernel *kernel)
{
    size_t room = count_threads(kernel) + 1;
    *table = (struct table){.rows = calloc(room, sizeof(*table->rows)),
                            .names = calloc(room, sizeof(*table->names))};
    if (table->rows == NULL || table->names == NULL) {
        return false;
    }
    table_fill(table, kernel, room);
    return true;
}

static void table_free(struct table *table)
{
    free(table->rows);
    free(table->names);
}

static void tell_row(const struct table *table, size_t at)
{
    const struct tr_wait_row *row = &table->rows[at];
    size_t peer = tr_waits_process(table->rows, table->count, row->peer);
    char text[TR_WAITS_WORDS];
    tr_waits_words(row, text);
    if (row->peer != 0 && peer < table->count) {
        sim_complain("  %s (process %" PRIu64 ", thread %" PRIu64
                     ") waits for %s of %s (process %" PRIu64 ")%s",
                     table->names[at].text, row->pid, row->tid, text, table->names[peer].text,
                     row->peer, row->is_stuck ? ", for ever" : "");
    } else {
        sim_complain("  %s (process %" PRIu64 ", thread %" PRIu64 ") waits for %s",
                     table->names[at].text, row->pid, row->tid, text);
    }
}

/* A table and a stream, for what the sentences are made of. */
struct telling {
    const struct table *table;
    FILE *stream;
};

static const char *telling_name(void *with, uint64_t row)
{
    const struct telling *telling = with;
    return telling->table->names[row].text;
}

static void telling_put(void *with, const char *text)
{
    const struct telling *telling = with;
    fputs(text, telling->stream);
}

static struct tr_waits_telling telling_of(struct telling *telling)
{
    return (struct tr_waits_telling){.rows = telling->table->rows,
                                     .count = telling->table->count,
                                     .name = telling_name,
                                     .put = telling_put,
                                     .with = telling};
}

static void tell_circle(const struct table *table, uint32_t circle)
{
    char *line = NULL;
    size_t size = 0;
    struct telling telling = {table, open_memstream(&line, &size)};
    if (telling.stream == NULL) {
        return;
    }
    const struct tr_waits_telling words = telling_of(&telling);
    tr_waits_tell_circle(&words, circle);
    if (fclose(telling.stream) == 0) {
        sim_complain("  in a circle: %s", line);
    }
    free(line);
}

void sim_waits_tell(struct kernel *kernel)
{
    struct table table;
    uint32_t circles = 0;
    if (table_make(&table, kernel)) {
        for (size_t i = 0; i < table.count; i++) {
            tell_row(&table, i);
            circles = table.rows[i].circle > circles ? table.rows[i].circle : circles;
        }
        for (uint32_t circle = 1; circle <= circles; circle++) {
            tell_circle(&table, circle);
        }
    }
    table_free(&table);
}

bool sim_waits_open(const char *path)
{
    if (path == NULL) {
        return true;
    }
    drawing.path = path;
    drawing.stream = strcmp(path, "-") == 0 ? stdout : fopen(path, "we");
    if (drawing.stream == NULL) {
        sim_complain("--dot %s: %s", path, strerror(errno));
    }
    return drawing.stream != NULL;
}

bool sim_waits_draw(struct kernel *kernel)
{
    struct table table;
    FILE *stream = drawing.stream;
    if (stream == NULL) {
        return true;
    }
    drawing.stream = NULL;
    bool good = table_make(&table, kernel);
    if (good) {
        struct telling telling = {&table, stream};
        const struct tr_waits_telling words = telling_of(&telling);
        tr_waits_draw(&words);
    }
    table_free(&table);
    good = ferror(stream) == 0 && good;
    good = (stream == stdout ? fflush(stream) : fclose(stream)) == 0 && good;
    if (!good) {
        sim_complain("--dot %s: %s", drawing.path, strerror(errno));
    }
    return good;
}
