/* SPDX-License-Identifier: MIT */
/* The test kit: making a machine with a kernel, starting processes, running, and the checks at the
 * end. Calls are in kit_calls.c, the trace in kit_trace.c, stacks in kit_stack.c, programs from
 * files in kit_program.c. */

#include "kit_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RAM_BYTES     (UINT64_C(16) << 20)
#define CALL_LIMIT_NS UINT64_C(10000000000)

_Thread_local struct tr_kit *kit_current;

void *kit_memory(void *old, size_t size)
{
    void *memory = realloc(old, size);

    if (memory == NULL) {
        fputs("test kit: the host has no memory left\n", stderr);
        abort();
    }
    return memory;
}

/* ---- Making and ending ---------------------------------------------------------------------- */

static void console(void *user, const char *text, size_t size)
{
    struct tr_kit *kit = user;
    size_t room = KIT_CONSOLE_SIZE - 1 - kit->console_size;
    size_t taken = size < room ? size : room;

    memcpy(kit->console + kit->console_size, text, taken);
    kit->console_size += taken;
    kit->console[kit->console_size] = '\0';
}

static void panic(void *user, const char *text)
{
    struct tr_kit *kit = user;

    kit->panicked = true;
    kit_fail("kernel panic: %s\n%s", text, kit->console);
}

static void warn(void *user, const char *text)
{
    (void)user;
    fprintf(stderr, "test kit: %s\n", text);
}

static void stray(void *user, const struct posix_stray *stray)
{
    struct tr_kit *kit = user;

    kit->stray = *stray;
}

static struct kernel *make_kernel(struct tr_kit *kit)
{
    const struct kernel_config config = {.limits = kit->options.limits,
                                         .slice_ns = kit->options.slice_ns,
                                         .trace = !kit->options.no_trace,
                                         .checked = posix_is_checked(),
                                         .invariants = !kit->options.no_invariant_checks,
                                         .no_log_needed = !kit->options.needs_log};

    return kernel_create(kit->machine, &config);
}

struct tr_kit *tr_kit_create(const struct tr_kit_options *options)
{
    struct tr_kit *kit = kit_memory(NULL, sizeof *kit);
    char error[256] = "";

    *kit = (struct tr_kit){.options = options != NULL ? *options : (struct tr_kit_options){0}};
    const struct posix_config config = {
        .ram_bytes = kit->options.ram_bytes != 0 ? kit->options.ram_bytes : RAM_BYTES,
        .seed = kit->options.seed,
        .clock = POSIX_CLOCK_VIRTUAL,
        .input = POSIX_INPUT_NONE,
        .input_fd = -1,
        .output_fd = -1,
        .trace = kit->options.no_trace ? NULL : kit_trace_record,
        .console = console,
        .panic = panic,
        .warn = warn,
        .stray = stray,
        .stray_ns = kit->options.call_limit_ns != 0 ? kit->options.call_limit_ns : CALL_LIMIT_NS,
        .user = kit};
    kit->machine = posix_machine_create(&config, error, sizeof error);
    if (kit->machine == NULL) {
        free(kit);
        kit_fail("no machine: %s", error);
    }
    kit->kernel = make_kernel(kit);
    if (kit->kernel == NULL) {
        posix_machine_destroy(kit->machine);
        free(kit);
        kit_fail("no kernel: the machine's memory is too small");
    }
    uint64_t failed;
    (void)kernel_boot(kit->kernel, NULL, 0, &failed);
    posix_machine_attach(kit->machine, kit->kernel);
    kit_begins(kit);
    return kit;
}

/* True if nothing of a process is left in the kernel; else a sentence in `text`. */
static bool nothing_left(struct tr_kit *kit, char *text, size_t size)
{
    struct kernel_census census;

    kernel_census(kit->kernel, &census);
    const struct {
        const char *what;
        uint64_t count;
    } rows[] = {{"processes", census.processes},     {"threads", census.threads},
                {"messages", census.messages},       {"pipes", census.pipes},
                {"shared memories", census.shareds}, {"devices", census.devices},
                {"watches", census.watches},         {"timers", census.timers},
                {"claims", census.claims},           {"frames of users", census.frames_user}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].count != 0) {
            snprintf(text, size, "all processes have ended and %llu %s are left",
                     (unsigned long long)rows[i].count, rows[i].what);
            return false;
        }
    }
    return true;
}

