/* SPDX-License-Identifier: MIT */
#pragma once

/* The three standard streams, and text in memory.
 *
 * stdout and stderr go to `d\console`, or into a pipe the shell put there (`a | b`); without a
 * console they go to the log. The console keeps what comes by stderr apart if it can. stdout is
 * written out at the end of a call that put a newline into it, when its buffer is full, before
 * stdin waits and at exit; stderr at the end of every call (setvbuf: another way). stdin gives
 * lines of the console, or the bytes of a pipe. A program that uses none of them makes no call.
 * Not for two threads at a time.
 *
 * The functions are musl's and do all that ISO C asks, in UTF-8. There are no files. */

#include <stdarg.h>
#include <stddef.h>

typedef struct _IO_FILE FILE;
extern FILE *stdin;
extern FILE *stdout;
extern FILE *stderr;
#define stdin  stdin
#define stdout stdout
#define stderr stderr

#define EOF    (-1)
#define BUFSIZ 1024

#define LIB_FORMAT(text, first) __attribute__((format(printf, text, first)))

int printf(const char *restrict format, ...) LIB_FORMAT(1, 2);
int fprintf(FILE *restrict stream, const char *restrict format, ...) LIB_FORMAT(2, 3);
int snprintf(char *restrict buffer, size_t size, const char *restrict format, ...) LIB_FORMAT(3, 4);
int sprintf(char *restrict buffer, const char *restrict format, ...) LIB_FORMAT(2, 3);
int vprintf(const char *restrict format, va_list arguments) LIB_FORMAT(1, 0);
int vfprintf(FILE *restrict stream, const char *restrict format, va_list arguments)
    LIB_FORMAT(2, 0);
int vsnprintf(char *restrict buffer, size_t size, const char *restrict format, va_list arguments)
    LIB_FORMAT(3, 0);
int vsprintf(char *restrict buffer, const char *restrict format, va_list arguments)
    LIB_FORMAT(2, 0);

/* Into a block from the heap, which the caller frees; -1: no memory. */
int asprintf(char **text, const char *format, ...) LIB_FORMAT(2, 3);
int vasprintf(char **text, const char *format, va_list arguments) LIB_FORMAT(2, 0);

int puts(const char *text);
int putchar(int c);
int putc(int c, FILE *stream);
int fputc(int c, FILE *stream);
int fputs(const char *restrict text, FILE *restrict stream);
size_t fwrite(const void *restrict data, size_t size, size_t count, FILE *restrict stream);
int fflush(FILE *stream);

/* When output is written out: at once, at a newline, when the buffer is full. The buffer stays the
 * stream's own. Input does not change. */
#define _IOFBF 0
#define _IOLBF 1
#define _IONBF 2
int setvbuf(FILE *restrict stream, char *restrict buffer, int mode, size_t size);
void setbuf(FILE *restrict stream, char *restrict buffer);

int getchar(void);
int getc(FILE *stream);
int fgetc(FILE *stream);
int ungetc(int c, FILE *stream);
char *fgets(char *restrict buffer, int size, FILE *restrict stream);
size_t fread(void *restrict data, size_t size, size_t count, FILE *restrict stream);

/* One byte, as putc and getc; for putc_unlocked nothing is written out before the next call. */
int getc_unlocked(FILE *stream);
int putc_unlocked(int c, FILE *stream);

/* POSIX's: the stream is the calling thread's until as many calls of funlockfile; ftrylockfile is
 * not 0 if another has it. Each function of this header has its stream for itself while it runs. */
void flockfile(FILE *stream);
int ftrylockfile(FILE *stream);
void funlockfile(FILE *stream);

/* Read a line, or up to another character, of any length into a heap block that grows; they return
 * its length, or -1 at the end. The caller frees *line. */
long getline(char **restrict line, size_t *restrict capacity, FILE *restrict stream);
long getdelim(char **restrict line, size_t *restrict capacity, int end, FILE *restrict stream);

#define LIB_SCAN(text, first) __attribute__((format(scanf, text, first)))
int scanf(const char *restrict format, ...) LIB_SCAN(1, 2);
int fscanf(FILE *restrict stream, const char *restrict format, ...) LIB_SCAN(2, 3);
int sscanf(const char *restrict text, const char *restrict format, ...) LIB_SCAN(2, 3);
int vscanf(const char *restrict format, va_list arguments) LIB_SCAN(1, 0);
int vfscanf(FILE *restrict stream, const char *restrict format, va_list arguments) LIB_SCAN(2, 0);
int vsscanf(const char *restrict text, const char *restrict format, va_list arguments)
    LIB_SCAN(2, 0);

int feof(FILE *stream);
int ferror(FILE *stream);
void clearerr(FILE *stream);

/* Writes "text: sentence" to stderr: of errno; of a TR_E_* error. */
void perror(const char *text);
void tru_perror(const char *text, long error);

/* Connects a stream to a pipe the process is a member of; 0 lets it go back to the console. What
 * was written before is written out first. The pipe stays the caller's. */
void tru_stdio_pipe(FILE *stream, unsigned long pipe);

/* Not 0 if one of the three streams is connected to a pipe, or was to be. */
int tru_stdio_is_pipe(FILE *stream);
