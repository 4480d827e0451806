/* SPDX-License-Identifier: MIT */
/* Shared memory over a driver's map: who sees the device, and what is seen when the map is gone. */

#include "unit.h"

#include "kernel/state.h"

#define DEVICE   (FAKE_DEVICE_FRAME * TR_PAGE_SIZE)
#define PAGES(n) ((uint64_t)(n)*TR_PAGE_SIZE)
#define BOTH     (TR_READ | TR_WRITE)

/* A driver that lends pages [1, 5) of a map of 6, and a client that joins with READ and WRITE. */
struct party {
    uint64_t driver, client;
    uint64_t map, id, key, joined;
};

static void lend(struct machine *machine, struct party *party)
{
    party->driver = fake_process(machine, TR_DRIVER, "driver");
    party->map = (uint64_t)CALL3(machine, physical_map, DEVICE, 6, 0);
    uint64_t va = party->map + PAGES(1);
    int64_t id = CALL5(machine, shared_create, 4, BOTH, TR_SHARED_FROM, FAKE_WORD(&party->key),
                       FAKE_WORD(&va));
    assert_true(id > 0);
    assert_int_equal(va, party->map + PAGES(1));
    party->id = (uint64_t)id;
    party->client = fake_process(machine, TR_DRIVER, "client");
    assert_int_equal(fake_call_as(machine, party->client, TR_NR_shared_join, party->id, party->key,
                                  0, BOTH, FAKE_WORD(&party->joined), 0),
                     4);
}

static uint8_t *seen(struct machine *machine, const struct party *party, uint64_t page,
                     uint32_t access)
{
    return fake_user(machine, party->client, party->joined + PAGES(page), 1, access);
}

static void members_see_the_device(void **state)
{
    struct machine *machine = *state;
    struct party party;
    struct tr_shared_info info;

    lend(machine, &party);
    for (uint64_t page = 0; page < 4; page++) {
        assert_ptr_equal(seen(machine, &party, page, HAL_WRITE), machine->device + PAGES(page + 1));
    }
    assert_int_equal(CALL2(machine, random, party.joined + PAGES(1) - 4, 8), 8);
    assert_int_equal(CALL2(machine, shared_info, party.id, FAKE_WORD(&info)), 0);
    assert_int_equal(info.members, 2);
    assert_int_equal(machine->kernel->frames.by_use[FRAME_SHARED], 0);
    assert_int_equal(CALL2(machine, memory_release, party.joined, 4), TR_E_STATE);
    assert_int_equal(CALL3(machine, memory_protect, party.joined, 4, TR_READ), 0);
    assert_null(seen(machine, &party, 0, HAL_WRITE));
    assert_int_equal(CALL1(machine, shared_release, party.id), 0);
    assert_null(seen(machine, &party, 0, HAL_READ));
}

static void what_may_not_be_lent_is_refused(void **state)
{
    struct machine *machine = *state;
    uint64_t key;
    uint64_t va;

    (void)fake_process(machine, TR_DRIVER, "driver");
    uint64_t map = (uint64_t)CALL3(machine, physical_map, DEVICE, 2, TR_READ);
    uint64_t own = (uint64_t)CALL3(machine, memory_allocate, 2, 0, BOTH);
    const struct {
        uint64_t va, pages, prot;
        int64_t result;
    } cases[] = {
        {map + 1, 1, TR_READ, TR_E_INVAL},
        {map, 0, TR_READ, TR_E_INVAL},
        {own, 1, TR_READ, TR_E_NOENT},
        {0, 1, TR_READ, TR_E_NOENT},
        {map, 3, TR_READ, TR_E_NOENT},
        {map + PAGES(1), 2, TR_READ, TR_E_NOENT},
        {map, UINT64_MAX, TR_READ, TR_E_NOENT},
        {map, 2, BOTH, TR_E_PERM},
        {map, 2, TR_READ | TR_EXECUTE, TR_E_PERM},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        va = cases[i].va;
        assert_int_equal(CALL5(machine, shared_create, cases[i].pages, cases[i].prot,
                               TR_SHARED_FROM, FAKE_WORD(&key), FAKE_WORD(&va)),
                         cases[i].result);
    }
    va = map;
    int64_t id =
        CALL5(machine, shared_create, 2, TR_READ, TR_SHARED_FROM, FAKE_WORD(&key), FAKE_WORD(&va));
    assert_true(id > 0);
    assert_int_equal(CALL1(machine, shared_seal, id), TR_E_PERM);
}

