/* SPDX-License-Identifier: MIT */
/* interface.md 2: the rights table call by call. Every call is made by every class with words that
 * do no harm: who may not gets PERM, who may gets anything else but NOSYS, which is what
 * everyone gets of the calls of section 15. tr_process_exit and tr_thread_exit
 * are not there, everyone's cases end with them; tr_system_reboot has a case of its own. */

#include <string.h>

#include "check.h"

const char check_section[] = "rights";

#define NOBODY UINT64_C(987654)

enum { EVERYONE = 15, DRIVER = 1, NO_APPLICATION = 7, NOT_THERE = 16 };

struct row {
    uint64_t number;
    uint32_t may; /* a bit each: driver, manager, server, application; NOT_THERE: section 15 */
    uint64_t words[6];
};

static union {
    struct tr_process_info process;
    struct tr_system_info system;
    struct tr_device_info device;
    uint8_t bytes[8192];
} out;
static const uint8_t image[64];
static const struct tr_spawn broken = {
    .image = image, .image_size = sizeof image, .name = "x", .process_class = TR_APPLICATION};

#define TR_CALL_ROW(nr, name) nr,
static const uint64_t calls[] = {
#include <terrarium/calls_rows.h>
};
#undef TR_CALL_ROW
static bool asked[TR_CALL_LIMIT];

static uint32_t bit_of_caller(void)
{
    struct tr_process_info info;

    CHECK(tr_process_self(&info) > 0);
    if (info.process_class == TR_SERVER) {
        return (info.flags & TR_SPAWN_MANAGER) != 0 ? 2 : 4;
    }
    return info.process_class == TR_DRIVER ? 1 : 8;
}

static void ask(const struct row *row)
{
    const uint64_t *w = row->words;
    bool may = (row->may & bit_of_caller()) != 0;
    int64_t result = tr_call(row->number, w[0], w[1], w[2], w[3], w[4], w[5]);

    if (row->may == NOT_THERE ? result != TR_E_NOSYS
                              : result == TR_E_NOSYS || (result == TR_E_PERM) == may) {
        check_failed((int)row->number, result);
    }
}

static void ask_all(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ask(&rows[i]);
        asked[rows[i].number] = true;
    }
}

#define OUT         CHECK_WORD(&out)
#define TEXT(words) CHECK_WORD(words)

static void ask_processes_and_threads(uint64_t other, uint64_t tid)
{
    const struct row rows[] = {
        {TR_NR_process_self, EVERYONE, {OUT}},
        {TR_NR_process_spawn, EVERYONE, {CHECK_WORD(&broken)}},
        {TR_NR_process_suspend, NO_APPLICATION, {other}},
        {TR_NR_process_resume, NO_APPLICATION, {other}},
        {TR_NR_process_restrict, EVERYONE, {0}},
        {TR_NR_process_find, EVERYONE, {TEXT("d\\nobody"), 0}},
        {TR_NR_process_next, EVERYONE, {0, OUT}},
        {TR_NR_process_info, EVERYONE, {other, OUT}},
        {TR_NR_process_watch, EVERYONE, {other, 1}},
        {TR_NR_process_unwatch, EVERYONE, {other}},
        {TR_NR_process_drop_class, EVERYONE, {TR_KERNEL}},
        {TR_NR_process_create, NOT_THERE, {TEXT("bad name"), TR_APPLICATION}},
        {TR_NR_process_map, NOT_THERE, {NOBODY, 4096, 4096, 1, TR_READ, TR_MAP_COPY}},
        {TR_NR_process_unmap, NOT_THERE, {NOBODY, 4096, 1}},
        {TR_NR_process_start, NOT_THERE, {NOBODY, 4096, 4096, 0}},
        {TR_NR_process_abandon, NOT_THERE, {NOBODY}},
        {TR_NR_process_fork, NOT_THERE, {0x80, 0, 0}},
        {TR_NR_process_load, NOT_THERE, {OUT, 8192, TEXT("x"), TR_APPLICATION, 0}},
        {TR_NR_thread_create, EVERYONE, {0, 0, 8, 0}},
        {TR_NR_thread_self, EVERYONE, {0}},
        {TR_NR_thread_terminate, NO_APPLICATION, {other, NOBODY, 0}},
        {TR_NR_thread_suspend, NO_APPLICATION, {other, tid}},
        {TR_NR_thread_resume, NO_APPLICATION, {other, tid}},
        {TR_NR_thread_yield, EVERYONE, {0}},
        {TR_NR_thread_sleep, EVERYONE, {0}},
        {TR_NR_thread_wake, EVERYONE, {NOBODY}},
        {TR_NR_thread_next, EVERYONE, {other, 0, OUT}},
        {TR_NR_thread_pointer, EVERYONE, {1}},
    };

    ask_all(rows, sizeof rows / sizeof rows[0]);
}

