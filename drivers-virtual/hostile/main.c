/* SPDX-License-Identifier: MIT */
/* `d\hostile`: a driver that reaches for what is not its own, to see what the system does about it.
 * Prints each attempt and its result on the console. */

#include <inttypes.h>
#include <stdio.h>
#include <terrarium.h>
#include <terrarium/device/clock.h>
#include <terrarium/device/uart.h>

TR_PROGRAM_ABOUT("reaches for what is not its own, as a test");

#define KERNEL_MEMORY UINT64_C(0x200000) /* RAM the kernel manages */
#define CLOCK_PORT    0x70
#define CLOCK_IRQ     8
#define FREE_IRQ      7

static void tell(const char *what, int64_t result)
{
    printf("hostile: %s: %s\n", what, result >= 0 ? "done" : tr_error_name(result));
}

static void ports_try(void)
{
    tell("claim the console's ports", tr_port_claim(UART_FIRST_PORT, UART_PORTS));
    tell("claim from the last free port into them", tr_port_claim(UART_FIRST_PORT - 1, 2));
    tell("claim the clock's", tr_port_claim(CLOCK_PORT, 2));
    tell("read a port without a claim", tr_port_in(CLOCK_PORT, 1));
    tell("write one", tr_port_out(CLOCK_PORT, 1, 0));
    tell("release another's ports", tr_port_release(CLOCK_PORT, 2));
}

static void lines_try(void)
{
    tell("acknowledge another's line", tr_irq_acknowledge(CLOCK_IRQ));
    tell("listen to a line of its own", tr_irq_listen(FREE_IRQ, 1));
    tell("acknowledge what has not fired", tr_irq_acknowledge(FREE_IRQ));
    tell("listen to a line that is not there", tr_irq_listen(64, 1));
}

static void memory_try(void)
{
    tell("map the kernel's memory", tr_physical_map(KERNEL_MEMORY, 1, 0));
    tell("ask where ordinary memory lies", tr_physical_of((uint64_t)&ports_try));
}

static void devices_try(void)
{
    struct tr_device_info info;
    int64_t clock = tr_device_find(TR_CLOCK_DEVICE, &info);

    if (clock < 0) {
        tell("find the clock", clock);
        return;
    }
    tell("make a device of a name that is taken",
         tr_device_create(TR_CLOCK_DEVICE, TR_DEVICE_CLOCK, 0));
    tell("destroy the clock's device", tr_device_destroy((uint64_t)clock));
    tell("expose it", tr_device_expose((uint64_t)clock, TR_APPLICATION));
    tell("ask who holds it", tr_device_holder((uint64_t)clock, 1));
    /* A device of its own, but a request for it sent to the clock's driver. */
    int64_t own = tr_device_create("hostile", TR_DEVICE_CLOCK, 0);
    struct tr_device_request request = {.device = (uint64_t)own, .operation = TR_CLOCK_READ};
    struct tr_device_reply reply = {0};
    int64_t size =
        tr_message_call(info.driver, &request, sizeof request, &reply, sizeof reply, TR_FOREVER);
    tell("ask a driver for a device that is not its", size < 0 ? size : reply.result);
}

int main(void)
{
    struct tr_event event;

    ports_try();
    lines_try();
    memory_try();
    devices_try();
    printf("hostile: goes on\n");
    while (tr_event_wait(&event, TR_FOREVER) == 1) {
        if (event.kind == TR_EVENT_SAVE_STATE) {
            tr_system_saved();
        }
    }
    return 0;
}
