/* SPDX-License-Identifier: MIT */
#pragma once

/* The guest's jobs, one for each kind of request. Each returns its result, negative if it failed.
 */

#include <terrarium.h>

#include "request.h"

int64_t job_yields(const struct request *request);

/* Between two processes (exchange.c). */
int64_t job_rounds(const struct request *request);
int64_t job_pipe_open(struct answer *answer);
int64_t job_pipe_join(const struct request *request);
void job_pipe_sink(void); /* never returns while the pipe lives */
int64_t job_pipe_writes(const struct request *request);
int64_t job_shared_open(const struct request *request, struct answer *answer);
int64_t job_shared_join(const struct request *request);
void job_shared_sink(void); /* never returns */
int64_t job_shared_writes(const struct request *request);
void job_echo(uint64_t size); /* never returns */

/* Events and what sends them (sources.c). */
int64_t job_arm(const struct request *request);
int64_t job_watch(const struct request *request);
int64_t job_messages(const struct request *request);
int64_t job_timers(const struct request *request);
int64_t job_timer_cycles(const struct request *request);
int64_t job_queue(const struct request *request);

/* A driver's (hardware.c). */
int64_t job_interrupts(const struct request *request);
int64_t job_ports(const struct request *request);
int64_t job_trapped_ports(const struct request *request);
int64_t job_frames(const struct request *request);
