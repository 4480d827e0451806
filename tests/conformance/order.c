/* SPDX-License-Identifier: MIT */
/* interface.md 1: the order of checks. Each row breaks several rules at once and says which one is
 * told; the next rows of a call break fewer. Rows with a wild pointer need an address space of
 * their own. */

#include "check.h"

const char check_section[] = "order";

#define NOBODY  UINT64_C(987654)
#define WILD    UINT64_C(8)
#define RWX     (TR_READ | TR_WRITE | TR_EXECUTE)
#define HUGE    (UINT64_C(1) << 40)
#define AT_ONCE (UINT64_C(1) << 20) /* what TR_NOWAIT moves at most */

struct row {
    uint64_t number;
    int64_t wanted;
    uint64_t words[6];
};

static uint64_t out[1024];
#define OUT         CHECK_WORD(out)
#define TEXT(words) CHECK_WORD(words)

static bool is_wild(const struct row *row)
{
    bool found = false;

    for (size_t i = 0; i < 6; i++) {
        found = found || row->words[i] == WILD;
    }
    return found;
}

/* A failure tells the row's number instead of a line. */
static void ask(const struct row *rows, size_t count, bool wild)
{
    for (size_t i = 0; i < count; i++) {
        const uint64_t *w = rows[i].words;
        if (is_wild(&rows[i]) == wild) {
            int64_t result = tr_call(rows[i].number, w[0], w[1], w[2], w[3], w[4], w[5]);
            if (result != rows[i].wanted) {
                check_failed((int)i, result);
            }
        }
    }
}

#define ASK(rows, wild) ask(rows, sizeof(rows) / sizeof(rows)[0], wild)

/* ---- Processes and threads ---- */

static void ask_processes(bool wild)
{
    static char endless[65];
    const uint64_t self = check_self();
    for (size_t i = 0; i < 65; i++) {
        endless[i] = 'x';
    }
    const struct row rows[] = {
        {TR_NR_process_self, TR_E_FAULT, {WILD}},
        {TR_NR_process_spawn, TR_E_FAULT, {WILD}},
        {TR_NR_process_terminate, TR_E_NOENT, {NOBODY, 0}},
        {TR_NR_process_suspend, TR_E_NOENT, {NOBODY}},
        {TR_NR_process_resume, TR_E_NOENT, {NOBODY}},
        {TR_NR_process_restrict, TR_E_INVAL, {0x80}},
        {TR_NR_process_restrict, TR_E_INVAL, {TR_SPAWN_NO_SPAWN | 0x100}},
        {TR_NR_process_find, TR_E_FAULT, {WILD, 0}},
        {TR_NR_process_find, TR_E_INVAL, {TEXT(endless), 0}},
        {TR_NR_process_next, TR_E_FAULT, {NOBODY, WILD}},
        {TR_NR_process_next, TR_E_NOENT, {NOBODY, OUT}},
        {TR_NR_process_info, TR_E_FAULT, {NOBODY, WILD}},
        {TR_NR_process_info, TR_E_NOENT, {NOBODY, OUT}},
        {TR_NR_process_watch, TR_E_INVAL, {self, 0}},
        {TR_NR_process_watch, TR_E_NOENT, {NOBODY, 0}},
        {TR_NR_process_unwatch, TR_E_NOENT, {NOBODY}},
        {TR_NR_process_unwatch, TR_E_NOENT, {self}},
        {TR_NR_process_drop_class, TR_E_INVAL, {TR_KERNEL}},
        {TR_NR_process_drop_class, TR_E_INVAL, {UINT32_MAX}},
        {TR_NR_thread_create, TR_E_INVAL, {0, 0, OUT, 0x40}},
        {TR_NR_thread_create, TR_E_INVAL, {0, 0, OUT + 8, 0}},
        {TR_NR_thread_create, TR_E_INVAL, {0, 0, 0, 0}},
        {TR_NR_thread_terminate, TR_E_NOENT, {NOBODY, NOBODY, 0}},
        {TR_NR_thread_terminate, TR_E_NOENT, {self, NOBODY, 0}},
        {TR_NR_thread_terminate, TR_E_NOENT, {self, 0, 0}},
        {TR_NR_thread_suspend, TR_E_NOENT, {self, NOBODY}},
        {TR_NR_thread_resume, TR_E_NOENT, {self, NOBODY}},
        {TR_NR_thread_wake, TR_E_NOENT, {NOBODY}},
        {TR_NR_thread_next, TR_E_FAULT, {NOBODY, 0, WILD}},
        {TR_NR_thread_next, TR_E_NOENT, {NOBODY, 0, OUT}},
        {TR_NR_thread_next, TR_E_NOENT, {self, UINT64_MAX, OUT}},
    };

    ASK(rows, wild);
}

