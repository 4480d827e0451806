/* SPDX-License-Identifier: MIT */
/* Builds the small image. File offsets equal addresses, so every part is found at once:
 * 0x0000 headers, symbols, strings, hash, relocations (read only); 0x1000 text; 0x2000 the dynamic
 * table and data (writable), a page of bss behind it. */

#include "elf_image.h"

#include <stdio.h>
#include <string.h>

enum {
    AT_SYMBOLS = 0x200,
    AT_STRINGS = 0x280,
    AT_HASH = 0x300,
    AT_RELOCATIONS = 0x380,
    AT_TEXT = 0x1000,
    AT_DYNAMIC = 0x2000,
    AT_POINTER = 0x2100,
    AT_GOT = 0x2108,
    STRINGS_SIZE = 64
};

static void make_header(struct elf_image *image)
{
    *image->header = (Elf64_Ehdr){
        .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
        .e_type = ET_DYN,
        .e_machine = EM_X86_64,
        .e_version = EV_CURRENT,
        .e_entry = AT_TEXT,
        .e_phoff = sizeof(Elf64_Ehdr),
        .e_ehsize = sizeof(Elf64_Ehdr),
        .e_phentsize = sizeof(Elf64_Phdr),
        .e_phnum = ELF_IMAGE_HEADERS};
}

static Elf64_Phdr segment(uint32_t flags, uint64_t at, uint64_t size, uint64_t bss)
{
    return (Elf64_Phdr){.p_type = PT_LOAD,
                        .p_flags = flags,
                        .p_offset = at,
                        .p_vaddr = at,
                        .p_paddr = at,
                        .p_filesz = size,
                        .p_memsz = size + bss,
                        .p_align = 0x1000};
}

static void make_segments(struct elf_image *image)
{
    image->segments[ELF_IMAGE_RODATA] = segment(PF_R, 0, 0x1000, 0);
    image->segments[ELF_IMAGE_TEXT] = segment(PF_R | PF_X, AT_TEXT, 0x1000, 0);
    image->segments[ELF_IMAGE_DATA] = segment(PF_R | PF_W, AT_DYNAMIC, 0x1000, 0x1000);
    image->segments[ELF_IMAGE_DYNAMIC] = segment(PF_R | PF_W, AT_DYNAMIC, 0x100, 0);
    image->segments[ELF_IMAGE_DYNAMIC].p_type = PT_DYNAMIC;
    image->segments[ELF_IMAGE_DYNAMIC].p_align = 8;
}

static void make_symbols(struct elf_image *image, const char *name)
{
    snprintf(image->strings + 1, STRINGS_SIZE - 1, "%.31s", name);
    image->symbols[1] = (Elf64_Sym){.st_name = 1, .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_NOTYPE)};
    const uint32_t hash[] = {1, 2, 1, 0, 0};
    memcpy(image->bytes + AT_HASH, hash, sizeof hash);
    image->relocations[0] = (Elf64_Rela){AT_POINTER, ELF64_R_INFO(0, R_X86_64_RELATIVE), AT_TEXT};
    image->relocations[1] = (Elf64_Rela){AT_GOT, ELF64_R_INFO(1, R_X86_64_GLOB_DAT), 0};
}

static void make_dynamic(struct elf_image *image)
{
    const Elf64_Dyn table[] = {
        {DT_HASH, {AT_HASH}},
        {DT_STRTAB, {AT_STRINGS}},
        {DT_SYMTAB, {AT_SYMBOLS}},
        {DT_STRSZ, {STRINGS_SIZE}},
        {DT_SYMENT, {sizeof(Elf64_Sym)}},
        {DT_RELA, {AT_RELOCATIONS}},
        {DT_RELASZ, {2 * sizeof(Elf64_Rela)}},
        {DT_RELAENT, {sizeof(Elf64_Rela)}},
        {DT_NULL, {0}},
    };

    memcpy(image->dynamic, table, sizeof table);
}

void elf_image_make(struct elf_image *image, const char *name)
{
    /* sub rsp, 8 · mov edi, 7 · call [rip + got] · ud2 */
    static const uint8_t text[] = {0x48, 0x83, 0xec, 0x08, 0xbf, 7, 0,    0,   0,
                                   0xff, 0x15, 0xf9, 0x10, 0,    0, 0x0f, 0x0b};

    memset(image->bytes, 0, sizeof image->bytes);
    image->header = (Elf64_Ehdr *)image->bytes;
    image->segments = (Elf64_Phdr *)(image->bytes + sizeof(Elf64_Ehdr));
    image->dynamic = (Elf64_Dyn *)(image->bytes + AT_DYNAMIC);
    image->relocations = (Elf64_Rela *)(image->bytes + AT_RELOCATIONS);
    image->symbols = (Elf64_Sym *)(image->bytes + AT_SYMBOLS);
    image->strings = (char *)(image->bytes + AT_STRINGS);
    make_header(image);
    make_segments(image);
    make_symbols(image, name);
    make_dynamic(image);
    memcpy(image->bytes + AT_TEXT, text, sizeof text);
}

Elf64_Dyn *elf_image_dynamic(struct elf_image *image, int64_t tag)
{
    for (Elf64_Dyn *entry = image->dynamic; entry->d_tag != DT_NULL; entry++) {
        if (entry->d_tag == tag) {
            return entry;
        }
    }
    return NULL;
}

void elf_image_add_dynamic(struct elf_image *image, int64_t tag, uint64_t value)
{
    Elf64_Dyn *entry = image->dynamic;

    while (entry->d_tag != DT_NULL) {
        entry++;
    }
    *entry = (Elf64_Dyn){tag, {value}};
}

uint32_t elf_image_add_segment(struct elf_image *image, const Elf64_Phdr *segment)
{
    image->segments[image->header->e_phnum] = *segment;
    return image->header->e_phnum++;
}
