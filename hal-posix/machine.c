/* SPDX-License-Identifier: MIT */
/* Making a machine and taking it apart, the panic console, and the small calls of posix.h. */

#include "machine.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "arch.h"
#include "console.h"
#include "devices/error_port.h"
#include "devices/pic.h"
#include "devices/pit.h"
#include "fiber.h"
#include "hardware.h"
#include "image.h"
#include "state.h"
#include "tool.h"
#include "trap.h"
#include "vm86.h"
#include "window.h"

static bool devices_create(struct machine *machine)
{
    machine->pic = pic_create(machine);
    machine->pit = pit_create(machine);
    return machine->pic != NULL && machine->pit != NULL && console_create(machine) &&
           error_port_create(machine);
}

/* An interrupt to come. Freed when it has come, or with the machine. */
struct raise {
    struct timed timed;
    struct raise *next;
    uint32_t line;
};

static void raise_forget(struct machine *machine)
{
    struct raise *raise = machine->raises;
    machine->raises = raise->next;
    free(raise);
}

static void machine_free(struct machine *machine)
{
    window_destroy_all(machine);
    hardware_destroy(machine);
    image_destroy_all(machine);
    watchdog_destroy(machine);
    vm86_destroy(machine);
    state_destroy(machine);
    pit_destroy(machine->pit);
    console_destroy(machine);
    error_port_destroy(machine);
    pic_destroy(machine->pic);
    bus_destroy(machine);
    while (machine->raises != NULL) {
        raise_forget(machine);
    }
    timeline_destroy(&machine->timeline);
    ghost_destroy(machine);
    memory_destroy(machine);
    if (machine->wake_fd >= 0) {
        close(machine->wake_fd);
    }
    window_arena_give(machine);
    free(machine);
}

static bool machine_make(struct machine *machine, char *error, size_t error_size)
{
    if (!memory_create(machine, error, error_size) || !ghost_create(machine, error, error_size)) {
        return false;
    }
    if (!state_create(machine)) {
        snprintf(error, error_size, "this processor has no xsave");
        return false;
    }
    machine->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (machine->wake_fd < 0 || !devices_create(machine)) {
        snprintf(error, error_size, "the host has no room for the devices: %s", strerror(errno));
        return false;
    }
    return watchdog_create(machine, error, error_size) &&
           hardware_create(machine, error, error_size);
}

struct machine *posix_machine_create(const struct posix_config *config, char *error,
                                     size_t error_size)
{
    struct machine *machine = calloc(1, sizeof *machine);
    if (machine == NULL || !window_arena_take(machine)) {
        snprintf(error, error_size, "there is no room for another machine");
        free(machine);
        return NULL;
    }
    machine->config = *config;
    if (config->hardware != NULL) {
        machine->hardware = *config->hardware;
    }
    machine->ram_fd = machine->wake_fd = -1;
    machine->deadline = TR_FOREVER;
    machine->gate.in_kernel = 1;
    machine->watched = tool_is_watching();
    machine->random_state = config->seed;
    machine->extents_most = tlb_limit();
    machine->host_epoch_ns = host_clock_ns();
    if (!machine_make(machine, error, error_size)) {
        machine_free(machine);
        return NULL;
    }
    timeline_rearm(machine);
    trap_thread_join();
    return machine;
}

void posix_machine_destroy(struct machine *machine)
{
    if (machine == NULL) {
        return;
    }
    if (gate_machine == machine) {
        watchdog_stop(machine);
        gate_machine = NULL;
    }
    fiber_forget(machine);
    tool_forget_all(machine);
    trap_release(machine);
    trap_thread_leave();
    machine_free(machine);
}

void posix_machine_attach(struct machine *machine, struct kernel *kernel)
{
    machine->kernel = kernel;
}

void posix_machine_stop_at(struct machine *machine, uint64_t time)
{
    machine->config.stop_at = time;
    timeline_rearm(machine);
}

void posix_machine_interrupt(struct machine *machine)
{
    uint64_t one = 1;
    int error = errno;
    atomic_store(&machine->interrupted, 1);
    machine->gate.attention = 1;
    ssize_t written = write(machine->wake_fd, &one, sizeof one);
    (void)written;
    errno = error;
}

uint64_t posix_machine_running(struct machine *machine, char name[TR_NAME_MAX], uint64_t *time)
{
    struct tr_process_info info = {.name = ""};
    *time = timeline_now(machine);
    uint64_t pid = machine->kernel != NULL ? kernel_current_pid(machine->kernel) : 0;
    if (pid != 0) {
        kernel_process_next(machine->kernel, pid - 1, &info);
    }
    memcpy(name, info.name, sizeof info.name);
    return pid;
}

void posix_machine_raise(struct machine *machine, uint32_t line)
{
    pic_raise(machine, line);
}

static void raise_fire(struct machine *machine, struct timed *timed)
{
    struct raise *raise = (struct raise *)timed;
    struct raise **link = &machine->raises;
    while (*link != raise) {
        link = &(*link)->next;
    }
    *link = raise->next;
    pic_raise(machine, raise->line);
    free(raise);
}

void posix_machine_raise_at(struct machine *machine, uint32_t line, uint64_t time)
{
    struct raise *raise = calloc(1, sizeof *raise);
    if (raise == NULL) {
        host_fatal("no memory for an interrupt to come");
    }
    raise->timed.fire = raise_fire;
    raise->line = line;
    raise->next = machine->raises;
    machine->raises = raise;
    timeline_set(machine, &raise->timed, time);
}

void machine_notice(struct machine *machine, const char *text)
{
    if (machine->notice_count < MACHINE_NOTICES) {
        char *notice = machine->notices[machine->notice_count++];
        snprintf(notice, MACHINE_NOTICE_SIZE, "%s", text);
        machine->gate.attention = 1;
    }
}

void posix_machine_pass(struct machine *machine, uint64_t ns)
{
    const struct timeline *timeline = &machine->timeline;
    uint64_t end = timeline_now(machine) + ns;
    while (timeline->count > 0 && timeline->heap[0]->time <= end) {
        timeline_jump(machine, timeline->heap[0]->time);
        timeline_fire_due(machine);
    }
    timeline_jump(machine, end);
    timeline_rearm(machine);
}

bool posix_machine_take(struct machine *machine, uint32_t *line)
{
    return pic_take(machine, line);
}

void posix_machine_statistics(struct machine *machine, struct posix_statistics *statistics)
{
    *statistics = machine->statistics;
}

void hal_console(struct machine *machine, const char *text, uint64_t size)
{
    if (machine->config.console != NULL) {
        machine->config.console(machine->config.user, text, size);
    } else {
        fwrite(text, 1, size, stderr);
    }
}

void hal_panic(struct machine *machine, const char *text)
{
    if (machine->config.panic != NULL) {
        machine->config.panic(machine->config.user, text);
    } else {
        fprintf(stderr, "terrarium: kernel panic: %s\n", text);
    }
    if (gate_machine != machine || !machine->running) {
        abort();
    }
    machine->ending = false;
    machine_end(machine, POSIX_END_PANIC);
    gate_leave(machine);
}

void hal_trace(struct machine *machine, const struct tr_trace_record *record)
{
    if (machine->config.trace != NULL) {
        machine->config.trace(machine->config.user, record);
    }
}

uint32_t hal_elf_machine(struct machine *machine)
{
    (void)machine;
    return arch_elf_machine;
}