static void ask_memory_and_communication(uint64_t self)
{
    const struct row rows[] = {
        {TR_NR_memory_allocate, EVERYONE, {1, 0, TR_READ}},
        {TR_NR_memory_release, EVERYONE, {4096, 1}},
        {TR_NR_memory_protect, EVERYONE, {4096, 1, TR_READ}},
        {TR_NR_memory_clear, EVERYONE, {4096, 4096}},
        {TR_NR_memory_info, EVERYONE, {OUT}},
        {TR_NR_message_send, EVERYONE, {self, OUT, 8, 0}},
        {TR_NR_message_read, EVERYONE, {NOBODY, OUT, 8}},
        {TR_NR_message_discard, EVERYONE, {NOBODY}},
        {TR_NR_message_call, EVERYONE, {self, OUT, 8, OUT, 8, 0}},
        {TR_NR_message_reply, EVERYONE, {NOBODY, OUT, 8}},
        {TR_NR_message_reply_wait, EVERYONE, {NOBODY, OUT, 8, OUT, OUT, 8}},
        {TR_NR_message_accept, EVERYONE, {7}},
        {TR_NR_pipe_create, EVERYONE, {OUT}},
        {TR_NR_pipe_join, EVERYONE, {NOBODY, 1}},
        {TR_NR_pipe_read, EVERYONE, {NOBODY, OUT, 8, 0}},
        {TR_NR_pipe_write, EVERYONE, {NOBODY, OUT, 8, 0}},
        {TR_NR_pipe_info, EVERYONE, {NOBODY, OUT}},
        {TR_NR_pipe_release, EVERYONE, {NOBODY}},
        {TR_NR_shared_create, EVERYONE, {1, TR_READ, 0, OUT, OUT + 8}},
        {TR_NR_shared_join, EVERYONE, {NOBODY, 1, 0, TR_READ, OUT}},
        {TR_NR_shared_info, EVERYONE, {NOBODY, OUT}},
        {TR_NR_shared_release, EVERYONE, {NOBODY}},
        {TR_NR_shared_seal, EVERYONE, {NOBODY}},
        {TR_NR_shared_supply, NOT_THERE, {NOBODY, 0, 4096}},
        {TR_NR_event_poll, EVERYONE, {OUT}},
        {TR_NR_event_wait, EVERYONE, {OUT, 0}},
        {TR_NR_event_take, EVERYONE, {OUT, 1, 0}},
    };

    ask_all(rows, sizeof rows / sizeof rows[0]);
}

