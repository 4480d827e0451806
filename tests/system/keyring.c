/* SPDX-License-Identifier: MIT */
/* For test_keys.sh: prints keys of pipes and shared memory, and how long twelve wrong ones take. */

#include <stdio.h>
#include <terrarium.h>

int main(int argc, char **argv)
{
    uint64_t key = 0, va = 0;

    (void)argc;
    (void)argv;
    for (int i = 0; i < 3; i++) {
        int64_t pipe = tr_pipe_create(&key);
        printf("pipe %d key %016llx\n", (int)(pipe > 0), (unsigned long long)key);
        int64_t memory = tr_shared_create(1, TR_READ, 0, &key, &va);
        printf("shared %d key %016llx\n", (int)(memory > 0), (unsigned long long)key);
    }
    int64_t before = tr_clock();
    for (uint64_t guess = 1; guess <= 12; guess++) {
        int64_t result = guess % 2 == 0 ? tr_pipe_join(1000 + guess, guess)
                                        : tr_shared_join(1000 + guess, guess, 0, TR_READ, &va);
        if (result != TR_E_ACCES) {
            printf("guess %d gave %s\n", (int)guess, tr_error_name(result));
        }
    }
    printf("%s\n", tr_clock() - before >= 15000000 ? "slowed" : "not slowed");
    return 0;
}
