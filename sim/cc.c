/* SPDX-License-Identifier: MIT */
/* `terrarium cc`: the host's compiler with the flags of a Terrarium program. The words are the
 * compiler's own; ours go before them (headers, flags) and behind them (libraries). */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/built.h"
#include "sim/command.h"
#include "sim/exit.h"
#include "sim/place.h"
#include "sim/say.h"

#define OWN_WORDS_MAX 96

struct line {
    const char **words;
    size_t count;
};

/* Appends the words of a text; they live in a copy that is never freed: exec comes next. */
static void append_split(struct line *line, const char *text)
{
    char *copy = strdup(text);
    for (char *rest = copy, *word; copy != NULL && (word = strsep(&rest, " ")) != NULL;) {
        if (*word != '\0' && line->count < OWN_WORDS_MAX) {
            line->words[line->count++] = word;
        }
    }
}

static void append(struct line *line, const char *word)
{
    line->words[line->count++] = word;
}

/* The barrier stands between the user's words and our library: a word before it that wants one more
 * gets what can name no file, whether the compiler reads it or the linker. */
struct places {
    char barrier[PATH_MAX + sizeof("-Wl,-L/")];
    char library[PATH_MAX], ghosts[PATH_MAX], headers[PATH_MAX], interface[PATH_MAX];
    char musl[PATH_MAX];
};

static bool find_places(struct places *places)
{
    bool found =
        sim_place(SIM_INSTALLED_LIB "/libtr.a", SIM_BUILT_LIB, places->library) &&
        sim_place(SIM_INSTALLED_LIB "/libtr-ghosts.so", SIM_BUILT_GHOSTS, places->ghosts) &&
        sim_place(SIM_INSTALLED_HEAD, SIM_BUILT_HEAD_LIB, places->headers) &&
        sim_place(SIM_INSTALLED_HEAD, SIM_BUILT_HEAD_ABI, places->interface) &&
        sim_place(SIM_INSTALLED_HEAD, SIM_BUILT_HEAD_MUSL, places->musl);
    snprintf(places->barrier, sizeof(places->barrier), "-Wl,-L%s/", places->library);
    return found;
}

/* With -c, -S or -E nothing is linked. */
static bool links(int count, char **words)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(words[i], "-c") == 0 || strcmp(words[i], "-S") == 0 ||
            strcmp(words[i], "-E") == 0) {
            return false;
        }
    }
    return true;
}

/* The C library of programs is one for C alone. */
static const char *find_foreign(int count, char **words)
{
    static const char *const endings[] = {".cpp", ".cc", ".cxx", ".C"};
    for (int i = 0; i < count; i++) {
        const char *dot = words[i][0] != '-' ? strrchr(words[i], '.') : NULL;
        for (size_t k = 0; dot != NULL && k < sizeof(endings) / sizeof(endings[0]); k++) {
            if (strcmp(dot, endings[k]) == 0) {
                return words[i];
            }
        }
    }
    return NULL;
}

/* Words of the compiler that take the next one, whatever it is. */
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
                                        "--entry"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(word, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_output(const char *word)
{
    return strcmp(word, "-o") == 0 || strcmp(word, "--output") == 0;
}

static bool is_source_name(const char *word)
{
    static const char *const endings[] = {".c", ".h", ".i", ".s", ".S", ".a", ".so"};
    const char *dot = strrchr(word, '.');
    for (size_t i = 0; dot != NULL && i < sizeof(endings) / sizeof(endings[0]); i++) {
        if (strcmp(dot, endings[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* What the words say, as far as it matters where the compiler writes. */
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
        } else {
            meaning.sources += words[i][0] != '-' || words[i][1] == '\0';
        }
    }
    return meaning;
}

/* True if a word that is no option's value is this name. */
static bool is_input(int count, char **words, const char *name)
{
    for (int i = 0; i < count; i++) {
        if (takes_next(words[i])) {
            i++;
        } else if (strcmp(words[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* 0, or the exit code after a complaint: one word too few, and the compiler would write over a
 * source or over the library that follows. */
static int check_words(int count, char **words, bool linked)
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
    if (output != NULL && ((linked && is_source_name(output)) || is_input(count, words, output))) {
        return sim_usage_error(&sim_command_cc, "-o %s: a program is not named like a source",
                               output);
    }
    if (meaning.sources == 0) {
        return sim_usage_error(&sim_command_cc, "give at least one source file");
    }
    return 0;
}

/* Words that only ask the compiler something. */
static bool only_asks(int count, char **words)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(words[i], "--version") == 0 || strcmp(words[i], "-v") == 0 ||
            strcmp(words[i], "-###") == 0 || strncmp(words[i], "-print-", 7) == 0 ||
            strncmp(words[i], "-dump", 5) == 0) {
            return true;
        }
    }
    return false;
}

static int run(int count, char **words)
{
    static struct places places;
    const char *foreign = find_foreign(count, words);
    if (foreign != NULL) {
        return sim_usage_error(&sim_command_cc, "%s: programs are written in C", foreign);
    }
    bool linked = links(count, words);
    int code = only_asks(count, words) ? 0 : check_words(count, words, linked);
    if (code != 0) {
        return code;
    }
    if (!find_places(&places)) {
        sim_complain("cc: the program library is missing (%s, or %s beside the binary)",
                     SIM_BUILT_LIB, SIM_INSTALLED_LIB);
        return SIM_EXIT_FAILED;
    }
    const char *compiler = getenv("CC");
    struct line line = {.words = calloc(OWN_WORDS_MAX + (size_t)count + 1, sizeof(char *))};
    if (line.words == NULL) {
        sim_complain("cc: no memory");
        return SIM_EXIT_FAILED;
    }
    append_split(&line, compiler != NULL && *compiler != '\0' ? compiler : SIM_CC);
    append_split(&line, SIM_CFLAGS);
    append(&line, "-isystem");
    append(&line, places.headers);
    append(&line, "-isystem");
    append(&line, places.interface);
    append(&line, "-isystem");
    append(&line, places.musl);
    if (linked) {
        append_split(&line, SIM_LDFLAGS);
    }
    /* clang takes counting for a wish to link its sanitizers' runtime; gcc does not know the word.
     */
    if (linked && strstr(line.words[0], "clang") != NULL) {
        append(&line, "-fno-sanitize-link-runtime");
    }
    for (int i = 0; i < count; i++) {
        append(&line, words[i]);
    }
    if (linked) {
        append(&line, places.barrier);
        append(&line, "-x"); /* whatever the sources are written in */
        append(&line, "none");
        append(&line, places.library);
        append(&line, places.ghosts);
        append(&line, "-lgcc");
    }
    execvp(line.words[0], (char **)(uintptr_t)line.words);
    sim_complain("%s: %s", line.words[0], strerror(errno));
    return SIM_EXIT_FAILED;
}

const struct sim_command sim_command_cc = {
    .name = "cc",
    .usage = "SOURCES [compiler words] -o prog.elf",
    .summary = "compiles a program for Terrarium with the host's C compiler",
    .text =
        "Example:\n"
        "  terrarium cc hello.c -o hello.elf && terrarium exec hello.elf\n"
        "All words go to the compiler (CC in the environment, else the one this binary was\n"
        "built with). The same flags are in the pkg-config module terrarium-program. A program\n"
        "is C; it has no thread-local variables (_Thread_local). Its stack is 1 MiB, backed as it\n"
        "is used; -Wl,-z,stack-size=BYTES asks for another size, up to 8 MiB.\n",
    .run = run,
};
