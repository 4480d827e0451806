/* SPDX-License-Identifier: MIT */
/* The reader of boot files. A line is one statement:
 *
 *   module NAME FILE [ARGUMENT…]   in memory, and started at boot as a driver, in this order
 *   program NAME FILE              only in memory, for others to find: a program, or any file
 *   ram SIZE · seed NUMBER · clock virtual|host · slice TIME · limit NAME VALUE
 *   disk FILE · cdrom FILE · floppy FILE · and the other words of hardware.h; at TIME ACTION
 *
 * "#" before a word begins a comment; "…" keeps blanks together. FILE is relative to the boot
 * file; embedded:NAME is a file of this binary. In an argument $console becomes tty or pipe. */

#include "boot.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hal-posix/lines.h"
#include "sim/embed.h"
#include "sim/parse.h"
#include "sim/say.h"

#define WORDS_MAX 6

/* One line, taken apart. */
struct statement {
    char *words[WORDS_MAX]; /* without quotes */
    size_t count;           /* all words, even beyond WORDS_MAX */
    const char *argument;   /* the text from the fourth word on, quotes and all; NULL: none */
};

struct reader {
    struct sim_boot *boot;
    const char *console;
    unsigned line;
};

struct keyword {
    const char *name;
    size_t least, most; /* words behind it; most 0: no end */
    const char *form;
    bool (*take)(struct reader *reader, struct statement *statement);
};

const char *const sim_clock_names[] = {"virtual", "host", NULL};

struct limit {
    const char *name;
    size_t offset;
    bool is_size;
};

static const struct limit limits[] = {
    {"message_size", offsetof(struct tr_system_limits, message_size), true},
    {"messages_per_sender", offsetof(struct tr_system_limits, messages_per_sender), false},
    {"bytes_per_sender", offsetof(struct tr_system_limits, bytes_per_sender), true},
    {"kernel_memory", offsetof(struct tr_system_limits, kernel_memory), true},
    {"application_reserve", offsetof(struct tr_system_limits, application_reserve), false},
    {"server_reserve", offsetof(struct tr_system_limits, server_reserve), false},
};

#define LIMIT_COUNT (sizeof(limits) / sizeof(limits[0]))

static bool complain_at(const struct reader *reader, const char *word, const char *right)
{
    sim_complain("%s:%u: \"%s\": %s", reader->boot->origin, reader->line, word, right);
    return false;
}

/* The argument's text with $console replaced, owned by the caller. NULL: no memory. */
static char *expand(const char *text, const char *console)
{
    static const char variable[] = "$console";
    size_t size = strlen(text) + 1;
    for (const char *at = text; (at = strstr(at, variable)) != NULL; at++) {
        size += strlen(console);
    }
    char *result = malloc(size), *end = result;
    if (result == NULL) {
        return NULL;
    }
    for (const char *at; (at = strstr(text, variable)) != NULL; text = at + strlen(variable)) {
        end = mempcpy(end, text, (size_t)(at - text));
        end = stpcpy(end, console);
    }
    strcpy(end, text);
    return result;
}

static bool take_program(struct reader *reader, struct statement *statement)
{
    return sim_boot_add(reader->boot, statement->words[1], statement->words[2], reader->line);
}

static bool take_module(struct reader *reader, struct statement *statement)
{
    if (!take_program(reader, statement)) {
        return false;
    }
    struct sim_module *module = &reader->boot->modules[reader->boot->count - 1];
    module->start = true;
    if (statement->argument == NULL) {
        return true;
    }
    module->argument = expand(statement->argument, reader->console);
    if (module->argument == NULL) {
        return complain_at(reader, module->name, "no memory for its argument");
    }
    if (strlen(module->argument) > TR_ARGUMENT_MAX) {
        return complain_at(reader, module->name, "its argument is longer than 64 KiB");
    }
    return true;
}

static bool take_ram(struct reader *reader, struct statement *statement)
{
    uint64_t bytes = 0;
    if (!sim_parse_memory(statement->words[1], &bytes)) {
        return complain_at(reader, statement->words[1], "not " SIM_MEMORY_FORM);
    }
    reader->boot->ram_bytes = bytes;
    return true;
}

static bool take_seed(struct reader *reader, struct statement *statement)
{
    return sim_parse_number(statement->words[1], &reader->boot->seed) ||
           complain_at(reader, statement->words[1], "not " SIM_NUMBER_FORM);
}

