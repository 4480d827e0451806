/* SPDX-License-Identifier: MIT */
/* Who waits for whom: in circles, on circles, beside them; by hand and by chance against a search
 * that tries everything. */

#include "unit.h"

#include <stdlib.h>
#include <terrarium/waits.h>

#define MOST 24

static struct tr_wait_row row(uint64_t pid, uint64_t tid, uint64_t peer)
{
    return (struct tr_wait_row){.pid = pid,
                                .tid = tid,
                                .peer = peer,
                                .until = TR_FOREVER,
                                .wait = peer != 0 ? TR_WAIT_REPLY : TR_WAIT_EVENT};
}

static void two_that_wait_for_each_other_are_a_circle(void **state)
{
    (void)state;
    struct tr_wait_row rows[] = {row(1, 1, 0), row(2, 2, 3), row(3, 3, 2)};

    assert_int_equal(tr_waits_find(rows, 3), 1);
    assert_false(rows[0].is_stuck);
    assert_int_equal(rows[0].circle, 0);
    assert_int_equal(rows[1].circle, 1);
    assert_int_equal(rows[2].circle, 1);
}

static void one_can_wait_for_itself(void **state)
{
    (void)state;
    struct tr_wait_row rows[] = {row(5, 5, 5)};

    assert_int_equal(tr_waits_find(rows, 1), 1);
    assert_true(rows[0].is_stuck);
}

static void who_waits_for_a_circle_is_stuck_but_not_in_it(void **state)
{
    (void)state;
    struct tr_wait_row rows[] = {row(1, 1, 2), row(2, 2, 3), row(3, 3, 4), row(4, 4, 2),
                                 row(5, 5, 1), row(6, 6, 7), row(7, 7, 6)};

    assert_int_equal(tr_waits_find(rows, 7), 2);
    for (int i = 0; i < 7; i++) {
        assert_true(rows[i].is_stuck);
    }
    assert_int_equal(rows[0].circle, 0);
    assert_int_equal(rows[1].circle, 1);
    assert_int_equal(rows[2].circle, 1);
    assert_int_equal(rows[3].circle, 1);
    assert_int_equal(rows[4].circle, 0);
    assert_int_equal(rows[5].circle, 2);
}

static void a_second_thread_that_is_free_frees_all(void **state)
{
    (void)state;
    struct tr_wait_row rows[] = {row(1, 1, 2), row(2, 2, 1), row(2, 9, 0)};

    assert_int_equal(tr_waits_find(rows, 3), 0);
    rows[2].peer = 1;
    assert_int_equal(tr_waits_find(rows, 3), 1);
    assert_true(rows[2].is_stuck);
}

static void a_limit_of_time_frees_all(void **state)
{
    (void)state;
    struct tr_wait_row rows[] = {row(1, 1, 2), row(2, 2, 1)};

    rows[1].until = 100;
    assert_int_equal(tr_waits_find(rows, 2), 0);
    assert_false(rows[0].is_stuck);
}

static void a_peer_that_is_not_there_can_be_anybody(void **state)
{
    (void)state;
    struct tr_wait_row rows[] = {row(1, 1, 77)};

    assert_int_equal(tr_waits_find(rows, 1), 0);
    assert_int_equal(tr_waits_find(rows, 0), 0);
}

/* Free threads free those who wait for them, again and again: the other way round than waits.h. */
static void search(const struct tr_wait_row *rows, size_t count, bool *is_stuck)
{
    for (size_t i = 0; i < count; i++) {
        is_stuck[i] = true;
    }
    for (size_t round = 0; round <= count; round++) {
        for (size_t i = 0; i < count; i++) {
            bool is_there = false;
            for (size_t k = 0; k < count; k++) {
                if (rows[k].pid == rows[i].peer) {
                    is_there = true;
                    is_stuck[i] = is_stuck[i] && is_stuck[k];
                }
            }
            is_stuck[i] = is_stuck[i] && is_there && rows[i].until == TR_FOREVER;
        }
    }
}

/* True if the waits lead from a row back to its process. */
static bool leads_back(const struct tr_wait_row *rows, size_t count, size_t start)
{
    uint64_t pid = rows[start].peer;
    for (size_t steps = 0; steps < count; steps++) {
        if (pid == rows[start].pid) {
            return true;
        }
        pid = rows[tr_waits_process(rows, count, pid)].peer;
    }
    return false;
}

static void any_graph_is_found_as_by_a_search(void **state)
{
    (void)state;
    size_t circles = 0;

    srand(9);
    for (int round = 0; round < 20000; round++) {
        struct tr_wait_row rows[MOST];
        bool is_stuck[MOST];
        size_t count = (size_t)(rand() % MOST) + 1, processes = 0;
        for (size_t i = 0; i < count; i++) {
            processes += processes == 0 || rand() % 4 != 0;
            rows[i] = row(processes, i + 1, 0);
        }
        for (size_t i = 0; i < count; i++) {
            rows[i].peer = rand() % 8 == 0 ? 0 : (uint64_t)rand() % (processes + 1);
            rows[i].until = rand() % 16 == 0 ? 5 : TR_FOREVER;
        }
        circles += tr_waits_find(rows, count);
        search(rows, count, is_stuck);
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(rows[i].is_stuck, is_stuck[i]);
            bool is_first = i == 0 || rows[i - 1].pid != rows[i].pid;
            assert_int_equal(rows[i].circle != 0,
                             is_first && is_stuck[i] && leads_back(rows, count, i));
        }
    }
    assert_true(circles > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_that_wait_for_each_other_are_a_circle),
        cmocka_unit_test(one_can_wait_for_itself),
        cmocka_unit_test(who_waits_for_a_circle_is_stuck_but_not_in_it),
        cmocka_unit_test(a_second_thread_that_is_free_frees_all),
        cmocka_unit_test(a_limit_of_time_frees_all),
        cmocka_unit_test(a_peer_that_is_not_there_can_be_anybody),
        cmocka_unit_test(any_graph_is_found_as_by_a_search),
    };
    return cmocka_run_group_tests_name("waits", tests, NULL, NULL);
}