static void processes_and_threads(void)
{
    ask_processes(false);
}

static void processes_and_threads_with_wild_pointers(void)
{
    ask_processes(true);
}

static void a_spawn_is_checked_in_order(void)
{
    static const char image[64];
    struct tr_spawn spawn = {.image = (const void *)(uintptr_t)WILD,
                             .image_size = 64,
                             .name = (const char *)(uintptr_t)WILD,
                             .process_class = 7,
                             .flags = 0x80,
                             .argument = (const void *)(uintptr_t)WILD,
                             .argument_size = TR_ARGUMENT_MAX + 1};

    CHECK_IS(tr_process_spawn(&spawn), TR_E_INVAL);
    spawn.process_class = TR_APPLICATION;
    CHECK_IS(tr_process_spawn(&spawn), TR_E_INVAL);
    spawn.flags = 0;
    spawn.reserved[1] = 1;
    CHECK_IS(tr_process_spawn(&spawn), TR_E_INVAL);
    spawn.reserved[1] = 0;
    CHECK_IS(tr_process_spawn(&spawn), TR_E_FAULT);
    spawn.name = "not valid";
    CHECK_IS(tr_process_spawn(&spawn), TR_E_INVAL);
    spawn.name = "valid";
    CHECK_IS(tr_process_spawn(&spawn), TR_E_TOOBIG);
    spawn.argument_size = 1;
    CHECK_IS(tr_process_spawn(&spawn), TR_E_FAULT);
    spawn.image = image;
    CHECK_IS(tr_process_spawn(&spawn), TR_E_FAULT);
    spawn.argument_size = 0;
    CHECK_IS(tr_process_spawn(&spawn), TR_E_NOEXEC);
}

/* ---- Memory and shared memory ---- */

