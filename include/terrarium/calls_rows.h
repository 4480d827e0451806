/* SPDX-License-Identifier: MIT */
/* The common simple view of calls.def: define TR_CALL_ROW(number, name), include this, undefine it.
 * A view that needs rights, summary or parameters defines TR_CALL0 … TR_CALL6 itself. No include
 * guard: included once per view. */
#define TR_CALL0(nr, name, r, s, text)      TR_CALL_ROW(nr, name)
#define TR_CALL1(nr, name, r, s, text, ...) TR_CALL_ROW(nr, name)
#define TR_CALL2(nr, name, r, s, text, ...) TR_CALL_ROW(nr, name)
#define TR_CALL3(nr, name, r, s, text, ...) TR_CALL_ROW(nr, name)
#define TR_CALL4(nr, name, r, s, text, ...) TR_CALL_ROW(nr, name)
#define TR_CALL5(nr, name, r, s, text, ...) TR_CALL_ROW(nr, name)
#define TR_CALL6(nr, name, r, s, text, ...) TR_CALL_ROW(nr, name)
#include <terrarium/calls.def>
#include <terrarium/calls_undef.h>
