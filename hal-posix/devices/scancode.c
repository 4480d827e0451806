/* SPDX-License-Identifier: MIT */
/* The tables of keys (IBM PS/2 technical reference, keyboards) and of the controller's
 * translation. */

#include "scancode.h"

#include <stddef.h>
#include <string.h>

struct key {
    const char *name;
    uint16_t code;
    char plain, shifted;
};

#define E SCANCODE_EXTENDED

static const struct key keys[] = {
    {"a", 0x1c, 'a', 'A'},
    {"b", 0x32, 'b', 'B'},
    {"c", 0x21, 'c', 'C'},
    {"d", 0x23, 'd', 'D'},
    {"e", 0x24, 'e', 'E'},
    {"f", 0x2b, 'f', 'F'},
    {"g", 0x34, 'g', 'G'},
    {"h", 0x33, 'h', 'H'},
    {"i", 0x43, 'i', 'I'},
    {"j", 0x3b, 'j', 'J'},
    {"k", 0x42, 'k', 'K'},
    {"l", 0x4b, 'l', 'L'},
    {"m", 0x3a, 'm', 'M'},
    {"n", 0x31, 'n', 'N'},
    {"o", 0x44, 'o', 'O'},
    {"p", 0x4d, 'p', 'P'},
    {"q", 0x15, 'q', 'Q'},
    {"r", 0x2d, 'r', 'R'},
    {"s", 0x1b, 's', 'S'},
    {"t", 0x2c, 't', 'T'},
    {"u", 0x3c, 'u', 'U'},
    {"v", 0x2a, 'v', 'V'},
    {"w", 0x1d, 'w', 'W'},
    {"x", 0x22, 'x', 'X'},
    {"y", 0x35, 'y', 'Y'},
    {"z", 0x1a, 'z', 'Z'},
    {"0", 0x45, '0', ')'},
    {"1", 0x16, '1', '!'},
    {"2", 0x1e, '2', '@'},
    {"3", 0x26, '3', '#'},
    {"4", 0x25, '4', '$'},
    {"5", 0x2e, '5', '%'},
    {"6", 0x36, '6', '^'},
    {"7", 0x3d, '7', '&'},
    {"8", 0x3e, '8', '*'},
    {"9", 0x46, '9', '('},
    {"backquote", 0x0e, '`', '~'},
    {"minus", 0x4e, '-', '_'},
    {"equals", 0x55, '=', '+'},
    {"left-bracket", 0x54, '[', '{'},
    {"right-bracket", 0x5b, ']', '}'},
    {"backslash", 0x5d, '\\', '|'},
    {"semicolon", 0x4c, ';', ':'},
    {"quote", 0x52, '\'', '"'},
    {"comma", 0x41, ',', '<'},
    {"period", 0x49, '.', '>'},
    {"slash", 0x4a, '/', '?'},
    {"space", 0x29, ' ', 0},
    {"enter", 0x5a, '\n', 0},
    {"tab", 0x0d, '\t', 0},
    {"backspace", 0x66, '\b', 0},
    {"escape", 0x76, 27, 0},
    {"caps-lock", 0x58, 0, 0},
    {"shift-left", 0x12, 0, 0},
    {"shift-right", 0x59, 0, 0},
    {"control-left", 0x14, 0, 0},
    {"control-right", E | 0x14, 0, 0},
    {"alt-left", 0x11, 0, 0},
    {"alt-right", E | 0x11, 0, 0},
    {"meta-left", E | 0x1f, 0, 0},
    {"meta-right", E | 0x27, 0, 0},
    {"menu", E | 0x2f, 0, 0},
    {"insert", E | 0x70, 0, 0},
    {"delete", E | 0x71, 0, 0},
    {"home", E | 0x6c, 0, 0},
    {"end", E | 0x69, 0, 0},
    {"page-up", E | 0x7d, 0, 0},
    {"page-down", E | 0x7a, 0, 0},
    {"up", E | 0x75, 0, 0},
    {"down", E | 0x72, 0, 0},
    {"left", E | 0x6b, 0, 0},
    {"right", E | 0x74, 0, 0},
    {"number-lock", 0x77, 0, 0},
    {"scroll-lock", 0x7e, 0, 0},
    {"f1", 0x05, 0, 0},
    {"f2", 0x06, 0, 0},
    {"f3", 0x04, 0, 0},
    {"f4", 0x0c, 0, 0},
    {"f5", 0x03, 0, 0},
    {"f6", 0x0b, 0, 0},
    {"f7", 0x83, 0, 0},
    {"f8", 0x0a, 0, 0},
    {"f9", 0x01, 0, 0},
    {"f10", 0x09, 0, 0},
    {"f11", 0x78, 0, 0},
    {"f12", 0x07, 0, 0},
    {"keypad-0", 0x70, 0, 0},
    {"keypad-1", 0x69, 0, 0},
    {"keypad-2", 0x72, 0, 0},
    {"keypad-3", 0x7a, 0, 0},
    {"keypad-4", 0x6b, 0, 0},
    {"keypad-5", 0x73, 0, 0},
    {"keypad-6", 0x74, 0, 0},
    {"keypad-7", 0x6c, 0, 0},
    {"keypad-8", 0x75, 0, 0},
    {"keypad-9", 0x7d, 0, 0},
    {"keypad-period", 0x71, 0, 0},
    {"keypad-plus", 0x79, 0, 0},
    {"keypad-minus", 0x7b, 0, 0},
    {"keypad-times", 0x7c, 0, 0},
    {"keypad-slash", E | 0x4a, 0, 0},
    {"keypad-enter", E | 0x5a, 0, 0},
    {"less", 0x61, 0, 0},
    {"pause", SCANCODE_PAUSE, 0, 0},
    {"print", SCANCODE_PRINT, 0, 0},
};

