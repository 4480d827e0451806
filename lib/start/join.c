/* SPDX-License-Identifier: MIT */
/* Words made one argument: the other way round than argument.c. */

#include <stdbool.h>
#include <string.h>
#include <terrarium.h>
#include <terrarium/argument.h>

/* Where the argument goes; what is beyond the capacity is counted only. */
struct joint {
    char *bytes;
    size_t capacity, used;
};

static void put(struct joint *joint, char c)
{
    if (joint->used < joint->capacity) {
        joint->bytes[joint->used] = c;
    }
    joint->used++;
}

static bool words_hold(int count, char *const *words, char c)
{
    for (int i = 0; i < count; i++) {
        if (strchr(words[i], c) != NULL) {
            return true;
        }
    }
    return false;
}

/* A byte that no word holds and that parts no words; 0: there is none. */
static char stand_in_find(int count, char *const *words)
{
    for (char c = 1; c < ' '; c++) {
        if (strchr("\t\n\v\f\r", c) == NULL && !words_hold(count, words, c)) {
            return c;
        }
    }
    return '\0';
}

static void word_put(struct joint *joint, const char *word, char stand_in)
{
    bool is_plain = word[0] != '\0' && strpbrk(word, " \t\n\v\f\r") == NULL;

    if (!is_plain) {
        put(joint, '"');
    }
    for (; *word != '\0'; word++) {
        put(joint, *word == '"' ? stand_in : *word);
    }
    if (!is_plain) {
        put(joint, '"');
    }
}

int64_t tru_argument_join(char *argument, size_t capacity, int count, char *const *words)
{
    static const char quote[] = "quote=";
    struct joint joint = {argument, capacity, 0};
    bool has_quotes = words_hold(count, words, '"');
    char stand_in = has_quotes ? stand_in_find(count, words) : '"';

    if (stand_in == '\0') {
        return TR_E_INVAL;
    }
    for (int i = 0; i < count; i++) {
        if (i > 0) {
            put(&joint, ' ');
        }
        word_put(&joint, words[i], stand_in);
    }
    if (has_quotes) {
        put(&joint, '\0');
        for (const char *c = quote; *c != '\0'; c++) {
            put(&joint, *c);
        }
        put(&joint, stand_in);
    }
    return joint.used <= capacity ? (int64_t)joint.used : TR_E_TOOBIG;
}
