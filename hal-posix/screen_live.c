/* SPDX-License-Identifier: MIT */
/* The thread that shows the screen, and the pipe for what comes back. */

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "devices/vga.h"
#include "machine.h"
#include "screen.h"

#define REFRESH_NS 33000000L

struct screen {
    struct machine *machine;
    const struct screen_end *end;
    void *state;
    pthread_t thread;
    int input[2]; /* a pipe of struct message; -1: none */

    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool is_open, is_over; /* the end has been opened, or could not be; the machine ends */
    char error[256];

    uint32_t *pixels, *shown;
    struct vga_size size;
    struct vga_text text;
    bool was_text;
};

/* Written and read whole: less than PIPE_BUF bytes. */
struct message {
    char key[24]; /* empty: the mouse */
    uint32_t pressed;
    int32_t right, down, wheel;
    uint32_t buttons;
};

/* ---- The thread ----------------------------------------------------------------------------- */

/* SIM: what blinks does so by the host's time. */
static void refresh(struct screen *screen)
{
    struct vga *vga = screen->machine->vga;
    uint64_t now = host_clock_ns();
    bool was_text = screen->was_text;
    screen->was_text = screen->end->show_text != NULL && vga_text(vga, now, &screen->text) &&
                       screen->end->show_text(screen->state, &screen->text);
    if (screen->was_text) {
        return;
    }
    struct vga_size size = vga_draw(vga, now, screen->pixels);
    bool is_new = was_text || size.width != screen->size.width ||
                  size.height != screen->size.height ||
                  memcmp(screen->pixels, screen->shown,
                         (size_t)size.width * size.height * sizeof *screen->pixels) != 0;
    uint32_t *pixels = screen->pixels;
    screen->pixels = screen->shown;
    screen->shown = pixels;
    screen->size = size;
    screen->end->show(screen->state, pixels, size.width, size.height, is_new);
}

static void opened(struct screen *screen)
{
    pthread_mutex_lock(&screen->lock);
    screen->is_open = true;
    pthread_cond_broadcast(&screen->changed);
    pthread_mutex_unlock(&screen->lock);
}

/* Until the next look. False: there will be none. */
static bool wait_for_next(struct screen *screen)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += REFRESH_NS;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&screen->lock);
    if (!screen->is_over) {
        pthread_cond_timedwait(&screen->changed, &screen->lock, &until);
    }
    bool goes_on = !screen->is_over;
    pthread_mutex_unlock(&screen->lock);
    return goes_on;
}

static void *run(void *argument)
{
    struct screen *screen = argument;
    screen->state = screen->end->open(screen->machine, screen->error, sizeof screen->error);
    if (screen->state != NULL) {
        refresh(screen); /* before the machine's first output, which it may clear away */
    }
    opened(screen);
    if (screen->state == NULL) {
        return NULL;
    }
    do {
        refresh(screen);
        if (screen->end->look != NULL) {
            screen->end->look(screen->state, screen);
        }
    } while (wait_for_next(screen));
    refresh(screen); /* the last picture stays to be seen */
    screen->end->close(screen->state);
    return NULL;
}

/* ---- What comes back ------------------------------------------------------------------------ */

static void send(struct screen *screen, const struct message *message)
{
    ssize_t written = write(screen->input[1], message, sizeof *message);
    (void)written; /* a machine that does not look for so long loses it */
}

void screen_key(struct screen *screen, const char *key, bool pressed)
{
    struct message message = {.pressed = pressed};
    snprintf(message.key, sizeof message.key, "%s", key);
    send(screen, &message);
}

void screen_mouse(struct screen *screen, int32_t right, int32_t down, int32_t wheel,
                  uint32_t buttons)
{
    const struct message message = {
        .right = right, .down = down, .wheel = wheel, .buttons = buttons};
    send(screen, &message);
}

void screen_closed(struct screen *screen)
{
    posix_machine_interrupt(screen->machine);
}

int screen_live_file(const struct machine *machine)
{
    return machine->screen != NULL ? machine->screen->input[0] : -1;
}

void screen_read(struct machine *machine)
{
    struct message message;
    while (read(machine->screen->input[0], &message, sizeof message) == sizeof message) {
        if (message.key[0] != '\0') {
            posix_machine_key(machine, message.key, message.pressed != 0);
        } else {
            posix_machine_mouse(machine, message.right, message.down, message.wheel,
                                message.buttons);
        }
    }
}

/* ---- Life ----------------------------------------------------------------------------------- */

static void screen_free(struct screen *screen)
{
    for (int i = 0; i < 2; i++) {
        if (screen->input[i] >= 0) {
            close(screen->input[i]);
        }
    }
    pthread_cond_destroy(&screen->changed);
    pthread_mutex_destroy(&screen->lock);
    free(screen->pixels);
    free(screen->shown);
    free(screen);
}

static struct screen *screen_make(struct machine *machine, const struct screen_end *end)
{
    struct screen *screen = calloc(1, sizeof *screen);
    if (screen == NULL) {
        return NULL;
    }
    screen->machine = machine;
    screen->end = end;
    screen->input[0] = screen->input[1] = -1;
    pthread_mutex_init(&screen->lock, NULL);
    pthread_cond_init(&screen->changed, NULL);
    screen->pixels = calloc(VGA_PIXELS_MOST, sizeof *screen->pixels);
    screen->shown = calloc(VGA_PIXELS_MOST, sizeof *screen->shown);
    if (screen->pixels == NULL || screen->shown == NULL ||
        (end->has_input && pipe2(screen->input, O_CLOEXEC | O_NONBLOCK) != 0)) {
        screen_free(screen);
        return NULL;
    }
    return screen;
}

/* The machine's signals are not the thread's. */
static bool thread_start(struct screen *screen)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&screen->thread, NULL, run, screen);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error != 0) {
        return false;
    }
    pthread_mutex_lock(&screen->lock);
    while (!screen->is_open) {
        pthread_cond_wait(&screen->changed, &screen->lock);
    }
    pthread_mutex_unlock(&screen->lock);
    return true;
}

bool screen_create(struct machine *machine, char *error, size_t error_size)
{
    static const struct screen_end *const ends[] = {
        [POSIX_DISPLAY_WINDOW] = &screen_window, [POSIX_DISPLAY_BLOCKS] = &screen_blocks};
    const struct screen_end *end = ends[machine->hardware.display];
    if (end == NULL || machine->vga == NULL) {
        return true;
    }
    if (!end->is_there) {
        snprintf(error, error_size, "--display %s: %s", end->name, end->detail);
        return false;
    }
    struct screen *screen = screen_make(machine, end);
    if (screen == NULL || !thread_start(screen)) {
        snprintf(error, error_size, "--display %s: the host has no memory or thread for it",
                 end->name);
        if (screen != NULL) {
            screen_free(screen);
        }
        return false;
    }
    if (screen->state == NULL) {
        snprintf(error, error_size, "--display %s: %s", end->name, screen->error);
        pthread_join(screen->thread, NULL);
        screen_free(screen);
        return false;
    }
    machine->screen = screen;
    machine->is_live = machine->is_live || end->has_input;
    return true;
}

void screen_destroy(struct machine *machine)
{
    struct screen *screen = machine->screen;
    if (screen == NULL) {
        return;
    }
    pthread_mutex_lock(&screen->lock);
    screen->is_over = true;
    pthread_cond_broadcast(&screen->changed);
    pthread_mutex_unlock(&screen->lock);
    pthread_join(screen->thread, NULL);
    machine->screen = NULL;
    screen_free(screen);
}
