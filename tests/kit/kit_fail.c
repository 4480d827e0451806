/* SPDX-License-Identifier: MIT */
/* What a failure says: the sentence, at the test's line; who ran and when; who waits for whom. */

#include "kit_private.h"

#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <terrarium/waits_text.h>

#define TEXT_SIZE  512
#define PLACE_SIZE 160

static pthread_mutex_t kits_lock = PTHREAD_MUTEX_INITIALIZER;
static struct tr_kit *kits; /* those that live; guarded by kits_lock */
static _Thread_local struct kit_place noted;

/* ---- Places --------------------------------------------------------------------------------- */

void kit_begins(struct tr_kit *kit)
{
    pthread_mutex_lock(&kits_lock);
    kit->next = kits;
    kits = kit;
    pthread_mutex_unlock(&kits_lock);
    noted.kit = kit;
}

static struct tr_kit **kit_link(const struct tr_kit *kit)
{
    struct tr_kit **link = &kits;

    while (*link != NULL && *link != kit) {
        link = &(*link)->next;
    }
    return link;
}

static bool kit_lives(const struct tr_kit *kit)
{
    pthread_mutex_lock(&kits_lock);
    bool lives = *kit_link(kit) != NULL;
    pthread_mutex_unlock(&kits_lock);
    return lives;
}

bool kit_ends(struct tr_kit *kit)
{
    pthread_mutex_lock(&kits_lock);
    struct tr_kit **link = kit_link(kit);
    bool lives = *link != NULL;
    if (lives) {
        *link = kit->next;
    }
    pthread_mutex_unlock(&kits_lock);
    if (noted.kit == kit) {
        noted.kit = NULL;
    }
    if (kit_current == kit) { /* a test has jumped out of its run */
        kit_current = NULL;
    }
    return lives;
}

struct kit_place kit_place(void)
{
    return noted;
}

void kit_place_set(struct kit_place place)
{
    noted = place;
}

void tr_kit_here(const char *file, int line)
{
    noted.file = file;
    noted.line = line;
}

struct tr_kit *tr_kit_at(struct tr_kit *kit, const char *file, int line)
{
    tr_kit_here(file, line);
    if (!kit_lives(kit)) {
        noted.kit = NULL;
        kit_fail(kit == NULL ? "there is no kit: the test was not set up with tr_kit_setup or "
                               "tr_kit_create"
                             : "there is no such kit: it has been destroyed, or was never created");
    }
    noted.kit = kit;
    return kit;
}

/* ---- The sentence --------------------------------------------------------------------------- */

void kit_tell(struct tr_kit *kit)
{
    struct tr_process_info process;
    char who[TR_NAME_MAX + 64] = "";
    uint64_t pid = kit->running && !kit->panicked ? kernel_current_pid(kit->kernel) : 0;

    if (kit->told) {
        return;
    }
    kit->told = true;
    if (pid != 0 && tr_kit_info(kit, pid, &process)) {
        snprintf(who, sizeof(who), "in process %" PRIu64 " (%s), thread %" PRIu64 ", ", pid,
                 process.name, kernel_current_tid(kit->kernel));
    }
    print_error("test kit: %sat %" PRIu64 " ns, seed %" PRIu64 ", ", who, tr_kit_time(kit),
                kit->options.seed);
    if (kit->options.no_trace) {
        print_error("no trace\n");
    } else {
        print_error("trace hash %016" PRIx64 "\n", tr_kit_trace_hash(kit));
    }
}

static void fail_there(const char *file, int line, const char *text)
{
    print_error("test kit: %s\n", text);
    if (noted.kit != NULL) {
        kit_tell(noted.kit);
    }
    _fail(file != NULL ? file : "(no line of the test is known)", line);
    abort();
}

void kit_fail(const char *format, ...)
{
    char text[TEXT_SIZE];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    fail_there(noted.file, noted.line, text);
    abort();
}

void kit_fail_at(uint64_t ip, const char *format, ...)
{
    static _Thread_local char file[PLACE_SIZE];
    char text[TEXT_SIZE], place[PLACE_SIZE];
    va_list arguments;
    int line;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    if (posix_place(ip, place, sizeof(place)) &&
        sscanf(place, "%*[^(](%159[^:]:%d)", file, &line) == 2) {
        fail_there(file, line, text);
    }
    fail_there(noted.file, noted.line, text);
    abort();
}

static const char *result_words(int64_t result, char text[TEXT_SIZE])
{
    if (result < 0 && strcmp(tr_error_name(result), "TR_E_?") != 0) {
        return tr_error_name(result);
    }
    snprintf(text, TEXT_SIZE, "%" PRId64, result);
    return text;
}

void tr_kit_assert_result_at(int64_t expected, int64_t got, const char *words, const char *file,
                             int line)
{
    char first[TEXT_SIZE], second[TEXT_SIZE];

    if (expected == got) {
        return;
    }
    tr_kit_here(file, line);
    if (kit_current != NULL) {
        noted.kit = kit_current;
    }
    kit_fail("%.200s is %s, expected was %s", words, result_words(got, first),
             result_words(expected, second));
}

