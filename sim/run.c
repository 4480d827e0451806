/* SPDX-License-Identifier: MIT */
/* The command `run`: options over boot file over defaults, the terminal, then the session. */

#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/boot.h"
#include "sim/command.h"
#include "sim/debug.h"
#include "sim/exit.h"
#include "sim/input.h"
#include "sim/say.h"
#include "sim/serial.h"
#include "sim/session.h"
#include "sim/signals.h"
#include "sim/terminal.h"
#include "sim/waits.h"
#include "sim/written.h"

#define AT(field) .offset = offsetof(struct sim_run, field)

static const char *const input_names[] = {"live", "script", "none", NULL};

const struct sim_option sim_run_options[] = {
    {.name = "seed",
     .kind = SIM_OPTION_NUMBER,
     AT(seed),
     .given = offsetof(struct sim_run, has_seed),
     .argument = "N",
     .help = "what keys and random bytes come from; default 0"},
    {.name = "ram",
     .kind = SIM_OPTION_MEMORY,
     AT(ram),
     .given = offsetof(struct sim_run, has_ram),
     .argument = "SIZE",
     .help = "memory of the machine, as 8M, 64M, 1G: 2M to 64G; default 64M"},
    {.name = "clock",
     .kind = SIM_OPTION_CHOICE,
     AT(clock),
     .given = offsetof(struct sim_run, has_clock),
     .choices = sim_clock_names,
     .argument = "CLOCK",
     .help = "counted time, the same in every run, or the host's"},
    {.name = "stop-at",
     .kind = SIM_OPTION_TIME,
     AT(stop_at),
     .given = offsetof(struct sim_run, has_stop),
     .argument = "TIME",
     .help = "end at this simulated time (20ms, 1.5s); exit code 124"},
    {.name = "trace",
     .kind = SIM_OPTION_TEXT,
     AT(trace),
     .argument = "FILE",
     .help = "write every call, switch and event; `terrarium trace FILE` prints it"},
    {.name = "dot",
     .kind = SIM_OPTION_TEXT,
     AT(dot),
     .argument = "FILE",
     .help = "draw who waits for whom when the run has ended, for Graphviz; - is standard output"},
    {.name = "hash",
     .kind = SIM_OPTION_SET,
     AT(hash),
     .help = "tell the trace's hash at the end: equal runs, equal hashes"},
    {.name = "input",
     .kind = SIM_OPTION_CHOICE,
     AT(input),
     .given = offsetof(struct sim_run, has_input),
     .choices = input_names,
     .argument = "HOW",
     .help = "keys as they come, or read only when the system waits"},
    {.name = "pace",
     .kind = SIM_OPTION_SET,
     AT(pace),
     .given = offsetof(struct sim_run, has_pace),
     .help = "idle time passes as on a clock; default on a terminal"},
    {.name = "no-pace",
     .kind = SIM_OPTION_CLEAR,
     AT(pace),
     .given = offsetof(struct sim_run, has_pace),
     .help = "idle time is skipped; default otherwise"},
    {.name = "program",
     .kind = SIM_OPTION_LIST,
     AT(programs),
     .argument = "NAME=FILE",
     .help = "put a program into memory beside, or instead of, the boot file's; repeatable"},
    {.name = "disk",
     .kind = SIM_OPTION_LIST,
     AT(disks),
     .argument = "FILE[,ro|,cow]",
     .help = "a disk: written to, read only, or copied on write; up to four drives"},
    {.name = "cdrom",
     .kind = SIM_OPTION_LIST,
     AT(cdroms),
     .argument = "FILE|none",
     .help = "a CD-ROM drive with a disc, or empty"},
    {.name = "floppy",
     .kind = SIM_OPTION_LIST,
     AT(floppies),
     .argument = "FILE[,ro|,cow]|none",
     .help = "a floppy drive with a floppy, or empty; up to two"},
    {.name = "display",
     .kind = SIM_OPTION_TEXT,
     AT(display),
     .argument = "HOW",
     .help = "show the screen: window, blocks (in the terminal), none"},
    {.name = "screenshot-at",
     .kind = SIM_OPTION_LIST,
     AT(screenshots),
     .argument = "TIME=FILE.png",
     .help = "a picture of the screen at this simulated time; repeatable"},
    {.name = "sound",
     .kind = SIM_OPTION_TEXT,
     AT(sound),
     .argument = "FILE.wav|sdl",
     .help = "where sound goes; default nowhere"},
    {.name = "keyboard",
     .kind = SIM_OPTION_TEXT,
     AT(keyboard),
     .argument = "SCRIPT|terminal",
     .help = "who types: a file of keys and mouse moves with their times, or this terminal"},
    {.name = "serial",
     .kind = SIM_OPTION_TEXT,
     AT(serial),
     .argument = "pty|FILE|IN,OUT",
     .help = "the second serial port: a terminal, a file for what is sent, or two files"},
    {.name = "rom", .kind = SIM_OPTION_TEXT, AT(rom), .argument = "FILE", .help = "the VGA BIOS"},
    {.name = "rtc",
     .kind = SIM_OPTION_TEXT,
     AT(date),
     .argument = "DATE|host",
     .help = "the date at the start: 2026-11-22 or 2026-11-22T20:51:34; default 2000-01-01"},
    {.name = "hardware",
     .kind = SIM_OPTION_TEXT,
     AT(hardware),
     .argument = "LIST",
     .help = "parts: rtc,keyboard,serial,pci,floppy,ide,vga,sound, all, none, -PART; default all"},
    {.name = "at",
     .kind = SIM_OPTION_LIST,
     AT(happenings),
     .argument = "TIME=ACTION",
     .help = "let something happen to the hardware, as 2s='eject floppy0'; see help run"},
    {.name = "max-reboots",
     .kind = SIM_OPTION_NUMBER,
     AT(max_reboots),
     .argument = "N",
     .help = "reboots before the simulator gives up; default 3"},
    {.name = "announce",
     .kind = SIM_OPTION_SET,
     AT(announce),
     .help = "tell a debugger about loaded programs (names, lines)"},
    {.name = "gdb",
     .kind = SIM_OPTION_SET,
     AT(gdb),
     .help = "run under gdb with Terrarium's commands (tr-ps, tr-threads, tr-bt)"},
    {.name = "verbose",
     .letter = 'v',
     .kind = SIM_OPTION_SET,
     AT(verbose),
     .help = "boot messages and counts on standard error"},
    {.name = NULL},
};

