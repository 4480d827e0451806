/* SPDX-License-Identifier: MIT */
#include "operand-x86_64.h"

#include <string.h>

#include "arch-x86_64.h"

#define REX_W 8
#define REX_X 2
#define REX_B 1

uint64_t operand_register(const struct hal_context *context, uint32_t number)
{
    static const uint8_t words[16] = {WORD_RAX, WORD_RCX, WORD_RDX, WORD_RBX, WORD_RSP, WORD_RBP,
                                      WORD_RSI, WORD_RDI, WORD_R8,  WORD_R9,  WORD_R10, WORD_R11,
                                      WORD_R12, WORD_R13, WORD_R14, WORD_R15};
    return context->machine[words[number & 15]];
}

/* ---- Prefixes and opcode -------------------------------------------------------------------- */

/* C5, C4 and 62: the rest of the prefix, with the bits of REX inverted. */
static bool parse_vector(const uint8_t *bytes, uint64_t size, struct instruction *instruction)
{
    uint8_t kind = bytes[instruction->at];
    const uint8_t *fields = bytes + instruction->at + 1;
    uint64_t count = kind == 0xc5 ? 1 : kind == 0xc4 ? 2 : 3;
    if (instruction->at + count + 2 > size) {
        return false;
    }
    instruction->map = kind == 0xc5 ? 1 : fields[0] & 7;
    instruction->rex = kind == 0xc5 ? 0 : (uint8_t)(~fields[0] >> 5 & 3);
    instruction->is_evex = kind == 0x62;
    uint32_t length = kind == 0x62 ? fields[2] >> 5 & 3 : fields[count - 1] >> 2 & 1;
    instruction->vector = (uint8_t)(16u << (length > 2 ? 2 : length));
    instruction->opcode = fields[count];
    instruction->at += count + 2;
    return true;
}

/* One legacy prefix. False: it is none. */
static bool take_prefix(uint8_t byte, struct instruction *instruction)
{
    instruction->operand_16 |= byte == 0x66;
    instruction->address_32 |= byte == 0x67;
    instruction->has_base |= byte == 0x64 || byte == 0x65;
    return byte == 0x66 || byte == 0x67 || byte == 0xf0 || byte == 0xf2 || byte == 0xf3 ||
           byte == 0x26 || byte == 0x2e || byte == 0x36 || byte == 0x3e || byte == 0x64 ||
           byte == 0x65;
}

bool instruction_parse(const uint8_t *bytes, uint64_t size, struct instruction *instruction)
{
    *instruction = (struct instruction){0};
    uint64_t at = 0;
    while (at < size && take_prefix(bytes[at], instruction)) {
        at++;
    }
    if (at < size && (bytes[at] & 0xf0) == 0x40) {
        instruction->rex = bytes[at++] & 15;
    }
    instruction->at = at;
    if (at < size && (bytes[at] == 0xc4 || bytes[at] == 0xc5 || bytes[at] == 0x62)) {
        return parse_vector(bytes, size, instruction);
    }
    if (at < size && bytes[at] == 0x0f) {
        instruction->map = 1;
        at++;
        if (at < size && (bytes[at] == 0x38 || bytes[at] == 0x3a)) {
            instruction->map = bytes[at++] == 0x38 ? 2 : 3;
        }
    }
    if (at >= size) {
        return false;
    }
    instruction->opcode = bytes[at];
    instruction->at = at + 1;
    return true;
}

/* ---- ModRM ---------------------------------------------------------------------------------- */

/* A bit for each opcode that is followed by ModRM, 32 in a word, lowest first. */
static const uint32_t with_modrm[2][8] = {
    {0x0f0f0f0f, 0x0f0f0f0f, 0x00000000, 0x00000a08, 0x0000ffff, 0x00000000, 0xff0f00c3,
     0xc0c00000},
    {0xffffa00f, 0xff00ffff, 0xffffffff, 0xff7fffff, 0xffff0000, 0xfffff8f8, 0xffff00ff,
     0xffffffff},
};

static bool has_modrm(const struct instruction *instruction)
{
    uint8_t opcode = instruction->opcode;
    return instruction->map > 1 || instruction->vector != 0 ||
           (with_modrm[instruction->map][opcode / 32] >> (opcode % 32) & 1) != 0;
}

/* Bytes of the constant behind ModRM and its displacement. */
static uint64_t constant_size(const struct instruction *instruction, uint8_t modrm)
{
    uint8_t opcode = instruction->opcode;
    uint64_t whole = instruction->operand_16 ? 2 : 4;
    bool is_test = (modrm & 0x30) == 0;
    if (instruction->map == 0) {
        return opcode == 0x80 || opcode == 0x83 || opcode == 0xc0 || opcode == 0xc1 ||
                       opcode == 0xc6 || opcode == 0x6b || (opcode == 0xf6 && is_test)
                   ? 1
               : opcode == 0x81 || opcode == 0xc7 || opcode == 0x69 || (opcode == 0xf7 && is_test)
                   ? whole
                   : 0;
    }
    bool short_form = instruction->map == 1 &&
                      ((opcode >= 0x70 && opcode <= 0x73) || opcode == 0xa4 || opcode == 0xac ||
                       opcode == 0xba || opcode == 0xc2 || (opcode >= 0xc4 && opcode <= 0xc6));
    return instruction->map == 3 || short_form ? 1 : 0;
}

