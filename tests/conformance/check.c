/* SPDX-License-Identifier: MIT */
/* What cases use that is the same in the kit and in a program. */

#include "check.h"

#define STACK_PAGES 8

_Noreturn void check_failed(int line, int64_t value)
{
    tr_process_exit((int64_t)((uint64_t)value << 32 | CHECK_MARK | (uint64_t)line));
}

uint64_t check_start(enum tr_class process_class, const char *name, int64_t (*function)(uint64_t),
                     uint64_t word)
{
    return check_start_with(process_class, name, function, word, 0);
}

uint64_t check_self(void)
{
    return (uint64_t)tr_process_self(NULL);
}

static uint64_t start_joiner(enum tr_class process_class, int64_t (*function)(uint64_t),
                             const struct check_ticket *ticket, uint32_t flags)
{
    uint64_t pid = check_start_with(process_class, "peer", function, check_self(), flags);

    CHECK(tr_message_send(pid, ticket, sizeof *ticket, 0) > 0);
    return pid;
}

uint64_t check_start_joiner(enum tr_class process_class, int64_t (*function)(uint64_t),
                            const struct check_ticket *ticket)
{
    return start_joiner(process_class, function, ticket, 0);
}

uint64_t check_watch_joiner(enum tr_class process_class, int64_t (*function)(uint64_t),
                            const struct check_ticket *ticket)
{
    return start_joiner(process_class, function, ticket, TR_SPAWN_WATCH);
}

struct check_ticket check_receive_ticket(void)
{
    struct check_ticket ticket;
    struct tr_event event;

    CHECK_IS(tr_event_wait(&event, TR_FOREVER), 1);
    CHECK_IS(tr_message_read(event.object, &ticket, sizeof ticket), sizeof ticket);
    return ticket;
}

uint64_t check_stack(void)
{
    int64_t bottom = tr_memory_allocate(STACK_PAGES, 0, TR_READ | TR_WRITE);

    CHECK(bottom > 0);
    return (uint64_t)bottom + STACK_PAGES * TR_PAGE_SIZE;
}

static uint64_t thread_start(tr_entry *entry, uint64_t argument, uint32_t flags)
{
    int64_t tid = tr_thread_create(entry, argument, check_stack(), flags);

    CHECK(tid > 0);
    return (uint64_t)tid;
}

uint64_t check_thread(tr_entry *entry, uint64_t argument)
{
    return thread_start(entry, argument, 0);
}

uint64_t check_told_thread(tr_entry *entry, uint64_t argument, uint32_t flags)
{
    return thread_start(entry, argument, TR_THREAD_NOTIFY | flags);
}

int64_t check_thread_code(uint64_t tid)
{
    struct tr_event event;

    check_event_kind(&event, TR_EVENT_THREAD_EXIT, __LINE__);
    CHECK_IS(event.object, tid);
    return (int64_t)event.size;
}

struct check_ticket check_pipe(void)
{
    struct check_ticket pipe = {0, 0};
    int64_t id = tr_pipe_create(&pipe.key);

    CHECK(id > 0);
    pipe.id = (uint64_t)id;
    return pipe;
}

void check_settle(void)
{
    (void)tr_thread_sleep((uint64_t)tr_clock() + 5000000);
}

void check_event(struct tr_event *event)
{
    CHECK_IS(tr_event_wait(event, 1000000000), 1);
}

void check_event_kind(struct tr_event *event, enum tr_event_kind kind, int line)
{
    check_event(event);
    if (event->kind != (uint32_t)kind) {
        check_failed(line, event->kind);
    }
}

void check_code_of(uint64_t pid, uint32_t how, int64_t code, int line)
{
    struct tr_event event;
    do {
        check_event(&event);
    } while (event.kind != TR_EVENT_PROCESS_EXIT || event.object != pid);
    if (event.flags != how) {
        check_failed(line, event.flags);
    }
    if ((int64_t)event.size != code) {
        check_failed(line, (int64_t)event.size);
    }
}

void check_end_of(uint64_t pid, struct tr_event *event)
{
    CHECK_IS(tr_process_watch(pid, 0xe4d), 0);
    do {
        CHECK_IS(tr_event_wait(event, TR_FOREVER), 1);
    } while (event->kind != TR_EVENT_PROCESS_EXIT || event->object != pid);
}

int64_t check_sleeper(uint64_t unused)
{
    (void)unused;
    for (;;) {
        (void)tr_thread_sleep(TR_FOREVER);
    }
}

int64_t check_exit(uint64_t code)
{
    return (int64_t)code;
}

int64_t check_echo(uint64_t unused)
{
    struct tr_event event = {0};
    uint64_t id = 0, size = 0;
    char body[512];

    (void)unused;
    for (;;) {
        CHECK(tr_message_reply_wait(id, body, size, &event, body, sizeof body) >= 0);
        id = 0;
        if (event.kind == TR_EVENT_MESSAGE && (event.flags & TR_EVENT_CALL) != 0) {
            id = event.object;
            size = event.size;
        } else if (event.kind == TR_EVENT_MESSAGE) {
            (void)tr_message_discard(event.object);
        }
    }
}

int64_t check_spinner(uint64_t unused)
{
    (void)unused;
    for (;;) {
        (void)tr_thread_yield();
    }
}

bool check_equal(const char *left, const char *right)
{
    while (*left != '\0' && *left == *right) {
        left++;
        right++;
    }
    return *left == *right;
}

void check_three(enum tr_class process_class, int64_t (*function)(uint64_t), int line)
{
    uint64_t pids[3];

    for (uint64_t i = 0; i < 3; i++) {
        pids[i] = check_start_with(process_class, "own", function, i, TR_SPAWN_WATCH);
    }
    for (uint64_t i = 0; i < 3; i++) {
        struct tr_event event;
        check_event_kind(&event, TR_EVENT_PROCESS_EXIT, line);
        if (event.flags != TR_EVENT_EXITED || event.size != 0) {
            check_failed(line, (int64_t)event.size);
        }
    }
    CHECK(pids[2] > pids[0]);
}
