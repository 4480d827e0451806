/* SPDX-License-Identifier: MIT */
/* Two threads, each with a function to stop in: in_main, in_thread. */

#include <stdint.h>
#include <terrarium.h>

__attribute__((noinline)) static void in_main(void)
{
    __asm__ volatile("/* not the same as the other */ nop");
}

__attribute__((noinline)) static void in_thread(void)
{
    __asm__ volatile("");
}

static int64_t second(uint64_t argument)
{
    in_thread();
    return (int64_t)argument;
}

int main(void)
{
    static uint8_t stack[16384] __attribute__((aligned(16)));
    struct tr_event event;

    in_main();
    (void)tr_thread_create(second, 0, (uint64_t)(uintptr_t)(stack + sizeof stack),
                           TR_THREAD_NOTIFY);
    (void)tr_event_wait(&event, TR_FOREVER);
    return 0;
}
