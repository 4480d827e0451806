/* SPDX-License-Identifier: MIT */
/* How far the mathematics of programs is off, in units in the last place (ulp): float and double
 * against the host's long double, long double against the host's own. `library_math --table` writes
 * what it found; as a test it holds each function to its bound in math_table.def. */

#include <complex.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/host/chance.h"
#include "lib/host/guest.h"

#define DRAWS 4000

enum math_kind { MATH_DOUBLE, MATH_FLOAT, MATH_LONG, MATH_KINDS };

/* One function: all three sizes of it, and the host's that are its measure. One of one argument
 * leaves `two` alone. */
struct math_row {
    const char *name;
    double low, high, bounds[MATH_KINDS];
    struct {
        double (*d)(double);
        float (*f)(float);
        long double (*l)(long double), (*host)(long double);
    } one;
    struct {
        double (*d)(double, double);
        float (*f)(float, float);
        long double (*l)(long double, long double), (*host)(long double, long double);
    } two;
};

#define MATH(name, from, to, as_double, as_float, as_long)                                         \
    double guest_##name(double);                                                                   \
    float guest_##name##f(float);                                                                  \
    long double guest_##name##l(long double);
#define MATH_TWO(name, from, to, as_double, as_float, as_long)                                     \
    double guest_##name(double, double);                                                           \
    float guest_##name##f(float, float);                                                           \
    long double guest_##name##l(long double, long double);
#include "lib/host/math_table.def"
#undef MATH
#undef MATH_TWO

#define ALL_OF(name)                                                                               \
    {                                                                                              \
        guest_##name, guest_##name##f, guest_##name##l, name##l                                    \
    }
#define MATH(name, from, to, as_double, as_float, as_long)                                         \
    {#name, from, to, {as_double, as_float, as_long}, .one = ALL_OF(name)},
#define MATH_TWO(name, from, to, as_double, as_float, as_long)                                     \
    {#name, from, to, {as_double, as_float, as_long}, .two = ALL_OF(name)},
static const struct math_row rows[] = {
#include "lib/host/math_table.def"
};

static long double random_between(long double low, long double high)
{
    long double part = (long double)random_word() / 0x1p64L;

    return low > 0 && high > 0 ? low * expl(part * logl(high / low)) : low + part * (high - low);
}

/* The unit in the last place of a number with so many bits and this least exponent. */
static long double unit_of(long double value, int bits, int least)
{
    int exponent = value != 0 ? ilogbl(value) : least;

    return ldexpl(1, (exponent > least ? exponent : least) - (bits - 1));
}

static long double error_of(long double got, long double wanted, enum math_kind kind)
{
    static const int bits[] = {53, 24, 64}, least[] = {-1022, -126, -16382};
    static const long double top[] = {0x1.fffffffffffffp1023L, 0x1.fffffep127L};

    if (isnan(wanted) || isinf(wanted) || (kind != MATH_LONG && fabsl(wanted) > top[kind])) {
        return isfinite(got) ? INFINITY : 0;
    }
    return fabsl(got - wanted) / unit_of(wanted, bits[kind], least[kind]);
}

/* A draw that a number of this kind can hold, for the function and its measure alike. */
static long double draw(const struct math_row *row, enum math_kind kind)
{
    double low = row->low, high = row->high;

    if (kind == MATH_FLOAT) {
        low = low > 0 ? fmax(low, 1e-30) : low;
        return (float)random_between(low, fmin(high, 1e30));
    }
    long double value = random_between(low, high);
    return kind == MATH_DOUBLE ? (double)value : value;
}

static long double one_error(const struct math_row *row, enum math_kind kind)
{
    long double x = draw(row, kind), y = draw(row, kind), got, wanted;
    int is_two = row->two.host != NULL;

    wanted = is_two ? row->two.host(x, y) : row->one.host(x);
    if (kind == MATH_DOUBLE) {
        got = is_two ? row->two.d((double)x, (double)y) : row->one.d((double)x);
    } else if (kind == MATH_FLOAT) {
        got = is_two ? row->two.f((float)x, (float)y) : row->one.f((float)x);
    } else {
        got = is_two ? row->two.l(x, y) : row->one.l(x);
    }
    if (strcmp(row->name, "nextafter") == 0 && kind != MATH_LONG) {
        wanted =
            kind == MATH_DOUBLE ? nextafter((double)x, (double)y) : nextafterf((float)x, (float)y);
    }
    return error_of(got, wanted, kind);
}

static double worst_error(const struct math_row *row, enum math_kind kind)
{
    long double worst = 0;

    srand(11);
    for (int i = 0; i < DRAWS; i++) {
        worst = fmaxl(worst, one_error(row, kind));
    }
    return (double)worst;
}

static void errors_are_below_their_bounds(void **state)
{
    static const char *const sizes[] = {"", "f", "l"};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        for (enum math_kind kind = 0; kind < MATH_KINDS; kind++) {
            double worst = worst_error(&rows[i], kind);
            if (worst > rows[i].bounds[kind]) {
                fail_msg("%s%s is %.3f ulp off, %g are allowed", rows[i].name, sizes[kind], worst,
                         rows[i].bounds[kind]);
            }
        }
    }
}

double complex guest_cexp(double complex);
double complex guest_clog(double complex);
double complex guest_csqrt(double complex);
double complex guest_csin(double complex);
double complex guest_ctanh(double complex);
double complex guest_cpow(double complex, double complex);

static double complex cube(double complex z)
{
    return guest_cpow(z, 3);
}

static double complex host_cube(double complex z)
{
    return z * z * z;
}

static void complex_functions_agree_with_the_hosts(void **state)
{
    static const struct {
        double complex (*mine)(double complex), (*theirs)(double complex);
        double bound; /* of the distance, in ulp of the size */
    } pairs[] = {{guest_cexp, cexp, 3}, {guest_clog, clog, 6},    {guest_csqrt, csqrt, 3},
                 {guest_csin, csin, 3}, {guest_ctanh, ctanh, 32}, {cube, host_cube, 64}};

    (void)state;
    srand(12);
    for (int i = 0; i < DRAWS; i++) {
        double real = (double)random_between(-8, 8), imaginary = (double)random_between(-8, 8);
        double complex z = real + imaginary * I; /* CMPLX is not everybody's */
        for (size_t k = 0; k < COUNT(pairs); k++) {
            double complex mine = pairs[k].mine(z), theirs = pairs[k].theirs(z);
            double off = cabs(mine - theirs) / (double)unit_of(cabs(theirs), 53, -1022);
            if (!(off <= pairs[k].bound)) {
                fail_msg("function %zu at %a%+ai is %.2f ulp off", k, creal(z), cimag(z), off);
            }
        }
    }
}

static void write_table(void)
{
    printf("%-10s %9s %9s %9s  %s\n", "ulp", "double", "float", "long", "arguments from");
    for (size_t i = 0; i < COUNT(rows); i++) {
        printf("%-10s %9.3f %9.3f %9.3f  %g to %g\n", rows[i].name,
               worst_error(&rows[i], MATH_DOUBLE), worst_error(&rows[i], MATH_FLOAT),
               worst_error(&rows[i], MATH_LONG), rows[i].low, rows[i].high);
    }
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--table") == 0) {
        write_table();
        return 0;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_are_below_their_bounds),
        cmocka_unit_test(complex_functions_agree_with_the_hosts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
