/* SPDX-License-Identifier: MIT */
#pragma once

/* From received bytes to answered readers. On a terminal bytes are kept until somebody reads, then
 * go through the line editor; ^C and ^Z are seen at once. Without one, bytes are taken from the
 * line only while somebody waits for them, so nothing is read too early and nothing is lost. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "editor.h"
#include "extent.h"
#include "reader.h"

#define INPUT_TYPED 1024

struct input {
    bool is_terminal;
    bool is_ended;       /* nothing comes any more */
    bool is_active;      /* `reader` is being served */
    bool is_hidden;      /* its line is off the screen */
    bool is_ready;       /* `ready` holds a whole answer; with no bytes it is the end */
    uint64_t key_waiter; /* the holder who is told of keys that nobody reads; 0: they are kept */
    struct reader reader;
    struct readers *readers;
    struct output *output;
    struct editor editor;
    struct extent extent;
    size_t typed_first, typed_count, ready_size;
    uint8_t typed[INPUT_TYPED];
    char ready[EDITOR_LINE_MAX];
};

/* True if a received byte would be taken now. */
bool input_wants(const struct input *input);

/* Takes a received byte. */
void input_take(struct input *input, uint8_t byte);

/* The other end of the line has gone: what has been taken is the last. */
void input_end(struct input *input);

/* Others may read now: a reader on a terminal who may not any more waits again, and what has been
 * typed of its line is gone. */
void input_reconsider(struct input *input);

/* Serves readers as far as the bytes go. True if anything moved. */
bool input_advance(struct input *input);

/* Takes a line that is being edited off the screen, so that others can write, and puts it back. */
void input_hide(struct input *input);
void input_show(struct input *input);
