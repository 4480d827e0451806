/* SPDX-License-Identifier: MIT */
/* `terrarium doctor`: what this host offers the machine and which choice was made, then the tools
 * around it that are optional. */

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hal-posix/posix.h"
#include "sim/command.h"
#include "sim/exit.h"

#define ROWS_MAX 64

struct tool {
    const char *program, *package, *use;
};

static const struct tool tools[] = {
    {"cc", "gcc", "terrarium cc: to build own programs"},
    {"gdb", "gdb", "terrarium run --gdb: kernel and programs in one debugger"},
    {"valgrind", "valgrind", "./dev memcheck: reports with the guest's names and lines"},
    {"clang", "clang", "./dev asan and the fuzz targets"},
    {"pkg-config", "pkg-config", "tests of your own against the installed kit"},
    {"clang-format", "clang-format", "./dev format"},
    {"clang-tidy", "clang-tidy", "./dev lint"},
    {"shellcheck", "shellcheck", "./dev lint"},
};

/* The place of a program on PATH. */
static bool find_program(const char *name, char place[PATH_MAX])
{
    const char *path = getenv("PATH");
    while (path != NULL && *path != '\0') {
        size_t length = strcspn(path, ":");
        if (snprintf(place, PATH_MAX, "%.*s/%s", (int)length, path, name) < PATH_MAX &&
            access(place, X_OK) == 0) {
            return true;
        }
        path += length + (path[length] == ':' ? 1 : 0);
    }
    return false;
}

/* One row; the columns are as wide as the widest of these. */
static void print_row(const char *mark, const char *name, const char *choice, const char *detail)
{
    printf("%-4s %-18s %-38s %s\n", mark, name, choice, detail);
}

static bool try_machine(void)
{
    struct posix_config config = {.input_fd = -1, .output_fd = -1};
    char error[256] = "";
    struct machine *machine = posix_machine_create(&config, error, sizeof(error));
    if (machine == NULL) {
        print_row("no", "a machine", "none", error);
        return false;
    }
    posix_machine_destroy(machine);
    print_row("ok", "a machine", "64 MiB", "One could be made.");
    return true;
}

/* What a build lacks of the machine's parts, and the one command that brings all of a kind. */
static void print_packages(const struct posix_probe_row *rows, size_t count, const char *kind,
                           const char *name, const char *use)
{
    char command[64];
    bool good = true;
    for (size_t i = 0; i < count; i++) {
        bool is_one = rows[i].packages != NULL && strcmp(rows[i].packages, kind) == 0;
        good = good && (!is_one || rows[i].good);
    }
    snprintf(command, sizeof(command), "./dev install-packages %s", kind);
    print_row(good ? "ok" : "-", name, good ? "all there" : command, use);
}

static void print_tools(void)
{
    for (size_t i = 0; i < sizeof(tools) / sizeof(tools[0]); i++) {
        char place[PATH_MAX];
        bool found = find_program(tools[i].program, place);
        char advice[PATH_MAX];
        snprintf(advice, sizeof(advice), "apt-get install %s", tools[i].package);
        print_row(found ? "ok" : "-", tools[i].program, found ? place : advice, tools[i].use);
    }
}

static int run(int count, char **words)
{
    if (count > 0) {
        return sim_usage_error(&sim_command_doctor, "unexpected word \"%s\"", words[0]);
    }
    static struct posix_probe_row rows[ROWS_MAX];
    size_t found = posix_probe(rows, ROWS_MAX);
    printf("this host\n");
    for (size_t i = 0; i < found; i++) {
        print_row(rows[i].good ? "ok" : "less", rows[i].name, rows[i].choice, rows[i].detail);
    }
    bool usable = try_machine();
    printf("\noptional\n");
    print_packages(rows, found, "bios", "the BIOS", "real mode and the modes of the VGA BIOS");
    print_packages(rows, found, "hardware", "picture and sound",
                   "screenshots, windows and what is played; build again after it");
    print_tools();
    printf("\n%s\n", usable ? "Terrarium runs here." : "Terrarium does not run here.");
    return usable ? SIM_EXIT_OK : SIM_EXIT_FAILED;
}

const struct sim_command sim_command_doctor = {
    .name = "doctor",
    .usage = "",
    .summary = "tells what this host offers and what is done with it",
    .text =
        "ok: as it should be. less: it works, and the sentence tells what is lost. no: it does\n"
        "not work here. Exit code 0 if a machine can be made, else 1.\n",
    .run = run,
};
