/* SPDX-License-Identifier: MIT */
#pragma once

/* A small correct program image made in memory, for tests of the loader and as the seed of the ELF
 * fuzzer. Tests break it by changing fields through the pointers given. x86-64, position
 * independent; on a real machine it ends with code 7. */

#include <elf.h>
#include <stddef.h>
#include <stdint.h>

#define ELF_IMAGE_SIZE    0x3000
#define ELF_IMAGE_HEADERS 4

/* The image, and where its parts lie in it. */
struct elf_image {
    _Alignas(16) uint8_t bytes[ELF_IMAGE_SIZE];
    Elf64_Ehdr *header;
    Elf64_Phdr *segments; /* read only, text, data, dynamic */
    Elf64_Dyn *dynamic;
    Elf64_Rela *relocations; /* one RELATIVE, one GLOB_DAT */
    Elf64_Sym *symbols;      /* the null symbol, the imported one */
    char *strings;
};

enum elf_image_segment { ELF_IMAGE_RODATA, ELF_IMAGE_TEXT, ELF_IMAGE_DATA, ELF_IMAGE_DYNAMIC };

/* Builds it anew; it imports `name`, a ghost function (at most 31 bytes). */
void elf_image_make(struct elf_image *image, const char *name);

/* The entry of the dynamic table with this tag; NULL: none. */
Elf64_Dyn *elf_image_dynamic(struct elf_image *image, int64_t tag);

/* One more entry of the dynamic table, behind the others (at most 7). */
void elf_image_add_dynamic(struct elf_image *image, int64_t tag, uint64_t value);

/* One more program header, behind the others (at most 4). Its number. */
uint32_t elf_image_add_segment(struct elf_image *image, const Elf64_Phdr *segment);
