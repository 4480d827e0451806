/* SPDX-License-Identifier: MIT */
/* Sentences and a graph from the rows of terrarium/waits.h. */

#include "waits.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <terrarium/types.h>
#include <terrarium/waits.h>

#include "kernel/kernel.h"
#include "sim/say.h"

#define WHAT_SIZE 64

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

/* What a thread waits for, without on whom. */
static const char *what(const struct tr_wait_row *row, char text[WHAT_SIZE])
{
    switch (row->wait) {
    case TR_WAIT_SLEEP:
        snprintf(text, WHAT_SIZE, row->until == UINT64_MAX ? "a wake" : "the time %.6f s",
                 (double)row->until / 1e9);
        break;
    case TR_WAIT_EVENT:
        snprintf(text, WHAT_SIZE, row->object != 0 ? "an event (irq %" PRIu64 ")" : "an event",
                 row->object - 1);
        break;
    case TR_WAIT_REPLY:
        snprintf(text, WHAT_SIZE, "the reply");
        break;
    case TR_WAIT_PIPE_READ:
        snprintf(text, WHAT_SIZE, "bytes in pipe %" PRIu64, row->object);
        break;
    case TR_WAIT_PIPE_WRITE:
        snprintf(text, WHAT_SIZE, "room in pipe %" PRIu64, row->object);
        break;
    case TR_WAIT_KEY:
        snprintf(text, WHAT_SIZE, "the penalty for wrong keys");
        break;
    case TR_WAIT_PAGE:
        snprintf(text, WHAT_SIZE, "a page");
        break;
    default:
        snprintf(text, WHAT_SIZE, "nothing");
        break;
    }
    return text;
}

static void tell_row(const struct table *table, size_t at)
{
    const struct tr_wait_row *row = &table->rows[at];
    size_t peer = tr_waits_process(table->rows, table->count, row->peer);
    char text[WHAT_SIZE];
    what(row, text);
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

static void tell_circle(const struct table *table, uint32_t circle)
{
    char *line = NULL;
    size_t size = 0, first = 0;
    FILE *stream = open_memstream(&line, &size);
    if (stream == NULL) {
        return;
    }
    while (table->rows[first].circle != circle) {
        first++;
    }
    size_t at = first;
    do {
        fprintf(stream, "%s (%" PRIu64 ") waits for ", table->names[at].text, table->rows[at].pid);
        at = tr_waits_process(table->rows, table->count, table->rows[at].peer);
    } while (at != first);
    fprintf(stream, "%s (%" PRIu64 ")", table->names[first].text, table->rows[first].pid);
    if (fclose(stream) == 0) {
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

/* Between quotes; a name holds a backslash, which is an escape there. */
static void draw_name(FILE *stream, const char *name)
{
    for (; *name != '\0'; name++) {
        if (*name == '\\' || *name == '"') {
            fputc('\\', stream);
        }
        fputc(*name, stream);
    }
}

static bool is_pipe(const struct tr_wait_row *row)
{
    return row->wait == TR_WAIT_PIPE_READ || row->wait == TR_WAIT_PIPE_WRITE;
}

static void draw_edge(FILE *stream, const struct tr_wait_row *row)
{
    char text[WHAT_SIZE];
    if (row->peer != 0) {
        fprintf(stream, "    p%" PRIu64 " -> p%" PRIu64, row->pid, row->peer);
    } else if (is_pipe(row)) {
        fprintf(stream, "    pipe%" PRIu64 " [shape=ellipse, label=\"pipe %" PRIu64 "\"];\n",
                row->object, row->object);
        fprintf(stream, "    p%" PRIu64 " -> pipe%" PRIu64, row->pid, row->object);
    } else {
        return;
    }
    fprintf(stream, " [label=\"thread %" PRIu64 ": %s\"%s];\n", row->tid, what(row, text),
            row->circle != 0 ? ", color=red, penwidth=2" : "");
}

static void draw(FILE *stream, const struct table *table)
{
    fputs("digraph waits {\n    rankdir=LR;\n    node [shape=box];\n", stream);
    for (size_t i = 0; i < table->count; i++) {
        if (i == 0 || table->rows[i].pid != table->rows[i - 1].pid) {
            fprintf(stream, "    p%" PRIu64 " [label=\"", table->rows[i].pid);
            draw_name(stream, table->names[i].text);
            fprintf(stream, "\\n%" PRIu64 "\"%s];\n", table->rows[i].pid,
                    table->rows[i].is_stuck ? ", color=red" : "");
        }
    }
    for (size_t i = 0; i < table->count; i++) {
        draw_edge(stream, &table->rows[i]);
    }
    fputs("}\n", stream);
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
        draw(stream, &table);
    }
    table_free(&table);
    good = ferror(stream) == 0 && good;
    good = (stream == stdout ? fflush(stream) : fclose(stream)) == 0 && good;
    if (!good) {
        sim_complain("--dot %s: %s", drawing.path, strerror(errno));
    }
    return good;
}
