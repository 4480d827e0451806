/* SPDX-License-Identifier: MIT */
/* interface.md 2: classes and the rights table, cell by cell. Each case asks with the call itself;
 * PERM means "may not", anything else that the class was allowed to ask. */

#include "check.h"

const char check_section[] = "classes";

static uint32_t own_class(void)
{
    struct tr_process_info info;

    CHECK(tr_process_self(&info) > 0);
    return info.process_class;
}

/* ---- Ports, lines, physical memory, devices ---- */

static void hardware_is_refused(void)
{
    uint64_t word = 0;

    CHECK_IS(tr_port_claim(0x80, 1), TR_E_PERM);
    CHECK_IS(tr_port_release(0x80, 1), TR_E_PERM);
    CHECK_IS(tr_port_in(0x80, 1), TR_E_PERM);
    CHECK_IS(tr_port_out(0x80, 1, 0), TR_E_PERM);
    CHECK_IS(tr_port_in_string(0x80, 1, &word, 1), TR_E_PERM);
    CHECK_IS(tr_port_out_string(0x80, 1, &word, 1), TR_E_PERM);
    CHECK_IS(tr_irq_listen(5, 0), TR_E_PERM);
    CHECK_IS(tr_irq_acknowledge(5), TR_E_PERM);
    CHECK_IS(tr_irq_ignore(5), TR_E_PERM);
    CHECK_IS(tr_physical_map(0xb8000, 1, 0), TR_E_PERM);
    CHECK_IS(tr_dma_allocate(1, 0, 0, &(struct tr_dma){0}), TR_E_PERM);
    CHECK_IS(tr_physical_of(4096), TR_E_PERM);
    CHECK_IS(tr_vm86_enter(&(struct tr_vm86){0}, 0), TR_E_PERM);
    CHECK_IS(tr_device_create("x", 0, 0), TR_E_PERM);
}

static void hardware_is_granted(void)
{
    CHECK_IS(tr_port_claim(0x80, 1), 0);
    CHECK_IS(tr_port_release(0x80, 1), 0);
    CHECK_IS(tr_irq_listen(5, 0), 0);
    CHECK_IS(tr_irq_ignore(5), 0);
    CHECK(tr_device_create("x", 0, 0) > 0);
}

/* ---- Terminate, suspend, resume ---- */

static void others_may_be_ended_and_suspended(void)
{
    struct tr_thread_info thread;
    uint64_t pid = check_start(TR_APPLICATION, "victim", check_sleeper, 0);

    check_settle();
    CHECK_IS(tr_process_suspend(pid), 0);
    CHECK_IS(tr_process_resume(pid), 0);
    CHECK(tr_thread_next(pid, 0, &thread) > 0);
    CHECK_IS(tr_thread_suspend(pid, thread.tid), 0);
    CHECK_IS(tr_thread_resume(pid, thread.tid), 0);
    CHECK_IS(tr_process_terminate(pid, 3), 0);
    pid = check_start(TR_APPLICATION, "victim", check_sleeper, 0);
    CHECK(tr_thread_next(pid, 0, &thread) > 0);
    CHECK_IS(tr_thread_terminate(pid, thread.tid, 3), 0);
    CHECK_IS(tr_process_info(pid, &(struct tr_process_info){0}), TR_E_NOENT);
}

static void others_may_not_be_ended_or_suspended(void)
{
    struct tr_thread_info thread;
    uint64_t pid = check_start(TR_APPLICATION, "victim", check_sleeper, 0);

    check_settle();
    CHECK_IS(tr_process_terminate(pid, 3), TR_E_PERM);
    CHECK_IS(tr_process_suspend(pid), TR_E_PERM);
    CHECK_IS(tr_process_resume(pid), TR_E_PERM);
    CHECK(tr_thread_next(pid, 0, &thread) > 0);
    CHECK_IS(tr_thread_terminate(pid, thread.tid, 3), TR_E_PERM);
    CHECK_IS(tr_thread_suspend(pid, thread.tid), TR_E_PERM);
    CHECK_IS(tr_thread_resume(pid, thread.tid), TR_E_PERM);
}

/* ---- Stopping the machine ---- */

static void stopping_is_refused(void)
{
    CHECK_IS(tr_system_stop(TR_STOP_HALT, 0, 0), TR_E_PERM);
    CHECK_IS(tr_system_reboot(0), TR_E_PERM);
    CHECK_IS(tr_boot_module(0, &(struct tr_boot_module){0}), TR_E_PERM);
}

