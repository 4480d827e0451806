/* SPDX-License-Identifier: MIT */
#pragma once

/* The heap, numbers, sorting, the end of the program: as in ISO C. */

#include <stddef.h>

#define EXIT_SUCCESS 0
#define EXIT_FAILURE 1
#define RAND_MAX     2147483647

typedef struct {
    int quot, rem;
} div_t;
typedef struct {
    long quot, rem;
} ldiv_t;
typedef struct {
    long long quot, rem;
} lldiv_t;

/* Blocks are 16-byte aligned and live in pages of the process. NULL: no memory, and errno is
 * ENOMEM. Pages without blocks go back to the kernel. */
void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void *realloc(void *block, size_t size);
void *reallocarray(void *block, size_t count, size_t size);
void free(void *block);
/* A block whose address is a multiple of the alignment: a power of two (else errno is EINVAL) up to
 * 1 GiB. Over 128 bytes of alignment it has pages of its own. realloc forgets the alignment. */
void *aligned_alloc(size_t alignment, size_t size);

/* End with a code: exit runs what atexit was given, last first, and writes out stdout; _Exit does
 * neither. quick_exit runs what at_quick_exit was given, and no more. abort raises SIGABRT
 * (signal.h) and ends with code 134, whatever became of that. Each list takes 32 functions: not 0
 * if full. */
_Noreturn void exit(int code);
_Noreturn void _Exit(int code);
_Noreturn void quick_exit(int code);
_Noreturn void abort(void);
int atexit(void (*function)(void));
int at_quick_exit(void (*function)(void));

int atoi(const char *text);
long atol(const char *text);
long long atoll(const char *text);
long strtol(const char *restrict text, char **restrict end, int base);
long long strtoll(const char *restrict text, char **restrict end, int base);
unsigned long strtoul(const char *restrict text, char **restrict end, int base);
unsigned long long strtoull(const char *restrict text, char **restrict end, int base);

/* The nearest number, exactly; hexadecimal numbers, inf and nan too. */
double strtod(const char *restrict text, char **restrict end);
float strtof(const char *restrict text, char **restrict end);
long double strtold(const char *restrict text, char **restrict end);
double atof(const char *text);

/* Characters of UTF-8 (wchar.h has more). */
#define MB_CUR_MAX ((size_t)4)
int mblen(const char *text, size_t size);
int mbtowc(wchar_t *restrict wide, const char *restrict text, size_t size);
int wctomb(char *text, wchar_t wide);
size_t mbstowcs(wchar_t *restrict to, const char *restrict from, size_t most);
size_t wcstombs(char *restrict to, const wchar_t *restrict from, size_t size);

int abs(int value);
long labs(long value);
long long llabs(long long value);
div_t div(int numerator, int denominator);
ldiv_t ldiv(long numerator, long denominator);
lldiv_t lldiv(long long numerator, long long denominator);

/* The same row of numbers for the same seed, on every machine; tr_random gives better ones. */
int rand(void);
void srand(unsigned seed);

/* Sorts in place, in at most n log n steps; equal elements may change places. */
void qsort(void *array, size_t count, size_t size, int (*compare)(const void *, const void *));
void *bsearch(const void *key, const void *array, size_t count, size_t size,
              int (*compare)(const void *, const void *));

/* There is no environment: always NULL. */
char *getenv(const char *name);

/* There is no command processor: 0 for NULL, else -1. */
int system(const char *command);
