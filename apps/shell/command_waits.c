/* SPDX-License-Identifier: MIT */
/* The command `threads`: what there is, on whom each waits, and who waits in a circle. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <terrarium.h>
#include <terrarium/waits.h>

#include "command.h"
#include "page.h"
#include "shell.h"

#define WAIT_TEXT (TR_NAME_MAX + 64)

/* What a row stands for, beside the row itself. */
struct told {
    char name[TR_NAME_MAX];
    uint64_t cpu_time;
    uint32_t state;
};

struct table {
    struct tr_wait_row *rows;
    struct told *told;
    size_t count, room;
};

static bool table_grow(struct table *table)
{
    size_t room = table->room * 2 + 64;
    struct tr_wait_row *rows = realloc(table->rows, room * sizeof *rows);
    if (rows != NULL) {
        table->rows = rows;
    }
    struct told *told = realloc(table->told, room * sizeof *told);
    if (told != NULL) {
        table->told = told;
    }
    if (rows == NULL || told == NULL) {
        return false;
    }
    table->room = room;
    return true;
}

static bool process_take(struct table *table, const struct tr_process_info *process)
{
    struct tr_thread_info thread;

    for (uint64_t tid = 0; tr_thread_next(process->pid, tid, &thread) > 0; tid = thread.tid) {
        if (table->count == table->room && !table_grow(table)) {
            return false;
        }
        struct told *told = &table->told[table->count];
        memcpy(told->name, process->name, sizeof told->name);
        told->cpu_time = thread.cpu_time;
        told->state = thread.state;
        table->rows[table->count++] = (struct tr_wait_row){.pid = process->pid,
                                                           .tid = thread.tid,
                                                           .peer = thread.peer,
                                                           .object = thread.object,
                                                           .until = thread.until,
                                                           .wait = thread.wait};
    }
    return true;
}

static bool table_fill(struct table *table)
{
    struct tr_process_info info = {0};

    for (uint64_t pid = 0; tr_process_next(pid, &info) > 0; pid = info.pid) {
        if (!process_take(table, &info)) {
            return false;
        }
    }
    tr_waits_find(table->rows, table->count);
    return true;
}

static const char *name_of(const struct table *table, uint64_t pid)
{
    size_t at = tr_waits_process(table->rows, table->count, pid);

    return at < table->count ? table->told[at].name : "?";
}

/* What a thread waits for, without on whom. */
static const char *what(const struct tr_wait_row *row, char text[WAIT_TEXT])
{
    char time[TIME_TEXT];

    switch (row->wait) {
    case TR_WAIT_SLEEP:
        snprintf(text, WAIT_TEXT, row->until == UINT64_MAX ? "a wake" : "the time %s ms",
                 milliseconds(row->until, time));
        break;
    case TR_WAIT_EVENT:
        snprintf(text, WAIT_TEXT, row->object != 0 ? "event, irq %" PRIu64 : "event",
                 row->object - 1);
        break;
    case TR_WAIT_REPLY:
        snprintf(text, WAIT_TEXT, "reply");
        break;
    case TR_WAIT_PIPE_READ:
    case TR_WAIT_PIPE_WRITE:
        snprintf(text, WAIT_TEXT, "%s pipe %" PRIu64,
                 row->wait == TR_WAIT_PIPE_READ ? "bytes in" : "room in", row->object);
        break;
    case TR_WAIT_KEY:
        snprintf(text, WAIT_TEXT, "key penalty");
        break;
    case TR_WAIT_PAGE:
        snprintf(text, WAIT_TEXT, "page");
        break;
    default:
        snprintf(text, WAIT_TEXT, "-");
        break;
    }
    return text;
}

static void row_print(const struct table *table, size_t at, bool narrow)
{
    const struct tr_wait_row *row = &table->rows[at];
    const struct told *told = &table->told[at];
    char text[WAIT_TEXT], time[TIME_TEXT];

    if (narrow) {
        tell("%4" PRIu64 " %-9s %-12s %s", row->tid, state_name(told->state), told->name,
             what(row, text));
    } else {
        tell("%4" PRIu64 " %4" PRIu64 " %-9s %8s %-16s %s", row->tid, row->pid,
             state_name(told->state), milliseconds(told->cpu_time, time), told->name,
             what(row, text));
    }
    if (row->peer != 0 && narrow) {
        tell(" of %" PRIu64, row->peer);
    } else if (row->peer != 0) {
        tell(" of %s (%" PRIu64 ")", name_of(table, row->peer), row->peer);
    }
    tell(row->is_stuck ? ", for ever\n" : "\n");
}

/* a\left (13) waits for a\right (14) waits for a\left (13) */
static void circle_print(const struct table *table, uint32_t circle)
{
    size_t first = 0;

    while (table->rows[first].circle != circle) {
        first++;
    }
    tell("circle: ");
    size_t at = first;
    do {
        tell("%s (%" PRIu64 ") waits for ", table->told[at].name, table->rows[at].pid);
        at = tr_waits_process(table->rows, table->count, table->rows[at].peer);
    } while (at != first);
    tell("%s (%" PRIu64 ")\n", table->told[first].name, table->rows[first].pid);
}

static void table_print(const struct table *table, uint64_t only)
{
    bool narrow = is_narrow();
    uint32_t circles = 0;

    tell(narrow ? " TID STATE     PROCESS      WAITS FOR\n"
                : " TID  PID STATE       CPU ms PROCESS          WAITS FOR\n");
    for (size_t i = 0; i < table->count; i++) {
        if (only == 0 || table->rows[i].pid == only) {
            row_print(table, i, narrow);
        }
        circles = table->rows[i].circle > circles ? table->rows[i].circle : circles;
    }
    for (uint32_t circle = 1; circle <= circles; circle++) {
        circle_print(table, circle);
    }
}

int command_threads(int argc, char **argv)
{
    struct table table = {0};

    if (argc > 2) {
        return command_misused("threads");
    }
    uint64_t only = argc == 2 ? process_of("threads", argv[1]) : 0;
    if (argc == 2 && only == 0) {
        return 1;
    }
    bool is_whole = table_fill(&table);
    if (is_whole) {
        table_print(&table, only);
    } else {
        complain("threads", NULL, TR_E_NOMEM);
    }
    free(table.rows);
    free(table.told);
    return is_whole ? 0 : 1;
}
