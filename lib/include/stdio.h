/* SPDX-License-Identifier: MIT */
#pragma once

/* The three standard streams and the printf family.
 *
 * stdout and stderr go to `d\console`, or into a pipe the shell put there (`a | b`); without a
 * console they go to the log. The console keeps what comes by stderr apart if it can. stdout is
 * written out at the end of a call that put a newline into it, when its buffer is full, before
 * stdin waits and at exit; stderr at the end of every call. stdin gives lines of the console, or
 * the bytes of a pipe. A program that uses none of them makes no call. Not for two threads at a
 * time.
 *
 * printf knows d i u x X o c s p a e f g % (A E F G too) with - + space # 0, width, precision and
 * hh h l ll z j t. Numbers with a point are exact at any precision. There is no long double. */

#include <stdarg.h>
#include <stddef.h>

typedef struct lib_stream FILE;
extern FILE *const stdin;
extern FILE *const stdout;
extern FILE *const stderr;

#define EOF    (-1)
#define BUFSIZ 1024

#define LIB_FORMAT(text, first) __attribute__((format(printf, text, first)))

int printf(const char *format, ...) LIB_FORMAT(1, 2);
int fprintf(FILE *stream, const char *format, ...) LIB_FORMAT(2, 3);
int snprintf(char *buffer, size_t size, const char *format, ...) LIB_FORMAT(3, 4);
int sprintf(char *buffer, const char *format, ...) LIB_FORMAT(2, 3);
int vprintf(const char *format, va_list arguments) LIB_FORMAT(1, 0);
int vfprintf(FILE *stream, const char *format, va_list arguments) LIB_FORMAT(2, 0);
int vsnprintf(char *buffer, size_t size, const char *format, va_list arguments) LIB_FORMAT(3, 0);

/* Into a block from the heap, which the caller frees; -1 and NULL: no memory. */
int asprintf(char **text, const char *format, ...) LIB_FORMAT(2, 3);
int vasprintf(char **text, const char *format, va_list arguments) LIB_FORMAT(2, 0);

int puts(const char *text);
int putchar(int c);
int putc(int c, FILE *stream);
int fputc(int c, FILE *stream);
int fputs(const char *text, FILE *stream);
size_t fwrite(const void *data, size_t size, size_t count, FILE *stream);
int fflush(FILE *stream);

int getchar(void);
int getc(FILE *stream);
int fgetc(FILE *stream);
int ungetc(int c, FILE *stream);
char *fgets(char *buffer, int size, FILE *stream);
size_t fread(void *data, size_t size, size_t count, FILE *stream);

/* Reads a line of any length into a heap block that grows; returns its length with the newline, or
 * -1 at the end. The caller frees *line. */
long getline(char **line, size_t *capacity, FILE *stream);

/* scanf knows d i u x o p e f g s c [ n % with *, width and hh h l ll z j t; no inf, nan or
 * hexadecimal reals. */
#define LIB_SCAN(text, first) __attribute__((format(scanf, text, first)))
int scanf(const char *format, ...) LIB_SCAN(1, 2);
int fscanf(FILE *stream, const char *format, ...) LIB_SCAN(2, 3);
int sscanf(const char *text, const char *format, ...) LIB_SCAN(2, 3);
int vfscanf(FILE *stream, const char *format, va_list arguments) LIB_SCAN(2, 0);
int vsscanf(const char *text, const char *format, va_list arguments) LIB_SCAN(2, 0);

int feof(FILE *stream);
int ferror(FILE *stream);
void clearerr(FILE *stream);

/* Writes "text: sentence" for a TR_E_* error to stderr. */
void tru_perror(const char *text, long error);

/* Connects a stream to a pipe the process is a member of; 0 lets it go back to the console. What
 * was written before is written out first. The pipe stays the caller's. */
void tru_stdio_pipe(FILE *stream, unsigned long pipe);
