/* SPDX-License-Identifier: MIT */
/* interface.md 3: processes. The calls that fill blank processes come with their own issue. */

#include "check.h"

const char check_section[] = "processes";

static void self_tells_pid_and_facts(void)
{
    struct tr_process_info info;

    CHECK_IS(tr_process_self(&info), info.pid);
    CHECK_IS(tr_process_self(NULL), info.pid);
    CHECK_IS(info.process_class, TR_APPLICATION);
    CHECK_IS(info.state, TR_RUNNING);
    CHECK_IS(info.reserved, 0);
    CHECK_IS(info.threads, 1);
    CHECK_IS(info.flags, 0);
    CHECK_IS(info.messages_queued, 0);
    CHECK(info.highest > info.lowest);
    CHECK(check_equal(info.name, "a\\case"));
}

static void a_child_knows_its_parent(void)
{
    struct tr_process_info info;
    uint64_t pid = check_start(TR_APPLICATION, "child", check_sleeper, 0);

    CHECK_IS(tr_process_info(pid, &info), 0);
    CHECK_IS(info.pid, pid);
    CHECK_IS(info.parent, check_self());
}

static void an_exit_code_reaches_the_watcher(void)
{
    struct tr_event event;
    uint64_t pid = check_start(TR_APPLICATION, "ends", check_exit, 41);

    CHECK_IS(tr_process_watch(pid, 5), 0);
    check_event_kind(&event, TR_EVENT_PROCESS_EXIT, __LINE__);
    CHECK_IS(event.object, pid);
    CHECK_IS(event.size, 41);
    CHECK_IS(event.cookie, 5);
    CHECK_IS(event.flags, TR_EVENT_EXITED);
    CHECK_IS(event.source_pid, pid);
    CHECK_IS(event.count, 1);
    CHECK_IS(event.account, 0);
}

static int64_t exit_minus_9(uint64_t unused)
{
    (void)unused;
    tr_process_exit(-9);
}

static void an_exit_code_may_be_negative(void)
{
    struct tr_event event;
    uint64_t pid = check_start(TR_APPLICATION, "ends", exit_minus_9, 0);

    CHECK_IS(tr_process_watch(pid, 5), 0);
    check_event_kind(&event, TR_EVENT_PROCESS_EXIT, __LINE__);
    CHECK_IS(event.size, -9);
    CHECK_IS(event.flags, TR_EVENT_EXITED);
}

static void terminate_ends_at_once(void)
{
    struct tr_event event;
    uint64_t pid = check_start(TR_APPLICATION, "victim", check_sleeper, 0);

    CHECK_IS(tr_process_watch(pid, 5), 0);
    CHECK_IS(tr_process_terminate(pid, 12), 0);
    CHECK_IS(tr_process_info(pid, &(struct tr_process_info){0}), TR_E_NOENT);
    CHECK_IS(tr_event_wait(&event, 0), 1);
    CHECK_IS(event.kind, TR_EVENT_PROCESS_EXIT);
    CHECK_IS(event.flags, TR_EVENT_KILLED);
    CHECK_IS(event.size, 12);
    CHECK_IS(event.source_pid, check_self());
    CHECK_IS(tr_process_terminate(pid, 12), TR_E_NOENT);
}

static void terminate_ends_the_suspended(void)
{
    uint64_t pid = check_start(TR_APPLICATION, "victim", check_sleeper, 0);

    check_settle();
    CHECK_IS(tr_process_suspend(pid), 0);
    CHECK_IS(tr_process_terminate(pid, 0), 0);
    CHECK_IS(tr_process_info(pid, &(struct tr_process_info){0}), TR_E_NOENT);
}

static int64_t terminate_self(uint64_t unused)
{
    (void)unused;
    (void)tr_process_terminate(check_self(), 33);
    return 1;
}

