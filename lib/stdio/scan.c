/* SPDX-License-Identifier: MIT */
/* The scanf family: takes text apart as a format says. A number is first collected, character by
 * character as long as it can still be one, then read by strtol's or strtod's family. At most one
 * character is looked at and not taken. */

#include <ctype.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "stdio/stream.h"

#define NUMBER_MOST 512 /* characters of a number; what follows is left */

/* Where characters come from: a text, or a stream if that is NULL. */
struct source {
    const char *text;
    FILE *stream;
    long taken;
};

/* One conversion: %[*][width][size]letter. */
struct field {
    bool is_dropped;
    int width; /* 0: none was given */
    int size;  /* bytes of the integer or the real: 1, 2, 4 or 8 */
    char letter;
    const char *set, *set_end; /* of %[ */
    bool is_inverted;
};

static int source_look(const struct source *source)
{
    if (source->text != NULL) {
        return *source->text != '\0' ? (unsigned char)*source->text : EOF;
    }
    int c = fgetc(source->stream);
    ungetc(c, source->stream);
    return c;
}

static void source_take(struct source *source)
{
    if (source->text != NULL) {
        source->text++;
    } else {
        fgetc(source->stream);
    }
    source->taken++;
}

static void blanks_skip(struct source *source)
{
    while (isspace(source_look(source))) {
        source_take(source);
    }
}

/* Collects a number's characters. */
struct number {
    char text[NUMBER_MOST + 1];
    int used, most;
};

/* Takes the next character if it is one of `set`. */
static bool number_take(struct number *number, struct source *source, const char *set)
{
    int c = source_look(source);

    if (number->used == number->most || c == EOF || c == 0 || strchr(set, c) == NULL) {
        return false;
    }
    number->text[number->used++] = (char)c;
    source_take(source);
    return true;
}

static int digits_take(struct number *number, struct source *source, const char *set)
{
    int count = 0;

    while (number_take(number, source, set)) {
        count++;
    }
    return count;
}

/* The digits of an integer. *base may be 0: the number says. False: it is none. */
static bool integer_collect(struct number *number, struct source *source, int *base)
{
    static const char hex[] = "0123456789abcdefABCDEF";
    const char *set = *base == 8 ? "01234567" : *base == 16 ? hex : "0123456789";
    bool has_digit = false;

    number_take(number, source, "+-");
    if ((*base == 0 || *base == 16) && number_take(number, source, "0")) {
        has_digit = true;
        if (number_take(number, source, "xX")) {
            has_digit = false;
            *base = 16;
            set = hex;
        } else if (*base == 0) {
            *base = 8;
            set = "01234567";
        }
    }
    return digits_take(number, source, set) > 0 || has_digit;
}

static bool real_collect(struct number *number, struct source *source)
{
    static const char digits[] = "0123456789";

    number_take(number, source, "+-");
    int count = digits_take(number, source, digits);
    if (number_take(number, source, ".")) {
        count += digits_take(number, source, digits);
    }
    if (count == 0) {
        return false;
    }
    if (number_take(number, source, "eE")) {
        number_take(number, source, "+-");
        return digits_take(number, source, digits) > 0;
    }
    return true;
}

static void integer_store(const struct field *field, uint64_t value, void *to)
{
    switch (field->size) {
    case 1:
        *(uint8_t *)to = (uint8_t)value;
        break;
    case 2:
        *(uint16_t *)to = (uint16_t)value;
        break;
    case 4:
        *(uint32_t *)to = (uint32_t)value;
        break;
    default:
        *(uint64_t *)to = value;
        break;
    }
}

static int base_of(char letter)
{
    switch (letter) {
    case 'i':
        return 0;
    case 'o':
        return 8;
    case 'x':
    case 'X':
    case 'p':
        return 16;
    default:
        return 10;
    }
}

/* %d %f and their like. False: no number is there. */
static bool number_scan(struct source *source, const struct field *field, void *to)
{
    struct number number = {.most = field->width > 0 && field->width < NUMBER_MOST ? field->width
                                                                                   : NUMBER_MOST};
    bool is_real = strchr("aefgAEFG", field->letter) != NULL;
    int base = base_of(field->letter);

    if (is_real ? !real_collect(&number, source) : !integer_collect(&number, source, &base)) {
        return false;
    }
    number.text[number.used] = '\0';
    if (to == NULL) {
        return true;
    }
    if (is_real && field->size == 8) {
        *(double *)to = strtod(number.text, NULL);
    } else if (is_real) {
        *(float *)to = strtof(number.text, NULL);
    } else if (field->letter == 'd' || field->letter == 'i') {
        integer_store(field, (uint64_t)strtol(number.text, NULL, base), to);
    } else {
        integer_store(field, strtoul(number.text, NULL, base), to);
    }
    return true;
}

/* True if a character belongs to %s, %[ or %c. */
static bool is_wanted(const struct field *field, int c)
{
    if (field->letter == 'c') {
        return true;
    }
    if (field->letter == 's') {
        return !isspace(c);
    }
    for (const char *set = field->set; set < field->set_end; set++) {
        unsigned char first = (unsigned char)*set;
        bool is_range = set + 2 < field->set_end && set[1] == '-';
        unsigned char last = (unsigned char)(is_range ? set[2] : *set);
        if (c >= first && c <= last) {
            return !field->is_inverted;
        }
        set += is_range ? 2 : 0;
    }
    return field->is_inverted;
}

