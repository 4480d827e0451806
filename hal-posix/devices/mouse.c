/* SPDX-License-Identifier: MIT */
/* The mouse's processor. Movement is collected and told at most `rate` times a second.
 *
 * SIM: resolution is remembered and told, but a count is a count. */

#include "mouse.h"

#include <stdlib.h>

#include "ps2.h"

#define NS_PER_S UINT64_C(1000000000)
#define TEST_NS  UINT64_C(500000000)

enum {
    SCALE_1 = 0xe6,
    SCALE_2 = 0xe7,
    SET_RESOLUTION = 0xe8,
    STATUS = 0xe9,
    SET_STREAM = 0xea,
    READ_DATA = 0xeb,
    WRAP_OFF = 0xec,
    WRAP_ON = 0xee,
    SET_REMOTE = 0xf0,
    IDENTIFY = 0xf2,
    SET_RATE = 0xf3,
    ENABLE = 0xf4,
    DISABLE = 0xf5,
    SET_DEFAULTS = 0xf6,
    RESEND = 0xfe,
    RESET = 0xff
};
enum { PACKET_FIXED = 8, PACKET_LEFTWARDS = 0x10, PACKET_DOWN = 0x20 };

struct mouse {
    struct timed timed; /* first: the end of the self-test, or the next packet */
    struct ps2 ps2;
    uint8_t command; /* waits for its byte; 0: none */
    bool tests, is_enabled, is_remote, wraps, doubles, has_wheel;
    uint32_t rate, resolution, buttons, told_buttons;
    uint32_t knock; /* the last three rates */
    int32_t x, y, wheel;
    uint64_t told_at;
};

static struct mouse *of(struct ps2 *ps2)
{
    return (struct mouse *)((char *)ps2 - offsetof(struct mouse, ps2));
}

static void set_defaults(struct mouse *mouse)
{
    mouse->rate = 100;
    mouse->resolution = 2;
    mouse->is_enabled = mouse->is_remote = mouse->wraps = mouse->doubles = false;
    mouse->x = mouse->y = mouse->wheel = 0;
    ps2_forget_events(&mouse->ps2);
}

/* What of a distance fits into a packet is taken out of it. */
static int32_t take(int32_t *distance, int32_t most)
{
    int32_t part = *distance > most ? most : *distance < -most - 1 ? -most - 1 : *distance;
    *distance -= part;
    return part;
}

static uint32_t packet(struct mouse *mouse, uint8_t bytes[4])
{
    int32_t x = take(&mouse->x, 255), y = take(&mouse->y, 255), wheel = take(&mouse->wheel, 7);
    bytes[0] = (uint8_t)(PACKET_FIXED | mouse->buttons | (x < 0 ? PACKET_LEFTWARDS : 0) |
                         (y < 0 ? PACKET_DOWN : 0));
    bytes[1] = (uint8_t)x;
    bytes[2] = (uint8_t)y;
    bytes[3] = (uint8_t)wheel;
    mouse->told_buttons = mouse->buttons;
    return mouse->has_wheel ? 4 : 3;
}

static bool has_news(const struct mouse *mouse)
{
    return mouse->x != 0 || mouse->y != 0 || (mouse->has_wheel && mouse->wheel != 0) ||
           mouse->buttons != mouse->told_buttons;
}

/* Queues the next packet, at the earliest one sample after the last. */
static void expect_packet(struct machine *machine, struct mouse *mouse)
{
    uint64_t now = timeline_now(machine), next = mouse->told_at + NS_PER_S / mouse->rate;
    if (mouse->is_enabled && !mouse->is_remote && !mouse->tests && mouse->timed.place == 0 &&
        has_news(mouse)) {
        timeline_set(machine, &mouse->timed, next > now ? next : now);
    }
}

static void timed_fire(struct machine *machine, struct timed *timed)
{
    struct mouse *mouse = (struct mouse *)timed;
    uint8_t bytes[4];
    if (mouse->tests) {
        mouse->tests = false;
        ps2_answer(machine, &mouse->ps2, PS2_PASSED);
        ps2_answer(machine, &mouse->ps2, 0);
        return;
    }
    mouse->told_at = timed->time;
    if (mouse->is_enabled && !mouse->is_remote && mouse->ps2.event_count + 4 <= PS2_EVENTS) {
        uint32_t count = packet(mouse, bytes);
        ps2_tell(machine, &mouse->ps2, bytes, count);
    }
    expect_packet(machine, mouse);
}

/* Scaling 2:1 of the data sheet: small movements finer, large ones doubled. */
static int32_t scale(const struct mouse *mouse, int32_t distance)
{
    static const int32_t scaled[] = {0, 1, 1, 3, 6, 9};
    int32_t size = distance < 0 ? -distance : distance;
    if (!mouse->doubles || mouse->is_remote) {
        return distance;
    }
    size = size < 6 ? scaled[size] : 2 * size;
    return distance < 0 ? -size : size;
}

void mouse_move(struct machine *machine, int32_t right, int32_t down, int32_t wheel)
{
    struct mouse *mouse = machine->mouse;
    if (mouse != NULL && mouse->is_enabled) {
        mouse->x += scale(mouse, right);
        mouse->y -= scale(mouse, down);
        mouse->wheel += wheel;
        expect_packet(machine, mouse);
    }
}

