/* SPDX-License-Identifier: MIT */
/* For test_crew.sh: threads.h, in ISO C alone. What it prints depends on no order of running, so it
 * is the same on Terrarium and on the host. `crew MODE`. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <threads.h>

#define MOST 200

/* ---- Many threads, one mutex ---- */

static mtx_t mutex;
static long shared;

/* Between reading and writing lies the end of a block, where others may run. */
static int adds(void *argument)
{
    long times = *(const long *)argument;

    for (long i = 0; i < times; i++) {
        mtx_lock(&mutex);
        long seen = shared;
        if (seen % 64 == 0) {
            thrd_yield();
        }
        shared = seen + 1;
        mtx_unlock(&mutex);
    }
    return (int)times % 100;
}

static void add_with(int count, long times)
{
    thrd_t threads[MOST];
    int sum = 0;

    shared = 0;
    for (int i = 0; i < count; i++) {
        if (thrd_create(&threads[i], adds, &times) != thrd_success) {
            printf("no thread %d\n", i);
        }
    }
    for (int i = 0; i < count; i++) {
        int result = -1;
        int joined = thrd_join(threads[i], &result);
        sum += joined == thrd_success ? result : -1000;
    }
    printf("%d threads: %ld, results %d\n", count, shared, sum);
}

static void many(void)
{
    mtx_init(&mutex, mtx_plain);
    add_with(2, 20000);
    add_with(20, 2000);
    add_with(MOST, 99);
    mtx_destroy(&mutex);
}

/* ---- A bounded queue between makers and takers ---- */

static struct {
    mtx_t mutex;
    cnd_t not_full, not_empty;
    int items[7], count, first;
} queue;

static void put(int item)
{
    mtx_lock(&queue.mutex);
    while (queue.count == 7) {
        cnd_wait(&queue.not_full, &queue.mutex);
    }
    queue.items[(queue.first + queue.count++) % 7] = item;
    cnd_signal(&queue.not_empty);
    mtx_unlock(&queue.mutex);
}

static int get(void)
{
    mtx_lock(&queue.mutex);
    while (queue.count == 0) {
        cnd_wait(&queue.not_empty, &queue.mutex);
    }
    int item = queue.items[queue.first];
    queue.first = (queue.first + 1) % 7;
    queue.count--;
    cnd_signal(&queue.not_full);
    mtx_unlock(&queue.mutex);
    return item;
}

static int makes(void *argument)
{
    for (int i = 1; i <= 1000; i++) {
        put(i);
    }
    (void)argument;
    return 0;
}

static int takes(void *argument)
{
    long *sum = argument;
    int item;

    while ((item = get()) != 0) {
        *sum += item;
    }
    return 0;
}

static void queues(void)
{
    thrd_t makers[4], takers[3];
    long sums[3] = {0};

    mtx_init(&queue.mutex, mtx_plain);
    cnd_init(&queue.not_full);
    cnd_init(&queue.not_empty);
    for (int i = 0; i < 3; i++) {
        thrd_create(&takers[i], takes, &sums[i]);
    }
    for (int i = 0; i < 4; i++) {
        thrd_create(&makers[i], makes, NULL);
    }
    for (int i = 0; i < 4; i++) {
        thrd_join(makers[i], NULL);
    }
    for (int i = 0; i < 3; i++) {
        put(0);
    }
    for (int i = 0; i < 3; i++) {
        thrd_join(takers[i], NULL);
    }
    printf("sum %ld, left %d\n", sums[0] + sums[1] + sums[2], queue.count);
}

/* ---- One heap for all ---- */

/* Blocks of all sizes, each full of what its owner wrote, come and go in each thread. */
static int keeps_blocks(void *argument)
{
    unsigned char *blocks[16] = {NULL};
    unsigned sizes[16] = {0}, draw = *(const unsigned *)argument, lost = 0;

    for (unsigned i = 0; i < 6000; i++) {
        draw = draw * 1664525 + 1013904223;
        unsigned at = draw >> 28, size = (draw >> 12) % 3000 + 1;
        for (unsigned byte = 0; byte < sizes[at]; byte++) {
            lost += blocks[at][byte] != (unsigned char)(*(const unsigned *)argument + at);
        }
        free(blocks[at]);
        blocks[at] = malloc(size);
        sizes[at] = blocks[at] != NULL ? size : 0;
        memset(blocks[at], (int)(*(const unsigned *)argument + at), sizes[at]);
    }
    for (unsigned at = 0; at < 16; at++) {
        free(blocks[at]);
    }
    return (int)lost;
}

static void heap(void)
{
    thrd_t threads[8];
    unsigned draws[8];
    int lost = 0, result;

    for (unsigned i = 0; i < 8; i++) {
        draws[i] = i * 16;
        thrd_create(&threads[i], keeps_blocks, &draws[i]);
    }
    for (unsigned i = 0; i < 8; i++) {
        thrd_join(threads[i], &result);
        lost += result;
    }
    printf("bytes lost: %d\n", lost);
}

/* ---- Mutexes of all kinds, times ---- */

static int tries(void *argument)
{
    return mtx_trylock(argument);
}