static bool take_clock(struct reader *reader, struct statement *statement)
{
    return sim_parse_choice(statement->words[1], sim_clock_names, &reader->boot->clock) ||
           complain_at(reader, statement->words[1], "the clock is virtual or host");
}

static bool take_slice(struct reader *reader, struct statement *statement)
{
    uint64_t slice = 0;
    if (!sim_parse_time(statement->words[1], &slice) || slice == 0) {
        return complain_at(reader, statement->words[1], "not " SIM_TIME_FORM);
    }
    reader->boot->slice_ns = slice;
    return true;
}

static bool take_limit(struct reader *reader, struct statement *statement)
{
    const char *names[LIMIT_COUNT + 1] = {NULL};
    for (size_t i = 0; i < LIMIT_COUNT; i++) {
        names[i] = limits[i].name;
    }
    uint64_t which = 0, value = 0;
    if (!sim_parse_choice(statement->words[1], names, &which)) {
        char text[256] = "no such limit; it would be ";
        sim_alternatives(text + strlen(text), sizeof(text) - strlen(text), names);
        return complain_at(reader, statement->words[1], text);
    }
    bool is_size = limits[which].is_size;
    if (!(is_size ? sim_parse_size(statement->words[2], &value)
                  : sim_parse_number(statement->words[2], &value)) ||
        value == 0) {
        return complain_at(reader, statement->words[2],
                           is_size ? "not " SIM_SIZE_FORM : "not " SIM_NUMBER_FORM);
    }
    memcpy((char *)&reader->boot->limits + limits[which].offset, &value, sizeof(value));
    return true;
}

/* Boot-file forms of the hardware's words: `at TIME ACTION…` is TIME=ACTION on the command line. */
static bool take_hardware(struct reader *reader, struct statement *statement)
{
    char value[8400] = "", why[512], folder[4200];
    const char *slash = strrchr(reader->boot->origin, '/');
    bool is_timed =
        strcmp(statement->words[0], "at") == 0 || strcmp(statement->words[0], "screenshot-at") == 0;
    size_t used = 0, count = statement->count < WORDS_MAX ? statement->count : WORDS_MAX;
    for (size_t i = 1; i < count && used < sizeof(value); i++) {
        const char *gap = i == 1 ? "" : i == 2 && is_timed ? "=" : " ";
        used +=
            (size_t)snprintf(value + used, sizeof(value) - used, "%s%s", gap, statement->words[i]);
    }
    snprintf(folder, sizeof(folder), "%.*s",
             slash != NULL ? (int)(slash - reader->boot->origin) : 0, reader->boot->origin);
    if (!sim_hardware_take(&reader->boot->hardware, statement->words[0], value,
                           slash != NULL ? folder : NULL, why, sizeof(why))) {
        sim_complain("%s:%u: %s: %s", reader->boot->origin, reader->line, statement->words[0], why);
        return false;
    }
    return true;
}

static const struct keyword keywords[] = {
    {"module", 2, 0, "module NAME FILE [ARGUMENT...]", take_module},
    {"program", 2, 2, "program NAME FILE", take_program},
    {"ram", 1, 1, "ram SIZE", take_ram},
    {"seed", 1, 1, "seed NUMBER", take_seed},
    {"clock", 1, 1, "clock virtual|host", take_clock},
    {"slice", 1, 1, "slice TIME", take_slice},
    {"limit", 2, 2, "limit NAME VALUE", take_limit},
    {"disk", 1, 1, "disk FILE[,ro|,cow]", take_hardware},
    {"cdrom", 1, 1, "cdrom FILE|none", take_hardware},
    {"floppy", 1, 1, "floppy FILE[,ro|,cow]|none", take_hardware},
    {"display", 1, 1, "display window|blocks|none", take_hardware},
    {"sound", 1, 1, "sound FILE.wav|sdl", take_hardware},
    {"keyboard", 1, 1, "keyboard SCRIPT|terminal", take_hardware},
    {"serial", 1, 1, "serial pty|FILE|IN,OUT", take_hardware},
    {"rom", 1, 1, "rom FILE", take_hardware},
    {"rtc", 1, 1, "rtc DATE|host", take_hardware},
    {"hardware", 1, 1, "hardware LIST", take_hardware},
    {"screenshot-at", 2, 2, "screenshot-at TIME FILE.png", take_hardware},
    {"at", 2, 5, "at TIME ACTION...", take_hardware},
};

#define KEYWORD_COUNT (sizeof(keywords) / sizeof(keywords[0]))

/* Moves one word to the front of itself without its quotes. Returns its end in the line; NULL if a
 * quote is not closed. */
