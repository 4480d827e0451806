/* SPDX-License-Identifier: MIT */
#pragma once

/* The faked machine as a library: how the simulator and the test kit make one, run it and look at
 * it. A machine is run by the host thread that created it; one runs at a time in a host thread. */

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/hal.h"

enum posix_clock {
    POSIX_CLOCK_VIRTUAL, /* time is counted: every run with the same input is the same */
    POSIX_CLOCK_HOST     /* time is the host's; preemption by host timer signals */
};

enum posix_input {
    POSIX_INPUT_NONE,   /* the UART never receives */
    POSIX_INPUT_SCRIPT, /* bytes are read, blocking, whenever the UART's receiver is enabled and
                           empty and nothing is runnable, or has been so for 20 ms of virtual time,
                           a line at a time: the same input gives the same run. Its end is
                           the loss of the carrier */
    POSIX_INPUT_LIVE    /* bytes come when they come (a terminal) */
};

/* ---- The hardware around the processor -------------------------------------------------------
 * Timer, interrupt controller and the console's serial port are always there; the rest is chosen.
 * Texts stay the caller's and must be valid while the machine lives. */

enum posix_part {
    POSIX_PART_RTC = 1,      /* clock and CMOS memory */
    POSIX_PART_KEYBOARD = 2, /* keyboard controller, keyboard, mouse */
    POSIX_PART_SERIAL = 4,   /* the second serial port */
    POSIX_PART_PCI = 8,
    POSIX_PART_FLOPPY = 16, /* and the DMA controllers, as for sound */
    POSIX_PART_IDE = 32,
    POSIX_PART_VGA = 64,
    POSIX_PART_SOUND = 128,
    POSIX_PART_ALL = 255
};

enum posix_medium_mode {
    POSIX_MEDIUM_WRITE, /* what is written goes into the file */
    POSIX_MEDIUM_READ_ONLY,
    POSIX_MEDIUM_COPY /* copy on write: what is written is gone with the board */
};
struct posix_medium {
    const char *path; /* NULL: no medium */
    enum posix_medium_mode mode;
};

enum posix_drive_kind { POSIX_DRIVE_NONE, POSIX_DRIVE_DISK, POSIX_DRIVE_CDROM };
struct posix_drive {
    enum posix_drive_kind kind;
    struct posix_medium medium;
};

#define POSIX_DRIVES   4 /* two ATA channels with two each */
#define POSIX_FLOPPIES 2

enum posix_display { POSIX_DISPLAY_NONE, POSIX_DISPLAY_WINDOW, POSIX_DISPLAY_BLOCKS };

/* What happens to the hardware from outside, at a time of the machine. */
enum posix_event_kind {
    POSIX_EVENT_SCREENSHOT,  /* medium.path: the PNG file */
    POSIX_EVENT_FLOPPY,      /* unit, medium: inserted; path NULL: taken out */
    POSIX_EVENT_DRIVE,       /* the same for a CD-ROM drive; unit 0 to 3 */
    POSIX_EVENT_FLOPPY_BAD,  /* unit; count sectors from first on cannot be read or written */
    POSIX_EVENT_DRIVE_BAD,   /* the same for disks */
    POSIX_EVENT_FLOPPY_GOOD, /* and are good again */
    POSIX_EVENT_DRIVE_GOOD,
    POSIX_EVENT_IRQ,      /* unit: an interrupt line is raised for a moment without a cause */
    POSIX_EVENT_STUCK,    /* unit: the line asks again and again, whatever is done */
    POSIX_EVENT_FREE,     /* unit: no longer */
    POSIX_EVENT_SPURIOUS, /* unit: the line is raised and falls before it is looked at; the
                             controller answers with line 7 or 15 */
    POSIX_EVENT_KINDS
};
struct posix_event {
    uint64_t time;
    enum posix_event_kind kind;
    uint32_t unit;
    uint64_t first, count;
    struct posix_medium medium;
};

/* What is at the other end of the second serial port. It waits until the system is ready (RTS) and
 * has room, so that nothing is lost. */
struct posix_serial {
    int input, output; /* files of the host; -1: none. The output is a regular file or non-blocking:
                          what nobody listens to is lost, and told at the end of the run */
    bool is_live;      /* input comes when it comes; else it is a file, read as the time passes */
};

