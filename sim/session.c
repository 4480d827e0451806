/* SPDX-License-Identifier: MIT */
/* The life of a machine, from power to the audit. */

#include "session.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <terrarium/error.h>
#include <unistd.h>

#include "hal-posix/posix.h"
#include "kernel/kernel.h"
#include "sim/boot.h"
#include "sim/console.h"
#include "sim/embed.h"
#include "sim/exit.h"
#include "sim/names.h"
#include "sim/output.h"
#include "sim/run.h"
#include "sim/say.h"
#include "sim/signals.h"
#include "sim/trace_write.h"
#include "sim/waits.h"

struct session {
    const struct sim_run *run;
    const struct sim_boot *boot;
    int input_fd;
    uint8_t unread[POSIX_UNREAD_MOST]; /* of the machine before a reboot */
    size_t unread_count;
    struct posix_hardware hardware;
    struct posix_board *board; /* from one reboot to the next */
    struct machine *machine;
    struct kernel *kernel;
    struct sim_output output, error;
    struct sim_console console;
    struct sim_trace *trace; /* NULL: none is wanted, and none is paid for */
};

static void on_output(void *user, const void *bytes, size_t size)
{
    struct session *session = user;
    sim_output_write(&session->output, bytes, size);
}

/* A program's standard error is ours. Where it is the file that output goes to, both stay in order:
 * the machine has written out first what came before. */
static void on_error(void *user, const void *bytes, size_t size)
{
    struct session *session = user;
    sim_output_write(&session->error, bytes, size);
}

/* On one terminal the console's driver mixes both itself, since it knows where the cursor is. */
static bool has_error_port(const struct session *session)
{
    struct stat output, error;
    return session->run->input != SIM_INPUT_LIVE || isatty(STDERR_FILENO) != 1 ||
           fstat(STDOUT_FILENO, &output) != 0 || fstat(STDERR_FILENO, &error) != 0 ||
           output.st_dev != error.st_dev || output.st_ino != error.st_ino;
}

static void on_console(void *user, const char *text, size_t size)
{
    struct session *session = user;
    sim_console_write(&session->console, text, size);
}

static void on_panic(void *user, const char *text)
{
    struct session *session = user;
    sim_console_show(&session->console);
    sim_complain("kernel panic: %s", text);
}

static void on_warning(void *user, const char *text)
{
    (void)user;
    sim_complain("%s", text);
}

static void on_trace(void *user, const struct tr_trace_record *record)
{
    struct session *session = user;
    sim_trace_record(session->trace, record);
}

/* The kernel's words to a memory checker cost time; they are for Valgrind, which preloads itself.
 */
static bool is_checked(void)
{
    const char *preloaded = getenv("LD_PRELOAD");
    return preloaded != NULL && strstr(preloaded, "vgpreload") != NULL;
}

static enum posix_input input_mode(const struct session *session)
{
    if (session->input_fd < 0) {
        return POSIX_INPUT_NONE;
    }
    return session->run->input == SIM_INPUT_LIVE ? POSIX_INPUT_LIVE : POSIX_INPUT_SCRIPT;
}

/* For the machine 0 is never: the first moment there is to stop at is 1. */
static uint64_t stop_time(const struct sim_run *run)
{
    return run->has_stop && run->stop_at == 0 ? 1 : run->stop_at;
}

static int create_machine(struct session *session)
{
    const struct sim_boot *boot = session->boot;
    struct posix_config config = {
        .ram_bytes = boot->ram_bytes,
        .seed = boot->seed,
        .clock = (enum posix_clock)boot->clock,
        .paced = session->run->pace,
        .stop_at = stop_time(session->run),
        .input = input_mode(session),
        .input_fd = session->input_fd,
        .input_first = session->unread,
        .input_first_size = session->unread_count,
        .output_fd = STDOUT_FILENO,
        .announce_images = session->run->announce,
        .hardware = &session->hardware,
        .board = session->board,
        .output = on_output,
        .error = has_error_port(session) ? on_error : NULL,
        .trace = session->trace != NULL ? on_trace : NULL,
        .console = on_console,
        .panic = on_panic,
        .warn = on_warning,
        .user = session,
    };
    char error[256] = "";
    session->machine = posix_machine_create(&config, error, sizeof(error));
    if (session->machine == NULL) {
        sim_complain("no machine: %s (terrarium doctor tells more)", error);
        return SIM_EXIT_HOST;
    }
    session->output.machine = session->machine;
    return 0;
}

static int create_kernel(struct session *session)
{
    struct kernel_config config = {
        .limits = session->boot->limits,
        .slice_ns = session->boot->slice_ns,
        .trace = session->trace != NULL,
        .checked = is_checked(),
    };
    session->kernel = kernel_create(session->machine, &config);
    if (session->kernel == NULL) {
        sim_complain("the kernel does not fit into %" PRIu64 " bytes of memory; give it more with "
                     "--ram or the boot file's ram",
                     session->boot->ram_bytes);
        return SIM_EXIT_USAGE;
    }
    posix_machine_attach(session->machine, session->kernel);
    return 0;
}