static bool text_scan(struct source *source, const struct field *field, char *to)
{
    int most = field->width > 0 ? field->width : field->letter == 'c' ? 1 : INT_MAX;
    int used = 0;
    int c;

    while (used < most && (c = source_look(source)) != EOF && is_wanted(field, c)) {
        if (to != NULL) {
            to[used] = (char)c;
        }
        used++;
        source_take(source);
    }
    if (to != NULL && field->letter != 'c') {
        to[used] = '\0';
    }
    return field->letter == 'c' ? used == most : used > 0;
}

static const char *size_read(const char *format, struct field *field)
{
    static const char wide[] = "lzjt";

    field->size = 4;
    if (*format == 'h') {
        field->size = format[1] == 'h' ? 1 : 2;
        return format + (format[1] == 'h' ? 2 : 1);
    }
    while (*format != '\0' && strchr(wide, *format) != NULL) {
        field->size = 8;
        format++;
    }
    return format;
}

static const char *set_read(const char *format, struct field *field)
{
    field->is_inverted = *format == '^';
    format += field->is_inverted;
    field->set = format;
    /* A bracket that comes first is of the set. */
    format += *format == ']';
    while (*format != '\0' && *format != ']') {
        format++;
    }
    field->set_end = format;
    return *format == ']' ? format + 1 : format;
}

static const char *field_read(const char *format, struct field *field)
{
    memset(field, 0, sizeof *field);
    field->is_dropped = *format == '*';
    format += field->is_dropped;
    for (; isdigit((unsigned char)*format); format++) {
        field->width =
            field->width < INT_MAX / 10 - 1 ? field->width * 10 + (*format - '0') : field->width;
    }
    format = size_read(format, field);
    field->letter = *format;
    if (field->letter == 'p') {
        field->size = 8;
    }
    format += *format != '\0';
    return field->letter == '[' ? set_read(format, field) : format;
}

/* What a piece of the format came to. */
enum outcome { OUTCOME_NONE, OUTCOME_STORED, OUTCOME_DROPPED, OUTCOME_COUNTED };

static enum outcome field_scan(struct source *source, const struct field *field, void *to)
{
    bool is_text = strchr("cs[", field->letter) != NULL;
    bool is_good;

    if (field->letter == 'n') {
        if (to != NULL) {
            integer_store(field, (uint64_t)source->taken, to);
        }
        return OUTCOME_COUNTED;
    }
    if (is_text) {
        is_good = text_scan(source, field, to);
    } else {
        is_good =
            strchr("diouxXpaefgAEFG", field->letter) != NULL && number_scan(source, field, to);
    }
    return !is_good ? OUTCOME_NONE : to != NULL ? OUTCOME_STORED : OUTCOME_DROPPED;
}

/* Plain text of the format must be there; a blank is any number of blanks. */
static bool plain_match(struct source *source, char c)
{
    if (isspace((unsigned char)c)) {
        blanks_skip(source);
        return true;
    }
    if (source_look(source) != (unsigned char)c) {
        return false;
    }
    source_take(source);
    return true;
}

static int source_scan(struct source *source, const char *format, va_list arguments)
{
    int stored = 0;
    bool is_any = false; /* a conversion has succeeded, also one that stores nothing */

    while (*format != '\0') {
        struct field field;
        if (*format != '%' || format[1] == '%') {
            bool is_percent = *format == '%';
            if (is_percent) {
                blanks_skip(source);
            }
            if (!plain_match(source, *format)) {
                return source_look(source) == EOF && !is_any ? EOF : stored;
            }
            format += is_percent ? 2 : 1;
            continue;
        }
        format = field_read(format + 1, &field);
        if (field.letter == '\0') {
            break;
        }
        if (strchr("cn[", field.letter) == NULL) {
            blanks_skip(source);
        }
        if (field.letter != 'n' && source_look(source) == EOF) {
            return is_any ? stored : EOF;
        }
        void *to = field.is_dropped ? NULL : va_arg(arguments, void *);
        enum outcome outcome = field_scan(source, &field, to);
        if (outcome == OUTCOME_NONE) {
            break;
        }
        is_any |= outcome != OUTCOME_COUNTED;
        stored += outcome == OUTCOME_STORED;
    }
    return stored;
}

int vsscanf(const char *text, const char *format, va_list arguments)
{
    struct source source = {.text = text};

    return source_scan(&source, format, arguments);
}

int vfscanf(FILE *stream, const char *format, va_list arguments)
{
    struct source source = {.stream = stream};

    return source_scan(&source, format, arguments);
}

int sscanf(const char *text, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int stored = vsscanf(text, format, arguments);
    va_end(arguments);
    return stored;
}

int fscanf(FILE *stream, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int stored = vfscanf(stream, format, arguments);
    va_end(arguments);
    return stored;
}

int scanf(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int stored = vfscanf(stdin, format, arguments);
    va_end(arguments);
    return stored;
}
