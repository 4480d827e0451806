/* SPDX-License-Identifier: MIT */
/* Pages for man: the same words as docs/calls.md, with the marks of roff. */

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "call_text.h"
#include "manual.h"

/* `words` become bold; nothing in a text is a request of roff. */
static void text_put(FILE *page, const char *text)
{
    bool is_bold = false;

    if (*text == '.' || *text == '\'') {
        fputs("\\&", page);
    }
    for (; *text != 0; text++) {
        if (*text == '`') {
            is_bold = !is_bold;
            fputs(is_bold ? "\\fB" : "\\fP", page);
        } else if (*text == '\\') {
            fputs("\\e", page);
        } else if (*text == '\n' && (text[1] == '.' || text[1] == '\'')) {
            fputs("\n\\&", page);
        } else {
            fputc(*text, page);
        }
    }
}

static void section(FILE *page, const char *title, const char *text)
{
    fprintf(page, ".SH %s\n", title);
    text_put(page, text);
    fputc('\n', page);
}

static void list(FILE *page, const char *title, const char *prefix, const struct named_text *items,
                 size_t count)
{
    fprintf(page, ".SH %s\n", title);
    for (size_t i = 0; i < count; i++) {
        fprintf(page, ".TP\n.B %s%s\n", prefix, items[i].name);
        text_put(page, items[i].text);
        fputc('\n', page);
    }
    if (count == 0) {
        fputs("None.\n", page);
    }
}

static void verbatim(FILE *page, const char *text)
{
    fputs(".nf\n", page);
    text_put(page, text);
    fputs(".fi\n", page);
}

static void prototype(FILE *page, const struct call *call)
{
    fprintf(page, ".B #include <terrarium.h>\n.PP\n.BI \"int64_t tr_%s(", call->name);
    if (call->types[0] == NULL) {
        fputs("void", page);
    }
    for (size_t i = 0; i < WORDS_MAX && call->types[i] != NULL; i++) {
        size_t length = strlen(call->types[i]);
        fprintf(page, "%s%s%s\" %s \"", i == 0 ? "" : ", ", call->types[i],
                call->types[i][length - 1] == '*' ? "" : " ", call->parameters[i]);
    }
    fputs(");\"\n", page);
}

static void page_write(FILE *page, const struct call *call, const struct call_text *text)
{
    fprintf(page, ".\\\" SPDX-License-Identifier: MIT\n.\\\" Made by docs/generate.\n.TH TR_");
    for (const char *letter = call->name; *letter != 0; letter++) {
        fputc(toupper((unsigned char)*letter), page);
    }
    fprintf(page, " 3 \"2026-12-01\" \"Terrarium\" \"Program interface\"\n.SH NAME\ntr_%s \\- ",
            call->name);
    text_put(page, call->text);
    fprintf(page, "\n.SH SYNOPSIS\n");
    prototype(page, call);
    section(page, "DESCRIPTION", text->does);
    if (text->is_absent) {
        fputs(".PP\nThis version of the kernel does not have it: it answers\n.BR TR_E_NOSYS .\n",
              page);
    }
    list(page, "ARGUMENTS", "", text->arguments, text->argument_count);
    section(page, "RESULT", text->result);
    list(page, "ERRORS", "TR_E_", text->errors, text->error_count);
    section(page, "SLEEPING", text->sleeps);
    section(page, "WHO MAY CALL", text->who);
    section(page, "WHEN THE CALLER IS ENDED", text->end);
    fprintf(page, ".SH LAW\nSentences %s of\n.IR interface.md .\n.SH EXAMPLE\n", text->law);
    if (text->above != NULL) {
        verbatim(page, text->above);
        fputs(".PP\n", page);
    }
    verbatim(page, text->body);
    fputs(".PP\nprints\n.PP\n", page);
    verbatim(page, text->prints);
    fputs(".SH SEE ALSO\n.BR terrarium (1)\n", page);
}

void manual_write(const char *folder)
{
    for (size_t i = 0; i < call_count; i++) {
        char path[4096];
        snprintf(path, sizeof(path), "%s/tr_%s.3", folder, calls[i].name);
        FILE *page = fopen(path, "w");
        if (page == NULL) {
            fprintf(stderr, "%s cannot be written\n", path);
            exit(1);
        }
        page_write(page, &calls[i], call_text(i));
        if (fclose(page) != 0) {
            exit(1);
        }
    }
}
