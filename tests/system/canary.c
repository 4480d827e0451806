/* SPDX-License-Identifier: MIT */
/* Compiled to look at canaries: a function that writes beyond its array ends the program. */

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <threads.h>

static uint64_t own(void)
{
    uint64_t value;

#ifdef __x86_64__
    __asm__ volatile("movq %%fs:0x28, %0" : "=r"(value));
#else
    extern uint64_t __stack_chk_guard;
    value = __stack_chk_guard;
#endif
    return value;
}

/* As far as the canary, and no further, with a size of 44. */
static __attribute__((noinline)) size_t fill(size_t size)
{
    static void *(*volatile set)(void *, int, size_t) = memset;
    char text[32];

    (void)set(text, 'x', size);
    return sizeof text;
}

static int in_a_thread(void *result)
{
    *(uint64_t *)result = own();
    return (int)fill(32);
}

int main(int argc, char **argv)
{
    uint64_t another = 0;
    thrd_t thread;

    if (thrd_create(&thread, in_a_thread, &another) != thrd_success) {
        return 1;
    }
    thrd_join(thread, NULL);
    printf("canary %016lx%s\n", (unsigned long)own(),
           another == own() ? "" : ", of another thread");
    fflush(stdout);
    if (argc > 1 && strcmp(argv[1], "smash") == 0) {
        printf("%d\n", (int)fill(44));
    }
    return (int)fill(32);
}
