/* SPDX-License-Identifier: MIT */
/* One of many: ten threads. Nine sleep for ever on small stacks, the first answers calls. */

#include <stdint.h>
#include <terrarium.h>

#define THREADS 9
#define STACK   4096
#define BODY    64

static _Alignas(16) char stacks[THREADS][STACK];

static int64_t sleeper(uint64_t unused)
{
    (void)unused;
    return tr_thread_sleep(TR_FOREVER);
}

int main(void)
{
    struct tr_event event;
    char body[BODY];
    uint64_t id = 0;

    for (int i = 0; i < THREADS; i++) {
        /* By its number: without the C library's block. */
        int64_t tid = tr_call(TR_NR_thread_create, (uint64_t)(uintptr_t)sleeper, 0,
                              (uint64_t)(uintptr_t)(stacks[i] + STACK), 0, 0, 0);
        if (tid < 0) {
            return 1;
        }
    }
    while (tr_message_reply_wait(id, body, BODY, &event, body, BODY) >= 0) {
        id = event.object;
    }
    return 1;
}
