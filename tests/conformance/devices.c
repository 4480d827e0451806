/* SPDX-License-Identifier: MIT */
/* interface.md 11: device objects. */

#include "check.h"

const char check_section[] = "devices";

static uint64_t create(const char *name, enum tr_class exposure)
{
    int64_t id = tr_device_create(name, 3, 77);

    CHECK_IS(id > 0 ? 0 : id, 0);
    CHECK_IS(tr_device_expose((uint64_t)id, exposure), 0);
    return (uint64_t)id;
}

static void a_device_is_found_by_name(void)
{
    struct tr_device_info info;
    uint64_t id = create("disks\\floppy\\0", TR_APPLICATION);

    CHECK_IS(tr_device_find("disks\\floppy\\0", &info), id);
    CHECK_IS(info.id, id);
    CHECK_IS(info.driver, check_self());
    CHECK_IS(info.type, 3);
    CHECK_IS(info.exposure, TR_APPLICATION);
    CHECK(check_equal(info.name, "disks\\floppy\\0"));
    CHECK_IS(tr_device_find("disks\\floppy\\0", NULL), id);
    CHECK_IS(tr_device_find("disks\\floppy", NULL), TR_E_NOENT);
    CHECK_IS(tr_device_info(id, &info), 0);
    CHECK_IS(tr_device_info(id + 1000, &info), TR_E_NOENT);
}

static void names_are_unique_among_the_living(void)
{
    uint64_t id = create("x", TR_SERVER);

    CHECK_IS(tr_device_create("x", 0, 0), TR_E_EXIST);
    CHECK_IS(tr_device_destroy(id), 0);
    CHECK(create("x", TR_SERVER) > id);
}

static void bad_names_are_invalid(void)
{
    char longest[65];

    for (size_t i = 0; i < 64; i++) {
        longest[i] = 'x';
    }
    longest[64] = '\0';
    CHECK_IS(tr_device_create("", 0, 0), TR_E_INVAL);
    CHECK_IS(tr_device_create(longest, 0, 0), TR_E_INVAL);
    longest[63] = '\0';
    CHECK(tr_device_create(longest, 0, 0) > 0);
}

static void the_default_exposure_is_server(void)
{
    struct tr_device_info info;
    int64_t id = tr_device_create("x", 0, 0);

    CHECK(id > 0);
    CHECK_IS(tr_device_info((uint64_t)id, &info), 0);
    CHECK_IS(info.exposure, TR_SERVER);
}

static int64_t sees(uint64_t parent)
{
    struct tr_device_info info;
    int64_t id = tr_device_find("hidden", &info);
    uint64_t found = id > 0;

    if (id == TR_E_NOENT) {
        CHECK_IS(tr_device_next(0, &info), TR_E_NOENT);
        CHECK_IS(tr_device_info(1, &info), TR_E_NOENT);
        CHECK_IS(tr_device_open(1, 0), TR_E_NOENT);
        CHECK_IS(tr_device_destroy(1), TR_E_NOENT);
    } else {
        CHECK(tr_device_next(0, &info) > 0);
        CHECK_IS(tr_device_open(info.id, 0), 0);
    }
    (void)tr_message_send(parent, NULL, 0, found);
    return check_sleeper(0);
}

static bool is_seen_by(enum tr_class process_class)
{
    struct tr_event event;

    (void)check_start(process_class, "looks", sees, check_self());
    do {
        check_event(&event);
    } while (event.kind != TR_EVENT_MESSAGE);
    return event.cookie == 1;
}

static void exposure_is_the_lowest_class_that_sees_it(void)
{
    uint64_t id = create("hidden", TR_DRIVER);

    CHECK_IS(id, 1);
    CHECK(is_seen_by(TR_DRIVER));
    CHECK(!is_seen_by(TR_SERVER));
    CHECK(!is_seen_by(TR_APPLICATION));
    CHECK_IS(tr_device_expose(id, TR_SERVER), 0);
    CHECK(is_seen_by(TR_SERVER));
    CHECK(!is_seen_by(TR_APPLICATION));
    CHECK_IS(tr_device_expose(id, TR_APPLICATION), 0);
    CHECK(is_seen_by(TR_APPLICATION));
}

static int64_t meddles(uint64_t parent)
{
    int64_t id = tr_device_find("mine", NULL);

    CHECK(id > 0);
    CHECK_IS(tr_device_destroy((uint64_t)id), TR_E_PERM);
    CHECK_IS(tr_device_expose((uint64_t)id, TR_DRIVER), TR_E_PERM);
    (void)tr_message_send(parent, NULL, 0, 0);
    return 0;
}

static void anothers_device_may_not_be_destroyed(void)
{
    struct tr_event event;

    (void)create("mine", TR_APPLICATION);
    (void)check_start(TR_APPLICATION, "meddles", meddles, check_self());
    check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
    (void)check_start(TR_DRIVER, "meddles", meddles, check_self());
    check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
}

