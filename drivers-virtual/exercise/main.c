/* SPDX-License-Identifier: MIT */
/* `d\exercise`: asks every operation of clock, keyboard, mouse, serial line and PCI bus that an
 * application may not, and prints what comes. With a number as its argument it sends so many
 * requests of chance to each device. For the tests; a driver so that it may ask. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <terrarium.h>
#include <terrarium/device.h>

#include "babble.h"

TR_PROGRAM_ABOUT("asks other drivers everything, as a test");

#define ALARM 7

static void tell(const char *what, int64_t result)
{
    if (result < 0) {
        printf("%s: %s\n", what, tr_error_name(result));
    } else {
        printf("%s: %" PRId64 "\n", what, result);
    }
}

static bool found(const char *name, struct tru_device *device)
{
    int64_t result = tru_device_open(name, 0, device);

    if (result < 0) {
        tell(name, result);
        return false;
    }
    return true;
}

/* ---- The clock ------------------------------------------------------------------------------ */

static void time_tell(const char *what, struct tru_device *clock)
{
    struct tr_clock_time time;
    int64_t result = tru_clock_read(clock, &time);

    if (result < 0) {
        tell(what, result);
        return;
    }
    printf("%s: %" PRIu32 "-%" PRIu32 "-%" PRIu32 " %" PRIu32 ":%" PRIu32 ":%" PRIu32
           " day %" PRIu32 "\n",
           what, time.year, time.month, time.day, time.hour, time.minute, time.second,
           time.weekday);
}

/* Waits for the alarm's answer, which has the time behind it. */
static void alarm_await(const struct tru_device *clock)
{
    struct tr_event event;
    struct tr_clock_time time;

    do {
        if (tr_event_wait(&event, TRU_DEVICE_TIMEOUT_NS) != 1) {
            printf("no alarm\n");
            return;
        }
    } while (!tru_device_is_answer(clock, &event, ALARM));
    int64_t result = tru_device_take(&event, &time, sizeof time, NULL);
    tell("alarm", result);
    if (result == 0) {
        printf("at second %" PRIu32 "\n", time.second);
    }
}

static void clock_try(void)
{
    struct tru_device clock;
    struct tr_clock_time time = {
        .year = 2031, .month = 12, .day = 31, .hour = 23, .minute = 59, .second = 57};
    struct tr_clock_information information;
    uint8_t memory[16];

    if (!found(TR_CLOCK_DEVICE, &clock)) {
        return;
    }
    tell("set", tru_clock_set(&clock, &time));
    time_tell("then", &clock);
    time.month = 13;
    tell("set month 13", tru_clock_set(&clock, &time));
    tell("alarm of the 24th hour", tru_clock_alarm_send(&clock, 24, 0, 0, ALARM));
    alarm_await(&clock);
    tell("alarm asked", tru_clock_alarm_send(&clock, 0, 0, 1, ALARM));
    alarm_await(&clock);
    time_tell("after the alarm", &clock);
    tell("memory", tru_clock_memory(&clock, 0x32, memory, 1));
    printf("century %x\n", memory[0]);
    tell("registers as memory", tru_clock_memory(&clock, 0, memory, 16));
    tell("beyond the memory", tru_clock_memory(&clock, 120, memory, 16));
    tell("initialise", tru_device_initialise(&clock));
    tell("information", tru_device_information(&clock, &information, sizeof information));
    printf("model %s, %" PRIu64 " bytes\n", information.device.model, information.memory_size);
    tru_device_close(&clock);
}

/* ---- Keyboard and mouse --------------------------------------------------------------------- */

static void input_try(void)
{
    struct tru_device keyboard, mouse;
    struct tr_input_information information;

    if (!found(TR_INPUT_KEYBOARD_DEVICE, &keyboard) || !found(TR_INPUT_MOUSE_DEVICE, &mouse)) {
        return;
    }
    tell("lights", tru_input_lights(&keyboard, TR_INPUT_LOCK_CAPS | TR_INPUT_LOCK_NUMBER));
    tell("lights again", tru_input_lights(&keyboard, 0));
    tell("lights that are not there", tru_input_lights(&keyboard, 1));
    tell("repeat", tru_input_repeat(&keyboard, UINT64_C(500000000), UINT64_C(50000000)));
    tell("layout de", tru_input_layout(&keyboard, "de"));
    tell("layout xx", tru_input_layout(&keyboard, "xx"));
    tell("state", tru_input_state(&keyboard));
    tell("unsubscribe", tru_input_unsubscribe(&keyboard));
    tell("subscribe", tru_input_subscribe(&keyboard, 5));
    tell("information", tru_device_information(&keyboard, &information, sizeof information));
    printf("layout %s, %" PRIu32 " subscribers\n", information.layout, information.subscribers);
    tell("initialise", tru_device_initialise(&keyboard));
    tell("lights of a mouse", tru_input_lights(&mouse, 0));
    tell("initialise the mouse", tru_device_initialise(&mouse));
    tell("information", tru_device_information(&mouse, &information, sizeof information));
    printf("mouse: %s\n", information.layout);
    tru_device_close(&keyboard);
    tru_device_close(&mouse);
}

/* ---- The serial line and the bus ------------------------------------------------------------ */

static void serial_try(void)
{
    struct tru_device serial;
    struct tr_serial_information information;

    if (!found(TR_SERIAL_DEVICE, &serial)) {
        return;
    }
    tell("line 9600 7E2", tru_serial_line(&serial, 9600, 7, 2, 2));
    tell("line 100000", tru_serial_line(&serial, 100000, 8, 0, 1));
    tell("line 0", tru_serial_line(&serial, 0, 8, 0, 1));
    tell("line with 9 bits", tru_serial_line(&serial, 9600, 9, 0, 1));
    tell("write nothing", tru_serial_write(&serial, "", 0));
    tell("write", tru_serial_write(&serial, "exercise\n", 9));
    tell("information", tru_device_information(&serial, &information, sizeof information));
    printf("baud %" PRIu64 ", sent %" PRIu64 "\n", information.baud, information.sent);
    tru_device_close(&serial);
}

static void bus_try(void)
{
    struct tru_device pci;
    struct tr_pci_function function;

    if (tru_device_find(TR_PCI_DEVICE, 0, &pci) < 0) {
        return;
    }
    tell("vendor", tru_pci_read(&pci, 0, 0, 2));
    tell("odd address", tru_pci_read(&pci, 0, 1, 2));
    tell("width 3", tru_pci_read(&pci, 0, 0, 3));
    tell("no such function", tru_pci_read(&pci, 31 << 3, 0, 2));
    tell("write", tru_pci_write(&pci, 1 << 3, 0x3c, 1, 5));
    tell("functions from the hundredth on", tru_pci_list(&pci, 100, &function, 1));
    if (tru_device_find("pci\\00.01.0", 0, &pci) == 0) {
        tell("one function", tru_pci_list(&pci, 0, &function, 1));
        printf("its class %" PRIx32 "\n", function.class_code >> 8);
    }
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        babble((unsigned)strtoul(argv[1], NULL, 10));
        return 0;
    }
    clock_try();
    input_try();
    serial_try();
    bus_try();
    printf("exercise: done\n");
    return 0;
}
