/* SPDX-License-Identifier: MIT */
/* libFuzzer target: any bytes as a program image. The loader must refuse or load them, lose nothing
 * and keep every invariant; a loaded program must be endable. */

#include <stdio.h>
#include <stdlib.h>

#include "tests/fake/fake.h"

#define RAM_PAGES  1024
#define STEPS_MOST 4096

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void audit(struct machine *machine, const char *when)
{
    char text[256];

    if (kernel_audit(machine->kernel, text, sizeof text) != 0) {
        fprintf(stderr, "audit %s: %s\n", when, text);
        abort();
    }
}

static int64_t spawn(struct machine *machine, const uint8_t *bytes, size_t size)
{
    const struct tr_spawn spawn = {.image = bytes,
                                   .image_size = size,
                                   .name = "fuzzed",
                                   .process_class = TR_APPLICATION,
                                   .argument = "word",
                                   .argument_size = 4};
    int64_t result = fake_call(machine, TR_NR_process_spawn, FAKE_WORD(&spawn), 0, 0, 0, 0, 0);

    for (int step = 0; result == FAKE_SLEEPS && step < STEPS_MOST; step++) {
        machine->current = kernel_timer(machine->kernel);
        result = machine->current != NULL ? machine->current->result : FAKE_SLEEPS;
    }
    return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const struct kernel_config config = {.invariants = true, .no_log_needed = true};
    struct machine *machine = fake_create_bare(RAM_PAGES);

    machine->kernel = kernel_create(machine, &config);
    if (machine->kernel == NULL) {
        abort();
    }
    (void)fake_process(machine, TR_DRIVER, "parent");
    int64_t pid = spawn(machine, bytes, size);
    audit(machine, "after the spawn");
    if (pid > 0) {
        (void)fake_call(machine, TR_NR_process_terminate, (uint64_t)pid, 0, 0, 0, 0, 0);
    }
    audit(machine, "at the end");
    fake_destroy(machine);
    return 0;
}
