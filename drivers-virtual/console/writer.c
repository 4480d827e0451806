/* SPDX-License-Identifier: MIT */
/* Those who write. */

#include <stdlib.h>
#include <string.h>
#include <terrarium.h>
#include <terrarium/service/console.h>

#include "writer.h"

#define HEAD sizeof(struct tr_service_request)

bool writers_add(struct writers *writers, const struct writer *writer)
{
    if (writers->first > 0 && writers->first + writers->count == writers->room) {
        memmove(writers->line, writers->line + writers->first,
                writers->count * sizeof *writers->line);
        writers->first = 0;
    }
    if (writers->first + writers->count == writers->room) {
        size_t room = writers->room * 2 + 8;
        struct writer *line = realloc(writers->line, room * sizeof *line);
        if (line == NULL) {
            return false;
        }
        writers->line = line;
        writers->room = room;
    }
    writers->line[writers->first + writers->count++] = *writer;
    return true;
}

/* Ends the first one's turn. */
static void first_answer(struct writers *writers, int64_t result)
{
    struct writer *writer = &writers->line[writers->first];
    struct tr_service_reply reply = {result};

    if (writer->is_call) {
        tr_message_reply(writer->id, &reply, sizeof reply);
    } else if (writer->body == NULL) {
        tr_message_discard(writer->id);
    }
    free(writer->body);
    writers->first++;
    writers->count--;
    writers->done = 0;
    if (writers->count == 0) {
        writers->first = 0;
    }
}

/* Reads the body of the first one. A TR_E_* if it is none that can be written. */
static int64_t first_fetch(struct writer *writer)
{
    struct tr_service_request request;

    if (writer->size < HEAD) {
        return TR_E_INVAL;
    }
    unsigned char *body = malloc(writer->size);
    if (body == NULL) {
        return TR_E_NOMEM;
    }
    int64_t result = tr_message_read(writer->id, body, writer->size);
    if (result < 0) {
        free(body);
        return result;
    }
    writer->body = body;
    memcpy(&request, body, HEAD);
    writer->is_complaint = (request.flags & TR_CONSOLE_ERROR) != 0;
    return request.operation == TR_CONSOLE_WRITE ? 0 : TR_E_INVAL;
}

bool writers_await_idle(const struct writers *writers)
{
    const struct writer *writer = &writers->line[writers->first];

    return writers->count > 0 &&
           (writer->is_flush || (writer->is_complaint && writers->has_error_port));
}

void writers_idle(struct writers *writers)
{
    const struct writer *writer = &writers->line[writers->first];
    uint64_t size = writer->is_complaint ? writer->size - HEAD : 0;

    if (size > 0) {
        uart_complain(writer->body + HEAD, size);
    }
    first_answer(writers, (int64_t)size);
}

bool writers_advance(struct writers *writers, struct output *output)
{
    bool has_moved = false;

    while (writers->count > 0 && !writers_await_idle(writers)) {
        struct writer *writer = &writers->line[writers->first];
        int64_t result = writer->body == NULL ? first_fetch(writer) : 0;
        if (result < 0) {
            first_answer(writers, result);
            has_moved = true;
            continue;
        }
        if (writers_await_idle(writers)) {
            break;
        }
        const char *text = (const char *)writer->body + HEAD;
        uint64_t size = writer->size - HEAD;
        size_t moved = output_write(output, text + writers->done, size - writers->done);
        writers->done += moved;
        has_moved |= moved > 0;
        if (writers->done < size) {
            break;
        }
        first_answer(writers, (int64_t)size);
        has_moved = true;
    }
    return has_moved;
}
