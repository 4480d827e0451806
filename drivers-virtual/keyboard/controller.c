/* SPDX-License-Identifier: MIT */
/* The keyboard controller. */

#include <stddef.h>
#include <terrarium.h>

#include "controller.h"

#define DATA_PORT    0x60
#define COMMAND_PORT 0x64

#define STATUS_OUTPUT 0x01 /* a byte can be read */
#define STATUS_INPUT  0x02 /* it has not yet taken the last one written */
#define STATUS_MOUSE  0x20 /* the byte is the mouse's */
#define NOTHING       0xff /* what ports without a device read as */

#define COMMAND_MODE      0x60
#define COMMAND_MOUSE_OFF 0xa7
#define COMMAND_MOUSE_ON  0xa8
#define COMMAND_TO_MOUSE  0xd4
#define MODE              0x67 /* both interrupts, system flag, mouse off, translation */

#define OUTBOX     64
#define RETRY_NS   UINT64_C(50000)
#define FLUSH_MOST 32

/* Bytes that go to the controller, in order. */
static struct {
    struct {
        uint16_t port;
        uint8_t byte;
    } entries[OUTBOX];
    size_t first, count;
} outbox;

static uint8_t status(void)
{
    return (uint8_t)tr_port_in(COMMAND_PORT, 1);
}

static void outbox_pump(void)
{
    while (outbox.count > 0) {
        if ((status() & STATUS_INPUT) != 0) {
            tr_timer_set((uint64_t)tr_clock() + RETRY_NS, CONTROLLER_TIMER);
            return;
        }
        tr_port_out(outbox.entries[outbox.first].port, 1, outbox.entries[outbox.first].byte);
        outbox.first = (outbox.first + 1) % OUTBOX;
        outbox.count--;
    }
}

/* A device is sent a byte at a time, after its answer to the last: the outbox never gets full. */
static void outbox_put(uint16_t port, uint8_t byte)
{
    if (outbox.count < OUTBOX) {
        size_t place = (outbox.first + outbox.count++) % OUTBOX;
        outbox.entries[place].port = port;
        outbox.entries[place].byte = byte;
    }
}

void controller_timer(void *user)
{
    (void)user;
    outbox_pump();
}

void controller_to_keyboard(uint8_t byte)
{
    outbox_put(DATA_PORT, byte);
    outbox_pump();
}

void controller_to_mouse(uint8_t byte)
{
    outbox_put(COMMAND_PORT, COMMAND_TO_MOUSE);
    outbox_put(DATA_PORT, byte);
    outbox_pump();
}

void controller_mouse(bool is_on)
{
    outbox_put(COMMAND_PORT, is_on ? COMMAND_MOUSE_ON : COMMAND_MOUSE_OFF);
    outbox_pump();
}

bool controller_receive(uint8_t *byte, bool *is_mouse)
{
    uint8_t now = status();

    if ((now & STATUS_OUTPUT) == 0) {
        return false;
    }
    *is_mouse = (now & STATUS_MOUSE) != 0;
    *byte = (uint8_t)tr_port_in(DATA_PORT, 1);
    return true;
}

bool controller_open(int64_t *error)
{
    uint8_t byte;
    bool is_mouse;

    *error = tr_port_claim(DATA_PORT, 1);
    if (*error == 0) {
        *error = tr_port_claim(COMMAND_PORT, 1);
    }
    if (*error < 0 || status() == NOTHING) {
        tr_port_release(DATA_PORT, 1);
        tr_port_release(COMMAND_PORT, 1);
        return false;
    }
    for (int i = 0; i < FLUSH_MOST && controller_receive(&byte, &is_mouse); i++) {
    }
    outbox_put(COMMAND_PORT, COMMAND_MODE);
    outbox_put(DATA_PORT, MODE);
    outbox_pump();
    return true;
}