static void stopping_is_granted(void)
{
    CHECK_IS(tr_boot_module(1000, &(struct tr_boot_module){0}), TR_E_NOENT);
    CHECK_IS(tr_system_stop(77, 0, 0), TR_E_INVAL);
}

/* ---- Spawning a class: asked with a broken image, which is looked at after the class ---- */

static int64_t spawn_answer(uint32_t process_class, uint32_t flags, const char *name)
{
    static const char image[64];
    const struct tr_spawn spawn = {.image = image,
                                   .image_size = sizeof image,
                                   .name = name,
                                   .process_class = process_class,
                                   .flags = flags};

    return tr_process_spawn(&spawn);
}

static void a_driver_spawns_every_class(void)
{
    CHECK_IS(spawn_answer(TR_DRIVER, 0, "x"), TR_E_NOEXEC);
    CHECK_IS(spawn_answer(TR_SERVER, 0, "x"), TR_E_NOEXEC);
    CHECK_IS(spawn_answer(TR_APPLICATION, 0, "x"), TR_E_NOEXEC);
    CHECK_IS(spawn_answer(TR_SERVER, TR_SPAWN_MANAGER, "x"), TR_E_NOEXEC);
    CHECK_IS(spawn_answer(TR_APPLICATION, 0, "log"), TR_E_NOEXEC);
}

static void a_manager_spawns_every_class(void)
{
    a_driver_spawns_every_class();
}

static void a_server_spawns_servers_and_applications(void)
{
    CHECK_IS(spawn_answer(TR_DRIVER, 0, "x"), TR_E_PERM);
    CHECK_IS(spawn_answer(TR_SERVER, 0, "x"), TR_E_NOEXEC);
    CHECK_IS(spawn_answer(TR_APPLICATION, 0, "x"), TR_E_NOEXEC);
    CHECK_IS(spawn_answer(TR_SERVER, TR_SPAWN_MANAGER, "x"), TR_E_PERM);
    CHECK_IS(spawn_answer(TR_APPLICATION, 0, "log"), TR_E_NOEXEC);
}

static void an_application_spawns_applications(void)
{
    CHECK_IS(spawn_answer(TR_DRIVER, 0, "x"), TR_E_PERM);
    CHECK_IS(spawn_answer(TR_SERVER, 0, "x"), TR_E_PERM);
    CHECK_IS(spawn_answer(TR_APPLICATION, 0, "x"), TR_E_NOEXEC);
    CHECK_IS(spawn_answer(TR_SERVER, TR_SPAWN_MANAGER, "x"), TR_E_PERM);
    CHECK_IS(spawn_answer(TR_APPLICATION, 0, "log"), TR_E_PERM);
}

static void bad_classes_are_invalid(void)
{
    CHECK_IS(spawn_answer(TR_KERNEL, 0, "x"), TR_E_INVAL);
    CHECK_IS(spawn_answer(4, 0, "x"), TR_E_INVAL);
    CHECK_IS(spawn_answer(UINT32_MAX, 0, "x"), TR_E_INVAL);
    CHECK_IS(spawn_answer(TR_APPLICATION, TR_SPAWN_MANAGER, "x"), TR_E_INVAL);
    CHECK_IS(spawn_answer(TR_DRIVER, TR_SPAWN_MANAGER, "x"), TR_E_INVAL);
}

/* ---- Everyone ---- */

static void everyone_may_do_the_ordinary_things(void)
{
    struct tr_event event;
    uint64_t key = 0, va = 0;

    CHECK(tr_message_send(check_self(), "x", 1, 0) > 0);
    CHECK_IS(tr_event_wait(&event, 0), 1);
    CHECK(tr_pipe_create(&key) > 0);
    CHECK(tr_shared_create(1, TR_READ, 0, &key, &va) > 0);
    CHECK(tr_memory_allocate(1, 0, TR_READ) > 0);
    CHECK(tr_process_find("d\\nobody", 0) == TR_E_NOENT);
    CHECK_IS(tr_device_find("nothing", NULL), TR_E_NOENT);
    CHECK_IS(tr_device_open(77, 0), TR_E_NOENT);
    CHECK_IS(tr_log("x", 1), 0);
}

/* ---- Names ---- */

