/* SPDX-License-Identifier: MIT */
/* The keyboard controller. A byte takes BYTE_NS on the cable; the output buffer holds one until it
 * is read, and then the next device that has something sends: answers and keys before the mouse.
 *
 * SIM: the cable's test lines and password commands are left out; the pulse on the reset line is
 * warned of, not obeyed (the kernel stops the machine). */

#include "i8042.h"

#include <stdlib.h>

#include "keyboard.h"
#include "mouse.h"
#include "pic.h"
#include "ps2.h"
#include "scancode.h"

#define DATA_PORT    0x60
#define COMMAND_PORT 0x64
#define LAST_CODE    0x84
#define BYTE_NS      UINT64_C(800000)

enum { KEYBOARD_LINE = 1, MOUSE_LINE = 12 };
enum {
    STATUS_FULL = 1,
    STATUS_SYSTEM = 4,
    STATUS_COMMAND = 8,
    STATUS_UNLOCKED = 0x10,
    STATUS_MOUSE = 0x20
};
enum {
    MODE_KEYBOARD_IRQ = 1,
    MODE_MOUSE_IRQ = 2,
    MODE_SYSTEM = 4,
    MODE_KEYBOARD_OFF = 0x10,
    MODE_MOUSE_OFF = 0x20,
    MODE_TRANSLATE = 0x40
};
enum {
    READ_MEMORY = 0x20,
    WRITE_MEMORY = 0x60,
    MOUSE_OFF = 0xa7,
    MOUSE_ON = 0xa8,
    TEST_MOUSE = 0xa9,
    TEST_SELF = 0xaa,
    TEST_KEYBOARD = 0xab,
    KEYBOARD_OFF = 0xad,
    KEYBOARD_ON = 0xae,
    READ_INPUTS = 0xc0,
    READ_OUTPUTS = 0xd0,
    WRITE_OUTPUTS = 0xd1,
    ECHO_KEYBOARD = 0xd2,
    ECHO_MOUSE = 0xd3,
    SEND_MOUSE = 0xd4,
    READ_TESTS = 0xe0,
    PULSE = 0xf0
};
enum { OUTPUT_RESET = 1, OUTPUT_A20 = 2, OUTPUT_KEYBOARD = 0x10, OUTPUT_MOUSE = 0x20 };

struct i8042 {
    struct timed arrival; /* first: when the byte on the cable is here */
    struct bus_range data_port, command_port;
    struct keyboard *keyboard;
    struct mouse *mouse;
    uint8_t memory[32]; /* byte 0: the mode */
    uint8_t output;     /* the buffer */
    bool is_full, is_from_mouse;
    bool breaks; /* translation: F0 has come */
    uint8_t outputs;
    uint8_t command; /* waits for its byte; 0: none */
    bool last_was_command;
};

static uint8_t mode(const struct i8042 *controller)
{
    return controller->memory[0];
}

static void lines_update(struct machine *machine, const struct i8042 *controller)
{
    bool keyboard = controller->is_full && !controller->is_from_mouse;
    bool mouse = controller->is_full && controller->is_from_mouse;
    line_set(machine, KEYBOARD_LINE, keyboard && (mode(controller) & MODE_KEYBOARD_IRQ) != 0);
    line_set(machine, MOUSE_LINE, mouse && (mode(controller) & MODE_MOUSE_IRQ) != 0);
}

/* The device that may send next; NULL: none wants to. */
static struct ps2 *sender(const struct i8042 *controller)
{
    struct ps2 *keyboard = keyboard_ps2(controller->keyboard);
    struct ps2 *mouse = mouse_ps2(controller->mouse);
    if ((mode(controller) & MODE_KEYBOARD_OFF) == 0 && ps2_has(keyboard)) {
        return keyboard;
    }
    return (mode(controller) & MODE_MOUSE_OFF) == 0 && ps2_has(mouse) ? mouse : NULL;
}

void i8042_wake(struct machine *machine)
{
    struct i8042 *controller = machine->i8042;
    if (!controller->is_full && controller->arrival.place == 0 && sender(controller) != NULL) {
        timeline_set(machine, &controller->arrival, timeline_now(machine) + BYTE_NS);
    }
}

