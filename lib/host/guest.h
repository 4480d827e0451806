/* SPDX-License-Identifier: MIT */
#pragma once

/* What the test sees of the prefixed library and of the ghosts behind it. */

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

int guest_snprintf(char *buffer, size_t size, const char *format, ...);
int guest_swprintf(wchar_t *buffer, size_t size, const wchar_t *format, ...);
int guest_printf(const char *format, ...);
int guest_puts(const char *text);
int guest_fflush(void *stream);

int guest_asprintf(char **text, const char *format, ...);
int guest_sscanf(const char *text, const char *format, ...);
int guest_setjmp(unsigned long place[24]) __attribute__((returns_twice));
_Noreturn void guest_longjmp(unsigned long place[24], int value);

struct tru_lines;
size_t guest_tru_line_find(const char *bytes, size_t size, size_t *next);
void guest_tru_lines_begin(struct tru_lines *lines, char *text, size_t size);
char *guest_tru_lines_next(struct tru_lines *lines);

void guest_tru_text_wrap(const char *text, int columns,
                         void (*put)(void *to, const char *bytes, size_t size), void *to);

void *guest_malloc(size_t size);
void *guest_calloc(size_t count, size_t size);
void *guest_realloc(void *block, size_t size);
void *guest_reallocarray(void *block, size_t count, size_t size);
void *guest_aligned_alloc(size_t alignment, size_t size);
void guest_free(void *block);

void *guest_memcpy(void *to, const void *from, size_t size);
void *guest_memmove(void *to, const void *from, size_t size);
void *guest_memset(void *to, int value, size_t size);
int guest_memcmp(const void *a, const void *b, size_t size);
/* copy.c, whatever the library itself has. */
void *portable_memcpy(void *to, const void *from, size_t size);
void *portable_memmove(void *to, const void *from, size_t size);
void *portable_memset(void *to, int value, size_t size);
void *guest_memchr(const void *memory, int value, size_t size);
void *guest_memrchr(const void *memory, int value, size_t size);
void *guest_memmem(const void *memory, size_t size, const void *part, size_t part_size);
char *guest_stpcpy(char *to, const char *from);
char *guest_strsep(char **rest, const char *separators);
char *guest_strcasestr(const char *text, const char *word);
char *guest_strstr(const char *text, const char *word);
char *guest_strchr(const char *text, int c);
char *guest_strrchr(const char *text, int c);
size_t guest_strlcpy(char *to, const char *from, size_t size);
size_t guest_strlcat(char *to, const char *from, size_t size);
char *guest_strtok_r(char *text, const char *separators, char **rest);
int guest_strcmp(const char *a, const char *b);
int guest_strcasecmp(const char *a, const char *b);

struct tm;
struct tm *guest_gmtime(const long *time);
struct tm *guest_localtime(const long *time);
char *guest_ctime(const long *time);
long guest_mktime(struct tm *date);
size_t guest_strftime(char *text, size_t size, const char *format, const struct tm *date);

long guest_strtol(const char *text, char **end, int base);
unsigned long guest_strtoul(const char *text, char **end, int base);
double guest_strtod(const char *text, char **end);
float guest_strtof(const char *text, char **end);
long double guest_strtold(const char *text, char **end);
int *guest___errno_location(void);
#define guest_errno (*guest___errno_location())
void guest_qsort(void *array, size_t count, size_t size,
                 int (*compare)(const void *, const void *));
void *guest_bsearch(const void *key, const void *array, size_t count, size_t size,
                    int (*compare)(const void *, const void *));

const char *guest_tr_error_name(int64_t error);
const char *guest_tr_error_text(int64_t error);

struct arguments {
    int count;
    char **words;
};
void guest_arguments_parse(const char *text, uint64_t size, struct arguments *arguments);

int64_t guest_tru_argument_join(char *argument, size_t capacity, int count, char *const *words);

/* What the ghosts of ghosts.c recorded. */
extern char console_text[1 << 16];
extern size_t console_size;
extern int64_t pages_out;    /* allocated and not yet released */
extern int64_t pages_most;   /* no more than these are given */
extern int64_t memory_calls; /* of tr_memory_allocate and tr_memory_release */
extern uint64_t joined_pipe, joined_key;
