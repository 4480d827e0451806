/* SPDX-License-Identifier: MIT */
/* The asking half of the message example: calls `pong` many times with 64 bytes and tells how long
 * a call and its reply took. Usage: ping [ROUNDS]. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <terrarium.h>
#include <terrarium/message.h>

#define PARTNER_NS UINT64_C(1000000000) /* how long pong may take to appear */

int main(int argc, char **argv)
{
    unsigned long rounds = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000;
    char question[64], answer[64];
    int64_t pong = tru_service_find("a\\pong", PARTNER_NS);

    if (pong < 0) {
        fprintf(stderr, "ping: there is no pong; start it first: pong & ping\n");
        return 1;
    }
    int64_t start = tr_clock();
    for (unsigned long i = 0; i < rounds; i++) {
        memset(question, (int)(i & 0xff), sizeof question);
        int64_t size = tr_message_call((uint64_t)pong, question, sizeof question, answer,
                                       sizeof answer, TR_FOREVER);
        if (size != sizeof answer || memcmp(question, answer, sizeof answer) != 0) {
            fprintf(stderr, "ping: round %lu: %s\n", i, tr_error_name(size < 0 ? size : 0));
            return 1;
        }
    }
    int64_t time = tr_clock() - start;
    printf("ping: %lu calls, %lu ns each\n", rounds, rounds > 0 ? (unsigned long)time / rounds : 0);
    return tr_message_call((uint64_t)pong, NULL, 0, NULL, 0, TR_FOREVER) < 0;
}
