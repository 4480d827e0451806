/* SPDX-License-Identifier: MIT */
/* The debugger's interface for code made at run time. Debuggers read such an image as it is,
 * without an offset, so the copy is relocated first: addresses of sections, symbols and, listed in
 * the relocations that the linker kept (-q), in the debug sections. */

#include "image.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

/* Names, layout and values are the interface's. */
enum { JIT_NOACTION = 0, JIT_REGISTER, JIT_UNREGISTER };
struct jit_entry {
    struct jit_entry *next, *previous;
    const uint8_t *bytes;
    uint64_t size;
};
struct jit_descriptor {
    uint32_t version, action;
    struct jit_entry *relevant, *first;
};
struct jit_descriptor __jit_debug_descriptor = {1, JIT_NOACTION, NULL, NULL};
void __jit_debug_register_code(void);
__attribute__((noinline)) void __jit_debug_register_code(void)
{
    __asm__ volatile("" ::: "memory");
}

struct elf {
    uint8_t *bytes;
    size_t size;
    Elf64_Ehdr *header;
    Elf64_Shdr *sections;
    uint64_t base;
};

static bool fits(const struct elf *elf, uint64_t offset, uint64_t size)
{
    return offset <= elf->size && size <= elf->size - offset;
}

static bool elf_open(struct elf *elf)
{
    elf->header = (Elf64_Ehdr *)(void *)elf->bytes;
    if (elf->size < sizeof *elf->header || elf->header->e_shentsize != sizeof(Elf64_Shdr) ||
        elf->header->e_shoff % 8 != 0 || elf->header->e_phoff % 8 != 0 ||
        !fits(elf, elf->header->e_shoff, elf->header->e_shnum * sizeof(Elf64_Shdr)) ||
        !fits(elf, elf->header->e_phoff, elf->header->e_phnum * sizeof(Elf64_Phdr))) {
        return false;
    }
    elf->sections = (Elf64_Shdr *)(void *)(elf->bytes + elf->header->e_shoff);
    return true;
}

static void move_headers(struct elf *elf)
{
    Elf64_Phdr *parts = (Elf64_Phdr *)(void *)(elf->bytes + elf->header->e_phoff);
    elf->header->e_entry += elf->base;
    for (size_t i = 0; i < elf->header->e_phnum; i++) {
        parts[i].p_vaddr += elf->base;
        parts[i].p_paddr += elf->base;
    }
    for (size_t i = 0; i < elf->header->e_shnum; i++) {
        elf->sections[i].sh_addr += (elf->sections[i].sh_flags & SHF_ALLOC) != 0 ? elf->base : 0;
    }
}

static void move_symbols(struct elf *elf, const Elf64_Shdr *section)
{
    if (!fits(elf, section->sh_offset, section->sh_size) || section->sh_offset % 8 != 0) {
        return;
    }
    Elf64_Sym *symbols = (Elf64_Sym *)(void *)(elf->bytes + section->sh_offset);
    for (size_t i = 0; i < section->sh_size / sizeof *symbols; i++) {
        if (symbols[i].st_shndx != SHN_UNDEF && symbols[i].st_shndx < SHN_LORESERVE) {
            symbols[i].st_value += elf->base;
        }
    }
}

/* Adds the base to every 64-bit place that the relocations of a debug section name. */
static void move_places(struct elf *elf, const Elf64_Shdr *section)
{
    if (section->sh_info >= elf->header->e_shnum || section->sh_offset % 8 != 0 ||
        !fits(elf, section->sh_offset, section->sh_size)) {
        return;
    }
    const Elf64_Shdr *target = &elf->sections[section->sh_info];
    if ((target->sh_flags & (SHF_ALLOC | SHF_COMPRESSED)) != 0 ||
        !fits(elf, target->sh_offset, target->sh_size)) {
        return;
    }
    const Elf64_Rela *places = (const Elf64_Rela *)(const void *)(elf->bytes + section->sh_offset);
    for (size_t i = 0; i < section->sh_size / sizeof *places; i++) {
        uint64_t type = ELF64_R_TYPE(places[i].r_info), value;
        if ((type == R_X86_64_64 || type == R_AARCH64_ABS64) && target->sh_size >= sizeof value &&
            places[i].r_offset <= target->sh_size - sizeof value) {
            uint8_t *at = elf->bytes + target->sh_offset + places[i].r_offset;
            memcpy(&value, at, sizeof value);
            value += elf->base;
            memcpy(at, &value, sizeof value);
        }
    }
}

static void elf_move(struct elf *elf)
{
    move_headers(elf);
    for (size_t i = 0; i < elf->header->e_shnum; i++) {
        Elf64_Shdr *section = &elf->sections[i];
        if (section->sh_type == SHT_SYMTAB || section->sh_type == SHT_DYNSYM) {
            move_symbols(elf, section);
        } else if (section->sh_type == SHT_RELA && (section->sh_flags & SHF_ALLOC) == 0) {
            move_places(elf, section);
            section->sh_type = SHT_NULL;
        }
    }
}

struct jit_entry *jit_announce(const struct image *image, uint64_t va)
{
    struct elf elf = {.bytes = malloc(image->size), .size = image->size, .base = va - image->first};
    struct jit_entry *entry = calloc(1, sizeof *entry);
    if (elf.bytes == NULL || entry == NULL) {
        host_fatal("no memory for the debugger's copy of an image");
    }
    memcpy(elf.bytes, image->bytes, image->size);
    if (!elf_open(&elf)) {
        free(elf.bytes);
        free(entry);
        return NULL;
    }
    elf_move(&elf);
    struct jit_descriptor *list = &__jit_debug_descriptor;
    *entry = (struct jit_entry){list->first, NULL, elf.bytes, elf.size};
    if (list->first != NULL) {
        list->first->previous = entry;
    }
    list->first = list->relevant = entry;
    list->action = JIT_REGISTER;
    __jit_debug_register_code();
    return entry;
}

void jit_withdraw(struct jit_entry *entry)
{
    struct jit_descriptor *list = &__jit_debug_descriptor;
    if (entry->previous != NULL) {
        entry->previous->next = entry->next;
    } else {
        list->first = entry->next;
    }
    if (entry->next != NULL) {
        entry->next->previous = entry->previous;
    }
    list->relevant = entry;
    list->action = JIT_UNREGISTER;
    __jit_debug_register_code();
    free((uint8_t *)(uintptr_t)entry->bytes);
    free(entry);
}
