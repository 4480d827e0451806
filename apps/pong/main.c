/* SPDX-License-Identifier: MIT */
/* The answering half of the message example: a server in small. It hits back each ball that it gets
 * and ends with the first call that brings none. Usage: pong & ping */

#include <stdio.h>
#include <terrarium.h>

#include "ball.h"

TR_PROGRAM_ABOUT("answers ping");

int main(void)
{
    struct tr_event event;
    struct ball ball;
    uint64_t caller = 0; /* the call that waits for its reply; 0: none */
    unsigned long count = 0;

    for (;;) {
        /* Answers the last call and waits for the next one: one crossing into the kernel. */
        int64_t size = tr_message_reply_wait(caller, &ball, caller != 0 ? sizeof ball : 0, &event,
                                             &ball, sizeof ball);
        if (size < 0) {
            tru_perror("pong: waiting", size);
            return 1;
        }
        caller = 0;
        if (event.kind == TR_EVENT_SAVE_STATE) {
            tr_system_saved();
        } else if (event.kind != TR_EVENT_MESSAGE) {
            continue;
        } else if ((event.flags & TR_EVENT_CALL) == 0) {
            tr_message_discard(event.object);
        } else if (size == sizeof ball) {
            ball.hits++;
            count++;
            caller = event.object;
        } else {
            tr_message_reply(event.object, NULL, 0);
            printf("pong: %lu balls came and went\n", count);
            return 0;
        }
    }
}
