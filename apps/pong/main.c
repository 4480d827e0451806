/* SPDX-License-Identifier: MIT */
/* The answering half of the message example: sends back what `ping` sends, until `ping` says bye
 * with an empty call. Start it first: `pong & ping`.
 *
 * tr_message_reply_wait answers the last call and waits for the next event in one call, and brings
 * a short body along: one crossing into the kernel a message. */

#include <stdio.h>
#include <terrarium.h>

int main(void)
{
    struct tr_event event;
    char body[256];
    uint64_t to_answer = 0; /* the call that waits for its reply; 0: none yet */
    uint64_t size = 0;
    unsigned long count = 0;

    for (;;) {
        int64_t result = tr_message_reply_wait(to_answer, body, size, &event, body, sizeof body);
        if (result < 0) {
            return 1;
        }
        to_answer = 0;
        size = 0;
        if (event.kind == TR_EVENT_SAVE_STATE) {
            tr_system_saved();
        } else if (event.kind == TR_EVENT_MESSAGE && (event.flags & TR_EVENT_CALL) == 0) {
            tr_message_discard(event.object);
        } else if (event.kind == TR_EVENT_MESSAGE && event.size == 0) {
            tr_message_reply(event.object, NULL, 0);
            printf("pong: %lu calls answered\n", count);
            return 0;
        } else if (event.kind == TR_EVENT_MESSAGE) {
            to_answer = event.object;
            size = (uint64_t)result;
            count++;
        }
    }
}
