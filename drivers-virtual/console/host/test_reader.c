/* SPDX-License-Identifier: MIT */
/* Who holds the session and who may read (services.md 5.6); processes are the test's own. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <terrarium.h>

#include "drivers-virtual/console/reader.h"

#define PROCESSES 40

static uint64_t parents[PROCESSES]; /* by pid; the parent of one that has ended is ENDED */
#define ENDED UINT64_MAX

static struct readers readers;

int64_t tr_process_info(uint64_t pid, struct tr_process_info *info)
{
    if (pid == 0 || pid >= PROCESSES || parents[pid] == ENDED) {
        return TR_E_NOENT;
    }
    *info = (struct tr_process_info){.pid = pid, .parent = parents[pid]};
    return (int64_t)pid;
}

static int set_up(void **state)
{
    (void)state;
    memset(&readers, 0, sizeof(readers));
    memset(parents, 0, sizeof(parents));
    return 0;
}

/* Lets each of the processes from 1 on lend the session to the next. */
static void lend_to(uint64_t last)
{
    assert_int_equal(readers_session(&readers, 1), 0);
    for (uint64_t pid = 1; pid < last; pid++) {
        assert_true(readers_foreground(&readers, pid, pid + 1, true));
        assert_int_equal(readers_session(&readers, pid + 1), pid);
    }
    assert_int_equal(readers_holder(&readers), last);
}

static void without_a_holder_everybody_reads(void **state)
{
    (void)state;
    assert_int_equal(readers_holder(&readers), 0);
    assert_true(readers_let(&readers, 5));
    assert_false(readers_foreground(&readers, 5, 6, true));
}

static void nobody_takes_the_session_that_is_not_lent(void **state)
{
    (void)state;
    assert_int_equal(readers_session(&readers, 1), 0);
    assert_int_equal(readers_session(&readers, 1), 0);
    assert_int_equal(readers_session(&readers, 2), TR_E_BUSY);
    assert_true(readers_foreground(&readers, 1, 2, false));
    assert_int_equal(readers_session(&readers, 2), TR_E_BUSY);
    assert_true(readers_foreground(&readers, 1, 2, true));
    parents[3] = 2;
    assert_int_equal(readers_session(&readers, 3), TR_E_BUSY);
    assert_int_equal(readers_session(&readers, 2), 1);
    assert_int_equal(readers_holder(&readers), 2);
}

static void the_uppermost_and_its_foreground_read(void **state)
{
    (void)state;
    lend_to(3);
    assert_true(readers_let(&readers, 3));
    assert_false(readers_let(&readers, 1));
    assert_false(readers_let(&readers, 2));
    assert_false(readers_let(&readers, 4));
    assert_true(readers_foreground(&readers, 3, 4, false));
    parents[5] = 4;
    assert_true(readers_let(&readers, 4));
    assert_true(readers_let(&readers, 5));
    assert_false(readers_let(&readers, 6));
}

static void it_comes_back_when_the_borrower_ends(void **state)
{
    (void)state;
    lend_to(4);
    parents[4] = ENDED;
    assert_int_equal(readers_holder(&readers), 3);
    parents[2] = ENDED; /* with it who has it from it loses it */
    assert_int_equal(readers_holder(&readers), 1);
    assert_int_equal(readers_session(&readers, 3), TR_E_BUSY);
    parents[1] = ENDED;
    assert_int_equal(readers_holder(&readers), 0);
    assert_int_equal(readers_session(&readers, 3), 0);
}

static void a_lender_takes_it_back_by_another_foreground(void **state)
{
    (void)state;
    lend_to(4);
    assert_true(readers_foreground(&readers, 2, 3, true));
    assert_int_equal(readers_holder(&readers), 4);
    assert_true(readers_foreground(&readers, 2, 9, false));
    assert_int_equal(readers_holder(&readers), 2);
    assert_false(readers_foreground(&readers, 3, 9, true));
    assert_int_equal(readers_session(&readers, 3), TR_E_BUSY);
    assert_true(readers_foreground(&readers, 1, 2, false));
    assert_int_equal(readers_holder(&readers), 1);
}

static void so_many_hold_it_and_no_more(void **state)
{
    (void)state;
    lend_to(HOLDERS_MOST);
    assert_true(readers_foreground(&readers, HOLDERS_MOST, HOLDERS_MOST + 1, true));
    assert_int_equal(readers_session(&readers, HOLDERS_MOST + 1), TR_E_LIMIT);
    assert_true(readers_let(&readers, HOLDERS_MOST + 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(without_a_holder_everybody_reads, set_up),
        cmocka_unit_test_setup(nobody_takes_the_session_that_is_not_lent, set_up),
        cmocka_unit_test_setup(the_uppermost_and_its_foreground_read, set_up),
        cmocka_unit_test_setup(it_comes_back_when_the_borrower_ends, set_up),
        cmocka_unit_test_setup(a_lender_takes_it_back_by_another_foreground, set_up),
        cmocka_unit_test_setup(so_many_hold_it_and_no_more, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