static void ask_hardware_and_system(uint64_t self)
{
    const struct row rows[] = {
        {TR_NR_port_claim, DRIVER, {0xe80, 1}},
        {TR_NR_port_in, DRIVER, {0xe80, 1}},
        {TR_NR_port_out, DRIVER, {0xe80, 1, 0}},
        {TR_NR_port_in_string, DRIVER, {0xe80, 1, OUT, 1}},
        {TR_NR_port_out_string, DRIVER, {0xe80, 1, OUT, 1}},
        {TR_NR_port_release, DRIVER, {0xe80, 1}},
        {TR_NR_irq_listen, DRIVER, {9, 0}},
        {TR_NR_irq_acknowledge, DRIVER, {9}},
        {TR_NR_irq_ignore, DRIVER, {9}},
        {TR_NR_physical_map, DRIVER, {0xb8000, 0, 0}},
        {TR_NR_dma_allocate, DRIVER, {0, 0, 0, OUT}},
        {TR_NR_physical_of, DRIVER, {4096}},
        {TR_NR_vm86_enter, DRIVER, {OUT, 0x80}},
        {TR_NR_device_create, DRIVER, {TEXT("rights"), 0, 0}},
        {TR_NR_device_destroy, EVERYONE, {NOBODY}},
        {TR_NR_device_find, EVERYONE, {TEXT("nothing"), OUT}},
        {TR_NR_device_info, EVERYONE, {NOBODY, OUT}},
        {TR_NR_device_next, EVERYONE, {NOBODY, OUT}},
        {TR_NR_device_expose, EVERYONE, {NOBODY, TR_DRIVER}},
        {TR_NR_device_watch, EVERYONE, {TEXT("rights"), 0}},
        {TR_NR_device_unwatch, EVERYONE, {TEXT("rights")}},
        {TR_NR_device_open, EVERYONE, {NOBODY, 0}},
        {TR_NR_device_close, EVERYONE, {NOBODY}},
        {TR_NR_device_holder, EVERYONE, {NOBODY, self}},
        {TR_NR_log, EVERYONE, {OUT, 0}},
        {TR_NR_clock, EVERYONE, {0}},
        {TR_NR_timer_set, EVERYONE, {TR_FOREVER, 1}},
        {TR_NR_timer_cancel, EVERYONE, {1}},
        {TR_NR_random, EVERYONE, {OUT, 8}},
        {TR_NR_system_info, EVERYONE, {OUT}},
        {TR_NR_system_stop, NO_APPLICATION, {77, 0, 0}},
        {TR_NR_system_saved, EVERYONE, {0}},
        {TR_NR_boot_module, NO_APPLICATION, {NOBODY, OUT}},
        {TR_NR_symbol_find, EVERYONE, {TEXT("tr_log")}},
    };

    ask_all(rows, sizeof rows / sizeof rows[0]);
}

static void every_call_by_this_class(void)
{
    const uint64_t other = check_start(TR_APPLICATION, "other", check_sleeper, 0);
    const struct row last = {TR_NR_process_terminate, NO_APPLICATION, {other, 0}};
    struct tr_thread_info thread;

    memset(asked, 0, sizeof asked);
    CHECK(tr_thread_next(other, 0, &thread) > 0);
    ask_processes_and_threads(other, thread.tid);
    ask_memory_and_communication(check_self());
    ask_hardware_and_system(check_self());
    ask_all(&last, 1);
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        bool is_elsewhere = calls[i] == TR_NR_process_exit || calls[i] == TR_NR_thread_exit ||
                            calls[i] == TR_NR_system_reboot;
        CHECK_IS(asked[calls[i]], !is_elsewhere);
    }
}

/* Only where it is refused: elsewhere it would stop the machine. */
static void rebooting_is_refused(void)
{
    CHECK_IS(tr_system_reboot(0), TR_E_PERM);
    CHECK_IS(tr_system_stop(TR_STOP_HALT, 0, 0), TR_E_PERM);
}

/* Own process and own threads: no class is asked. */
static int64_t ends_its_thread(uint64_t unused)
{
    (void)unused;
    (void)tr_thread_terminate(check_self(), (uint64_t)tr_thread_self(), 6);
    return 1;
}

static void everyone_may_act_on_itself(void)
{
    struct tr_event event;
    int64_t tid = tr_thread_create(ends_its_thread, 0, check_stack(), TR_THREAD_NOTIFY);

    CHECK(tid > 0);
    check_event_kind(&event, TR_EVENT_THREAD_EXIT, __LINE__);
    CHECK_IS(event.size, 6);
    uint64_t sleeper = check_thread(check_sleeper, 0);
    CHECK_IS(tr_thread_suspend(check_self(), sleeper), 0);
    CHECK_IS(tr_thread_resume(check_self(), sleeper), 0);
    CHECK_IS(tr_thread_terminate(check_self(), sleeper, 0), 0);
    CHECK_IS(tr_process_resume(check_self()), 0);
}

/* ---- Spawning: who may what, asked with an image that is refused after the rights ---- */

struct spawning {
    uint32_t process_class, flags;
    const char *name;
    uint32_t may;
};