bool sim_program_name(const char *word, char name[TR_NAME_MAX])
{
    const char *equals = strchr(word, '=');
    const char *slash = strrchr(word, '/');
    const char *start = equals != NULL ? word : slash != NULL ? slash + 1 : word;
    size_t length = equals != NULL ? (size_t)(equals - word) : strlen(start);
    if (equals == NULL && length > 4 && strcmp(start + length - 4, ".elf") == 0) {
        length -= 4;
    }
    if (length >= TR_NAME_MAX) {
        sim_complain("%s: the program's name is longer than 61 bytes", word);
        return false;
    }
    snprintf(name, TR_NAME_MAX, "%.*s", (int)length, start);
    return true;
}

static bool add_program(struct sim_boot *boot, const char *word, unsigned line)
{
    const char *equals = strchr(word, '=');
    char name[TR_NAME_MAX];
    return sim_program_name(word, name) &&
           sim_boot_add(boot, name, equals != NULL ? equals + 1 : word, line);
}

static bool take_hardware(struct sim_boot *boot, const char *word, const char *value)
{
    char why[512];
    if (value != NULL && !sim_hardware_take(&boot->hardware, word, value, NULL, why, sizeof(why))) {
        sim_complain("--%s: %s", word, why);
        return false;
    }
    return true;
}

static bool take_list(struct sim_boot *boot, const char *word, const struct sim_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        if (!take_hardware(boot, word, list->words[i])) {
            return false;
        }
    }
    return true;
}

static bool complete_hardware(const struct sim_run *run, struct sim_boot *boot)
{
    return take_hardware(boot, "hardware", run->hardware) && take_list(boot, "disk", &run->disks) &&
           take_list(boot, "cdrom", &run->cdroms) && take_list(boot, "floppy", &run->floppies) &&
           take_hardware(boot, "display", run->display) &&
           take_hardware(boot, "sound", run->sound) &&
           take_hardware(boot, "keyboard", run->keyboard) &&
           take_hardware(boot, "serial", run->serial) && take_hardware(boot, "rom", run->rom) &&
           take_hardware(boot, "rtc", run->date) &&
           take_list(boot, "screenshot-at", &run->screenshots) &&
           take_list(boot, "at", &run->happenings) && sim_hardware_complete(&boot->hardware);
}

