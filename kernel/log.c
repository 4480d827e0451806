/* SPDX-License-Identifier: MIT */
/* The log: two rings of records, and the way from them into the reader's inbox.
 *
 * Invariants:
 * 1. A record is in a ring or in an inbox, or has been counted in its ring's `lost`.
 * 2. reader->log_records is the number of unread records in its inbox, at most LOG_QUEUE_MAX.
 * 3. While a reader has room, both rings are empty (unless there was no memory for a message). */

#include "log.h"

#include <terrarium/error.h>

#include "call.h"
#include "copy.h"
#include "message.h"
#include "state.h"
#include "system.h"
#include "text.h"

#define BOOT_TIME      (UINT64_C(10) * 1000 * 1000 * 1000)
#define REFUSED_WINDOW (UINT64_C(1000) * 1000 * 1000)
#define REFUSED_MAX    16 /* records a window */

struct record {
    uint64_t number; /* order over both rings */
    struct message_stamp stamp;
    uint32_t tag, size;
};

/* ---- The rings ------------------------------------------------------------------------------ */

static void ring_write(struct log_ring *ring, const void *from, uint64_t size)
{
    const uint8_t *bytes = from;
    for (uint64_t i = 0; i < size; i++) {
        ring->bytes[(ring->head + i) % LOG_RING_SIZE] = bytes[i];
    }
    ring->head += size;
}

static void ring_read(const struct log_ring *ring, uint64_t at, void *to, uint64_t size)
{
    uint8_t *bytes = to;
    for (uint64_t i = 0; i < size; i++) {
        bytes[i] = ring->bytes[(at + i) % LOG_RING_SIZE];
    }
}

/* The oldest record's header; false: the ring is empty. */
static bool ring_first(const struct log_ring *ring, struct record *record)
{
    if (ring->head == ring->tail) {
        return false;
    }
    ring_read(ring, ring->tail, record, sizeof(*record));
    return true;
}

static void ring_drop_first(struct log_ring *ring)
{
    struct record record;
    if (ring_first(ring, &record)) {
        ring->tail += sizeof(record) + record.size;
    }
}

static void ring_put(struct log_ring *ring, const struct record *record, const char *text)
{
    uint64_t size = sizeof(*record) + record->size;
    while (ring->head - ring->tail + size > LOG_RING_SIZE) {
        ring_drop_first(ring);
        ring->lost++;
    }
    ring_write(ring, record, sizeof(*record));
    ring_write(ring, text, record->size);
}

/* ---- To the reader -------------------------------------------------------------------------- */

static bool send(struct kernel *kernel, const struct text *text, uint64_t tag,
                 struct message_stamp stamp)
{
    struct process *reader = kernel->log.reader;
    reader->log_records++;
    if (message_send_record(kernel, reader, text->bytes, text->size, tag, stamp) < 0) {
        reader->log_records--;
        return false;
    }
    return true;
}

/* Says how many records are missing before the next one of this ring. */
static bool send_lost(struct kernel *kernel, struct log_ring *ring)
{
    struct text text;
    uint64_t lost = ring->lost;
    const char *whose = ring == &kernel->log.kernel ? "the kernel" : "programs";
    text_print(&text, "%u records of %s were lost", lost, whose);
    ring->lost = 0;
    if (!send(kernel, &text, TR_LOG_LOST, (struct message_stamp){0, TR_KERNEL})) {
        ring->lost = lost;
        return false;
    }
    return true;
}

/* Taken before it is sent, since a waiting thread may read it, and make more records, meanwhile. */
static bool send_first(struct kernel *kernel, struct log_ring *ring)
{
    struct record record;
    struct text text;
    uint64_t tail = ring->tail;
    (void)ring_first(ring, &record);
    ring_read(ring, tail + sizeof(record), text.bytes, record.size);
    text.size = record.size;
    ring->tail += sizeof(record) + record.size;
    if (!send(kernel, &text, record.tag, record.stamp)) {
        ring->tail = tail;
        return false;
    }
    return true;
}

/* The ring whose first record is the older one; NULL: both are empty. */
static struct log_ring *oldest_ring(struct log *log)
{
    struct record kernel, programs;
    bool has_kernel = ring_first(&log->kernel, &kernel);
    bool has_programs = ring_first(&log->programs, &programs);
    if (has_kernel && (!has_programs || kernel.number < programs.number)) {
        return &log->kernel;
    }
    return has_programs ? &log->programs : NULL;
}

static bool reader_has_room(const struct process *reader)
{
    return reader != NULL && !reader->is_ending && reader->log_records < LOG_QUEUE_MAX;
}

static void move_records(struct kernel *kernel)
{
    struct log *log = &kernel->log;
    if (log->is_moving) {
        return;
    }
    log->is_moving = true;
    bool goes_on = true;
    while (goes_on && reader_has_room(log->reader)) {
        struct log_ring *ring = oldest_ring(log);
        if (ring == NULL) {
            break;
        }
        goes_on = ring->lost != 0 ? send_lost(kernel, ring) : send_first(kernel, ring);
    }
    log->is_moving = false;
}

void log_room(struct kernel *kernel, struct process *receiver)
{
    receiver->log_records--;
    move_records(kernel);
}

