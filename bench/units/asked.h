/* SPDX-License-Identifier: MIT */
#pragma once

/* What most units are: one guest that gets the same request again and again. */

#include "rig.h"
#include "unit.h"

struct asked {
    struct rig *rig;
    uint64_t guest;
    struct request request;
    uint64_t operations; /* of one request */
    double empty;        /* what asking alone takes */
};

/* A guest on a new rig. */
struct asked *asked_open(const struct rig_config *config);

/* Sets the request, measures what asking costs, and makes it once. */
void asked_ready(struct asked *asked, const struct request *request, uint64_t operations);

/* For struct source. */
double asked_batch(void *state);
void asked_close(void *state);
