/* SPDX-License-Identifier: MIT */
#pragma once

/* Who waits for whom as a graph in the language of Graphviz (services.md 6.3): a box for each
 * process, an arrow for each wait for another, or for a pipe; what is in a circle is red. */

#include <terrarium/waits_text.h>

/* A name between quotes: it may hold a backslash, which is an escape there. */
static inline void tr_waits_draw_name(const struct tr_waits_telling *telling, const char *name)
{
    for (; *name != '\0'; name++) {
        const char letter[] = {*name, '\0'};
        telling->put(telling->with, *name == '\\' || *name == '"' ? "\\" : "");
        telling->put(telling->with, letter);
    }
}

static inline void tr_waits_draw_box(const struct tr_waits_telling *telling, uint64_t at)
{
    const struct tr_wait_row *row = &telling->rows[at];
    tr_waits_put_number(telling, "    p", row->pid, " [label=\"");
    tr_waits_draw_name(telling, telling->name(telling->with, at));
    tr_waits_put_number(telling, "\\n", row->pid, row->is_stuck ? "\", color=red];\n" : "\"];\n");
}

static inline void tr_waits_draw_arrow(const struct tr_waits_telling *telling,
                                       const struct tr_wait_row *row)
{
    char text[TR_WAITS_WORDS];
    uint32_t is_pipe = row->wait == TR_WAIT_PIPE_READ || row->wait == TR_WAIT_PIPE_WRITE;
    if (row->peer == 0 && !is_pipe) {
        return;
    }
    if (row->peer == 0) {
        tr_waits_put_number(telling, "    pipe", row->object, " [shape=ellipse, label=\"pipe ");
        tr_waits_put_number(telling, "", row->object, "\"];\n");
    }
    tr_waits_put_number(telling, "    p", row->pid, row->peer != 0 ? " -> p" : " -> pipe");
    tr_waits_put_number(telling, "", row->peer != 0 ? row->peer : row->object, " [label=\"thread ");
    tr_waits_put_number(telling, "", row->tid, ": ");
    telling->put(telling->with, tr_waits_words(row, text));
    telling->put(telling->with, row->circle != 0 ? "\", color=red, penwidth=2];\n" : "\"];\n");
}

/* The whole graph, of rows in which tr_waits_find has looked. */
static inline void tr_waits_draw(const struct tr_waits_telling *telling)
{
    telling->put(telling->with, "digraph waits {\n    rankdir=LR;\n    node [shape=box];\n");
    for (uint64_t i = 0; i < telling->count; i++) {
        if (i == 0 || telling->rows[i].pid != telling->rows[i - 1].pid) {
            tr_waits_draw_box(telling, i);
        }
    }
    for (uint64_t i = 0; i < telling->count; i++) {
        tr_waits_draw_arrow(telling, &telling->rows[i]);
    }
    telling->put(telling->with, "}\n");
}
