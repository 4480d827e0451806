/* SPDX-License-Identifier: MIT */
/* Strings and the words of an argument, and what is small: sorting, jumps, names of errors. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/host/guest.h"
#include "lib/include/terrarium/line.h"

static void strings_are_searched_and_split(void **state)
{
    char text[] = "  one two,three ";
    char *rest;
    char buffer[8];

    (void)state;
    assert_string_equal(guest_strstr("a kernel under glass", "under"), "under glass");
    assert_null(guest_strstr("abc", "abcd"));
    assert_string_equal(guest_strstr("abc", ""), "abc");
    assert_string_equal(guest_strrchr("a\\b\\c", '\\'), "\\c");
    assert_string_equal(guest_strchr("abc", '\0'), "");
    assert_string_equal(guest_strtok_r(text, " ,", &rest), "one");
    assert_string_equal(guest_strtok_r(NULL, " ,", &rest), "two");
    assert_string_equal(guest_strtok_r(NULL, " ,", &rest), "three");
    assert_null(guest_strtok_r(NULL, " ,", &rest));
    assert_int_equal(guest_strlcpy(buffer, "0123456789", sizeof buffer), 10);
    assert_string_equal(buffer, "0123456");
    guest_strlcpy(buffer, "abc", sizeof buffer);
    assert_int_equal(guest_strlcat(buffer, "defgh", sizeof buffer), 8);
    assert_string_equal(buffer, "abcdefg");
    assert_true(guest_strcmp("\xff", "a") > 0);
    assert_ptr_equal(guest_stpcpy(buffer, "abc"), buffer + 3);
    assert_string_equal(guest_strcasestr("a Kernel", "kER"), "Kernel");
    assert_null(guest_strcasestr("a Kernel", "kernels"));
    char row[] = "a,,b";
    rest = row;
    assert_string_equal(guest_strsep(&rest, ",;"), "a");
    assert_string_equal(guest_strsep(&rest, ",;"), "");
    assert_string_equal(guest_strsep(&rest, ",;"), "b");
    assert_null(guest_strsep(&rest, ",;"));
    char *made = NULL;
    assert_int_equal(guest_asprintf(&made, "%d %s", 7, "dwarfs"), 8);
    assert_string_equal(made, "7 dwarfs");
    guest_free(made);
    assert_int_equal(guest_strcasecmp("KerNel", "kernel"), 0);
}

/* Lines of a text, with '|' between them. */
static void assert_lines(const char *text, size_t size, const char *expected)
{
    struct tru_lines lines;
    char copy[64], found[64] = "";

    memcpy(copy, text, size);
    guest_tru_lines_begin(&lines, copy, size);
    for (char *line; (line = guest_tru_lines_next(&lines)) != NULL;) {
        strcat(found, line);
        strcat(found, lines.has_zero ? "0|" : "|");
    }
    assert_string_equal(found, expected);
}
#define ASSERT_LINES(text, expected) assert_lines(text, sizeof text - 1, expected)

static void texts_are_lines_whatever_ends_them(void **state)
{
    size_t next = 7;

    (void)state;
    ASSERT_LINES("", "");
    ASSERT_LINES("a", "a|");
    ASSERT_LINES("a\nb\n", "a|b|");
    ASSERT_LINES("a\r\nb\r\n", "a|b|");
    ASSERT_LINES("a\rb\rc", "a|b|c|");
    ASSERT_LINES("a\n\rb\r\r\nc\n\n", "a||b||c||");
    ASSERT_LINES("\xef\xbb\xbf"
                 "a\n\xef\xbb\xbf",
                 "a|\xef\xbb\xbf|");
    ASSERT_LINES("\xef\xbb", "\xef\xbb|");
    ASSERT_LINES("a\0b\nc\n", "a0|c|");
    assert_int_equal(guest_tru_line_find("ab", 2, &next), 2);
    assert_int_equal(next, 0);
    assert_int_equal(guest_tru_line_find("ab\r\nc", 5, &next), 2);
    assert_int_equal(next, 4);
    assert_int_equal(guest_tru_line_find("ab\r", 3, &next), 2);
    assert_int_equal(next, 3);
}

static void a_jump_leads_back(void **state)
{
    unsigned long place[24];
    volatile int rounds = 0;

    (void)state;
    int value = guest_setjmp(place);
    if (rounds < 3) {
        assert_int_equal(value, rounds == 0 ? 0 : rounds == 1 ? 1 : 7);
        rounds++;
        guest_longjmp(place, rounds == 1 ? 0 : 7);
    }
    assert_int_equal(value, 7);
}

static int numbers_compare(const void *a, const void *b)
{
    int left = *(const int *)a;
    int right = *(const int *)b;

    return (left > right) - (left < right);
}

