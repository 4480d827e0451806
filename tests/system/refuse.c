/* SPDX-License-Identifier: MIT */
/* For test_limits.sh, loaded before the C library: a host that refuses one thing, REFUSE. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static int is_refused(const char *name)
{
    const char *refused = getenv("REFUSE");

    return refused != NULL && strcmp(refused, name) == 0;
}

static void *next(const char *name)
{
    return dlsym(RTLD_NEXT, name);
}

int memfd_create(const char *name, unsigned flags)
{
    int (*real)(const char *name, unsigned flags);

    *(void **)&real = next("memfd_create");
    if (is_refused("memfd_create")) {
        errno = ENOSYS;
        return -1;
    }
    return real(name, flags);
}

int ftruncate(int file, off_t size)
{
    int (*real)(int file, off_t size);

    *(void **)&real = next("ftruncate");
    if (is_refused("ftruncate")) {
        errno = ENOSPC;
        return -1;
    }
    return real(file, size);
}

int timer_create(clockid_t clock, struct sigevent *event, timer_t *timer)
{
    int (*real)(clockid_t clock, struct sigevent * event, timer_t * timer);

    *(void **)&real = next("timer_create");
    if (is_refused("timer_create")) {
        errno = EAGAIN;
        return -1;
    }
    return real(clock, event, timer);
}

int eventfd(unsigned value, int flags)
{
    int (*real)(unsigned value, int flags);

    *(void **)&real = next("eventfd");
    if (is_refused("eventfd")) {
        errno = EMFILE;
        return -1;
    }
    return real(value, flags);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *),
                   void *argument)
{
    int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

    *(void **)&real = next("pthread_create");
    return is_refused("pthread_create") ? EAGAIN : real(thread, attributes, start, argument);
}
