/* SPDX-License-Identifier: MIT */
#pragma once

/* Requests to init, as service/init.h defines them. */

#include <terrarium/types.h>

/* Answers a message; one that is no call is thrown away. */
void request_serve(const struct tr_event *event);

/* Ends all jobs and stops the machine. */
int64_t system_end(enum tr_stop how, uint32_t code);