static void arrays_are_sorted_and_searched(void **state)
{
    int numbers[257];

    (void)state;
    srand(3);
    for (size_t count = 0; count < COUNT(numbers); count++) {
        for (size_t i = 0; i < count; i++) {
            numbers[i] = rand() % 100;
        }
        guest_qsort(numbers, count, sizeof numbers[0], numbers_compare);
        for (size_t i = 1; i < count; i++) {
            assert_true(numbers[i - 1] <= numbers[i]);
        }
        for (size_t i = 0; i < count; i++) {
            int *found = guest_bsearch(&numbers[i], numbers, count, sizeof(int), numbers_compare);
            assert_non_null(found);
            assert_int_equal(*found, numbers[i]);
        }
        int absent = 100;
        assert_null(guest_bsearch(&absent, numbers, count, sizeof(int), numbers_compare));
    }
}

static void errors_have_names_and_sentences(void **state)
{
    (void)state;
    assert_string_equal(guest_tr_error_name(0), "TR_OK");
    assert_string_equal(guest_tr_error_name(-7), "TR_E_NOENT");
    assert_string_equal(guest_tr_error_name(-16), "TR_E_NOEXEC");
    assert_string_equal(guest_tr_error_name(-17), "TR_E_?");
    assert_string_equal(guest_tr_error_name(1), "TR_E_?");
    assert_string_equal(guest_tr_error_name(INT64_MIN), "TR_E_?");
    for (int64_t error = 5; error > -30; error--) {
        assert_true(strlen(guest_tr_error_text(error)) > 5);
    }
}

static void an_argument_becomes_words(void **state)
{
    static const char text[] = "one  \"two words\"\tth\"ree fo\"ur \"\" \n";
    struct arguments arguments;

    (void)state;
    guest_arguments_parse(text, sizeof text - 1, &arguments);
    assert_int_equal(arguments.count, 5);
    assert_string_equal(arguments.words[0], "tested");
    assert_string_equal(arguments.words[1], "one");
    assert_string_equal(arguments.words[2], "two words");
    assert_string_equal(arguments.words[3], "three four");
    assert_string_equal(arguments.words[4], "");
    assert_null(arguments.words[5]);
    guest_arguments_parse(NULL, 0, &arguments);
    assert_int_equal(arguments.count, 1);
    assert_null(arguments.words[1]);
}

static void assert_rejoined(int count, char *const *words)
{
    char argument[300];
    struct arguments arguments;
    int64_t size = guest_tru_argument_join(argument, sizeof argument, count, words);

    assert_true(size >= 0);
    guest_arguments_parse(argument, (uint64_t)size, &arguments);
    assert_int_equal(arguments.count, count + 1);
    for (int i = 0; i < count; i++) {
        assert_string_equal(arguments.words[i + 1], words[i]);
    }
    assert_int_equal(guest_tru_argument_join(argument, (size_t)size, count, words), size);
    if (size > 0) {
        assert_true(guest_tru_argument_join(argument, (size_t)size - 1, count, words) < 0);
    }
}

static void words_joined_are_the_same_words_again(void **state)
{
    static char *const words[] = {"one",      "two words", "",       "say \"hi\"", "\"",
                                  "a\\shell", "#",         "l1\nl2", "\1\2\"\3",   "it's \t"};
    char random[4][12];
    char *list[4];

    (void)state;
    for (int first = 0; first < (int)COUNT(words); first++) {
        for (int end = first; end <= (int)COUNT(words); end++) {
            assert_rejoined(end - first, words + first);
        }
    }
    srand(6);
    for (int round = 0; round < 20000; round++) {
        for (int i = 0; i < 4; i++) {
            size_t length = (size_t)rand() % sizeof random[i];
            for (size_t k = 0; k < length; k++) {
                int c = rand() % 3 == 0 ? "\" \t\n"[rand() % 4] : rand() % 255 + 1;
                random[i][k] = (char)c;
            }
            random[i][length] = '\0';
            list[i] = random[i];
        }
        assert_rejoined(4, list);
    }
}

static void words_behind_a_zero_connect_streams(void **state)
{
    static const char text[] = "in\0stdin=pipe:12:18446744073709551615";
    struct arguments arguments;

    (void)state;
    guest_arguments_parse(text, sizeof text - 1, &arguments);
    assert_int_equal(arguments.count, 2);
    assert_int_equal(joined_pipe, 12);
    assert_true(joined_key == UINT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_are_searched_and_split),
        cmocka_unit_test(texts_are_lines_whatever_ends_them),
        cmocka_unit_test(a_jump_leads_back),
        cmocka_unit_test(arrays_are_sorted_and_searched),
        cmocka_unit_test(errors_have_names_and_sentences),
        cmocka_unit_test(an_argument_becomes_words),
        cmocka_unit_test(words_joined_are_the_same_words_again),
        cmocka_unit_test(words_behind_a_zero_connect_streams),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
