/* SPDX-License-Identifier: MIT */
/* Thread-local variables of ISO C, and an errno for each thread: three threads that are interrupted
 * all the time. It is built for the host too. */

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <threads.h>

#define THREADS 3
#define ROUNDS  200000

static thread_local int seven = 7;
static thread_local unsigned zero;
static thread_local _Alignas(64) char text[70] = "wide";
static thread_local int *taken = NULL;
thread_local int of_another = 9; /* as if another file had it */
extern thread_local int of_another;

struct task {
    int number;
    int *address;
    int faults;
};

static int count(void *word)
{
    struct task *task = word;

    task->address = taken = &seven;
    task->faults = seven != 7 || zero != 0 || of_another != 9 || text[0] != 'w' || text[69] != '\0';
    task->faults += (uintptr_t)text % 64 != 0 || errno != 0;
    seven = task->number;
    errno = task->number;
    for (unsigned i = 1; i <= ROUNDS; i++) {
        zero++;
        *taken += 1;
        task->faults += zero != i || seven != task->number + (int)i || errno != task->number;
    }
    char *end;
    task->faults += strtol("99999999999999999999", &end, 10) != INT64_MAX || errno != ERANGE;
    task->faults += &seven != task->address;
    return seven;
}

int main(void)
{
    struct task tasks[THREADS] = {{1, NULL, 0}, {2, NULL, 0}, {3, NULL, 0}};
    thrd_t threads[THREADS];

    errno = 5;
    of_another = 10;
    for (int i = 0; i < THREADS; i++) {
        if (thrd_create(&threads[i], count, &tasks[i]) != thrd_success) {
            return EXIT_FAILURE;
        }
    }
    int same = 0;
    for (int i = 0; i < THREADS; i++) {
        int result;
        thrd_join(threads[i], &result);
        printf("thread %d: %d, faults %d\n", tasks[i].number, result, tasks[i].faults);
    }
    for (int i = 0; i < THREADS; i++) {
        same += tasks[i].address == &seven;
    }
    printf("first: %d %u %d %s %d, %d\n", seven, zero, of_another, text, errno, same);
    return EXIT_SUCCESS;
}
