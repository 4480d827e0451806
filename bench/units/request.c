/* SPDX-License-Identifier: MIT */
/* Units of one guest alone: the cheapest call, a yield. */

#include <stdlib.h>

#include "measure.h"
#include "units/asked.h"

#define CALLS  100000
#define YIELDS 20000
#define EMPTY  21

struct asked *asked_open(const struct rig_config *config)
{
    struct asked *asked = calloc(1, sizeof *asked);

    bench_must(asked != NULL, "calloc");
    asked->rig = rig_create(config);
    asked->guest = rig_guests(asked->rig, "bench_guest", "serve", 1);
    return asked;
}

void asked_ready(struct asked *asked, const struct request *request, uint64_t operations)
{
    const struct request nothing = {.kind = REQUEST_NOTHING};
    struct measure measure = {.count = 0};

    asked->request = *request;
    asked->operations = operations;
    (void)rig_request(asked->rig, asked->guest, request, NULL);
    for (int i = 0; i < EMPTY; i++) {
        measure_add(&measure, rig_request(asked->rig, asked->guest, &nothing, NULL));
    }
    asked->empty = measure_quantile(&measure, 0.5);
}

double asked_batch(void *state)
{
    struct asked *asked = state;
    double took = rig_request(asked->rig, asked->guest, &asked->request, NULL) - asked->empty;

    return (took > 0 ? took : 0) / (double)asked->operations;
}

void asked_close(void *state)
{
    struct asked *asked = state;

    rig_destroy(asked->rig);
    free(asked);
}

static void *open_call(uint64_t unused)
{
    const struct rig_config config = {.ram_bytes = UINT64_C(64) << 20};
    const struct request request = {.kind = REQUEST_CALLS, .count = CALLS};
    struct asked *asked = asked_open(&config);

    (void)unused;
    asked_ready(asked, &request, CALLS);
    return asked;
}

static void *open_yield(uint64_t unused)
{
    const struct rig_config config = {.ram_bytes = UINT64_C(64) << 20};
    const struct request request = {.kind = REQUEST_YIELDS, .count = YIELDS};
    struct asked *asked = asked_open(&config);

    (void)unused;
    asked_ready(asked, &request, UINT64_C(2) * YIELDS);
    return asked;
}

const struct source unit_call = {open_call, asked_batch, asked_close, CALLS};
const struct source unit_yield = {open_yield, asked_batch, asked_close, UINT64_C(2) * YIELDS};
