/* SPDX-License-Identifier: MIT */
/* The asking half of the message example: calls `pong` many times and tells how long a call and its
 * reply took. Usage: pong & ping [ROUNDS] */

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <terrarium.h>
#include <terrarium/message.h>

#include "ball.h"

TR_PROGRAM_ABOUT("asks pong many times and tells how long it took");

#define PARTNER_NS UINT64_C(1000000000) /* how long pong may take to appear */

/* Hits the ball to pong and waits until it comes back. */
static bool play(uint64_t pong, struct ball *ball)
{
    uint64_t hits = ++ball->hits;
    int64_t size = tr_message_call(pong, ball, sizeof *ball, ball, sizeof *ball, TR_FOREVER);

    if (size < 0) {
        tru_perror("ping: the call of pong", size);
        return false;
    }
    return size == sizeof *ball && ball->hits == hits + 1;
}

int main(int argc, char **argv)
{
    unsigned long rounds = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000;
    struct ball ball = {.text = "made of 64 bytes"};
    int64_t pong = tru_service_find(PONG_NAME, PARTNER_NS);

    if (pong < 0 || rounds == 0) {
        fprintf(stderr, "ping: there is nobody to play with, or nothing: pong & ping [ROUNDS]\n");
        return 1;
    }
    int64_t start = tr_clock();
    for (unsigned long i = 0; i < rounds; i++) {
        if (!play((uint64_t)pong, &ball)) {
            return 1;
        }
    }
    uint64_t time = (uint64_t)(tr_clock() - start);
    printf("ping: %lu rounds, %lu hits, %lu ns a round\n", rounds, ball.hits, time / rounds);
    /* An empty call is good-bye. */
    return tr_message_call((uint64_t)pong, NULL, 0, NULL, 0, TR_FOREVER) < 0;
}
