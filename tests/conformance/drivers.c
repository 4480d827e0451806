/* SPDX-License-Identifier: MIT */
/* interface.md 10: ports and interrupt lines. Lines that rise are in tests/kit/test_kit_time.c and
 * the unit tests, which can raise them. */

#include "check.h"

const char check_section[] = "drivers";

static void ports_are_claimed_all_or_nothing(void)
{
    CHECK_IS(tr_port_claim(0xe80, 4), 0);
    CHECK_IS(tr_port_claim(0xe80, 4), 0);
    CHECK_IS(tr_port_claim(0xe82, 6), 0);
    CHECK_IS(tr_port_in(0xe87, 1), 0xff);
    CHECK_IS(tr_port_in(0xe88, 1), TR_E_ACCES);
}

static int64_t claims_around(uint64_t parent)
{
    CHECK_IS(tr_port_claim(0xe7e, 4), TR_E_BUSY);
    CHECK_IS(tr_port_in(0xe7e, 1), TR_E_ACCES);
    CHECK_IS(tr_port_claim(0xe7e, 2), 0);
    CHECK_IS(tr_port_in(0xe7e, 4), TR_E_ACCES);
    CHECK_IS(tr_port_in(0xe7e, 2), 0xffff);
    (void)tr_message_send(parent, NULL, 0, 1);
    return 0;
}

static void anothers_port_is_busy(void)
{
    struct tr_event event;

    CHECK_IS(tr_port_claim(0xe80, 2), 0);
    (void)check_start(TR_DRIVER, "other", claims_around, check_self());
    check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
    CHECK_IS(event.cookie, 1);
}

static void released_ports_are_gone(void)
{
    CHECK_IS(tr_port_claim(0xe80, 4), 0);
    CHECK_IS(tr_port_release(0xe81, 1), 0);
    CHECK_IS(tr_port_in(0xe80, 1), 0xff);
    CHECK_IS(tr_port_in(0xe81, 1), TR_E_ACCES);
    CHECK_IS(tr_port_in(0xe82, 1), 0xff);
}

static void bad_ports_are_invalid(void)
{
    uint8_t byte = 0;

    CHECK_IS(tr_port_claim(0x10000, 1), TR_E_INVAL);
    CHECK_IS(tr_port_claim(0xffff, 2), TR_E_INVAL);
    CHECK_IS(tr_port_claim(0, 0x10001), TR_E_INVAL);
    CHECK_IS(tr_port_claim(UINT64_MAX, 2), TR_E_INVAL);
    CHECK_IS(tr_port_in(0x10000, 1), TR_E_INVAL);
    CHECK_IS(tr_port_in(0xffff, 2), TR_E_INVAL);
    CHECK_IS(tr_port_in(0xe80, 3), TR_E_INVAL);
    CHECK_IS(tr_port_in(0xe80, 0), TR_E_INVAL);
    CHECK_IS(tr_port_out(0xe80, 8, 0), TR_E_INVAL);
    CHECK_IS(tr_port_in_string(0xe80, 3, &byte, 1), TR_E_INVAL);
    CHECK_IS(tr_port_claim(0xffff, 1), 0);
}

static void strings_move_count_units(void)
{
    uint16_t words[8] = {0};

    CHECK_IS(tr_port_claim(0xe80, 2), 0);
    CHECK_IS(tr_port_in_string(0xe80, 2, words, 4), 4);
    CHECK(words[0] == 0xffff && words[3] == 0xffff && words[4] == 0);
    CHECK_IS(tr_port_out_string(0xe80, 2, words, 8), 8);
    CHECK_IS(tr_port_in_string(0xe90, 2, words, 4), TR_E_ACCES);
}

static void lines_are_listened_to_once(void)
{
    CHECK_IS(tr_irq_listen(5, 1), 0);
    CHECK_IS(tr_irq_listen(5, 1), TR_E_EXIST);
    CHECK_IS(tr_irq_acknowledge(5), TR_E_STATE);
    CHECK_IS(tr_irq_ignore(5), 0);
    CHECK_IS(tr_irq_ignore(5), TR_E_NOENT);
    CHECK_IS(tr_irq_acknowledge(5), TR_E_NOENT);
    CHECK_IS(tr_irq_listen(5, 1), 0);
}

static void no_such_line_is_invalid(void)
{
    CHECK_IS(tr_irq_listen(16, 0), TR_E_INVAL);
    CHECK_IS(tr_irq_listen(UINT64_MAX, 0), TR_E_INVAL);
    CHECK_IS(tr_irq_acknowledge(16), TR_E_INVAL);
    CHECK_IS(tr_irq_ignore(16), TR_E_INVAL);
}

const struct check_case check_cases[] = {
    CHECK_ROW(TR_DRIVER, ports_are_claimed_all_or_nothing),
    CHECK_ROW(TR_DRIVER, anothers_port_is_busy),
    CHECK_ROW(TR_DRIVER, released_ports_are_gone),
    CHECK_ROW(TR_DRIVER, bad_ports_are_invalid),
    CHECK_ROW(TR_DRIVER, strings_move_count_units),
    CHECK_ROW(TR_DRIVER, lines_are_listened_to_once),
    CHECK_ROW(TR_DRIVER, no_such_line_is_invalid),
    CHECK_END,
};
