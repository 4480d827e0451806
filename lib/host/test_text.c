/* SPDX-License-Identifier: MIT */
/* Texts are wrapped once, between words (services.md 2.1). */

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/host/chance.h"
#include "lib/host/guest.h"

static char lines[1 << 16];
static size_t size;

static void put(void *to, const char *bytes, size_t count)
{
    assert_ptr_equal(to, lines);
    assert_true(size + count < sizeof(lines));
    memcpy(lines + size, bytes, count);
    size += count;
    lines[size] = '\0';
}

static const char *wrapped(const char *text, int columns)
{
    size = 0;
    lines[0] = '\0';
    guest_tru_text_wrap(text, columns, put, lines);
    return lines;
}

static void a_line_is_never_as_wide_as_the_terminal(void **state)
{
    (void)state;
    assert_string_equal(wrapped("aaaa bbbb cccc", 15), "aaaa bbbb cccc\n");
    assert_string_equal(wrapped("aaaa bbbb cccc", 14), "aaaa bbbb\ncccc\n");
    assert_string_equal(wrapped("aaaa bbbb\ncccc", 15), "aaaa bbbb\ncccc\n");
    assert_string_equal(wrapped("", 15), "");
    assert_string_equal(wrapped("a\n\nb", 15), "a\n\nb\n");
}

static void a_letter_of_many_bytes_is_one(void **state)
{
    (void)state;
    assert_string_equal(wrapped("äöü… äöü… äöü…", 15), "äöü… äöü… äöü…\n");
    assert_string_equal(wrapped("äöüäöüäöüäöü", 10), "äöüäöüäöü\näöü\n");
}

static void a_wide_letter_takes_two_columns(void **state)
{
    (void)state;
    assert_string_equal(wrapped("中文字中文字", 10), "中文字中\n文字\n");
    assert_string_equal(wrapped("a\tone\n中文\tfour", 30), "a     one\n中文  four\n");
    assert_string_equal(wrapped("e\u0301e\u0301e\u0301e\u0301 abcd", 10),
                        "e\u0301e\u0301e\u0301e\u0301 abcd\n");
}

static void a_line_goes_on_below_its_beginning(void **state)
{
    (void)state;
    assert_string_equal(wrapped("  aaaa bbbb cccc", 14), "  aaaa bbbb\n  cccc\n");
    assert_string_equal(wrapped("a\tone two three\nbcd\tfour", 16),
                        "a    one two\n     three\nbcd  four\n");
    assert_string_equal(wrapped("a\tone\nbcd\t", 30), "a    one\nbcd\n");
    assert_string_equal(wrapped("a\tone\nno term\nbcd\tfour", 30), "a  one\nno term\nbcd  four\n");
}

static void terms_without_room_stand_above(void **state)
{
    (void)state;
    assert_string_equal(wrapped("a\tone\nbcdefgh ij\ttwo", 20),
                        "a\n    one\nbcdefgh ij\n    two\n");
}

/* Letters of any kind: no line is too wide, and without blanks the text is what it was. */
static void any_text_loses_no_letter(void **state)
{
    static const char *const pieces[] = {"a",  "bc", "ä",  "…",      "中", " ",
                                         "  ", "\n", "\t", "longer", "."};
    char text[200], left[200];

    (void)state;
    for (int round = 0; round < 20000; round++) {
        int columns = 1 + (int)(random_word() % 40);
        text[0] = '\0';
        for (uint64_t i = random_word() % 30; i > 0; i--) {
            strcat(text, pieces[random_word() % COUNT(pieces)]);
        }
        wrapped(text, columns);
        size_t kept = 0;
        int column = 0;
        for (const char *at = lines; *at != '\0'; at++) {
            column = *at == '\n' ? 0 : column + ((*at & 0xc0) != 0x80);
            column += (*at & 0xff) == 0xe4; /* of the wide one */
            if (column >= (columns < 10 ? 10 : columns)) {
                fail_msg("%d columns, of \"%s\": \"%s\"", columns, text, lines);
            }
            if (strchr(" \n\t", *at) == NULL) {
                left[kept++] = *at;
            }
        }
        left[kept] = '\0';
        kept = 0;
        for (const char *at = text; *at != '\0'; at++) {
            if (strchr(" \n\t", *at) == NULL) {
                text[kept++] = *at;
            }
        }
        text[kept] = '\0';
        assert_string_equal(left, text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_never_as_wide_as_the_terminal),
        cmocka_unit_test(a_letter_of_many_bytes_is_one),
        cmocka_unit_test(a_wide_letter_takes_two_columns),
        cmocka_unit_test(a_line_goes_on_below_its_beginning),
        cmocka_unit_test(terms_without_room_stand_above),
        cmocka_unit_test(any_text_loses_no_letter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
