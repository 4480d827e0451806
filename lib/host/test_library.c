/* SPDX-License-Identifier: MIT */
/* Tests of lib/ as host code: formatting is compared with the host's printf over many formats and
 * values, the heap is filled and checked by chance, the rest by cases. */

#include <errno.h>
#include <float.h>
#include <limits.h>
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

#include "lib/host/guest.h"

#pragma GCC diagnostic ignored "-Wformat-nonliteral"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

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

static void compare_real(const char *format, double value)
{
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

static uint64_t random_word(void)
{
    return (uint64_t)rand() << 62 ^ (uint64_t)rand() << 31 ^ (uint64_t)rand();
}

/* Half of them with any bits, half of them of everyday size with few digits. */
static double random_real(void)
{
    uint64_t bits = random_word();
    double value;

    if (rand() % 2 == 0) {
        memcpy(&value, &bits, sizeof value);
        return value;
    }
    return (double)(int64_t)(bits >> rand() % 64) / (double)(UINT64_C(1) << rand() % 40);
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
        int a = guest_snprintf(mine, sizeof mine, format, precision, value);
        int b = snprintf(theirs, sizeof theirs, format, precision, value);
        assert_same(format, a, mine, b, theirs);
    }
}

static void compare_read(const char *text)
{
    char *mine, *theirs;

    guest_errno = errno = 0;
    double a = guest_strtod(text, &mine);
    double b = strtod(text, &theirs);
    if (memcmp(&a, &b, sizeof a) != 0 || mine != theirs || (guest_errno == 0) != (errno == 0)) {
        fail_msg("\"%s\": got %a (%d bytes, errno %d), expected %a (%d bytes, errno %d)", text, a,
                 (int)(mine - text), guest_errno, b, (int)(theirs - text), errno);
    }
}

