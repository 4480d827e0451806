/* SPDX-License-Identifier: MIT */
#pragma once

/* A machine with a kernel for the benches, and the processes that drive it: functions of the host
 * (as in the test kit) and guests from an image. One rig at a time in a program. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <terrarium.h>

#include "request.h"

struct rig;

/* `pooled`: ended programs' windows are kept for the next. Ends the program with a sentence if the
 * host does not let us, as all of these do on failure. */
struct rig *rig_create(uint64_t ram_bytes, bool pooled);
void rig_destroy(struct rig *rig);

/* Starts a guest; gives its pid when it has come to rest. */
uint64_t rig_guest(struct rig *rig, const void *image, size_t size, const char *argument);

/* One request to a guest: nanoseconds of the host from sending it to its answer. */
double rig_request(struct rig *rig, uint64_t guest, const struct request *request);

/* Spawns an image `count` times, each when the one before has ended: nanoseconds of the host. */
double rig_spawns(struct rig *rig, const void *image, size_t size, uint64_t count);

/* Frames of the simulated machine in use. */
uint64_t rig_frames(struct rig *rig);