static void ask_memory(bool wild)
{
    uint64_t key, va = 0;
    int64_t id = tr_shared_create(2, TR_READ, 0, &key, &va);
    int64_t own = tr_memory_allocate(3, 0, TR_READ | TR_WRITE);
    CHECK(id > 0 && own > 0);
    const uint64_t page = (uint64_t)own, hole = page + TR_PAGE_SIZE;
    CHECK_IS(tr_memory_release(hole, 1), 0);
    const struct row rows[] = {
        {TR_NR_memory_allocate, TR_E_INVAL, {0, 1, 0x80}},
        {TR_NR_memory_allocate, TR_E_INVAL, {0, 0, RWX}},
        {TR_NR_memory_allocate, TR_E_INVAL, {HUGE, 1, TR_READ}},
        {TR_NR_memory_allocate, TR_E_INVAL, {HUGE, 0, TR_WRITE}},
        {TR_NR_memory_allocate, TR_E_PERM, {HUGE, 0, RWX}},
        {TR_NR_memory_allocate, TR_E_NOMEM, {HUGE, 0, TR_READ}},
        {TR_NR_memory_release, TR_E_INVAL, {hole + 8, 1}},
        {TR_NR_memory_release, TR_E_INVAL, {hole, 0}},
        {TR_NR_memory_release, TR_E_FAULT, {page, 3}},
        {TR_NR_memory_release, TR_E_FAULT, {page, HUGE}},
        {TR_NR_memory_release, TR_E_FAULT, {page, UINT64_MAX}},
        {TR_NR_memory_release, TR_E_STATE, {va, 1}},
        {TR_NR_memory_protect, TR_E_INVAL, {hole, 1, 0x80}},
        {TR_NR_memory_protect, TR_E_INVAL, {hole, 0, RWX}},
        {TR_NR_memory_protect, TR_E_FAULT, {page, 3, RWX}},
        {TR_NR_memory_protect, TR_E_PERM, {page, 1, RWX}},
        {TR_NR_memory_protect, TR_E_PERM, {va, 2, TR_READ | TR_EXECUTE}},
        {TR_NR_memory_clear, TR_E_INVAL, {page + 4096, page}},
        {TR_NR_memory_clear, TR_E_INVAL, {page, page + 1}},
        {TR_NR_memory_info, TR_E_FAULT, {WILD}},
        {TR_NR_shared_create, TR_E_INVAL, {0, TR_READ, 0, WILD, OUT}},
        {TR_NR_shared_create, TR_E_INVAL, {1, TR_WRITE, 0, OUT, WILD}},
        {TR_NR_shared_create, TR_E_INVAL, {1, TR_READ, 0x80, OUT, WILD}},
        {TR_NR_shared_create, TR_E_FAULT, {HUGE, RWX, 0, WILD, OUT}},
        {TR_NR_shared_create, TR_E_FAULT, {HUGE, RWX, 0, OUT, WILD}},
        {TR_NR_shared_create, TR_E_PERM, {HUGE, RWX, 0, OUT, OUT}},
        {TR_NR_shared_create, TR_E_NOMEM, {HUGE, TR_READ, 0, OUT, OUT}},
        {TR_NR_shared_join, TR_E_INVAL, {NOBODY, 0, 1, TR_READ, WILD}},
        {TR_NR_shared_join, TR_E_INVAL, {NOBODY, 0, 0, TR_WRITE, WILD}},
        {TR_NR_shared_join, TR_E_FAULT, {NOBODY, 0, 0, TR_READ, WILD}},
        {TR_NR_shared_join, TR_E_ACCES, {NOBODY, 0, 0, TR_READ, OUT}},
        {TR_NR_shared_join, TR_E_ACCES, {(uint64_t)id, key + 1, 0, RWX, OUT}},
        {TR_NR_shared_join, TR_E_PERM, {(uint64_t)id, key, 0, RWX, OUT}},
        {TR_NR_shared_join, TR_E_EXIST, {(uint64_t)id, key, 0, TR_READ, OUT}},
        {TR_NR_shared_info, TR_E_FAULT, {NOBODY, WILD}},
        {TR_NR_shared_info, TR_E_NOENT, {NOBODY, OUT}},
        {TR_NR_shared_release, TR_E_NOENT, {NOBODY}},
        {TR_NR_shared_seal, TR_E_NOENT, {NOBODY}},
    };

    ASK(rows, wild);
}

static void memory_and_shared_memory(void)
{
    ask_memory(false);
}

static void memory_and_shared_memory_with_wild_pointers(void)
{
    ask_memory(true);
}

/* ---- Messages and pipes ---- */

static int64_t refuses_everyone(uint64_t parent)
{
    CHECK(tr_message_accept(0) >= 0);
    (void)tr_message_send(parent, NULL, 0, 0);
    return check_sleeper(0);
}

