/* SPDX-License-Identifier: MIT */
/* `d\keyboard`: the keyboard controller and the keyboard. Turns scan codes into events for those
 * who subscribed, shows the locks on the lights, and lends the mouse's cable to `d\mouse`.
 *
 * What a person types is nobody's business but the system's: the device is for servers, unless the
 * boot file's argument says `expose=application`. Another argument is the layout's name. Ends with
 * 0 if there is no controller. */

#include <string.h>
#include <terrarium.h>
#include <terrarium/driver.h>

#include "aux_port.h"
#include "command.h"
#include "controller.h"
#include "keys.h"

TR_PROGRAM_ABOUT("driver of the keyboard");

#define SET_LIGHTS   0xed
#define SET_REPEAT   0xf3
#define ENABLE       0xf4
#define SET_DEFAULTS 0xf6
#define REPEAT_DELAY UINT64_C(250000000) /* ns a step */
#define LOCKS_SHIFT  8                   /* TR_INPUT_LOCK_* are the bits of SET_LIGHTS, shifted */

static struct {
    struct ps2_command command;
    struct keys keys;
    struct tru_input_source source;
    struct tru_driver_device device;
    uint32_t lights; /* locks the lights show */
} keyboard;

/* ---- Commands ------------------------------------------------------------------------------- */

static void lights_update(void);

/* A request's command is over. */
static void request_ended(int64_t result)
{
    struct tru_driver_request *request = keyboard.device.queue->active;

    tru_driver_done(request, result < 0 ? result : (int64_t)request->progress);
    lights_update();
}

/* A command of the driver's own is over; the next request that waits for the keyboard may go on. */
static void own_ended(int64_t result)
{
    struct tru_driver_request *request = keyboard.device.queue->active;

    (void)result;
    if (request != NULL) {
        request->row->begin(request);
    } else {
        lights_update();
    }
}

static void lights_update(void)
{
    if (!keyboard.command.is_active && keyboard.lights != keyboard.keys.locks) {
        keyboard.lights = keyboard.keys.locks;
        uint8_t bytes[] = {SET_LIGHTS, (uint8_t)(keyboard.lights >> LOCKS_SHIFT)};
        ps2_start(&keyboard.command, bytes, sizeof bytes, 0, own_ended);
    }
}

/* True: the driver is sending a command of its own; the request begins anew after it. */
static bool is_occupied(void)
{
    return keyboard.command.is_active;
}

static void on_lights(struct tru_driver_request *request)
{
    const uint32_t all = TR_INPUT_LOCK_CAPS | TR_INPUT_LOCK_NUMBER | TR_INPUT_LOCK_SCROLL;
    uint64_t lights = request->head.arguments[0];

    if ((lights & ~(uint64_t)all) != 0) {
        tru_driver_done(request, TR_E_INVAL);
        return;
    }
    if (is_occupied()) {
        return;
    }
    request->progress = keyboard.keys.locks;
    keyboard.keys.locks = (uint32_t)lights;
    keyboard.lights = (uint32_t)lights;
    uint8_t bytes[] = {SET_LIGHTS, (uint8_t)(lights >> LOCKS_SHIFT)};
    ps2_start(&keyboard.command, bytes, sizeof bytes, 0, request_ended);
}

/* The keyboard's code of the period that is nearest: (8 + low bits) × 2^high bits × 4.17 ms. */
static uint8_t period_code(uint64_t period_ns)
{
    uint64_t best_error = UINT64_MAX;
    uint8_t best = 0;

    for (uint8_t code = 0; code < 32; code++) {
        uint64_t period = ((uint64_t)(8 + (code & 7)) << (code >> 3)) * UINT64_C(4170000);
        uint64_t error = period > period_ns ? period - period_ns : period_ns - period;
        if (error < best_error) {
            best_error = error;
            best = code;
        }
    }
    return best;
}

static void on_repeat(struct tru_driver_request *request)
{
    uint64_t delay = request->head.arguments[0];
    uint64_t steps = delay <= REPEAT_DELAY       ? 0
                     : delay >= 4 * REPEAT_DELAY ? 3
                                                 : (delay + REPEAT_DELAY / 2) / REPEAT_DELAY - 1;

    if (!is_occupied()) {
        uint8_t code = (uint8_t)(steps << 5 | period_code(request->head.arguments[1]));
        uint8_t bytes[] = {SET_REPEAT, code};
        ps2_start(&keyboard.command, bytes, sizeof bytes, 0, request_ended);
    }
}

/* Whatever the keyboard was in the middle of. */
static void set_up(void (*done)(int64_t result))
{
    static const uint8_t bytes[] = {PS2_ECHO, SET_DEFAULTS, ENABLE, SET_LIGHTS, 0};

    ps2_start(&keyboard.command, bytes, sizeof bytes, 0, done);
    keyboard.command.patience = PS2_PATIENCE;
}