static void lost_pages_become_zero_pages_of_all_members(void **state)
{
    struct machine *machine = *state;
    struct party party;
    uint64_t second = 0;

    lend(machine, &party);
    seen(machine, &party, 2, HAL_WRITE)[0] = 0x77;
    uint64_t other = fake_process(machine, TR_DRIVER, "other");
    assert_int_equal(fake_call_as(machine, other, TR_NR_shared_join, party.id, party.key, 0,
                                  TR_READ, FAKE_WORD(&second), 0),
                     4);
    assert_int_equal(*(uint8_t *)fake_user(machine, other, second + PAGES(2), 1, HAL_READ), 0x77);
    /* Pages 2 and 3 of the map are 1 and 2 of the shared memory. */
    assert_int_equal(fake_call_as(machine, party.driver, TR_NR_memory_release, party.map + PAGES(2),
                                  2, 0, 0, 0, 0),
                     0);
    unit_audit(machine);
    assert_ptr_equal(seen(machine, &party, 0, HAL_WRITE), machine->device + PAGES(1));
    assert_ptr_equal(seen(machine, &party, 3, HAL_WRITE), machine->device + PAGES(4));
    uint8_t *page = seen(machine, &party, 2, HAL_WRITE);
    assert_true(page >= machine->ram && page < machine->ram + machine->pages * TR_PAGE_SIZE);
    assert_int_equal(page[0], 0);
    page[0] = 0x55;
    assert_ptr_equal(fake_user(machine, other, second + PAGES(2), 1, HAL_READ), page);
    assert_null(fake_user(machine, other, second + PAGES(1), 1, HAL_WRITE));
    assert_int_equal(*(uint8_t *)fake_user(machine, other, second + PAGES(1), 1, HAL_READ), 0);
    assert_int_equal(machine->kernel->frames.by_use[FRAME_SHARED], 2);
    assert_int_equal(machine->device[PAGES(3)], 0x77);
    unit_audit(machine);
    /* A new map at the old place is none of theirs. */
    uint64_t again = (uint64_t)fake_call_as(machine, party.driver, TR_NR_physical_map,
                                            DEVICE + PAGES(2), 2, 0, 0, 0, 0);
    assert_true(again != 0);
    assert_int_equal(
        fake_call_as(machine, party.driver, TR_NR_memory_release, again, 2, 0, 0, 0, 0), 0);
    assert_int_equal(seen(machine, &party, 2, HAL_READ)[0], 0x55);
    /* Who joins now sees the same. */
    uint64_t late = fake_process(machine, TR_DRIVER, "late");
    assert_int_equal(fake_call_as(machine, late, TR_NR_shared_join, party.id, party.key, 0, BOTH,
                                  FAKE_WORD(&second), 0),
                     4);
    assert_int_equal(*(uint8_t *)fake_user(machine, late, second + PAGES(2), 1, HAL_READ), 0x55);
    assert_ptr_equal(fake_user(machine, late, second, 1, HAL_READ), machine->device + PAGES(1));
}

static void pages_of_the_map_that_are_not_lent_may_go(void **state)
{
    struct machine *machine = *state;
    struct party party = {.driver = fake_process(machine, TR_DRIVER, "driver")};

    party.map = (uint64_t)CALL3(machine, physical_map, DEVICE, 6, 0);
    uint64_t va = party.map + PAGES(2);
    int64_t id = CALL5(machine, shared_create, 2, BOTH, TR_SHARED_FROM, FAKE_WORD(&party.key),
                       FAKE_WORD(&va));
    assert_true(id > 0);
    party.client = fake_process(machine, TR_DRIVER, "client");
    assert_int_equal(fake_call_as(machine, party.client, TR_NR_shared_join, (uint64_t)id, party.key,
                                  0, BOTH, FAKE_WORD(&party.joined), 0),
                     2);
    static const uint64_t others[] = {0, 5, 1, 4};
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        assert_int_equal(fake_call_as(machine, party.driver, TR_NR_memory_release,
                                      party.map + PAGES(others[i]), 1, 0, 0, 0, 0),
                         0);
        unit_audit(machine);
        for (uint64_t page = 0; page < 2; page++) {
            assert_ptr_equal(seen(machine, &party, page, HAL_WRITE),
                             machine->device + PAGES(page + 2));
        }
    }
}

static void the_driver_dies_and_the_members_live_on(void **state)
{
    struct machine *machine = *state;
    struct party party;
    struct tr_event event;

    lend(machine, &party);
    machine->device[PAGES(1)] = 0x33;
    (void)fake_call_as(machine, party.driver, TR_NR_process_exit, 0, 0, 0, 0, 0, 0);
    unit_audit(machine);
    assert_int_equal(kernel_current_pid(machine->kernel), party.client);
    assert_int_equal(CALL1(machine, event_poll, FAKE_WORD(&event)), 1);
    assert_int_equal(event.kind, TR_EVENT_SHARED_RELEASED);
    assert_int_equal(*seen(machine, &party, 0, HAL_READ), 0);
    *seen(machine, &party, 3, HAL_WRITE) = 1;
    unit_audit(machine);
    assert_int_equal(machine->device[PAGES(1)], 0x33);
}

