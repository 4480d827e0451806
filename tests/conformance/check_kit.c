/* SPDX-License-Identifier: MIT */
/* The end of check.h in the kit: peers are functions of this host program. */

#include "check_kit.h"

struct tr_kit *check_kit;

struct peer {
    int64_t (*function)(uint64_t);
    uint64_t word;
};
/* Peers of the case that runs; their records live until its end. */
static struct peer peers[1024];
static size_t peer_count;

void check_kit_begin(const struct tr_kit_options *options)
{
    peer_count = 0;
    check_kit = tr_kit_create(options);
}

static int64_t run_peer(void *argument)
{
    const struct peer *peer = argument;

    return peer->function(peer->word);
}

uint64_t check_start_with(enum tr_class process_class, const char *name,
                          int64_t (*function)(uint64_t), uint64_t word, uint32_t flags)
{
    CHECK(peer_count < sizeof peers / sizeof peers[0]);
    struct peer *peer = &peers[peer_count];
    peer_count++;
    *peer = (struct peer){function, word};
    int64_t pid =
        tr_kit_process_try(check_kit, process_class, name, run_peer, peer, flags, check_self());
    CHECK_IS(pid > 0 ? 0 : pid, 0);
    return (uint64_t)pid;
}

/* There are no images in the kit. */
const void *check_image(uint64_t *size)
{
    *size = 0;
    return NULL;
}

int check_words(char ***words)
{
    *words = NULL;
    return 0;
}

uint64_t check_host_features(void)
{
    CHECK(false);
    return 0;
}

uint64_t check_host_text(void)
{
    return CHECK_WORD(check_words);
}

const void *check_argument(uint64_t *size)
{
    return check_image(size);
}

uint64_t check_start_argument(const char *name, int64_t (*function)(uint64_t), uint64_t word,
                              const char *more, uint64_t more_size)
{
    (void)more;
    (void)more_size;
    return check_start(TR_APPLICATION, name, function, word);
}

int64_t check_kit_case(void *argument)
{
    const struct check_case *row = argument;

    row->function();
    return 0;
}