/* Ends what lives and checks what is left. */
static bool is_clean(struct tr_kit *kit, char *text, size_t size)
{
    char audit[256];
    bool stopped = kit->result.end == POSIX_END_STOPPED;

    struct tr_process_info info;
    while (!stopped && kernel_process_next(kit->kernel, 0, &info) >= 0) {
        (void)kernel_kill(kit->kernel, info.pid);
    }
    uint64_t faults = kernel_audit(kit->kernel, audit, sizeof audit);
    if (faults != 0) {
        snprintf(text, size, "the audit found %llu faults; the first: %s",
                 (unsigned long long)faults, audit);
        return false;
    }
    return stopped || nothing_left(kit, text, size);
}

void tr_kit_destroy(struct tr_kit *kit)
{
    char text[400] = "";
    bool clean = true;

    if (kit == NULL) {
        return;
    }
    if (!kit_ends(kit)) {
        kit_fail("there is no such kit to destroy: it was destroyed before, or never created");
    }
    if (kit->running) {
        kit_frames_forget();
    }
    if (kit->running && !kit->panicked) {
        kit_tell(kit);
    }
    if (!kit->running && !kit->panicked) {
        clean = is_clean(kit, text, sizeof text);
    }
    posix_machine_destroy(kit->machine);
    kit_stacks_return(kit);
    kit_images_free(kit);
    free(kit->trace);
    free(kit->endings);
    free(kit);
    if (!clean) {
        kit_fail("%s", text);
    }
}

int tr_kit_setup(void **state)
{
    tr_kit_here(NULL, 0); /* that of the test before is not this one's */
    *state = tr_kit_create(NULL);
    return 0;
}

int tr_kit_teardown(void **state)
{
    struct tr_kit *kit = *state;

    *state = NULL;
    tr_kit_destroy(kit);
    return 0;
}

/* ---- Processes ------------------------------------------------------------------------------ */

/* Lies at the top of the stack of its process. */
struct kit_start {
    int64_t (*function)(void *argument);
    void *argument;
};

/* The first function of each process: a result ends the process, as that of main does. */
static int64_t first_function(uint64_t word)
{
    const struct kit_start *start = (const struct kit_start *)(uintptr_t)word;

    tr_process_exit(start->function(start->argument));
}

int64_t tr_kit_process_try(struct tr_kit *kit, enum tr_class process_class, const char *name,
                           int64_t (*function)(void *argument), void *argument, uint32_t flags,
                           uint64_t parent)
{
    struct hal_context *context = NULL;
    struct kit_stack *stack = kit_stack_take(kit);
    struct kit_start *start = (struct kit_start *)((char *)stack->memory + stack->size) - 1;

    *start = (struct kit_start){function, argument};
    const struct kernel_host_process process = {.name = name,
                                                .process_class = process_class,
                                                .flags = flags,
                                                .ip = (uint64_t)(uintptr_t)first_function,
                                                .sp = (uint64_t)(uintptr_t)start,
                                                .argument = (uint64_t)(uintptr_t)start,
                                                .parent = parent};

    int64_t pid = kernel_host_process(kit->kernel, &process, &context);
    stack->pid = pid > 0 ? (uint64_t)pid : 0;
    stack->function = (uint64_t)(uintptr_t)function;
    return pid;
}

uint64_t tr_kit_process_with(struct tr_kit *kit, enum tr_class process_class, const char *name,
                             int64_t (*function)(void *argument), void *argument, uint32_t flags,
                             uint64_t parent)
{
    int64_t pid = tr_kit_process_try(kit, process_class, name, function, argument, flags, parent);

    if (pid < 0) {
        kit_fail("no process \"%s\": %s: %s", name, tr_error_name(pid), tr_error_text(pid));
    }
    return (uint64_t)pid;
}

uint64_t tr_kit_process(struct tr_kit *kit, enum tr_class process_class, const char *name,
                        int64_t (*function)(void *argument), void *argument)
{
    return tr_kit_process_with(kit, process_class, name, function, argument, 0, 0);
}

bool tr_kit_kill(struct tr_kit *kit, uint64_t pid)
{
    if (kit->running) {
        kit_fail("a process may be killed only between runs");
    }
    return kernel_kill(kit->kernel, pid);
}

static const struct kit_ending *ending_must(struct tr_kit *kit, uint64_t pid)
{
    const struct kit_ending *ending = kit_ending(kit, pid);

    if (ending == NULL) {
        kit_fail(kit->options.no_trace ? "process %llu: endings need the trace"
                                       : "process %llu has not ended",
                 (unsigned long long)pid);
    }
    return ending;
}

bool tr_kit_has_ended(struct tr_kit *kit, uint64_t pid)
{
    return kit_ending(kit, pid) != NULL;
}

int64_t tr_kit_exit_code(struct tr_kit *kit, uint64_t pid)
{
    return ending_must(kit, pid)->code;
}