static bool complete_boot(const struct sim_run *run, struct sim_boot *boot)
{
    if (run->program != NULL &&
        (!add_program(boot, run->program, SIM_LINE_EXEC) ||
         !sim_boot_add_bytes(boot, "init.list", run->session, strlen(run->session)) ||
         !sim_boot_add_bytes(boot, "once.argument", run->argument, run->argument_size))) {
        return false;
    }
    for (size_t i = 0; i < run->programs.count; i++) {
        if (!add_program(boot, run->programs.words[i], SIM_LINE_OPTION)) {
            return false;
        }
    }
    boot->seed = run->has_seed ? run->seed : boot->seed;
    boot->ram_bytes = run->has_ram ? run->ram : boot->ram_bytes;
    boot->clock = run->has_clock ? run->clock : boot->clock;
    if (boot->ram_bytes == 0) {
        boot->ram_bytes = UINT64_C(64) << 20;
    }
    return complete_hardware(run, boot) && sim_boot_load(boot) && sim_written_apart(run, boot);
}

/* How input and pace follow from what standard input is. True if it is a live terminal. */
static bool choose_input(struct sim_run *run)
{
    bool terminal = isatty(STDIN_FILENO) == 1;
    if (!run->has_input) {
        run->input = terminal ? SIM_INPUT_LIVE : SIM_INPUT_SCRIPT;
    }
    terminal = terminal && run->input == SIM_INPUT_LIVE;
    if (!run->has_pace) {
        run->pace = terminal;
    }
    return terminal;
}

/* Systems can do without these two, but then their programs have no one to talk to. */
static void tell_missing(const struct sim_boot *boot)
{
    if (!sim_boot_has(boot, "console")) {
        sim_complain("%s: no module console: nothing that programs print will be seen",
                     boot->origin);
    }
    if (!sim_boot_has(boot, "log")) {
        sim_complain("%s: no module log: the kernel reboots the system if there is no a\\log "
                     "after 10 s",
                     boot->origin);
    }
}

static void tell_start(const struct sim_boot *boot)
{
    sim_complain("%s: %llu modules, %llu MiB, seed %llu, %s clock", boot->origin,
                 (unsigned long long)boot->count, (unsigned long long)(boot->ram_bytes >> 20),
                 (unsigned long long)boot->seed, sim_clock_names[boot->clock]);
}

/* What can never be read is no empty input. */
static bool input_is_readable(const struct sim_run *run)
{
    struct stat status;
    const char *why = NULL;
    if (run->input == SIM_INPUT_NONE) {
        return true;
    }
    if (fstat(STDIN_FILENO, &status) == 0 && S_ISDIR(status.st_mode)) {
        why = strerror(EISDIR);
    } else if ((fcntl(STDIN_FILENO, F_GETFL) & O_ACCMODE) == O_WRONLY) {
        why = "it is open for writing alone";
    }
    if (why != NULL) {
        sim_complain("standard input: %s (--input none does without)", why);
    }
    return why == NULL;
}

static int run_with_input(const struct sim_run *run, struct sim_boot *boot, bool terminal)
{
    if (!input_is_readable(run)) {
        return SIM_EXIT_USAGE;
    }
    posix_fatal_exit(SIM_EXIT_HOST);
    struct sim_input input = {.fd = -1};
    if (terminal && !sim_terminal_raw(STDIN_FILENO)) {
        sim_complain("the terminal: %s", strerror(errno));
        return SIM_EXIT_HOST;
    }
    /* A program that runs alone has no shell that would hear of Ctrl-C. */
    unsigned presses = run->program != NULL ? 1 : SIM_INPUT_PRESSES;
    if (!sim_signals_install(terminal) ||
        (run->input != SIM_INPUT_NONE && !sim_input_open(&input, terminal, presses))) {
        return SIM_EXIT_HOST;
    }
    if (boot->hardware.posix.keyboard_is_terminal && run->input != SIM_INPUT_LIVE) {
        sim_complain("--keyboard terminal: standard input is no terminal; a script of keys can be "
                     "given instead");
        sim_input_close(&input);
        return SIM_EXIT_USAGE;
    }
    int code = SIM_EXIT_HOST;
    if (sim_waits_open(run->dot) && sim_serial_open(&boot->hardware)) {
        code = sim_session(run, boot, input.fd);
        sim_serial_close(&boot->hardware);
    }
    if (code == SIM_EXIT_HOST && sim_signals_taken() != 0) {
        code = SIM_EXIT_SIGNAL + sim_signals_taken(); /* what it was doing has been given up */
    }
    sim_input_close(&input);
    sim_terminal_restore();
    sim_signals_release();
    return code;
}