void mouse_buttons(struct machine *machine, uint32_t buttons)
{
    struct mouse *mouse = machine->mouse;
    if (mouse != NULL) {
        mouse->buttons = buttons & 7;
        expect_packet(machine, mouse);
    }
}

/* ---- Commands ------------------------------------------------------------------------------- */

static bool take_argument(struct mouse *mouse, uint8_t byte)
{
    if (mouse->command == SET_RESOLUTION) {
        mouse->resolution = byte & 3;
        return byte < 4;
    }
    if (byte == 0 || byte > 200) {
        return false;
    }
    mouse->rate = byte;
    mouse->knock = (mouse->knock << 8 | byte) & 0xffffff;
    mouse->has_wheel = mouse->has_wheel || mouse->knock == 0xc86450;
    return true;
}

static void answer_status(struct machine *machine, struct mouse *mouse)
{
    uint32_t buttons = (mouse->buttons & MOUSE_LEFT) << 2 | (mouse->buttons & MOUSE_RIGHT) >> 1 |
                       (mouse->buttons & MOUSE_MIDDLE) >> 1;
    uint32_t modes = (mouse->is_remote ? 0x40U : 0) | (mouse->is_enabled ? 0x20U : 0) |
                     (mouse->doubles ? 0x10U : 0);
    ps2_answer(machine, &mouse->ps2, (uint8_t)(modes | buttons));
    ps2_answer(machine, &mouse->ps2, (uint8_t)mouse->resolution);
    ps2_answer(machine, &mouse->ps2, (uint8_t)mouse->rate);
}

static void answer_data(struct machine *machine, struct mouse *mouse)
{
    uint8_t bytes[4];
    uint32_t count = packet(mouse, bytes);
    for (uint32_t i = 0; i < count; i++) {
        ps2_answer(machine, &mouse->ps2, bytes[i]);
    }
}

static void reset(struct machine *machine, struct mouse *mouse)
{
    set_defaults(mouse);
    mouse->has_wheel = false;
    mouse->knock = 0;
    mouse->tests = true;
    timeline_set(machine, &mouse->timed, timeline_now(machine) + TEST_NS);
}

static void obey(struct machine *machine, struct mouse *mouse, uint8_t byte)
{
    switch (byte) {
    case SCALE_1:
    case SCALE_2:
        mouse->doubles = byte == SCALE_2;
        break;
    case STATUS:
        answer_status(machine, mouse);
        break;
    case READ_DATA:
        answer_data(machine, mouse);
        break;
    case SET_STREAM:
    case SET_REMOTE:
        mouse->is_remote = byte == SET_REMOTE;
        break;
    case WRAP_ON:
        mouse->wraps = true;
        break;
    case IDENTIFY:
        ps2_answer(machine, &mouse->ps2, mouse->has_wheel ? 3 : 0);
        break;
    case ENABLE:
    case DISABLE:
        mouse->is_enabled = byte == ENABLE;
        mouse->told_at = timeline_now(machine);
        break;
    case SET_DEFAULTS:
        set_defaults(mouse);
        break;
    case RESET:
        reset(machine, mouse);
        break;
    default: /* SET_RATE, SET_RESOLUTION, WRAP_OFF: nothing more to do now */
        break;
    }
}

static bool is_known(uint8_t byte)
{
    return (byte >= SCALE_1 && byte <= WRAP_OFF) || byte == WRAP_ON || byte == SET_REMOTE ||
           (byte >= IDENTIFY && byte <= SET_DEFAULTS) || byte == RESET;
}

static void command(struct machine *machine, struct ps2 *ps2, uint8_t byte)
{
    struct mouse *mouse = of(ps2);
    if (mouse->tests) {
        return; /* its processor does not look */
    }
    if (mouse->wraps && byte != WRAP_OFF && byte != RESET) {
        ps2_answer(machine, ps2, byte);
        return;
    }
    mouse->wraps = false;
    ps2_forget_events(ps2);
    if (mouse->command != 0) {
        bool is_good = take_argument(mouse, byte);
        mouse->command = 0;
        ps2_answer(machine, ps2, is_good ? PS2_ACKNOWLEDGE : PS2_RESEND);
    } else if (byte == RESEND) {
        ps2_answer(machine, ps2, ps2->last);
    } else if (!is_known(byte)) {
        ps2_answer(machine, ps2, PS2_RESEND);
    } else {
        mouse->command = byte == SET_RATE || byte == SET_RESOLUTION ? byte : 0;
        ps2_answer(machine, ps2, PS2_ACKNOWLEDGE);
        obey(machine, mouse, byte);
    }
    expect_packet(machine, mouse);
}

struct ps2 *mouse_ps2(struct mouse *mouse)
{
    return &mouse->ps2;
}

struct mouse *mouse_create(void)
{
    struct mouse *mouse = calloc(1, sizeof *mouse);
    if (mouse != NULL) {
        mouse->timed.fire = timed_fire;
        mouse->ps2.command = command;
        set_defaults(mouse);
    }
    return mouse;
}

void mouse_destroy(struct mouse *mouse)
{
    free(mouse);
}
