/* SPDX-License-Identifier: MIT */
/* Mutexes and conditions. An unlocked mutex with waiters goes to the first of them: it stays
 * locked. */

#include <stddef.h>
#include <terrarium.h>

#include "threads/wait.h"

int mtx_init(mtx_t *mutex, int type)
{
    if ((type & ~(mtx_recursive | mtx_timed)) != 0) {
        return thrd_error;
    }
    *mutex = (mtx_t){.type = type};
    return thrd_success;
}

void mtx_destroy(mtx_t *mutex)
{
    (void)mutex;
}

/* With the lock held, which is given up. */
static int take(mtx_t *mutex, uint64_t until)
{
    uint64_t self = (mutex->type & mtx_recursive) != 0 ? (uint64_t)tr_thread_self() : 0;
    int result = thrd_success;

    if (!mutex->is_locked) {
        mutex->is_locked = true;
        mutex->owner = self;
        mutex->depth = 1;
    } else if (self != 0 && mutex->owner == self) {
        mutex->depth++;
    } else if (until == 0) {
        result = thrd_busy;
    } else if (lib_wait(&mutex->waiters, until)) {
        mutex->owner = self;
        mutex->depth = 1;
    } else {
        result = thrd_timedout;
    }
    lib_threads_unlock();
    return result;
}

int mtx_lock(mtx_t *mutex)
{
    lib_threads_lock();
    return take(mutex, TR_FOREVER);
}

int mtx_timedlock(mtx_t *restrict mutex, const struct timespec *restrict until)
{
    if ((mutex->type & mtx_timed) == 0) {
        return thrd_error;
    }
    uint64_t since_boot = lib_time_since_boot(until);
    lib_threads_lock();
    return take(mutex, since_boot != 0 ? since_boot : 1);
}

int mtx_trylock(mtx_t *mutex)
{
    lib_threads_lock();
    return take(mutex, 0);
}

/* With the lock held. */
static void give(mtx_t *mutex)
{
    if (--mutex->depth == 0) {
        mutex->owner = 0;
        mutex->is_locked = lib_wake_one(&mutex->waiters);
    }
}

int mtx_unlock(mtx_t *mutex)
{
    lib_threads_lock();
    bool is_locked = mutex->is_locked;
    if (is_locked) {
        give(mutex);
    }
    lib_threads_unlock();
    return is_locked ? thrd_success : thrd_error;
}

int cnd_init(cnd_t *condition)
{
    *condition = (cnd_t){.waiters = {.first = NULL}};
    return thrd_success;
}

void cnd_destroy(cnd_t *condition)
{
    (void)condition;
}

int cnd_signal(cnd_t *condition)
{
    lib_threads_lock();
    (void)lib_wake_one(&condition->waiters);
    lib_threads_unlock();
    return thrd_success;
}

int cnd_broadcast(cnd_t *condition)
{
    lib_threads_lock();
    while (lib_wake_one(&condition->waiters)) {
    }
    lib_threads_unlock();
    return thrd_success;
}

/* The mutex is given up whole, also one that was taken several times, and had again as often. */
static int wait(cnd_t *condition, mtx_t *mutex, uint64_t until)
{
    lib_threads_lock();
    unsigned depth = mutex->depth;
    mutex->depth = 1;
    give(mutex);
    bool is_woken = lib_wait(&condition->waiters, until);
    (void)take(mutex, TR_FOREVER);
    mutex->depth = depth;
    return is_woken ? thrd_success : thrd_timedout;
}

int cnd_wait(cnd_t *condition, mtx_t *mutex)
{
    return wait(condition, mutex, TR_FOREVER);
}

int cnd_timedwait(cnd_t *restrict condition, mtx_t *restrict mutex,
                  const struct timespec *restrict until)
{
    return wait(condition, mutex, lib_time_since_boot(until));
}
