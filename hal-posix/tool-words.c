/* SPDX-License-Identifier: MIT */
/* Checks the words of a call for definedness, on the program's own stack, so that the checker's
 * report shows the program's functions; a view of calls.def. Only bound when a checker watches. It
 * runs with the program's thread pointer, so nothing here may touch thread-local storage. */

#include "tool.h"

#include <string.h>
#include <terrarium/calls.h>
#include <valgrind/memcheck.h>

#include "arch.h"
#include "window.h"

/* What a word is. */
enum word { WORD_NONE = 0, WORD_64, WORD_32, WORD_READ, WORD_SPAWN };

#define IS_u64            WORD_64
#define IS_i64            WORD_64
#define IS_u32            WORD_32
#define IS_entry          WORD_64
#define IS_in             WORD_READ
#define IS_i_spawn        WORD_SPAWN
#define IS_out            WORD_64
#define IS_o_id           WORD_64
#define IS_x_id           WORD_64
#define IS_o_process_info WORD_64
#define IS_o_thread_info  WORD_64
#define IS_o_memory_info  WORD_64
#define IS_o_pipe_info    WORD_64
#define IS_o_shared_info  WORD_64
#define IS_o_event        WORD_64
#define IS_o_dma          WORD_64
#define IS_o_device_info  WORD_64
#define IS_o_system_info  WORD_64
#define IS_o_boot_module  WORD_64
#define IS_x_vm86         WORD_64

static const uint8_t words_of[TR_CALL_LIMIT][6] = {
#define TR_CALL0(nr, name, r, s, text)                   [nr] = {WORD_NONE},
#define TR_CALL1(nr, name, r, s, text, a, x)             [nr] = {IS_##a},
#define TR_CALL2(nr, name, r, s, text, a, x, b, y)       [nr] = {IS_##a, IS_##b},
#define TR_CALL3(nr, name, r, s, text, a, x, b, y, c, z) [nr] = {IS_##a, IS_##b, IS_##c},
#define TR_CALL4(nr, name, r, s, text, a, x, b, y, c, z, d, v)                                     \
    [nr] = {IS_##a, IS_##b, IS_##c, IS_##d},
#define TR_CALL5(nr, name, r, s, text, a, x, b, y, c, z, d, v, e, w)                               \
    [nr] = {IS_##a, IS_##b, IS_##c, IS_##d, IS_##e},
#define TR_CALL6(nr, name, r, s, text, a, x, b, y, c, z, d, v, e, w, f, u)                         \
    [nr] = {IS_##a, IS_##b, IS_##c, IS_##d, IS_##e, IS_##f},
#include <terrarium/calls.def>
#include <terrarium/calls_undef.h>
};

extern const char gate_check[];

const char *tool_ghost_check(void)
{
    return tool_is_watching() ? gate_check : NULL;
}

/* Only memory that the program may read is looked at: for the rest the kernel will say FAULT. */
UNGUARDED static bool may_follow(const struct hal_space *space, uint64_t address)
{
    uint8_t bits;
    if (window_holds(space, address) && !tlb_has(window_of(space), address, HAL_READ)) {
        return false;
    }
    return VALGRIND_GET_VBITS(address, &bits, 1) == 1;
}

UNGUARDED static void check_spawn(const struct hal_space *space, const struct tr_spawn *spawn)
{
    (void)VALGRIND_CHECK_MEM_IS_DEFINED(spawn, sizeof *spawn);
    if (may_follow(space, (uint64_t)(uintptr_t)spawn + sizeof *spawn - 1) &&
        spawn->argument_size > 0 && may_follow(space, (uint64_t)(uintptr_t)spawn->argument)) {
        (void)VALGRIND_CHECK_MEM_IS_DEFINED(spawn->argument, spawn->argument_size);
    }
}

UNGUARDED static void check_memory(const struct hal_space *space, const uint8_t *kinds,
                                   const uint64_t *words, uint32_t index)
{
    const void *at = (const void *)(uintptr_t)words[index];
    bool is_sized = index < 5 && kinds[index + 1] == WORD_64;
    if (!may_follow(space, words[index])) {
        return;
    }
    if (kinds[index] == WORD_SPAWN) {
        check_spawn(space, at);
    } else if (is_sized && words[index + 1] > 0 && words[index + 1] <= TR_MESSAGE_MAX &&
               may_follow(space, words[index] + words[index + 1] - 1)) {
        (void)VALGRIND_CHECK_MEM_IS_DEFINED(at, words[index + 1]);
    }
}

void tool_check_words(uint64_t number, uint64_t *words, const struct machine *machine);
UNGUARDED void tool_check_words(uint64_t number, uint64_t *words, const struct machine *machine)
{
    if (number >= TR_CALL_LIMIT) {
        return;
    }
    const uint8_t *kinds = words_of[number];
    for (uint32_t i = 0; i < 6; i++) {
        if (kinds[i] != WORD_NONE) {
            (void)VALGRIND_CHECK_MEM_IS_DEFINED(&words[i], kinds[i] == WORD_32 ? 4 : 8);
        }
        (void)VALGRIND_MAKE_MEM_DEFINED(&words[i], 8);
    }
    for (uint32_t i = 0; i < 6; i++) {
        if (kinds[i] == WORD_READ || kinds[i] == WORD_SPAWN) {
            check_memory(machine->gate.current->space, kinds, words, i);
        }
    }
}
