/* SPDX-License-Identifier: MIT */
/* For test_waits.sh: `waiter NAME` calls the process of this full name, which never answers;
 * `waiter` alone takes events for ever, `waiter pipe` for bytes in a pipe that nobody else has. */

#include <stdint.h>
#include <string.h>
#include <terrarium.h>
#include <terrarium/message.h>

int main(int argc, char **argv)
{
    struct tr_event event;
    uint64_t key;
    char byte;

    if (argc == 1) {
        while (tr_event_wait(&event, TR_FOREVER) == 1) {
        }
    }
    if (strcmp(argv[1], "pipe") == 0) {
        return (int)tr_pipe_read((uint64_t)tr_pipe_create(&key), &byte, 1, 0);
    }
    int64_t pid = tru_service_find(argv[1], UINT64_C(1000000000));
    return (int)tr_message_call((uint64_t)pid, "?", 1, NULL, 0, TR_FOREVER);
}