static int try_elsewhere(mtx_t *lock)
{
    thrd_t thread;
    int result = -1;

    thrd_create(&thread, tries, lock);
    thrd_join(thread, &result);
    return result == thrd_busy ? 1 : result == thrd_success ? 0 : -1;
}

static int holds(void *argument)
{
    mtx_t *lock = argument;

    mtx_lock(lock);
    thrd_sleep(&(struct timespec){.tv_nsec = 300000000}, NULL);
    mtx_unlock(lock);
    return 0;
}

static struct timespec from_now(long milliseconds)
{
    struct timespec time;

    timespec_get(&time, TIME_UTC);
    time.tv_nsec += milliseconds * 1000000;
    time.tv_sec += time.tv_nsec / 1000000000;
    time.tv_nsec %= 1000000000;
    return time;
}

static void locks(void)
{
    mtx_t lock;
    cnd_t condition;
    thrd_t thread;
    struct timespec until;

    mtx_init(&lock, mtx_plain);
    printf("free: %d ", try_elsewhere(&lock));
    mtx_unlock(&lock);
    mtx_lock(&lock);
    printf("taken: %d\n", try_elsewhere(&lock));
    mtx_unlock(&lock);

    mtx_init(&lock, mtx_plain | mtx_recursive);
    mtx_lock(&lock);
    mtx_lock(&lock);
    mtx_unlock(&lock);
    printf("twice taken, once given: %d ", try_elsewhere(&lock));
    mtx_unlock(&lock);
    printf("given: %d\n", try_elsewhere(&lock));
    mtx_init(&lock, mtx_plain | mtx_recursive); /* who had it last has ended */
    cnd_init(&condition);
    mtx_lock(&lock);
    mtx_lock(&lock);
    until = from_now(1);
    cnd_timedwait(&condition, &lock, &until);
    mtx_unlock(&lock);
    printf("twice taken again after a wait: %d\n", try_elsewhere(&lock));
    mtx_unlock(&lock);

    mtx_init(&lock, mtx_timed);
    thrd_create(&thread, holds, &lock);
    thrd_sleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
    until = from_now(50);
    printf("too early: %d ", mtx_timedlock(&lock, &until) == thrd_timedout);
    until = from_now(5000);
    printf("in time: %d\n", mtx_timedlock(&lock, &until) == thrd_success);
    thrd_join(thread, NULL);
    cnd_init(&condition);
    until = from_now(20);
    printf("nobody signals: %d ", cnd_timedwait(&condition, &lock, &until) == thrd_timedout);
    until = (struct timespec){.tv_sec = 1};
    printf("long ago: %d\n", cnd_timedwait(&condition, &lock, &until) == thrd_timedout);
    mtx_unlock(&lock);
}

/* ---- Values of a thread's own, once, ends ---- */

static tss_t key, other_key;
static int destroyed;
static once_flag once = ONCE_FLAG_INIT;
static int times_done;

static void destroys(void *value)
{
    mtx_lock(&mutex);
    destroyed += *(int *)value;
    mtx_unlock(&mutex);
    free(value);
}

static void does(void)
{
    thrd_sleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    times_done++;
}

static int has_own(void *argument)
{
    int *value = malloc(sizeof *value);
    int *slot = argument;

    *value = *slot;
    call_once(&once, does);
    int was_done = times_done;
    tss_set(key, value);
    thrd_yield();
    return tss_get(key) == value && *value == *slot && tss_get(other_key) == NULL ? was_done : -1;
}

static int leaves_early(void *argument)
{
    thrd_exit(*(int *)argument + 1);
}

static void own(void)
{
    thrd_t threads[50];
    int numbers[50], sum = 0, result;

    mtx_init(&mutex, mtx_plain);
    tss_create(&key, destroys);
    tss_create(&other_key, NULL);
    tss_set(key, NULL);
    for (int i = 0; i < 50; i++) {
        numbers[i] = i;
        thrd_create(&threads[i], has_own, &numbers[i]);
    }
    for (int i = 0; i < 50; i++) {
        thrd_join(threads[i], &result);
        sum += result;
    }
    printf("done once before all: %d, destroyed %d, done %d\n", sum, destroyed, times_done);
    thrd_create(&threads[0], leaves_early, &numbers[6]);
    thrd_join(threads[0], &result);
    printf("left with %d; I am myself: %d, not another: %d\n", result,
           thrd_equal(thrd_current(), thrd_current()), thrd_equal(thrd_current(), threads[0]));
    tss_delete(key);
}

static int outlives(void *argument)
{
    (void)argument;
    thrd_sleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
    printf("and the last one speaks\n");
    return 7;
}

static void last(void)
{
    thrd_t thread;

    thrd_create(&thread, outlives, NULL);
    thrd_detach(thread);
    printf("main leaves\n");
    thrd_exit(9);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*speak)(void);
    } modes[] = {{"many", many},   {"queues", queues}, {"heap", heap},
                 {"locks", locks}, {"own", own},       {"last", last}};

    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        if (argc > 1 && strcmp(argv[1], modes[i].name) == 0) {
            modes[i].speak();
            return 0;
        }
    }
    return 2;
}
