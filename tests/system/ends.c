/* SPDX-License-Identifier: MIT */
/* Signals, ends and the locale of ISO C, for test_ends.sh: built for Terrarium and for the host,
 * which must say the same and end with the same status.
 *
 *   ends signals        asks, sets, ignores, raises
 *   ends raise N        raises the Nth signal, for which nothing was set
 *   ends abort WAY      aborts: plain, or the signal is ignored, heard, or heard and left by a jump
 *   ends HOW COUNT      HOW: exit, quick, now (_Exit), return; functions are registered first
 *   ends locale         asks and sets */

#include <errno.h>
#include <limits.h>
#include <locale.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int all[] = {SIGABRT, SIGFPE, SIGILL, SIGINT, SIGSEGV, SIGTERM};
#define ALL ((int)(sizeof(all) / sizeof(all[0])))

static volatile sig_atomic_t heard, heard_last;
static jmp_buf way_out;

static void hear(int number)
{
    heard++;
    heard_last = number;
}

static void leave(int number)
{
    heard_last = number;
    longjmp(way_out, 1);
}

static void say(const char *text)
{
    fputs(text, stderr);
}

static void ask_signals(void)
{
    for (int i = 0; i < ALL; i++) {
        heard = 0;
        printf("%d ", signal(all[i], SIG_IGN) == SIG_DFL);
        printf("%d ", raise(all[i]));
        printf("%d ", (int)heard);
        printf("%d ", signal(all[i], hear) == SIG_IGN);
        printf("%d ", raise(all[i]));
        printf("%d %d ", (int)heard, heard_last == all[i]);
        printf("%d ", signal(all[i], SIG_DFL) == hear);
        printf("%d\n", signal(all[i], SIG_DFL) == SIG_DFL);
    }
    errno = 0;
    printf("%d ", signal(-1, hear) == SIG_ERR);
    printf("%d ", errno == EINVAL);
    printf("%d %d\n", signal(1000, hear) == SIG_ERR, raise(1000) != 0);
    printf("%d %d\n", raise(-1) != 0, sizeof(sig_atomic_t) >= 1);
}

static void do_abort(const char *way)
{
    if (strcmp(way, "ignored") == 0) {
        signal(SIGABRT, SIG_IGN);
    } else if (strcmp(way, "heard") == 0) {
        signal(SIGABRT, hear);
    } else if (strcmp(way, "left") == 0) {
        signal(SIGABRT, leave);
        if (setjmp(way_out) != 0) {
            say(heard_last == SIGABRT ? "out of it\n" : "not told\n");
            exit(5);
        }
    }
    abort();
}

static void first(void)
{
    say("first ");
}

static void second(void)
{
    say("second ");
}

static void quick_last(void)
{
    say("quick ");
}

static void quick_first(void)
{
    at_quick_exit(quick_last);
    say("begun ");
}

static void nothing(void)
{
}

static void end(const char *how, int count)
{
    int taken = 0;

    atexit(first);
    atexit(second);
    at_quick_exit(quick_last);
    for (int i = 1; i < count; i++) {
        taken += at_quick_exit(quick_last) == 0;
        taken += atexit(nothing) == 0;
    }
    at_quick_exit(quick_first);
    fprintf(stderr, "%d ", taken);
    if (strcmp(how, "quick") == 0) {
        quick_exit(6);
    }
    if (strcmp(how, "now") == 0) {
        _Exit(7);
    }
    if (strcmp(how, "exit") == 0) {
        exit(8);
    }
}

static void ask_locale(void)
{
    static const int categories[] = {LC_ALL,      LC_COLLATE, LC_CTYPE,
                                     LC_MONETARY, LC_NUMERIC, LC_TIME};

    for (size_t i = 0; i < sizeof(categories) / sizeof(categories[0]); i++) {
        printf("%s ", setlocale(categories[i], NULL));
        printf("%s ", setlocale(categories[i], "C"));
        printf("%d ", setlocale(categories[i], "xx_YY") == NULL);
    }
    printf("%d %d\n", setlocale(-1, "C") == NULL, setlocale(LC_ALL, "") != NULL);
    setlocale(LC_ALL, "C");
    const struct lconv *of = localeconv();
    printf("<%s%s%s%s%s%s%s%s%s%s>\n", of->decimal_point, of->thousands_sep, of->grouping,
           of->mon_decimal_point, of->mon_thousands_sep, of->mon_grouping, of->positive_sign,
           of->negative_sign, of->currency_symbol, of->int_curr_symbol);
    const char numbers[] = {of->frac_digits,       of->p_cs_precedes,      of->n_cs_precedes,
                            of->p_sep_by_space,    of->n_sep_by_space,     of->p_sign_posn,
                            of->n_sign_posn,       of->int_frac_digits,    of->int_p_cs_precedes,
                            of->int_n_cs_precedes, of->int_p_sep_by_space, of->int_n_sep_by_space,
                            of->int_p_sign_posn,   of->int_n_sign_posn};
    for (size_t i = 0; i < sizeof(numbers); i++) {
        printf("%d", numbers[i] == CHAR_MAX);
    }
    printf("\n");
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";

    if (strcmp(what, "signals") == 0) {
        ask_signals();
    } else if (strcmp(what, "locale") == 0) {
        ask_locale();
    } else if (argc < 3) {
        return 1;
    } else if (strcmp(what, "raise") == 0) {
        raise(all[atoi(argv[2]) % ALL]);
    } else if (strcmp(what, "abort") == 0) {
        do_abort(argv[2]);
    } else {
        end(what, atoi(argv[2]));
    }
    return 9;
}