uint32_t tr_kit_end_reason(struct tr_kit *kit, uint64_t pid)
{
    return ending_must(kit, pid)->reason;
}

bool tr_kit_info(struct tr_kit *kit, uint64_t pid, struct tr_process_info *info)
{
    return pid != 0 && kernel_process_next(kit->kernel, pid - 1, info) >= 0 && info->pid == pid;
}

/* ---- Running -------------------------------------------------------------------------------- */

static enum tr_kit_end run(struct tr_kit *kit)
{
    if (kit->running) {
        kit_fail("a run may not be started from inside a process");
    }
    const struct kit_place place = kit_place();
    kit->running = true;
    kit_current = kit;
    posix_machine_run(kit->machine, &kit->result);
    kit_current = NULL;
    kit->running = false;
    kit_place_set(place);
    if (kit->stray.pid != 0) {
        kit_stray_fail(kit);
    }
    switch (kit->result.end) {
    case POSIX_END_TIME:
        return TR_KIT_TIME;
    case POSIX_END_STOPPED:
        return TR_KIT_STOPPED;
    case POSIX_END_INTERRUPTED:
        return TR_KIT_PAUSED;
    case POSIX_END_PANIC:
        kit->panicked = true;
        kit_fail("kernel panic\n%s", kit->console);
    case POSIX_END_IDLE:
        break;
    }
    return TR_KIT_IDLE;
}

enum tr_kit_end tr_kit_run(struct tr_kit *kit)
{
    posix_machine_stop_at(kit->machine, 0);
    return run(kit);
}

enum tr_kit_end tr_kit_run_until(struct tr_kit *kit, uint64_t time)
{
    posix_machine_stop_at(kit->machine, time);
    return run(kit);
}

void tr_kit_finish(struct tr_kit *kit)
{
    struct tr_process_info process;

    if (tr_kit_run(kit) == TR_KIT_STOPPED || kernel_process_next(kit->kernel, 0, &process) < 0) {
        return;
    }
    if (process.state == TR_SUSPENDED) {
        kit_fail("process %llu (%s) never ends: it is suspended", (unsigned long long)process.pid,
                 process.name);
    }
    kit_waits_tell(kit);
    kit_fail("process %llu (%s) never ends: it waits", (unsigned long long)process.pid,
             process.name);
}

void tr_kit_pause(struct tr_kit *kit)
{
    posix_machine_interrupt(kit->machine);
    (void)tr_clock();
}

uint64_t tr_kit_pause_at_call(struct tr_kit *kit, uint64_t n)
{
    uint64_t made = kit->calls;

    kit->calls = 0;
    kit->pause_at = n;
    return made;
}

uint32_t tr_kit_stop_code(struct tr_kit *kit, bool *reboot)
{
    if (kit->result.end != POSIX_END_STOPPED) {
        kit_fail("the machine was not stopped");
    }
    if (reboot != NULL) {
        *reboot = kit->result.how == TR_STOP_REBOOT;
    }
    return kit->result.code;
}

uint64_t tr_kit_time(struct tr_kit *kit)
{
    return hal_time(kit->machine);
}

void tr_kit_raise(struct tr_kit *kit, uint32_t line)
{
    posix_machine_raise(kit->machine, line);
}

void tr_kit_raise_at(struct tr_kit *kit, uint32_t line, uint64_t time)
{
    posix_machine_raise_at(kit->machine, line, time);
}

/* ---- What is left --------------------------------------------------------------------------- */

void tr_kit_census(struct tr_kit *kit, struct tr_kit_census *census)
{
    struct kernel_census core;

    kernel_census(kit->kernel, &core);
    *census = (struct tr_kit_census){.processes = core.processes,
                                     .threads = core.threads,
                                     .messages = core.messages,
                                     .pipes = core.pipes,
                                     .shareds = core.shareds,
                                     .devices = core.devices,
                                     .watches = core.watches,
                                     .timers = core.timers,
                                     .claims = core.claims,
                                     .frames_free = core.frames_free,
                                     .frames_user = core.frames_user,
                                     .frames_kernel = core.frames_kernel,
                                     .frames_total = core.frames_total,
                                     .pool_bytes = core.pool_bytes};
}

void tr_kit_audit(struct tr_kit *kit)
{
    char text[256];
    uint64_t faults = kernel_audit(kit->kernel, text, sizeof text);

    if (faults != 0) {
        kit_fail("the audit found %llu faults; the first: %s", (unsigned long long)faults, text);
    }
}

uint64_t tr_kit_fail_allocation(struct tr_kit *kit, uint64_t n, bool onwards)
{
    return kernel_fail_allocation(kit->kernel, n, onwards);
}
