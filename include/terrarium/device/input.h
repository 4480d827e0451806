/* SPDX-License-Identifier: MIT */
#pragma once

/* Input: what a person does, as a stream of events. See device.h for the form of its messages.
 *
 * A subscriber gets plain messages of one or more tr_input_event, the oldest first, with its tag. A
 * subscriber that does not read gets nothing more once its queue is full (interface.md 6); the next
 * event that reaches it carries in `lost` how many did not. Who holds the device exclusively is the
 * only subscriber there can be. */

#include <terrarium/device/device.h>

enum tr_input_operation {
#define TR_INPUT_OPERATION(name, number, rights, meaning) TR_INPUT_##name = (number),
#include <terrarium/device/input.def>
#undef TR_INPUT_OPERATION
};

#define TR_INPUT_KEYBOARD_DEVICE "input\\keyboard"
#define TR_INPUT_MOUSE_DEVICE    "input\\mouse"

enum tr_input_kind {
    TR_INPUT_KEY = 1,   /* code: the key; text: what it writes */
    TR_INPUT_MOVE = 2,  /* x, y: by how much, right and down positive; wheel: towards the person */
    TR_INPUT_BUTTON = 3 /* code: 0 left, 1 right, 2 middle, 3, 4 the side */
};

/* Flags of an event. */
#define TR_INPUT_PRESSED  UINT32_C(1) /* else released */
#define TR_INPUT_REPEATED UINT32_C(2) /* it was pressed before */

/* Modifiers and locks of an event, and of STATE. */
#define TR_INPUT_SHIFT       UINT32_C(1)
#define TR_INPUT_CONTROL     UINT32_C(2)
#define TR_INPUT_ALT         UINT32_C(4)
#define TR_INPUT_ALT_GRAPH   UINT32_C(8)
#define TR_INPUT_META        UINT32_C(16)
#define TR_INPUT_LOCK_SCROLL UINT32_C(0x100)
#define TR_INPUT_LOCK_NUMBER UINT32_C(0x200)
#define TR_INPUT_LOCK_CAPS   UINT32_C(0x400)

struct tr_input_event {
    uint64_t time; /* nanoseconds since boot */
    uint32_t kind, flags;
    uint32_t code;      /* of a key: its code in scan code set 1, + 0x80 with the prefix e0 */
    uint32_t modifiers; /* held when it happened; buttons held, 1 << code, of a mouse */
    uint32_t text;      /* the Unicode character a pressed key writes, 0 none */
    int32_t x, y, wheel;
    uint64_t lost; /* events before this one that did not reach this subscriber */
};

/* Codes of keys that programs ask for by name: set 1, + 0x80 with the prefix e0. */
enum tr_input_code {
    TR_KEY_ESCAPE = 0x01,
    TR_KEY_BACKSPACE = 0x0e,
    TR_KEY_TAB = 0x0f,
    TR_KEY_ENTER = 0x1c,
    TR_KEY_CONTROL = 0x1d,
    TR_KEY_SHIFT_LEFT = 0x2a,
    TR_KEY_SHIFT_RIGHT = 0x36,
    TR_KEY_ALT = 0x38,
    TR_KEY_SPACE = 0x39,
    TR_KEY_CAPS_LOCK = 0x3a,
    TR_KEY_F1 = 0x3b,
    TR_KEY_F10 = 0x44,
    TR_KEY_NUMBER_LOCK = 0x45,
    TR_KEY_SCROLL_LOCK = 0x46,
    TR_KEY_F11 = 0x57,
    TR_KEY_F12 = 0x58,
    TR_KEY_CONTROL_RIGHT = 0x9d,
    TR_KEY_PRINT = 0xb7,
    TR_KEY_ALT_GRAPH = 0xb8,
    TR_KEY_PAUSE = 0xc6,
    TR_KEY_HOME = 0xc7,
    TR_KEY_UP = 0xc8,
    TR_KEY_PAGE_UP = 0xc9,
    TR_KEY_LEFT = 0xcb,
    TR_KEY_RIGHT = 0xcd,
    TR_KEY_END = 0xcf,
    TR_KEY_DOWN = 0xd0,
    TR_KEY_PAGE_DOWN = 0xd1,
    TR_KEY_INSERT = 0xd2,
    TR_KEY_DELETE = 0xd3,
    TR_KEY_META_LEFT = 0xdb,
    TR_KEY_META_RIGHT = 0xdc
};

struct tr_input_information {
    struct tr_device_information device;
    uint32_t kinds;       /* 1 << TR_INPUT_KEY … : the events it can tell */
    uint32_t subscribers; /* now */
    uint64_t events;      /* since the driver started */
    uint64_t lost;        /* of these, not delivered to a subscriber */
    char layout[TR_NAME_MAX];
};

TR_LAYOUT(sizeof(struct tr_input_event) == 48, "no hidden padding");