struct posix_hardware {
    uint32_t parts; /* enum posix_part */
    struct posix_drive drives[POSIX_DRIVES];
    struct posix_medium floppies[POSIX_FLOPPIES];
    uint32_t floppy_drives; /* how many there are, with or without medium */
    enum posix_display display;
    bool keyboard_is_terminal; /* live input is typed on the keyboard; the console gets none */
    const char *keyboard;      /* script of keys and mouse moves with times; NULL: none */
    const struct posix_serial *serial; /* second serial port; NULL: nothing is plugged in */
    const char *sound;                 /* WAV file, or "sdl"; NULL: nobody listens */
    const char *rom; /* the VGA BIOS; NULL: where it was at build time, if it was */
    uint64_t date;   /* of time 0, seconds since 1970; 0: POSIX_DATE_DEFAULT */
    const struct posix_event *events;
    size_t event_count;
    /* What has passed on the machines before reboots: events and scripts go on from there, and the
     * date where there is no board that knows it. */
    uint64_t elapsed;
};

/* Virtual machines begin on 2000-01-01 00:00:00. With the host's clock, date 0 is the host's. */
#define POSIX_DATE_DEFAULT UINT64_C(946684800)

/* What survives a machine: what lies in its drives and was written there, the tray of a CD-ROM
 * drive, the clock and the memory behind its battery. A machine that is made with a board leaves
 * them on it for the machine after a reboot. */
struct posix_board;

/* How a kit process went astray; signal 0: it ran for too long. */
struct posix_stray {
    uint64_t pid, tid, ip, address;
    int signal;
    bool is_write;
};

struct posix_config {
    uint64_t ram_bytes; /* multiple of the page size; 0: 64 MiB */
    uint64_t seed;
    enum posix_clock clock;
    bool paced;       /* virtual time does not run ahead of the host's while idle */
    uint64_t stop_at; /* virtual time at which the run ends; 0: never */
    enum posix_input input;
    int input_fd, output_fd; /* the console's ends (the first serial port); -1: none */
    const void *input_first; /* at most POSIX_UNREAD_MOST bytes that come before input_fd's; NULL */
    size_t input_first_size;
    bool announce_images; /* tell debuggers (JIT interface) about loaded programs */
    const struct posix_hardware *hardware; /* copied but for its texts; NULL: as if all zero */
    struct posix_board *board; /* of this hardware; NULL: the machine has one of its own, and a
                                  medium that cannot be used is warned of and left out */

    /* All optional; called on the host stack. */
    void (*output)(void *user, const void *bytes, size_t size); /* instead of output_fd */
    /* What programs complain of, a line at a time, after all that was sent to the console before
     * it. NULL: there is no port for complaints, and they are output like any other. */
    void (*error)(void *user, const void *bytes, size_t size);
    void (*trace)(void *user, const struct tr_trace_record *record);
    void (*console)(void *user, const char *text, size_t size); /* panic console; NULL: stderr */
    void (*panic)(void *user, const char *text); /* may longjmp; if it returns, the run ends */
    void (*warn)(void *user, const char *text);  /* the watchdog's and the host's complaints */
    /* Kit processes whose own C faults, or runs for stray_ns of the host's processor time without a
     * call: told once the run is about to end with POSIX_END_INTERRUPTED. The process is where it
     * was and must not run on: end it with kernel_kill. NULL: such a fault is the host program's,
     * and nobody counts. */
    void (*stray)(void *user, const struct posix_stray *stray);
    uint64_t stray_ns;
    void *user;
};

/* Opens what this hardware has in its drives. NULL, with a sentence in `error`, if one of the media
 * cannot be used. It outlives its machines. */
struct posix_board *posix_board_create(const struct posix_config *config, char *error,
                                       size_t error_size);
void posix_board_destroy(struct posix_board *board);

/* Makes a machine; NULL with a sentence in `error` if the host does not let us. */
struct machine *posix_machine_create(const struct posix_config *config, char *error,
                                     size_t error_size);
void posix_machine_destroy(struct machine *machine);

/* The exit code of the host process when the host refuses what a running machine cannot do without;
 * a sentence is on standard error then. 0, as at first: it aborts. */
void posix_fatal_exit(int code);

/* The kernel that this machine's traps go to. Call after kernel_create. */
void posix_machine_attach(struct machine *machine, struct kernel *kernel);

/* Makes an image known (programs loaded from it are recognised by its build id), for Valgrind and
 * debuggers, which are shown a file of the machine's own, and for the names in the records of
 * faults. `image` must stay valid while the machine lives. */
void posix_image_register(struct machine *machine, const void *image, size_t size);