static void every_kind_of_child_by_this_class(void)
{
    const struct spawning rows[] = {
        {TR_DRIVER, 0, "x", 3},
        {TR_SERVER, 0, "x", 7},
        {TR_APPLICATION, 0, "x", 15},
        {TR_SERVER, TR_SPAWN_MANAGER, "x", 3},
        {TR_DRIVER, 0, "log", 3},
        {TR_SERVER, 0, "log", 7},
        {TR_APPLICATION, 0, "log", 7},
        {TR_APPLICATION, 0, "logs", 15},
        {TR_APPLICATION, TR_SPAWN_NO_SPAWN | TR_SPAWN_WATCH | TR_SPAWN_SUSPENDED, "x", 15},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct tr_spawn spawn = broken;
        spawn.process_class = rows[i].process_class;
        spawn.flags = rows[i].flags;
        spawn.name = rows[i].name;
        bool may = (rows[i].may & bit_of_caller()) != 0;
        CHECK_IS(tr_process_spawn(&spawn), may ? TR_E_NOEXEC : TR_E_PERM);
    }
}

/* What may not be is refused before the image is looked at: whatever image there is. */
static void a_class_that_may_not_be_spawned_is_refused_first(void)
{
    struct tr_spawn spawn = broken;

    spawn.process_class = TR_SERVER;
    spawn.image = (const void *)(uintptr_t)8;
    CHECK_IS(tr_process_spawn(&spawn), TR_E_PERM);
    spawn.argument_size = TR_ARGUMENT_MAX + 1;
    CHECK_IS(tr_process_spawn(&spawn), TR_E_PERM);
    spawn.process_class = TR_APPLICATION;
    CHECK_IS(tr_process_spawn(&spawn), TR_E_TOOBIG);
    spawn.argument_size = 0;
    CHECK_IS(tr_process_spawn(&spawn), TR_E_FAULT);
}

/* ---- Dropping, cell by cell ---- */

static int64_t drops_to(uint64_t process_class)
{
    struct tr_process_info before, after;

    CHECK(tr_process_self(&before) > 0);
    int64_t result = tr_process_drop_class((uint32_t)process_class);
    CHECK(tr_process_self(&after) > 0);
    CHECK_IS(after.flags & TR_SPAWN_MANAGER,
             result == 0 && process_class >= TR_SERVER ? 0 : before.flags & TR_SPAWN_MANAGER);
    CHECK_IS(after.process_class, result == 0 ? process_class : before.process_class);
    return result;
}

static void every_drop_from_every_class(void)
{
    const struct {
        uint32_t process_class, flags, lowest; /* what it is, and the least it may drop to */
    } rows[] = {{TR_DRIVER, 0, TR_DRIVER},
                {TR_SERVER, TR_SPAWN_MANAGER, TR_SERVER},
                {TR_SERVER, 0, TR_SERVER},
                {TR_APPLICATION, 0, TR_APPLICATION}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (uint32_t to = TR_DRIVER; to <= TR_KERNEL; to++) {
            struct tr_event event;
            (void)check_start_with(rows[i].process_class, "drops", drops_to, to,
                                   rows[i].flags | TR_SPAWN_WATCH);
            do {
                check_event(&event);
            } while (event.kind != TR_EVENT_PROCESS_EXIT);
            int64_t wanted = to < rows[i].lowest ? TR_E_PERM : to == TR_KERNEL ? TR_E_INVAL : 0;
            CHECK_IS(event.size, wanted);
        }
    }
}

#define EVERY_CLASS(name)                                                                          \
    CHECK_ROW(TR_DRIVER, name), CHECK_ROW_FLAGS(TR_SERVER, name, TR_SPAWN_MANAGER),                \
        CHECK_ROW(TR_SERVER, name), CHECK_ROW(TR_APPLICATION, name)

const struct check_case check_cases[] = {
    EVERY_CLASS(every_call_by_this_class),
    CHECK_ROW(TR_APPLICATION, rebooting_is_refused),
    EVERY_CLASS(everyone_may_act_on_itself),
    EVERY_CLASS(every_kind_of_child_by_this_class),
    CHECK_ROW_PROGRAM(TR_APPLICATION, a_class_that_may_not_be_spawned_is_refused_first),
    CHECK_ROW(TR_DRIVER, every_drop_from_every_class),
    CHECK_END,
};