static void terminating_oneself_is_an_exit(void)
{
    struct tr_event event;
    uint64_t pid = check_start(TR_APPLICATION, "ends", terminate_self, 0);

    CHECK_IS(tr_process_watch(pid, 0), 0);
    check_event_kind(&event, TR_EVENT_PROCESS_EXIT, __LINE__);
    CHECK_IS(event.flags, TR_EVENT_EXITED);
    CHECK_IS(event.size, 33);
}

/* Answers calls with the number it has counted, so that one sees whether it runs. */
static int64_t counter(uint64_t parent)
{
    (void)tr_message_send(parent, "t", 1, 0);
    while (tr_thread_sleep((uint64_t)tr_clock() + 1000000) >= 0) {
        (void)tr_message_send(parent, "t", 1, 0);
    }
    return 0;
}

static uint64_t drain(void)
{
    struct tr_event event;
    uint64_t count = 0;

    while (tr_event_poll(&event) == 1) {
        count += event.kind == TR_EVENT_MESSAGE;
        (void)tr_message_discard(event.object);
    }
    return count;
}

static void a_suspended_process_does_not_run(void)
{
    uint64_t pid = check_start(TR_SERVER, "ticks", counter, check_self());

    check_settle();
    CHECK(drain() > 1);
    CHECK_IS(tr_process_suspend(pid), 0);
    check_settle();
    CHECK_IS(drain(), 0);
    CHECK_IS(tr_process_resume(pid), 0);
    check_settle();
    CHECK(drain() > 1);
}

static void suspension_is_a_state_not_a_counter(void)
{
    struct tr_process_info info;
    uint64_t pid = check_start(TR_SERVER, "ticks", counter, check_self());

    CHECK_IS(tr_process_suspend(pid), 0);
    CHECK_IS(tr_process_suspend(pid), 0);
    CHECK_IS(tr_process_info(pid, &info), 0);
    CHECK_IS(info.state, TR_SUSPENDED);
    CHECK_IS(tr_process_resume(pid), 0);
    CHECK_IS(tr_process_info(pid, &info), 0);
    CHECK(info.state != TR_SUSPENDED);
    CHECK_IS(tr_process_resume(pid), 0);
}

static int64_t suspend_self(uint64_t parent)
{
    (void)tr_message_send(parent, "a", 1, 0);
    CHECK_IS(tr_process_suspend(check_self()), 0);
    (void)tr_message_send(parent, "b", 1, 0);
    return 0;
}

static void any_class_may_suspend_itself(void)
{
    struct tr_process_info info;
    uint64_t pid = check_start(TR_APPLICATION, "stops", suspend_self, check_self());

    check_settle();
    CHECK_IS(drain(), 1);
    CHECK_IS(tr_process_info(pid, &info), 0);
    CHECK_IS(info.state, TR_SUSPENDED);
    CHECK_IS(tr_process_resume(pid), 0);
    check_settle();
    CHECK_IS(drain(), 1);
}

static void a_child_may_start_suspended(void)
{
    struct tr_process_info info;
    uint64_t pid =
        check_start_with(TR_APPLICATION, "waits", suspend_self, check_self(), TR_SPAWN_SUSPENDED);

    check_settle();
    CHECK_IS(drain(), 0);
    CHECK_IS(tr_process_info(pid, &info), 0);
    CHECK_IS(info.state, TR_SUSPENDED);
    CHECK_IS(tr_process_resume(pid), 0);
    check_settle();
    CHECK_IS(drain(), 1);
    CHECK_IS(tr_process_resume(pid), TR_E_PERM);
}

static void restrict_forbids_spawning_for_good(void)
{
    static const char image[64];
    struct tr_process_info info;
    const struct tr_spawn spawn = {
        .image = image, .image_size = 64, .name = "x", .process_class = TR_APPLICATION};

    CHECK_IS(tr_process_spawn(&spawn), TR_E_NOEXEC);
    CHECK_IS(tr_process_restrict(TR_SPAWN_NO_SPAWN), 0);
    CHECK_IS(tr_process_spawn(&spawn), TR_E_PERM);
    CHECK(tr_process_self(&info) > 0);
    CHECK((info.flags & TR_SPAWN_NO_SPAWN) != 0);
    CHECK_IS(tr_process_restrict(0), 0);
    CHECK_IS(tr_process_spawn(&spawn), TR_E_PERM);
    CHECK_IS(tr_process_restrict(TR_SPAWN_WATCH), TR_E_INVAL);
}

