/* SPDX-License-Identifier: MIT */
/* The packets of a mouse. */

#include "packet.h"

#define FIRST_ALWAYS   0x08 /* set in every first byte: how a lost byte is noticed */
#define FIRST_X_SIGN   0x10
#define FIRST_Y_SIGN   0x20
#define FIRST_OVERFLOW 0xc0
#define BUTTONS        3

/* Nine bits, the ninth in the first byte. */
static int32_t movement(uint8_t low, bool is_negative)
{
    return is_negative ? (int32_t)low - 256 : (int32_t)low;
}

static int32_t wheel(uint8_t byte)
{
    int32_t low = byte & 15;

    return low >= 8 ? low - 16 : low;
}

static size_t packet_events(struct packet *packet, struct tr_input_event events[PACKET_EVENTS])
{
    uint8_t first = packet->bytes[0];
    uint32_t changed = (first & 7U) ^ packet->buttons;
    bool is_overflown = (first & FIRST_OVERFLOW) != 0;
    int32_t x = is_overflown ? 0 : movement(packet->bytes[1], (first & FIRST_X_SIGN) != 0);
    int32_t y = is_overflown ? 0 : -movement(packet->bytes[2], (first & FIRST_Y_SIGN) != 0);
    int32_t turns = packet->size == 4 ? wheel(packet->bytes[3]) : 0;
    size_t count = 0;

    packet->buttons = first & 7U;
    if (x != 0 || y != 0 || turns != 0) {
        events[count++] = (struct tr_input_event){
            .kind = TR_INPUT_MOVE, .modifiers = packet->buttons, .x = x, .y = y, .wheel = turns};
    }
    for (uint32_t code = 0; code < BUTTONS; code++) {
        if ((changed >> code & 1) != 0) {
            bool pressed = (packet->buttons >> code & 1) != 0;
            events[count++] = (struct tr_input_event){.kind = TR_INPUT_BUTTON,
                                                      .flags = pressed ? TR_INPUT_PRESSED : 0,
                                                      .code = code,
                                                      .modifiers = packet->buttons};
        }
    }
    return count;
}

size_t packet_take(struct packet *packet, uint8_t byte, struct tr_input_event events[PACKET_EVENTS])
{
    if (packet->count == 0 && (byte & FIRST_ALWAYS) == 0) {
        return 0;
    }
    packet->bytes[packet->count++] = byte;
    if (packet->count < packet->size) {
        return 0;
    }
    packet->count = 0;
    return packet_events(packet, events);
}
