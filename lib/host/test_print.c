/* SPDX-License-Identifier: MIT */
/* The library prints what the host prints, over many formats and values. */

#include <float.h>
#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include <cmocka.h>

#include "lib/host/chance.h"
#include "lib/host/guest.h"

#pragma GCC diagnostic ignored "-Wformat-nonliteral"

static wchar_t wide_text[40];

static const char *const flag_sets[] = {"", "-", "0", "+", " ", "#", "-+", "0+", "#0", "- #"};
static const char *const widths[] = {"", "1", "7", "23"};
static const char *const precisions[] = {"", ".", ".0", ".3", ".21"};

static void assert_same(const char *format, int mine, const char *text, int theirs,
                        const char *expected)
{
    if (mine != theirs || strcmp(text, expected) != 0) {
        fail_msg("%s: got \"%s\" (%d), expected \"%s\" (%d)", format, text, mine, expected, theirs);
    }
}

static void compare_integer(const char *format, long value)
{
    char mine[200], theirs[200];
    int a = guest_snprintf(mine, sizeof mine, format, value);
    int b = snprintf(theirs, sizeof theirs, format, value);

    assert_same(format, a, mine, b, theirs);
}

static void integers_print_as_the_host_prints_them(void **state)
{
    static const char *const sizes[] = {"hh", "h", "", "l", "ll", "z", "j", "t"};
    static const long values[] = {0,   1,   -1,      42,      -1000,    127,      128,
                                  255, 256, INT_MAX, INT_MIN, LONG_MAX, LONG_MIN, 0xdeadbeef};
    char format[40];

    (void)state;
    for (size_t i = 0; i < COUNT(flag_sets) * COUNT(widths) * COUNT(precisions) * COUNT(sizes) * 6;
         i++) {
        size_t n = i;
        const char *flags = flag_sets[n % COUNT(flag_sets)];
        const char *width = widths[(n /= COUNT(flag_sets)) % COUNT(widths)];
        const char *precision = precisions[(n /= COUNT(widths)) % COUNT(precisions)];
        const char *size = sizes[(n /= COUNT(precisions)) % COUNT(sizes)];
        char letter = "diuxXo"[n / COUNT(sizes)];
        snprintf(format, sizeof format, "<%%%s%s%s%s%c>", flags, width, precision, size, letter);
        for (size_t v = 0; v < COUNT(values); v++) {
            compare_integer(format, values[v]);
        }
    }
}

/* How a number below the normal ones looks in %a is open in ISO C: the host shows its bits. */
static int is_open(const char *format, double value)
{
    return strpbrk(format, "aA") != NULL && fpclassify(value) == FP_SUBNORMAL;
}

static void compare_real(const char *format, double value)
{
    if (is_open(format, value)) {
        return;
    }
    char mine[2000], theirs[2000];
    int a = guest_snprintf(mine, sizeof mine, format, value);
    int b = snprintf(theirs, sizeof theirs, format, value);

    assert_same(format, a, mine, b, theirs);
}

static void reals_print_as_the_host_prints_them(void **state)
{
    static const double values[] = {
        0.0,     -0.0,    1.0,       0.3,      -2.75,    3.14159265358979,
        1e6,     999.996, 1234567,   1.52e-5,  HUGE_VAL, NAN,
        99.9999, 1e15,    0.1,       0.5,      1.5,      2.5,
        9.5,     0.05,    1e100,     DBL_MAX,  DBL_MIN,  5e-324,
        123456,  1e-4,    0.9999995, 1e17 / 3, 1e21,     -HUGE_VAL};
    static const char *const places[] = {"", ".0", ".", ".1", ".3", ".17", ".40"};
    char format[40];

    (void)state;
    for (size_t i = 0; i < COUNT(flag_sets) * COUNT(widths) * COUNT(places) * 8; i++) {
        size_t n = i / COUNT(flag_sets);
        size_t k = n / COUNT(widths);
        snprintf(format, sizeof format, "<%%%s%s%s%c>", flag_sets[i % COUNT(flag_sets)],
                 widths[n % COUNT(widths)], places[k % COUNT(places)],
                 "aefgAEFG"[k / COUNT(places)]);
        /* The host's %#g loses zeros where rounding makes a digit more. */
        if (strchr(format, '#') != NULL && strpbrk(format, "gG") != NULL) {
            continue;
        }
        for (size_t v = 0; v < COUNT(values); v++) {
            compare_real(format, values[v]);
        }
    }
    compare_real("%.1100f", 5e-324);
    compare_real("%.1500e", DBL_MIN);
    compare_real("%.1200g", 0.1);
    compare_real("%#.1200g", 0.1);
    compare_real("%#g", 0.0);
    compare_real("%#.3g", 1234.0);
    compare_real("%#.9G", 1e-7);
    char text[40];
    guest_snprintf(text, sizeof text, "%#.3g", 999.996);
    assert_string_equal(text, "1.00e+03");
    compare_real("%.60f", DBL_MAX);
}

