/* SPDX-License-Identifier: MIT */
/* The same work between two threads of GNU Pth: message ports, and yields. Orders and answers are
 * those of inside.c, with "yield COUNT" instead of "spawn". */

#include <pth.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIZE_MOST 65536

struct letter {
    pth_message_t head; /* first: what the ports carry */
    size_t size;
    char body[SIZE_MOST];
};

static pth_msgport_t server_port, client_port;
static char server_bytes[SIZE_MOST], client_bytes[SIZE_MOST];
static int turning;

static struct letter *next_letter(pth_event_t event, pth_msgport_t port)
{
    pth_message_t *head;

    while ((head = pth_msgport_get(port)) == NULL) {
        (void)pth_wait(event);
    }
    return (struct letter *)head;
}

/* Takes the body out and puts its own in, as one who does not trust the sender's memory. */
static void *serve(void *unused)
{
    pth_event_t event = pth_event(PTH_EVENT_MSG, server_port);

    (void)unused;
    for (;;) {
        struct letter *letter = next_letter(event, server_port);
        memcpy(server_bytes, letter->body, letter->size);
        memcpy(letter->body, server_bytes, letter->size);
        (void)pth_msgport_reply(&letter->head);
    }
    return NULL;
}

static int rounds(size_t size, unsigned long count)
{
    static struct letter letter;
    pth_event_t event = pth_event(PTH_EVENT_MSG, client_port);

    if (size > SIZE_MOST) {
        return 0;
    }
    for (unsigned long i = 0; i < count; i++) {
        letter.head.m_replyport = client_port;
        letter.size = size;
        memcpy(letter.body, client_bytes, size);
        if (!pth_msgport_put(server_port, &letter.head)) {
            return 0;
        }
        const struct letter *reply = next_letter(event, client_port);
        memcpy(client_bytes, reply->body, size);
    }
    (void)pth_event_free(event, PTH_FREE_THIS);
    return 1;
}

static void *turn(void *unused)
{
    while (turning) {
        (void)pth_yield(NULL);
    }
    return unused;
}

/* Two threads in turn: `count` switches. */
static int yields(unsigned long count)
{
    turning = 1;
    pth_t other = pth_spawn(PTH_ATTR_DEFAULT, turn, NULL);
    for (unsigned long i = 0; i < count / 2; i++) {
        (void)pth_yield(NULL);
    }
    turning = 0;
    return other != NULL && pth_join(other, NULL);
}

static int obey(const char *line)
{
    size_t size;
    unsigned long count;

    if (sscanf(line, "round %zu %lu", &size, &count) == 2) {
        return rounds(size, count);
    }
    return sscanf(line, "yield %lu", &count) == 1 && yields(count);
}

int main(void)
{
    char line[512];

    if (!pth_init()) {
        return 1;
    }
    server_port = pth_msgport_create("server");
    client_port = pth_msgport_create("client");
    pth_attr_t how = pth_attr_new();
    (void)pth_attr_set(how, PTH_ATTR_JOINABLE, FALSE);
    if (pth_spawn(how, serve, NULL) == NULL) {
        return 1;
    }
    puts("peer: ready");
    (void)fflush(stdout);
    while (fgets(line, sizeof line, stdin) != NULL && strncmp(line, "end", 3) != 0) {
        puts(obey(line) ? "peer: done" : "peer: failed");
        (void)fflush(stdout);
    }
    return 0;
}
