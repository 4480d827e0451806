/* SPDX-License-Identifier: MIT */
/* A driver written with lib/device, and its clients. Each case runs in a process of its own, since
 * a driver's records are as old as its process. */

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <terrarium/device.h>
#include <terrarium/driver.h>
#include <terrarium/kit.h>
#include <unistd.h>

#include "ramdisk.h"

static struct tr_kit *kit;
static uint64_t driver_pid;
static unsigned char bytes[200 * 512];

static int set_up(void **state)
{
    int result = tr_kit_setup(state);

    kit = *state;
    return result;
}

static void driver_start(const char *argument)
{
    driver_pid = tr_kit_process(kit, TR_DRIVER, "ramdisk", ramdisk_main, (void *)argument);
    tr_kit_run(kit);
}

/* Runs a client to its end; nothing may be left of what it asked for. */
static void client_run(enum tr_class process_class, int64_t (*function)(void *))
{
    uint64_t pid = tr_kit_process(kit, process_class, "client", function, NULL);

    tr_kit_run(kit);
    assert_true(tr_kit_has_ended(kit, pid));
    assert_int_equal(tr_kit_exit_code(kit, pid), 0);
}

static struct tru_storage disk_open(void)
{
    struct tru_storage storage;

    assert_int_equal(tru_storage_open(RAMDISK_NAME, 0, &storage), 0);
    assert_int_equal(storage.sectors, RAMDISK_SECTORS);
    assert_int_equal(storage.sector_size, 512);
    return storage;
}

/* ---- Cases ---------------------------------------------------------------------------------- */

static int64_t reads_and_writes(void *argument)
{
    struct tru_storage storage = disk_open();
    struct tr_storage_information information;

    (void)argument;
    assert_int_equal(tru_device_type(&storage.device), TR_DEVICE_STORAGE);
    assert_int_equal(tru_device_initialise(&storage.device), 0);
    assert_int_equal(tru_device_information(&storage.device, &information, sizeof information), 0);
    assert_string_equal(information.device.model, "memory");
    assert_int_equal(information.device.type, TR_DEVICE_STORAGE);
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (unsigned char)(i * 7 + i / 512);
    }
    /* More than one message takes. */
    assert_int_equal(tru_storage_write(&storage, 3, 200, bytes), 200);
    assert_memory_equal(ramdisk_bytes + 3 * 512, bytes, sizeof bytes);
    memset(bytes, 0, sizeof bytes);
    assert_int_equal(tru_storage_read(&storage, 3, 200, bytes), 200);
    assert_memory_equal(ramdisk_bytes + 3 * 512, bytes, sizeof bytes);
    assert_int_equal(tru_storage_read(&storage, RAMDISK_SECTORS - 1, 2, bytes), TR_E_INVAL);
    assert_int_equal(tru_storage_close(&storage), 0);
    return 0;
}

static void a_client_reads_and_writes(void **state)
{
    (void)state;
    driver_start(NULL);
    client_run(TR_SERVER, reads_and_writes);
    assert_int_equal(ramdisk_begun, 4 + 1); /* 128 + 72 sectors twice, and the refused one */
}

static int64_t refused(void *argument)
{
    struct tru_device disk;
    struct tr_device_request head = {0};
    struct tr_device_reply reply;

    (void)argument;
    assert_int_equal(tru_device_find(RAMDISK_NAME, 0, &disk), 0);
    struct tru_device_request request = {.operation = TR_STORAGE_READ, .arguments = {0, 1}};
    assert_int_equal(tru_device_request(&disk, &request), TR_E_STATE);
    request.operation = TR_STORAGE_EJECT;
    assert_int_equal(tru_device_request(&disk, &request), TR_E_NOSYS);
    request.operation = 999;
    assert_int_equal(tru_device_request(&disk, &request), TR_E_INVAL);
    disk.id += 1;
    assert_int_equal(tru_device_request(&disk, &request), TR_E_NOENT);
    /* Too short, too long. */
    assert_int_equal(
        tr_message_call(disk.driver, &head, sizeof head - 1, &reply, sizeof reply, TR_FOREVER),
        sizeof reply);
    assert_int_equal(reply.result, TR_E_INVAL);
    static char large[sizeof head + TR_DEVICE_BODY_MAX + 1];
    assert_int_equal(
        tr_message_call(disk.driver, large, sizeof large, &reply, sizeof reply, TR_FOREVER),
        sizeof reply);
    assert_int_equal(reply.result, TR_E_TOOBIG);
    return 0;
}