static void on_initialise(struct tru_driver_request *request)
{
    (void)request;
    if (!is_occupied()) {
        memset(keyboard.keys.held, 0, sizeof keyboard.keys.held);
        keyboard.keys.locks = 0;
        keyboard.lights = 0;
        set_up(request_ended);
    }
}

static void on_timeout(void *user)
{
    (void)user;
    ps2_timeout(&keyboard.command);
}

/* ---- Other requests ------------------------------------------------------------------------- */

static void on_layout(struct tru_driver_request *request)
{
    const struct layout *layout = layout_find(request->bytes, request->size);

    if (layout != NULL) {
        keyboard.keys.layout = layout;
    }
    tru_driver_done(request, layout != NULL ? 0 : TR_E_NOENT);
}

static void on_state(struct tru_driver_request *request)
{
    tru_driver_done(request, keys_modifiers(&keyboard.keys));
}

static void on_information(struct tru_driver_device *device, void *to)
{
    struct tr_input_information *information = to;

    (void)device;
    information->kinds = 1U << TR_INPUT_KEY;
    information->subscribers = (uint32_t)keyboard.source.count;
    information->events = keyboard.source.events;
    information->lost = keyboard.source.lost;
    strlcpy(information->layout, keyboard.keys.layout->name, sizeof information->layout);
}

/* ---- Bytes ---------------------------------------------------------------------------------- */

static void on_irq(void *user, const struct tr_event *event)
{
    struct tr_input_event key;
    uint8_t byte;
    bool is_mouse;

    (void)user;
    while (controller_receive(&byte, &is_mouse)) {
        if (is_mouse) {
            aux_port_take(byte);
        } else if (!ps2_take(&keyboard.command, byte) && keys_take(&keyboard.keys, byte, &key)) {
            key.time = event->time;
            tru_input_publish(&keyboard.source, &key, 1);
            lights_update();
        }
    }
}

static int64_t devices_add(void)
{
    static const struct tru_driver_row rows[] = {
        {TR_INPUT_SUBSCRIBE, 0, tru_input_on_subscribe},
        {TR_INPUT_UNSUBSCRIBE, 0, tru_input_on_unsubscribe},
        {TR_INPUT_LIGHTS, TRU_DRIVER_QUEUED, on_lights},
        {TR_INPUT_REPEAT, TRU_DRIVER_QUEUED, on_repeat},
        {TR_INPUT_LAYOUT, 0, on_layout},
        {TR_INPUT_STATE, 0, on_state},
        {TR_DEVICE_OPERATION_INITIALISE, TRU_DRIVER_QUEUED, on_initialise}};

    keyboard.device =
        (struct tru_driver_device){.name = TR_INPUT_KEYBOARD_DEVICE,
                                   .type = TR_DEVICE_INPUT,
                                   .rows = rows,
                                   .row_count = sizeof rows / sizeof rows[0],
                                   .information = on_information,
                                   .information_size = sizeof(struct tr_input_information),
                                   .closed = tru_input_closed,
                                   .model = "PS/2 keyboard",
                                   .driver = "d\\keyboard",
                                   .user = &keyboard.source};
    int64_t result = tru_driver_add(&keyboard.device);
    return result < 0 ? result : aux_port_add();
}

static int64_t begin(void)
{
    int64_t result = tru_driver_on_irq(CONTROLLER_KEYBOARD_IRQ, on_irq, NULL);

    if (result == 0) {
        result = tru_driver_on_irq(CONTROLLER_MOUSE_IRQ, on_irq, NULL);
    }
    if (result == 0) {
        tru_driver_on_timer(PS2_TIMER, on_timeout, NULL);
        tru_driver_on_timer(CONTROLLER_TIMER, controller_timer, NULL);
        result = devices_add();
    }
    return result;
}

int main(int argc, char **argv)
{
    int64_t result;

    tru_driver_start(argc, argv);
    keyboard.keys.layout = &layouts[0];
    for (int i = 1; i < argc; i++) {
        const struct layout *layout = layout_find((unsigned char *)argv[i], strlen(argv[i]));
        keyboard.keys.layout = layout != NULL ? layout : keyboard.keys.layout;
    }
    if (!controller_open(&result)) {
        if (result < 0) {
            tru_driver_say("keyboard: its ports are another's");
        }
        return result < 0 ? 1 : 0;
    }
    keyboard.command.send = controller_to_keyboard;
    result = begin();
    if (result < 0) {
        tru_driver_say("keyboard: cannot begin: %s", tr_error_text(result));
        return 1;
    }
    set_up(own_ended);
    return (int)tru_driver_run();
}
