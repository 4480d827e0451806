/* SPDX-License-Identifier: MIT */
/* `terrarium cc`: the host's compiler with the flags of a Terrarium program. The words are the
 * compiler's own; ours go before them (headers, flags) and behind them (libraries). */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/built.h"
#include "sim/cc_words.h"
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

static int run(int count, char **words)
{
    static struct places places;
    const char *foreign = find_foreign(count, words);
    if (foreign != NULL) {
        return sim_usage_error(&sim_command_cc, "%s: programs are written in C", foreign);
    }
    bool linked = sim_cc_links(count, words);
    int code = sim_cc_check(count, words);
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
        "is C. Its stack is 1 MiB, backed as it is used; -Wl,-z,stack-size=BYTES asks for another\n"
        "size, up to 8 MiB.\n",
    .run = run,
};