static void ask_messages(bool wild)
{
    const uint64_t most = TR_MESSAGE_MAX + 1;
    uint64_t full = check_start(TR_SERVER, "full", check_sleeper, 0);
    uint64_t deaf = check_start(TR_SERVER, "deaf", refuses_everyone, check_self());
    struct tr_event event;
    check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
    for (int i = 0; i < 1024; i++) {
        CHECK(tr_message_send(full, NULL, 0, 0) > 0);
    }
    int64_t plain = tr_message_send(check_self(), out, 100, 0);
    CHECK(plain > 0);
    const uint64_t id = (uint64_t)plain;
    check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
    const struct row rows[] = {
        {TR_NR_message_send, TR_E_TOOBIG, {NOBODY, WILD, most, 0}},
        {TR_NR_message_send, TR_E_FAULT, {NOBODY, WILD, 8, 0}},
        {TR_NR_message_send, TR_E_NOENT, {NOBODY, OUT, 8, 0}},
        {TR_NR_message_send, TR_E_PERM, {deaf, OUT, 8, 0}},
        {TR_NR_message_send, TR_E_LIMIT, {full, OUT, 8, 0}},
        {TR_NR_message_read, TR_E_FAULT, {NOBODY, WILD, 8}},
        {TR_NR_message_read, TR_E_NOENT, {NOBODY, OUT, 8}},
        {TR_NR_message_read, TR_E_TOOBIG, {id, OUT, 99}},
        {TR_NR_message_discard, TR_E_NOENT, {NOBODY}},
        {TR_NR_message_call, TR_E_TOOBIG, {NOBODY, WILD, most, WILD, 8, 0}},
        {TR_NR_message_call, TR_E_FAULT, {NOBODY, WILD, 8, OUT, 8, 0}},
        {TR_NR_message_call, TR_E_FAULT, {NOBODY, OUT, 8, WILD, 8, 0}},
        {TR_NR_message_call, TR_E_NOENT, {NOBODY, OUT, 8, OUT, 8, 0}},
        {TR_NR_message_call, TR_E_PERM, {deaf, OUT, 8, OUT, 8, 0}},
        {TR_NR_message_call, TR_E_LIMIT, {full, OUT, 8, OUT, 8, 0}},
        {TR_NR_message_call, TR_E_AGAIN, {check_self(), OUT, 8, OUT, 8, 0}},
        {TR_NR_message_reply, TR_E_TOOBIG, {NOBODY, WILD, most}},
        {TR_NR_message_reply, TR_E_FAULT, {NOBODY, WILD, 8}},
        {TR_NR_message_reply, TR_E_NOENT, {NOBODY, OUT, 8}},
        {TR_NR_message_reply, TR_E_INVAL, {id, OUT, 8}},
        {TR_NR_message_reply_wait, TR_E_TOOBIG, {NOBODY, WILD, most, WILD, WILD, 8}},
        {TR_NR_message_reply_wait, TR_E_FAULT, {NOBODY, WILD, 8, OUT, OUT, 8}},
        {TR_NR_message_reply_wait, TR_E_FAULT, {NOBODY, OUT, 8, WILD, OUT, 8}},
        {TR_NR_message_reply_wait, TR_E_FAULT, {NOBODY, OUT, 8, OUT, WILD, 8}},
        {TR_NR_message_reply_wait, TR_E_NOENT, {NOBODY, OUT, 8, OUT, OUT, 8}},
        {TR_NR_message_reply_wait, TR_E_INVAL, {id, OUT, 8, OUT, OUT, 8}},
        {TR_NR_message_reply_wait, TR_E_FAULT, {0, OUT, 8, WILD, OUT, 8}},
        {TR_NR_message_accept, TR_E_INVAL, {TR_CLASS_MASK(TR_KERNEL)}},
        {TR_NR_message_accept, TR_E_INVAL, {UINT64_MAX}},
    };

    ASK(rows, wild);
    CHECK_IS(tr_message_discard(id), 0);
}

static void messages(void)
{
    ask_messages(false);
}

static void messages_with_wild_pointers(void)
{
    ask_messages(true);
}

