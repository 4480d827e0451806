/* SPDX-License-Identifier: MIT */
/* Waiting. The kernel keeps one wake for a thread that does not sleep yet, so none is lost between
 * giving up the lock and sleeping; one that was kept for another reason only makes a round of the
 * loop. */

#include "threads/wait.h"

#include <stddef.h>
#include <terrarium.h>

#define NS_PER_SECOND INT64_C(1000000000)

static uint32_t is_locked;

void lib_threads_lock(void)
{
    while (__atomic_exchange_n(&is_locked, 1, __ATOMIC_ACQUIRE) != 0) {
        tr_thread_yield();
    }
}

void lib_threads_unlock(void)
{
    __atomic_store_n(&is_locked, 0, __ATOMIC_RELEASE);
}

static void leave(struct lib_waiters *waiters, struct lib_waiter *own)
{
    struct lib_waiter **link = &waiters->first;

    while (*link != own) {
        link = &(*link)->next;
    }
    *link = own->next;
    if (own->next == NULL) {
        waiters->end = link;
    }
}

bool lib_wait(struct lib_waiters *waiters, uint64_t until)
{
    struct lib_waiter own = {.tid = (uint64_t)tr_thread_self()};

    if (waiters->first == NULL) {
        waiters->end = &waiters->first;
    }
    *waiters->end = &own;
    waiters->end = &own.next;
    while (!own.is_woken) {
        lib_threads_unlock();
        int64_t result = tr_thread_sleep(until);
        lib_threads_lock();
        if (result == 0 && !own.is_woken) {
            leave(waiters, &own);
            return false;
        }
    }
    return true;
}

bool lib_wake_one(struct lib_waiters *waiters)
{
    struct lib_waiter *first = waiters->first;

    if (first == NULL) {
        return false;
    }
    waiters->first = first->next;
    if (waiters->first == NULL) {
        waiters->end = &waiters->first;
    }
    first->is_woken = true;
    tr_thread_wake(first->tid);
    return true;
}

uint64_t lib_time_since_boot(const struct timespec *utc)
{
    struct timespec now;
    uint64_t boot = (uint64_t)tr_clock();

    timespec_get(&now, TIME_UTC);
    int64_t seconds = utc->tv_sec - now.tv_sec;
    if (seconds > INT64_MAX / NS_PER_SECOND - 2) {
        return TR_FOREVER;
    }
    if (seconds < -1) {
        return boot;
    }
    int64_t wait = seconds * NS_PER_SECOND + utc->tv_nsec - now.tv_nsec;
    return wait > 0 ? boot + (uint64_t)wait : boot;
}