static void next_lists_every_live_process_once(void)
{
    struct tr_process_info info;
    uint64_t first = check_start(TR_APPLICATION, "one", check_sleeper, 0);
    uint64_t second = check_start(TR_APPLICATION, "two", check_sleeper, 0);
    uint64_t after = 0, seen = 0;
    int64_t pid;

    while ((pid = tr_process_next(after, &info)) > 0) {
        CHECK((uint64_t)pid > after);
        CHECK_IS(info.pid, pid);
        after = (uint64_t)pid;
        seen += after == first || after == second || after == check_self();
    }
    CHECK_IS(pid, TR_E_NOENT);
    CHECK_IS(seen, 3);
    CHECK_IS(tr_process_next(UINT64_MAX, &info), TR_E_NOENT);
}

static void find_starts_after_a_pid_that_need_not_live(void)
{
    struct tr_event event;
    uint64_t gone = check_start(TR_APPLICATION, "same", check_exit, 0);
    check_end_of(gone, &event);
    uint64_t pid = check_start(TR_APPLICATION, "same", check_sleeper, 0);

    CHECK_IS(tr_process_find("a\\same", 0), pid);
    CHECK_IS(tr_process_find("a\\same", gone), pid);
    CHECK_IS(tr_process_find("a\\same", pid), TR_E_NOENT);
}

static void a_watch_on_the_gone_fires_at_once(void)
{
    struct tr_event event;
    uint64_t pid = check_start(TR_APPLICATION, "ends", check_exit, 3);
    check_end_of(pid, &event);

    CHECK_IS(tr_process_watch(pid, 8), 0);
    CHECK_IS(tr_event_wait(&event, 0), 1);
    CHECK_IS(event.kind, TR_EVENT_PROCESS_EXIT);
    CHECK_IS(event.object, pid);
    CHECK_IS(event.cookie, 8);
    CHECK_IS(event.flags, 0);
    CHECK_IS(event.size, 0);
}

static void a_watch_on_what_never_was_is_noent(void)
{
    CHECK_IS(tr_process_watch(1000000, 0), TR_E_NOENT);
    CHECK_IS(tr_process_watch(0, 0), TR_E_NOENT);
}

static void watching_oneself_is_invalid(void)
{
    CHECK_IS(tr_process_watch(check_self(), 0), TR_E_INVAL);
}

static void watching_again_replaces_the_cookie(void)
{
    struct tr_event event;
    uint64_t pid = check_start(TR_APPLICATION, "victim", check_sleeper, 0);

    CHECK_IS(tr_process_watch(pid, 1), 0);
    CHECK_IS(tr_process_watch(pid, 2), 0);
    CHECK_IS(tr_process_terminate(pid, 0), 0);
    CHECK_IS(tr_event_wait(&event, 0), 1);
    CHECK_IS(event.cookie, 2);
    CHECK_IS(tr_event_wait(&event, 0), TR_E_TIMEDOUT);
}

static void unwatch_removes_the_undelivered_event(void)
{
    struct tr_event event;
    uint64_t pid = check_start(TR_APPLICATION, "victim", check_sleeper, 0);

    CHECK_IS(tr_process_watch(pid, 1), 0);
    CHECK_IS(tr_process_terminate(pid, 0), 0);
    CHECK_IS(tr_process_unwatch(pid), 0);
    CHECK_IS(tr_event_wait(&event, 0), TR_E_TIMEDOUT);
    CHECK_IS(tr_process_unwatch(pid), TR_E_NOENT);
}