enum posix_end {
    POSIX_END_STOPPED,     /* the kernel stopped the machine: how and code tell */
    POSIX_END_PANIC,       /* a broken kernel invariant */
    POSIX_END_TIME,        /* stop_at was reached */
    POSIX_END_INTERRUPTED, /* posix_machine_interrupt was called */
    POSIX_END_IDLE /* nothing will ever happen again: no runnable thread, no timer, no input */
};
struct posix_result {
    enum posix_end end;
    enum tr_stop how;
    uint32_t code;
};

/* Runs until the machine ends. May be called again after POSIX_END_TIME (raise stop_at first with
 * posix_machine_stop_at), _IDLE and _INTERRUPTED. */
void posix_machine_run(struct machine *machine, struct posix_result *result);
/* Input that was read from the host and that no program has taken: for the machine that follows a
 * reboot (input_first). */
#define POSIX_UNREAD_MOST 128
size_t posix_machine_unread(struct machine *machine, uint8_t bytes[POSIX_UNREAD_MOST]);
void posix_machine_stop_at(struct machine *machine, uint64_t time);

/* Ends the run at the next safe point. May be called from a signal handler. */
void posix_machine_interrupt(struct machine *machine);

/* For handlers of other signals in a process that runs machines: like sigaction, on the alternate
 * stack. A program that has been interrupted may have set the processor's thread pointer; `handler`
 * runs with that of its host thread. False: errno tells why. */
bool posix_signal_handle(int signal, void (*handler)(int), int flags, const sigset_t *mask);

/* For the last words of a host program that is ended by a signal, on the machine's thread, in the
 * handler too: the process that runs (0: none), its name, and the machine's time. What this reads
 * may be broken by then. */
uint64_t posix_machine_running(struct machine *machine, char name[TR_NAME_MAX], uint64_t *time);

/* Raises an interrupt line (edge) now, or at a virtual time: for the test kit. */
void posix_machine_raise(struct machine *machine, uint32_t line);
void posix_machine_raise_at(struct machine *machine, uint32_t line, uint64_t time);

/* Lets something happen to the hardware now (event->time is not looked at). False: there is no such
 * unit, or the medium cannot be used; the reason has been warned of. */
bool posix_machine_event(struct machine *machine, const struct posix_event *event);

/* A key goes down or up, by name ("a", "enter", "shift-left": hal-posix/README.md). False: there is
 * no such key. The mouse is moved right, down, its wheel towards the person, and has these buttons
 * held (1 left, 2 right, 4 middle). Nothing happens on a machine without keyboard controller. */
bool posix_machine_key(struct machine *machine, const char *key, bool pressed);
void posix_machine_mouse(struct machine *machine, int32_t right, int32_t down, int32_t wheel,
                         uint32_t buttons);

/* What is on the screen now: 0x00RRGGBB a pixel, rows from the top, at most `most` of them, and the
 * size. False: the machine has no display. */
bool posix_machine_picture(struct machine *machine, uint32_t *pixels, size_t most, uint32_t *width,
                           uint32_t *height);

/* For tests of the hardware on a machine that no kernel runs: lets virtual time pass, with what
 * happens in it; and the processor's acknowledgement of an interrupt (false: none asks). */
void posix_machine_pass(struct machine *machine, uint64_t ns);
bool posix_machine_take(struct machine *machine, uint32_t *line);

/* True while user code of this host thread runs on the machine (a call may be made). */
bool posix_is_inside(void);

/* A call of a kit process (a C function of the host that runs as a process): number and six words.
 * Anywhere else it says so and aborts. */
int64_t posix_kit_call(uint64_t number, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e,
                       uint64_t f);

/* "function (file.c:12)" for an instruction of this host program, by the tables in the file it was
 * loaded from; without the place if there are no lines. False: no function is known there. */
bool posix_place(uint64_t ip, char *text, size_t size);

/* True under a memory checker: create the kernel with `checked`. */
bool posix_is_checked(void);

/* What this host offers and which choice was made: one line per row, for `terrarium doctor`. */
struct posix_probe_row {
    const char *name;
    const char *choice;   /* what Terrarium does */
    char detail[160];     /* what was found, a sentence */
    bool good;            /* false: works, but less well; the sentence says what is lost */
    const char *packages; /* the kind of packages that a build needs for it; NULL: none */
};
size_t posix_probe(struct posix_probe_row *rows, size_t most);

/* Counters of the machine, for tools and benches. */
struct posix_statistics {
    uint64_t traps, page_fills, evictions, preemptions, interrupts, port_traps;
    /* By line: edges by devices (of level-triggered lines: rises), and interrupts taken. */
    uint64_t raised[HAL_IRQ_LINES], taken[HAL_IRQ_LINES];
};
void posix_machine_statistics(struct machine *machine, struct posix_statistics *statistics);
