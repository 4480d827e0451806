/* SPDX-License-Identifier: MIT */
/* `a\log`: where the kernel's words go. It starts as a driver, as boot modules do, and drops to
 * application at once. The kernel sends it records, programs send theirs through tr_log; it prints
 * them on the console, keeps the latest, and tells them to whoever asks (service/log.h).
 *
 * Argument: the kinds that are printed, of boot, fault, refused, panic, lost, text; `all` or
 * `none`. Without one: all but boot. All are kept. */

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <terrarium.h>
#include <terrarium/message.h>
#include <terrarium/service/console.h>
#include <terrarium/service/log.h>

#include "record.h"

TR_PROGRAM_ABOUT("prints and keeps what the kernel and programs have to say");

#define LINE_SIZE  (TR_NAME_MAX + TR_LOG_MAX + 40)
#define CONSOLE_NS UINT64_C(1000000000) /* how long the console may take to appear */

static uint32_t printed_tags; /* bit t: records of tag t go to the console */
static bool has_shown;        /* any has */

static uint32_t tag_bit(enum tr_log_tag tag)
{
    return UINT32_C(1) << tag;
}

static void tags_choose(int argc, char **argv)
{
    static const struct {
        const char *word;
        uint32_t tags;
    } choices[] = {{"boot", UINT32_C(1) << TR_LOG_BOOT},
                   {"fault", UINT32_C(1) << TR_LOG_FAULT},
                   {"refused", UINT32_C(1) << TR_LOG_REFUSED},
                   {"panic", UINT32_C(1) << TR_LOG_PANIC},
                   {"lost", UINT32_C(1) << TR_LOG_LOST},
                   {"text", UINT32_C(1) << TR_LOG_TEXT},
                   {"starved", UINT32_C(1) << TR_LOG_STARVED},
                   {"all", UINT32_MAX},
                   {"none", 0}};

    printed_tags = argc > 1 ? 0 : ~tag_bit(TR_LOG_BOOT);
    for (int i = 1; i < argc; i++) {
        for (size_t k = 0; k < sizeof choices / sizeof choices[0]; k++) {
            if (strcmp(argv[i], choices[k].word) == 0) {
                printed_tags |= choices[k].tags;
            }
        }
    }
}

/* Shows a record without waiting for the console: a message that is not a call. While the console
 * is full such messages wait in its queue, and beyond that queue's limit they are only kept here.
 */
static void record_show(const struct record *record)
{
    struct {
        struct tr_service_request head;
        char line[LINE_SIZE];
    } message = {.head.operation = TR_CONSOLE_WRITE};
    int64_t console = tr_process_find(TR_CONSOLE_NAME, 0);

    if (console > 0) {
        has_shown = true;
        size_t size = record_print(record, message.line, sizeof message.line);
        tr_message_send((uint64_t)console, &message, sizeof message.head + size, 0);
    }
}

/* "a\\name: " of the program whose text this is; nothing for the kernel's own records. */
static size_t source_print(const struct tr_event *event, char *text, size_t size)
{
    struct tr_process_info info;

    if (event->source_class == TR_KERNEL) {
        return 0;
    }
    if (tr_process_info(event->source_pid, &info) < 0) {
        return (size_t)snprintf(text, size, "%lu: ", event->source_pid);
    }
    return (size_t)snprintf(text, size, "%s: ", info.name);
}

/* A message that is no call: a record, of the kernel or with the text of a program. */
static void on_record(const struct tr_event *event)
{
    char text[TR_NAME_MAX + 2 + TR_LOG_MAX];

    if (event->source_class != TR_KERNEL && event->cookie != TR_LOG_TEXT) {
        tr_message_discard(event->object);
        return;
    }
    size_t used = source_print(event, text, sizeof text);
    int64_t size = tr_message_read(event->object, text + used, sizeof text - used);
    if (size < 0) {
        tr_message_discard(event->object);
        return;
    }
    const struct record *record = record_keep(event, text, used + (size_t)size);
    if ((printed_tags >> (record->tag & 31) & 1) != 0) {
        record_show(record);
    }
}

/* Fills `text` with lines from record *number on and moves *number behind the last. */
static size_t records_tell(char *text, size_t size, uint64_t *number)
{
    char line[LINE_SIZE];
    size_t used = 0;

    if (*number < record_first()) {
        *number = record_first();
    }
    while (*number < record_next()) {
        size_t length = record_print(record_get(*number), line, sizeof line);
        if (used + length > size) {
            break;
        }
        memcpy(text + used, line, length);
        used += length;
        ++*number;
    }
    return used;
}

static void on_call(const struct tr_event *event)
{
    struct tr_service_request request = {0};
    struct {
        struct tr_service_reply head;
        char text[TR_LOG_REPLY_MAX];
    } reply = {.head.result = TR_E_INVAL};
    size_t size = 0;

    tr_message_read(event->object, &request, sizeof request);
    if (request.operation == TR_LOG_OPERATION_READ) {
        uint64_t number = request.argument;
        size = records_tell(reply.text, sizeof reply.text, &number);
        reply.head.result = (int64_t)number;
    } else if (request.operation == TR_LOG_OPERATION_COUNT) {
        reply.head.result = (int64_t)record_first();
    }
    tr_message_reply(event->object, &reply, sizeof reply.head + size);
}

static void on_event(const struct tr_event *event)
{
    if (event->kind == TR_EVENT_MESSAGE && (event->flags & TR_EVENT_CALL) != 0) {
        on_call(event);
    } else if (event->kind == TR_EVENT_MESSAGE) {
        on_record(event);
    }
}

/* The system stops: this event came ahead of records that wait, and those that are shown must have
 * left the line before this program lets the system go. */
static void on_save_state(void)
{
    struct tr_event event;
    int64_t console = tr_process_find(TR_CONSOLE_NAME, 0);

    while (tr_event_poll(&event) == 1) {
        on_event(&event);
    }
    if (console > 0 && has_shown) {
        tru_ask((uint64_t)console, TR_CONSOLE_FLUSH, 0);
    }
    tr_system_saved();
}

int main(int argc, char **argv)
{
    struct tr_event event;

    tr_process_drop_class(TR_APPLICATION);
    tags_choose(argc, argv);
    tru_service_find(TR_CONSOLE_NAME, CONSOLE_NS);
    while (tr_event_wait(&event, TR_FOREVER) == 1) {
        if (event.kind == TR_EVENT_SAVE_STATE) {
            on_save_state();
        } else {
            on_event(&event);
        }
    }
    return 1;
}
