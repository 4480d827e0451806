/* SPDX-License-Identifier: MIT */
/* From a line to pipelines of words. */

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "parse.h"

struct parser {
    const char *next;
    int64_t status;
    struct pipeline *pipeline;
    const char *complaint;
};

static bool is_separator(char c)
{
    return c == '\0' || isspace((unsigned char)c) || strchr("|&;", c) != NULL;
}

static void put(struct parser *parser, char c)
{
    struct pipeline *pipeline = parser->pipeline;

    if (pipeline->text_used == sizeof pipeline->text) {
        parser->complaint = "the line is too long";
        return;
    }
    pipeline->text[pipeline->text_used++] = c;
}

static void put_status(struct parser *parser)
{
    char number[24];

    snprintf(number, sizeof number, "%" PRId64, parser->status);
    for (const char *c = number; *c != '\0'; c++) {
        put(parser, *c);
    }
}

/* One character, or $?, outside '…'. */
static void take_plain(struct parser *parser)
{
    if (parser->next[0] == '$' && parser->next[1] == '?') {
        put_status(parser);
        parser->next += 2;
    } else {
        put(parser, *parser->next++);
    }
}

/* One character, or $?, outside of quotes. There are no files that input or output could be; a word
 * that looks as if is no word, so that nothing happens that was not meant. */
static void take_bare(struct parser *parser)
{
    if (*parser->next == '<' || *parser->next == '>') {
        parser->complaint =
            "there is no redirection yet, as there are no files; in quotes < and > are letters";
        return;
    }
    take_plain(parser);
}

static void take_quoted(struct parser *parser)
{
    char quote = *parser->next++;

    while (*parser->next != quote) {
        if (*parser->next == '\0') {
            parser->complaint = "a quote is not closed";
            return;
        }
        if (quote == '"') {
            take_plain(parser);
        } else {
            put(parser, *parser->next++);
        }
    }
    parser->next++;
}

static void take_word(struct parser *parser, struct stage *stage)
{
    if (stage->count == WORDS_MOST) {
        parser->complaint = "there are too many words";
        return;
    }
    stage->words[stage->count++] = parser->pipeline->text + parser->pipeline->text_used;
    stage->words[stage->count] = NULL;
    while (!is_separator(*parser->next) && parser->complaint == NULL) {
        if (*parser->next == '"' || *parser->next == '\'') {
            take_quoted(parser);
        } else {
            take_bare(parser);
        }
    }
    put(parser, '\0');
}

static void skip_blanks(struct parser *parser)
{
    while (isspace((unsigned char)*parser->next)) {
        parser->next++;
    }
    if (*parser->next == '#') {
        parser->next += strlen(parser->next);
    }
}

/* What stands behind a command. True: another stage follows. */
static bool take_joint(struct parser *parser)
{
    char c = *parser->next;
    bool is_double = c != '\0' && parser->next[1] == c;

    parser->pipeline->joint = JOINT_END;
    if (c == '\0') {
        return false;
    }
    parser->next += is_double && c != ';' ? 2 : 1;
    if (c == '|' && !is_double) {
        return true;
    }
    if (c == ';') {
        parser->pipeline->joint = JOINT_NEXT;
    } else if (c == '|') {
        parser->pipeline->joint = JOINT_OR;
    } else {
        parser->pipeline->joint = is_double ? JOINT_AND : JOINT_BACKGROUND;
    }
    return false;
}

static void take_stages(struct parser *parser)
{
    bool is_more = true;

    while (is_more && parser->complaint == NULL) {
        if (parser->pipeline->count == STAGES_MOST) {
            parser->complaint = "the pipeline is too long";
            return;
        }
        struct stage *stage = &parser->pipeline->stages[parser->pipeline->count++];
        stage->count = 0;
        stage->is_program = stage->is_trusted = false;
        skip_blanks(parser);
        while (!is_separator(*parser->next) && parser->complaint == NULL) {
            take_word(parser, stage);
            skip_blanks(parser);
        }
        if (stage->count == 0 && parser->complaint == NULL) {
            parser->complaint = "a command is missing";
        }
        is_more = take_joint(parser);
    }
}

int parse_pipeline(const char **line, int64_t status, struct pipeline *pipeline,
                   const char **complaint)
{
    struct parser parser = {.next = *line, .status = status, .pipeline = pipeline};

    pipeline->count = 0;
    pipeline->text_used = 0;
    skip_blanks(&parser);
    if (*parser.next == '\0') {
        *complaint = NULL;
        return 0;
    }
    take_stages(&parser);
    *line = parser.next;
    *complaint = parser.complaint;
    return parser.complaint == NULL ? 1 : -1;
}
