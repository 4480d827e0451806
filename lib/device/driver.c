/* SPDX-License-Identifier: MIT */
/* The driver side: start-up, device objects, the loop of events. */

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "device/driver.h"

#define LINES_MOST  8
#define TIMERS_MOST 6
#define MASK_START  (TR_CLASS_MASK(TR_DRIVER) | TR_CLASS_MASK(TR_SERVER))

/* A line that is stuck asks again as soon as it is acknowledged, for ever: then nobody below the
 * drivers would run. So many events in so short a time come from no device: its line then stays
 * masked for a while after each. */
#define STORM_EVENTS    1000
#define STORM_WINDOW_NS UINT64_C(10000000)
#define STORM_PAUSE_NS  UINT64_C(10000000) /* far below the kernel's second for the silent */
#define STORM_QUIET_NS  UINT64_C(1000000)  /* silent for so long: the storm is over */
#define STORM_TIMER     UINT64_C(0xffffffffffffff00) /* + the line's place: the timer's cookie */

/* IRQ events carry the line's place in the table as their cookie. */
static struct line {
    tru_driver_irq *handler;
    void *user;
    uint64_t window_begin, window_events;
    uint64_t resumed; /* when it was last acknowledged after a pause */
    uint32_t line;
    bool is_storm;
} lines[LINES_MOST];

static struct timer {
    tru_driver_timer *handler;
    void *user;
} timers[TIMERS_MOST];

static struct {
    struct tru_loop loop;
    struct tru_driver_device *devices;
    uint32_t line_count, timer_count;
    uint32_t exposure; /* by argument; 0: none was given */
    uint64_t mask;     /* of classes that may send */
    bool is_exposed;   /* by argument */
    bool is_saving;
} driver;

static void exposure_read(const char *word)
{
    static const char *const names[] = {"driver", "server", "application"};
    static const char key[] = "expose=";

    for (uint32_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strncmp(word, key, sizeof key - 1) == 0 &&
            strcmp(word + sizeof key - 1, names[i]) == 0) {
            driver.is_exposed = true;
            driver.exposure = i;
        }
    }
}

int64_t tru_driver_start(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        exposure_read(argv[i]);
    }
    driver.mask = MASK_START;
    int64_t old = tr_message_accept(driver.mask);
    return old < 0 ? old : 0;
}

struct tru_loop *tru_driver_loop(void)
{
    return &driver.loop;
}

struct tru_driver_device *driver_device(uint64_t id)
{
    struct tru_driver_device *device = driver.devices;

    while (device != NULL && device->id != id) {
        device = device->next;
    }
    return device;
}

/* Who may see the device may also send. */
static int64_t device_expose(struct tru_driver_device *device)
{
    uint32_t exposure = device->exposure != 0 ? device->exposure : (uint32_t)TR_SERVER;

    exposure = driver.is_exposed ? driver.exposure : exposure;
    device->exposure = device->is_private ? (uint32_t)TR_DRIVER : exposure;
    if (device->exposure == TR_APPLICATION) {
        driver.mask |= TR_CLASS_MASK(TR_APPLICATION);
        tr_message_accept(driver.mask);
    }
    return tr_device_expose(device->id, device->exposure);
}

int64_t tru_driver_add(struct tru_driver_device *device)
{
    int64_t id = tr_device_create(device->name, device->type, 0);

    if (id < 0) {
        return id;
    }
    device->id = (uint64_t)id;
    device->requests = NULL;
    device->own_queue = (struct tru_driver_queue){0};
    if (device->queue == NULL) {
        device->queue = &device->own_queue;
    }
    device->next = driver.devices;
    driver.devices = device;
    return device_expose(device);
}

void tru_driver_remove(struct tru_driver_device *device)
{
    struct tru_driver_device **link = &driver.devices;

    driver_requests_cancel(device, 0);
    driver_shared_leave(device, 0);
    tr_device_destroy(device->id);
    while (*link != device) {
        link = &(*link)->next;
    }
    *link = device->next;
    device->id = 0;
}

bool driver_is_idle(void)
{
    for (struct tru_driver_device *device = driver.devices; device != NULL; device = device->next) {
        if (device->queue->count > 0) {
            return false;
        }
    }
    return true;
}

void driver_save_if_idle(void)
{
    if (driver.is_saving && driver_is_idle()) {
        driver.is_saving = false;
        tr_system_saved();
    }
}

