/* SPDX-License-Identifier: MIT */
/* The note of a program file. Invariant: a range is looked at only when it is known to lie inside
 * the bytes it is said to be a part of. Sums cannot run over: they are of 64 bits, a place inside
 * the file and sizes of 32 bits. */

#include <stdbool.h>
#include <string.h>
#include <terrarium/elf64.h>

#include "about.h"

#define HEADERS_MOST 64
#define NOTES_MOST   64

/* Bytes that are known to be there. */
struct bytes {
    const unsigned char *at;
    uint64_t size;
};

/* Copies a head out of the bytes; they may lie at any address. False: they do not hold it. */
static bool head_read(struct bytes bytes, uint64_t offset, void *head, uint64_t size)
{
    if (offset > bytes.size || size > bytes.size - offset) {
        return false;
    }
    memcpy(head, bytes.at + offset, size);
    return true;
}

static uint64_t text_take(struct bytes words, char text[TR_ABOUT_MAX])
{
    if (words.size < 2 || words.size > TR_ABOUT_MAX + 1 || words.at[words.size - 1] != '\0' ||
        words.at[0] == ' ') {
        return 0;
    }
    for (uint64_t i = 0; i < words.size - 1; i++) {
        if (words.at[i] < 0x20 || words.at[i] > 0x7e) {
            return 0;
        }
    }
    memcpy(text, words.at, words.size - 1);
    return words.size - 1;
}

static uint64_t padded(uint32_t size)
{
    return ((uint64_t)size + 3) / 4 * 4;
}

static bool is_own(struct bytes notes, uint64_t name_at, const struct elf_note *note)
{
    return note->type == TR_ABOUT_TYPE && note->name_size == sizeof TR_ABOUT_NAME &&
           memcmp(notes.at + name_at, TR_ABOUT_NAME, sizeof TR_ABOUT_NAME) == 0;
}

/* Looks through the notes of a segment. True: the one that counts was there, good or not. */
static bool notes_search(struct bytes notes, char text[TR_ABOUT_MAX], uint64_t *size)
{
    struct elf_note note;
    uint64_t at = 0;

    for (int i = 0; i < NOTES_MOST && head_read(notes, at, &note, sizeof note); i++) {
        uint64_t name_at = at + sizeof note;
        uint64_t text_at = name_at + padded(note.name_size);
        if (text_at > notes.size || note.text_size > notes.size - text_at) {
            return false;
        }
        if (is_own(notes, name_at, &note)) {
            *size = text_take((struct bytes){notes.at + text_at, note.text_size}, text);
            return true;
        }
        at = text_at + padded(note.text_size);
    }
    return false;
}

uint64_t about_find(const void *image, uint64_t size, char text[TR_ABOUT_MAX])
{
    static const unsigned char identity[] = {0x7f, 'E', 'L', 'F', 2, 1};
    struct bytes file = {image, size};
    struct elf_header head;
    struct elf_program segment;
    uint64_t found = 0;

    if (!head_read(file, 0, &head, sizeof head) || memcmp(&head, identity, sizeof identity) != 0 ||
        head.program_size != sizeof segment || head.program_offset > size) {
        return 0;
    }
    for (uint64_t i = 0; i < head.program_count && i < HEADERS_MOST; i++) {
        if (!head_read(file, head.program_offset + i * sizeof segment, &segment, sizeof segment)) {
            return 0;
        }
        bool is_inside = segment.offset <= size && segment.file_size <= size - segment.offset;
        if (segment.type == ELF_NOTE && is_inside &&
            notes_search((struct bytes){file.at + segment.offset, segment.file_size}, text,
                         &found)) {
            return found;
        }
    }
    return 0;
}