int sim_run(struct sim_run *run)
{
    if (run->gdb) {
        return sim_debug(run);
    }
    struct sim_boot boot;
    bool terminal = choose_input(run);
    int code = SIM_EXIT_USAGE;
    if (sim_boot_read(&boot, run->boot_file, terminal ? "tty" : "pipe") &&
        complete_boot(run, &boot)) {
        if (run->verbose) {
            tell_start(&boot);
        }
        tell_missing(&boot);
        code = run_with_input(run, &boot, terminal);
    }
    sim_boot_free(&boot);
    sim_list_free(&run->programs);
    sim_list_free(&run->disks);
    sim_list_free(&run->cdroms);
    sim_list_free(&run->floppies);
    sim_list_free(&run->screenshots);
    sim_list_free(&run->happenings);
    return code;
}

static int run_command(int count, char **words)
{
    struct sim_run run = {.max_reboots = 3};
    int before = count;
    run.words = malloc((size_t)(count + 1) * sizeof(*run.words));
    if (run.words == NULL) {
        return SIM_EXIT_HOST;
    }
    memcpy(run.words, words, (size_t)(count + 1) * sizeof(*run.words));
    run.word_count = before;
    int code = sim_options_take(sim_run_options, &run, false, &count, words);
    if (code == 0 && count > 1) {
        code = sim_usage_error(&sim_command_run, "one boot file, not also \"%s\"", words[1]);
    }
    if (code == 0) {
        run.boot_file = words[0];
        code = sim_run(&run);
    }
    free(run.words);
    return code;
}

const struct sim_command sim_command_run = {
    .name = "run",
    .usage = "[BOOTFILE] [options]",
    .summary = "starts a system: the built-in one, or that of a boot file",
    .text =
        "On a terminal the system is interactive; Ctrl-C goes to it. Ctrl-\\, or Ctrl-C three\n"
        "times within a second, ends the simulator. In the background it goes on without keys,\n"
        "until a shell gives it the terminal again. Otherwise standard input is a script of\n"
        "commands: it is read to its end, the system shuts down, and its status is the exit code.\n"
        "\n"
        "A boot file has a statement a line; # begins a comment, \"...\" keeps blanks together:\n"
        "  module NAME FILE [ARGUMENT...]  in memory, and started at boot as a driver\n"
        "  program NAME FILE               only in memory, for the system to find\n"
        "  ram SIZE, seed N, clock virtual|host, slice TIME\n"
        "  limit NAME VALUE                message_size, messages_per_sender, bytes_per_sender,\n"
        "                                  kernel_memory, application_reserve or server_reserve\n"
        "  disk FILE[,ro|,cow], cdrom FILE|none, floppy FILE[,ro|,cow]|none, display HOW,\n"
        "  sound FILE, keyboard SCRIPT, serial WHAT, rom FILE, rtc DATE, hardware LIST: as the\n"
        "  options of these names\n"
        "  screenshot-at TIME FILE.png, at TIME ACTION...\n"
        "An ACTION is: insert floppyN|driveN FILE[,ro|,cow]; eject floppyN|driveN;\n"
        "bad floppyN|driveN FIRST[+COUNT], and good: sectors; screenshot FILE.png;\n"
        "irq N, spurious N, stuck N, free N: disturb an interrupt line.\n"
        "FILE is relative to the boot file; embedded:NAME is a file of this binary (terrarium\n"
        "list). In an argument $console becomes tty or pipe. `terrarium extract default.boot`\n"
        "writes the built-in boot file, a good one to begin with.\n"
        "\n" SIM_EXIT_HELP,
    .options = sim_run_options,
    .run = run_command,
};
