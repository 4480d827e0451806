/* SPDX-License-Identifier: MIT */
/* Scan codes, layouts, mouse packets and commands on a PS/2 cable, as host code. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <terrarium.h>

#include <cmocka.h>

#include "drivers-virtual/keyboard/keys.h"
#include "drivers-virtual/mouse/packet.h"
#include "drivers-virtual/ps2/command.h"

/* ---- Keys ----------------------------------------------------------------------------------- */

static struct keys keys;
static struct tr_input_event event;

static int keys_set_up(void **state)
{
    (void)state;
    keys = (struct keys){.layout = &layouts[0]};
    return 0;
}

/* Feeds bytes; how many events they made. The last one is in `event`. */
static size_t feed(const char *bytes, size_t size)
{
    size_t count = 0;

    for (size_t i = 0; i < size; i++) {
        count += keys_take(&keys, (uint8_t)bytes[i], &event);
    }
    return count;
}
#define FEED(bytes) feed(bytes, sizeof(bytes) - 1)

static void a_key_is_pressed_repeated_and_released(void **state)
{
    (void)state;
    assert_int_equal(FEED("\x1e"), 1);
    assert_int_equal(event.kind, TR_INPUT_KEY);
    assert_int_equal(event.code, 0x1e);
    assert_int_equal(event.flags, TR_INPUT_PRESSED);
    assert_int_equal(event.text, 'a');
    assert_int_equal(FEED("\x1e"), 1);
    assert_int_equal(event.flags, TR_INPUT_PRESSED | TR_INPUT_REPEATED);
    assert_int_equal(FEED("\x9e"), 1);
    assert_int_equal(event.flags, 0);
    assert_int_equal(event.text, 0);
}

static void modifiers_are_held_on_either_side(void **state)
{
    (void)state;
    FEED("\x2a\x36\xaa\x1e");
    assert_int_equal(event.modifiers, TR_INPUT_SHIFT);
    assert_int_equal(event.text, 'A');
    FEED("\xb6\x1e");
    assert_int_equal(event.modifiers, 0);
    FEED("\xe0\x1d\x1e");
    assert_int_equal(event.modifiers, TR_INPUT_CONTROL);
    assert_int_equal(event.text, 1);
    FEED("\xe0\x9d\x38\xe0\x5b\x1e");
    assert_int_equal(event.modifiers, TR_INPUT_ALT | TR_INPUT_META);
}

static void locks_change_with_a_press_not_with_a_repeat(void **state)
{
    (void)state;
    FEED("\x3a\x3a\x3a\xba");
    assert_int_equal(keys_modifiers(&keys), TR_INPUT_LOCK_CAPS);
    FEED("\x1e");
    assert_int_equal(event.text, 'A');
    FEED("\x02");
    assert_int_equal(event.text, '1');
    FEED("\x2a\x1e");
    assert_int_equal(event.text, 'a');
    FEED("\xaa\x3a\xba\x45\xc5\x46");
    assert_int_equal(keys_modifiers(&keys), TR_INPUT_LOCK_NUMBER | TR_INPUT_LOCK_SCROLL);
}

static void the_keypad_writes_digits_with_number_lock(void **state)
{
    (void)state;
    FEED("\x47");
    assert_int_equal(event.text, 0);
    FEED("\x45\xc5\x47");
    assert_int_equal(event.text, '7');
    FEED("\x2a\x47");
    assert_int_equal(event.text, 0);
    FEED("\x4a");
    assert_int_equal(event.text, '-');
    /* The grey keys are others. */
    assert_int_equal(FEED("\xe0\x47"), 1);
    assert_int_equal(event.code, TR_KEY_HOME);
    assert_int_equal(event.text, 0);
    FEED("\xe0\x1c");
    assert_int_equal(event.text, '\n');
}