/* ---- Events --------------------------------------------------------------------------------- */

/* True if the line has fired too often lately, and goes on firing the moment it may. */
static bool line_storms(struct line *line, uint64_t now)
{
    if (line->is_storm) {
        line->is_storm = now - line->resumed < STORM_QUIET_NS;
        line->window_begin = now;
        line->window_events = 0;
        return line->is_storm;
    }
    if (now - line->window_begin >= STORM_WINDOW_NS) {
        line->window_begin = now;
        line->window_events = 0;
    }
    line->window_events++;
    if (line->window_events == STORM_EVENTS) {
        line->is_storm = true;
        tru_driver_say("interrupt line %" PRIu32 " does not stop asking: it is served now and then",
                       line->line);
    }
    return line->is_storm;
}

static void on_irq(struct tru_loop *loop, const struct tr_event *event, void *user)
{
    struct line *line = user;

    (void)loop;
    line->handler(line->user, event);
    if (line_storms(line, event->time)) {
        tr_timer_set((uint64_t)tr_clock() + STORM_PAUSE_NS, STORM_TIMER + event->cookie);
    } else {
        tr_irq_acknowledge(line->line);
    }
}

static void on_storm_timer(struct tru_loop *loop, const struct tr_event *event, void *user)
{
    struct line *line = user;

    (void)loop;
    (void)event;
    line->resumed = (uint64_t)tr_clock();
    tr_irq_acknowledge(line->line);
}

int64_t tru_driver_on_irq(uint32_t irq, tru_driver_irq *handler, void *user)
{
    if (driver.line_count == LINES_MOST) {
        return TR_E_LIMIT;
    }
    uint64_t cookie = driver.line_count;
    struct line *line = &lines[cookie];
    *line = (struct line){.handler = handler, .user = user, .line = irq};
    int64_t result = tr_irq_listen(irq, cookie);
    if (result < 0) {
        return result;
    }
    driver.line_count++;
    result = tru_loop_on(&driver.loop, TR_EVENT_IRQ, cookie, on_irq, line);
    return result < 0 ? result
                      : tru_loop_on(&driver.loop, TR_EVENT_TIMER, STORM_TIMER + cookie,
                                    on_storm_timer, line);
}

static void on_timer(struct tru_loop *loop, const struct tr_event *event, void *user)
{
    const struct timer *timer = user;

    (void)loop;
    (void)event;
    timer->handler(timer->user);
}

int64_t tru_driver_on_timer(uint64_t cookie, tru_driver_timer *handler, void *user)
{
    if (driver.timer_count == TIMERS_MOST) {
        return TR_E_LIMIT;
    }
    struct timer *timer = &timers[driver.timer_count++];
    *timer = (struct timer){handler, user};
    return tru_loop_on(&driver.loop, TR_EVENT_TIMER, cookie, on_timer, timer);
}

static void on_message(struct tru_loop *loop, const struct tr_event *event, void *user)
{
    (void)loop;
    (void)user;
    tru_driver_take(event);
}

static void on_closed(struct tru_loop *loop, const struct tr_event *event, void *user)
{
    struct tru_driver_device *device = driver_device(event->object);

    (void)loop;
    (void)user;
    if (device == NULL) {
        return;
    }
    driver_requests_cancel(device, event->source_pid);
    driver_shared_leave(device, event->source_pid);
    if (device->closed != NULL) {
        device->closed(device, event->source_pid);
    }
}

static void on_save(struct tru_loop *loop, const struct tr_event *event, void *user)
{
    (void)loop;
    (void)event;
    (void)user;
    driver.is_saving = true;
    driver_save_if_idle();
}

int64_t tru_driver_run(void)
{
    tru_loop_on(&driver.loop, TR_EVENT_MESSAGE, TRU_ANY_COOKIE, on_message, NULL);
    tru_loop_on(&driver.loop, TR_EVENT_DEVICE_CLOSED, TRU_ANY_COOKIE, on_closed, NULL);
    tru_loop_on(&driver.loop, TR_EVENT_SAVE_STATE, TRU_ANY_COOKIE, on_save, NULL);
    return tru_loop_run(&driver.loop);
}

void tru_driver_say(const char *format, ...)
{
    char text[256];
    va_list arguments;

    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    tr_log(text, (size_t)length < sizeof text ? (size_t)length : sizeof text - 1);
}
