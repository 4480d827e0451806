/* SPDX-License-Identifier: MIT */
#pragma once

/* Between job.c and job_start.c. */

#include "job.h"

extern struct job jobs[JOBS_MOST];
