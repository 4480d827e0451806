/* SPDX-License-Identifier: MIT */
/* When nothing is runnable: input is read, or time goes on to the next thing that will happen, or
 * the machine waits for the host. All of the machine's waiting is here. */

#include "machine.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "console.h"
#include "devices/error_port.h"
#include "screen.h"
#include "serial.h"
#include "terminal_keys.h"
#include "trap.h"

#define LAG_MOST_NS UINT64_C(100000000)

enum { WAKE, FIRST, SECOND, SCREEN, FILES };

void machine_waken(struct machine *machine)
{
    uint64_t count;
    ssize_t got = read(machine->wake_fd, &count, sizeof count);
    (void)got;
}

/* Waits until one of two files is ready (-1: none) or the screen's, the time, or an interruption.
 * Returns a bit per ready file. */
static uint32_t host_wait(struct machine *machine, int first, int second, uint64_t until_host_ns)
{
    struct pollfd files[FILES] = {{.fd = machine->wake_fd, .events = POLLIN},
                                  {.fd = first, .events = POLLIN},
                                  {.fd = second, .events = POLLIN},
                                  {.fd = screen_live_file(machine), .events = POLLIN}};
    struct timespec timeout = {0};
    uint64_t now = host_clock_ns();
    if (until_host_ns != TR_FOREVER && until_host_ns > now) {
        timeout.tv_sec = (time_t)((until_host_ns - now) / 1000000000);
        timeout.tv_nsec = (long)((until_host_ns - now) % 1000000000);
    }
    /* Not by ppoll's own mask: in Valgrind 3.19 a signal at the wrong moment makes that EFAULT. */
    sigset_t tick, mask;
    sigemptyset(&tick);
    sigaddset(&tick, TICK_SIGNAL);
    pthread_sigmask(SIG_BLOCK, &tick, &mask);
    int ready = ppoll(files, FILES, until_host_ns == TR_FOREVER ? NULL : &timeout, NULL);
    int error = errno;
    pthread_sigmask(SIG_SETMASK, &mask, NULL);
    errno = error;
    if (ready < 0 && errno != EINTR) {
        host_fatal("cannot wait for input");
    }
    if (ready > 0 && files[WAKE].revents != 0) {
        machine_waken(machine);
    }
    machine->host_now_valid = false;
    if (ready <= 0) {
        return 0;
    }
    return (files[FIRST].revents != 0 ? 1U << FIRST : 0) |
           (files[SECOND].revents != 0 ? 1U << SECOND : 0) |
           (files[SCREEN].revents != 0 ? 1U << SCREEN : 0);
}

void machine_flush(struct machine *machine)
{
    error_port_flush(machine);
    console_flush(machine);
    serial_flush(machine);
}

bool machine_wait(struct machine *machine, int file, uint64_t until_host_ns)
{
    uint32_t ready = host_wait(machine, file, -1, until_host_ns);
    if ((ready & (1U << SCREEN)) != 0) {
        screen_read(machine);
    }
    return (ready & (1U << FIRST)) != 0;
}

/* Waits for whatever live input is wanted. Returns bits as host_wait. */
static uint32_t wait_live(struct machine *machine, bool from_console, uint64_t until_host_ns)
{
    if (from_console && !terminal_types(machine) && console_has_ahead(machine)) {
        return 1U << FIRST;
    }
    int file = from_console ? machine->config.input_fd : -1;
    return host_wait(machine, file, serial_live_file(machine), until_host_ns);
}

static void read_live(struct machine *machine, uint32_t ready)
{
    if ((ready & (1U << FIRST)) != 0 && terminal_types(machine)) {
        terminal_read(machine);
    } else if ((ready & (1U << FIRST)) != 0) {
        console_read(machine);
    }
    if ((ready & (1U << SECOND)) != 0) {
        serial_read(machine);
    }
    if ((ready & (1U << SCREEN)) != 0) {
        screen_read(machine);
    }
}

void machine_poll_input(struct machine *machine)
{
    bool from_console = machine->config.input == POSIX_INPUT_LIVE &&
                        (console_can_read(machine) || terminal_can_read(machine));
    bool from_others = serial_live_file(machine) >= 0 || screen_live_file(machine) >= 0;
    if (machine->is_live && (from_console || from_others)) {
        read_live(machine, wait_live(machine, from_console, 0));
    }
}

/* The host's time at which the machine's time will be `time`. */
static uint64_t host_time_of(struct machine *machine, uint64_t time)
{
    if (time == TR_FOREVER) {
        return TR_FOREVER;
    }
    if (machine->config.clock == POSIX_CLOCK_HOST) {
        return machine->host_epoch_ns + time;
    }
    if (!machine->config.paced) {
        return 0;
    }
    uint64_t host_now = host_clock_ns(), now = timeline_now(machine);
    uint64_t due = machine->paced_host_ns + (now - machine->paced_time);
    if (host_now > due + LAG_MOST_NS) {
        machine->paced_host_ns = host_now;
        machine->paced_time = now;
        due = host_now;
    }
    return due + (time - now);
}

/* Paced: input came before the next event, so not all of the time until then has passed. */
static void advance_paced(struct machine *machine, uint64_t next)
{
    uint64_t time = machine->paced_time + (host_clock_ns() - machine->paced_host_ns);
    if (machine->config.paced && time < next) {
        timeline_jump(machine, time);
    }
}

/* The script is read while the clock stands still. */
static void read_script(struct machine *machine)
{
    console_cancel_script(machine);
    if (console_has_ahead(machine) || machine_wait(machine, machine->config.input_fd, TR_FOREVER)) {
        console_read(machine);
    }
}

bool machine_idle(struct machine *machine)
{
    bool can_read = console_can_read(machine) || terminal_can_read(machine);
    bool is_live = can_read && machine->config.input != POSIX_INPUT_SCRIPT;
    bool may_come = is_live || serial_live_file(machine) >= 0 || screen_live_file(machine) >= 0;
    uint64_t next = timeline_next(machine);
    machine_flush(machine);
    if (can_read && !is_live) {
        read_script(machine);
        return true;
    }
    if (next == TR_FOREVER && !may_come) {
        return false;
    }
    uint64_t until = host_time_of(machine, next);
    uint32_t ready = may_come || until != 0 ? wait_live(machine, is_live, until) : 0;
    if (ready != 0) {
        advance_paced(machine, next);
        read_live(machine, ready);
        return true;
    }
    if (atomic_load(&machine->interrupted) == 0 && (until == 0 || host_clock_ns() >= until)) {
        timeline_jump(machine, next);
    }
    return true;
}
