/* SPDX-License-Identifier: MIT */
/* For test_video.sh, loaded before the C library: the first question for the terminal's size takes
 * a while, as on a busy host, so that the screen is late. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <time.h>

int ioctl(int file, unsigned long request, ...)
{
    static int asked;
    const struct timespec late = {.tv_nsec = 300000000};
    va_list arguments;
    int (*real)(int file, unsigned long request, ...);

    va_start(arguments, request);
    void *argument = va_arg(arguments, void *);
    va_end(arguments);
    *(void **)&real = dlsym(RTLD_NEXT, "ioctl");
    if (request == TIOCGWINSZ && asked++ == 0) {
        nanosleep(&late, NULL);
    }
    return real(file, request, argument);
}