static void what_makes_no_sense_is_refused(void **state)
{
    (void)state;
    driver_start(NULL);
    client_run(TR_SERVER, refused);
    assert_int_equal(ramdisk_begun, 0);
}

static int64_t kept_away(void *argument)
{
    struct tru_device disk;
    struct tr_device_request head = {.operation = TR_DEVICE_OPERATION_TYPE};
    struct tr_device_reply reply;

    (void)argument;
    assert_int_equal(tru_device_find(RAMDISK_NAME, 0, &disk), TR_E_NOENT);
    assert_int_equal(
        tr_message_call(driver_pid, &head, sizeof head, &reply, sizeof reply, TR_FOREVER),
        TR_E_PERM);
    return 0;
}

static void applications_are_kept_away(void **state)
{
    (void)state;
    driver_start(NULL);
    client_run(TR_APPLICATION, kept_away);
}

static int64_t reads_only(void *argument)
{
    struct tru_storage storage = disk_open();

    (void)argument;
    assert_int_equal(tru_storage_read(&storage, 0, 2, bytes), 2);
    assert_int_equal(tru_storage_write(&storage, 0, 1, bytes), TR_E_PERM);
    assert_int_equal(tru_storage_buffer(&storage, 4096), 0);
    assert_int_equal(tru_storage_read(&storage, 0, 8, storage.buffer), 8);
    assert_int_equal(tru_storage_write(&storage, 0, 1, storage.buffer), TR_E_PERM);
    return 0;
}

static void an_exposed_disk_can_be_read_by_applications_not_written(void **state)
{
    (void)state;
    driver_start("expose=application");
    client_run(TR_APPLICATION, reads_only);
}

/* ---- Many requests -------------------------------------------------------------------------- */

static int64_t asks_at_once(void *argument)
{
    struct tru_storage storage = disk_open();
    struct tr_event event;
    uint64_t size;

    (void)argument;
    for (uint64_t i = 0; i < 8; i++) {
        memset(bytes, (int)(i + 1), 512);
        assert_int_equal(tru_storage_write_send(&storage, i, 1, bytes, 2 * i), 0);
        assert_int_equal(tru_storage_read_send(&storage, i, 1, 2 * i + 1), 0);
    }
    for (uint64_t i = 0; i < 16; i++) {
        assert_int_equal(tr_event_wait(&event, TR_FOREVER), 1);
        assert_true(tru_device_is_answer(&storage.device, &event, i));
        assert_int_equal(tru_device_take(&event, bytes, sizeof bytes, &size), 1);
        assert_int_equal(size, i % 2 == 0 ? 0 : 512);
        if (i % 2 == 1) {
            assert_int_equal(bytes[0], i / 2 + 1);
            assert_int_equal(bytes[511], i / 2 + 1);
        }
    }
    return 0;
}

static void requests_are_done_one_after_the_other(void **state)
{
    (void)state;
    driver_start(NULL);
    uint64_t pids[3];
    for (int i = 0; i < 3; i++) {
        pids[i] = tr_kit_process(kit, TR_SERVER, "client", asks_at_once, NULL);
    }
    tr_kit_run(kit);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(tr_kit_exit_code(kit, pids[i]), 0);
    }
    assert_int_equal(ramdisk_begun, 48);
    assert_true(tr_kit_time(kit) >= 48 * RAMDISK_NS);
}

static int64_t asks_too_much(void *argument)
{
    struct tru_storage storage = disk_open();
    struct tr_event event;
    int64_t good = 0, full = 0;

    (void)argument;
    for (uint64_t i = 0; i < 40; i++) {
        assert_int_equal(tru_storage_read_send(&storage, i, 1, i), 0);
    }
    for (int i = 0; i < 40; i++) {
        assert_int_equal(tr_event_wait(&event, TR_FOREVER), 1);
        int64_t result = tru_device_take(&event, bytes, sizeof bytes, NULL);
        good += result == 1;
        full += result == TR_E_LIMIT;
    }
    assert_int_equal(good, 32);
    assert_int_equal(full, 8);
    return 0;
}

static void a_client_has_its_share_of_the_queue(void **state)
{
    (void)state;
    driver_start(NULL);
    client_run(TR_SERVER, asks_too_much);
}

static int64_t asks_and_dies(void *argument)
{
    struct tru_storage storage = disk_open();

    (void)argument;
    for (uint64_t i = 0; i < 10; i++) {
        memset(bytes, 0xee, 512);
        assert_int_equal(tru_storage_write_send(&storage, i, 1, bytes, i), 0);
    }
    return 0;
}

