/* SPDX-License-Identifier: MIT */
/* `d\clock`: the clock that knows the date. The model of a driver: look at this one first.
 *
 * The chip may be read whenever it is not about to change its time; if it is, a READ waits for the
 * interrupt that says the change is over. The interrupt is off at other times, so that a system
 * with nothing to do sleeps. The very first one tells when a second began.
 *
 * Everybody may ask for the time (applications too: the device is exposed to them); who may set it
 * stands in the table of operations, and the library sees to that. Ends with 0 if there is no chip.
 */

#include <string.h>
#include <terrarium.h>
#include <terrarium/driver.h>

#include "calendar.h"
#include "chip.h"

TR_PROGRAM_ABOUT("driver of the clock that knows the date");

static struct {
    uint32_t enabled;     /* CHIP_* that interrupt */
    uint64_t second_time; /* nanoseconds since boot when a second began; 0: not known */
    uint64_t updates;
    struct tru_driver_request *alarm; /* who waits for it */
    bool is_read_waiting;             /* the active request waits for CHIP_UPDATED */
    struct tru_driver_device device;
} clock;

static void causes_set(uint32_t causes)
{
    if (causes != clock.enabled) {
        clock.enabled = causes;
        chip_enable(causes);
    }
}

/* ---- The time ------------------------------------------------------------------------------- */

/* When the present second began, reckoned from one whose beginning was seen. */
static uint64_t second_begin(void)
{
    uint64_t now = (uint64_t)tr_clock();

    return clock.second_time == 0 ? 0 : now - (now - clock.second_time) % UINT64_C(1000000000);
}

/* Ends a request with the time; the chip is steady. */
static void time_answer(struct tru_driver_request *request)
{
    struct tr_clock_time time = {0};

    chip_read(&time);
    if (!chip_is_valid() || !calendar_is_valid(&time)) {
        tru_driver_done(request, TR_E_STATE);
        return;
    }
    calendar_complete(&time);
    time.boot_time = second_begin();
    tru_driver_done_with(request, 0, &time, sizeof time);
}

static void on_read(struct tru_driver_request *request)
{
    if (chip_is_steady()) {
        time_answer(request);
    } else {
        clock.is_read_waiting = true;
        causes_set(clock.enabled | CHIP_UPDATED);
    }
}

static void on_set(struct tru_driver_request *request)
{
    struct tr_clock_time time;
    const void *bytes;
    int64_t result = tru_driver_input(request, sizeof time, &bytes);

    if (result == 0) {
        memcpy(&time, bytes, sizeof time);
        result = calendar_is_valid(&time) ? 0 : TR_E_INVAL;
    }
    if (result == 0) {
        calendar_complete(&time);
        chip_write(&time, time.weekday);
        clock.second_time = 0;
        causes_set(clock.enabled | CHIP_UPDATED);
    }
    tru_driver_done(request, result);
}

/* ---- The alarm ------------------------------------------------------------------------------ */

static void on_alarm(struct tru_driver_request *request)
{
    const uint64_t *when = request->head.arguments;

    if (when[0] > 23 || when[1] > 59 || when[2] > 59) {
        tru_driver_done(request, TR_E_INVAL);
    } else if (clock.alarm != NULL) {
        tru_driver_done(request, TR_E_BUSY);
    } else {
        clock.alarm = request;
        chip_alarm((uint32_t)when[0], (uint32_t)when[1], (uint32_t)when[2]);
        causes_set(clock.enabled | CHIP_ALARM);
    }
}

static void alarm_end(void)
{
    clock.alarm = NULL;
    causes_set(clock.enabled & ~CHIP_ALARM);
}

static void alarm_ring(void)
{
    struct tru_driver_request *request = clock.alarm;

    alarm_end();
    if (request != NULL) {
        time_answer(request);
    }
}

/* Its client has gone: an alarm is let go of, a READ is over in a moment. */
static bool on_cancel(struct tru_driver_request *request)
{
    if (request != clock.alarm) {
        return false;
    }
    alarm_end();
    return true;
}

/* ---- The rest ------------------------------------------------------------------------------- */

static void on_memory(struct tru_driver_request *request)
{
    uint64_t first = request->head.arguments[0], count = request->head.arguments[1];
    void *to;

    if (first < CHIP_FREE || first > CHIP_MEMORY || count > CHIP_MEMORY - first) {
        tru_driver_done(request, TR_E_INVAL);
        return;
    }
    int64_t result = tru_driver_output(request, count, &to);
    for (uint64_t i = 0; result == 0 && i < count; i++) {
        ((uint8_t *)to)[i] = chip_memory((uint32_t)(first + i));
    }
    tru_driver_done(request, result < 0 ? result : (int64_t)count);
}

static void on_initialise(struct tru_driver_request *request)
{
    struct tru_driver_request *alarm = clock.alarm;

    chip_initialise();
    clock.alarm = NULL;
    clock.enabled = 0;
    if (alarm != NULL) {
        tru_driver_done(alarm, TR_E_STATE);
    }
    tru_driver_done(request, 0);
}

static void on_information(struct tru_driver_device *device, void *to)
{
    struct tr_clock_information *information = to;

    (void)device;
    information->memory_size = CHIP_MEMORY;
    information->updates = clock.updates;
}

static void on_irq(void *user, const struct tr_event *event)
{
    uint32_t causes;

    (void)user;
    /* The line is an edge: it must have gone down before it is acknowledged. */
    while ((causes = chip_causes()) != 0) {
        if ((causes & CHIP_UPDATED) != 0) {
            clock.updates++;
            clock.second_time = event->time;
            causes_set(clock.enabled & ~CHIP_UPDATED);
            if (clock.is_read_waiting) {
                clock.is_read_waiting = false;
                time_answer(clock.device.queue->active);
            }
        }
        if ((causes & CHIP_ALARM) != 0) {
            alarm_ring();
        }
    }
}

int main(int argc, char **argv)
{
    static const struct tru_driver_row rows[] = {
        {TR_CLOCK_READ, TRU_DRIVER_QUEUED, on_read},
        {TR_CLOCK_SET, TRU_DRIVER_QUEUED, on_set},
        {TR_CLOCK_ALARM, 0, on_alarm},
        {TR_CLOCK_MEMORY, 0, on_memory},
        {TR_DEVICE_OPERATION_INITIALISE, TRU_DRIVER_QUEUED, on_initialise}};
    int64_t result;

    tru_driver_start(argc, argv);
    if (!chip_open(&result)) {
        if (result < 0) {
            tru_driver_say("clock: its ports are another's");
        }
        return result < 0 ? 1 : 0;
    }
    clock.device =
        (struct tru_driver_device){.name = TR_CLOCK_DEVICE,
                                   .type = TR_DEVICE_CLOCK,
                                   .exposure = TR_APPLICATION,
                                   .rows = rows,
                                   .row_count = sizeof rows / sizeof rows[0],
                                   .information = on_information,
                                   .information_size = sizeof(struct tr_clock_information),
                                   .cancel = on_cancel,
                                   .model = "MC146818",
                                   .driver = "d\\clock"};
    chip_initialise();
    result = tru_driver_on_irq(CHIP_IRQ, on_irq, NULL);
    if (result == 0) {
        causes_set(CHIP_UPDATED);
        result = tru_driver_add(&clock.device);
    }
    if (result < 0) {
        tru_driver_say("clock: cannot begin: %s", tr_error_text(result));
        return 1;
    }
    return (int)tru_driver_run();
}
