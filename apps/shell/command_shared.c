/* SPDX-License-Identifier: MIT */
/* `shm`: shared memory. Nobody may list what others share: a shared memory is there for its members
 * alone, and who knows id and key may become one. So the shell shows those it is a member of
 * itself, and can make, join, read, write and leave them. */

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <terrarium.h>

#include "command.h"
#include "page.h"
#include "shell.h"

#define SHARED_MOST 16
#define ROW_BYTES   16
#define DUMP_BYTES  64 /* unless it is told how many */

static struct shared {
    uint64_t id, key, pages; /* id 0: free */
    unsigned char *memory;
} list[SHARED_MOST];

static struct shared *shared_at(uint64_t id)
{
    for (size_t i = 0; i < SHARED_MOST; i++) {
        if (list[i].id == id) {
            return &list[i];
        }
    }
    return NULL;
}

/* The memory that a word names; NULL after a complaint. */
static struct shared *shared_of(const char *word)
{
    uint64_t id;
    struct shared *shared = number_read(word, &id) && id != 0 ? shared_at(id) : NULL;

    if (shared == NULL) {
        refuse("shm: %s: this shell is in no such shared memory", word);
    }
    return shared;
}

static void list_row(const struct shared *shared, const struct tr_shared_info *info, bool narrow)
{
    const char rights[] = {(info->prot & TR_READ) != 0 ? 'r' : '-',
                           (info->prot & TR_WRITE) != 0 ? 'w' : '-',
                           (info->prot & TR_EXECUTE) != 0 ? 'x' : '-', '\0'};

    tell("%4" PRIu64 " %5" PRIu64 " ", shared->id, info->pages);
    if (narrow) {
        tell("%s %" PRIu64 "\n", rights, shared->key);
    } else {
        tell("%7" PRIu64 " %s         %" PRIu64 "\n", info->members, rights, shared->key);
    }
}

static int list_print(void)
{
    bool narrow = is_narrow();
    bool is_any = false;

    for (size_t i = 0; i < SHARED_MOST; i++) {
        struct tr_shared_info info;
        if (list[i].id == 0 || tr_shared_info(list[i].id, &info) < 0) {
            continue;
        }
        if (!is_any) {
            tell(narrow ? "  ID PAGES MAY KEY\n" : "  ID PAGES MEMBERS OTHERS MAY  KEY\n");
        }
        is_any = true;
        list_row(&list[i], &info, narrow);
    }
    if (!is_any) {
        tell_sentence("This shell is in no shared memory, and sees no other's (help shm).");
    }
    return 0;
}

static struct shared *shared_free(void)
{
    struct shared *shared = shared_at(0);

    if (shared == NULL) {
        refuse("shm: the shell is in %d already; leave one", SHARED_MOST);
    }
    return shared;
}

static int shared_make(const char *word)
{
    struct shared *shared = shared_free();
    uint64_t pages, va = 0;

    if (shared == NULL) {
        return 1;
    }
    if (!number_read(word, &pages)) {
        return command_misused("shm");
    }
    int64_t id = tr_shared_create(pages, TR_READ | TR_WRITE, 0, &shared->key, &va);
    if (id < 0) {
        return complain("shm", "cannot be made", id);
    }
    shared->id = (uint64_t)id;
    shared->pages = pages;
    shared->memory = (unsigned char *)va;
    printf("id %" PRIu64 " key %" PRIu64 "\n", shared->id, shared->key);
    return 0;
}

static int shared_join(const char *id_word, const char *key_word)
{
    struct shared *shared = shared_free();
    uint64_t id, key, va = 0;

    if (shared == NULL) {
        return 1;
    }
    if (!number_read(id_word, &id) || !number_read(key_word, &key)) {
        return command_misused("shm");
    }
    int64_t pages = tr_shared_join(id, key, 0, TR_READ | TR_WRITE, &va);
    if (pages == TR_E_PERM) {
        pages = tr_shared_join(id, key, 0, TR_READ, &va);
    }
    if (pages < 0) {
        return complain("shm", id_word, pages);
    }
    *shared = (struct shared){id, key, (uint64_t)pages, (unsigned char *)va};
    return 0;
}

static int shared_leave(const char *word)
{
    struct shared *shared = shared_of(word);

    if (shared == NULL) {
        return 1;
    }
    int64_t result = tr_shared_release(shared->id);
    *shared = (struct shared){0};
    return result < 0 ? complain("shm", word, result) : 0;
}

/* A place in the memory; false after a complaint if `size` bytes there are not all inside. */
static bool place_read(const struct shared *shared, const char *word, uint64_t size,
                       uint64_t *place)
{
    uint64_t all = shared->pages * TR_PAGE_SIZE;

    if (!number_read(word, place) || *place > all || size > all - *place) {
        refuse("shm: %s: the memory has %" PRIu64 " bytes", word, all);
        return false;
    }
    return true;
}

static int shared_write(const char *id_word, const char *place_word, const char *text)
{
    struct shared *shared = shared_of(id_word);
    uint64_t place;

    if (shared == NULL || !place_read(shared, place_word, strlen(text), &place)) {
        return 1;
    }
    struct tr_shared_info info;
    int64_t result = tr_shared_info(shared->id, &info);
    if (result < 0 || (info.prot & TR_WRITE) == 0) {
        return complain("shm", id_word, result < 0 ? result : TR_E_PERM);
    }
    memcpy(shared->memory + place, text, strlen(text));
    return 0;
}

static void row_print(const unsigned char *row, uint64_t place, uint64_t size, uint64_t width)
{
    tell(width == ROW_BYTES ? "%6" PRIx64 " " : "%4" PRIx64, place);
    for (uint64_t i = 0; i < width; i++) {
        if (i < size) {
            tell(" %02x", row[i]);
        } else {
            tell("   ");
        }
    }
    tell("  ");
    for (uint64_t i = 0; i < size; i++) {
        tell("%c", isprint(row[i]) ? row[i] : '.');
    }
    tell("\n");
}

static int shared_dump(const char *id_word, const char *place_word)
{
    struct shared *shared = shared_of(id_word);
    uint64_t width = is_narrow() ? ROW_BYTES / 2 : ROW_BYTES;
    uint64_t place;

    if (shared == NULL || !place_read(shared, place_word, 0, &place)) {
        return 1;
    }
    uint64_t left = shared->pages * TR_PAGE_SIZE - place;
    uint64_t end = place + (left < DUMP_BYTES ? left : DUMP_BYTES);
    for (; place < end; place += width) {
        row_print(shared->memory + place, place, end - place < width ? end - place : width, width);
    }
    return 0;
}

int command_shm(int argc, char **argv)
{
    const char *verb = argc > 1 ? argv[1] : "";

    if (argc == 1) {
        return list_print();
    }
    if (strcmp(verb, "make") == 0 && argc == 3) {
        return shared_make(argv[2]);
    }
    if (strcmp(verb, "join") == 0 && argc == 4) {
        return shared_join(argv[2], argv[3]);
    }
    if (strcmp(verb, "leave") == 0 && argc == 3) {
        return shared_leave(argv[2]);
    }
    if (strcmp(verb, "read") == 0 && (argc == 3 || argc == 4)) {
        return shared_dump(argv[2], argc == 4 ? argv[3] : "0");
    }
    if (strcmp(verb, "write") == 0 && argc == 5) {
        return shared_write(argv[2], argv[3], argv[4]);
    }
    return command_misused("shm");
}