#undef E

static const uint8_t set_1[0x80] = {
    0xff, 0x43, 0x41, 0x3f, 0x3d, 0x3b, 0x3c, 0x58, 0x64, 0x44, 0x42, 0x40, 0x3e, 0x0f, 0x29, 0x59,
    0x65, 0x38, 0x2a, 0x70, 0x1d, 0x10, 0x02, 0x5a, 0x66, 0x71, 0x2c, 0x1f, 0x1e, 0x11, 0x03, 0x5b,
    0x67, 0x2e, 0x2d, 0x20, 0x12, 0x05, 0x04, 0x5c, 0x68, 0x39, 0x2f, 0x21, 0x14, 0x13, 0x06, 0x5d,
    0x69, 0x31, 0x30, 0x23, 0x22, 0x15, 0x07, 0x5e, 0x6a, 0x72, 0x32, 0x24, 0x16, 0x08, 0x09, 0x5f,
    0x6b, 0x33, 0x25, 0x17, 0x18, 0x0b, 0x0a, 0x60, 0x6c, 0x34, 0x35, 0x26, 0x27, 0x19, 0x0c, 0x61,
    0x6d, 0x73, 0x28, 0x74, 0x1a, 0x0d, 0x62, 0x6e, 0x3a, 0x36, 0x1c, 0x1b, 0x75, 0x2b, 0x63, 0x76,
    0x55, 0x56, 0x77, 0x78, 0x79, 0x7a, 0x0e, 0x7b, 0x7c, 0x4f, 0x7d, 0x4b, 0x47, 0x7e, 0x7f, 0x6f,
    0x52, 0x53, 0x50, 0x4c, 0x4d, 0x48, 0x01, 0x45, 0x57, 0x4e, 0x51, 0x4a, 0x37, 0x49, 0x46, 0x54};

uint8_t scancode_to_set_1(uint8_t byte)
{
    if (byte < sizeof set_1) {
        return set_1[byte];
    }
    return byte == 0x83 ? 0x41 : byte == 0x84 ? 0x54 : byte;
}

uint32_t scancode_of_name(const char *name)
{
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (strcmp(keys[i].name, name) == 0) {
            return keys[i].code;
        }
    }
    return 0;
}

uint32_t scancode_of_character(char character, bool *shifted)
{
    for (size_t i = 0; character != 0 && i < sizeof keys / sizeof keys[0]; i++) {
        if (keys[i].plain == character || keys[i].shifted == character) {
            *shifted = keys[i].shifted == character;
            return keys[i].code;
        }
    }
    return 0;
}

/* Puts one code. */
static uint32_t put(uint8_t *bytes, uint32_t code, uint32_t set, bool pressed)
{
    uint32_t count = 0;
    if ((code & SCANCODE_EXTENDED) != 0) {
        bytes[count++] = SCANCODE_PREFIX;
    }
    if (set == 1) {
        bytes[count++] = (uint8_t)(scancode_to_set_1((uint8_t)code) | (pressed ? 0 : 0x80));
        return count;
    }
    if (!pressed) {
        bytes[count++] = SCANCODE_BREAK;
    }
    bytes[count++] = (uint8_t)code;
    return count;
}

/* This key tells its release when it is pressed. */
static uint32_t put_pause(uint8_t bytes[8], uint32_t set)
{
    static const uint8_t first[] = {0xe1, 0x1d, 0x45, 0xe1, 0x9d, 0xc5};
    static const uint8_t second[] = {0xe1, 0x14, 0x77, 0xe1, 0xf0, 0x14, 0xf0, 0x77};
    memcpy(bytes, set == 1 ? first : second, set == 1 ? sizeof first : sizeof second);
    return set == 1 ? sizeof first : sizeof second;
}

uint32_t scancode_bytes(uint32_t key, uint32_t set, bool pressed, uint8_t bytes[8])
{
    if (key == SCANCODE_PAUSE) {
        return pressed ? put_pause(bytes, set) : 0;
    }
    if (key == SCANCODE_PRINT) {
        uint32_t ends[2] = {SCANCODE_EXTENDED | SCANCODE_SHIFT, SCANCODE_EXTENDED | 0x7c};
        uint32_t count = put(bytes, ends[pressed ? 0 : 1], set, pressed);
        return count + put(bytes + count, ends[pressed ? 1 : 0], set, pressed);
    }
    return put(bytes, key, set, pressed);
}