static void ask_pipes_and_events(bool wild)
{
    uint64_t key;
    int64_t id = tr_pipe_create(&key);
    CHECK(id > 0);
    const struct row rows[] = {
        {TR_NR_pipe_create, TR_E_FAULT, {WILD}},
        {TR_NR_pipe_join, TR_E_ACCES, {NOBODY, key}},
        {TR_NR_pipe_join, TR_E_ACCES, {(uint64_t)id, key + 1}},
        {TR_NR_pipe_join, TR_E_EXIST, {(uint64_t)id, key}},
        {TR_NR_pipe_read, TR_E_INVAL, {NOBODY, WILD, 8, 0x80}},
        {TR_NR_pipe_read, TR_E_INVAL, {NOBODY, WILD, AT_ONCE + 1, TR_NOWAIT | 0x80}},
        {TR_NR_pipe_read, TR_E_TOOBIG, {NOBODY, WILD, AT_ONCE + 1, TR_NOWAIT}},
        {TR_NR_pipe_read, TR_E_FAULT, {NOBODY, WILD, 8, TR_NOWAIT}},
        {TR_NR_pipe_read, TR_E_NOENT, {NOBODY, OUT, 8, TR_NOWAIT}},
        {TR_NR_pipe_read, TR_E_AGAIN, {(uint64_t)id, OUT, 8, TR_NOWAIT}},
        {TR_NR_pipe_write, TR_E_INVAL, {NOBODY, WILD, 8, 0x80}},
        {TR_NR_pipe_write, TR_E_INVAL, {NOBODY, WILD, AT_ONCE + 1, TR_NOWAIT | 0x80}},
        {TR_NR_pipe_write, TR_E_TOOBIG, {NOBODY, WILD, AT_ONCE + 1, TR_NOWAIT}},
        {TR_NR_pipe_write, TR_E_FAULT, {NOBODY, WILD, 8, TR_NOWAIT}},
        {TR_NR_pipe_write, TR_E_NOENT, {NOBODY, OUT, 8, TR_NOWAIT}},
        {TR_NR_pipe_write, TR_E_AGAIN, {(uint64_t)id, OUT, TR_PIPE_SIZE + 1, TR_NOWAIT}},
        {TR_NR_pipe_info, TR_E_FAULT, {NOBODY, WILD}},
        {TR_NR_pipe_info, TR_E_NOENT, {NOBODY, OUT}},
        {TR_NR_pipe_release, TR_E_NOENT, {NOBODY}},
        {TR_NR_event_poll, TR_E_FAULT, {WILD}},
        {TR_NR_event_wait, TR_E_FAULT, {WILD, 0}},
        {TR_NR_event_wait, TR_E_TIMEDOUT, {OUT, 0}},
        {TR_NR_event_take, TR_E_INVAL, {WILD, 0, 0}},
        {TR_NR_event_take, TR_E_FAULT, {WILD, 1, 0}},
        {TR_NR_event_take, TR_E_FAULT, {WILD, UINT64_MAX, 0}},
        {TR_NR_event_take, TR_E_TIMEDOUT, {OUT, 8, 0}},
        {TR_NR_log, TR_E_TOOBIG, {WILD, TR_LOG_MAX + 1}},
        {TR_NR_log, TR_E_FAULT, {WILD, TR_LOG_MAX}},
        {TR_NR_random, TR_E_TOOBIG, {WILD, TR_RANDOM_MAX + 1}},
        {TR_NR_random, TR_E_FAULT, {WILD, TR_RANDOM_MAX}},
        {TR_NR_timer_cancel, TR_E_NOENT, {NOBODY}},
        {TR_NR_system_info, TR_E_FAULT, {WILD}},
        {TR_NR_system_stop, TR_E_INVAL, {77, 0, 0}},
        {TR_NR_system_stop, TR_E_INVAL, {TR_STOP_HALT, 256, 0}},
        {TR_NR_system_saved, TR_E_STATE, {0}},
        {TR_NR_boot_module, TR_E_FAULT, {NOBODY, WILD}},
        {TR_NR_boot_module, TR_E_NOENT, {NOBODY, OUT}},
        {TR_NR_symbol_find, TR_E_FAULT, {WILD}},
        {TR_NR_symbol_find, TR_E_NOENT, {TEXT("tr_")}},
    };

    ASK(rows, wild);
}

static void pipes_events_and_system(void)
{
    ask_pipes_and_events(false);
}

static void pipes_events_and_system_with_wild_pointers(void)
{
    ask_pipes_and_events(true);
}

/* ---- Hardware and devices ---- */