static void requests_end_with_their_client(void **state)
{
    (void)state;
    driver_start(NULL);
    client_run(TR_SERVER, asks_and_dies);
    /* The first was on its way and reached the disk whole; the others never began. */
    assert_int_equal(ramdisk_begun, 1);
    assert_int_equal(ramdisk_bytes[511], 0xee);
    assert_int_equal(ramdisk_bytes[512], 0);
    assert_int_not_equal(ramdisk_closed_by, 0);
    client_run(TR_SERVER, asks_at_once);
}

static int64_t times_out(void *argument)
{
    struct tru_storage storage = disk_open();

    (void)argument;
    storage.device.timeout_ns = RAMDISK_NS / 2;
    assert_int_equal(tru_storage_read(&storage, 0, 1, bytes), TR_E_TIMEDOUT);
    storage.device.timeout_ns = RAMDISK_NS * 4;
    assert_int_equal(tru_storage_read(&storage, 0, 1, bytes), 1);
    return 0;
}

static void a_client_does_not_wait_for_ever(void **state)
{
    (void)state;
    driver_start(NULL);
    client_run(TR_SERVER, times_out);
}

/* ---- Shared memory -------------------------------------------------------------------------- */

static int64_t shares(void *argument)
{
    struct tru_storage storage = disk_open();

    (void)argument;
    assert_int_equal(tru_storage_buffer(&storage, 256 * 512), 0);
    memset(storage.buffer, 0x5a, 256 * 512);
    assert_int_equal(tru_storage_write(&storage, 0, 256, storage.buffer), 256);
    assert_int_equal(ramdisk_begun, 1);
    assert_int_equal(ramdisk_bytes[256 * 512 - 1], 0x5a);
    memset(ramdisk_bytes, 0xa5, 512);
    assert_int_equal(tru_storage_read(&storage, 0, 1, storage.buffer + 512), 1);
    assert_int_equal(storage.buffer[511], 0x5a);
    assert_int_equal(storage.buffer[512], 0xa5);
    assert_int_equal(storage.buffer[1024], 0x5a);

    struct tru_device_request beyond = {
        .operation = TR_STORAGE_READ,
        .flags = TR_DEVICE_SHARED,
        .arguments = {0, 2, storage.shared, storage.buffer_size - 512}};
    assert_int_equal(tru_device_request(&storage.device, &beyond), TR_E_INVAL);
    struct tru_device_request nowhere = {
        .operation = TR_STORAGE_READ, .flags = TR_DEVICE_SHARED, .arguments = {0, 1, 77777, 0}};
    assert_int_equal(tru_device_request(&storage.device, &nowhere), TR_E_NOENT);

    struct tru_device_request more = {.operation = TR_DEVICE_OPERATION_ATTACH,
                                      .arguments = {TR_DEVICE_SHARED_PAGES}};
    assert_int_equal(tru_device_request(&storage.device, &more), TR_E_LIMIT);
    more.arguments[0] = 0;
    assert_int_equal(tru_device_request(&storage.device, &more), TR_E_INVAL);

    /* Not while a transfer uses it. */
    struct tru_device_request read = {.operation = TR_STORAGE_READ,
                                      .flags = TR_DEVICE_SHARED,
                                      .arguments = {0, 1, storage.shared, 0}};
    struct tru_device_request detach = {.operation = TR_DEVICE_OPERATION_DETACH,
                                        .arguments = {storage.shared}};
    assert_int_equal(tru_device_send(&storage.device, &read, 1), 0);
    assert_int_equal(tru_device_request(&storage.device, &detach), TR_E_BUSY);
    struct tr_event event;
    assert_int_equal(tr_event_wait(&event, TR_FOREVER), 1);
    assert_int_equal(tru_device_take(&event, NULL, 0, NULL), 1);
    assert_int_equal(tru_device_request(&storage.device, &detach), 0);
    assert_int_equal(tru_device_request(&storage.device, &detach), TR_E_NOENT);
    return 0;
}

static void large_transfers_go_through_shared_memory(void **state)
{
    (void)state;
    driver_start(NULL);
    client_run(TR_SERVER, shares);
}

static int64_t shares_and_dies(void *argument)
{
    struct tru_storage storage = disk_open();

    (void)argument;
    assert_int_equal(tru_storage_buffer(&storage, 4096), 0);
    struct tru_device_request read = {.operation = TR_STORAGE_READ,
                                      .flags = TR_DEVICE_SHARED,
                                      .arguments = {0, 8, storage.shared, 0}};
    assert_int_equal(tru_device_send(&storage.device, &read, 1), 0);
    return 0;
}

