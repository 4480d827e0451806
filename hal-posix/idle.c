/* SPDX-License-Identifier: MIT */
/* When nothing is runnable: input is read, or time goes on to the next thing that will happen, or
 * the machine waits for the host. All of the machine's waiting is here. */

#include "machine.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "devices/uart.h"
#include "trap.h"

#define SCRIPT_NS   UINT64_C(20000000)
#define LAG_MOST_NS UINT64_C(100000000)

static bool can_read_input(const struct machine *machine)
{
    return machine->config.input != POSIX_INPUT_NONE && machine->config.input_fd >= 0 &&
           !machine->input_ended && uart_wants_input(machine);
}

static void input_ended(struct machine *machine)
{
    machine->input_ended = true;
    uart_input_ended(machine);
}

/* Waits until there is input (if asked for), the time, or an interruption. True: input. */
static bool host_wait(struct machine *machine, bool for_input, uint64_t until_host_ns)
{
    struct pollfd files[2] = {{.fd = machine->wake_fd, .events = POLLIN},
                              {.fd = for_input ? machine->config.input_fd : -1, .events = POLLIN}};
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
    int ready = ppoll(files, 2, until_host_ns == TR_FOREVER ? NULL : &timeout, NULL);
    int error = errno;
    pthread_sigmask(SIG_SETMASK, &mask, NULL);
    errno = error;
    if (ready < 0 && errno != EINTR) {
        host_fatal("cannot wait for input");
    }
    if (ready > 0 && files[0].revents != 0) {
        uint64_t count;
        ssize_t got = read(machine->wake_fd, &count, sizeof count);
        (void)got;
    }
    machine->host_now_valid = false;
    return ready > 0 && files[1].revents != 0;
}

/* Reads what fits; input must be ready, or the file is one that never lets wait. */
static void read_input(struct machine *machine)
{
    uint8_t bytes[64];
    size_t room = uart_input_room(machine);
    ssize_t got = read(machine->config.input_fd, bytes, room < sizeof bytes ? room : sizeof bytes);
    if (got > 0) {
        uart_input(machine, bytes, (size_t)got);
    } else if (got == 0) {
        input_ended(machine);
    } else if (errno != EAGAIN && errno != EINTR) {
        host_warn(machine, "input fails: %s", strerror(errno));
        input_ended(machine);
    }
}

void machine_poll_input(struct machine *machine)
{
    if (machine->config.input == POSIX_INPUT_LIVE && can_read_input(machine) &&
        host_wait(machine, true, 0)) {
        read_input(machine);
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

/* A script is also read if the system has wanted input for a while and still has work to do, or a
 * program that spins would keep it from its next command for ever. */
static void script_fire(struct machine *machine, struct timed *timed)
{
    (void)timed;
    if (can_read_input(machine) && host_wait(machine, true, TR_FOREVER)) {
        read_input(machine);
    }
    if (uart_wants_input(machine)) {
        machine_wants_input(machine);
    }
}

void machine_wants_input(struct machine *machine)
{
    if (machine->config.input == POSIX_INPUT_SCRIPT && machine->script.place == 0 &&
        can_read_input(machine)) {
        machine->script.fire = script_fire;
        timeline_set(machine, &machine->script, timeline_now(machine) + SCRIPT_NS);
    }
}

bool machine_idle(struct machine *machine)
{
    bool can_read = can_read_input(machine);
    bool live = machine->config.input == POSIX_INPUT_LIVE;
    uint64_t next = timeline_next(machine);
    uart_flush(machine);
    if (can_read && !live) {
        timeline_cancel(machine, &machine->script);
        if (host_wait(machine, true, TR_FOREVER)) {
            read_input(machine);
        }
        return true;
    }
    if (next == TR_FOREVER && !can_read) {
        return false;
    }
    uint64_t until = host_time_of(machine, next);
    if ((can_read || until != 0) && host_wait(machine, can_read, until)) {
        advance_paced(machine, next);
        read_input(machine);
        return true;
    }
    if (atomic_load(&machine->interrupted) == 0 && (until == 0 || host_clock_ns() >= until)) {
        timeline_jump(machine, next);
    }
    return true;
}
