/* SPDX-License-Identifier: MIT */
/* The shared memory example: processes that count in one word of memory they share.
 *
 * The first `counter` makes the memory and tells its id and key to everybody who asks by message;
 * each further one asks, joins and counts. Who knows the key may join: it is the right to use the
 * memory. The first one ends when as many guests have counted as its argument says.
 *
 * Usage: counter [GUESTS] & counter & counter */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <terrarium.h>

TR_PROGRAM_ABOUT("counts in memory that several of it share");

#define STEPS 30000000 /* long enough for the processor to change hands on the way */

/* What the shared page holds. */
struct board {
    uint64_t count;
    uint64_t finished; /* processes that have counted to their end */
};

/* What a guest is told. */
struct invitation {
    uint64_t id, key;
};

static void count(struct board *board)
{
    for (int i = 0; i < STEPS; i++) {
        /* Another process may be in the middle of its own addition: only an atomic one counts. */
        __atomic_fetch_add(&board->count, 1, __ATOMIC_RELAXED);
    }
    __atomic_fetch_add(&board->finished, 1, __ATOMIC_RELEASE);
}

static int guest(uint64_t host)
{
    struct invitation invitation;
    uint64_t va;
    int64_t result = tr_message_call(host, NULL, 0, &invitation, sizeof invitation, TR_FOREVER);

    if (result == sizeof invitation) {
        result = tr_shared_join(invitation.id, invitation.key, 0, TR_READ | TR_WRITE, &va);
    }
    if (result < 0) {
        tru_perror("counter: the first counter's memory", result);
        return 1;
    }
    struct board *board = (struct board *)va;
    count(board);
    printf("counter %ld: the count is %lu now\n", tr_process_self(NULL),
           __atomic_load_n(&board->count, __ATOMIC_RELAXED));
    /* Leaving is what the host waits for. */
    return tr_shared_release(invitation.id) < 0;
}

static int host(uint64_t guests)
{
    struct invitation invitation;
    struct tr_event event;
    uint64_t va = 0;
    int64_t id = tr_shared_create(1, TR_READ | TR_WRITE, 0, &invitation.key, &va);

    if (id < 0) {
        tru_perror("counter: shared memory", id);
        return 1;
    }
    invitation.id = (uint64_t)id;
    struct board *board = (struct board *)va;
    while (__atomic_load_n(&board->finished, __ATOMIC_ACQUIRE) < guests &&
           tr_event_wait(&event, TR_FOREVER) == 1) {
        if (event.kind == TR_EVENT_MESSAGE) {
            tr_message_reply(event.object, &invitation, sizeof invitation);
        } else if (event.kind == TR_EVENT_SAVE_STATE) {
            tr_system_saved();
        }
    }
    printf("counter: %lu processes counted to %lu\n", board->finished, board->count);
    return board->count == board->finished * STEPS ? 0 : 1;
}

int main(int argc, char **argv)
{
    int64_t first = tr_process_find("a\\counter", 0);

    if (first > 0 && first != tr_process_self(NULL)) {
        return guest((uint64_t)first);
    }
    return host(argc > 1 ? strtoul(argv[1], NULL, 10) : 2);
}
