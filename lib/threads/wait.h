/* SPDX-License-Identifier: MIT */
#pragma once

/* How threads of a process wait for each other. One lock guards all records of threads, mutexes and
 * conditions; it is held for some dozen instructions, and who finds it taken yields. */

#include <stdbool.h>
#include <stdint.h>
#include <threads.h>

struct lib_waiter {
    struct lib_waiter *next;
    uint64_t tid;
    bool is_woken;
};

void lib_threads_lock(void);
void lib_threads_unlock(void);

/* With the lock held. Puts the caller at the end of the line, gives the lock up, and sleeps until
 * somebody takes it out of the line or until the time since boot. Then the lock is held again.
 * False: the time has come, and it is out of the line. */
bool lib_wait(struct lib_waiters *waiters, uint64_t until);
/* Wakes the first of the line. False: nobody was there. */
bool lib_wake_one(struct lib_waiters *waiters);

/* A time of TIME_UTC as one since boot. */
uint64_t lib_time_since_boot(const struct timespec *utc);

/* key.c: a thread ends; without the lock. */
void lib_keys_end(void);
/* thread.c: the caller's places for the values of keys. NULL: no memory. */
#define LIB_KEYS 64
void **lib_thread_values(void);
