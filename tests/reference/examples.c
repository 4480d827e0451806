/* SPDX-License-Identifier: MIT */
/* Runs the examples of docs/calls, each in a process of its own and of the class it wants:
 * `examples all`, or `examples NAME`. As a boot module it is a driver, and may start every class.
 * Their processes are this program with the argument `run NAME`. */

#include "reference/examples.h"

static struct tr_boot_module image;

static void image_find(void)
{
    for (uint64_t i = 0; tr_boot_module(i, &image) >= 0; i++) {
        if (strcmp(image.name, "examples") == 0) {
            return;
        }
    }
    exit(1);
}

static void run_one(const struct example *example)
{
    char argument[64];
    struct tr_event event;

    printf("== %s\n", example->name);
    snprintf(argument, sizeof(argument), "run %s", example->name);
    struct tr_spawn spawn = {.image = (const void *)(uintptr_t)image.va,
                             .image_size = image.size,
                             .name = "example",
                             .process_class = example->process_class,
                             .flags = TR_SPAWN_WATCH,
                             .argument = argument,
                             .argument_size = strlen(argument)};
    if (tr_process_spawn(&spawn) < 0) {
        printf("cannot be started\n");
        return;
    }
    do {
        tr_event_wait(&event, TR_FOREVER);
    } while (event.kind != TR_EVENT_PROCESS_EXIT);
    if ((event.flags & TR_EVENT_EXITED) == 0 || event.size != 0) {
        printf("ended with flags %u, code %d\n", event.flags, (int)event.size);
    }
}

static int run_here(const char *name)
{
    for (const struct example *example = examples; example->name != NULL; example++) {
        if (strcmp(example->name, name) == 0) {
            example->run();
            return 0;
        }
    }
    return 1;
}

int main(int argc, char **argv)
{
    if (argc == 3) {
        return run_here(argv[2]);
    }
    image_find();
    for (const struct example *example = examples; example->name != NULL; example++) {
        if (argc == 2 && (strcmp(argv[1], example->name) == 0 ||
                          (strcmp(argv[1], "all") == 0 && !example->is_alone))) {
            run_one(example);
        }
    }
    /* What has been printed is still on its way: the console answers when it is out. */
    tr_system_stop(TR_STOP_HALT, 0, UINT64_C(10000000000));
    tr_system_saved();
    return 0;
}
