/* SPDX-License-Identifier: MIT */
/* From the raw argument to argc, argv and the standard streams. */

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <terrarium.h>

#include "start/argument.h"
#include "stdio/stream.h"

static char program_name[TR_NAME_MAX];
static char *only_name[2] = {program_name, NULL};

/* A walk over the words of a text; a byte may stand for a double quote, 0: none does. */
struct walk {
    const char *next, *end;
    char quote;
};

/* interface.md 3: these three and no others. */
static bool separates(char c)
{
    return c == ' ' || c == '\t' || c == '\n';
}

/* Copies the next word, unquoted and terminated, to `to` unless that is NULL. False: no more. */
static bool walk_word(struct walk *walk, char *to)
{
    bool is_quoted = false;

    while (walk->next < walk->end && separates(*walk->next)) {
        walk->next++;
    }
    if (walk->next == walk->end) {
        return false;
    }
    for (; walk->next < walk->end; walk->next++) {
        char c = *walk->next;
        if (c == '"') {
            is_quoted = !is_quoted;
        } else if (!is_quoted && separates(c)) {
            break;
        } else if (to != NULL) {
            *to++ = c == walk->quote && c != '\0' ? '"' : c;
        }
    }
    if (to != NULL) {
        *to = '\0';
    }
    return true;
}

static void words_fill(const char *text, uint64_t size, char quote, struct arguments *arguments)
{
    struct walk counting = {text, text + size, quote};
    struct walk filling = counting;
    size_t count = 1;

    while (walk_word(&counting, NULL)) {
        count++;
    }
    /* One block: the pointers, then the words, never longer than the text and its last zero. */
    size_t pointers = (count + 1) * sizeof(char *);
    char **words = malloc(pointers + size + 1);
    if (words == NULL) {
        tr_process_exit(TR_E_NOMEM);
    }
    char *place = (char *)words + pointers;
    words[0] = program_name;
    words[count] = NULL;
    for (size_t i = 1; i < count; i++) {
        walk_word(&filling, place);
        words[i] = place;
        place += strlen(place) + 1;
    }
    arguments->count = (int)count;
    arguments->words = words;
}

static void name_fill(void)
{
    struct tr_process_info info;

    if (tr_process_self(&info) >= 0) {
        const char *separator = strchr(info.name, '\\');
        strlcpy(program_name, separator != NULL ? separator + 1 : info.name, sizeof program_name);
    }
}

/* Reads a decimal number. Not by strtoul: all programs have this, few have that. */
static uint64_t number_read(const char **text)
{
    uint64_t value = 0;

    while (isdigit(**text)) {
        value = value * 10 + (uint64_t)(*(*text)++ - '0');
    }
    return value;
}

/* Connects a stream to the pipe of "ID:KEY". */
static void stream_join(struct lib_stream *stream, const char *numbers)
{
    uint64_t id = number_read(&numbers);
    uint64_t key = *numbers++ == ':' ? number_read(&numbers) : 0;
    int64_t result = tr_pipe_join(id, key);

    lib_stream_bind_pipe(stream, result == 0 || result == TR_E_EXIST ? id : 0);
}

/* Takes in what stands behind the zero byte. Returns the byte that stands for a double quote. */
static char rest_take(const char *text, uint64_t size)
{
    static const char input[] = "stdin=pipe:";
    static const char output[] = "stdout=pipe:";
    static const char quote[] = "quote=";
    struct walk walk = {text, text + size, '\0'};
    char word[96], stand_in = '\0';

    while (walk.next < walk.end) {
        const char *start = walk.next;
        if (!walk_word(&walk, NULL)) {
            break;
        }
        size_t length = (size_t)(walk.next - start);
        if (length >= sizeof word) {
            continue;
        }
        walk.next = start;
        walk_word(&walk, word);
        if (strncmp(word, input, sizeof input - 1) == 0) {
            stream_join(&lib_input, word + sizeof input - 1);
        } else if (strncmp(word, output, sizeof output - 1) == 0) {
            stream_join(&lib_output, word + sizeof output - 1);
        } else if (strncmp(word, quote, sizeof quote - 1) == 0) {
            stand_in = word[sizeof quote - 1];
        }
    }
    return stand_in;
}

void arguments_parse(const char *text, uint64_t size, struct arguments *arguments)
{
    uint64_t length = size;
    char quote = '\0';

    name_fill();
    const char *zero = size != 0 ? memchr(text, '\0', size) : NULL;
    if (zero != NULL) {
        length = (uint64_t)(zero - text);
        quote = rest_take(zero + 1, size - length - 1);
    }
    if (length == 0) {
        *arguments = (struct arguments){1, only_name};
    } else {
        words_fill(text, length, quote, arguments);
    }
}