static char *unquote(char *word)
{
    char *to = word, *from = word;
    bool quoted = false;
    for (; *from != '\0' && (quoted || strchr(" \t", *from) == NULL); from++) {
        if (*from == '"') {
            quoted = !quoted;
        } else {
            *to++ = *from;
        }
    }
    bool more = *from != '\0';
    *to = '\0';
    return quoted ? NULL : from + (more ? 1 : 0);
}

/* The end of the argument's text: where a comment begins or blanks end the line. */
static void trim(char *text)
{
    bool quoted = false;
    char *end = text;
    for (char *at = text; *at != '\0'; at++) {
        if (*at == '"') {
            quoted = !quoted;
        }
        bool blank = strchr(" \t", *at) != NULL && !quoted;
        if (*at == '#' && !quoted && strchr(" \t", at[-1]) != NULL) {
            break;
        }
        end = blank ? end : at + 1;
    }
    *end = '\0';
}

static bool split(struct reader *reader, char *line, struct statement *statement)
{
    *statement = (struct statement){.count = 0};
    for (char *at = line;;) {
        at += strspn(at, " \t");
        if (*at == '\0' || *at == '#') {
            return true;
        }
        if (statement->count == 3 && strcmp(statement->words[0], "module") == 0) {
            trim(at);
            statement->argument = at;
            statement->count++;
            return true;
        }
        char *word = at;
        at = unquote(word);
        if (at == NULL) {
            return complain_at(reader, word, "a quote is not closed");
        }
        if (statement->count < WORDS_MAX) {
            statement->words[statement->count] = word;
        }
        statement->count++;
    }
}

static bool obey(struct reader *reader, struct statement *statement)
{
    const char *names[KEYWORD_COUNT + 1] = {NULL};
    for (size_t i = 0; i < KEYWORD_COUNT; i++) {
        const struct keyword *keyword = &keywords[i];
        names[i] = keyword->name;
        if (strcmp(keyword->name, statement->words[0]) != 0) {
            continue;
        }
        size_t count = statement->count - 1;
        if (count < keyword->least || (keyword->most != 0 && count > keyword->most)) {
            sim_complain("%s:%u: \"%s\": %s words; the form is: %s", reader->boot->origin,
                         reader->line, keyword->name,
                         count < keyword->least ? "too few" : "too many", keyword->form);
            return false;
        }
        return keyword->take(reader, statement);
    }
    char text[300] = "unknown word; a line begins with ";
    sim_alternatives(text + strlen(text), sizeof(text) - strlen(text), names);
    return complain_at(reader, statement->words[0], text);
}

static bool read_lines(struct reader *reader, FILE *stream)
{
    struct posix_lines lines;
    bool good = true;
    posix_lines_begin(&lines, stream);
    for (char *line; good && (line = posix_lines_next(&lines)) != NULL;) {
        struct statement statement;
        reader->line = lines.number;
        good =
            split(reader, line, &statement) && (statement.count == 0 || obey(reader, &statement));
    }
    if (good && lines.why != NULL) {
        sim_complain("%s:%u: %s", reader->boot->origin, lines.number, lines.why);
        good = false;
    }
    posix_lines_end(&lines);
    return good;
}

/* A system in which nothing is started can do nothing. */
static bool starts_something(const struct sim_boot *boot)
{
    for (uint64_t i = 0; i < boot->count; i++) {
        if (boot->modules[i].start) {
            return true;
        }
    }
    sim_complain("%s: it starts nothing; at least one line \"module NAME FILE\" is needed",
                 boot->origin);
    return false;
}

bool sim_boot_read(struct sim_boot *boot, const char *path, const char *console)
{
    *boot = (struct sim_boot){.origin = path != NULL ? path : "embedded:default.boot"};
    sim_hardware_init(&boot->hardware);
    FILE *stream = NULL;
    if (path != NULL && path[0] == '\0') {
        sim_complain("\"\": a boot file's name is missing");
        return false;
    }
    if (path != NULL) {
        stream = fopen(path, "r");
    } else {
        const struct sim_embedded *file = sim_embedded_find("default.boot");
        stream = file != NULL ? fmemopen((void *)(uintptr_t)file->bytes, file->size, "r") : NULL;
    }
    if (stream == NULL) {
        sim_complain("%s: %s", boot->origin, strerror(errno));
        return false;
    }
    struct reader reader = {.boot = boot, .console = console};
    bool good = read_lines(&reader, stream);
    fclose(stream);
    return good && starts_something(boot);
}
