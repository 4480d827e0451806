/* SPDX-License-Identifier: MIT */
/* From received bytes to answered readers. */

#include <string.h>
#include <terrarium.h>
#include <terrarium/service/console.h>

#include "input.h"

_Static_assert(EDITOR_LINE_MAX == TR_CONSOLE_LINE_MAX, "a reader's longest line is the editor's");

#define BYTE_INTERRUPT 3
#define BYTE_SUSPEND   26

bool input_wants(const struct input *input)
{
    if (input->is_terminal) {
        return !input->is_ended && input->typed_count + EXTENT_REPORT <= INPUT_TYPED;
    }
    return input->is_active && input->typed_count == 0 && !input->is_ended;
}

static bool is_editing(const struct input *input)
{
    return input->is_terminal && input->is_active && input->reader.is_line;
}

/* Tells the holder of the session of a key. */
static void holder_tell(struct input *input, uint64_t tag)
{
    uint64_t holder = readers_holder(input->readers);

    if (holder != 0) {
        tr_message_send(holder, NULL, 0, tag);
    }
}

/* The holder of the session reads bytes itself: to it ^C is one (services.md 1.2). */
static bool is_holder_reading(const struct input *input)
{
    return input->is_active && !input->reader.is_line &&
           input->reader.pid == readers_holder(input->readers);
}

/* Takes a byte that somebody has typed, or a file holds. */
static void typed_take(struct input *input, uint8_t byte)
{
    bool is_signal = byte == BYTE_INTERRUPT || byte == BYTE_SUSPEND;

    if (input->is_terminal && is_signal && !is_editing(input) && !is_holder_reading(input)) {
        /* What was typed ahead was for the program that is being stopped. */
        input->typed_count = 0;
        output_write(input->output, byte == BYTE_INTERRUPT ? "^C\n" : "^Z\n", 3);
        holder_tell(input, byte);
        return;
    }
    bool is_awaited = input->key_waiter != 0 && input->key_waiter == readers_holder(input->readers);
    if (input->is_terminal && is_awaited && !input->is_active) {
        /* An arrow is a key of three bytes: all of them are thrown away. */
        holder_tell(input, TR_CONSOLE_ANY_KEY);
        return;
    }
    input->typed[(input->typed_first + input->typed_count++) % INPUT_TYPED] = byte;
}

void input_take(struct input *input, uint8_t byte)
{
    uint8_t typed[EXTENT_REPORT] = {byte};
    size_t width = input->extent.columns;
    size_t count = 1;

    if (input->is_terminal) {
        count = extent_take(&input->extent, byte, (uint64_t)tr_clock(), typed);
    }
    for (size_t i = 0; i < count; i++) {
        typed_take(input, typed[i]);
    }
    if (input->extent.columns != width && is_editing(input) && !input->is_hidden) {
        editor_resize(&input->editor, input->extent.columns);
    }
}

static bool typed_next(struct input *input, uint8_t *byte)
{
    if (input->typed_count == 0) {
        return false;
    }
    *byte = input->typed[input->typed_first];
    input->typed_first = (input->typed_first + 1) % INPUT_TYPED;
    input->typed_count--;
    return true;
}

/* Puts the prompt on the screen and the editor behind it. */
static void editing_begin(struct input *input)
{
    struct reader *reader = &input->reader;
    struct output *output = input->output;
    size_t width = input->extent.columns;

    if (reader->prompt_size > 0) {
        if (output->tail_size > 0) {
            output_write(output, "\n", 1);
        }
        output_echo(output, reader->prompt, reader->prompt_size);
        editor_begin(&input->editor, reader->prompt, reader->prompt_size, reader->most, width);
    } else {
        /* What the program wrote on this line is the prompt. */
        editor_begin(&input->editor, output->tail, output->tail_size, reader->most, width);
    }
    output_forget_line(output);
    extent_ask(&input->extent, output, (uint64_t)tr_clock());
}

static bool reader_begin(struct input *input)
{
    if (!readers_take(input->readers, &input->reader)) {
        return false;
    }
    input->is_active = true;
    if (is_editing(input) && !input->is_ready) {
        editing_begin(input);
    }
    return true;
}