static int complain_of_module(struct session *session, uint64_t failed, int64_t error)
{
    const struct sim_boot *boot = session->boot;
    sim_console_show(&session->console);
    if (failed >= boot->count) {
        sim_complain("boot: TR_E_%s", sim_error_name(error));
        return SIM_EXIT_USAGE;
    }
    char place[300];
    const struct sim_module *module = &boot->modules[failed];
    sim_complain("%smodule \"%s\" (%s): TR_E_%s: %s%s",
                 sim_boot_place(boot, module->line, place, sizeof(place)), module->name,
                 module->file, sim_error_name(error), sim_error_text(error),
                 error == TR_E_NOMEM ? " --ram gives the machine more." : "");
    return SIM_EXIT_USAGE;
}

static int boot_kernel(struct session *session)
{
    const struct sim_boot *boot = session->boot;
    struct kernel_module *modules = calloc(boot->count, sizeof(*modules));
    if (modules == NULL) {
        sim_complain("no memory for the list of modules");
        return SIM_EXIT_HOST;
    }
    for (uint64_t i = 0; i < boot->count; i++) {
        const struct sim_module *module = &boot->modules[i];
        modules[i] = (struct kernel_module){
            .name = module->name,
            .image = module->image,
            .size = module->path == NULL ? sim_embedded_loadable(module->image, module->size)
                                         : module->size,
            .argument = module->argument,
            .start = module->start,
        };
        posix_image_register(session->machine, module->image, module->size);
    }
    uint64_t failed = boot->count;
    int64_t error = kernel_boot(session->kernel, modules, boot->count, &failed);
    free(modules);
    return error == 0 ? 0 : complain_of_module(session, failed, error);
}

static int audit(struct session *session)
{
    char text[512] = "";
    uint64_t faults = kernel_audit(session->kernel, text, sizeof(text));
    if (faults == 0) {
        return 0;
    }
    sim_complain("audit: %" PRIu64 " fault%s; the first: %s", faults, faults == 1 ? "" : "s", text);
    return SIM_EXIT_PANIC;
}

static void tell_statistics(struct session *session)
{
    struct posix_statistics counted;
    posix_machine_statistics(session->machine, &counted);
    sim_complain("%" PRIu64 " traps, %" PRIu64 " page fills, %" PRIu64 " evictions, %" PRIu64
                 " preemptions, %" PRIu64 " interrupts, %" PRIu64 " port traps",
                 counted.traps, counted.page_fills, counted.evictions, counted.preemptions,
                 counted.interrupts, counted.port_traps);
    for (unsigned line = 0; line < HAL_IRQ_LINES; line++) {
        if (counted.raised[line] + counted.taken[line] > 0) {
            sim_complain("interrupt line %u: raised %" PRIu64 " times, taken %" PRIu64, line,
                         counted.raised[line], counted.taken[line]);
        }
    }
}

static bool is_alive(const struct session *session, const char *name)
{
    struct tr_process_info info;
    int64_t pid = 0;
    while ((pid = kernel_process_next(session->kernel, (uint64_t)pid, &info)) > 0) {
        if (strcmp(info.name, name) == 0) {
            return true;
        }
    }
    return false;
}

/* How a module's process has ended, in words. */
static void end_in_words(const struct session *session, const struct kernel_end *end, char *text,
                         size_t size)
{
    struct tr_process_info info;
    if (end == NULL) {
        snprintf(text, size, "there never was one");
    } else if (end->how == TR_EVENT_FAULTED) {
        snprintf(text, size, "a fault ended it");
    } else if (end->how == TR_EVENT_EXITED) {
        snprintf(text, size, "it ended by itself, with %" PRId64, end->code);
    } else if (end->by != 0 &&
               kernel_process_next(session->kernel, end->by - 1, &info) == (int64_t)end->by) {
        snprintf(text, size, "%s, process %" PRIu64 ", ended it", info.name, end->by);
    } else {
        snprintf(text, size, "process %" PRIu64 " ended it", end->by);
    }
}

/* A system that has lost its console, or reboots for want of a log, cannot say so itself. */
static void tell_loss(const struct session *session, bool reboots)
{
    static const struct {
        const char *module, *name;
    } services[] = {{"console", "d\\console"}, {"log", "a\\log"}};
    for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
        if (sim_boot_has(session->boot, services[i].module) &&
            !is_alive(session, services[i].name)) {
            char why[128];
            const struct kernel_end *end = kernel_module_end(session->kernel, services[i].module);
            end_in_words(session, end, why, sizeof(why));
            sim_complain("no %s is alive (%s): the system %s", services[i].name, why,
                         reboots ? "reboots" : "ends");
        }
    }
}

/* Nobody reads any more, or a disk is full. */
static int output_code(const struct session *session)
{
    return session->output.failed ? SIM_EXIT_HOST : SIM_EXIT_SIGNAL + SIGPIPE;
}