static void reals_are_read_as_the_host_reads_them(void **state)
{
    static const char *const texts[] = {
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
        "0x123456789abcdef01234p-40",
        "100000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
        "0.00000000000000000000000000000000000000000000000000000000000000000000000000000000001",
        "",
        "+",
        "e5",
        "1e99999999999999999999",
        "0e99999999999999999999",
        "1e-99999999999999999"};
    char text[900];

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        compare_read(texts[i]);
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

struct held {
    unsigned char *block;
    size_t size;
    unsigned char value;
};

static void held_check(const struct held *held)
{
    for (size_t i = 0; i < held->size; i++) {
        assert_int_equal(held->block[i], held->value);
    }
}

/* One step of the heap's test: gives a held block back, resizes it, or takes a new one. */
static void heap_step(struct held *held, int round)
{
    size_t size = (size_t)(rand() % (rand() % 8 == 0 ? 20000 : 300));
    size_t old = held->size;

    held_check(held);
    if (held->block != NULL && rand() % 3 == 0) {
        held->block = guest_realloc(held->block, size);
        assert_non_null(held->block);
        held->size = old < size ? old : size;
        held_check(held);
    } else {
        guest_free(held->block);
        held->block = guest_malloc(size);
        assert_non_null(held->block);
    }
    assert_int_equal((uintptr_t)held->block % 16, 0);
    held->size = size;
    held->value = (unsigned char)round;
    memset(held->block, held->value, size);
}

static void the_heap_keeps_blocks_apart(void **state)
{
    static struct held held[200];

    (void)state;
    srand(1);
    for (int round = 0; round < 20000; round++) {
        heap_step(&held[rand() % 200], round);
    }
    int64_t most = pages_out;
    for (int i = 0; i < 200; i++) {
        held_check(&held[i]);
        guest_free(held[i].block);
    }
    assert_true(pages_out < most);
    int64_t kept = pages_out;
    for (int i = 0; i < 5000; i++) {
        guest_free(guest_malloc(400));
        guest_free(guest_malloc(100000));
    }
    assert_int_equal(pages_out, kept);
}

static void the_heap_refuses_what_is_too_large(void **state)
{
    (void)state;
    assert_null(guest_malloc(SIZE_MAX));
    assert_null(guest_malloc((size_t)PTRDIFF_MAX));
    assert_null(guest_calloc(SIZE_MAX / 2, 3));
    assert_null(guest_reallocarray(NULL, SIZE_MAX / 2, 3));
    unsigned char *zeroed = guest_calloc(100, 7);
    for (int i = 0; i < 700; i++) {
        assert_int_equal(zeroed[i], 0);
    }
    guest_free(zeroed);
    guest_free(NULL);
}

/* The library's way of moving memory, and the one for other processors. */
static const struct mover {
    void *(*copy)(void *to, const void *from, size_t size);
    void *(*move)(void *to, const void *from, size_t size);
    void *(*set)(void *to, int value, size_t size);
} movers[] = {{guest_memcpy, guest_memmove, guest_memset},
              {portable_memcpy, portable_memmove, portable_memset}};

/* One comparison of all three with the host's, anywhere in two equal rows of bytes. */
static void memory_step(const struct mover *mover, unsigned char *mine, unsigned char *theirs,
                        size_t most, int round)
{
    size_t size = (size_t)rand() % (most / 2);
    size_t from = (size_t)rand() % (most - size);
    size_t to = (size_t)rand() % (most - size);
    size_t half = size / 2;

    mover->move(mine + to, mine + from, size);
    memmove(theirs + to, theirs + from, size);
    assert_memory_equal(mine, theirs, most);
    assert_ptr_equal(mover->set(mine + from, round, size), mine + from);
    memset(theirs + from, round, size);
    assert_memory_equal(mine, theirs, most);
    assert_ptr_equal(mover->copy(mine + from, mine + from + half, half), mine + from);
    memcpy(theirs + from, theirs + from + half, half);
    assert_int_equal(guest_memcmp(mine, theirs, most), 0);
}

static void memory_moves_as_the_host_moves_it(void **state)
{
    static unsigned char mine[20000], theirs[20000];
    static const size_t sizes[] = {20, 90, 300, 3000, sizeof mine};

    (void)state;
    srand(2);
    for (size_t i = 0; i < sizeof mine; i++) {
        mine[i] = theirs[i] = (unsigned char)rand();
    }
    for (int round = 0; round < 20000; round++) {
        memory_step(&movers[round % 2], mine, theirs, sizes[(size_t)rand() % COUNT(sizes)], round);
        size_t place = (size_t)rand() % sizeof mine;
        mine[place] = theirs[place] = (unsigned char)rand();
    }
    assert_true(guest_memcmp("a\xff", "a\x01", 2) > 0);
    assert_true(guest_memcmp("12345678a", "12345678b", 9) < 0);
    assert_int_equal(guest_memcmp("12345678a", "12345678b", 8), 0);
}

/* Overlaps of every small distance, both ways, at the sizes where the way of moving changes. */
static void memory_overlaps_at_every_distance(void **state)
{
    static const size_t sizes[] = {1,  2,  3,  4,  7,   8,   9,   15,   16,   17,   31,
                                   32, 33, 64, 65, 127, 128, 129, 2047, 2048, 2049, 5000};
    unsigned char mine[8000], theirs[8000];

    (void)state;
    for (size_t i = 0; i < COUNT(sizes) * COUNT(movers); i++) {
        const struct mover *mover = &movers[i / COUNT(sizes)];
        size_t size = sizes[i % COUNT(sizes)];
        for (size_t distance = 0; distance < 140; distance++) {
            for (size_t k = 0; k < sizeof mine; k++) {
                mine[k] = theirs[k] = (unsigned char)(k * 7 + k / 256);
            }
            mover->move(mine + distance, mine, size);
            memmove(theirs + distance, theirs, size);
            mover->move(mine + 100, mine + 100 + distance, size);
            memmove(theirs + 100, theirs + 100 + distance, size);
            assert_memory_equal(mine, theirs, sizeof mine);
        }
    }
}

static void bytes_are_found_from_both_ends(void **state)
{
    static const char text[] = "to be or not to be";

    (void)state;
    assert_ptr_equal(guest_memchr(text, 'o', 18), text + 1);
    assert_null(guest_memchr(text, 'x', 18));
    assert_ptr_equal(guest_memrchr(text, 'o', 18), text + 14);
    assert_null(guest_memrchr(text, 't', 0));
    assert_ptr_equal(guest_memmem(text, 18, "be", 2), text + 3);
    assert_ptr_equal(guest_memmem(text, 18, "", 0), text);
    assert_null(guest_memmem(text, 17, "to be!", 6));
    assert_null(guest_memmem(text, 3, "to be", 5));
}

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

static void text_is_scanned_as_the_host_scans_it(void **state)
{
    static const char *const rows[][2] = {{"12 34 56", "%d %d %d"},
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
                                          {"+.5e+2x", "%lf%c"}};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct scanned mine, theirs;
        memset(&mine, 0, sizeof mine);
        memset(&theirs, 0, sizeof theirs);
        mine.result = guest_sscanf(rows[i][0], rows[i][1], &mine.things[0], &mine.things[1],
                                   &mine.things[2], &mine.things[3]);
        theirs.result = sscanf(rows[i][0], rows[i][1], &theirs.things[0], &theirs.things[1],
                               &theirs.things[2], &theirs.things[3]);
        if (memcmp(&mine, &theirs, sizeof mine) != 0) {
            fail_msg("sscanf(\"%s\", \"%s\"): %d, expected %d", rows[i][0], rows[i][1], mine.result,
                     theirs.result);
        }
    }
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
        cmocka_unit_test(integers_print_as_the_host_prints_them),
        cmocka_unit_test(reals_print_as_the_host_prints_them),
        cmocka_unit_test(random_reals_print_as_the_host_prints_them),
        cmocka_unit_test(reals_are_read_as_the_host_reads_them),
        cmocka_unit_test(texts_print_as_the_host_prints_them),
        cmocka_unit_test(a_short_buffer_is_cut_and_terminated),
        cmocka_unit_test(lines_reach_the_console_when_they_end),
        cmocka_unit_test(the_heap_keeps_blocks_apart),
        cmocka_unit_test(the_heap_refuses_what_is_too_large),
        cmocka_unit_test(memory_moves_as_the_host_moves_it),
        cmocka_unit_test(memory_overlaps_at_every_distance),
        cmocka_unit_test(bytes_are_found_from_both_ends),
        cmocka_unit_test(strings_are_searched_and_split),
        cmocka_unit_test(numbers_are_read_as_the_host_reads_them),
        cmocka_unit_test(text_is_scanned_as_the_host_scans_it),
        cmocka_unit_test(a_jump_leads_back),
        cmocka_unit_test(arrays_are_sorted_and_searched),
        cmocka_unit_test(errors_have_names_and_sentences),
        cmocka_unit_test(an_argument_becomes_words),
        cmocka_unit_test(words_joined_are_the_same_words_again),
        cmocka_unit_test(words_behind_a_zero_connect_streams),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
