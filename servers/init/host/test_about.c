/* SPDX-License-Identifier: MIT */
/* What programs say of themselves (services.md 4.1 and 4.3), and what broken and hostile files say:
 * nothing. Each file lies at the end of its memory, so that a byte too many is noticed. */

#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "servers/init/about.h"

#define ROOM 4096

/* A file: head, two program heads, notes. */
struct file {
    Elf64_Ehdr head;
    Elf64_Phdr segments[2];
    unsigned char notes[2048];
};
static struct file file;
static uint64_t notes_size;
static unsigned char *room; /* a page, and none behind it */

static int set_up(void **state)
{
    (void)state;
    room = mmap(NULL, 2 * ROOM, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (room == MAP_FAILED || mprotect(room + ROOM, ROOM, PROT_NONE) != 0) {
        return -1;
    }
    memset(&file, 0, sizeof(file));
    notes_size = 0;
    memcpy(file.head.e_ident, "\177ELF\2\1", 6);
    file.head.e_phoff = offsetof(struct file, segments);
    file.head.e_phentsize = sizeof(Elf64_Phdr);
    file.head.e_phnum = 2;
    file.segments[0].p_type = PT_LOAD;
    file.segments[0].p_filesz = sizeof(file);
    file.segments[1].p_type = PT_NOTE;
    file.segments[1].p_offset = offsetof(struct file, notes);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return munmap(room, 2 * ROOM);
}

static void note_add(const char *name, uint32_t type, const void *text, uint32_t size)
{
    Elf64_Nhdr head = {(uint32_t)strlen(name) + 1, size, type};
    memcpy(file.notes + notes_size, &head, sizeof(head));
    memcpy(file.notes + notes_size + sizeof(head), name, head.n_namesz);
    notes_size += sizeof(head) + (head.n_namesz + 3) / 4 * 4;
    memcpy(file.notes + notes_size, text, size);
    notes_size += (size + 3) / 4 * 4;
    file.segments[1].p_filesz = notes_size;
}

static const char *said_by(const void *image, uint64_t size)
{
    static char text[TR_ABOUT_MAX + 1];
    unsigned char *at = room + ROOM - size;
    memcpy(at, image, size);
    uint64_t length = about_find(at, size, text);
    assert_true(length <= TR_ABOUT_MAX);
    text[length] = '\0';
    return text;
}

/* Of the file, which ends behind its notes. */
static const char *said(void)
{
    return said_by(&file, offsetof(struct file, notes) + notes_size);
}

static void a_program_says_what_it_does(void **state)
{
    (void)state;
    note_add("GNU", 3, "0123456789", 10);
    note_add("Terrarium", 2, "another kind", 13);
    note_add("Terrariun", 1, "another owner", 14);
    assert_string_equal(said(), "");
    note_add("Terrarium", 1, "says hello", 11);
    note_add("Terrarium", 1, "says more", 10);
    assert_string_equal(said(), "says hello");
}

static void a_text_has_1_to_60_letters(void **state)
{
    (void)state;
    char text[80];
    for (uint32_t length = 0; length < 70; length++) {
        notes_size = 0;
        memset(text, 'x', sizeof(text));
        text[length] = '\0';
        note_add("Terrarium", 1, text, length + 1);
        assert_int_equal(strlen(said()), length <= 60 ? length : 0);
    }
}

/* Any byte but a letter, in any place, also a zero byte too early; a text without one at its end.
 */
static void a_text_of_other_bytes_is_none(void **state)
{
    (void)state;
    for (int byte = 0; byte < 256; byte++) {
        for (size_t place = 0; place < 4; place++) {
            char text[] = "abcd";
            bool is_good = byte > 0x20 && byte < 0x7f;
            text[place] = (char)byte;
            notes_size = 0;
            note_add("Terrarium", 1, text, sizeof(text));
            is_good |= byte == 0x20 && place > 0;
            assert_string_equal(said(), is_good ? text : "");
        }
    }
    notes_size = 0;
    note_add("Terrarium", 1, "abcd", 4);
    assert_string_equal(said(), "");
    notes_size = 0;
    note_add("Terrarium", 1, "", 0);
    assert_string_equal(said(), "");
}

static void the_first_note_counts_though_it_is_bad(void **state)
{
    (void)state;
    note_add("Terrarium", 1, "\033[31mred", 9);
    note_add("Terrarium", 1, "says hello", 11);
    assert_string_equal(said(), "");
}

static void a_file_that_is_cut_anywhere_says_nothing(void **state)
{
    (void)state;
    note_add("Terrarium", 1, "says hello!", 12);
    uint64_t whole = offsetof(struct file, notes) + notes_size;
    for (uint64_t size = 0; size < whole; size++) {
        assert_string_equal(said_by(&file, size), "");
    }
    assert_string_equal(said(), "says hello!");
    assert_string_equal(said_by("#!/bin/sh\n", 10), "");
}

/* Every word of the heads and of the note in turn with every number that is worth trying. */
static void no_number_leads_out_of_the_file(void **state)
{
    (void)state;
    static const uint64_t numbers[] = {0,          1,          3,
                                       0x7fffffff, 0x80000000, 0xfffffffc,
                                       0xffffffff, INT64_MAX,  UINT64_MAX - 3,
                                       UINT64_MAX, ROOM,       UINT64_MAX - ROOM};
    note_add("GNU", 3, "0123456789", 10);
    note_add("Terrarium", 1, "says hello", 11);
    uint64_t size = offsetof(struct file, notes) + notes_size;
    struct file good = file;
    for (size_t place = 0; place + 8 <= size; place += 2) {
        for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
            for (size_t width = 2; width <= 8; width *= 2) {
                memcpy((unsigned char *)&file + place, &numbers[i], width);
                const char *text = said_by(&file, size);
                assert_true(strspn(text, "says hello") == strlen(text) || place > size - 20);
                file = good;
            }
        }
    }
}

/* As many heads and notes as fit: few of them are looked at. */
static void many_heads_and_notes_cost_little(void **state)
{
    (void)state;
    for (int i = 0; i < 64; i++) {
        note_add("", 0, "", 0);
    }
    note_add("Terrarium", 1, "says hello", 11);
    assert_string_equal(said(), "");
    notes_size = 0;
    for (int i = 0; i < 63; i++) {
        note_add("", 0, "", 0);
    }
    note_add("Terrarium", 1, "says hello", 11);
    file.head.e_phnum = 0xffff;
    assert_string_equal(said(), "says hello");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
        TEST(a_program_says_what_it_does),
        TEST(a_text_has_1_to_60_letters),
        TEST(a_text_of_other_bytes_is_none),
        TEST(the_first_note_counts_though_it_is_bad),
        TEST(a_file_that_is_cut_anywhere_says_nothing),
        TEST(no_number_leads_out_of_the_file),
        TEST(many_heads_and_notes_cost_little),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