static void dropping_the_class_loses_the_pages_and_keeps_the_membership(void **state)
{
    struct machine *machine = *state;
    struct party party;
    struct tr_shared_info info;

    lend(machine, &party);
    (void)fake_call_as(machine, party.driver, TR_NR_process_drop_class, TR_SERVER, 0, 0, 0, 0, 0);
    assert_int_equal(fake_result(machine, party.driver), 0);
    assert_int_equal(*seen(machine, &party, 0, HAL_READ), 0);
    (void)CALL1(machine, thread_sleep, TR_FOREVER);
    assert_int_equal(kernel_current_pid(machine->kernel), party.driver);
    assert_int_equal(CALL2(machine, shared_info, party.id, FAKE_WORD(&info)), 0);
    assert_int_equal(info.members, 2);
    assert_null(fake_user(machine, party.driver, party.map, 1, HAL_READ));
    assert_int_equal(CALL1(machine, shared_release, party.id), 0);
    unit_audit(machine);
}

static void the_lender_may_leave_and_keep_its_map(void **state)
{
    struct machine *machine = *state;
    struct party party;

    lend(machine, &party);
    assert_int_equal(
        fake_call_as(machine, party.driver, TR_NR_shared_release, party.id, 0, 0, 0, 0, 0), 0);
    assert_non_null(fake_user(machine, party.driver, party.map + PAGES(1), 1, HAL_WRITE));
    assert_ptr_equal(seen(machine, &party, 0, HAL_READ), machine->device + PAGES(1));
    assert_int_equal(
        fake_call_as(machine, party.driver, TR_NR_memory_release, party.map, 6, 0, 0, 0, 0), 0);
    assert_int_equal(*seen(machine, &party, 0, HAL_READ), 0);
    assert_true(fake_turn(machine, party.client));
    assert_int_equal(CALL1(machine, shared_release, party.id), 0);
    unit_audit(machine);
    assert_int_equal(machine->kernel->frames.by_use[FRAME_SHARED], 0);
}

static void dma_memory_can_be_lent(void **state)
{
    struct machine *machine = *state;
    struct party party = {0};
    struct tr_dma dma;

    party.driver = fake_process(machine, TR_DRIVER, "driver");
    assert_int_equal(CALL4(machine, dma_allocate, 3, 0, 0, FAKE_WORD(&dma)), 0);
    uint64_t va = dma.va;
    party.id = (uint64_t)CALL5(machine, shared_create, 3, TR_READ, TR_SHARED_FROM,
                               FAKE_WORD(&party.key), FAKE_WORD(&va));
    party.client = fake_process(machine, TR_DRIVER, "client");
    assert_int_equal(fake_call_as(machine, party.client, TR_NR_shared_join, party.id, party.key, 0,
                                  TR_READ, FAKE_WORD(&party.joined), 0),
                     3);
    machine->ram[dma.physical + PAGES(2)] = 9;
    assert_int_equal(*seen(machine, &party, 2, HAL_READ), 9);
    (void)fake_call_as(machine, party.driver, TR_NR_process_exit, 0, 0, 0, 0, 0, 0);
    assert_int_equal(*seen(machine, &party, 2, HAL_READ), 0);
    assert_ptr_not_equal(seen(machine, &party, 2, HAL_READ),
                         machine->ram + dma.physical + PAGES(2));
    unit_audit(machine);
}

static void a_lost_page_without_a_frame_left_is_no_memory(void **state)
{
    struct machine *machine = *state;
    struct party party;

    lend(machine, &party);
    assert_int_equal(
        fake_call_as(machine, party.driver, TR_NR_memory_release, party.map, 6, 0, 0, 0, 0), 0);
    assert_true(fake_turn(machine, party.client));
    (void)kernel_fail_allocation(machine->kernel, 1, true);
    assert_int_equal(CALL2(machine, random, party.joined, 8), TR_E_NOMEM);
    (void)kernel_fail_allocation(machine->kernel, 0, false);
    assert_int_equal(CALL2(machine, random, party.joined, 8), 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT_TEST(members_see_the_device),
        UNIT_TEST(what_may_not_be_lent_is_refused),
        UNIT_TEST(lost_pages_become_zero_pages_of_all_members),
        UNIT_TEST(pages_of_the_map_that_are_not_lent_may_go),
        UNIT_TEST(the_driver_dies_and_the_members_live_on),
        UNIT_TEST(dropping_the_class_loses_the_pages_and_keeps_the_membership),
        UNIT_TEST(the_lender_may_leave_and_keep_its_map),
        UNIT_TEST(dma_memory_can_be_lent),
        UNIT_TEST(a_lost_page_without_a_frame_left_is_no_memory),
    };

    return cmocka_run_group_tests_name("shared_lent", tests, NULL, NULL);
}
