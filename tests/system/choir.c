/* SPDX-License-Identifier: MIT */
/* Threads that print at the same time, and read: no call's line is in the middle of another's. */

#include <stdio.h>
#include <string.h>
#include <threads.h>

#define VOICES 4
#define LINES  150

static int sing(void *word)
{
    int voice = *(int *)word;

    for (int i = 0; i < LINES; i++) {
        printf("voice %d line %03d %s\n", voice, i, "la la la la la la la la la la la la la");
        puts("puts in one");
        flockfile(stdout);
        printf("held by %d:", voice);
        thrd_yield();
        printf(" %d\n", voice);
        funlockfile(stdout);
    }
    return 0;
}

/* Bytes of the input between two readers: each byte once. */
static int read_all(void *word)
{
    int *counts = word;

    for (int c; (c = getchar()) != EOF;) {
        *counts += c == 'x';
    }
    return 0;
}

static void run(thrd_start_t function, int *words, int count)
{
    thrd_t threads[VOICES];

    for (int i = 0; i < count; i++) {
        thrd_create(&threads[i], function, &words[i]);
    }
    for (int i = 0; i < count; i++) {
        thrd_join(threads[i], NULL);
    }
}

int main(int argc, char **argv)
{
    int voices[VOICES] = {0, 1, 2, 3};
    int counts[2] = {0, 0};

    if (argc > 1 && strcmp(argv[1], "read") == 0) {
        run(read_all, counts, 2);
        printf("read %d\n", counts[0] + counts[1]);
        return 0;
    }
    run(sing, voices, VOICES);
    return 0;
}
