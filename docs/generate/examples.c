/* SPDX-License-Identifier: MIT */
/* The examples as a source that tests/reference/examples.h makes a program of. */

#include <stdio.h>
#include <string.h>

#include "call_text.h"
#include "examples.h"

static const char *class_of(const struct call_text *text)
{
    return text->as == NULL ? "APPLICATION" : strcmp(text->as, "server") == 0 ? "SERVER" : "DRIVER";
}

/* Names at the outer level are the example's own: so that two may have a `stack`. */
static void example_print(const struct call *call, const struct call_text *text)
{
    printf("\n#define stack stack_of_%s\n", call->name);
    printf("%sstatic void example_%s(void)\n{\n%s}\n", text->above == NULL ? "" : text->above,
           call->name, text->body);
    printf("#undef stack\n");
}

void examples_print(void)
{
    printf("/* SPDX-License-Identifier: MIT */\n"
           "/* Made by docs/generate from docs/calls. */\n\n#include \"reference/examples.h\"\n");
    for (size_t i = 0; i < call_count; i++) {
        example_print(&calls[i], call_text(i));
    }
    printf("\nconst struct example examples[] = {\n");
    for (size_t i = 0; i < call_count; i++) {
        printf("    {\"%s\", TR_%s, %d, example_%s},\n", calls[i].name, class_of(call_text(i)),
               call_text(i)->is_alone, calls[i].name);
    }
    printf("    {0},\n};\n");
}

void examples_expected_print(const char *which)
{
    for (size_t i = 0; i < call_count; i++) {
        const struct call_text *text = call_text(i);
        if (strcmp(which, calls[i].name) == 0 || (strcmp(which, "all") == 0 && !text->is_alone)) {
            printf("== %s\n%s", calls[i].name, text->prints);
        }
    }
}
