/* SPDX-License-Identifier: MIT */
/* Dates of ISO C, for test_times.sh: built for Terrarium and for the host.
 *
 *   times calendar   dates there and back, and written: to be the same on both
 *   times atomic     what stdatomic.h promises, in one thread: the same on both
 *   times now        the date, and whether the clocks agree */

#include <limits.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <wchar.h>

static const time_t moments[] = {
    0,           -1,           951782399,    951782400,  1709164800, 4107542399,
    -2208988800, 253402300799, -30610224000, 1835481599, INT32_MAX,  (time_t)INT32_MAX + 1,
    INT32_MIN};
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void print_date(const struct tm *date)
{
    printf("%d-%d-%d %d:%d:%d %d %d %d\n", date->tm_year, date->tm_mon, date->tm_mday,
           date->tm_hour, date->tm_min, date->tm_sec, date->tm_wday, date->tm_yday, date->tm_isdst);
}

static void write_date(const struct tm *date)
{
    static const char formats[] = "aAbBcCdDeFgGhHIjmMnprRStTuUVwWxXyYzZ%";
    char text[100];
    wchar_t wide[100];

    for (const char *letter = formats; *letter != '\0'; letter++) {
        const char format[] = {'<', '%', *letter, '>', '\0'};
        const wchar_t wide_format[] = {L'<', L'%', (wchar_t)*letter, L'>', L'\0'};
        size_t size = strftime(text, sizeof(text), format, date);
        printf("%zu%s", size, text);
        size = wcsftime(wide, COUNT(wide), wide_format, date);
        printf("%zu%ls ", size, wide);
    }
    printf("%zu ", strftime(text, 10, "%Y-%m-%d", date));
    printf("%zu ", strftime(text, 40, "%Ec %EC %Ex %EX %Ey %EY", date));
    printf("%zu\n", strftime(text, 40, "%Od %Oe %OH %OI %Om %OM %OS %Ou %OU", date));
}

static void keep_calendar(void)
{
    struct tm date;

    for (size_t i = 0; i < COUNT(moments); i++) {
        print_date(gmtime(&moments[i]));
        date = *localtime(&moments[i]);
        print_date(&date);
        printf("%s%s", asctime(&date), ctime(&moments[i]));
        write_date(&date);
        printf("%d ", mktime(&date) == moments[i]);
        date.tm_sec += 100000;
        date.tm_mon -= 30;
        date.tm_hour *= -7;
        date.tm_mday += 400;
        printf("%lld ", (long long)mktime(&date));
        print_date(&date);
        printf("%.0f\n", difftime(moments[i], moments[0]));
    }
    date = (struct tm){.tm_year = INT_MAX, .tm_mon = INT_MAX};
    printf("%d ", mktime(&date) == -1);
    const time_t far = INT64_MAX;
    printf("%d\n", gmtime(&far) == NULL);
}

static void use_atomics(void)
{
    static atomic_int number = 5;
    static _Atomic(struct pair { int32_t a, b; }) pair;
    static atomic_flag flag = ATOMIC_FLAG_INIT;
    atomic_ullong large;
    _Atomic(char *) pointer;
    char bytes[4];
    int expected = 5;

    atomic_init(&large, 1ULL << 40);
    atomic_init(&pointer, bytes);
    printf("%d ", atomic_compare_exchange_strong(&number, &expected, 7));
    printf("%d ", atomic_compare_exchange_strong(&number, &expected, 8));
    printf("%d %d ", expected, atomic_load(&number));
    printf("%d ", atomic_fetch_add(&number, 3));
    printf("%d ", atomic_fetch_sub(&number, 1));
    printf("%d ", atomic_exchange_explicit(&number, 2, memory_order_acq_rel));
    printf("%llu ", atomic_fetch_or(&large, 3));
    printf("%llu ", atomic_fetch_and(&large, ~1ULL));
    printf("%llx ", atomic_fetch_xor(&large, 0xffULL));
    printf("%d ", atomic_fetch_add(&pointer, 2) == bytes && atomic_load(&pointer) == bytes + 2);
    printf("%d ", atomic_flag_test_and_set(&flag));
    printf("%d ", atomic_flag_test_and_set(&flag));
    atomic_flag_clear(&flag);
    atomic_thread_fence(memory_order_seq_cst);
    printf("%d ", atomic_flag_test_and_set_explicit(&flag, memory_order_acquire));
    atomic_store(&pair, ((struct pair){3, 4}));
    struct pair copy = atomic_load(&pair);
    printf("%d%d %d\n", copy.a, copy.b, atomic_is_lock_free(&number));
}

/* No instruction moves these. Their unused bytes are zero. */
struct two {
    int64_t a, b;
};
struct large {
    int64_t a[5];
};
struct odd {
    char a[3];
};

static void use_large_atomics(void)
{
    static _Atomic(struct two) two;
    static _Atomic(struct large) large;
    static _Atomic(struct odd) odd;
    struct two two_is = {1, 2}, two_other = {5, 6};
    struct large large_is = {{1, 2, 3, 4, 5}}, large_other = {{0}};
    struct odd odd_is = {"abc"}, odd_other = {"xyz"};

    atomic_store(&two, two_is);
    atomic_store(&large, large_is);
    atomic_store(&odd, odd_is);
    printf("%d ", atomic_compare_exchange_strong(&two, &two_other, two_other));
    printf("%d ", (int)(two_other.a * 10 + two_other.b));
    two_other.b = 9;
    printf("%d ", atomic_compare_exchange_strong(&two, &two_is, two_other));
    two_is = atomic_exchange(&two, two_is);
    two_other = atomic_load(&two);
    printf("%d %d ", (int)two_is.b, (int)two_other.b);
    printf("%d ", atomic_compare_exchange_strong(&large, &large_other, large_is));
    large_other.a[4] = 7;
    printf("%d ", atomic_compare_exchange_strong(&large, &large_is, large_other));
    large_is = atomic_exchange(&large, large_is);
    large_other = atomic_load(&large);
    printf("%d %d ", (int)large_is.a[4], (int)large_other.a[4]);
    printf("%d ", atomic_compare_exchange_strong(&odd, &odd_other, odd_is));
    odd_is = atomic_exchange(&odd, (struct odd){"def"});
    printf("%.3s %.3s ", odd_other.a, odd_is.a);
    odd_is = atomic_load(&odd);
    printf("%.3s %d\n", odd_is.a, atomic_is_lock_free(&large));
}

static void tell_time(void)
{
    clock_t begin = clock();
    static volatile uint64_t sum;
    time_t first = 0, second = time(&first);
    struct timespec exact = {0};
    char text[40];

    for (uint64_t i = 0; i < 2000000; i++) {
        sum = sum + i;
    }
    double worked = (double)(clock() - begin) / (double)CLOCKS_PER_SEC;
    printf("%d ", timespec_get(&exact, TIME_UTC) == TIME_UTC && timespec_get(&exact, 77) == 0);
    time_t third = time(NULL);
    strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S %Z", gmtime(&second));
    printf("%d ", first == second && third >= exact.tv_sec && exact.tv_sec >= first);
    printf("%d ", exact.tv_nsec >= 0 && exact.tv_nsec < 1000000000);
    double passed = difftime(exact.tv_sec, first) + (double)exact.tv_nsec / 1e9;
    printf("%d %s\n", worked > 0 && worked <= passed && begin < CLOCKS_PER_SEC / 10, text);
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";

    if (strcmp(what, "calendar") == 0) {
        keep_calendar();
    } else if (strcmp(what, "atomic") == 0) {
        use_atomics();
        use_large_atomics();
    } else {
        tell_time();
    }
    return 0;
}