/* ---- Records -------------------------------------------------------------------------------- */

/* What went wrong is at least told on the machine's console before there is a log, or if it does
 * not run. */
static void tell_console(struct kernel *kernel, enum tr_log_tag tag, const struct text *text)
{
    const struct process *reader = kernel->log.reader;
    bool is_deaf = reader == NULL && (tag == TR_LOG_FAULT || tag == TR_LOG_PANIC);
    if (is_deaf || (tag == TR_LOG_STARVED && starve_has(kernel, reader))) {
        hal_console(kernel->machine, text->bytes, text->size);
        hal_console(kernel->machine, "\n", 1);
    }
}

static void put(struct kernel *kernel, struct log_ring *ring, uint32_t tag,
                struct message_stamp stamp, const struct text *text)
{
    const struct record record = {kernel->log.count++, stamp, tag, text->size};
    ring_put(ring, &record, text->bytes);
    move_records(kernel);
}

static void record_text(struct kernel *kernel, enum tr_log_tag tag, const struct text *text)
{
    tell_console(kernel, tag, text);
    put(kernel, &kernel->log.kernel, tag, (struct message_stamp){0, TR_KERNEL}, text);
}

void log_record(struct kernel *kernel, enum tr_log_tag tag, const char *format, ...)
{
    struct text text;
    va_list arguments;
    va_start(arguments, format);
    text_format(&text, format, arguments);
    va_end(arguments);
    record_text(kernel, tag, &text);
}

/* Whether one more record about a refusal may be made in this second. */
static bool refusal_counts(struct kernel *kernel)
{
    struct log *log = &kernel->log;
    uint64_t now = hal_time(kernel->machine);
    if (now >= log->refused_until) {
        uint64_t missed = log->refused_count > REFUSED_MAX ? log->refused_count - REFUSED_MAX : 0;
        log->refused_until = now + REFUSED_WINDOW;
        log->refused_count = 0;
        if (missed != 0) {
            log_record(kernel, TR_LOG_REFUSED, "%u more refusals were not recorded", missed);
        }
    }
    log->refused_count++;
    return log->refused_count <= REFUSED_MAX;
}

void log_refused(struct kernel *kernel, const char *what, uint64_t detail)
{
    const struct process *process = kernel_caller(kernel);
    if (refusal_counts(kernel)) {
        log_record(kernel, TR_LOG_REFUSED, "%s (process %u) was refused: %s %u", process->name,
                   process->object.id, what, detail);
    }
}

void log_bad_image(struct kernel *kernel, const char *name, bool is_module, const char *format,
                   va_list arguments)
{
    if (refusal_counts(kernel)) {
        struct text text;
        text_print(&text, "%s cannot be started: ", name);
        text_append(&text, format, arguments);
        record_text(kernel, is_module ? TR_LOG_FAULT : TR_LOG_REFUSED, &text);
    }
}

int64_t call_log(struct kernel *kernel, uint64_t text, uint64_t len)
{
    if (len > TR_LOG_MAX) {
        return TR_E_TOOBIG;
    }
    struct process *process = kernel_caller(kernel);
    struct text copy = {.size = (uint32_t)len};
    int64_t result = copy_in(kernel, process, copy.bytes, text, len);
    if (result < 0) {
        return result;
    }
    const struct message_stamp stamp = {process->object.id, process->process_class};
    put(kernel, &kernel->log.programs, TR_LOG_TEXT, stamp, &copy);
    return 0;
}

/* ---- Who reads ------------------------------------------------------------------------------ */

void log_reader_changed(struct kernel *kernel)
{
    kernel->log.reader = process_of_name(kernel, "a\\log", 0);
    if (kernel->log.reader != NULL) {
        kernel->boot_is_over = kernel->boot_is_over || kernel->booted_at != 0;
        move_records(kernel);
    } else if (kernel->boot_is_over && !kernel->config.no_log_needed && !kernel->stop.is_on) {
        log_record(kernel, TR_LOG_PANIC, "no a\\log is alive: the machine will reboot");
        system_soft_panic(kernel);
    }
}

static void boot_end_ring(struct kernel *kernel, struct alarm *alarm)
{
    (void)alarm;
    kernel->boot_is_over = true;
    log_reader_changed(kernel);
}

void log_booted(struct kernel *kernel)
{
    if (!kernel->config.no_log_needed) {
        alarm_arm(kernel, &kernel->log.boot_end, alarm_after(kernel, BOOT_TIME));
    }
    log_reader_changed(kernel);
}

static int64_t ring_setup(struct kernel *kernel, struct log_ring *ring)
{
    uint32_t frame;
    uint32_t order = frame_order(LOG_RING_SIZE / TR_PAGE_SIZE);
    int64_t result = frame_allocate(kernel, &kernel->root_account, order, FRAME_KERNEL, &frame);
    if (result == 0) {
        ring->bytes = frame_view(kernel, frame);
    }
    return result;
}

int64_t log_setup(struct kernel *kernel)
{
    alarm_init(&kernel->log.boot_end, boot_end_ring);
    int64_t result = ring_setup(kernel, &kernel->log.kernel);
    return result < 0 ? result : ring_setup(kernel, &kernel->log.programs);
}
