/* SPDX-License-Identifier: MIT */
#pragma once

/* The parts of the machine and what happens to them from outside (struct posix_hardware). A model
 * with slots for media says here how they are changed; hardware.c plays the list of events. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct machine;
struct posix_event;
struct posix_medium;

/* Embedded in the device. Each may be NULL: not possible with this unit. Called on the host stack
 * between entries. They warn of what is wrong themselves (host_warn) and return false. */
struct hardware_slot {
    bool (*change)(struct machine *machine, struct hardware_slot *slot,
                   const struct posix_medium *medium);
    bool (*bad)(struct machine *machine, struct hardware_slot *slot, uint64_t first, uint64_t count,
                bool is_bad);
};

/* The tables that models fill in. */
struct hardware_slots {
    struct hardware_slot *floppies[2], *drives[4]; /* drive: channel * 2 + unit */
    bool (*screenshot)(struct machine *machine, const char *path);
};

/* Makes the chosen parts and queues the events. False with a sentence in `error`. */
bool hardware_create(struct machine *machine, char *error, size_t error_size);
void hardware_destroy(struct machine *machine);
