/* SPDX-License-Identifier: MIT */
/* The command `threads`: what there is, on whom each waits, and who waits in a circle. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <terrarium.h>
#include <terrarium/waits_graph.h>

#include "command.h"
#include "page.h"
#include "shell.h"

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

/* Words without the article that they begin with: there is little room. */
static const char *shorter(const char *words)
{
    size_t first = strcspn(words, " ");
    bool is_article = first <= 3 && strchr("at", words[0]) != NULL && words[first] == ' ';

    return is_article ? words + first + 1 : words;
}

/* A thread that sleeps waits for something; of another it is told what it does instead. */
static void row_print_narrow(const struct tr_wait_row *row, const struct told *told)
{
    char text[TR_WAITS_WORDS];
    bool is_asleep = row->wait != TR_WAIT_NONE && told->state == TR_SLEEPING;

    tell("%4" PRIu64 " %-12s %s", row->tid, told->name,
         is_asleep ? shorter(tr_waits_words(row, text)) : state_name(told->state));
    if (row->peer != 0 && is_asleep) {
        tell(" of %" PRIu64, row->peer);
    }
}

static void row_print_wide(const struct table *table, const struct tr_wait_row *row,
                           const struct told *told)
{
    char text[TR_WAITS_WORDS], time[TIME_TEXT];

    tell("%4" PRIu64 " %4" PRIu64 " %-9s %8s %-16s %s", row->tid, row->pid, state_name(told->state),
         milliseconds(told->cpu_time, time), told->name,
         row->wait != TR_WAIT_NONE ? tr_waits_words(row, text) : "-");
    if (row->peer != 0) {
        tell(" of %s (%" PRIu64 ")", name_of(table, row->peer), row->peer);
    }
}

static void row_print(const struct table *table, size_t at, bool narrow)
{
    const struct tr_wait_row *row = &table->rows[at];

    if (narrow) {
        row_print_narrow(row, &table->told[at]);
    } else {
        row_print_wide(table, row, &table->told[at]);
    }
    tell(row->is_stuck ? ", for ever\n" : "\n");
}

/* What waits_text.h and waits_graph.h put, gathered. */
struct gathered {
    const struct table *table;
    char *text; /* the heap's; NULL: there is none, or no memory for it */
    size_t size;
};

static const char *gathered_name(void *with, uint64_t row)
{
    const struct gathered *gathered = with;

    return gathered->table->told[row].name;
}

static void gathered_put(void *with, const char *text)
{
    struct gathered *gathered = with;
    size_t size = strlen(text);
    char *longer = realloc(gathered->text, gathered->size + size + 1);

    if (longer != NULL) {
        memcpy(longer + gathered->size, text, size + 1);
        gathered->text = longer;
        gathered->size += size;
    }
}

static struct tr_waits_telling telling_of(struct gathered *gathered)
{
    return (struct tr_waits_telling){.rows = gathered->table->rows,
                                     .count = gathered->table->count,
                                     .name = gathered_name,
                                     .put = gathered_put,
                                     .with = gathered};
}

static void circle_print(const struct table *table, uint32_t circle)
{
    struct gathered gathered = {.table = table};
    const struct tr_waits_telling telling = telling_of(&gathered);

    tr_waits_tell_circle(&telling, circle);
    if (gathered.text != NULL) {
        tell_sentence("circle: %s", gathered.text);
    }
    free(gathered.text);
}

static void graph_print(const struct table *table)
{
    struct gathered gathered = {.table = table};
    const struct tr_waits_telling telling = telling_of(&gathered);

    tr_waits_draw(&telling);
    page_put(gathered.text, gathered.size);
    free(gathered.text);
}

static void table_print(const struct table *table, uint64_t only)
{
    bool narrow = is_narrow();
    uint32_t circles = 0;

    tell(narrow ? " TID PROCESS      WAITS FOR\n"
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
    bool is_graph = argc == 2 && strcmp(argv[1], "--dot") == 0;

    if (argc > 2 || (argc == 2 && argv[1][0] == '-' && !is_graph)) {
        return command_misused("threads");
    }
    uint64_t only = argc == 2 && !is_graph ? process_of("threads", argv[1]) : 0;
    if (argc == 2 && !is_graph && only == 0) {
        return 1;
    }
    bool is_whole = table_fill(&table);
    if (is_whole && is_graph) {
        graph_print(&table);
    } else if (is_whole) {
        table_print(&table, only);
    } else {
        complain("threads", NULL, TR_E_NOMEM);
    }
    free(table.rows);
    free(table.told);
    return is_whole ? 0 : 1;
}