/* Answers the reader with what is ready; what is more than it wants, or what it cannot take any
 * more because it has ended, is left for the next. */
static void reader_answer(struct input *input)
{
    struct {
        struct tr_service_reply head;
        char bytes[EDITOR_LINE_MAX];
    } reply;
    size_t size = input->ready_size < input->reader.most ? input->ready_size : input->reader.most;

    reply.head.result = (int64_t)size;
    memcpy(reply.bytes, input->ready, size);
    int64_t result = tr_message_reply(input->reader.id, &reply, sizeof reply.head + size);
    input->is_active = false;
    if (result == 0) {
        input->ready_size -= size;
        memmove(input->ready, input->ready + size, input->ready_size);
        input->is_ready = input->ready_size > 0;
    }
}

static void ready_set(struct input *input, const char *bytes, size_t size)
{
    memcpy(input->ready, bytes, size);
    input->ready_size = size;
    input->is_ready = true;
}

/* ^C or ^Z while a line is edited: the holder of the session gets an empty line, any other reader
 * starts again if the holder lets it live. */
static void editing_stop(struct input *input, uint64_t tag)
{
    if (input->reader.pid == readers_holder(input->readers)) {
        ready_set(input, "\n", 1);
    } else {
        holder_tell(input, tag);
        input->reader.prompt_size = 0;
        editing_begin(input);
    }
}

static void edit(struct input *input, uint8_t byte)
{
    switch (editor_key(&input->editor, byte)) {
    case EDITOR_LINE:
        ready_set(input, input->editor.line, input->editor.length);
        break;
    case EDITOR_END:
        ready_set(input, "", 0);
        break;
    case EDITOR_INTERRUPT:
        editing_stop(input, BYTE_INTERRUPT);
        break;
    case EDITOR_SUSPEND:
        editing_stop(input, BYTE_SUSPEND);
        break;
    case EDITOR_MORE:
        break;
    }
}

/* A byte for a reader without an editor. */
static void collect(struct input *input, uint8_t byte)
{
    input->ready[input->ready_size++] = (char)byte;
    bool is_full = input->ready_size == input->reader.most || input->ready_size == EDITOR_LINE_MAX;
    input->is_ready = is_full || !input->reader.is_line || byte == '\n';
}

/* A reader that has ended must not keep the next one waiting. */
static void reader_check(struct input *input)
{
    if (input->is_active && input->readers->count > 0 && !reader_is_alive(&input->reader)) {
        input->is_active = false;
    }
}

void input_end(struct input *input)
{
    input->is_ended = true;
}

void input_reconsider(struct input *input)
{
    bool is_waiting = input->is_terminal && input->is_active && !input->is_ready;

    if (!is_waiting || readers_let(input->readers, input->reader.pid) ||
        !readers_put_back(input->readers, &input->reader)) {
        return;
    }
    if (is_editing(input) && !input->is_hidden) {
        editor_hide(&input->editor);
    }
    input->is_hidden = false;
    input->is_active = false;
}

bool input_advance(struct input *input)
{
    uint8_t byte;
    bool has_moved = false;

    reader_check(input);
    while ((input->is_active || reader_begin(input)) && output_takes_echo(input->output)) {
        if (input->is_ready) {
            reader_answer(input);
        } else if (!typed_next(input, &byte)) {
            if (!input->is_ended) {
                break;
            }
            /* The last line may have no newline; no bytes at all are the end. */
            input->is_ready = true;
        } else if (is_editing(input)) {
            edit(input, byte);
        } else {
            collect(input, byte);
        }
        has_moved = true;
    }
    return has_moved;
}

void input_hide(struct input *input)
{
    if (is_editing(input) && !input->is_hidden) {
        input->is_hidden = true;
        editor_hide(&input->editor);
    }
}

void input_show(struct input *input)
{
    if (input->is_hidden) {
        input->is_hidden = false;
        if (input->output->tail_size > 0) {
            output_write(input->output, "\n", 1);
        }
        editor_show(&input->editor);
    }
}
