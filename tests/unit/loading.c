/* SPDX-License-Identifier: MIT */
/* Spawning images in unit tests. */

#include "loading.h"

#include <string.h>

static int steps;

int loading_steps(void)
{
    return steps;
}

int64_t loading_spawn(struct machine *machine, const void *bytes, uint64_t size)
{
    struct tr_spawn spawn = {.image = bytes,
                             .image_size = size,
                             .name = "loaded",
                             .process_class = TR_APPLICATION,
                             .argument = "word",
                             .argument_size = 4};

    if (kernel_current_pid(machine->kernel) == 0) {
        (void)fake_process(machine, TR_DRIVER, "parent");
    }
    int64_t result = CALL1(machine, process_spawn, FAKE_WORD(&spawn));
    for (steps = 0; result == FAKE_SLEEPS && steps < 100; steps++) {
        machine->current = kernel_timer(machine->kernel);
        result = machine->current != NULL ? machine->current->result : FAKE_SLEEPS;
    }
    return result;
}

uint64_t loading_base(struct machine *machine, uint64_t pid)
{
    struct tr_process_info info;

    assert_true(kernel_process_next(machine->kernel, pid - 1, &info) >= 0);
    for (uint64_t va = info.lowest; va < info.highest; va += TR_PAGE_SIZE) {
        const uint8_t *bytes = fake_user(machine, pid, va, 4, HAL_READ);
        if (bytes != NULL && memcmp(bytes, ELFMAG, SELFMAG) == 0) {
            return va;
        }
    }
    fail_msg("the image's header is nowhere");
    return 0;
}

void loading_fails(struct machine *machine, const void *bytes, uint64_t size, int64_t error)
{
    struct kernel_census before, after;

    if (kernel_current_pid(machine->kernel) == 0) {
        (void)fake_process(machine, TR_DRIVER, "parent");
    }
    kernel_census(machine->kernel, &before);
    assert_int_equal(loading_spawn(machine, bytes, size), error);
    kernel_census(machine->kernel, &after);
    assert_int_equal(after.processes, before.processes);
    assert_int_equal(after.frames_user, before.frames_user);
    unit_audit(machine);
}

void loading_fails_because(struct machine *machine, const struct elf_image *image, int64_t error,
                           const char *words)
{
    struct tr_event event;
    char text[TR_LOG_MAX + 1];
    char said[4 * TR_LOG_MAX] = "";
    uint64_t parent = fake_process(machine, TR_DRIVER, "parent");
    uint64_t log = fake_process(machine, TR_APPLICATION, "log");

    assert_true(fake_turn(machine, parent));
    loading_fails(machine, image->bytes, sizeof image->bytes, error);
    (void)CALL1(machine, thread_sleep, TR_FOREVER);
    assert_true(fake_turn(machine, log));
    while (CALL1(machine, event_poll, FAKE_WORD(&event)) == 1) {
        int64_t size = CALL3(machine, message_read, event.object, FAKE_WORD(text), TR_LOG_MAX);
        assert_true(size >= 0);
        text[size] = '\0';
        strncat(said, text, sizeof said - strlen(said) - 1);
        strncat(said, "\n", sizeof said - strlen(said) - 1);
    }
    if (strstr(said, "loaded cannot be started: ") == NULL || strstr(said, words) == NULL) {
        fail_msg("the log does not say \"%s\" but:\n%s", words, said);
    }
}
