/* SPDX-License-Identifier: MIT */
/* The library reads numbers and scans text as the host does. */

#include <errno.h>
#include <float.h>
#include <locale.h>
#include <math.h>
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

#pragma GCC diagnostic ignored "-Wformat-nonliteral"

/* Equal in all bits, but for those of a NaN. */
static bool same_real(const void *mine, const void *theirs, size_t size, bool is_nan)
{
    return is_nan || memcmp(mine, theirs, size) == 0;
}

static void compare_read(const char *text)
{
    char *mine, *theirs;

    guest_errno = errno = 0;
    double a = guest_strtod(text, &mine);
    double b = strtod(text, &theirs);
    if (!same_real(&a, &b, sizeof a, isnan(a) && isnan(b)) || mine != theirs ||
        (isinf(b) && (guest_errno == ERANGE) != (errno == ERANGE))) {
        fail_msg("\"%s\": got %a (%d bytes, errno %d), expected %a (%d bytes, errno %d)", text, a,
                 (int)(mine - text), guest_errno, b, (int)(theirs - text), errno);
    }
    guest_errno = errno = 0;
    float c = guest_strtof(text, &mine), d = strtof(text, &theirs);
    if ((isinf(d) && guest_errno != errno) || !same_real(&c, &d, sizeof c, isnan(c) && isnan(d)) ||
        mine != theirs) {
        fail_msg("\"%s\" as a float: got %a, expected %a", text, (double)c, (double)d);
    }
    guest_errno = errno = 0;
    long double e = guest_strtold(text, &mine), f = strtold(text, &theirs);
    if ((isinf(f) && guest_errno != errno) || !same_real(&e, &f, 10, isnan(e) && isnan(f)) ||
        mine != theirs) {
        fail_msg("\"%s\" as a long double: got %La, expected %La", text, e, f);
    }
}

static const char *const real_texts[] = {
    "0",
    "-0",
    "1",
    " 2.5x",
    ".5",
    "5.",
    ".",
    "-.",
    "1e",
    "1e+",
    "1e5",
    "1E-5",
    "1e400",
    "-1e400",
    "1e-400",
    "inf",
    "Infinit",
    "INFINITY",
    "nan",
    "0x",
    "0x1p4",
    "0x.8",
    "0x1.8p-1",
    "0xp4",
    "4.9e-324",
    "2.4703282292062327e-324",
    "2.4703282292062328e-324",
    "2.2250738585072011e-308",
    "1.7976931348623157e308",
    "1.7976931348623158e308",
    "1.7976931348623159e308",
    "9007199254740993",
    "9007199254740993.00000000000000000000000000000000000000000000001",
    "9007199254740992.99999999999999999999",
    "0x1.00000000000008p0",
    "0x1.000000000000081p0",
    "0x1p-1074",
    "0x1p-1075",
    "0x1.1p-1075",
    "0x1p1024",
    "0x1p128",
    "0x1p16384",
    " -0x1p16400",
    "0x123456789abcdef01234p-40",
    "1.00000017881393432617187499",
    "1.00000017881393432617187500",
    "1.00000017881393432617187501",
    "1.000000178813934326171875000000000000000000000000001",
    "100000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
    "0.00000000000000000000000000000000000000000000000000000000000000000000000000000000001",
    "",
    "+",
    "e5",
    "1e99999999999999999999",
    "0e99999999999999999999",
    "1e-99999999999999999"};

static void reals_are_read_as_the_host_reads_them(void **state)
{
    char text[900];

    (void)state;
    for (size_t i = 0; i < COUNT(real_texts); i++) {
        compare_read(real_texts[i]);
    }
    srand(5);
    for (int i = 0; i < 200000; i++) {
        snprintf(text, sizeof text, i % 10 == 0 ? "%.*f" : "%.*e", rand() % 30, random_real());
        compare_read(text);
    }
    /* The half steps between two doubles, exactly and one digit of far places away from it. */
    for (int i = 0; i < 2000; i++) {
        double low = ldexp((double)(random_word() >> 11), rand() % 2000 - 1074 - 53);
        double high = nextafter(low, HUGE_VAL);
        if (low < 4 * DBL_MIN || isinf(high)) {
            continue;
        }
        long double half = (long double)low + ((long double)high - (long double)low) / 2;
        snprintf(text, sizeof text, "%.800Le", half);
        compare_read(text);
        text[700] = '1';
        compare_read(text);
    }
}

static void numbers_are_read_as_the_host_reads_them(void **state)
{
    static const char *const texts[] = {"0",
                                        "42",
                                        " -17 x",
                                        "0x1f",
                                        "0x",
                                        "017",
                                        "+9",
                                        "9223372036854775807",
                                        "9223372036854775808",
                                        "-9223372036854775808",
                                        "-9223372036854775809",
                                        "18446744073709551615",
                                        "18446744073709551616",
                                        "-1",
                                        "",
                                        "-",
                                        "zz",
                                        "0xg",
                                        "99999999999999999999999"};
    static const int bases[] = {0, 2, 8, 10, 16, 36};
    char *end;

    (void)state;
    for (size_t i = 0; i < COUNT(texts) * COUNT(bases); i++) {
        const char *text = texts[i / COUNT(bases)];
        int base = bases[i % COUNT(bases)];
        char *mine, *theirs;
        assert_int_equal(guest_strtol(text, &mine, base), strtol(text, &theirs, base));
        assert_ptr_equal(mine, theirs);
        assert_int_equal(guest_strtoul(text, &mine, base), strtoul(text, &theirs, base));
        assert_ptr_equal(mine, theirs);
    }
    guest_errno = 0;
    assert_int_equal(guest_strtol("12", &end, 37), 0);
    assert_int_equal(guest_errno, EINVAL);
}

