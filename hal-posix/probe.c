/* SPDX-License-Identifier: MIT */
/* What this host offers: each row tries the thing itself and says what was found. */

#include "machine.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "arch.h"
#include "host_calls.h"
#include "picture.h"
#include "screen.h"
#include "sound.h"
#include "tool.h"
#include "trap.h"
#include "vm86.h"
#include "window.h"

__attribute__((format(printf, 2, 3))) static void tell(struct posix_probe_row *row,
                                                       const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(row->detail, sizeof row->detail, format, arguments);
    va_end(arguments);
}

static void probe_memory(struct posix_probe_row *row)
{
    row->name = "memory file";
    row->choice = "memfd";
    int file = memfd_create("terrarium-probe", MFD_CLOEXEC);
    row->good = file >= 0 && ftruncate(file, (off_t)PAGE) == 0;
    if (row->good) {
        tell(row, "The host gives anonymous memory files.");
    } else {
        tell(row, "The host gives no memory file (%s): no machine can be made.", strerror(errno));
    }
    if (file >= 0) {
        close(file);
    }
}

static void probe_range(struct posix_probe_row *row, const char *name, uint64_t at)
{
    void *wanted = (void *)(uintptr_t)at;
    void *got =
        mmap(wanted, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    row->name = name;
    row->good = got == wanted;
    row->choice = row->good ? "the usual addresses" : "other addresses";
    if (row->good) {
        tell(row, "0x%llx is free.", (unsigned long long)at);
    } else {
        tell(row, "0x%llx is taken: addresses in this run differ from those in others.",
             (unsigned long long)at);
    }
    if (got != MAP_FAILED) {
        munmap(got, PAGE);
    }
}

static void probe_view(struct posix_probe_row *row)
{
    row->name = "view of memory";
    row->choice = "another place in every run";
    row->good = true;
    tell(row, "Programs could write there, and do not know where it is.");
}

static void probe_ghosts(struct posix_probe_row *row)
{
    if (ghost_base != 0) {
        probe_range(row, "ghost functions", ghost_base);
        return;
    }
    row->name = "ghost functions";
    row->choice = "where this program lies";
    tell(row, "Programs see addresses that differ between runs.");
}

static void probe_windows(struct posix_probe_row *row)
{
    probe_range(row, "windows", WINDOWS_BEGIN);
}

static void probe_registers(struct posix_probe_row *row)
{
    uint64_t size = 0, mask = 0;
    row->name = "extended registers";
    row->good = arch_state_probe(&size, &mask);
    row->choice = arch_state_name;
    if (row->good) {
        tell(row, "An interrupted thread keeps %llu bytes of them, mask 0x%llx.",
             (unsigned long long)size, (unsigned long long)mask);
    } else {
        tell(row, "This processor cannot save them in user mode: no machine can be made.");
    }
}

static void probe_host_calls(struct posix_probe_row *row)
{
    row->name = "host calls";
    row->good = host_calls_refuse();
    if (row->good) {
        host_calls_allow();
        row->choice = "syscall user dispatch";
        tell(row, "A program that makes one ends, and the host carries out none.");
    } else {
        row->choice = "none";
        tell(row, "The host carries out whatever a program asks it: run no code you do not trust.");
    }
}

static void probe_mappings(struct posix_probe_row *row)
{
    uint64_t limit = tlb_limit();
    row->name = "mappings";
    row->choice = "evict whole windows beyond the limit";
    row->good = limit >= 32768;
    tell(row, "At most %llu mappings are held at a time%s.", (unsigned long long)limit,
         row->good ? "" : "; with many processes pages are filled again and again");
}

static void probe_clock(struct posix_probe_row *row)
{
    struct sigevent event = {.sigev_notify = SIGEV_NONE};
    timer_t timer;
    row->name = "watchdog timer";
    row->choice = "processor time of the machine's thread";
    row->good = timer_create(CLOCK_THREAD_CPUTIME_ID, &event, &timer) == 0;
    if (row->good) {
        timer_delete(timer);
        tell(row, "Programs that spin without being counted are found.");
    } else {
        tell(row, "The host has no timer left (%s): no machine can be made.", strerror(errno));
    }
}

static void probe_checker(struct posix_probe_row *row)
{
    row->name = "memory checker";
    row->good = true;
    row->choice = tool_is_watching() ? "tell Valgrind" : "none";
    tell(row, "%s",
         tool_is_watching() ? "This run is under Valgrind." : "This run is not under Valgrind.");
}

static void probe_debugger(struct posix_probe_row *row)
{
    char line[128];
    long tracer = 0;
    FILE *status = fopen("/proc/self/status", "re");
    while (status != NULL && fgets(line, sizeof line, status) != NULL) {
        if (sscanf(line, "TracerPid: %ld", &tracer) == 1) {
            break;
        }
    }
    if (status != NULL) {
        fclose(status);
    }
    row->name = "debugger";
    row->good = true;
    row->choice = tracer != 0 ? "announce programs" : "none";
    if (tracer != 0) {
        tell(row, "Process %ld traces this one.", tracer);
    } else {
        tell(row, "Nobody traces this process.");
    }
}

static void probe_vm86(struct posix_probe_row *row)
{
    row->name = "real mode";
    row->good = vm86_is_there;
    row->packages = "bios";
    row->choice = vm86_choice;
    tell(row, "%s", vm86_detail);
}

static void probe_end(struct posix_probe_row *row, const char *name, const struct sound_end *end)
{
    row->name = name;
    row->packages = "hardware";
    row->good = end->is_there;
    row->choice = end->choice;
    tell(row, "%s", end->detail);
}

static void probe_wav(struct posix_probe_row *row)
{
    probe_end(row, "sound files", &sound_wav);
}

static void probe_sdl(struct posix_probe_row *row)
{
    probe_end(row, "loudspeakers", &sound_sdl);
}

static void probe_picture(struct posix_probe_row *row)
{
    row->name = "screenshots";
    row->good = picture_is_there;
    row->packages = "hardware";
    row->choice = picture_choice;
    tell(row, "%s", picture_detail);
}

static void probe_screen(struct posix_probe_row *row, const struct screen_end *end)
{
    row->good = end->is_there;
    row->choice = end->choice;
    tell(row, "%s", end->detail);
}

static void probe_window(struct posix_probe_row *row)
{
    row->name = "screen in a window";
    row->packages = "hardware";
    probe_screen(row, &screen_window);
}

static void probe_blocks(struct posix_probe_row *row)
{
    row->name = "screen in text";
    probe_screen(row, &screen_blocks);
}

static void probe_bios(struct posix_probe_row *row)
{
    row->name = "VGA BIOS";
    row->packages = "bios";
    row->good = access(TERRARIUM_VGA_ROM, R_OK) == 0;
    row->choice = row->good ? TERRARIUM_VGA_ROM : "none";
    tell(row, "%s",
         row->good ? "Video modes are set by it, in real mode."
                   : "Video modes are set without it (package seabios, or --rom FILE).");
}

size_t posix_probe(struct posix_probe_row *rows, size_t most)
{
    static void (*const probes[])(struct posix_probe_row *) = {
        probe_memory,     probe_view,     probe_ghosts, probe_windows, probe_registers,
        probe_host_calls, probe_mappings, probe_clock,  probe_checker, probe_debugger,
        probe_vm86,       probe_wav,      probe_sdl,    probe_picture, probe_window,
        probe_blocks,     probe_bios,
    };
    size_t count = sizeof probes / sizeof probes[0];
    count = count < most ? count : most;
    memset(rows, 0, count * sizeof *rows);
    for (size_t i = 0; i < count; i++) {
        probes[i](&rows[i]);
    }
    return count;
}
