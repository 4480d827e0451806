/* SPDX-License-Identifier: MIT */
/* Threads and their records. A thread cannot give back the stack that it stands on: who joins it
 * does, or for a detached one whoever makes or joins the next thread, once the kernel does not know
 * it any more. */

#include <stddef.h>
#include <stdlib.h>
#include <terrarium.h>

#include "threads/wait.h"

#define STACK_PAGES   UINT64_C(16)
#define GUARD_PAGES   UINT64_C(1)
#define NS_PER_SECOND INT64_C(1000000000)

struct lib_thread {
    struct lib_thread *next; /* of all that are not free yet */
    uint64_t tid;
    thrd_start_t function;
    void *argument;
    int result;
    bool has_ended, is_detached;
    struct lib_waiters joiners;
    uint64_t stack; /* 0: the first thread's, or one's that the kernel's call has made */
    void *values[LIB_KEYS];
};

static struct lib_thread *all;
static struct lib_thread first_thread;
static uint64_t alive; /* beside the first */
static bool first_has_ended;

/* With the lock held. NULL: there is no record. */
static struct lib_thread *find(uint64_t tid)
{
    struct lib_thread *thread = all;

    while (thread != NULL && thread->tid != tid) {
        thread = thread->next;
    }
    return thread;
}

/* The caller's record; made if there is none, which is the first thread's if that has none yet. */
static struct lib_thread *current(void)
{
    uint64_t tid = (uint64_t)tr_thread_self();

    lib_threads_lock();
    struct lib_thread *thread = find(tid);
    lib_threads_unlock();
    if (thread != NULL) {
        return thread;
    }
    thread = first_thread.tid == 0 ? &first_thread : calloc(1, sizeof *thread);
    if (thread != NULL) {
        lib_threads_lock();
        thread->tid = tid;
        thread->next = all;
        all = thread;
        lib_threads_unlock();
    }
    return thread;
}

void **lib_thread_values(void)
{
    struct lib_thread *thread = current();

    return thread != NULL ? thread->values : NULL;
}

static bool is_gone(const struct lib_thread *thread)
{
    struct tr_thread_info info;
    uint64_t pid = (uint64_t)tr_process_self(NULL);

    return tr_thread_next(pid, thread->tid - 1, &info) != (int64_t)thread->tid;
}

static void record_free(struct lib_thread *thread)
{
    if (thread->stack != 0) {
        tr_memory_release(thread->stack, GUARD_PAGES + STACK_PAGES);
    }
    if (thread != &first_thread) {
        free(thread);
    }
}

/* Takes the first record out that is detached and whose thread is gone; NULL: none. */
static struct lib_thread *take_left(void)
{
    lib_threads_lock();
    for (struct lib_thread **link = &all; *link != NULL; link = &(*link)->next) {
        struct lib_thread *thread = *link;
        if (thread->has_ended && thread->is_detached && is_gone(thread)) {
            *link = thread->next;
            lib_threads_unlock();
            return thread;
        }
    }
    lib_threads_unlock();
    return NULL;
}

static void free_left(void)
{
    struct lib_thread *thread;

    while ((thread = take_left()) != NULL) {
        record_free(thread);
    }
}

static int64_t begin(uint64_t word)
{
    struct lib_thread *thread = (struct lib_thread *)(uintptr_t)word;

    thrd_exit(thread->function(thread->argument));
}

/* A record with a stack; NULL: no memory. */
static struct lib_thread *make(thrd_start_t function, void *argument)
{
    struct lib_thread *thread = calloc(1, sizeof *thread);
    int64_t stack =
        thread != NULL ? tr_memory_allocate(GUARD_PAGES + STACK_PAGES, 0, TR_READ | TR_WRITE) : -1;

    if (stack < 0) {
        free(thread);
        return NULL;
    }
    tr_memory_protect((uint64_t)stack, GUARD_PAGES, 0);
    thread->function = function;
    thread->argument = argument;
    thread->stack = (uint64_t)stack;
    return thread;
}

int thrd_create(thrd_t *created, thrd_start_t function, void *argument)
{
    free_left();
    if (current() == NULL) {
        return thrd_nomem;
    }
    struct lib_thread *thread = make(function, argument);
    if (thread == NULL) {
        return thrd_nomem;
    }
    uint64_t top = thread->stack + (GUARD_PAGES + STACK_PAGES) * TR_PAGE_SIZE;
    /* The new one finds its record only when it is in the list: it asks for the lock first. */
    lib_threads_lock();
    int64_t tid = tr_thread_create(begin, (uint64_t)(uintptr_t)thread, top, 0);
    if (tid > 0) {
        thread->tid = (uint64_t)tid;
        thread->next = all;
        all = thread;
        alive++;
        *created = thread;
    }
    lib_threads_unlock();
    if (tid <= 0) {
        record_free(thread);
    }
    return tid > 0                                  ? thrd_success
           : tid == TR_E_NOMEM || tid == TR_E_LIMIT ? thrd_nomem
                                                    : thrd_error;
}

int thrd_equal(thrd_t one, thrd_t other)
{
    return one == other;
}

thrd_t thrd_current(void)
{
    return current();
}

int thrd_sleep(const struct timespec *duration, struct timespec *remaining)
{
    if (duration->tv_sec < 0 || duration->tv_nsec < 0 || duration->tv_nsec >= NS_PER_SECOND) {
        return -2;
    }
    int64_t seconds = duration->tv_sec < INT64_MAX / NS_PER_SECOND / 2
                          ? duration->tv_sec
                          : INT64_MAX / NS_PER_SECOND / 2;
    uint64_t until =
        (uint64_t)tr_clock() + (uint64_t)seconds * NS_PER_SECOND + (uint64_t)duration->tv_nsec;
    while (tr_thread_sleep(until) != 0) {
    }
    if (remaining != NULL) {
        *remaining = (struct timespec){0};
    }
    return 0;
}

void thrd_yield(void)
{
    tr_thread_yield();
}

void thrd_exit(int result)
{
    struct lib_thread *thread = current();

    lib_keys_end();
    lib_threads_lock();
    if (thread == &first_thread) {
        first_has_ended = true;
    } else {
        alive--;
    }
    bool is_last = first_has_ended && alive == 0;
    if (thread != NULL) {
        thread->result = result;
        thread->has_ended = true;
        while (lib_wake_one(&thread->joiners)) {
        }
    }
    lib_threads_unlock();
    if (is_last) {
        exit(EXIT_SUCCESS);
    }
    tr_thread_exit(0);
}

int thrd_detach(thrd_t thread)
{
    lib_threads_lock();
    thread->is_detached = true;
    lib_threads_unlock();
    return thrd_success;
}

static void take_out(struct lib_thread *thread)
{
    struct lib_thread **link = &all;

    while (*link != thread) {
        link = &(*link)->next;
    }
    *link = thread->next;
}

int thrd_join(thrd_t thread, int *result)
{
    if (thread == current()) {
        return thrd_error;
    }
    lib_threads_lock();
    if (thread->is_detached) {
        lib_threads_unlock();
        return thrd_error;
    }
    while (!thread->has_ended) {
        (void)lib_wait(&thread->joiners, TR_FOREVER);
    }
    take_out(thread);
    lib_threads_unlock();
    /* It has a few instructions left before it is gone from its stack. */
    while (!is_gone(thread)) {
        tr_thread_yield();
    }
    if (result != NULL) {
        *result = thread->result;
    }
    record_free(thread);
    free_left();
    return thrd_success;
}
