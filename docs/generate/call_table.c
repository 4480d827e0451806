/* SPDX-License-Identifier: MIT */
/* The table of calls as the generators of docs/ see it. */

#include <stdio.h>
#include <string.h>
#include <terrarium/calls.h>
#include <terrarium/types.h>

#include "call_table.h"

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

const struct call calls[] = {
#include <terrarium/calls.def>
    {0,
     "call",
     "ANY",
     "SLEEPS",
     "Makes a call by its number.",
     {"uint64_t", "uint64_t", "uint64_t", "uint64_t", "uint64_t", "uint64_t", "uint64_t"},
     {"number", "a", "b", "c", "d", "e", "f"}},
};
const size_t call_count = sizeof(calls) / sizeof(calls[0]);
#include <terrarium/calls_undef.h>

void call_prototype(const struct call *call)
{
    printf("tr_%s(%s", call->name, call->types[0] == NULL ? "void" : "");
    for (size_t i = 0; i < WORDS_MAX && call->types[i] != NULL; i++) {
        size_t length = strlen(call->types[i]);
        const char *between = call->types[i][length - 1] == '*' ? "" : " ";
        printf("%s%s%s%s", i == 0 ? "" : ", ", call->types[i], between, call->parameters[i]);
    }
    printf(")");
}

const char *call_who(const struct call *call)
{
    return strcmp(call->rights, "DRIVER") == 0   ? "drivers"
           : strcmp(call->rights, "SYSTEM") == 0 ? "drivers, servers"
                                                 : "all";
}