static void names_carry_the_class(void)
{
    struct tr_process_info info;
    uint64_t server = check_start(TR_SERVER, "thing", check_sleeper, 0);
    uint64_t application = check_start(TR_APPLICATION, "thing", check_sleeper, 0);
    uint64_t driver = check_start(TR_DRIVER, "thing", check_sleeper, 0);

    CHECK_IS(tr_process_info(server, &info), 0);
    CHECK(check_equal(info.name, "s\\thing"));
    CHECK_IS(tr_process_info(application, &info), 0);
    CHECK(check_equal(info.name, "a\\thing"));
    CHECK_IS(tr_process_info(driver, &info), 0);
    CHECK(check_equal(info.name, "d\\thing"));
}

static void names_are_not_unique(void)
{
    uint64_t first = check_start(TR_APPLICATION, "twin", check_sleeper, 0);
    uint64_t second = check_start(TR_APPLICATION, "twin", check_sleeper, 0);

    CHECK_IS(tr_process_find("a\\twin", 0), first);
    CHECK_IS(tr_process_find("a\\twin", first), second);
    CHECK_IS(tr_process_find("a\\twin", second), TR_E_NOENT);
    CHECK_IS(tr_process_find("s\\twin", 0), TR_E_NOENT);
    CHECK_IS(tr_process_find("twin", 0), TR_E_NOENT);
}

/* ---- Dropping ---- */

static void a_driver_drops_to_server_and_application(void)
{
    struct tr_process_info info;

    CHECK_IS(tr_process_drop_class(TR_DRIVER), 0);
    CHECK_IS(tr_process_drop_class(TR_SERVER), 0);
    CHECK_IS(own_class(), TR_SERVER);
    CHECK_IS(tr_process_drop_class(TR_DRIVER), TR_E_PERM);
    CHECK_IS(tr_process_drop_class(TR_APPLICATION), 0);
    CHECK(tr_process_self(&info) > 0);
    CHECK(check_equal(info.name, "a\\case"));
    CHECK_IS(tr_process_drop_class(TR_SERVER), TR_E_PERM);
    CHECK_IS(tr_process_drop_class(TR_DRIVER), TR_E_PERM);
    CHECK_IS(own_class(), TR_APPLICATION);
}

static void dropping_to_no_class_is_invalid(void)
{
    CHECK_IS(tr_process_drop_class(TR_KERNEL), TR_E_INVAL);
    CHECK_IS(tr_process_drop_class(9), TR_E_INVAL);
    CHECK_IS(own_class(), TR_DRIVER);
}

static void a_manager_dropped_to_its_class_is_plain(void)
{
    struct tr_process_info info;

    CHECK(tr_process_self(&info) > 0);
    CHECK((info.flags & TR_SPAWN_MANAGER) != 0);
    CHECK_IS(tr_process_drop_class(TR_SERVER), 0);
    CHECK(tr_process_self(&info) > 0);
    CHECK((info.flags & TR_SPAWN_MANAGER) == 0);
    CHECK_IS(spawn_answer(TR_DRIVER, 0, "x"), TR_E_PERM);
}

static void dropping_releases_hardware(void)
{
    CHECK_IS(tr_port_claim(0x80, 4), 0);
    CHECK_IS(tr_irq_listen(5, 1), 0);
    CHECK(tr_device_create("gone", 0, 0) > 0);
    CHECK_IS(tr_process_drop_class(TR_SERVER), 0);
    CHECK_IS(tr_device_find("gone", NULL), TR_E_NOENT);
    CHECK_IS(tr_port_in(0x80, 1), TR_E_PERM);
    uint64_t other = check_start(TR_SERVER, "other", check_exit, 0);
    CHECK(other > 0);
}

static int64_t claim_what_was_dropped(uint64_t parent)
{
    (void)tr_message_call(parent, NULL, 0, NULL, 0, TR_FOREVER);
    CHECK_IS(tr_port_claim(0x80, 4), 0);
    CHECK_IS(tr_irq_listen(5, 1), 0);
    return 4711;
}

static void what_was_dropped_is_free_for_others(void)
{
    struct tr_event event;
    uint64_t other = check_start(TR_DRIVER, "other", claim_what_was_dropped, check_self());

    CHECK_IS(tr_port_claim(0x80, 4), 0);
    CHECK_IS(tr_irq_listen(5, 1), 0);
    check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
    CHECK_IS(tr_process_drop_class(TR_APPLICATION), 0);
    CHECK_IS(tr_message_reply(event.object, NULL, 0), 0);
    check_end_of(other, &event);
    CHECK(event.size == 4711 || event.size == 0);
}

static int64_t drop_when_told(uint64_t unused)
{
    struct tr_event event;

    (void)unused;
    CHECK_IS(tr_event_wait(&event, TR_FOREVER), 1);
    CHECK_IS(tr_process_drop_class(TR_APPLICATION), 0);
    return check_sleeper(0);
}