static void spawn_watch_watches_from_birth(void)
{
    struct tr_event event;
    uint64_t pid = check_start_with(TR_APPLICATION, "ends", check_exit, 6, TR_SPAWN_WATCH);

    check_event_kind(&event, TR_EVENT_PROCESS_EXIT, __LINE__);
    CHECK_IS(event.object, pid);
    CHECK_IS(event.size, 6);
}

static int64_t call_parent(uint64_t parent)
{
    return tr_message_call(parent, NULL, 0, NULL, 0, TR_FOREVER);
}

static int64_t end_after_one_event(uint64_t unused)
{
    struct tr_event event;

    (void)unused;
    return tr_event_wait(&event, TR_FOREVER);
}

static void sleepers_on_the_ended_get_peer(void)
{
    struct tr_event event;
    uint64_t callee = check_start(TR_APPLICATION, "callee", end_after_one_event, 0);
    uint64_t caller = check_start(TR_APPLICATION, "caller", call_parent, callee);

    CHECK_IS(tr_process_watch(caller, 0), 0);
    check_event_kind(&event, TR_EVENT_PROCESS_EXIT, __LINE__);
    CHECK_IS(event.object, caller);
    CHECK_IS(event.size, TR_E_PEER);
}

static void everything_of_the_ended_is_noent(void)
{
    struct tr_event event;
    struct tr_process_info info;
    struct tr_thread_info thread;
    uint64_t pid = check_start(TR_APPLICATION, "ends", check_exit, 0);
    char byte = 0;

    check_end_of(pid, &event);
    CHECK_IS(tr_process_info(pid, &info), TR_E_NOENT);
    CHECK_IS(tr_process_terminate(pid, 0), TR_E_NOENT);
    CHECK_IS(tr_process_suspend(pid), TR_E_NOENT);
    CHECK_IS(tr_process_resume(pid), TR_E_NOENT);
    CHECK_IS(tr_message_send(pid, &byte, 1, 0), TR_E_NOENT);
    CHECK_IS(tr_thread_next(pid, 0, &thread), TR_E_NOENT);
    CHECK_IS(tr_process_find("a\\ends", 0), TR_E_NOENT);
}

static int64_t parent_of_one(uint64_t unused)
{
    (void)unused;
    (void)check_start(TR_APPLICATION, "orphan", check_sleeper, 0);
    return 0;
}

static void children_live_on_and_keep_the_parents_number(void)
{
    struct tr_event event;
    struct tr_process_info info;
    uint64_t parent = check_start(TR_APPLICATION, "parent", parent_of_one, 0);

    check_end_of(parent, &event);
    int64_t orphan = tr_process_find("a\\orphan", 0);
    CHECK(orphan > 0);
    CHECK_IS(tr_process_info((uint64_t)orphan, &info), 0);
    CHECK_IS(info.parent, parent);
}

static void states_are_told(void)
{
    struct tr_process_info info;
    uint64_t sleeper = check_start(TR_APPLICATION, "sleeps", check_sleeper, 0);
    uint64_t ready = check_start(TR_APPLICATION, "spins", check_spinner, 0);

    check_settle();
    CHECK_IS(tr_process_info(sleeper, &info), 0);
    CHECK_IS(info.state, TR_SLEEPING);
    CHECK_IS(tr_process_info(ready, &info), 0);
    CHECK_IS(info.state, TR_READY);
    CHECK(info.cpu_time > 0);
    CHECK_IS(tr_process_info(check_self(), &info), 0);
    CHECK_IS(info.state, TR_RUNNING);
}

static void ending_with_messages_queued_frees_them(void)
{
    static char body[5000];
    struct tr_event event;
    uint64_t pid = check_start(TR_APPLICATION, "victim", check_sleeper, 0);
    struct tr_process_info info;

    for (int i = 0; i < 50; i++) {
        CHECK(tr_message_send(pid, body, sizeof body, 0) > 0);
    }
    CHECK_IS(tr_process_info(pid, &info), 0);
    CHECK_IS(info.messages_queued, 50);
    CHECK_IS(tr_process_watch(pid, 0), 0);
    CHECK_IS(tr_process_terminate(pid, 0), 0);
    check_event_kind(&event, TR_EVENT_PROCESS_EXIT, __LINE__);
}

