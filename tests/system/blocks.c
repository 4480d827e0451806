/* SPDX-License-Identifier: MIT */
/* interface.md 4.10: threads that the call makes have variables of their own too, on the stack that
 * the caller gives; what the call refuses it refuses as before. */

#include <stdio.h>
#include <string.h>
#include <terrarium.h>

static _Thread_local uint64_t number = 70;
static _Thread_local _Alignas(256) char large[5000];

static _Alignas(4096) unsigned char stacks[3][32768];

static int64_t look(uint64_t word)
{
    uint64_t here = (uint64_t)(uintptr_t)&number;
    uint64_t stack = (uint64_t)(uintptr_t)stacks[word];

    if (number != 70 || large[0] != 0 || large[4999] != 0 || (uintptr_t)large % 256 != 0) {
        return 1;
    }
    number += word;
    memset(large, (int)word + 1, sizeof large);
    for (int i = 0; i < 20; i++) {
        tr_thread_yield();
        if (number != 70 + word || large[0] != (char)(word + 1) || large[4999] != large[0]) {
            return 2;
        }
    }
    return here >= stack && here < stack + sizeof stacks[0] ? 0 : 3;
}

static uint64_t top(int which)
{
    return (uint64_t)(uintptr_t)(stacks[which] + sizeof stacks[which]);
}

static void say(const char *what, int64_t result)
{
    printf("%s: %s\n", what, result > 0 ? "a thread" : tr_error_name(result));
}

int main(void)
{
    struct tr_event event;
    int64_t va = tr_memory_allocate(3, 0, TR_READ | TR_WRITE);
    uint64_t place = (uint64_t)va;

    for (uint64_t i = 0; i < 3; i++) {
        tr_thread_create(look, i, top((int)i), TR_THREAD_NOTIFY);
    }
    for (int i = 0; i < 3; i++) {
        tr_event_wait(&event, TR_FOREVER);
        printf("ended with %d\n", (int)event.size);
    }
    printf("first: %d, %d\n", (int)number, large[0]);
    say("none", tr_thread_create(look, 0, 0, 0));
    say("misaligned", tr_thread_create(look, 0, top(0) - 8, 0));
    say("no such flag", tr_thread_create(look, 0, top(0), 0x40));
    say("beyond the last address", tr_thread_create(look, 0, UINT64_MAX - 15, 0));
    tr_memory_protect(place, 1, TR_READ);
    say("a block that begins in a page for reading",
        tr_thread_create(look, 0, place + TR_PAGE_SIZE + 1024, 0));
    tr_memory_release(place + 2 * TR_PAGE_SIZE, 1);
    say("one that ends where nothing is", tr_thread_create(look, 0, place + 3 * TR_PAGE_SIZE, 0));
    return 0;
}
