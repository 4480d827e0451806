/* SPDX-License-Identifier: MIT */
/* Writes what is made of the tables and of docs/calls: the reference page docs/calls.md, the pages
 * of the manual, the examples as a program and what that prints. The build's target `reference`
 * puts the page in place; tests compare. */

#include <stdio.h>
#include <string.h>
#include <terrarium/calls.h>
#include <terrarium/error.h>
#include <terrarium/types.h>

#include "call_table.h"
#include "call_text.h"
#include "examples.h"
#include "manual.h"

struct section {
    unsigned first; /* number of its first call */
    const char *title, *note;
};

static const struct section sections[] = {
    {1, "Processes",
     "A process has threads, memory and an event queue, and a class that never rises."},
    {24, "Threads",
     "All of them belong to a process; any class may have as many as its quota holds."},
    {36, "Memory", "In pages of 4096 bytes, zeroed when they are given."},
    {44, "Messages", "Any process may send to any other; the event carries id and size."},
    {54, "Pipes", "A ring of 4096 bytes that any process may join with id and key."},
    {62, "Shared memory", "Counted pages that any process may join with id and key."},
    {70, "Events", "What the kernel tells a process; one queue each, nothing is ever lost."},
    {76, "Hardware", "Ports, interrupts, physical memory: for drivers only."},
    {92, "Devices", "Names of hardware; one uses a device by a message to its driver."},
    {106, "Kernel, log, time", "The system as a whole."},
};

static void print_row(const struct call *call, const struct call_text *text)
{
    if (call->number == 0) {
        printf("| | [`");
    } else {
        printf("| %u | [`", call->number);
    }
    call_prototype(call);
    printf("`](#tr_%s) | %s | %s | %s%s |\n", call->name, call_who(call),
           strcmp(call->sleeps, "SLEEPS") == 0 ? "may" : "", call->text,
           text->is_absent ? " Not in this version: NOSYS." : "");
}

static void print_table(void)
{
    size_t section = 0;

    for (size_t i = 0; i < call_count; i++) {
        if (section < sizeof(sections) / sizeof(sections[0]) &&
            calls[i].number >= sections[section].first) {
            printf("\n## %s\n\n%s\n\n| nr | call | who | sleeps | what it does |\n"
                   "|---|---|---|---|---|\n",
                   sections[section].title, sections[section].note);
            section++;
        }
        print_row(&calls[i], call_text(i));
    }
}

static void print_verbatim(const char *text)
{
    while (*text != 0) {
        int length = (int)strcspn(text, "\n");
        printf("    %.*s\n", length, text);
        text += length + 1;
    }
}

static void print_call(const struct call *call, const struct call_text *text)
{
    printf("\n### tr_%s\n\n    #include <terrarium.h>\n    int64_t ", call->name);
    call_prototype(call);
    printf(";\n\n%s\n", text->does);
    if (text->is_absent) {
        printf("\n**Not in this version of the kernel: it answers `TR_E_NOSYS`.**\n");
    }
    printf("\n**Arguments.**%s\n\n", text->argument_count == 0 ? " None." : "");
    for (size_t i = 0; i < text->argument_count; i++) {
        printf("- `%s`: %s\n", text->arguments[i].name, text->arguments[i].text);
    }
    printf("%s**Result.** %s\n\n**Errors.**%s\n\n", text->argument_count == 0 ? "" : "\n",
           text->result, text->error_count == 0 ? " None." : "");
    for (size_t i = 0; i < text->error_count; i++) {
        printf("- `TR_E_%s`: %s\n", text->errors[i].name, text->errors[i].text);
    }
    printf("%s**Sleeping.** %s\n\n**Who may call.** %s\n\n**When the caller is ended.** %s\n\n"
           "**Law.** %s of [interface.md](interface.md)\n\n**Example.**\n\n",
           text->error_count == 0 ? "" : "\n", text->sleeps, text->who, text->end, text->law);
    if (text->above != NULL) {
        print_verbatim(text->above);
        printf("    \n");
    }
    print_verbatim(text->body);
    printf("\nprints\n\n");
    print_verbatim(text->prints);
}

static void print_errors(void)
{
    printf("\n## Errors\n\nA call that fails has changed nothing.\n\n| value | name | meaning |\n"
           "|---|---|---|\n");
#define TR_ERROR(name, value, text) printf("| %d | `TR_E_%s` | %s |\n", -(value), #name, text);
#include <terrarium/errors.def>
#undef TR_ERROR
}

static void print_events(void)
{
    printf("\n## Events\n\nThe `kind` of a `struct tr_event`.\n\n| value | name | meaning |\n"
           "|---|---|---|\n");
#define TR_EVENT_KIND(name, value, text)                                                           \
    printf("| %d | `TR_EVENT_%s` | %s |\n", value, #name, text);
#include <terrarium/events.def>
#undef TR_EVENT_KIND
}

static void print_page(void)
{
    printf(
        "<!-- SPDX-License-Identifier: MIT -->\n"
        "<!-- Made by docs/generate from include/terrarium/*.def and docs/calls; do not edit. -->\n"
        "# Calls, errors, events\n\n"
        "Program interface version %d. Every call returns an `int64_t`: a value of 0 or more,\n"
        "or one of the errors below. A call named here is a *ghost function*: a program leaves\n"
        "it undefined, and the kernel binds it when it loads the program. `tr_call(number, ...)`\n"
        "makes a call by its number. `man 3 tr_NAME` says of one call what stands here.\n\n"
        "*who*: the classes that may call it; others get `TR_E_PERM`. *sleeps*: whether the\n"
        "calling thread may be put to sleep, or stopped between steps of a long call.\n",
        TR_ABI_VERSION);
    print_table();
    print_errors();
    print_events();
    printf("\n## The calls one by one\n");
    for (size_t i = 0; i < call_count; i++) {
        print_call(&calls[i], call_text(i));
    }
}

/* reference TEXTS page | manual FOLDER | examples | expected WHICH */
int main(int argc, char **argv)
{
    if (argc < 3) {
        return 2;
    }
    call_texts_read(argv[1]);
    if (strcmp(argv[2], "page") == 0) {
        print_page();
    } else if (strcmp(argv[2], "manual") == 0 && argc == 4) {
        manual_write(argv[3]);
    } else if (strcmp(argv[2], "examples") == 0) {
        examples_print();
    } else if (strcmp(argv[2], "expected") == 0 && argc == 4) {
        examples_expected_print(argv[3]);
    } else {
        return 2;
    }
    return 0;
}
