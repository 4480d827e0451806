/* SPDX-License-Identifier: MIT */
/* Writes the reference page docs/calls.md to standard output: calls, errors and events, all from
 * their .def tables. The build's target `reference` puts it in place; a test compares. */

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <terrarium/calls.h>
#include <terrarium/error.h>
#include <terrarium/types.h>

#define WORDS_MAX 6

struct call {
    unsigned number;
    const char *name, *rights, *sleeps, *text;
    const char *types[WORDS_MAX], *parameters[WORDS_MAX];
};

struct section {
    unsigned first; /* number of its first call */
    const char *title, *note;
};

#define TEXT(x)                                #x
#define TYPE(t)                                TEXT(t)
#define TR_CALL0(nr, name, r, s, text)         {nr, #name, #r, #s, text, {NULL}, {NULL}},
#define TR_CALL1(nr, name, r, s, text, t1, p1) {nr, #name, #r, #s, text, {TYPE(TR_P_##t1)}, {#p1}},
#define TR_CALL2(nr, name, r, s, text, t1, p1, t2, p2)                                             \
    {nr, #name, #r, #s, text, {TYPE(TR_P_##t1), TYPE(TR_P_##t2)}, {#p1, #p2}},
#define TR_CALL3(nr, name, r, s, text, t1, p1, t2, p2, t3, p3)                                     \
    {nr, #name, #r, #s, text, {TYPE(TR_P_##t1), TYPE(TR_P_##t2), TYPE(TR_P_##t3)}, {#p1, #p2, #p3}},
#define TR_CALL4(nr, name, r, s, text, t1, p1, t2, p2, t3, p3, t4, p4)                             \
    {nr,                                                                                           \
     #name,                                                                                        \
     #r,                                                                                           \
     #s,                                                                                           \
     text,                                                                                         \
     {TYPE(TR_P_##t1), TYPE(TR_P_##t2), TYPE(TR_P_##t3), TYPE(TR_P_##t4)},                         \
     {#p1, #p2, #p3, #p4}},
#define TR_CALL5(nr, name, r, s, text, t1, p1, t2, p2, t3, p3, t4, p4, t5, p5)                     \
    {nr,                                                                                           \
     #name,                                                                                        \
     #r,                                                                                           \
     #s,                                                                                           \
     text,                                                                                         \
     {TYPE(TR_P_##t1), TYPE(TR_P_##t2), TYPE(TR_P_##t3), TYPE(TR_P_##t4), TYPE(TR_P_##t5)},        \
     {#p1, #p2, #p3, #p4, #p5}},
#define TR_CALL6(nr, name, r, s, text, t1, p1, t2, p2, t3, p3, t4, p4, t5, p5, t6, p6)             \
    {nr,                                                                                           \
     #name,                                                                                        \
     #r,                                                                                           \
     #s,                                                                                           \
     text,                                                                                         \
     {TYPE(TR_P_##t1), TYPE(TR_P_##t2), TYPE(TR_P_##t3), TYPE(TR_P_##t4), TYPE(TR_P_##t5),         \
      TYPE(TR_P_##t6)},                                                                            \
     {#p1, #p2, #p3, #p4, #p5, #p6}},

static const struct call calls[] = {
#include <terrarium/calls.def>
};
#include <terrarium/calls_undef.h>

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

static void print_prototype(const struct call *call)
{
    printf("`tr_%s(", call->name);
    for (size_t i = 0; i < WORDS_MAX && call->types[i] != NULL; i++) {
        size_t length = strlen(call->types[i]);
        const char *between = call->types[i][length - 1] == '*' ? "" : " ";
        printf("%s%s%s%s", i == 0 ? "" : ", ", call->types[i], between, call->parameters[i]);
    }
    printf(")`");
}

static const char *who(const char *rights)
{
    return strcmp(rights, "DRIVER") == 0   ? "drivers"
           : strcmp(rights, "SYSTEM") == 0 ? "drivers, servers"
                                           : "all";
}

static void print_call(const struct call *call)
{
    printf("| %u | ", call->number);
    print_prototype(call);
    printf(" | %s | %s | %s |\n", who(call->rights),
           strcmp(call->sleeps, "SLEEPS") == 0 ? "may" : "", call->text);
}

static void print_calls(void)
{
    size_t section = 0;
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        if (section < sizeof(sections) / sizeof(sections[0]) &&
            calls[i].number >= sections[section].first) {
            printf("\n## %s\n\n%s\n\n| nr | call | who | sleeps | what it does |\n"
                   "|---|---|---|---|---|\n",
                   sections[section].title, sections[section].note);
            section++;
        }
        print_call(&calls[i]);
    }
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

int main(void)
{
    printf(
        "<!-- SPDX-License-Identifier: MIT -->\n"
        "<!-- Made by docs/generate/reference.c from include/terrarium/*.def; do not edit. -->\n"
        "# Calls, errors, events\n\n"
        "Program interface version %d. Every call returns an `int64_t`: a value of 0 or more,\n"
        "or one of the errors below. A call named here is a *ghost function*: a program leaves\n"
        "it undefined, and the kernel binds it when it loads the program. `tr_call(number, ...)`\n"
        "makes a call by its number.\n\n"
        "*who*: the classes that may call it; others get `TR_E_PERM`. *sleeps*: whether the\n"
        "calling thread may be put to sleep.\n",
        TR_ABI_VERSION);
    print_calls();
    print_errors();
    print_events();
    return 0;
}