/* ---- Astray --------------------------------------------------------------------------------- */

uint64_t kit_function_of(struct tr_kit *kit, uint64_t pid)
{
    struct kit_stack *stack = kit->stacks;

    while (stack != NULL && stack->pid != pid) {
        stack = stack->next;
    }
    return stack != NULL ? stack->function : 0;
}

/* In the hole below its stack. */
static bool is_overflow(const struct tr_kit *kit)
{
    struct kit_stack *stack = kit->stacks;

    while (stack != NULL && stack->pid != kit->stray.pid) {
        stack = stack->next;
    }
    return stack != NULL &&
           kit->stray.address - (uint64_t)(uintptr_t)stack->memory < KIT_HOLE_BYTES;
}

static void stray_words(const struct tr_kit *kit, char text[TEXT_SIZE])
{
    const struct posix_stray *stray = &kit->stray;
    const char *signal = sigabbrev_np(stray->signal);

    if (stray->signal == 0) {
        snprintf(text, TEXT_SIZE, "makes no call any more (call_limit_ns)");
    } else if (stray->signal != SIGSEGV && stray->signal != SIGBUS) {
        snprintf(text, TEXT_SIZE, "was stopped by SIG%s", signal != NULL ? signal : "?");
    } else if (is_overflow(kit)) {
        snprintf(text, TEXT_SIZE, "has used up its stack (stack_bytes)");
    } else {
        snprintf(text, TEXT_SIZE, "%s through a %s, 0x%" PRIx64,
                 stray->is_write ? "writes" : "reads",
                 stray->address < TR_PAGE_SIZE ? "null pointer" : "wrong pointer", stray->address);
    }
}

void kit_stray_fail(struct tr_kit *kit)
{
    struct tr_process_info process = {.name = "?"};
    char what[TEXT_SIZE], first[PLACE_SIZE] = "?", place[PLACE_SIZE] = "?";

    stray_words(kit, what);
    (void)tr_kit_info(kit, kit->stray.pid, &process);
    (void)posix_place(kit_function_of(kit, kit->stray.pid), first, sizeof(first));
    (void)posix_place(kit->stray.ip, place, sizeof(place));
    first[strcspn(first, " ")] = '\0';
    print_error("test kit: process %" PRIu64 " (%s), thread %" PRIu64 ", function %s, %s: in %s\n",
                kit->stray.pid, process.name, kit->stray.tid, first, what, place);
    kit_fail_at(kit->stray.ip, "process %" PRIu64 " (%s) has gone astray", kit->stray.pid,
                process.name);
}

/* ---- Waits ---------------------------------------------------------------------------------- */

/* The rows of all threads; the caller frees them. */
static struct tr_wait_row *rows_make(struct tr_kit *kit, size_t *count)
{
    struct tr_wait_row *rows = NULL;
    struct tr_process_info process = {0};

    *count = 0;
    while (kernel_process_next(kit->kernel, process.pid, &process) > 0) {
        struct tr_thread_info thread = {0};
        while (kernel_thread_next(kit->kernel, process.pid, thread.tid, &thread) > 0) {
            rows = kit_memory(rows, (*count + 1) * sizeof(*rows));
            rows[(*count)++] = (struct tr_wait_row){.pid = process.pid,
                                                    .tid = thread.tid,
                                                    .peer = thread.peer,
                                                    .object = thread.object,
                                                    .until = thread.until,
                                                    .wait = thread.wait};
        }
    }
    return rows;
}

static void name_print(struct tr_kit *kit, uint64_t pid)
{
    struct tr_process_info process = {.name = "?"};

    (void)tr_kit_info(kit, pid, &process);
    print_error("process %" PRIu64 " (%s)", pid, process.name);
}

static void row_print(struct tr_kit *kit, const struct tr_wait_row *row)
{
    char text[TR_WAITS_WORDS];

    print_error("test kit: ");
    name_print(kit, row->pid);
    print_error(": its thread %" PRIu64 " waits for %s", row->tid, tr_waits_words(row, text));
    if (row->peer != 0) {
        print_error(" of ");
        name_print(kit, row->peer);
    }
    print_error("\n");
}

static void circle_print(struct tr_kit *kit, const struct tr_wait_row *rows, size_t count,
                         uint32_t circle)
{
    size_t first = 0;

    while (rows[first].circle != circle) {
        first++;
    }
    size_t at = first;
    print_error("test kit: a circle: ");
    do {
        name_print(kit, rows[at].pid);
        print_error(" waits for ");
        at = tr_waits_process(rows, count, rows[at].peer);
    } while (at != first);
    name_print(kit, rows[first].pid);
    print_error("\n");
}

void kit_waits_tell(struct tr_kit *kit)
{
    size_t count;
    struct tr_wait_row *rows = rows_make(kit, &count);
    uint32_t circles = tr_waits_find(rows, count);

    for (size_t i = 0; i < count; i++) {
        row_print(kit, &rows[i]);
    }
    for (uint32_t circle = 1; circle <= circles; circle++) {
        circle_print(kit, rows, count, circle);
    }
    free(rows);
}
