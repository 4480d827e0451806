/* SPDX-License-Identifier: MIT */
#pragma once

/* The host ends of the display: pictures as PNG files, and live as a window or in the terminal.
 * A live display has a host thread of its own that looks at the display's memory some times a
 * second and shows what has changed. It changes nothing in the machine; what is typed into a window
 * goes through a pipe that the machine reads as it reads any live input. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct machine;
struct screen;
struct vga_text;

/* Begins to show what the machine's hardware says. False with a sentence in `error`. */
bool screen_create(struct machine *machine, char *error, size_t error_size);
void screen_destroy(struct machine *machine);

/* The picture of now as a PNG file (struct hardware_slots). */
bool screen_shot(struct machine *machine, const char *path);

/* The file that is ready when a window has input; -1: no window. */
int screen_live_file(const struct machine *machine);
/* It is ready. */
void screen_read(struct machine *machine);

/* ---- Live ends: functions of the screen's thread -------------------------------------------- */

struct screen_end {
    const char *name; /* as on the command line */
    bool has_input;
    /* What it needs, or NULL with a sentence in `error`. */
    void *(*open)(struct machine *machine, char *error, size_t error_size);
    /* Shows a picture; `is_new`: it is not the one shown last. */
    void (*show)(void *state, const uint32_t *pixels, uint32_t width, uint32_t height, bool is_new);
    /* Shows text as such; false: it cannot, show a picture of it. NULL: never. */
    bool (*show_text)(void *state, const struct vga_text *text);
    /* Looks for input; NULL: there is none. */
    void (*look)(void *state, struct screen *screen);
    void (*close)(void *state);
    bool is_there;
    const char *choice, *detail; /* for `terrarium doctor` */
};
extern const struct screen_end screen_window, screen_blocks;

/* For ends with input. A key by its name (posix_machine_key), a mouse as posix_machine_mouse has
 * it; the window was closed: the run ends. */
void screen_key(struct screen *screen, const char *key, bool pressed);
void screen_mouse(struct screen *screen, int32_t right, int32_t down, int32_t wheel,
                  uint32_t buttons);
void screen_closed(struct screen *screen);
