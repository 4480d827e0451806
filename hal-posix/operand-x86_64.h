/* SPDX-License-Identifier: MIT */
#pragma once

/* What an x86-64 instruction was about to touch, from its bytes and the registers before it: for
 * exceptions with which the processor tells no address (Intel SDM volume 2, chapter 2). */

#include "machine.h"

#define INSTRUCTION_MOST 15

struct instruction {
    uint8_t opcode;
    uint8_t map;     /* 0: one byte, 1: 0F, 2: 0F 38, 3: 0F 3A */
    uint8_t rex;     /* W R X B, as bits 3 to 0 */
    uint8_t vector;  /* bytes of a register of VEX or EVEX: 16, 32, 64; 0: an older form */
    bool is_evex;    /* its 8-bit displacements count in units of the operand */
    bool operand_16; /* prefixes 66, 67, and the segments that have a base */
    bool address_32;
    bool has_base;
    uint64_t at; /* of what follows the opcode: ModRM, or a constant */
};

/* False: the bytes end before. */
bool instruction_parse(const uint8_t *bytes, uint64_t size, struct instruction *instruction);

/* The address that ModRM names. False: it names a register, or there is none. Segment bases do not
 * count. */
bool operand_address(const struct hal_context *context, const uint8_t *bytes, uint64_t size,
                     uint64_t ip, const struct instruction *instruction, uint64_t *address);

/* The addresses that it names without saying so: strings, the stack. Returns how many. */
#define OPERAND_IMPLICIT_MOST 2
uint32_t operand_implicit(const struct hal_context *context, const uint8_t *bytes, uint64_t size,
                          const struct instruction *instruction,
                          uint64_t addresses[OPERAND_IMPLICIT_MOST]);

/* The general register of this number in instructions. */
uint64_t operand_register(const struct hal_context *context, uint32_t number);
