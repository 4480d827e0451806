/* SPDX-License-Identifier: MIT */
/* A compiler and the linker behind it have some hundred words that write files. They are not listed
 * here: whatever is no source and no word that only reads must not be the name of a source. */

#include "cc_words.h"

#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "sim/command.h"
#include "sim/exit.h"
#include "sim/place.h"

/* Is the word in the list? NULL ends it. */
static bool is_one_of(const char *word, const char *const *list)
{
    for (; *list != NULL; list++) {
        if (strcmp(word, *list) == 0) {
            return true;
        }
    }
    return false;
}

bool sim_cc_links(int count, char **words)
{
    static const char *const kept[] = {"-c", "-S", "-E", NULL};
    for (int i = 0; i < count; i++) {
        if (is_one_of(words[i], kept)) {
            return false;
        }
    }
    return true;
}

/* Words that take the next one, whatever it is. */
static bool takes_next(const char *word)
{
    static const char *const names[] = {"-o",
                                        "-I",
                                        "-L",
                                        "-l",
                                        "-D",
                                        "-U",
                                        "-x",
                                        "-u",
                                        "-z",
                                        "-T",
                                        "-e",
                                        "-h",
                                        "-A",
                                        "-B",
                                        "-MF",
                                        "-MT",
                                        "-MQ",
                                        "-MJ",
                                        "-include",
                                        "-imacros",
                                        "-isystem",
                                        "-iquote",
                                        "-iprefix",
                                        "-isysroot",
                                        "-idirafter",
                                        "-aux-info",
                                        "-dumpbase",
                                        "-dumpdir",
                                        "-dumpbase-ext",
                                        "-iwithprefix",
                                        "-iwithprefixbefore",
                                        "-Xlinker",
                                        "-Xassembler",
                                        "-Xpreprocessor",
                                        "-Xclang",
                                        "-mllvm",
                                        "-arch",
                                        "-target",
                                        "-wrapper",
                                        "--param",
                                        "--output",
                                        "--sysroot",
                                        "--include",
                                        "--entry",
                                        NULL};
    return is_one_of(word, names);
}

static bool is_output(const char *word)
{
    return strcmp(word, "-o") == 0 || strcmp(word, "--output") == 0;
}

static bool is_input(const char *word)
{
    return word[0] != '-' || word[1] == '\0';
}

static bool ends_like(const char *word, const char *const *endings)
{
    const char *dot = strrchr(word, '.');
    return dot != NULL && is_one_of(dot, endings);
}

/* What no output is named like: C always, assembler and libraries where a program is made. */
static bool is_source_name(const char *word, bool linked)
{
    static const char *const always[] = {".c", ".h", ".a", ".so", NULL};
    static const char *const linking[] = {".i", ".s", ".S", ".o", NULL};
    return ends_like(word, always) || (linked && ends_like(word, linking));
}

/* What the words say, as far as it matters here. */
struct meaning {
    const char *output; /* NULL: not said */
    const char *open;   /* the last word, if it wants one more */
    int sources;
};

static struct meaning read_words(int count, char **words)
{
    struct meaning meaning = {0};
    for (int i = 0; i < count; i++) {
        if (takes_next(words[i])) {
            meaning.open = i + 1 == count ? words[i] : NULL;
            meaning.output = is_output(words[i]) && i + 1 < count ? words[i + 1] : meaning.output;
            i++;
        } else if (strncmp(words[i], "-o", 2) == 0) {
            meaning.output = words[i] + 2;
        } else if (strncmp(words[i], "--output=", 9) == 0) {
            meaning.output = words[i] + 9;
        } else {
            meaning.sources += is_input(words[i]);
        }
    }
    return meaning;
}

/* The source of these words that is this file; NULL: none. */
static const char *find_source(int count, char **words, const char *path)
{
    for (int i = 0; i < count; i++) {
        if (takes_next(words[i])) {
            i++;
        } else if (is_input(words[i]) && sim_same_file(words[i], path)) {
            return words[i];
        }
    }
    return NULL;
}

/* Past an option's letters where its file follows at once. */
static const char *skip_letters(const char *piece)
{
    static const char *const joined[] = {"-MF", "-MJ", "-o", NULL};
    for (size_t i = 0; joined[i] != NULL; i++) {
        if (strncmp(piece, joined[i], strlen(joined[i])) == 0) {
            return piece + strlen(joined[i]);
        }
    }
    return piece;
}

/* What a word that writes would write over: of "-Wl,-Map=x,-oy" each piece may be a file. */
static const char *find_loss(int count, char **words, const char *word)
{
    char piece[PATH_MAX];
    for (const char *at = word; *at != '\0'; at += *at != '\0') {
        size_t length = strcspn(at, ",=");
        snprintf(piece, sizeof(piece), "%.*s", (int)length, at);
        const char *path = skip_letters(piece);
        const char *source = find_source(count, words, path);
        if (source != NULL || sim_is_own(path)) {
            return source != NULL ? source : word;
        }
        at += length;
    }
    return NULL;
}

/* Words that define or name something, or read a file. */
static bool only_reads(const char *word)
{
    static const char *const names[] = {"-D",  "-U",  "-I", "-L",       "-l",       "-T",
                                        "-MT", "-MQ", "-x", "-include", "-imacros", NULL};
    for (size_t i = 0; names[i] != NULL; i++) {
        if (strncmp(word, names[i], strlen(names[i])) == 0) {
            return true;
        }
    }
    return false;
}

static int check_losses(int count, char **words)
{
    for (int i = 0; i < count; i++) {
        bool two = takes_next(words[i]) && i + 1 < count;
        const char *value = words[i + two];
        const char *lost =
            is_input(words[i]) || only_reads(words[i]) ? NULL : find_loss(count, words, value);
        if (lost != NULL) {
            return sim_usage_error(&sim_command_cc, "%s%s%s: %s is a source, or our library",
                                   words[i], two ? " " : "", two ? value : "", lost);
        }
        i += two;
    }
    return 0;
}

/* Words that only ask the compiler something: they want no source. */
static bool only_asks(int count, char **words)
{
    static const char *const names[] = {"--version", "-v", "-###", NULL};
    for (int i = 0; i < count; i++) {
        if (is_one_of(words[i], names) || strncmp(words[i], "-print-", 7) == 0 ||
            strncmp(words[i], "-dump", 5) == 0) {
            return true;
        }
    }
    return false;
}

int sim_cc_check(int count, char **words)
{
    struct meaning meaning = read_words(count, words);
    const char *output = meaning.output;
    if (meaning.open != NULL) {
        return sim_usage_error(&sim_command_cc,
                               is_output(meaning.open) ? "%s needs the name of the program"
                                                       : "%s needs one more word",
                               meaning.open);
    }
    if (output != NULL && output[0] == '-' && output[1] != '\0') {
        return sim_usage_error(&sim_command_cc, "-o needs the name of the program; %s is an option",
                               output);
    }
    if (output != NULL && (is_source_name(output, sim_cc_links(count, words)) ||
                           find_source(count, words, output) != NULL)) {
        return sim_usage_error(&sim_command_cc, "-o %s: a program is not named like a source",
                               output);
    }
    if (meaning.sources == 0 && !only_asks(count, words)) {
        return sim_usage_error(&sim_command_cc, "give at least one source file");
    }
    return check_losses(count, words);
}
