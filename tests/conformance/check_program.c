/* SPDX-License-Identifier: MIT */
/* The end of check.h in a program: `case N` runs a case, `peer OFFSET WORD` a function of this
 * image, given by its distance from a function of this file. A case's process gets the image as its
 * first message, so that it can spawn itself in any class. */

#include "check.h"

#include <string.h>

static const void *image;
static uint64_t image_size;

static uint64_t number_of(const char *text)
{
    uint64_t number = 0;

    while (*text >= '0' && *text <= '9') {
        number = number * 10 + (uint64_t)(*text - '0');
        text++;
    }
    return number;
}

static char *number_to(char *end, uint64_t number)
{
    do {
        end--;
        *end = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    return end;
}

static void receive_image(void)
{
    struct tr_event event;

    check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
    int64_t va =
        tr_memory_allocate((event.size + TR_PAGE_SIZE - 1) / TR_PAGE_SIZE, 0, TR_READ | TR_WRITE);
    CHECK(va > 0);
    image_size = event.size;
    image = (const void *)(uintptr_t)va;
    CHECK_IS(tr_message_read(event.object, (void *)(uintptr_t)va, event.size), event.size);
}

/* Functions of one image keep their distances, so a distance names one in another process. */
static uint64_t distance(int64_t (*function)(uint64_t))
{
    return CHECK_WORD(function) - CHECK_WORD(receive_image);
}

/* "peer DISTANCE WORD" and what follows. */
static uint64_t start(const struct tr_spawn *wanted, int64_t (*function)(uint64_t), uint64_t word,
                      const char *more, uint64_t more_size)
{
    static char text[TR_ARGUMENT_MAX];
    CHECK(more_size <= sizeof text - 64);
    char *end = text + sizeof text - more_size;
    char *at = number_to(end, word);

    memcpy(end, more, more_size);
    at--;
    *at = ' ';
    at = number_to(at, distance(function)) - 5;
    memcpy(at, "peer ", 5);
    struct tr_spawn spawn = *wanted;
    spawn.image = image;
    spawn.image_size = image_size;
    spawn.argument = at;
    spawn.argument_size = (uint64_t)(text + sizeof text - at);
    int64_t pid = tr_process_spawn(&spawn);
    CHECK(image != NULL);
    CHECK_IS(pid > 0 ? 0 : pid, 0);
    return (uint64_t)pid;
}

uint64_t check_start_with(enum tr_class process_class, const char *name,
                          int64_t (*function)(uint64_t), uint64_t word, uint32_t flags)
{
    const struct tr_spawn spawn = {
        .name = name, .process_class = process_class, .flags = flags, .cookie = 0xc00};

    return start(&spawn, function, word, "", 0);
}

uint64_t check_start_argument(const char *name, int64_t (*function)(uint64_t), uint64_t word,
                              const char *more, uint64_t more_size)
{
    const struct tr_spawn spawn = {
        .name = name, .process_class = TR_APPLICATION, .flags = TR_SPAWN_WATCH};

    return start(&spawn, function, word, more, more_size);
}

const void *check_image(uint64_t *size)
{
    *size = image_size;
    return image;
}

static int word_count;
static char **all_words;

int check_words(char ***words)
{
    *words = all_words;
    return word_count;
}

uint64_t check_host_text(void)
{
    CHECK(word_count > 3);
    return number_of(all_words[3]);
}

uint64_t check_host_features(void)
{
    CHECK(word_count > 4);
    return number_of(all_words[4]);
}

const void *check_argument(uint64_t *size)
{
    return tr_argument(size);
}

int main(int argc, char **argv)
{
    CHECK(argc >= 3);
    word_count = argc;
    all_words = argv;
    if (strcmp(argv[1], "case") == 0) {
        receive_image();
        check_cases[number_of(argv[2])].function();
        return 0;
    }
    CHECK(argc >= 4);
    uint64_t address = number_of(argv[2]) + CHECK_WORD(receive_image);
    int64_t (*function)(uint64_t) = (int64_t(*)(uint64_t))(uintptr_t)address;
    return (int)function(number_of(argv[3]));
}
