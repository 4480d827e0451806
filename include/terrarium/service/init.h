/* SPDX-License-Identifier: MIT */
#pragma once

/* The protocol of the first server, `s\init` (see service.h for the form of its messages). It acts
 * for drivers, for servers, for the one application that is the session of its list, and for its
 * deputies (services.md 5); any other sender, known by the stamp of its message, gets TR_E_PERM. */

#include <terrarium/service/service.h>

#define TR_INIT_NAME "s\\init"

enum tr_init_operation {
#define TR_INIT_OPERATION(name, number, meaning) TR_INIT_##name = (number),
#include <terrarium/service/init.def>
#undef TR_INIT_OPERATION
};

/* Flags of RUN: it does not run before RESUME; it is a deputy of the sender. */
#define TR_INIT_HELD   UINT32_C(1)
#define TR_INIT_DEPUTY UINT32_C(2)

/* The exit code of a process that KILL ended. */
#define TR_INIT_KILLED 137

/* Most bytes of names behind the reply to PROGRAMS. */
#define TR_INIT_NAMES_MAX 8192
