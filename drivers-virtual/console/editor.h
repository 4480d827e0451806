/* SPDX-License-Identifier: MIT */
#pragma once

/* The line editor of a terminal: takes the bytes that keys send, changes the line, echoes what the
 * person should see. Characters are UTF-8, wide ones take two columns, and what stands on a
 * character (an accent) moves and goes with it. The line stays on one row of the screen: a longer
 * one is moved sideways under the cursor, and written out in full when it is done. One that is
 * longer than its reader takes is refused whole: a part of a command may be another command.
 *
 *   Left Right Home End ^A ^E ^B ^F   move            Up Down ^P ^N   lines typed before
 *   Backspace Delete ^D               delete          ^U ^K ^W        to start, to end, a word
 *   ^C ^Z                             tell the holder of the session; ^C gives the line up
 *   ^D on an empty line               the end of the input          ^L   clear the screen */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "history.h"
#include "output.h"

#define EDITOR_LINE_MAX 4096

enum editor_result {
    EDITOR_MORE,      /* go on */
    EDITOR_LINE,      /* the line is complete */
    EDITOR_END,       /* the end of the input */
    EDITOR_INTERRUPT, /* ^C; the line is empty again */
    EDITOR_SUSPEND    /* ^Z; likewise */
};

struct editor {
    struct output *output;
    struct history *history;
    size_t length, cursor; /* bytes */
    size_t view;           /* the byte that stands first behind the prompt */
    size_t area;           /* columns behind the prompt */
    size_t column, shown;  /* of the terminal's cursor and of the text's end, behind the prompt */
    size_t pending;        /* where a character begins that has come in part only */
    size_t most;           /* bytes of a line */
    size_t back;           /* steps into the history, 0 none */
    size_t kept_length;    /* the line that was left for the history */
    bool is_over;          /* something of the line found no room: it must not be taken */
    bool is_kept_over;     /* likewise of the line that was left for the history */
    int escape;            /* where in an escape sequence */
    int parameter;         /* its number */
    size_t prompt_size;
    char prompt[OUTPUT_TAIL];
    char line[EDITOR_LINE_MAX];
    char kept[EDITOR_LINE_MAX];
};

/* Starts a line of at most `most` bytes behind a prompt that is already on the screen, which is so
 * many columns wide. */
void editor_begin(struct editor *editor, const char *prompt, size_t prompt_size, size_t most,
                  size_t width);

/* The screen has another width now. */
void editor_resize(struct editor *editor, size_t width);

/* Takes one byte from the keyboard. */
enum editor_result editor_key(struct editor *editor, uint8_t byte);

/* Takes prompt and line off the screen, for others to write, and puts them back. */
void editor_hide(struct editor *editor);
void editor_show(struct editor *editor);