/* Keys are somebody's own; of other signals the one who looks at the run may not know. */
static int interrupted_code(const struct session *session)
{
    int number = sim_signals_taken();
    if (number == 0) {
        return session->output.closed ? output_code(session) : SIM_EXIT_SIGNAL;
    }
    if (number != SIGINT && number != SIGQUIT) {
        sim_complain("ended by SIG%s", sigabbrev_np(number));
    }
    return SIM_EXIT_SIGNAL + number;
}

/* What the end of a run means to the caller of the command. -1: boot again. */
static int code_of(struct session *session, const struct posix_result *result)
{
    switch (result->end) {
    case POSIX_END_STOPPED:
        tell_loss(session, result->how == TR_STOP_REBOOT);
        return result->how == TR_STOP_REBOOT ? -1 : (int)(result->code & 0xff);
    case POSIX_END_PANIC:
        return SIM_EXIT_PANIC;
    case POSIX_END_TIME:
        sim_console_show(&session->console);
        return SIM_EXIT_TIME;
    case POSIX_END_INTERRUPTED:
        sim_console_show(&session->console);
        return interrupted_code(session);
    case POSIX_END_IDLE:
        sim_console_show(&session->console);
        sim_complain("nothing can happen any more: no runnable thread, no timer, no input");
        sim_waits_tell(session->kernel);
        return SIM_EXIT_IDLE;
    }
    return SIM_EXIT_PANIC;
}

/* A machine that is made and booted, until it ends. */
static int run_machine(struct session *session)
{
    struct posix_result result;
    sim_signals_machine(session->machine);
    if (sim_signals_taken() != 0) {
        posix_machine_interrupt(session->machine);
    }
    posix_machine_run(session->machine, &result);
    sim_signals_machine(NULL);
    int code = code_of(session, &result);
    if (code >= 0 && !sim_waits_draw(session->kernel)) {
        code = SIM_EXIT_HOST;
    }
    if (session->run->verbose) {
        tell_statistics(session);
    }
    if (code != SIM_EXIT_PANIC || result.end == POSIX_END_STOPPED) {
        int found = audit(session);
        code = found != 0 ? found : code;
    }
    return code;
}

static int run_once(struct session *session)
{
    int code = create_machine(session);
    if (code != 0) {
        return code;
    }
    code = create_kernel(session);
    if (code == 0) {
        code = boot_kernel(session);
    }
    if (code == 0) {
        code = run_machine(session);
    }
    session->output.machine = NULL;
    session->unread_count = posix_machine_unread(session->machine, session->unread);
    session->hardware.elapsed += hal_time(session->machine);
    posix_machine_destroy(session->machine);
    return code;
}

static int run_with_reboots(struct session *session)
{
    for (uint64_t reboots = 0;; reboots++) {
        int code = run_once(session);
        if (code != -1) {
            return code;
        }
        if (session->output.closed || sim_signals_taken() != 0) {
            return interrupted_code(session);
        }
        if (reboots == session->run->max_reboots) {
            sim_console_show(&session->console);
            sim_complain("the system wants to reboot once more than --max-reboots %" PRIu64
                         " allows",
                         session->run->max_reboots);
            return SIM_EXIT_REBOOTS;
        }
        if (session->run->verbose) {
            sim_complain("reboot");
        }
        session->console.used = 0;
    }
}

static int finish_trace(struct session *session, int code)
{
    bool good = sim_trace_close(session->trace);
    if (session->run->hash) {
        sim_complain("trace hash %016" PRIx64 " of %" PRIu64 " records", session->trace->hash,
                     session->trace->count);
    }
    free(session->trace);
    return good ? code : SIM_EXIT_HOST;
}

/* The drives are filled once: a medium that cannot be had ends the run before it has begun. */
static int run_on_board(struct session *session)
{
    const struct posix_config config = {
        .hardware = &session->hardware, .warn = on_warning, .user = session};
    char error[512] = "";
    session->board = posix_board_create(&config, error, sizeof(error));
    if (session->board == NULL) {
        sim_complain("%s", error);
        return SIM_EXIT_USAGE;
    }
    int code = run_with_reboots(session);
    posix_board_destroy(session->board);
    return code;
}

int sim_session(const struct sim_run *run, const struct sim_boot *boot, int input_fd)
{
    struct session session = {
        .run = run,
        .boot = boot,
        .input_fd = input_fd,
        .hardware = boot->hardware.posix,
        .output.fd = STDOUT_FILENO,
        .error = {.fd = STDERR_FILENO, .is_optional = true},
        .console.verbose = run->verbose,
    };
    if (run->trace == NULL && !run->hash) {
        return run_on_board(&session);
    }
    session.trace = malloc(sizeof(*session.trace));
    if (session.trace == NULL ||
        !sim_trace_open(session.trace, run->trace, boot->seed, sim_boot_hash(boot))) {
        free(session.trace);
        return SIM_EXIT_HOST;
    }
    return finish_trace(&session, run_on_board(&session));
}