static void random_reals_print_as_the_host_prints_them(void **state)
{
    static const char *const formats[] = {"%.*e", "%.*f", "%.*g", "%.*G", "%.*a", "%+.*E"};

    (void)state;
    srand(4);
    for (int i = 0; i < 300000; i++) {
        char mine[600], theirs[600];
        const char *format = formats[i % (int)COUNT(formats)];
        double value = random_real();
        int precision = rand() % 24;
        if (is_open(format, value)) {
            continue;
        }
        int a = guest_snprintf(mine, sizeof mine, format, precision, value);
        int b = snprintf(theirs, sizeof theirs, format, precision, value);
        assert_same(format, a, mine, b, theirs);
    }
}

static void texts_print_as_the_host_prints_them(void **state)
{
    static const char *const formats[] = {"%s", "%8s|", "%-8s|", "%.2s|", "%8.2s|", "%-8.2s|"};
    char mine[100], theirs[100];

    (void)state;
    for (size_t i = 0; i < COUNT(formats); i++) {
        int a = guest_snprintf(mine, sizeof mine, formats[i], "kernel");
        int b = snprintf(theirs, sizeof theirs, formats[i], "kernel");
        assert_same(formats[i], a, mine, b, theirs);
    }
    assert_int_equal(
        guest_snprintf(mine, sizeof mine, "%c%%%3c%-3c|%p", 'a', 'b', 'c', (void *)state),
        snprintf(theirs, sizeof theirs, "%c%%%3c%-3c|%p", 'a', 'b', 'c', (void *)state));
    assert_string_equal(mine, theirs);
    guest_snprintf(mine, sizeof mine, "%*d|%-*d|%.*s", 5, 42, -4, 7, 3, "abcdef");
    assert_string_equal(mine, "   42|7   |abc");
}

static void long_reals_print_as_the_host_prints_them(void **state)
{
    static const char *const formats[] = {"%.*Le", "%.*Lf", "%.*Lg", "%+.*LE"};

    (void)state;
    srand(6);
    for (int i = 0; i < 100000; i++) {
        char mine[6000], theirs[6000];
        const char *format = formats[i % (int)COUNT(formats)];
        long double value = (long double)random_real() * (long double)random_real();
        int precision = rand() % 30;
        int a = guest_snprintf(mine, sizeof mine, format, precision, value);
        int b = snprintf(theirs, sizeof theirs, format, precision, value);
        assert_same(format, a, mine, b, theirs);
    }
}

static void wide_text_prints_in_utf8(void **state)
{
    char text[40];
    long long count = 0;
    signed char small = 0;

    (void)state;
    assert_int_equal(guest_snprintf(text, sizeof text, "<%ls|%lc|%.3ls>", L"\u00e4\u20ac",
                                    (wint_t)0x1f40c, L"a\u00e4b"),
                     16);
    assert_string_equal(text, "<\u00e4\u20ac|\U0001f40c|a\u00e4>");
    assert_int_equal(guest_snprintf(text, sizeof text, "%lc", (wint_t)0xd800), -1);
    assert_int_equal(guest_snprintf(text, sizeof text, "ab%hhncd%lln", &small, &count), 4);
    assert_int_equal(small, 2);
    assert_int_equal(count, 4);
    assert_int_equal(
        guest_swprintf(wide_text, COUNT(wide_text), L"%d %ls %s", 7, L"\u00e4", "\u20ac"), 5);
    assert_true(wcscmp(wide_text, L"7 \u00e4 \u20ac") == 0);
}

static void a_short_buffer_is_cut_and_terminated(void **state)
{
    char text[5] = "xxxx";

    (void)state;
    assert_int_equal(guest_snprintf(text, sizeof text, "%d %s", 123456, "more"), 11);
    assert_string_equal(text, "1234");
    assert_int_equal(guest_snprintf(NULL, 0, "%s", "seven"), 5);
    text[0] = 'q';
    assert_int_equal(guest_snprintf(text, 1, "%s", "seven"), 5);
    assert_string_equal(text, "");
}

static void lines_reach_the_console_when_they_end(void **state)
{
    (void)state;
    console_size = 0;
    guest_printf("half");
    assert_int_equal(console_size, 0);
    guest_printf(" a line\n");
    assert_int_equal(console_size, 12);
    assert_memory_equal(console_text, "half a line\n", 12);
    for (int i = 0; i < 3000; i++) {
        guest_printf("%d", i % 10);
    }
    guest_puts("");
    assert_int_equal(console_size, 12 + 3001);
    for (size_t i = 0; i < 3000; i++) {
        assert_int_equal(console_text[12 + i], '0' + (char)(i % 10));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_print_as_the_host_prints_them),
        cmocka_unit_test(reals_print_as_the_host_prints_them),
        cmocka_unit_test(random_reals_print_as_the_host_prints_them),
        cmocka_unit_test(texts_print_as_the_host_prints_them),
        cmocka_unit_test(long_reals_print_as_the_host_prints_them),
        cmocka_unit_test(wide_text_prints_in_utf8),
        cmocka_unit_test(a_short_buffer_is_cut_and_terminated),
        cmocka_unit_test(lines_reach_the_console_when_they_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