static int64_t displacement(const uint8_t *bytes, uint64_t size)
{
    int32_t whole;
    if (size == 1) {
        return (int8_t)*bytes;
    }
    memcpy(&whole, bytes, sizeof whole);
    return size == 0 ? 0 : whole;
}

/* Base and index of a SIB byte; a base of none leaves a displacement of four bytes. */
static uint64_t sib_address(const struct hal_context *context,
                            const struct instruction *instruction, uint8_t sib, bool no_base)
{
    uint32_t index = (sib >> 3 & 7) | ((instruction->rex & REX_X) != 0 ? 8 : 0);
    uint32_t base = (sib & 7) | ((instruction->rex & REX_B) != 0 ? 8 : 0);
    uint64_t address = index == 4 ? 0 : operand_register(context, index) << (sib >> 6);
    return no_base ? address : address + operand_register(context, base);
}

bool operand_address(const struct hal_context *context, const uint8_t *bytes, uint64_t size,
                     uint64_t ip, const struct instruction *instruction, uint64_t *address)
{
    uint64_t at = instruction->at;
    if (!has_modrm(instruction) || at >= size || bytes[at] >= 0xc0) {
        return false;
    }
    uint8_t modrm = bytes[at++], mode = modrm >> 6;
    bool has_sib = (modrm & 7) == 4;
    uint8_t sib = has_sib && at < size ? bytes[at++] : 0;
    bool no_base = mode == 0 && ((has_sib ? sib : modrm) & 7) == 5;
    uint64_t width = mode == 1 ? 1 : mode == 2 || no_base ? 4 : 0;
    if (at + width > size) {
        return false;
    }
    int64_t distance = displacement(bytes + at, width);
    if (width == 1 && instruction->is_evex) {
        distance *= instruction->vector;
    }
    if (has_sib) {
        *address = sib_address(context, instruction, sib, no_base);
    } else if (no_base) {
        *address = ip + at + width + constant_size(instruction, modrm);
    } else {
        uint32_t base = (modrm & 7) | ((instruction->rex & REX_B) != 0 ? 8 : 0);
        *address = operand_register(context, base);
    }
    *address += (uint64_t)distance;
    *address &= instruction->address_32 ? UINT32_MAX : UINT64_MAX;
    return true;
}

/* ---- What instructions name without saying so ----------------------------------------------- */

/* 1: pushes, 2: pops, 0: neither. */
static uint32_t stack_use(const struct instruction *instruction, uint8_t modrm)
{
    uint8_t opcode = instruction->opcode, operation = modrm >> 3 & 7;
    if (instruction->map == 1) {
        return opcode == 0xa0 || opcode == 0xa8 ? 1 : opcode == 0xa1 || opcode == 0xa9 ? 2 : 0;
    }
    if ((opcode & 0xf8) == 0x50 || opcode == 0x68 || opcode == 0x6a || opcode == 0x9c ||
        opcode == 0xc8 || opcode == 0xe8 ||
        (opcode == 0xff && (operation == 2 || operation == 3 || operation == 6))) {
        return 1;
    }
    return (opcode & 0xf8) == 0x58 || opcode == 0x8f || opcode == 0x9d || (opcode & 0xf6) == 0xc2 ||
                   opcode == 0xcf
               ? 2
               : 0;
}

uint32_t operand_implicit(const struct hal_context *context, const uint8_t *bytes, uint64_t size,
                          const struct instruction *instruction,
                          uint64_t addresses[OPERAND_IMPLICIT_MOST])
{
    const uint64_t *words = context->machine;
    uint8_t opcode = instruction->opcode;
    uint8_t next = instruction->at < size ? bytes[instruction->at] : 0;
    uint32_t use = instruction->map <= 1 ? stack_use(instruction, next) : 0;
    uint32_t count = 0;
    if (instruction->map == 0 && opcode >= 0xa0 && opcode <= 0xa3 &&
        instruction->at + sizeof addresses[0] <= size) {
        memcpy(&addresses[count++], bytes + instruction->at, sizeof addresses[0]);
    } else if (instruction->map == 0 && opcode >= 0xa4 && opcode <= 0xaf &&
               (opcode & 0xfe) != 0xa8) {
        bool has_source = opcode < 0xa8 || (opcode & 0xfe) == 0xac;
        bool has_target = (opcode & 0xfe) != 0xac;
        if (has_source) {
            addresses[count++] = words[WORD_RSI];
        }
        if (has_target) {
            addresses[count++] = words[WORD_RDI];
        }
    } else if (instruction->map == 0 && opcode == 0xd7) {
        addresses[count++] = words[WORD_RBX] + (words[WORD_RAX] & 0xff);
    } else if (instruction->map == 0 && opcode == 0xc9) {
        addresses[count++] = words[WORD_RBP];
    } else if (instruction->map == 1 && opcode == 0xf7) {
        addresses[count++] = words[WORD_RDI];
    } else if (use != 0) {
        addresses[count++] = words[WORD_RSP] - (use == 1 ? 8 : 0);
    }
    return count;
}
