/* SPDX-License-Identifier: MIT */
/* Pools of records, and the accounts and quotas that they are charged to. */

#include "unit.h"

#include <string.h>

#include "kernel/pool.h"
#include "kernel/state.h"

#define RECORDS 300

static void *records[RECORDS];

static void records_are_zeroed_apart_and_aligned(void **state)
{
    struct machine *machine = *state;
    struct kernel *kernel = machine->kernel;
    struct pool *pool = &kernel->pools.sizes[0];
    const uint8_t zeros[256] = {0};

    for (size_t i = 0; i < RECORDS; i++) {
        assert_int_equal(pool_take(kernel, pool, &kernel->root_account, &records[i]), 0);
        assert_int_equal((uintptr_t)records[i] % 16, 0);
        assert_memory_equal(records[i], zeros, sizeof zeros);
        memset(records[i], (int)i, sizeof zeros);
    }
    for (size_t i = 0; i < RECORDS; i++) {
        assert_int_equal(((uint8_t *)records[i])[255], (uint8_t)i);
        pool_give(kernel, pool, &kernel->root_account, records[i]);
    }
    unit_audit(machine);
}

static void empty_slabs_go_back_to_the_frames(void **state)
{
    struct machine *machine = *state;
    struct kernel *kernel = machine->kernel;
    struct pool *pool = &kernel->pools.sizes[3];
    uint64_t before = kernel->frames.by_use[FRAME_POOL];
    uint64_t slab = UINT64_C(1) << pool->slab_order;

    for (size_t i = 0; i < RECORDS; i++) {
        assert_int_equal(pool_take(kernel, pool, &kernel->root_account, &records[i]), 0);
    }
    assert_true(kernel->frames.by_use[FRAME_POOL] >= before + 10 * slab);
    for (size_t i = 0; i < RECORDS; i++) {
        pool_give(kernel, pool, &kernel->root_account, records[i * 7 % RECORDS]);
    }
    assert_int_equal(pool->live, 0);
    assert_true(kernel->frames.by_use[FRAME_POOL] <= before + slab);
    unit_audit(machine);
}

static void the_quota_is_exact(void **state)
{
    struct machine *machine = *state;
    struct kernel *kernel = machine->kernel;
    struct pool *pool = &kernel->pools.sizes[2];
    struct account *account;
    uint64_t fits = 40;

    kernel->config.limits.kernel_memory = fits * pool->size;
    assert_int_equal(account_create(kernel, TR_DRIVER, &account), 0);
    for (size_t i = 0; i < fits; i++) {
        assert_int_equal(pool_take(kernel, pool, account, &records[i]), 0);
    }
    assert_int_equal(pool_take(kernel, pool, account, &records[fits]), TR_E_LIMIT);
    assert_int_equal(account->bytes, fits * pool->size);
    assert_int_equal(account->records, fits);
    pool_give(kernel, pool, account, records[0]);
    assert_int_equal(pool_take(kernel, pool, account, &records[0]), 0);
    for (size_t i = 0; i < fits; i++) {
        pool_give(kernel, pool, account, records[i]);
    }
    assert_int_equal(account->bytes, 0);
    account_orphan(kernel, account);
}

static void the_kernel_itself_has_no_quota(void **state)
{
    struct machine *machine = *state;
    struct kernel *kernel = machine->kernel;
    struct account *root = &kernel->root_account;
    struct pool *pool = &kernel->pools.sizes[0];

    kernel->config.limits.kernel_memory = root->bytes + 10 * pool->size;
    for (size_t i = 0; i < RECORDS; i++) {
        assert_int_equal(pool_take(kernel, pool, root, &records[i]), 0);
    }
    assert_true(root->bytes > kernel->config.limits.kernel_memory);
    for (size_t i = 0; i < RECORDS; i++) {
        pool_give(kernel, pool, root, records[i]);
    }
    assert_true(frame_may_take(kernel, root, kernel->frames.free));
}

static void an_orphan_account_lives_as_long_as_its_records(void **state)
{
    struct machine *machine = *state;
    struct kernel *kernel = machine->kernel;
    struct account *account;
    uint64_t accounts = kernel->pools.account.live;

    assert_int_equal(account_create(kernel, TR_SERVER, &account), 0);
    assert_int_equal(pool_take(kernel, &kernel->pools.sizes[1], account, &records[0]), 0);
    account_orphan(kernel, account);
    assert_int_equal(kernel->pools.account.live, accounts + 1);
    pool_give(kernel, &kernel->pools.sizes[1], account, records[0]);
    assert_int_equal(kernel->pools.account.live, accounts);
}

static void kernel_memory_comes_in_the_next_size(void **state)
{
    static const uint64_t sizes[] = {1, 256, 257, 512, 1000, 1024, 1025, 2048};
    static const uint64_t charged[] = {256, 256, 512, 512, 1024, 1024, 2048, 2048};
    struct machine *machine = *state;
    struct kernel *kernel = machine->kernel;
    struct account *account;

    assert_int_equal(account_create(kernel, TR_DRIVER, &account), 0);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        assert_int_equal(kernel_memory_take(kernel, account, sizes[i], &records[0]), 0);
        memset(records[0], 0xee, sizes[i]);
        assert_int_equal(account->bytes, charged[i]);
        kernel_memory_give(kernel, account, records[0], sizes[i]);
        assert_int_equal(account->bytes, 0);
    }
    account_orphan(kernel, account);
}

static void a_failed_take_charges_nothing(void **state)
{
    struct machine *machine = *state;
    struct kernel *kernel = machine->kernel;
    struct account *account;

    assert_int_equal(account_create(kernel, TR_DRIVER, &account), 0);
    (void)kernel_fail_allocation(kernel, 1, true);
    assert_int_equal(pool_take(kernel, &kernel->pools.pipe, account, &records[0]), TR_E_NOMEM);
    assert_int_equal(kernel_fail_allocation(kernel, 0, false), 1);
    assert_int_equal(account->bytes, 0);
    assert_int_equal(kernel->pools.pipe.live, 0);
    account_orphan(kernel, account);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT_TEST(records_are_zeroed_apart_and_aligned),
        UNIT_TEST(empty_slabs_go_back_to_the_frames),
        UNIT_TEST(the_quota_is_exact),
        UNIT_TEST(the_kernel_itself_has_no_quota),
        UNIT_TEST(an_orphan_account_lives_as_long_as_its_records),
        UNIT_TEST(kernel_memory_comes_in_the_next_size),
        UNIT_TEST(a_failed_take_charges_nothing),
    };

    return cmocka_run_group_tests_name("pool", tests, NULL, NULL);
}
