/* SPDX-License-Identifier: MIT */
#pragma once

/* What of the ELF format (System V ABI, generic part, chapters 4 and 5) the loader, the C library
 * and s\init look at: 64 bit, little-endian, read in place by a little-endian machine. */

#include <stdint.h>

#define ELF_CLASS_64     2
#define ELF_DATA_LITTLE  1
#define ELF_VERSION      1
#define ELF_OS_SYSTEM_V  0
#define ELF_OS_GNU       3
#define ELF_TYPE_DYNAMIC 3 /* position-independent */

struct elf_header {
    uint8_t magic[4];
    uint8_t file_class, data, ident_version, os_abi, padding[8];
    uint16_t type, machine;
    uint32_t version;
    uint64_t entry, program_offset, section_offset;
    uint32_t flags;
    uint16_t header_size, program_size, program_count;
    uint16_t section_size, section_count, section_names;
};
_Static_assert(sizeof(struct elf_header) == 64, "generic ABI, figure 4-3");

enum elf_segment_type {
    ELF_LOAD = 1,
    ELF_DYNAMIC = 2,
    ELF_INTERPRETER = 3,
    ELF_NOTE = 4,
    ELF_THREAD_LOCAL = 7,
    ELF_GNU_STACK = 0x6474e551,
    ELF_GNU_RELRO = 0x6474e552
};

#define ELF_FLAG_EXECUTE 1u
#define ELF_FLAG_WRITE   2u
#define ELF_FLAG_READ    4u

struct elf_program {
    uint32_t type, flags;
    uint64_t offset, va, physical, file_size, memory_size, align;
};
_Static_assert(sizeof(struct elf_program) == 56, "generic ABI, figure 5-1");

/* Name and text stand behind it, each filled up to a multiple of 4 bytes. */
struct elf_note {
    uint32_t name_size, text_size, type;
};

enum elf_dynamic_tag {
    ELF_TAG_NULL = 0,
    ELF_TAG_CALLS_SIZE = 2,
    ELF_TAG_STRINGS = 5,
    ELF_TAG_SYMBOLS = 6,
    ELF_TAG_RELA = 7,
    ELF_TAG_RELA_SIZE = 8,
    ELF_TAG_RELA_ENTRY = 9,
    ELF_TAG_STRINGS_SIZE = 10,
    ELF_TAG_SYMBOL_ENTRY = 11,
    ELF_TAG_CALLS_FORM = 20,
    ELF_TAG_CALLS = 23,
    ELF_TAG_FLAGS = 30,
    ELF_TAG_RELR_SIZE = 35,
    ELF_TAG_RELR = 36,
    ELF_TAG_RELR_ENTRY = 37,
    ELF_TAGS /* one more than the largest looked at */
};
#define ELF_DYNAMIC_TEXT_RELOCATIONS UINT64_C(4) /* in ELF_TAG_FLAGS */

struct elf_dynamic {
    uint64_t tag, value;
};

struct elf_symbol {
    uint32_t name;
    uint8_t info, other;
    uint16_t section;
    uint64_t value, size;
};
_Static_assert(sizeof(struct elf_symbol) == 24, "generic ABI, figure 4-16");

#define ELF_SYMBOL_BINDING(info) ((info) >> 4)
#define ELF_SYMBOL_KIND(info)    ((info)&15)
#define ELF_BINDING_WEAK         2
#define ELF_KIND_THREAD_LOCAL    6
#define ELF_KIND_INDIRECT        10
#define ELF_SECTION_UNDEFINED    0
#define ELF_SECTION_RESERVED     0xff00
#define ELF_SECTION_ABSOLUTE     0xfff1

struct elf_relocation {
    uint64_t offset, info, addend;
};
_Static_assert(sizeof(struct elf_relocation) == 24, "generic ABI, figure 4-20");

#define ELF_RELOCATION_SYMBOL(info) ((uint32_t)((info) >> 32))
#define ELF_RELOCATION_TYPE(info)   ((uint32_t)(info))
