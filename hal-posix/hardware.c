/* SPDX-License-Identifier: MIT */
/* Making the chosen parts, and playing what happens to them from outside. */

#include "hardware.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "board.h"
#include "devices/dma8237.h"
#include "devices/i8042.h"
#include "devices/i82077.h"
#include "devices/ide.h"
#include "devices/keyboard.h"
#include "devices/mouse.h"
#include "devices/pci.h"
#include "devices/pic.h"
#include "devices/rtc.h"
#include "devices/sb16.h"
#include "devices/scancode.h"
#include "devices/vga.h"
#include "input_script.h"
#include "machine.h"
#include "screen.h"
#include "serial.h"
#include "sound.h"

struct scheduled {
    struct timed timed; /* first: fire gets it */
    const struct posix_event *event;
};

static bool change_medium(struct machine *machine, struct hardware_slot *slot,
                          const struct posix_event *event, const char *what)
{
    if (slot == NULL || slot->change == NULL) {
        host_warn(machine, "%s %u: there is no such drive, or its medium does not change", what,
                  event->unit);
        return false;
    }
    return slot->change(machine, slot, &event->medium);
}

static bool change_sectors(struct machine *machine, struct hardware_slot *slot,
                           const struct posix_event *event, const char *what, bool is_bad)
{
    if (slot == NULL || slot->bad == NULL) {
        host_warn(machine, "%s %u: there is no such drive", what, event->unit);
        return false;
    }
    return slot->bad(machine, slot, event->first, event->count, is_bad);
}

static bool take_screenshot(struct machine *machine, const char *path)
{
    if (machine->slots.screenshot == NULL) {
        host_warn(machine, "%s: there is no screen to take a picture of", path);
        return false;
    }
    return machine->slots.screenshot(machine, path);
}

static bool disturb_line(struct machine *machine, const struct posix_event *event)
{
    if (event->unit >= HAL_IRQ_LINES) {
        host_warn(machine, "there is no interrupt line %u", event->unit);
        return false;
    }
    if (event->kind == POSIX_EVENT_IRQ) {
        pic_raise(machine, event->unit);
    } else if (event->kind == POSIX_EVENT_SPURIOUS) {
        pic_glitch(machine, event->unit);
    } else {
        pic_stick(machine, event->unit, event->kind == POSIX_EVENT_STUCK);
    }
    return true;
}

bool posix_machine_event(struct machine *machine, const struct posix_event *event)
{
    struct hardware_slots *slots = &machine->slots;
    struct hardware_slot *floppy =
        event->unit < POSIX_FLOPPIES ? slots->floppies[event->unit] : NULL;
    struct hardware_slot *drive = event->unit < POSIX_DRIVES ? slots->drives[event->unit] : NULL;
    switch (event->kind) {
    case POSIX_EVENT_SCREENSHOT:
        return take_screenshot(machine, event->medium.path);
    case POSIX_EVENT_FLOPPY:
        return change_medium(machine, floppy, event, "floppy");
    case POSIX_EVENT_DRIVE:
        return change_medium(machine, drive, event, "drive");
    case POSIX_EVENT_FLOPPY_BAD:
    case POSIX_EVENT_FLOPPY_GOOD:
        return change_sectors(machine, floppy, event, "floppy",
                              event->kind == POSIX_EVENT_FLOPPY_BAD);
    case POSIX_EVENT_DRIVE_BAD:
    case POSIX_EVENT_DRIVE_GOOD:
        return change_sectors(machine, drive, event, "drive", event->kind == POSIX_EVENT_DRIVE_BAD);
    default:
        return disturb_line(machine, event);
    }
}

bool posix_machine_key(struct machine *machine, const char *key, bool pressed)
{
    uint32_t code = scancode_of_name(key);
    if (code != 0) {
        keyboard_key(machine, code, pressed);
    }
    return code != 0;
}

void posix_machine_mouse(struct machine *machine, int32_t right, int32_t down, int32_t wheel,
                         uint32_t buttons)
{
    mouse_move(machine, right, down, wheel);
    mouse_buttons(machine, buttons);
}

static void scheduled_fire(struct machine *machine, struct timed *timed)
{
    struct scheduled *scheduled = (struct scheduled *)timed;
    posix_machine_event(machine, scheduled->event);
}

