/* SPDX-License-Identifier: MIT */
/* The handlers. They look at where the thread was interrupted only: in user code they fill the
 * missing page, or put the registers into the context and let the signal return into the capture
 * routine; in the resume range they send the thread to gate_abort; in the kernel or the machine a
 * tick only asks for attention, and a fault is a bug of the host's code, which goes to whoever
 * handled such signals before us. entry.c calls them.
 *
 * SIM: hardware has a trap gate and an interrupt flag; here a word in memory says where we are. */

#include "trap.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "arch.h"
#include "state.h"
#include "window.h"

static const int fault_signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGSYS};
#define FAULT_SIGNALS (sizeof fault_signals / sizeof fault_signals[0])

static pthread_mutex_t handler_lock = PTHREAD_MUTEX_INITIALIZER;
static uint32_t handler_users;
static struct sigaction handlers_before[FAULT_SIGNALS], tick_before;

static const struct sigaction *handler_before(int signal)
{
    size_t i = 0;
    while (fault_signals[i] != signal) {
        i++;
    }
    return &handlers_before[i];
}

/* Sent by somebody: it is about no instruction. */
static bool is_sent(const siginfo_t *info)
{
    return info->si_code <= 0;
}

/* The signal is not a program's: the handler of before gets it, in place of ours if it is a fault,
 * which comes again with the instruction. A call that the host has refused does not. */
static void pass_on(int signal, siginfo_t *info, void *signal_context)
{
    const struct sigaction *before = handler_before(signal);
    bool is_usual = before->sa_handler == SIG_DFL;
    bool comes_again = !is_sent(info) && signal != SIGSYS;
    if (comes_again || is_usual) {
        sigaction(signal, before, NULL);
    }
    if (comes_again) {
        return;
    }
    if (is_usual) {
        syscall(SYS_rt_tgsigqueueinfo, getpid(), gettid(), signal, info);
    } else if ((before->sa_flags & SA_SIGINFO) != 0) {
        before->sa_sigaction(signal, info, signal_context);
    } else if (before->sa_handler != SIG_IGN) {
        before->sa_handler(signal);
    }
}

static bool is_resuming(const struct machine *machine, uint64_t ip)
{
    return (ip >= (uint64_t)(uintptr_t)gate_resume_begin &&
            ip < (uint64_t)(uintptr_t)gate_resume_end) ||
           ghost_is_resuming(machine, ip);
}

/* Leaves user code through the capture routine, or gives up a resumption. */
static void leave_user_code(struct machine *machine, void *signal_context, bool resuming,
                            const struct entry *entry)
{
    machine->gate.in_kernel = 1;
    if (resuming) {
        arch_abort(signal_context, machine);
        return;
    }
    state_own(machine, machine->gate.current);
    arch_capture(signal_context, machine, entry->found);
}

/* Not every host tells accesses apart; but what is allowed already cannot have been it. */
static uint32_t likely_access(const struct window *window, uint64_t address, uint32_t access)
{
    if (access != HAL_READ || !tlb_has(window, address, HAL_READ)) {
        return access;
    }
    return tlb_has(window, address, HAL_WRITE) ? HAL_EXECUTE : HAL_WRITE;
}

enum outcome {
    NOT_OURS,
    GOES_ON, /* where it was, with what it had */
    LEFT     /* it goes on in the machine, or with the host's thread pointer */
};

static enum outcome fault_take(struct machine *machine, int signal, const siginfo_t *info,
                               void *signal_context, const struct entry *entry)
{
    uint64_t ip = arch_signal_ip(signal_context);
    uint64_t address = (uint64_t)(uintptr_t)info->si_addr;
    bool resuming = is_resuming(machine, ip);
    if (resuming && signal == SIGTRAP && arch_resume(signal_context, machine->gate.current)) {
        return GOES_ON;
    }
    if (machine->gate.in_kernel != 0 && !resuming) {
        return entry->found != entry->host ? LEFT : NOT_OURS;
    }
    struct hal_space *space = machine->gate.current->space;
    uint32_t access = arch_signal_access(signal_context, info);
    bool in_window =
        signal == SIGSEGV && info->si_code != SI_KERNEL && window_holds(space, address);
    if (in_window) {
        access = likely_access(window_of(space), address, access);
    }
    if (in_window && tlb_fill(machine, space, address, access)) {
        if (machine->watched) {
            arch_undo_push(signal_context, address);
        }
        return GOES_ON;
    }
    bool is_stray = space->is_host && !in_window;
    if (is_stray && machine->config.stray == NULL) {
        return NOT_OURS;
    }
    machine->trap = (struct trap){.kind = is_stray ? TRAP_STRAY : TRAP_SIGNAL,
                                  .signal = signal,
                                  .code = info->si_code,
                                  .access = access,
                                  .address = address,
                                  .ip = resuming ? 0 : ip};
    arch_signal_trap(signal_context, &machine->trap);
    leave_user_code(machine, signal_context, resuming, entry);
    return LEFT;
}

