/* SPDX-License-Identifier: MIT */
/* interface.md 10 on a machine without real mode. */

#include "check.h"

const char check_section[] = "vm86_none";

static void there_is_no_such_call(void)
{
    struct tr_vm86 vm86 = {.memory = 1};

    CHECK_IS(tr_vm86_enter(&vm86, 0), TR_E_NOSYS);
    CHECK_IS(tr_vm86_enter(NULL, 99), TR_E_NOSYS);
}

const struct check_case check_cases[] = {
    CHECK_ROW(TR_DRIVER, there_is_no_such_call),
    CHECK_END,
};