static bool has(const struct machine *machine, enum posix_part part)
{
    return (machine->hardware.parts & part) != 0;
}

/* What hangs on the DMA controllers comes after them. */
static bool isa_create(struct machine *machine, char *error, size_t error_size)
{
    uint32_t users = POSIX_PART_FLOPPY | POSIX_PART_SOUND;
    if ((machine->hardware.parts & users) != 0) {
        machine->dma8237 = dma8237_create(machine);
        if (machine->dma8237 == NULL) {
            return false;
        }
    }
    if (has(machine, POSIX_PART_SOUND)) {
        machine->sb16 = sb16_create(machine);
        return machine->sb16 != NULL && sound_create(machine, error, error_size);
    }
    return true;
}

/* The bus first: the others have functions on it. */
static bool parts_create(struct machine *machine, char *error, size_t error_size)
{
    if (has(machine, POSIX_PART_PCI) && pci_create(machine) == NULL) {
        return false;
    }
    if (has(machine, POSIX_PART_RTC)) {
        machine->rtc = rtc_create(machine);
    }
    if (has(machine, POSIX_PART_KEYBOARD) &&
        (i8042_create(machine) == NULL || !input_script_create(machine, error, error_size))) {
        return false;
    }
    if (has(machine, POSIX_PART_SERIAL) && !serial_create(machine)) {
        return false;
    }
    if (has(machine, POSIX_PART_FLOPPY) && i82077_create(machine) == NULL) {
        return false;
    }
    if (has(machine, POSIX_PART_IDE) && ide_create(machine) == NULL) {
        return false;
    }
    if (has(machine, POSIX_PART_VGA) && vga_create(machine) == NULL) {
        return false;
    }
    if (!isa_create(machine, error, error_size)) {
        return false;
    }
    return machine->rtc != NULL || !has(machine, POSIX_PART_RTC);
}

/* What a machine before a reboot has seen is done again at once if it left something behind that
 * the board does not keep: media stay as they are. */
static void schedule(struct machine *machine, struct scheduled *scheduled)
{
    uint64_t elapsed = machine->hardware.elapsed, time = scheduled->event->time;
    enum posix_event_kind kind = scheduled->event->kind;
    bool is_moment =
        kind == POSIX_EVENT_SCREENSHOT || kind == POSIX_EVENT_IRQ || kind == POSIX_EVENT_SPURIOUS;
    bool is_kept =
        machine->board->has_run && kind >= POSIX_EVENT_FLOPPY && kind <= POSIX_EVENT_DRIVE_GOOD;
    if (time >= elapsed) {
        timeline_set(machine, &scheduled->timed, time - elapsed);
    } else if (!is_moment && !is_kept) {
        timeline_set(machine, &scheduled->timed, 0);
    }
}

static bool events_create(struct machine *machine)
{
    const struct posix_hardware *hardware = &machine->hardware;
    machine->scheduled = calloc(hardware->event_count + 1, sizeof *machine->scheduled);
    if (machine->scheduled == NULL) {
        return false;
    }
    for (size_t i = 0; i < hardware->event_count; i++) {
        struct scheduled *scheduled = &machine->scheduled[i];
        scheduled->event = &hardware->events[i];
        scheduled->timed.fire = scheduled_fire;
        schedule(machine, scheduled);
    }
    return true;
}

bool hardware_create(struct machine *machine, char *error, size_t error_size)
{
    errno = 0;
    if (!board_attach(machine) || !parts_create(machine, error, error_size) ||
        !events_create(machine) || !screen_create(machine, error, error_size)) {
        if (error[0] == '\0') {
            snprintf(error, error_size, "the host has no room for the hardware: %s",
                     strerror(errno != 0 ? errno : ENOMEM));
        }
        return false;
    }
    return true;
}

void hardware_destroy(struct machine *machine)
{
    free(machine->scheduled);
    sound_destroy(machine);
    sb16_destroy(machine->sb16);
    dma8237_destroy(machine->dma8237);
    ide_destroy(machine, machine->ide);
    i82077_destroy(machine->floppy);
    screen_destroy(machine);
    vga_destroy(machine, machine->vga);
    serial_destroy(machine);
    input_script_destroy(machine->input_script);
    i8042_destroy(machine->i8042);
    rtc_destroy(machine, machine->rtc);
    pci_destroy(machine->pci);
    board_detach(machine);
}