static void an_argument_too_long_is_toobig(void)
{
    static char argument[TR_ARGUMENT_MAX + 1];
    static const char image[64];
    struct tr_spawn spawn = {.image = image,
                             .image_size = 64,
                             .name = "x",
                             .process_class = TR_APPLICATION,
                             .argument = argument,
                             .argument_size = TR_ARGUMENT_MAX + 1};

    CHECK_IS(tr_process_spawn(&spawn), TR_E_TOOBIG);
    spawn.argument_size = TR_ARGUMENT_MAX;
    CHECK_IS(tr_process_spawn(&spawn), TR_E_NOEXEC);
}

static void broken_images_are_noexec(void)
{
    static char image[4096];
    struct tr_spawn spawn = {.image = image, .name = "x", .process_class = TR_APPLICATION};

    CHECK_IS(tr_process_spawn(&spawn), TR_E_NOEXEC);
    spawn.image_size = 3;
    CHECK_IS(tr_process_spawn(&spawn), TR_E_NOEXEC);
    image[0] = 0x7f;
    image[1] = 'E';
    image[2] = 'L';
    image[3] = 'F';
    spawn.image_size = sizeof image;
    CHECK_IS(tr_process_spawn(&spawn), TR_E_NOEXEC);
}

const struct check_case check_cases[] = {
    CHECK_ROW(TR_APPLICATION, self_tells_pid_and_facts),
    CHECK_ROW(TR_APPLICATION, a_child_knows_its_parent),
    CHECK_ROW(TR_APPLICATION, an_exit_code_reaches_the_watcher),
    CHECK_ROW(TR_APPLICATION, an_exit_code_may_be_negative),
    CHECK_ROW(TR_SERVER, terminate_ends_at_once),
    CHECK_ROW(TR_SERVER, terminate_ends_the_suspended),
    CHECK_ROW(TR_APPLICATION, terminating_oneself_is_an_exit),
    CHECK_ROW(TR_SERVER, a_suspended_process_does_not_run),
    CHECK_ROW(TR_SERVER, suspension_is_a_state_not_a_counter),
    CHECK_ROW(TR_SERVER, any_class_may_suspend_itself),
    CHECK_ROW(TR_APPLICATION, a_child_may_start_suspended),
    CHECK_ROW(TR_APPLICATION, restrict_forbids_spawning_for_good),
    CHECK_ROW(TR_APPLICATION, next_lists_every_live_process_once),
    CHECK_ROW(TR_APPLICATION, find_starts_after_a_pid_that_need_not_live),
    CHECK_ROW(TR_APPLICATION, a_watch_on_the_gone_fires_at_once),
    CHECK_ROW(TR_APPLICATION, a_watch_on_what_never_was_is_noent),
    CHECK_ROW(TR_APPLICATION, watching_oneself_is_invalid),
    CHECK_ROW(TR_SERVER, watching_again_replaces_the_cookie),
    CHECK_ROW(TR_SERVER, unwatch_removes_the_undelivered_event),
    CHECK_ROW(TR_APPLICATION, spawn_watch_watches_from_birth),
    CHECK_ROW(TR_SERVER, sleepers_on_the_ended_get_peer),
    CHECK_ROW(TR_DRIVER, everything_of_the_ended_is_noent),
    CHECK_ROW(TR_APPLICATION, states_are_told),
    CHECK_ROW(TR_SERVER, ending_with_messages_queued_frees_them),
    CHECK_ROW(TR_APPLICATION, an_argument_too_long_is_toobig),
    CHECK_ROW(TR_APPLICATION, broken_images_are_noexec),
    {"children_live_on_and_keep_the_parents_number", children_live_on_and_keep_the_parents_number,
     TR_APPLICATION, CHECK_KIT_ONLY, 0},
    CHECK_END,
};
