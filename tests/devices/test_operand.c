/* SPDX-License-Identifier: MIT */
/* Which address an x86-64 instruction names: forms that the processor at hand need not know. The
 * bytes are an assembler's. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hal-posix/arch-x86_64.h"
#include "hal-posix/operand-x86_64.h"

#define IP UINT64_C(0x1000)

static const struct {
    const char *text;
    uint8_t bytes[INSTRUCTION_MOST];
    uint64_t address; /* 0: none is named */
} rows[] = {
    {"mov rbx, [rax]", {0x48, 0x8b, 0x18}, 0xa00},
    {"mov eax, ebx", {0x89, 0xd8}, 0},
    {"mov eax, [r9+r10*8-1]", {0x43, 0x8b, 0x44, 0xd1, 0xff}, 0x9000 + 8 * 0x10000 - 1},
    {"mov eax, [rip+0x10]", {0x8b, 0x05, 0x10, 0, 0, 0}, IP + 6 + 0x10},
    {"cmp dword [rip+0x10], 5", {0x83, 0x3d, 0x10, 0, 0, 0, 5}, IP + 7 + 0x10},
    {"mov word [rip], 5", {0x66, 0xc7, 0x05, 0, 0, 0, 0, 5, 0}, IP + 9},
    {"pshufd xmm0, [rip], 1", {0x66, 0x0f, 0x70, 0x05, 0, 0, 0, 0, 1}, IP + 9},
    {"mov eax, [eax-0xb00]", {0x67, 0x8b, 0x80, 0, 0xf5, 0xff, 0xff}, 0xffffff00},
    {"mov eax, [0x7fff0000]", {0x8b, 0x04, 0x25, 0, 0, 0xff, 0x7f}, 0x7fff0000},
    {"pshufb xmm0, [rcx]", {0x66, 0x0f, 0x38, 0x00, 0x01}, 0xc00},
    {"palignr xmm0, [rip], 3", {0x66, 0x0f, 0x3a, 0x0f, 0x05, 0, 0, 0, 0, 3}, IP + 10},
    {"vmovaps ymm0, [rax+8]", {0xc5, 0xfc, 0x28, 0x40, 0x08}, 0xa08},
    {"vmovaps ymm8, [r9+8]", {0xc4, 0x41, 0x7c, 0x28, 0x41, 0x08}, 0x9008},
    {"vpshufb xmm0, xmm1, [r9+r10]", {0xc4, 0x82, 0x71, 0x00, 0x04, 0x11}, 0x19000},
    {"vmovaps zmm0, [rax+0x40]", {0x62, 0xf1, 0x7c, 0x48, 0x28, 0x40, 0x01}, 0xa40},
    {"vmovaps ymm16, [rax-0x20]", {0x62, 0xe1, 0x7c, 0x28, 0x28, 0x40, 0xff}, 0x9e0},
    {"syscall", {0x0f, 0x05}, 0},
    {"ret", {0xc3}, 0},
};

static void an_instruction_names_its_address(void **state)
{
    struct hal_context context = {0};
    (void)state;
    context.machine[WORD_RAX] = 0xa00;
    context.machine[WORD_RCX] = 0xc00;
    context.machine[WORD_R9] = 0x9000;
    context.machine[WORD_R10] = 0x10000;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct instruction instruction;
        uint64_t address = 0;
        print_message("%s\n", rows[i].text);
        assert_true(instruction_parse(rows[i].bytes, INSTRUCTION_MOST, &instruction));
        bool named =
            operand_address(&context, rows[i].bytes, INSTRUCTION_MOST, IP, &instruction, &address);
        assert_int_equal(named, rows[i].address != 0);
        assert_int_equal(address, rows[i].address);
    }
}

/* What is cut off at the end of a page names nothing, and nothing behind it is read. */
static void bytes_that_end_early_name_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct hal_context context = {0};
        for (uint64_t size = 0; size < INSTRUCTION_MOST; size++) {
            struct instruction instruction;
            uint64_t address, implicit[OPERAND_IMPLICIT_MOST];
            uint8_t *end = test_malloc(size + 1);
            for (uint64_t k = 0; k < size; k++) {
                end[k] = rows[i].bytes[k];
            }
            if (instruction_parse(end, size, &instruction)) {
                assert_true(instruction.at <= size);
                (void)operand_address(&context, end, size, IP, &instruction, &address);
                (void)operand_implicit(&context, end, size, &instruction, implicit);
            }
            test_free(end);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_instruction_names_its_address),
        cmocka_unit_test(bytes_that_end_early_name_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
