/* SPDX-License-Identifier: MIT */
#pragma once

/* A machine with a kernel for the benches, and the processes in it: a driver that is a function of
 * the host (as in the test kit) and does what the bench asks, and guests from an image. Ends the
 * program with a sentence if something fails. */

#include <stdbool.h>
#include <stdint.h>

#include "request.h"

struct rig;

#define RIG_FRAME UINT64_C(0xe0000000)

struct rig_config {
    uint64_t ram_bytes;
    bool drivers;     /* the guests are of that class; else applications */
    bool fresh;       /* windows of ended programs are not kept for the next */
    bool screen;      /* the machine has one: its frame buffer is at RIG_FRAME */
    const char *disk; /* an image: the machine has PCI and this disk */
    bool large;       /* limits raised to the size of the memory, as a boot file may */
};

struct rig *rig_create(const struct rig_config *config);
void rig_destroy(struct rig *rig);

/* Starts guests of an image, all before any of them runs, and lets them come to rest. Gives the
 * first one's pid; the others follow it. */
uint64_t rig_guests(struct rig *rig, const char *image, const char *argument, uint64_t count);

/* One request to a guest: nanoseconds of the host from sending it to its answer. */
double rig_request(struct rig *rig, uint64_t guest, const struct request *request,
                   struct answer *answer);

/* Spawns an image `count` times, each when the one before has ended: nanoseconds of the host. */
double rig_spawns(struct rig *rig, const char *image, uint64_t count);

/* Frames of the simulated machine in use. */
uint64_t rig_frames(struct rig *rig);