static void the_driver_leaves_the_memory_of_dead_clients(void **state)
{
    struct tr_kit_census before, after;

    (void)state;
    driver_start(NULL);
    client_run(TR_SERVER, asks_at_once);
    tr_kit_census(kit, &before);
    for (int i = 0; i < 5; i++) {
        client_run(TR_SERVER, shares_and_dies);
    }
    tr_kit_census(kit, &after);
    assert_int_equal(after.shareds, before.shareds);
}

/* ---- Ends ----------------------------------------------------------------------------------- */

static int64_t survives(void *argument)
{
    struct tru_storage storage = disk_open();

    (void)argument;
    storage.device.retry_ns = RAMDISK_NS * 100;
    assert_int_equal(tru_storage_buffer(&storage, 4096), 0);
    for (int i = 0; i < 20; i++) {
        assert_int_equal(tru_storage_read(&storage, 0, 1, i % 2 == 1 ? bytes : storage.buffer), 1);
    }
    assert_int_not_equal(storage.device.driver, driver_pid);
    storage.device.retry_ns = 0;
    tr_thread_sleep((uint64_t)tr_clock() + RAMDISK_NS * 20);
    return 0;
}

static int64_t kills(void *argument)
{
    (void)argument;
    tr_thread_sleep((uint64_t)tr_clock() + RAMDISK_NS * 5 / 2);
    assert_int_equal(tr_process_terminate(driver_pid, 1), 0);
    return 0;
}

/* The library's records are those of the first driver: the second one is another program, here a
 * child that has not yet used them. */
static int64_t second_driver(void *argument)
{
    (void)argument;
    struct tr_event event;
    int64_t id = TR_E_EXIST;

    while (id == TR_E_EXIST) {
        tr_thread_sleep((uint64_t)tr_clock() + RAMDISK_NS);
        id = tr_device_create(RAMDISK_NAME, TR_DEVICE_STORAGE, 0);
    }
    while (tr_event_wait(&event, TR_FOREVER) == 1) {
        struct {
            struct tr_device_reply head;
            unsigned char sector[512];
        } answer = {.head = {1}};
        if (event.kind == TR_EVENT_MESSAGE) {
            assert_int_equal(tr_device_holder((uint64_t)id, event.source_pid), 1);
            tr_message_reply(event.object, &answer, sizeof answer);
        }
    }
    return 0;
}

static void a_client_finds_the_driver_that_follows(void **state)
{
    (void)state;
    driver_start(NULL);
    tr_kit_process(kit, TR_DRIVER, "ramdisk", second_driver, NULL);
    uint64_t killer = tr_kit_process(kit, TR_SERVER, "killer", kills, NULL);
    client_run(TR_SERVER, survives);
    assert_int_equal(tr_kit_exit_code(kit, killer), 0);
    assert_true(tr_kit_has_ended(kit, driver_pid));
}

static int64_t meets_peer(void *argument)
{
    struct tru_storage storage = disk_open();
    int64_t result;

    (void)argument;
    while ((result = tru_storage_read(&storage, 0, 1, bytes)) == 1) {
    }
    assert_int_equal(result, TR_E_PEER);
    assert_int_equal(tru_storage_read(&storage, 0, 1, bytes), TR_E_PEER);
    return 0;
}

static void a_client_of_a_dead_driver_gets_peer(void **state)
{
    (void)state;
    driver_start(NULL);
    tr_kit_process(kit, TR_SERVER, "killer", kills, NULL);
    client_run(TR_SERVER, meets_peer);
}

static int64_t stops_the_machine(void *argument)
{
    struct tru_storage storage = disk_open();

    (void)argument;
    for (uint64_t i = 0; i < 4; i++) {
        memset(bytes, 0x77, 512);
        assert_int_equal(tru_storage_write_send(&storage, i, 1, bytes, i), 0);
    }
    assert_int_equal(tr_system_stop(TR_STOP_HALT, 5, RAMDISK_NS * 1000), 0);
    tr_thread_sleep(RAMDISK_NS * 100);
    tr_system_saved();
    tr_thread_sleep(TR_FOREVER);
    return 0;
}