bool trap_fault(int signal, siginfo_t *info, void *signal_context, const struct entry *entry)
{
    int error = errno;
    struct machine *machine = gate_machine;
    bool is_ours = machine != NULL && !is_sent(info);
    enum outcome outcome =
        is_ours ? fault_take(machine, signal, info, signal_context, entry) : NOT_OURS;
    if (outcome == NOT_OURS) {
        pass_on(signal, info, signal_context);
    }
    errno = error;
    return outcome != LEFT;
}

/* True: user code is left for it. */
static bool tick_take(struct machine *machine, void *signal_context, const struct entry *entry)
{
    uint64_t ip = arch_signal_ip(signal_context);
    bool is_due = watchdog_tick(machine), resuming = is_resuming(machine, ip);
    if (arch_can_preempt && !resuming && watchdog_is_stray(machine, ip)) {
        machine->trap = (struct trap){.kind = TRAP_STRAY, .ip = ip};
        leave_user_code(machine, signal_context, false, entry);
        return true;
    }
    if (!is_due) {
        return false;
    }
    bool in_program = machine->gate.in_kernel == 0 && !machine->gate.current->space->is_host;
    machine->gate.attention = 1;
    if (!arch_can_preempt || (!resuming && !in_program)) {
        return false;
    }
    machine->trap.kind = TRAP_TICK;
    leave_user_code(machine, signal_context, resuming, entry);
    return true;
}

bool trap_tick(void *signal_context, const struct entry *entry)
{
    int error = errno;
    struct machine *machine = gate_machine;
    bool left = machine != NULL && tick_take(machine, signal_context, entry);
    if (machine != NULL && !left) {
        watchdog_next(machine);
    }
    errno = error;
    return !left;
}

/* ---- Installing them ------------------------------------------------------------------------ */

static void handler_set(int signal, void (*handler)(int, siginfo_t *, void *),
                        struct sigaction *before)
{
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    struct sigaction old;
    sigemptyset(&action.sa_mask);
    sigaddset(&action.sa_mask, TICK_SIGNAL);
    if (sigaction(signal, &action, &old) != 0) {
        host_fatal("cannot handle signals");
    }
    if (old.sa_sigaction != handler) {
        *before = old;
    }
}

void trap_hold(struct machine *machine)
{
    pthread_mutex_lock(&handler_lock);
    handler_users += machine->handlers_held ? 0 : 1;
    machine->handlers_held = true;
    for (size_t i = 0; i < FAULT_SIGNALS; i++) {
        handler_set(fault_signals[i], entry_fault, &handlers_before[i]);
    }
    handler_set(TICK_SIGNAL, entry_tick, &tick_before);
    pthread_mutex_unlock(&handler_lock);
}

/* Puts back what was before, unless somebody has put a handler over ours. */
static void handler_unset(int signal, void (*handler)(int, siginfo_t *, void *),
                          const struct sigaction *before)
{
    struct sigaction now;
    if (sigaction(signal, NULL, &now) == 0 && now.sa_sigaction == handler) {
        sigaction(signal, before, NULL);
    }
}

void trap_release(struct machine *machine)
{
    pthread_mutex_lock(&handler_lock);
    if (machine->handlers_held && --handler_users == 0) {
        for (size_t i = 0; i < FAULT_SIGNALS; i++) {
            handler_unset(fault_signals[i], entry_fault, &handlers_before[i]);
        }
        handler_unset(TICK_SIGNAL, entry_tick, &tick_before);
    }
    machine->handlers_held = false;
    pthread_mutex_unlock(&handler_lock);
}
