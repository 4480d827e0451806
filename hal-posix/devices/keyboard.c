/* SPDX-License-Identifier: MIT */
/* The keyboard's processor. */

#include "keyboard.h"

#include <stdlib.h>

#include "ps2.h"
#include "scancode.h"

#define TEST_NS UINT64_C(500000000) /* the self-test after a reset */

enum {
    SET_LIGHTS = 0xed,
    ECHO = 0xee,
    SET_CODES = 0xf0,
    IDENTIFY = 0xf2,
    SET_REPEAT = 0xf3,
    ENABLE = 0xf4,
    DISABLE = 0xf5,
    SET_DEFAULTS = 0xf6,
    RESEND = 0xfe,
    RESET = 0xff
};

struct keyboard {
    struct timed timed; /* first: the end of the self-test, or the next repeat */
    struct ps2 ps2;
    uint8_t command; /* waits for its byte; 0: none */
    bool tests, is_enabled;
    uint32_t set, lights, repeat; /* repeat: as SET_REPEAT has it */
    uint32_t held;                /* the key that repeats; 0: none */
};

static struct keyboard *of(struct ps2 *ps2)
{
    return (struct keyboard *)((char *)ps2 - offsetof(struct keyboard, ps2));
}

static void set_defaults(struct machine *machine, struct keyboard *keyboard)
{
    keyboard->set = 2;
    keyboard->repeat = 0x2b; /* after 500 ms, 10.9 a second */
    keyboard->held = 0;
    ps2_forget_events(&keyboard->ps2);
    timeline_cancel(machine, &keyboard->timed);
}

static uint64_t repeat_delay(const struct keyboard *keyboard)
{
    return UINT64_C(250000000) * (1 + (keyboard->repeat >> 5 & 3));
}

/* The data sheet's formula: (8 + low bits) * 2^middle bits * 4.17 ms. */
static uint64_t repeat_period(const struct keyboard *keyboard)
{
    uint64_t steps = (8 + (keyboard->repeat & 7)) << (keyboard->repeat >> 3 & 3);
    return steps * UINT64_C(4170000);
}

/* More than the buffer holds: one byte says that keys are missing. */
static void tell(struct machine *machine, struct keyboard *keyboard, uint32_t key, bool pressed)
{
    uint8_t bytes[8];
    uint32_t count = scancode_bytes(key, keyboard->set, pressed, bytes);
    const uint8_t overrun = keyboard->set == 1 ? 0xff : 0;
    if (!ps2_tell(machine, &keyboard->ps2, bytes, count) &&
        keyboard->ps2.events[PS2_EVENTS - 1] != overrun) {
        keyboard->ps2.events[PS2_EVENTS - 1] = overrun;
        keyboard->ps2.event_count = PS2_EVENTS;
    }
}

static void timed_fire(struct machine *machine, struct timed *timed)
{
    struct keyboard *keyboard = (struct keyboard *)timed;
    if (keyboard->tests) {
        keyboard->tests = false;
        keyboard->is_enabled = true;
        ps2_answer(machine, &keyboard->ps2, PS2_PASSED);
    } else if (keyboard->held != 0) {
        tell(machine, keyboard, keyboard->held, true);
        timeline_set(machine, timed, timed->time + repeat_period(keyboard));
    }
}

void keyboard_key(struct machine *machine, uint32_t key, bool pressed)
{
    struct keyboard *keyboard = machine->keyboard;
    if (keyboard == NULL || !keyboard->is_enabled || keyboard->tests) {
        return;
    }
    if (pressed && key != SCANCODE_PAUSE) {
        keyboard->held = key;
        timeline_set(machine, &keyboard->timed, timeline_now(machine) + repeat_delay(keyboard));
    } else if (keyboard->held == key) {
        keyboard->held = 0;
        timeline_cancel(machine, &keyboard->timed);
    }
    tell(machine, keyboard, key, pressed);
}

static void reset(struct machine *machine, struct keyboard *keyboard)
{
    set_defaults(machine, keyboard);
    keyboard->lights = 0;
    keyboard->tests = true;
    timeline_set(machine, &keyboard->timed, timeline_now(machine) + TEST_NS);
}

