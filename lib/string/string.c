/* SPDX-License-Identifier: MIT */
/* Strings: bytes up to a zero. */

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

size_t strlen(const char *text)
{
    const char *end = text;

    while (*end != '\0') {
        end++;
    }
    return (size_t)(end - text);
}

size_t strnlen(const char *text, size_t most)
{
    size_t length = 0;

    while (length < most && text[length] != '\0') {
        length++;
    }
    return length;
}

int strncmp(const char *a, const char *b, size_t most)
{
    for (size_t i = 0; i < most; i++) {
        unsigned char left = (unsigned char)a[i];
        unsigned char right = (unsigned char)b[i];
        if (left != right) {
            return left < right ? -1 : 1;
        }
        if (left == '\0') {
            break;
        }
    }
    return 0;
}

int strcmp(const char *a, const char *b)
{
    return strncmp(a, b, (size_t)-1);
}

int strcoll(const char *a, const char *b)
{
    return strcmp(a, b);
}

size_t strxfrm(char *restrict to, const char *restrict from, size_t size)
{
    return strlcpy(to, from, size);
}

int strncasecmp(const char *a, const char *b, size_t most)
{
    for (size_t i = 0; i < most; i++) {
        int left = tolower((unsigned char)a[i]);
        int right = tolower((unsigned char)b[i]);
        if (left != right) {
            return left < right ? -1 : 1;
        }
        if (left == '\0') {
            break;
        }
    }
    return 0;
}

int strcasecmp(const char *a, const char *b)
{
    return strncasecmp(a, b, (size_t)-1);
}

char *strcpy(char *restrict to, const char *restrict from)
{
    return memcpy(to, from, strlen(from) + 1);
}

char *stpcpy(char *restrict to, const char *restrict from)
{
    size_t length = strlen(from);

    return (char *)memcpy(to, from, length + 1) + length;
}

char *strncpy(char *restrict to, const char *restrict from, size_t most)
{
    size_t length = strnlen(from, most);

    memcpy(to, from, length);
    memset(to + length, 0, most - length);
    return to;
}

char *strcat(char *restrict to, const char *restrict from)
{
    strcpy(to + strlen(to), from);
    return to;
}

char *strncat(char *restrict to, const char *restrict from, size_t most)
{
    size_t length = strnlen(from, most);
    char *end = to + strlen(to);

    memcpy(end, from, length);
    end[length] = '\0';
    return to;
}

size_t strlcpy(char *restrict to, const char *restrict from, size_t size)
{
    size_t length = strlen(from);

    if (size > 0) {
        size_t kept = length < size ? length : size - 1;
        memcpy(to, from, kept);
        to[kept] = '\0';
    }
    return length;
}

size_t strlcat(char *restrict to, const char *restrict from, size_t size)
{
    size_t length = strnlen(to, size);

    return length + strlcpy(to + length, from, size - length);
}

char *strchr(const char *text, int c)
{
    while (*text != (char)c) {
        if (*text == '\0') {
            return NULL;
        }
        text++;
    }
    return (char *)text;
}

char *strrchr(const char *text, int c)
{
    const char *last = NULL;

    do {
        if (*text == (char)c) {
            last = text;
        }
    } while (*text++ != '\0');
    return (char *)last;
}

char *strstr(const char *text, const char *word)
{
    size_t length = strlen(word);

    for (; strncmp(text, word, length) != 0; text++) {
        if (*text == '\0') {
            return NULL;
        }
    }
    return (char *)text;
}

char *strcasestr(const char *text, const char *word)
{
    size_t length = strlen(word);

    for (; strncasecmp(text, word, length) != 0; text++) {
        if (*text == '\0') {
            return NULL;
        }
    }
    return (char *)text;
}

size_t strspn(const char *text, const char *set)
{
    size_t length = 0;

    while (text[length] != '\0' && strchr(set, text[length]) != NULL) {
        length++;
    }
    return length;
}

size_t strcspn(const char *text, const char *set)
{
    size_t length = 0;

    /* The zero at the end of `set` is found too, so this ends with the text. */
    while (strchr(set, text[length]) == NULL) {
        length++;
    }
    return length;
}

char *strpbrk(const char *text, const char *set)
{
    const char *found = text + strcspn(text, set);

    return *found == '\0' ? NULL : (char *)found;
}

char *strtok_r(char *restrict text, const char *restrict separators, char **restrict rest)
{
    char *word = text != NULL ? text : *rest;

    word += strspn(word, separators);
    *rest = word + strcspn(word, separators);
    if (*word == '\0') {
        return NULL;
    }
    if (**rest != '\0') {
        *(*rest)++ = '\0';
    }
    return word;
}

char *strtok(char *restrict text, const char *restrict separators)
{
    static char *rest;

    return strtok_r(text, separators, &rest);
}

char *strsep(char **restrict rest, const char *restrict separators)
{
    char *word = *rest;

    if (word != NULL) {
        char *end = word + strcspn(word, separators);
        *rest = *end != '\0' ? end + 1 : NULL;
        *end = '\0';
    }
    return word;
}

char *strndup(const char *text, size_t most)
{
    size_t length = strnlen(text, most);
    char *copy = malloc(length + 1);

    if (copy != NULL) {
        memcpy(copy, text, length);
        copy[length] = '\0';
    }
    return copy;
}

char *strdup(const char *text)
{
    return strndup(text, (size_t)-1);
}