static int64_t opens(uint64_t flags)
{
    int64_t id = tr_device_find("mine", NULL);

    CHECK(id > 0);
    int64_t result = tr_device_open((uint64_t)id, (uint32_t)flags);
    if (result == 0) {
        CHECK_IS(tr_device_open((uint64_t)id, (uint32_t)flags), TR_E_EXIST);
        (void)tr_thread_sleep((uint64_t)tr_clock() + 20000000);
        CHECK_IS(tr_device_close((uint64_t)id), 0);
        CHECK_IS(tr_device_close((uint64_t)id), TR_E_NOENT);
    }
    return result;
}

static void exclusive_opens_conflict(void)
{
    struct tr_event event;
    uint64_t id = create("mine", TR_APPLICATION);
    uint64_t first = check_start(TR_SERVER, "first", opens, TR_EXCLUSIVE);

    check_settle();
    CHECK_IS(tr_device_holder(id, first), 2);
    uint64_t second = check_start(TR_SERVER, "second", opens, 0);
    CHECK_IS(tr_process_watch(second, 5), 0);
    check_event_kind(&event, TR_EVENT_PROCESS_EXIT, __LINE__);
    CHECK_IS(event.size, TR_E_BUSY);
    check_event_kind(&event, TR_EVENT_DEVICE_CLOSED, __LINE__);
    CHECK_IS(event.object, id);
    CHECK_IS(event.source_pid, first);
    CHECK_IS(event.cookie, 77);
    CHECK_IS(tr_device_holder(id, first), 0);
}

static void plain_opens_are_shared(void)
{
    uint64_t id = create("mine", TR_APPLICATION);
    uint64_t first = check_start(TR_SERVER, "first", opens, 0);
    uint64_t second = check_start(TR_APPLICATION, "second", opens, 0);

    check_settle();
    CHECK_IS(tr_device_holder(id, first), 1);
    CHECK_IS(tr_device_holder(id, second), 1);
    CHECK_IS(tr_device_holder(id, check_self()), 0);
}

static void a_watch_tells_those_there_and_those_to_come(void)
{
    struct tr_event event;

    (void)create("disks\\a", TR_SERVER);
    (void)create("disks\\b", TR_SERVER);
    (void)create("disks2\\c", TR_SERVER);
    CHECK_IS(tr_device_watch("disks", 9), 0);
    check_event_kind(&event, TR_EVENT_DEVICE_ADDED, __LINE__);
    CHECK_IS(event.count, 2);
    CHECK_IS(event.cookie, 9);
    (void)create("disks2\\d", TR_SERVER);
    CHECK_IS(tr_event_wait(&event, 0), TR_E_TIMEDOUT);
    uint64_t id = create("disks\\e", TR_SERVER);
    check_event_kind(&event, TR_EVENT_DEVICE_ADDED, __LINE__);
    CHECK_IS(event.object, id);
    CHECK_IS(event.source_pid, check_self());
    CHECK_IS(event.count, 1);
    CHECK_IS(tr_device_destroy(id), 0);
    check_event_kind(&event, TR_EVENT_DEVICE_REMOVED, __LINE__);
    CHECK_IS(event.object, id);
    CHECK_IS(tr_device_unwatch("disks"), 0);
    CHECK_IS(tr_device_unwatch("disks"), TR_E_NOENT);
    (void)create("disks\\f", TR_SERVER);
    CHECK_IS(tr_event_wait(&event, 0), TR_E_TIMEDOUT);
}

static int64_t has_a_device(uint64_t unused)
{
    (void)unused;
    (void)create("mine", TR_APPLICATION);
    (void)tr_thread_sleep((uint64_t)tr_clock() + 20000000);
    return 0;
}

static void a_device_goes_with_its_driver(void)
{
    struct tr_event event;
    uint64_t pid = check_start(TR_DRIVER, "driver", has_a_device, 0);

    check_settle();
    int64_t id = tr_device_find("mine", NULL);
    CHECK(id > 0);
    CHECK_IS(tr_device_open((uint64_t)id, 0), 0);
    check_event_kind(&event, TR_EVENT_DEVICE_REMOVED, __LINE__);
    CHECK_IS(event.object, id);
    CHECK_IS(event.source_pid, pid);
    CHECK_IS(tr_device_find("mine", NULL), TR_E_NOENT);
    CHECK_IS(tr_device_close((uint64_t)id), TR_E_NOENT);
}

const struct check_case check_cases[] = {
    CHECK_ROW(TR_DRIVER, a_device_is_found_by_name),
    CHECK_ROW(TR_DRIVER, names_are_unique_among_the_living),
    CHECK_ROW(TR_DRIVER, bad_names_are_invalid),
    CHECK_ROW(TR_DRIVER, the_default_exposure_is_server),
    CHECK_ROW(TR_DRIVER, exposure_is_the_lowest_class_that_sees_it),
    CHECK_ROW(TR_DRIVER, anothers_device_may_not_be_destroyed),
    CHECK_ROW(TR_DRIVER, exclusive_opens_conflict),
    CHECK_ROW(TR_DRIVER, plain_opens_are_shared),
    CHECK_ROW(TR_DRIVER, a_watch_tells_those_there_and_those_to_come),
    CHECK_ROW(TR_DRIVER, a_device_goes_with_its_driver),
    CHECK_END,
};