/* True: the byte is good. */
static bool take_argument(struct machine *machine, struct keyboard *keyboard, uint8_t byte)
{
    switch (keyboard->command) {
    case SET_LIGHTS:
        keyboard->lights = byte & 7;
        return (byte & 0xf8) == 0;
    case SET_REPEAT:
        keyboard->repeat = byte & 0x7f;
        return (byte & 0x80) == 0;
    default:
        if (byte > 2) {
            return false;
        }
        ps2_answer(machine, &keyboard->ps2, PS2_ACKNOWLEDGE);
        if (byte == 0) {
            ps2_answer(machine, &keyboard->ps2, (uint8_t)keyboard->set);
        } else {
            keyboard->set = byte;
            ps2_forget_events(&keyboard->ps2);
        }
        return true;
    }
}

static void argument(struct machine *machine, struct keyboard *keyboard, uint8_t byte)
{
    bool is_set_codes = keyboard->command == SET_CODES;
    bool is_good = take_argument(machine, keyboard, byte);
    keyboard->command = 0;
    if (!is_good || !is_set_codes) {
        ps2_answer(machine, &keyboard->ps2, is_good ? PS2_ACKNOWLEDGE : PS2_RESEND);
    }
}

static void identify(struct machine *machine, struct keyboard *keyboard)
{
    ps2_answer(machine, &keyboard->ps2, PS2_ACKNOWLEDGE);
    ps2_answer(machine, &keyboard->ps2, 0xab);
    ps2_answer(machine, &keyboard->ps2, 0x83);
}

/* Commands without a byte to come, that are acknowledged first. */
static void simple(struct machine *machine, struct keyboard *keyboard, uint8_t byte)
{
    ps2_answer(machine, &keyboard->ps2, PS2_ACKNOWLEDGE);
    switch (byte) {
    case ENABLE:
        ps2_forget_events(&keyboard->ps2);
        keyboard->is_enabled = true;
        break;
    case DISABLE:
    case SET_DEFAULTS:
        set_defaults(machine, keyboard);
        keyboard->is_enabled = byte == SET_DEFAULTS && keyboard->is_enabled;
        break;
    default:
        reset(machine, keyboard);
        break;
    }
}

static void command(struct machine *machine, struct ps2 *ps2, uint8_t byte)
{
    struct keyboard *keyboard = of(ps2);
    if (keyboard->tests) {
        return; /* its processor does not look */
    }
    if (keyboard->command != 0 && byte < SET_LIGHTS) {
        argument(machine, keyboard, byte);
        return;
    }
    keyboard->command = 0;
    switch (byte) {
    case SET_LIGHTS:
    case SET_CODES:
    case SET_REPEAT:
        keyboard->command = byte;
        ps2_answer(machine, ps2, PS2_ACKNOWLEDGE);
        break;
    case ECHO:
        ps2_answer(machine, ps2, ECHO);
        break;
    case IDENTIFY:
        identify(machine, keyboard);
        break;
    case ENABLE:
    case DISABLE:
    case SET_DEFAULTS:
    case RESET:
        simple(machine, keyboard, byte);
        break;
    default:
        ps2_answer(machine, ps2, byte == RESEND ? ps2->last : PS2_RESEND);
        break;
    }
}

uint32_t keyboard_lights(const struct keyboard *keyboard)
{
    return keyboard->lights;
}

struct ps2 *keyboard_ps2(struct keyboard *keyboard)
{
    return &keyboard->ps2;
}

struct keyboard *keyboard_create(void)
{
    struct keyboard *keyboard = calloc(1, sizeof *keyboard);
    if (keyboard != NULL) {
        keyboard->timed.fire = timed_fire;
        keyboard->ps2.command = command;
        keyboard->set = 2;
        keyboard->repeat = 0x2b;
        keyboard->is_enabled = true;
    }
    return keyboard;
}

void keyboard_destroy(struct keyboard *keyboard)
{
    free(keyboard);
}
