/* SPDX-License-Identifier: MIT */
/* For test_crew.sh: what threads of threads.h cost. Threads come and go, joined and detached;
 * afterwards the process has the pages it had. A sleep is exact, and who waits uses no time. */

#include <stdio.h>
#include <terrarium.h>
#include <threads.h>

static int ends(void *argument)
{
    (void)argument;
    return 0;
}

static uint64_t pages(void)
{
    struct tr_process_info info;

    return tr_process_self(&info) < 0 ? 0 : info.pages;
}

static mtx_t held;

static int waits(void *argument)
{
    (void)argument;
    mtx_lock(&held);
    mtx_unlock(&held);
    return 0;
}

int main(void)
{
    thrd_t thread;
    struct tr_thread_info info;
    uint64_t before = 0;

    for (int i = 0; i < 3000; i++) {
        thrd_create(&thread, ends, NULL);
        if (i % 3 == 0) {
            thrd_detach(thread);
        } else {
            thrd_join(thread, NULL);
        }
        before = i == 100 ? pages() : before;
    }
    printf("pages %s\n", pages() <= before + 40 ? "as before" : "are lost");

    int64_t start = tr_clock();
    thrd_sleep(&(struct timespec){.tv_sec = 2, .tv_nsec = 5}, NULL);
    int64_t slept = tr_clock() - start;
    printf("slept %s\n", slept >= 2000000005 && slept < 2000100000 ? "so long" : "otherwise");

    mtx_init(&held, mtx_plain);
    mtx_lock(&held);
    thrd_create(&thread, waits, NULL);
    thrd_sleep(&(struct timespec){.tv_sec = 1}, NULL);
    uint64_t tid = (uint64_t)tr_thread_self();
    int64_t other = tr_thread_next((uint64_t)tr_process_self(NULL), tid, &info);
    printf("the waiter %s\n", other > 0 && info.cpu_time < 100000 ? "sleeps" : "spins");
    mtx_unlock(&held);
    thrd_join(thread, NULL);
    return 0;
}