static void sequences_of_another_age_are_one_key(void **state)
{
    (void)state;
    assert_int_equal(FEED("\xe1\x1d\x45\xe1\x9d\xc5"), 1);
    assert_int_equal(event.code, TR_KEY_PAUSE);
    assert_int_equal(event.flags, TR_INPUT_PRESSED);
    assert_int_equal(keys_modifiers(&keys), 0);
    assert_int_equal(FEED("\xe1\x1d\x45\xe1\x9d\xc5"), 1);
    assert_int_equal(event.flags, TR_INPUT_PRESSED);
    assert_int_equal(FEED("\xe0\x2a\xe0\x37"), 1);
    assert_int_equal(event.code, TR_KEY_PRINT);
    assert_int_equal(FEED("\xe0\xb7\xe0\xaa"), 1);
    assert_int_equal(FEED("\x00\xff"), 0);
}

static void layouts_differ(void **state)
{
    (void)state;
    keys.layout = layout_find((const unsigned char *)"de", 2);
    assert_non_null(keys.layout);
    FEED("\x15");
    assert_int_equal(event.text, 'z');
    FEED("\x1a");
    assert_int_equal(event.text, 0xfc);
    FEED("\x3a\xba\x1a");
    assert_int_equal(event.text, 0xdc);
    FEED("\xe0\x38\x12");
    assert_int_equal(event.text, 0x20ac);
    FEED("\x10");
    assert_int_equal(event.text, '@');
    assert_null(layout_find((const unsigned char *)"xx", 2));
    assert_null(layout_find((const unsigned char *)"d", 1));
}

/* Whatever comes, nothing is out of bounds, and what is released is no longer held. */
static void any_bytes_are_survived(void **state)
{
    uint32_t random = 1;

    (void)state;
    for (int i = 0; i < 200000; i++) {
        random = random * 1664525 + 1013904223;
        keys_take(&keys, (uint8_t)(random >> 24), &event);
        assert_true(event.code < 256);
    }
}

/* ---- Mouse ---------------------------------------------------------------------------------- */

static struct tr_input_event events[PACKET_EVENTS];

static size_t packet_feed(struct packet *packet, const char *bytes, size_t size)
{
    size_t count = 0;

    for (size_t i = 0; i < size; i++) {
        count = packet_take(packet, (uint8_t)bytes[i], events);
        assert_true(i + 1 == size || count == 0);
    }
    return count;
}

static void a_packet_moves_and_presses(void **state)
{
    struct packet packet = {.size = 3};

    (void)state;
    assert_int_equal(packet_feed(&packet, "\x29\x0a\xfb", 3), 2);
    assert_int_equal(events[0].kind, TR_INPUT_MOVE);
    assert_int_equal(events[0].x, 10);
    assert_int_equal(events[0].y, 5);
    assert_int_equal(events[1].kind, TR_INPUT_BUTTON);
    assert_int_equal(events[1].code, 0);
    assert_int_equal(events[1].flags, TR_INPUT_PRESSED);
    assert_int_equal(packet_feed(&packet, "\x1c\xff\x00", 3), 3);
    assert_int_equal(events[0].x, -1);
    assert_int_equal(events[1].flags, 0);
    assert_int_equal(events[2].code, 2);
    assert_int_equal(packet_feed(&packet, "\x0c\x00\x00", 3), 0);
}

static void a_wheel_is_the_fourth_byte(void **state)
{
    struct packet packet = {.size = 4};

    (void)state;
    assert_int_equal(packet_feed(&packet, "\x08\x00\x00\x01", 4), 1);
    assert_int_equal(events[0].wheel, 1);
    assert_int_equal(packet_feed(&packet, "\x08\x00\x00\x0f", 4), 1);
    assert_int_equal(events[0].wheel, -1);
}

static void a_lost_byte_is_noticed(void **state)
{
    struct packet packet = {.size = 3};

    (void)state;
    assert_int_equal(packet_feed(&packet, "\x02\x03", 2), 0);
    assert_int_equal(packet_feed(&packet, "\x08\x01\x00", 3), 1);
    assert_int_equal(events[0].x, 1);
    /* Overflown: how far is not known. */
    assert_int_equal(packet_feed(&packet, "\x48\x01\x00", 3), 0);
}

