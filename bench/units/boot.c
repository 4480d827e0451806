/* SPDX-License-Identifier: MIT */
/* A machine and its kernel, as the test kit makes one for each test. */

#include <stddef.h>

#include "measure.h"
#include "rig.h"
#include "unit.h"

static void *open_nothing(uint64_t unused)
{
    (void)unused;
    return NULL;
}

static double batch(void *unused)
{
    const struct rig_config config = {.ram_bytes = UINT64_C(16) << 20};

    (void)unused;
    double start = measure_now();
    rig_destroy(rig_create(&config));
    return measure_now() - start;
}

static void close_nothing(void *unused)
{
    (void)unused;
}

const struct source unit_boot = {open_nothing, batch, close_nothing, 1};
