/* SPDX-License-Identifier: MIT */
/* Values that each thread has for itself, and what is done once. */

#include <stddef.h>
#include <terrarium.h>

#include "threads/wait.h"

static struct {
    bool is_used;
    tss_dtor_t destructor;
} keys[LIB_KEYS];

int tss_create(tss_t *key, tss_dtor_t destructor)
{
    lib_threads_lock();
    unsigned i = 0;
    while (i < LIB_KEYS && keys[i].is_used) {
        i++;
    }
    if (i < LIB_KEYS) {
        keys[i].is_used = true;
        keys[i].destructor = destructor;
    }
    lib_threads_unlock();
    *key = i;
    return i < LIB_KEYS ? thrd_success : thrd_error;
}

void tss_delete(tss_t key)
{
    lib_threads_lock();
    keys[key].is_used = false;
    lib_threads_unlock();
}

void *tss_get(tss_t key)
{
    void **values = lib_thread_values();

    return values != NULL ? values[key] : NULL;
}

int tss_set(tss_t key, void *value)
{
    void **values = lib_thread_values();

    if (values == NULL || key >= LIB_KEYS || !keys[key].is_used) {
        return thrd_error;
    }
    values[key] = value;
    return thrd_success;
}

void lib_keys_end(void)
{
    void **values = lib_thread_values();
    bool has_more = values != NULL;

    for (int round = 0; round < TSS_DTOR_ITERATIONS && has_more; round++) {
        has_more = false;
        for (unsigned i = 0; i < LIB_KEYS; i++) {
            void *value = values[i];
            values[i] = NULL;
            if (value != NULL && keys[i].is_used && keys[i].destructor != NULL) {
                keys[i].destructor(value);
                has_more = true;
            }
        }
    }
}

void call_once(once_flag *flag, void (*function)(void))
{
    enum { TO_DO, BEGUN, DONE };
    static struct lib_waiters waiters;

    if (__atomic_load_n(flag, __ATOMIC_ACQUIRE) == DONE) {
        return;
    }
    lib_threads_lock();
    if (*flag == TO_DO) {
        *flag = BEGUN;
        lib_threads_unlock();
        function();
        lib_threads_lock();
        __atomic_store_n(flag, DONE, __ATOMIC_RELEASE);
        while (lib_wake_one(&waiters)) {
        }
    }
    while (*flag != DONE) {
        (void)lib_wait(&waiters, TR_FOREVER);
    }
    lib_threads_unlock();
}