static void ask_hardware(bool wild)
{
    CHECK_IS(tr_irq_listen(9, 0), 0);
    CHECK(tr_device_create("order", 0, 0) > 0);
    const struct row rows[] = {
        {TR_NR_port_claim, TR_E_INVAL, {0x10000, 1}},
        {TR_NR_port_claim, TR_E_INVAL, {0xe80, 0}},
        {TR_NR_port_claim, TR_E_INVAL, {0xffff, 2}},
        {TR_NR_port_release, TR_E_INVAL, {0x10000, 1}},
        {TR_NR_port_in, TR_E_INVAL, {0xe80, 3}},
        {TR_NR_port_in, TR_E_INVAL, {0xffff, 2}},
        {TR_NR_port_in, TR_E_ACCES, {0xe80, 1}},
        {TR_NR_port_out, TR_E_INVAL, {0xe80, 0, 0}},
        {TR_NR_port_out, TR_E_ACCES, {0xe80, 4, 0}},
        {TR_NR_port_in_string, TR_E_INVAL, {0xe80, 3, WILD, 1}},
        {TR_NR_port_in_string, TR_E_FAULT, {0xe80, 1, WILD, 1}},
        {TR_NR_port_in_string, TR_E_ACCES, {0xe80, 1, OUT, 1}},
        {TR_NR_port_out_string, TR_E_INVAL, {0x10000, 1, WILD, 1}},
        {TR_NR_port_out_string, TR_E_FAULT, {0xe80, 1, WILD, 1}},
        {TR_NR_port_out_string, TR_E_ACCES, {0xe80, 1, OUT, 1}},
        {TR_NR_irq_listen, TR_E_INVAL, {16, 0}},
        {TR_NR_irq_listen, TR_E_EXIST, {9, 0}},
        {TR_NR_irq_acknowledge, TR_E_INVAL, {16}},
        {TR_NR_irq_acknowledge, TR_E_NOENT, {10}},
        {TR_NR_irq_acknowledge, TR_E_STATE, {9}},
        {TR_NR_irq_ignore, TR_E_INVAL, {16}},
        {TR_NR_irq_ignore, TR_E_NOENT, {10}},
        {TR_NR_device_create, TR_E_FAULT, {WILD, 0, 0}},
        {TR_NR_device_create, TR_E_INVAL, {TEXT(""), 0, 0}},
        {TR_NR_device_create, TR_E_INVAL, {TEXT("\\a"), 0, 0}},
        {TR_NR_device_create, TR_E_INVAL, {TEXT("a\\"), 0, 0}},
        {TR_NR_device_create, TR_E_INVAL, {TEXT("a\\\\b"), 0, 0}},
        {TR_NR_device_create, TR_E_EXIST, {TEXT("order"), 0, 0}},
        {TR_NR_device_destroy, TR_E_NOENT, {NOBODY}},
        {TR_NR_device_find, TR_E_FAULT, {WILD, OUT}},
        {TR_NR_device_find, TR_E_FAULT, {TEXT("order"), WILD}},
        {TR_NR_device_find, TR_E_NOENT, {TEXT("orders"), OUT}},
        {TR_NR_device_info, TR_E_FAULT, {NOBODY, WILD}},
        {TR_NR_device_info, TR_E_NOENT, {NOBODY, OUT}},
        {TR_NR_device_next, TR_E_FAULT, {NOBODY, WILD}},
        {TR_NR_device_next, TR_E_NOENT, {NOBODY, OUT}},
        {TR_NR_device_expose, TR_E_INVAL, {NOBODY, TR_KERNEL}},
        {TR_NR_device_expose, TR_E_NOENT, {NOBODY, TR_DRIVER}},
        {TR_NR_device_watch, TR_E_FAULT, {WILD, 0}},
        {TR_NR_device_watch, TR_E_INVAL, {TEXT("a\\"), 0}},
        {TR_NR_device_unwatch, TR_E_NOENT, {TEXT("a")}},
        {TR_NR_device_open, TR_E_INVAL, {NOBODY, 0x80}},
        {TR_NR_device_open, TR_E_NOENT, {NOBODY, 0}},
        {TR_NR_device_close, TR_E_NOENT, {NOBODY}},
        {TR_NR_device_holder, TR_E_NOENT, {NOBODY, NOBODY}},
    };

    ASK(rows, wild);
}

static void hardware_and_devices(void)
{
    ask_hardware(false);
}

static void hardware_and_devices_with_wild_pointers(void)
{
    ask_hardware(true);
}

const struct check_case check_cases[] = {
    CHECK_ROW(TR_DRIVER, processes_and_threads),
    CHECK_ROW_PROGRAM(TR_DRIVER, processes_and_threads_with_wild_pointers),
    CHECK_ROW_PROGRAM(TR_DRIVER, a_spawn_is_checked_in_order),
    CHECK_ROW_PROGRAM(TR_APPLICATION, a_spawn_is_checked_in_order),
    CHECK_ROW(TR_DRIVER, memory_and_shared_memory),
    CHECK_ROW_PROGRAM(TR_APPLICATION, memory_and_shared_memory_with_wild_pointers),
    CHECK_ROW(TR_DRIVER, messages),
    CHECK_ROW_PROGRAM(TR_DRIVER, messages_with_wild_pointers),
    CHECK_ROW(TR_DRIVER, pipes_events_and_system),
    CHECK_ROW_PROGRAM(TR_DRIVER, pipes_events_and_system_with_wild_pointers),
    CHECK_ROW(TR_DRIVER, hardware_and_devices),
    CHECK_ROW_PROGRAM(TR_DRIVER, hardware_and_devices_with_wild_pointers),
    CHECK_END,
};
