/* SPDX-License-Identifier: MIT */
/* The beginning and the end of every signal handler that may have interrupted a program.
 *
 * A program may have set the processor's thread pointer for itself, which C of the host uses for
 * its thread-local storage: errno, the machine of this thread, the word of the stack protector. So
 * nothing here may touch any of these until the host's is back. Which one that is depends on the
 * host thread, and the only thing left that tells it is where the handler's own stack lies. */

#include "trap.h"

#include <errno.h>
#include <pthread.h>
#include <unistd.h>

#include "arch.h"

#define STACKS  64 /* there are no more machines in a process */
#define SIGNALS 65

struct signal_stack {
    _Atomic uint64_t low; /* 0: free; set last, as handlers of other threads may look */
    uint64_t high, thread_pointer;
    uint32_t users;
    stack_t ours, before;
};

static pthread_mutex_t stacks_lock = PTHREAD_MUTEX_INITIALIZER;
static struct signal_stack stacks[STACKS];
static _Thread_local struct signal_stack *signal_stack;

static void (*handlers[SIGNALS])(int);

/* The thread pointer that C of this host thread is to have; 0: it runs no machines. */
UNGUARDED static uint64_t pointer_of_thread(uint64_t frame)
{
    for (uint32_t i = 0; i < STACKS; i++) {
        uint64_t low = atomic_load_explicit(&stacks[i].low, memory_order_acquire);
        if (low != 0 && frame >= low && frame < stacks[i].high) {
            return stacks[i].thread_pointer;
        }
    }
    return 0;
}

UNGUARDED static struct entry begin(uint64_t frame)
{
    uint64_t host = pointer_of_thread(frame);
    if (host == 0) {
        return (struct entry){0, 0};
    }
    return (struct entry){host, arch_signal_begin(host)};
}

UNGUARDED static void end(const struct entry *entry)
{
    if (entry->found != entry->host) {
        const struct machine *machine = gate_machine; /* the host's pointer is back until now */
        arch_signal_end(entry->found, machine != NULL && machine->gate.told != 0);
    }
}

#define FRAME ((uint64_t)(uintptr_t)__builtin_frame_address(0))

UNGUARDED void entry_fault(int signal, siginfo_t *info, void *signal_context)
{
    struct entry entry = begin(FRAME);
    if (trap_fault(signal, info, signal_context, &entry)) {
        end(&entry);
    }
}

UNGUARDED void entry_tick(int signal, siginfo_t *info, void *signal_context)
{
    (void)signal;
    (void)info;
    struct entry entry = begin(FRAME);
    if (trap_tick(signal_context, &entry)) {
        end(&entry);
    }
}

UNGUARDED static void entry_other(int signal)
{
    struct entry entry = begin(FRAME);
    handlers[signal](signal);
    end(&entry);
}

bool posix_signal_handle(int signal, void (*handler)(int), int flags, const sigset_t *mask)
{
    struct sigaction action = {.sa_handler = entry_other, .sa_flags = flags | SA_ONSTACK};
    if (signal <= 0 || signal >= SIGNALS) {
        errno = EINVAL;
        return false;
    }
    action.sa_mask = *mask;
    handlers[signal] = handler;
    return sigaction(signal, &action, NULL) == 0;
}

void trap_thread_join(void)
{
    if (signal_stack != NULL) {
        signal_stack->users++;
        return;
    }
    pthread_mutex_lock(&stacks_lock);
    struct signal_stack *stack = stacks;
    while (stack < stacks + STACKS - 1 && stack->users != 0) {
        stack++;
    }
    stack->users = 1;
    pthread_mutex_unlock(&stacks_lock);
    stack->ours.ss_size = (size_t)sysconf(_SC_MINSIGSTKSZ) + (size_t)128 * 1024;
    stack->ours.ss_sp = host_pages(stack->ours.ss_size);
    if (sigaltstack(&stack->ours, &stack->before) != 0) {
        host_fatal("cannot set a signal stack");
    }
    uint64_t low = (uint64_t)(uintptr_t)stack->ours.ss_sp;
    stack->high = low + stack->ours.ss_size;
    stack->thread_pointer = arch_thread_pointer();
    atomic_store_explicit(&stack->low, low, memory_order_release);
    signal_stack = stack;
}

void trap_thread_leave(void)
{
    struct signal_stack *stack = signal_stack;
    if (stack->users > 1) {
        stack->users--;
        return;
    }
    signal_stack = NULL;
    sigaltstack(&stack->before, NULL);
    atomic_store(&stack->low, 0);
    host_pages_free(stack->ours.ss_sp, stack->ours.ss_size);
    pthread_mutex_lock(&stacks_lock);
    stack->users = 0;
    pthread_mutex_unlock(&stacks_lock);
}
