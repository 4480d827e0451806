/* SPDX-License-Identifier: MIT */
/* From scan codes to events. */

#include "keys.h"

#define PREFIX          0xe0
#define PREFIX_PAUSE    0xe1
#define RELEASED        0x80
#define PAUSE_REST      5 /* e1 1d 45 e1 9d c5 */
#define KEYPAD_FIRST    0x47
#define KEYPAD_LAST     0x53
#define SLASH_OF_KEYPAD 0xb5
#define ENTER_OF_KEYPAD 0x9c

static bool is_held(const struct keys *keys, uint32_t code)
{
    return (keys->held[code / 8] >> (code % 8) & 1) != 0;
}

static void hold(struct keys *keys, uint32_t code, bool pressed)
{
    uint8_t bit = (uint8_t)(1U << (code % 8));

    keys->held[code / 8] =
        (uint8_t)(pressed ? keys->held[code / 8] | bit : keys->held[code / 8] & ~bit);
}

uint32_t keys_modifiers(const struct keys *keys)
{
    static const struct {
        uint32_t code, modifier;
    } rows[] = {{TR_KEY_SHIFT_LEFT, TR_INPUT_SHIFT}, {TR_KEY_SHIFT_RIGHT, TR_INPUT_SHIFT},
                {TR_KEY_CONTROL, TR_INPUT_CONTROL},  {TR_KEY_CONTROL_RIGHT, TR_INPUT_CONTROL},
                {TR_KEY_ALT, TR_INPUT_ALT},          {TR_KEY_ALT_GRAPH, TR_INPUT_ALT_GRAPH},
                {TR_KEY_META_LEFT, TR_INPUT_META},   {TR_KEY_META_RIGHT, TR_INPUT_META}};
    uint32_t modifiers = keys->locks;

    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (is_held(keys, rows[i].code)) {
            modifiers |= rows[i].modifier;
        }
    }
    return modifiers;
}

static void lock_toggle(struct keys *keys, uint32_t code)
{
    keys->locks ^= code == TR_KEY_CAPS_LOCK     ? TR_INPUT_LOCK_CAPS
                   : code == TR_KEY_NUMBER_LOCK ? TR_INPUT_LOCK_NUMBER
                   : code == TR_KEY_SCROLL_LOCK ? TR_INPUT_LOCK_SCROLL
                                                : 0;
}

/* The keypad writes digits with number lock, and without it when shift is held; - and + always. */
static uint32_t keypad_text(uint32_t code, uint32_t modifiers)
{
    static const char digits[] = "789-456+1230.";
    char c = digits[code - KEYPAD_FIRST];
    bool is_number =
        ((modifiers & TR_INPUT_LOCK_NUMBER) != 0) != ((modifiers & TR_INPUT_SHIFT) != 0);

    return is_number || c == '-' || c == '+' ? (uint32_t)c : 0;
}

static bool is_letter(uint32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 0xe0 && c <= 0xfe && c != 0xf7);
}

static uint32_t key_text(const struct keys *keys, uint32_t code, uint32_t modifiers)
{
    if (code >= KEYPAD_FIRST && code <= KEYPAD_LAST) {
        return keypad_text(code, modifiers);
    }
    if (code == SLASH_OF_KEYPAD) {
        return '/';
    }
    if (code == ENTER_OF_KEYPAD) {
        return '\n';
    }
    if (code >= LAYOUT_KEYS) {
        return 0;
    }
    const struct layout_key *key = &keys->layout->keys[code];
    bool is_shifted = (modifiers & TR_INPUT_SHIFT) != 0;
    if ((modifiers & TR_INPUT_LOCK_CAPS) != 0 && is_letter(key->plain)) {
        is_shifted = !is_shifted;
    }
    uint32_t text = (modifiers & TR_INPUT_ALT_GRAPH) != 0 ? key->graph
                    : is_shifted                          ? key->shifted
                                                          : key->plain;
    if ((modifiers & TR_INPUT_CONTROL) != 0 && text >= '@' && text < 0x7f) {
        text &= 0x1f;
    }
    return text;
}

static void key_event(struct keys *keys, uint32_t code, bool pressed, struct tr_input_event *event)
{
    bool is_repeated = pressed && is_held(keys, code);

    hold(keys, code, pressed);
    if (pressed && !is_repeated) {
        lock_toggle(keys, code);
    }
    uint32_t modifiers = keys_modifiers(keys);
    *event = (struct tr_input_event){.kind = TR_INPUT_KEY,
                                     .flags = (pressed ? TR_INPUT_PRESSED : 0) |
                                              (is_repeated ? TR_INPUT_REPEATED : 0),
                                     .code = code,
                                     .modifiers = modifiers,
                                     .text = pressed ? key_text(keys, code, modifiers) : 0};
}

bool keys_take(struct keys *keys, uint8_t byte, struct tr_input_event *event)
{
    if (keys->skip > 0) {
        keys->skip--;
        /* The pause key tells its release together with its press. */
        if (keys->skip == 0) {
            key_event(keys, TR_KEY_PAUSE, true, event);
            hold(keys, TR_KEY_PAUSE, false);
        }
        return keys->skip == 0;
    }
    if (byte == PREFIX_PAUSE) {
        keys->skip = PAUSE_REST;
        return false;
    }
    if (byte == PREFIX) {
        keys->prefix = byte;
        return false;
    }
    bool is_prefixed = keys->prefix != 0;
    uint32_t code = byte & ~(uint32_t)RELEASED;
    keys->prefix = 0;
    /* Shift codes with a prefix are put around some keys for programs of another age. 0 and 7f say
     * that the keyboard has lost keys. */
    if ((is_prefixed && (code == TR_KEY_SHIFT_LEFT || code == TR_KEY_SHIFT_RIGHT)) || code == 0 ||
        code == 0x7f) {
        return false;
    }
    bool pressed = (byte & RELEASED) == 0;
    key_event(keys, code + (is_prefixed ? RELEASED : 0), pressed, event);
    return true;
}
