/* SPDX-License-Identifier: MIT */
/* The harness: every case of the section becomes two CMocka tests, one in the kit and one as the
 * ELF program whose path is the first argument; of a share (tests/share.h) only the latter. A
 * second argument picks tests by name. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

#include "check_kit.h"
#include "tests/share.h"

/* ---- The program's side --------------------------------------------------------------------- */

struct program {
    void *image;
    size_t size;
};
static struct program program;

struct loading {
    const struct check_case *row;
    char argument[64];
    int64_t pid;
};

static int64_t loader(void *argument)
{
    struct loading *loading = argument;
    const struct tr_spawn spawn = {.image = program.image,
                                   .image_size = program.size,
                                   .name = "case",
                                   .process_class = loading->row->process_class,
                                   .flags = loading->row->flags,
                                   .argument = loading->argument,
                                   .argument_size = strlen(loading->argument)};

    loading->pid = tr_process_spawn(&spawn);
    if (loading->pid > 0) {
        (void)tr_message_send((uint64_t)loading->pid, program.image, program.size, 0);
    }
    return 0;
}

static void program_read(const char *path)
{
    FILE *file = fopen(path, "rb");

    if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
        fprintf(stderr, "%s cannot be read\n", path);
        exit(2);
    }
    program.size = (size_t)ftell(file);
    rewind(file);
    program.image = malloc(program.size);
    if (program.image == NULL || fread(program.image, 1, program.size, file) != program.size) {
        fprintf(stderr, "%s cannot be read\n", path);
        exit(2);
    }
    (void)fclose(file);
}

/* ---- The harness ---------------------------------------------------------------------------- */

static int64_t pause_at_end(void *argument)
{
    uint64_t pid = *(uint64_t *)argument;
    struct tr_event event = {0};

    if (tr_process_watch(pid, 0) == 0) {
        while (event.kind != TR_EVENT_PROCESS_EXIT) {
            (void)tr_event_wait(&event, TR_FOREVER);
        }
    }
    tr_kit_pause(check_kit);
    return 0;
}

/* A process that failed a check ended with its line in the code. */
static void no_check_failed(void)
{
    size_t position = 0;
    const struct tr_trace_record *end;

    while ((end = tr_kit_next(check_kit, &position, TR_TRACE_END, 0)) != NULL) {
        uint32_t low = (uint32_t)end->b;
        if (end->c == TR_EVENT_EXITED && (low & CHECK_MARK) != 0 && low >> 17 == 0) {
            int64_t value = (int64_t)end->b >> 32;
            fail_msg("%s.c:%u (or a helper): process %" PRIu64 ", value %" PRId64 " %s",
                     check_section, low & 0xffff, end->a, value,
                     value < 0 ? tr_error_name(value) : "");
        }
    }
}

/* Runs until the case has ended, whatever else still lives. */
static void finish(uint64_t pid)
{
    (void)tr_kit_process(check_kit, TR_DRIVER, "harness", pause_at_end, &pid);
    (void)tr_kit_run_until(check_kit, UINT64_C(600) * 1000000000);
    no_check_failed();
    if (!tr_kit_has_ended(check_kit, pid)) {
        fail_msg("the case does not end");
    }
    if (tr_kit_end_reason(check_kit, pid) == TR_EVENT_FAULTED) {
        size_t position = 0;
        const struct tr_trace_record *fault =
            tr_kit_next(check_kit, &position, TR_TRACE_FAULT, pid);
        fail_msg("the case faulted: cause %" PRId64 ", address %" PRIx64 ", instruction %" PRIx64,
                 tr_kit_exit_code(check_kit, pid), fault != NULL ? fault->b : 0,
                 fault != NULL ? fault->c : 0);
    }
    assert_int_equal(tr_kit_exit_code(check_kit, pid), 0);
    tr_kit_audit(check_kit);
}

static void kit_test(void **state)
{
    struct check_case *row = *state;

    finish(tr_kit_process_with(check_kit, row->process_class, "case", check_kit_case, row,
                               row->flags, 0));
}

static void program_test(void **state)
{
    const struct check_case *row = *state;
    struct loading loading = {.row = row};

    snprintf(loading.argument, sizeof loading.argument, "case %zu %" PRIu64 " %lu",
             (size_t)(row - check_cases), (uint64_t)(uintptr_t)program_test, getauxval(AT_HWCAP2));
    (void)tr_kit_process(check_kit, TR_DRIVER, "loader", loader, &loading);
    (void)tr_kit_run_until(check_kit, 1);
    while (loading.pid == 0) {
        (void)tr_kit_run_until(check_kit, tr_kit_time(check_kit) + 1000);
    }
    if (loading.pid < 0) {
        fail_msg("the program is not spawned: %s", tr_error_name(loading.pid));
    }
    finish((uint64_t)loading.pid);
}

static int setup(void **state)
{
    (void)state;
    check_kit_begin(NULL);
    return 0;
}

static int teardown(void **state)
{
    struct tr_kit *ended = check_kit;

    (void)state;
    check_kit = NULL;
    tr_kit_destroy(ended);
    return 0;
}

#define TESTS_MOST 512

static const char *class_name(const struct check_case *row)
{
    static const char *const names[] = {"driver", "server", "application"};

    return (row->flags & TR_SPAWN_MANAGER) != 0 ? "manager" : names[row->process_class];
}

static size_t add_tests(struct CMUnitTest *tests, size_t count, enum check_where not_here,
                        const char *where, void (*test)(void **))
{
    static char names[TESTS_MOST][128];

    for (size_t i = 0; check_cases[i].name != NULL; i++) {
        if (check_cases[i].where == not_here) {
            continue;
        }
        snprintf(names[count], sizeof names[count], "%s: %s [%s, %s]", check_section,
                 check_cases[i].name, class_name(&check_cases[i]), where);
        tests[count] = (struct CMUnitTest){.name = names[count],
                                           .test_func = test,
                                           .setup_func = setup,
                                           .teardown_func = teardown,
                                           .initial_state = (void *)(uintptr_t)&check_cases[i]};
        count++;
    }
    return count;
}

int main(int argc, char **argv)
{
    static struct CMUnitTest tests[TESTS_MOST];
    size_t count = 0;

    if (test_share() == 1 || argc == 1) { /* the sweeps of memory run them too */
        count = add_tests(tests, 0, CHECK_PROGRAM_ONLY, "kit", kit_test);
    }
    if (argc > 1) {
        program_read(argv[1]);
        count = add_tests(tests, count, CHECK_KIT_ONLY, "program", program_test);
    }
    if (argc > 2) {
        cmocka_set_test_filter(argv[2]);
    }
    int failed = _cmocka_run_group_tests(check_section, tests, count, NULL, NULL);
    free(program.image);
    return failed;
}
