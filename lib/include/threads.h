/* SPDX-License-Identifier: MIT */
#pragma once

/* Threads as in ISO C, on the kernel's: interrupted between any two blocks of counted code, in
 * equal slices. Each has a stack of 64 KiB with a guard below. The
 * thread-local variables of the program lie at its top. No function waits by asking again: who
 * waits sleeps, and is woken in the order of coming. */

#include <stdint.h>
#include <time.h>

#define thread_local _Thread_local
#define ONCE_FLAG_INIT      0
#define TSS_DTOR_ITERATIONS 4

enum { thrd_success, thrd_busy, thrd_error, thrd_nomem, thrd_timedout };
enum { mtx_plain = 0, mtx_recursive = 1, mtx_timed = 2 };

typedef struct lib_thread *thrd_t;
typedef int (*thrd_start_t)(void *argument);
typedef unsigned tss_t; /* at most 64 at a time */
typedef void (*tss_dtor_t)(void *value);
typedef int once_flag;

/* Threads that wait, the first to come first. */
struct lib_waiters {
    struct lib_waiter *first, **end;
};
typedef struct {
    int type;
    _Bool is_locked;
    uint64_t owner; /* of a recursive one: its tid, and how often */
    unsigned depth;
    struct lib_waiters waiters;
} mtx_t;
typedef struct {
    struct lib_waiters waiters;
} cnd_t;

/* thrd_nomem: no memory, or too many threads. */
int thrd_create(thrd_t *thread, thrd_start_t function, void *argument);
int thrd_equal(thrd_t one, thrd_t other);
thrd_t thrd_current(void);
/* 0; -1: woken before its time, with the rest in *remaining; another negative number: no such time.
 */
int thrd_sleep(const struct timespec *duration, struct timespec *remaining);
void thrd_yield(void);
/* The last thread's is exit(0); so main may end like this and leave the others working. */
_Noreturn void thrd_exit(int result);
int thrd_detach(thrd_t thread);
/* Sleeps until it has ended. */
int thrd_join(thrd_t thread, int *result);

int mtx_init(mtx_t *mutex, int type);
void mtx_destroy(mtx_t *mutex);
int mtx_lock(mtx_t *mutex);
/* Until a time of TIME_UTC. */
int mtx_timedlock(mtx_t *restrict mutex, const struct timespec *restrict until);
int mtx_trylock(mtx_t *mutex);
int mtx_unlock(mtx_t *mutex);

int cnd_init(cnd_t *condition);
void cnd_destroy(cnd_t *condition);
int cnd_signal(cnd_t *condition);
int cnd_broadcast(cnd_t *condition);
int cnd_wait(cnd_t *condition, mtx_t *mutex);
int cnd_timedwait(cnd_t *restrict condition, mtx_t *restrict mutex,
                  const struct timespec *restrict until);

int tss_create(tss_t *key, tss_dtor_t destructor);
void tss_delete(tss_t key);
void *tss_get(tss_t key);
int tss_set(tss_t key, void *value);

void call_once(once_flag *flag, void (*function)(void));