static void a_stop_waits_for_what_is_queued(void **state)
{
    bool is_reboot;

    (void)state;
    driver_start(NULL);
    tr_kit_process(kit, TR_SERVER, "client", stops_the_machine, NULL);
    assert_int_equal(tr_kit_run(kit), TR_KIT_STOPPED);
    assert_int_equal(tr_kit_stop_code(kit, &is_reboot), 5);
    assert_int_equal(ramdisk_begun, 4);
    assert_int_equal(ramdisk_bytes[4 * 512 - 1], 0x77);
}

static int64_t answers_wrongly(void *argument)
{
    struct tru_device disk;
    struct tr_device_reply reply = {-2};

    (void)argument;
    assert_int_equal(tru_device_find(RAMDISK_NAME, 0, &disk), 0);
    assert_true(tr_message_send(disk.driver, &reply, sizeof reply, 9) > 0);
    tr_thread_sleep((uint64_t)tr_clock() + RAMDISK_NS);
    struct tr_event event;
    assert_int_equal(tr_event_poll(&event), 0);
    return 0;
}

static void an_answer_is_not_answered(void **state)
{
    (void)state;
    driver_start(NULL);
    client_run(TR_DRIVER, answers_wrongly);
}

/* Bodies of any length and content, some with the device's id and a likely operation. */
static int64_t babbles(void *argument)
{
    static unsigned char body[sizeof(struct tr_device_request) + 700], answer[8192];
    struct tru_storage storage = disk_open();
    uint32_t random = 7;

    (void)argument;
    storage.device.timeout_ns = RAMDISK_NS * 200;
    for (int i = 0; i < 3000; i++) {
        for (size_t j = 0; j < sizeof body; j++) {
            random = random * 1664525 + 1013904223;
            body[j] = (unsigned char)(random >> 24);
        }
        struct tr_device_request head;
        memcpy(&head, body, sizeof head);
        head.device = i % 8 == 0 ? head.device : storage.device.id;
        head.operation = i % 16 == 1 ? head.operation : head.operation % 24;
        head.flags = i % 3 == 0 ? head.flags : 0;
        head.arguments[0] %= i % 5 == 0 ? UINT64_MAX : RAMDISK_SECTORS;
        head.arguments[1] %= i % 7 == 0 ? UINT64_MAX : 4;
        memcpy(body, &head, sizeof head);
        uint64_t size = i % 4 == 0 ? random % sizeof body : sizeof head + head.arguments[1] * 512;
        size = size < sizeof body ? size : sizeof body;
        int64_t got = i % 2 == 0 ? tr_message_call(storage.device.driver, body, size, answer,
                                                   sizeof answer, storage.device.timeout_ns)
                                 : tr_message_send(storage.device.driver, body, size, random);
        if (got < 0 && got != TR_E_TOOBIG) {
            fail_msg("message %d: %s", i, tr_error_name(got));
        }
        struct tr_event event;
        while (tr_event_poll(&event) == 1) {
            tr_message_discard(event.object);
        }
    }
    assert_int_equal(tru_storage_read(&storage, 0, 1, bytes), 1);
    return 0;
}

static void a_driver_survives_any_message(void **state)
{
    (void)state;
    driver_start(NULL);
    client_run(TR_SERVER, babbles);
    assert_false(tr_kit_has_ended(kit, driver_pid));
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, set_up, tr_kit_teardown)

static const struct CMUnitTest cases[] = {
    CASE(a_client_reads_and_writes),
    CASE(what_makes_no_sense_is_refused),
    CASE(applications_are_kept_away),
    CASE(an_exposed_disk_can_be_read_by_applications_not_written),
    CASE(requests_are_done_one_after_the_other),
    CASE(a_client_has_its_share_of_the_queue),
    CASE(requests_end_with_their_client),
    CASE(a_client_does_not_wait_for_ever),
    CASE(large_transfers_go_through_shared_memory),
    CASE(the_driver_leaves_the_memory_of_dead_clients),
    CASE(a_client_finds_the_driver_that_follows),
    CASE(a_client_of_a_dead_driver_gets_peer),
    CASE(a_stop_waits_for_what_is_queued),
    CASE(an_answer_is_not_answered),
    CASE(a_driver_survives_any_message),
};

int main(void)
{
    int failures = 0;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fflush(NULL);
        pid_t child = fork();
        if (child == 0) {
            const struct CMUnitTest one[] = {cases[i]};
            return cmocka_run_group_tests_name(cases[i].name, one, NULL, NULL);
        }
        int status = 1;
        if (child < 0 || waitpid(child, &status, 0) != child || status != 0) {
            failures++;
        }
    }
    return failures;
}