static void fill(struct machine *machine, struct i8042 *controller, uint8_t byte, bool from_mouse)
{
    controller->output = byte;
    controller->is_full = true;
    controller->is_from_mouse = from_mouse;
    lines_update(machine, controller);
}

/* Set 2 on the cable becomes set 1: the prefix of a release becomes bit 7 of the next code. */
static bool translate(struct i8042 *controller, uint8_t *byte)
{
    if ((mode(controller) & MODE_TRANSLATE) == 0) {
        return true;
    }
    if (*byte == SCANCODE_BREAK) {
        controller->breaks = true;
        return false;
    }
    if (*byte > LAST_CODE) {
        return true; /* an answer, maybe between prefix and code */
    }
    *byte = (uint8_t)(scancode_to_set_1(*byte) | (controller->breaks ? 0x80 : 0));
    controller->breaks = false;
    return true;
}

static void arrival_fire(struct machine *machine, struct timed *timed)
{
    struct i8042 *controller = (struct i8042 *)timed;
    struct ps2 *from = sender(controller);
    if (from == NULL || controller->is_full) {
        return;
    }
    bool is_mouse = from == mouse_ps2(controller->mouse);
    uint8_t byte = ps2_take(from);
    if (is_mouse || translate(controller, &byte)) {
        fill(machine, controller, byte, is_mouse);
    } else {
        i8042_wake(machine);
    }
}

/* ---- Ports ---------------------------------------------------------------------------------- */

static uint32_t data_in(struct machine *machine, void *device, uint32_t offset, uint32_t width)
{
    (void)offset, (void)width;
    struct i8042 *controller = device;
    uint8_t byte = controller->output;
    controller->is_full = false;
    lines_update(machine, controller);
    i8042_wake(machine);
    return byte;
}

static uint32_t status_in(struct machine *machine, void *device, uint32_t offset, uint32_t width)
{
    (void)machine, (void)offset, (void)width;
    const struct i8042 *controller = device;
    bool from_mouse = controller->is_full && controller->is_from_mouse;
    return STATUS_UNLOCKED | (controller->is_full ? STATUS_FULL : 0U) |
           ((mode(controller) & MODE_SYSTEM) != 0 ? STATUS_SYSTEM : 0U) |
           (controller->last_was_command ? STATUS_COMMAND : 0U) | (from_mouse ? STATUS_MOUSE : 0U);
}

static void write_outputs(struct machine *machine, struct i8042 *controller, uint8_t value)
{
    controller->outputs = value & (OUTPUT_RESET | OUTPUT_A20);
    if ((value & OUTPUT_RESET) == 0) {
        host_warn(machine, "a driver pulls the reset line: ignored; the kernel stops the machine");
    }
}

/* The byte that a command waited for. */
static void obey(struct machine *machine, struct i8042 *controller, uint8_t byte)
{
    uint8_t command = controller->command;
    controller->command = 0;
    if (command >= WRITE_MEMORY && command < WRITE_MEMORY + 32) {
        controller->memory[command - WRITE_MEMORY] = byte;
    } else if (command == WRITE_OUTPUTS) {
        write_outputs(machine, controller, byte);
    } else if (command == ECHO_KEYBOARD || command == ECHO_MOUSE) {
        fill(machine, controller, byte, command == ECHO_MOUSE);
    } else if (command == SEND_MOUSE) {
        controller->memory[0] &= (uint8_t)~MODE_MOUSE_OFF;
        mouse_ps2(controller->mouse)->command(machine, mouse_ps2(controller->mouse), byte);
    }
}

static void data_out(struct machine *machine, void *device, uint32_t offset, uint32_t width,
                     uint32_t value)
{
    (void)offset, (void)width;
    struct i8042 *controller = device;
    struct ps2 *keyboard = keyboard_ps2(controller->keyboard);
    controller->last_was_command = false;
    if (controller->command != 0) {
        obey(machine, controller, (uint8_t)value);
    } else {
        controller->memory[0] &= (uint8_t)~MODE_KEYBOARD_OFF;
        keyboard->command(machine, keyboard, (uint8_t)value);
    }
    lines_update(machine, controller);
    i8042_wake(machine);
}

