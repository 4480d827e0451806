/* SPDX-License-Identifier: MIT */
#pragma once

/* Memory and strings, as in ISO C, with the few POSIX ones everybody expects. */

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int value, size_t size);
int memcmp(const void *a, const void *b, size_t size);
void *memchr(const void *memory, int value, size_t size);
void *memrchr(const void *memory, int value, size_t size);
void *memmem(const void *memory, size_t size, const void *part, size_t part_size);

size_t strlen(const char *text);
size_t strnlen(const char *text, size_t most);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t most);
int strcoll(const char *a, const char *b);
int strcasecmp(const char *a, const char *b);
int strncasecmp(const char *a, const char *b, size_t most);
char *strcpy(char *restrict to, const char *restrict from);
char *stpcpy(char *restrict to, const char *restrict from);
char *strncpy(char *restrict to, const char *restrict from, size_t most);
char *strcat(char *restrict to, const char *restrict from);
char *strncat(char *restrict to, const char *restrict from, size_t most);
char *strchr(const char *text, int c);
char *strrchr(const char *text, int c);
char *strstr(const char *text, const char *word);
char *strcasestr(const char *text, const char *word);
char *strpbrk(const char *text, const char *set);
size_t strspn(const char *text, const char *set);
size_t strcspn(const char *text, const char *set);
char *strtok_r(char *restrict text, const char *restrict separators, char **restrict rest);
char *strtok(char *restrict text, const char *restrict separators);
/* Cuts the text at *rest at the next separator, empty words too; NULL: there is no more. */
char *strsep(char **restrict rest, const char *restrict separators);

/* Like strcpy and strcat into `size` bytes, always terminated. They return the length they wanted:
 * >= size means cut. */
size_t strlcpy(char *restrict to, const char *restrict from, size_t size);
size_t strlcat(char *restrict to, const char *restrict from, size_t size);

/* From the heap; NULL if there is no memory. */
char *strdup(const char *text);
char *strndup(const char *text, size_t most);

/* For comparing with strcmp what strcoll would compare; returns the length it wants. */
size_t strxfrm(char *restrict to, const char *restrict from, size_t size);

/* The sentence of a value of errno, or of a TR_E_* error, as tr_error_text. */
char *strerror(int error);