/* ---- Commands ------------------------------------------------------------------------------- */

static struct ps2_command command;
static uint8_t sent[32];
static size_t sent_count;
static int64_t command_result;
static bool is_timed;

static void command_send(uint8_t byte)
{
    sent[sent_count++] = byte;
}

static void command_done(int64_t result)
{
    command_result = result;
}

/* The calls of the kernel that commands make. */
static int64_t now;

int64_t tr_clock(void)
{
    return now;
}

int64_t tr_timer_set(uint64_t at, uint64_t cookie)
{
    assert_true(at > (uint64_t)now);
    assert_int_equal(cookie, PS2_TIMER);
    is_timed = true;
    return 0;
}

int64_t tr_timer_cancel(uint64_t cookie)
{
    assert_int_equal(cookie, PS2_TIMER);
    is_timed = false;
    return 0;
}

static int command_set_up(void **state)
{
    (void)state;
    command = (struct ps2_command){.send = command_send};
    sent_count = 0;
    command_result = 1;
    ps2_start(&command, (const uint8_t[]){0xf3, 100, 0xf2}, 3, 1, command_done);
    return 0;
}

static void a_command_goes_byte_by_byte(void **state)
{
    (void)state;
    assert_int_equal(sent_count, 1);
    assert_false(ps2_take(&command, 0x1e)); /* a key in between */
    assert_true(ps2_take(&command, PS2_ACKNOWLEDGED));
    assert_true(ps2_take(&command, PS2_ACKNOWLEDGED));
    assert_true(ps2_take(&command, PS2_ACKNOWLEDGED));
    assert_int_equal(command_result, 1);
    assert_true(ps2_take(&command, 3));
    assert_int_equal(command_result, 0);
    assert_int_equal(command.answers[0], 3);
    assert_memory_equal(sent, ((uint8_t[]){0xf3, 100, 0xf2}), 3);
    assert_false(is_timed);
    assert_false(ps2_take(&command, PS2_ACKNOWLEDGED));
}

static void a_byte_is_sent_again_but_not_for_ever(void **state)
{
    (void)state;
    assert_true(ps2_take(&command, PS2_AGAIN));
    assert_true(ps2_take(&command, PS2_AGAIN));
    assert_int_equal(sent_count, 3);
    assert_int_equal(sent[2], 0xf3);
    assert_true(ps2_take(&command, PS2_AGAIN));
    assert_int_equal(command_result, TR_E_TIMEDOUT);
    assert_false(command.is_active);
}

static void silence_ends_a_command(void **state)
{
    (void)state;
    assert_true(is_timed);
    ps2_timeout(&command);
    assert_int_equal(command_result, TR_E_TIMEDOUT);
    command_result = 1;
    ps2_timeout(&command);
    assert_int_equal(command_result, 1);
}

#define KEYS(function)    cmocka_unit_test_setup(function, keys_set_up)
#define COMMAND(function) cmocka_unit_test_setup(function, command_set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        KEYS(a_key_is_pressed_repeated_and_released),
        KEYS(modifiers_are_held_on_either_side),
        KEYS(locks_change_with_a_press_not_with_a_repeat),
        KEYS(the_keypad_writes_digits_with_number_lock),
        KEYS(sequences_of_another_age_are_one_key),
        KEYS(layouts_differ),
        KEYS(any_bytes_are_survived),
        cmocka_unit_test(a_packet_moves_and_presses),
        cmocka_unit_test(a_wheel_is_the_fourth_byte),
        cmocka_unit_test(a_lost_byte_is_noticed),
        COMMAND(a_command_goes_byte_by_byte),
        COMMAND(a_byte_is_sent_again_but_not_for_ever),
        COMMAND(silence_ends_a_command),
    };
    return cmocka_run_group_tests_name("input", tests, NULL, NULL);
}