static uint8_t outputs(const struct i8042 *controller)
{
    uint32_t full = !controller->is_full        ? 0
                    : controller->is_from_mouse ? OUTPUT_MOUSE
                                                : OUTPUT_KEYBOARD;
    return (uint8_t)(controller->outputs | full);
}

static void switch_interface(struct i8042 *controller, uint8_t bit, bool is_off)
{
    uint8_t *now = &controller->memory[0];
    *now = (uint8_t)(is_off ? *now | bit : *now & ~bit);
}

static void self_test(struct machine *machine, struct i8042 *controller)
{
    controller->memory[0] |= MODE_SYSTEM | MODE_KEYBOARD_OFF | MODE_MOUSE_OFF;
    fill(machine, controller, 0x55, false);
}

static void command_simple(struct machine *machine, struct i8042 *controller, uint8_t command)
{
    switch (command) {
    case MOUSE_OFF:
    case MOUSE_ON:
        switch_interface(controller, MODE_MOUSE_OFF, command == MOUSE_OFF);
        break;
    case KEYBOARD_OFF:
    case KEYBOARD_ON:
        switch_interface(controller, MODE_KEYBOARD_OFF, command == KEYBOARD_OFF);
        break;
    case TEST_MOUSE:
    case TEST_KEYBOARD:
        fill(machine, controller, 0, false);
        break;
    case TEST_SELF:
        self_test(machine, controller);
        break;
    case READ_INPUTS:
        fill(machine, controller, 0x80, false);
        break;
    case READ_OUTPUTS:
        fill(machine, controller, outputs(controller), false);
        break;
    case READ_TESTS:
        fill(machine, controller, 0, false);
        break;
    case PULSE | (15 & ~OUTPUT_RESET):
        write_outputs(machine, controller, controller->outputs & (uint8_t)~OUTPUT_RESET);
        controller->outputs |= OUTPUT_RESET;
        break;
    default:
        break;
    }
}

static bool needs_byte(uint8_t command)
{
    return (command >= WRITE_MEMORY && command < WRITE_MEMORY + 32) ||
           (command >= WRITE_OUTPUTS && command <= SEND_MOUSE);
}

static void command_out(struct machine *machine, void *device, uint32_t offset, uint32_t width,
                        uint32_t value)
{
    (void)offset, (void)width;
    struct i8042 *controller = device;
    uint8_t command = (uint8_t)value;
    controller->last_was_command = true;
    controller->command = needs_byte(command) ? command : 0;
    if (command >= READ_MEMORY && command < READ_MEMORY + 32) {
        fill(machine, controller, controller->memory[command - READ_MEMORY], false);
    } else if (!needs_byte(command)) {
        command_simple(machine, controller, command);
    }
    lines_update(machine, controller);
    i8042_wake(machine);
}

struct i8042 *i8042_create(struct machine *machine)
{
    struct i8042 *controller = calloc(1, sizeof *controller);
    if (controller == NULL) {
        return NULL;
    }
    machine->i8042 = controller;
    controller->arrival.fire = arrival_fire;
    controller->keyboard = keyboard_create();
    controller->mouse = mouse_create();
    controller->memory[0] = MODE_KEYBOARD_IRQ | MODE_SYSTEM | MODE_MOUSE_OFF | MODE_TRANSLATE;
    controller->outputs = OUTPUT_RESET | OUTPUT_A20;
    controller->data_port = (struct bus_range){
        .first = DATA_PORT, .count = 1, .device = controller, .in = data_in, .out = data_out};
    controller->command_port = (struct bus_range){.first = COMMAND_PORT,
                                                  .count = 1,
                                                  .device = controller,
                                                  .in = status_in,
                                                  .out = command_out};
    bus_attach(machine, &controller->data_port);
    bus_attach(machine, &controller->command_port);
    machine->keyboard = controller->keyboard;
    machine->mouse = controller->mouse;
    return controller->keyboard != NULL && controller->mouse != NULL ? controller : NULL;
}

void i8042_destroy(struct i8042 *controller)
{
    if (controller != NULL) {
        keyboard_destroy(controller->keyboard);
        mouse_destroy(controller->mouse);
        free(controller);
    }
}
