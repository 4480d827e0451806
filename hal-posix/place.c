/* SPDX-License-Identifier: MIT */
/* Sections and symbols of an image. The bytes are a stranger's: every offset is checked. */

#include "place.h"

#include <elf.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "debug_lines.h"
#include "image.h"
#include "window.h"

#define NAME_MOST 60 /* of what the log shows of a name */

struct elf {
    const uint8_t *bytes;
    uint64_t size;
    Elf64_Ehdr header;
};

static bool holds(const struct elf *elf, uint64_t at, uint64_t size)
{
    return at <= elf->size && size <= elf->size - at;
}

static bool elf_open(struct elf *elf, const void *bytes, uint64_t size)
{
    *elf = (struct elf){.bytes = bytes, .size = size};
    if (size < sizeof elf->header) {
        return false;
    }
    memcpy(&elf->header, bytes, sizeof elf->header);
    return memcmp(elf->header.e_ident, ELFMAG, SELFMAG) == 0 &&
           elf->header.e_ident[EI_CLASS] == ELFCLASS64 &&
           elf->header.e_shentsize == sizeof(Elf64_Shdr) &&
           holds(elf, elf->header.e_shoff, elf->header.e_shnum * sizeof(Elf64_Shdr));
}

/* Section `index`, if its bytes are in the file as they are. */
static bool section_at(const struct elf *elf, uint32_t index, Elf64_Shdr *section)
{
    if (index >= elf->header.e_shnum) {
        return false;
    }
    memcpy(section, elf->bytes + elf->header.e_shoff + index * sizeof *section, sizeof *section);
    return section->sh_type != SHT_NOBITS && (section->sh_flags & SHF_COMPRESSED) == 0 &&
           holds(elf, section->sh_offset, section->sh_size);
}

/* A terminated text of a section of strings; NULL: it is none. */
static const char *string_at(const struct elf *elf, const Elf64_Shdr *strings, uint64_t at)
{
    if (at >= strings->sh_size) {
        return NULL;
    }
    const uint8_t *begin = elf->bytes + strings->sh_offset + at;
    return memchr(begin, 0, strings->sh_size - at) != NULL ? (const char *)begin : NULL;
}

static struct debug_part part_of(const struct elf *elf, const char *name)
{
    Elf64_Shdr names, section;
    if (section_at(elf, elf->header.e_shstrndx, &names)) {
        for (uint32_t i = 1; i < elf->header.e_shnum; i++) {
            const char *own =
                section_at(elf, i, &section) ? string_at(elf, &names, section.sh_name) : NULL;
            if (own != NULL && strcmp(own, name) == 0) {
                return (struct debug_part){elf->bytes + section.sh_offset, section.sh_size};
            }
        }
    }
    return (struct debug_part){NULL, 0};
}

/* The function that the address lies in, by one table of symbols. */
static const char *function_in(const struct elf *elf, const Elf64_Shdr *symbols, uint64_t address)
{
    Elf64_Shdr strings;
    Elf64_Sym symbol;
    if (!section_at(elf, symbols->sh_link, &strings)) {
        return NULL;
    }
    for (uint64_t at = 0; symbols->sh_size - at >= sizeof symbol; at += sizeof symbol) {
        memcpy(&symbol, elf->bytes + symbols->sh_offset + at, sizeof symbol);
        if (ELF64_ST_TYPE(symbol.st_info) == STT_FUNC && symbol.st_shndx != SHN_UNDEF &&
            address - symbol.st_value < symbol.st_size) {
            return string_at(elf, &strings, symbol.st_name);
        }
    }
    return NULL;
}

static const char *function_at(const struct elf *elf, uint64_t address)
{
    Elf64_Shdr section;
    const char *name = NULL;
    for (uint32_t i = 0; i < elf->header.e_shnum && name == NULL; i++) {
        if (section_at(elf, i, &section) && section.sh_type == SHT_SYMTAB) {
            name = function_in(elf, &section, address);
        }
    }
    return name;
}

/* Names go into the log: nothing there but letters that can be seen. */
static void copy_name(char to[NAME_MOST + 1], const char *name)
{
    size_t i = 0;
    for (; i < NAME_MOST && name[i] != '\0'; i++) {
        to[i] = name[i] > ' ' && name[i] <= '~' ? name[i] : '?';
    }
    to[i] = '\0';
}

bool place_in_image(const void *image, uint64_t size, uint64_t address, char *text,
                    uint64_t text_size)
{
    struct elf elf;
    struct debug_place place;
    char function[NAME_MOST + 1], file[NAME_MOST + 1];
    const char *name = elf_open(&elf, image, size) ? function_at(&elf, address) : NULL;
    if (name == NULL) {
        return false;
    }
    const struct debug_tables tables = {.lines = part_of(&elf, ".debug_line"),
                                        .line_strings = part_of(&elf, ".debug_line_str"),
                                        .strings = part_of(&elf, ".debug_str")};
    copy_name(function, name);
    if (debug_find(&tables, address, &place)) {
        copy_name(file, place.file);
        snprintf(text, text_size, "%s (%s:%" PRIu64 ")", function, file, place.line);
    } else {
        snprintf(text, text_size, "%s", function);
    }
    return true;
}

/* The address that the linker gave the first byte of what is loaded. */
static bool linked_at(const struct image *image, uint64_t *low)
{
    struct elf elf;
    Elf64_Phdr part;
    if (!elf_open(&elf, image->bytes, image->size) ||
        !holds(&elf, elf.header.e_phoff, elf.header.e_phnum * sizeof part)) {
        return false;
    }
    for (uint32_t i = 0; i < elf.header.e_phnum; i++) {
        memcpy(&part, elf.bytes + elf.header.e_phoff + i * sizeof part, sizeof part);
        if (part.p_type == PT_LOAD) {
            *low = part.p_vaddr / PAGE * PAGE;
            return true;
        }
    }
    return false;
}

bool place_of(struct machine *machine, struct hal_space *space, uint64_t ip, char *text,
              uint64_t text_size)
{
    uint64_t va = window_of(space)->image_va, low;
    const struct image *image =
        va == 0 || !window_holds(space, ip) ? NULL : image_at(machine, space, va);
    return image != NULL && linked_at(image, &low) &&
           place_in_image(image->bytes, image->size, ip - va + low, text, text_size);
}