/* What a scan of up to four things gives. */
struct scanned {
    union {
        char text[64];
        long integer;
        double real;
    } things[4];
    int result;
};

/* A text and the format to scan it with. */
static const char *const scans[][2] = {{"12 34 56", "%d %d %d"},
                                       {"12,34", "%d,%d"},
                                       {"12;34", "%d,%d"},
                                       {" -7 +8", "%d%d"},
                                       {"0x1f 017 9", "%i %i %i"},
                                       {"ff 0xff", "%x %x"},
                                       {"1234567", "%3d%2d%d"},
                                       {"abc def", "%s %s"},
                                       {"abcdef", "%2s%3s"},
                                       {"key = value", "%[a-z] = %[^\n]"},
                                       {"[x]", "[%[]x]"},
                                       {"a-b", "%[a-]%s"},
                                       {"xyz", "%c%c%c"},
                                       {"5 apples", "%*d %s"},
                                       {"3.25 -1e3 .5", "%lf %lf %lf"},
                                       {"3.25", "%f"},
                                       {"50%", "%d%%"},
                                       {"50 %", "%d%%"},
                                       {"", "%d"},
                                       {"  ", "%d"},
                                       {"x", "%d"},
                                       {"7", "x%d"},
                                       {"7 8", "%d %n"},
                                       {"7 8", "%d %n%d"},
                                       {"", "x"},
                                       {"300", "%hhd"},
                                       {"70000", "%hd"},
                                       {"99999999999", "%ld"},
                                       {"18446744073709551615", "%lu"},
                                       {"-", "%d"},
                                       {"08", "%i%d"},
                                       {"abc", "%[0-9]"},
                                       {"a", "%s %s"},
                                       {"1 2", "%d%*d%d"},
                                       {"tail", "%*s"},
                                       {"12:34:56", "%d:%d:%d"},
                                       {"a,b", "%[^,],%s"},
                                       {"+.5e+2x", "%lf%c"},
                                       {"inf -Infinity", "%lf %lf"},
                                       {"nan NAN", "%lf %lf"},
                                       {"0x1.8p3 0X.8", "%lf %lf"},
                                       {"infx", "%lf%s"},
                                       {"xyz", "%[0-9]%s"},
                                       {"abc", "%3[x]"},
                                       {"12 34", "%hhn%d %n"},
                                       {"\u00e4\u20ac z", "%ls %lc"},
                                       {"\u00e4b", "%l[^b]"},
                                       {"1.5 2", "%f %e"},
                                       /* As many characters as there are. */
                                       {"a", "%2c"},
                                       {"", "%2c"},
                                       {"hello, world", "%8c%8c%n"},
                                       {"hello", "%*3c%s %n"},
                                       {"hello", "%*9c%n"},
                                       {"12 abc x34", "%d%4c%hhn x%ld"},
                                       {"12%abcd", "%d%%%2c%[c]%2c"},
                                       {"12-ab", "%d+%2c"},
                                       {"12 ", "%d %2c"},
                                       {"]a^b]", "%[]a]%2c%[^^]"},
                                       {"abcdef", "%2c%"},
                                       {"\u00e4\u20ac z", "%2lc%lc%n%3lc"},
                                       {"\u00e4\u20ac", "%5lc%n"},
                                       {"\u00e4\u20ac", "%*2lc%n"},
                                       {"a", "x%2c"},
                                       {"ab", "%2c%2c"},
                                       {"ab 5", "%2c%*d%n"},
                                       {"ab x", "%2c%*d"},
                                       {"abcdefghij", "%jn%3c%zn%3c"}};

static void text_is_scanned_as_the_host_scans_it(void **state)
{

    (void)state;
    setlocale(LC_CTYPE, "C.UTF-8");
    for (size_t i = 0; i < COUNT(scans); i++) {
        struct scanned mine, theirs;
        memset(&mine, 0, sizeof mine);
        memset(&theirs, 0, sizeof theirs);
        mine.result = guest_sscanf(scans[i][0], scans[i][1], &mine.things[0], &mine.things[1],
                                   &mine.things[2], &mine.things[3]);
        theirs.result = sscanf(scans[i][0], scans[i][1], &theirs.things[0], &theirs.things[1],
                               &theirs.things[2], &theirs.things[3]);
        if (memcmp(&mine, &theirs, sizeof mine) != 0) {
            fail_msg("sscanf(\"%s\", \"%s\"): %d, expected %d", scans[i][0], scans[i][1],
                     mine.result, theirs.result);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reals_are_read_as_the_host_reads_them),
        cmocka_unit_test(numbers_are_read_as_the_host_reads_them),
        cmocka_unit_test(text_is_scanned_as_the_host_scans_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
