/* SPDX-License-Identifier: MIT */
/* From bytes to keys: characters with shift, control characters with control, ESC and a character
 * with alt, and the sequences of cursor keys. A sequence comes in one piece from a terminal. */

#include "terminal_keys.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "devices/scancode.h"
#include "input_script.h"

#define ESCAPE 27

struct sequence {
    const char *text; /* behind ESC */
    const char *key;
};

static const struct sequence sequences[] = {
    {"[A", "up"},   {"[B", "down"},    {"[C", "right"},   {"[D", "left"},     {"[H", "home"},
    {"[F", "end"},  {"[2~", "insert"}, {"[3~", "delete"}, {"[5~", "page-up"}, {"[6~", "page-down"},
    {"OA", "up"},   {"OB", "down"},    {"OC", "right"},   {"OD", "left"},     {"OP", "f1"},
    {"OQ", "f2"},   {"OR", "f3"},      {"OS", "f4"},      {"[15~", "f5"},     {"[17~", "f6"},
    {"[18~", "f7"}, {"[19~", "f8"},    {"[20~", "f9"},    {"[21~", "f10"},    {"[23~", "f11"},
    {"[24~", "f12"}};

bool terminal_types(const struct machine *machine)
{
    return machine->hardware.keyboard_is_terminal && machine->input_script != NULL;
}

bool terminal_can_read(const struct machine *machine)
{
    return terminal_types(machine) && machine->config.input == POSIX_INPUT_LIVE &&
           !machine->terminal_ended && input_script_is_idle(machine);
}

static void press(struct machine *machine, const char *modifier, uint32_t key, bool shifted)
{
    uint32_t keys[3], count = 0;
    if (modifier != NULL) {
        keys[count++] = scancode_of_name(modifier);
    }
    if (shifted) {
        keys[count++] = SCANCODE_SHIFT;
    }
    keys[count++] = key;
    input_script_press(machine, keys, count);
}

/* A byte that is no ESC. Those that no key writes are left out. */
static void type_byte(struct machine *machine, const char *modifier, uint8_t byte)
{
    bool shifted = false;
    char character = byte == '\r' ? '\n' : byte == 0x7f ? '\b' : (char)byte;
    uint32_t key = byte < 0x80 ? scancode_of_character(character, &shifted) : 0;
    if (key == 0 && byte > 0 && byte < ESCAPE) {
        key = scancode_of_character((char)(byte + 'a' - 1), &shifted);
        modifier = "control-left";
    }
    if (key != 0) {
        press(machine, modifier, key, shifted);
    }
}

/* What begins with ESC; returns how many bytes it took. */
static size_t type_escape(struct machine *machine, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < sizeof sequences / sizeof sequences[0]; i++) {
        size_t length = strlen(sequences[i].text);
        if (size > length && memcmp(bytes + 1, sequences[i].text, length) == 0) {
            press(machine, NULL, scancode_of_name(sequences[i].key), false);
            return length + 1;
        }
    }
    if (size > 1 && bytes[1] != ESCAPE) {
        type_byte(machine, "alt-left", bytes[1]);
        return 2;
    }
    press(machine, NULL, scancode_of_name("escape"), false);
    return 1;
}

void terminal_read(struct machine *machine)
{
    uint8_t bytes[64];
    ssize_t got = read(machine->config.input_fd, bytes, sizeof bytes);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
        machine->terminal_ended = true;
    }
    for (size_t at = 0; got > 0 && at < (size_t)got;) {
        if (bytes[at] == ESCAPE) {
            at += type_escape(machine, bytes + at, (size_t)got - at);
        } else {
            type_byte(machine, NULL, bytes[at++]);
        }
    }
}
