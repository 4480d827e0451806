/* SPDX-License-Identifier: MIT */
/* Anything may be written to any port at any time: the models stay in their bounds (the sanitizers
 * and Valgrind look), time goes on, and the same accesses give the same answers. */

#include "devices.h"

#include <stdlib.h>
#include <unistd.h>

#define ACCESSES 50000

struct accesses {
    uint64_t random, hash;
};

static uint32_t next(struct accesses *accesses, uint32_t below)
{
    accesses->random = accesses->random * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (uint32_t)(accesses->random >> 33) % below;
}

/* Ports of models, mostly; also beside them. */
static uint32_t any_port(struct accesses *accesses)
{
    static const struct {
        uint16_t first, count;
    } ranges[] = {{0x00, 0x20}, {0x20, 2},   {0x40, 4},    {0x60, 5},  {0x70, 2},
                  {0x80, 0x10}, {0xa0, 2},   {0xc0, 0x20}, {0x170, 8}, {0x1ce, 4},
                  {0x1f0, 8},   {0x220, 16}, {0x2f8, 8},   {0x376, 1}, {0x3c0, 0x20},
                  {0x3f0, 8},   {0x3f8, 8},  {0x4d0, 2},   {0xcf8, 8}, {0xc000, 0x40}};
    uint32_t which = next(accesses, sizeof ranges / sizeof ranges[0] + 1);

    if (which == sizeof ranges / sizeof ranges[0]) {
        return next(accesses, 0x10000);
    }
    return ranges[which].first + next(accesses, ranges[which].count);
}

static void one(struct machine *machine, struct accesses *accesses)
{
    uint32_t port = any_port(accesses),
             width = 1U << (next(accesses, 6) / 4 + next(accesses, 8) / 7);
    uint32_t value = next(accesses, 4) == 0 ? next(accesses, 0x7fffffff) : next(accesses, 256);
    uint32_t line;

    port = port + width > 0x10000 ? 0x10000 - width : port;
    switch (next(accesses, 8)) {
    case 0:
    case 1:
    case 2:
        accesses->hash = accesses->hash * 31 + hal_port_in(machine, port, width);
        break;
    case 3:
        posix_machine_pass(machine, next(accesses, 2000000));
        break;
    case 4:
        hal_irq_mask(machine, next(accesses, 16), next(accesses, 2) != 0);
        accesses->hash += posix_machine_take(machine, &line) ? line : 77;
        break;
    case 5:
        posix_machine_mouse(machine, (int32_t)next(accesses, 1000) - 500, 3, 1, next(accesses, 8));
        posix_machine_key(machine, next(accesses, 2) == 0 ? "a" : "pause", next(accesses, 2) == 0);
        break;
    default:
        hal_port_out(machine, port, width, value);
        break;
    }
}

static uint64_t run(uint64_t seed)
{
    struct machine *machine = device_machine(&device_hardware);
    struct accesses accesses = {.random = seed};

    hal_dma_allow(machine, 0x100, 16, true);

    for (unsigned i = 0; i < ACCESSES; i++) {
        one(machine, &accesses);
    }
    accesses.hash ^= hal_time(machine);
    posix_machine_destroy(machine);
    return accesses.hash;
}

static void any_access_at_any_time_is_survived_and_repeats(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        assert_int_equal(run(seed), run(seed));
    }
    assert_int_not_equal(run(1), run(2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_access_at_any_time_is_survived_and_repeats),
    };

    char path[] = "/tmp/terrarium-random-XXXXXX";
    int file = mkstemp(path);
    const struct posix_medium medium = {.path = path, .mode = POSIX_MEDIUM_COPY};
    if (file < 0 || ftruncate(file, 1474560) != 0) {
        return 1;
    }
    device_hardware.parts = POSIX_PART_ALL;
    device_hardware.floppy_drives = 1;
    device_hardware.floppies[0] = medium;
    device_hardware.drives[0] = (struct posix_drive){POSIX_DRIVE_DISK, medium};
    device_hardware.drives[2] = (struct posix_drive){POSIX_DRIVE_CDROM, medium};
    int failed = cmocka_run_group_tests_name("devices: at random", tests, NULL, NULL);
    close(file);
    unlink(path);
    return failed;
}
