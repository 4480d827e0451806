/* SPDX-License-Identifier: MIT */
/* Asks a service for one thing, and prints how that went. Of a program that it has had started it
 * waits for the end. The words are joined by zero bytes behind the request.
 * usage: asker SERVICE OPERATION ARGUMENT FLAGS [WORD…] */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <terrarium.h>
#include <terrarium/message.h>
#include <terrarium/service/init.h>

static void await(uint64_t pid)
{
    struct tr_event event = {0};

    tr_process_watch(pid, 0);
    while (event.kind != TR_EVENT_PROCESS_EXIT && tr_event_wait(&event, TR_FOREVER) == 1) {
        if (event.kind == TR_EVENT_MESSAGE) {
            tr_message_discard(event.object);
        }
    }
}

int main(int argc, char **argv)
{
    char bytes[256] = "", answer[TRU_ANSWER_MAX];
    size_t size = 0;

    if (argc < 5) {
        return 2;
    }
    for (int i = 5; i < argc; i++) {
        size += strlcpy(bytes + size, argv[i], sizeof bytes - size);
        bytes[size] = i == 5 ? '\0' : ' ';
        size += i + 1 < argc;
    }
    struct tru_request request = {
        .pid = (uint64_t)tr_process_find(argv[1], 0),
        .request = {.operation = (uint32_t)atoi(argv[2]),
                    .flags = (uint32_t)atoi(argv[4]),
                    .argument = strtoul(argv[3], NULL, 10)},
        .bytes = bytes,
        .size = size,
        .answer = answer,
        .capacity = sizeof answer,
    };
    int64_t result = tru_request(&request);
    printf("asked %s: %s\n", argv[2], result < 0 ? tr_error_name(result) : "done");
    fflush(stdout);
    if (result > 0 && request.request.operation == TR_INIT_RUN) {
        await((uint64_t)result);
    }
    return 0;
}