static void watchers_are_told_of_a_drop(void)
{
    struct tr_event event;
    struct tr_process_info info;
    uint64_t pid = check_start(TR_SERVER, "falls", drop_when_told, 0);

    CHECK_IS(tr_process_watch(pid, 99), 0);
    CHECK(tr_message_send(pid, "x", 1, 0) > 0);
    check_event_kind(&event, TR_EVENT_CLASS_CHANGED, __LINE__);
    CHECK_IS(event.object, pid);
    CHECK_IS(event.source_class, TR_APPLICATION);
    CHECK_IS(event.cookie, 99);
    CHECK_IS(event.count, 1);
    CHECK_IS(tr_process_info(pid, &info), 0);
    CHECK(check_equal(info.name, "a\\falls"));
    CHECK_IS(tr_process_find("s\\falls", 0), TR_E_NOENT);
}

static int64_t send_then_drop(uint64_t receiver)
{
    CHECK(tr_message_send(receiver, "x", 1, 1) > 0);
    CHECK_IS(tr_process_drop_class(TR_APPLICATION), 0);
    CHECK(tr_message_send(receiver, "y", 1, 2) > 0);
    return 0;
}

static void what_was_sent_keeps_its_stamp(void)
{
    struct tr_event event;

    (void)check_start(TR_SERVER, "sender", send_then_drop, check_self());
    check_settle();
    check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
    CHECK_IS(event.source_class, TR_SERVER);
    check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
    CHECK_IS(event.source_class, TR_APPLICATION);
}

const struct check_case check_cases[] = {
    CHECK_ROW(TR_DRIVER, hardware_is_granted),
    CHECK_ROW_FLAGS(TR_SERVER, hardware_is_refused, TR_SPAWN_MANAGER),
    CHECK_ROW(TR_SERVER, hardware_is_refused),
    CHECK_ROW(TR_APPLICATION, hardware_is_refused),
    CHECK_ROW(TR_DRIVER, others_may_be_ended_and_suspended),
    CHECK_ROW_FLAGS(TR_SERVER, others_may_be_ended_and_suspended, TR_SPAWN_MANAGER),
    CHECK_ROW(TR_SERVER, others_may_be_ended_and_suspended),
    CHECK_ROW(TR_APPLICATION, others_may_not_be_ended_or_suspended),
    CHECK_ROW(TR_DRIVER, stopping_is_granted),
    CHECK_ROW_FLAGS(TR_SERVER, stopping_is_granted, TR_SPAWN_MANAGER),
    CHECK_ROW(TR_SERVER, stopping_is_granted),
    CHECK_ROW(TR_APPLICATION, stopping_is_refused),
    CHECK_ROW(TR_DRIVER, a_driver_spawns_every_class),
    CHECK_ROW_FLAGS(TR_SERVER, a_manager_spawns_every_class, TR_SPAWN_MANAGER),
    CHECK_ROW(TR_SERVER, a_server_spawns_servers_and_applications),
    CHECK_ROW(TR_APPLICATION, an_application_spawns_applications),
    CHECK_ROW(TR_DRIVER, bad_classes_are_invalid),
    CHECK_ROW(TR_DRIVER, everyone_may_do_the_ordinary_things),
    CHECK_ROW_FLAGS(TR_SERVER, everyone_may_do_the_ordinary_things, TR_SPAWN_MANAGER),
    CHECK_ROW(TR_SERVER, everyone_may_do_the_ordinary_things),
    CHECK_ROW(TR_APPLICATION, everyone_may_do_the_ordinary_things),
    CHECK_ROW(TR_DRIVER, names_carry_the_class),
    CHECK_ROW(TR_APPLICATION, names_are_not_unique),
    CHECK_ROW(TR_DRIVER, a_driver_drops_to_server_and_application),
    CHECK_ROW(TR_DRIVER, dropping_to_no_class_is_invalid),
    CHECK_ROW_FLAGS(TR_SERVER, a_manager_dropped_to_its_class_is_plain, TR_SPAWN_MANAGER),
    CHECK_ROW(TR_DRIVER, dropping_releases_hardware),
    CHECK_ROW(TR_DRIVER, what_was_dropped_is_free_for_others),
    CHECK_ROW(TR_DRIVER, watchers_are_told_of_a_drop),
    CHECK_ROW(TR_SERVER, what_was_sent_keeps_its_stamp),
    CHECK_END,
};
