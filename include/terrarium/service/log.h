/* SPDX-License-Identifier: MIT */
#pragma once

/* The protocol of the log program `a\log` (see service.h for the form of its messages). Records
 * are numbered from 1 as they come; the log keeps the latest few hundred. */

#include <terrarium/service/service.h>

#define TR_LOG_NAME "a\\log"

enum tr_log_operation {
#define TR_LOG_OPERATION(name, number, meaning) TR_LOG_OPERATION_##name = (number),
#include <terrarium/service/log.def>
#undef TR_LOG_OPERATION
};

/* Most bytes of text behind one reply. */
#define TR_LOG_REPLY_MAX 4000
