/* SPDX-License-Identifier: MIT */
/* Relocates a loaded image and binds its ghosts. Everything is read from the loaded frames, which
 * nobody but the kernel can reach yet, and every address is checked against the segments. */

#include <terrarium/error.h>

#include "call.h"
#include "elf64.h"
#include "ghost.h"
#include "image.h"
#include "log.h"
#include "state.h"
#include "string.h"

#define DYNAMIC_MAX 512 /* entries */

struct bind {
    struct kernel *kernel;
    struct image *image;
    struct process *target;
    const struct relocation_types *types;
};

/* The relocations a machine may have in a position-independent image; type 0 does nothing. */
struct relocation_types {
    uint32_t machine, relative, global, slot, absolute;
};

static const struct relocation_types relocation_machines[] = {
    {.machine = 62, .relative = 8, .global = 6, .slot = 7, .absolute = 1},
    {.machine = 183, .relative = 1027, .global = 1025, .slot = 1026, .absolute = 257},
};

static const struct relocation_types *types_of(uint32_t machine)
{
    for (size_t i = 0; i < sizeof(relocation_machines) / sizeof(relocation_machines[0]); i++) {
        if (relocation_machines[i].machine == machine) {
            return &relocation_machines[i];
        }
    }
    return NULL;
}

/* The view of the byte at `at`; *part is lowered to what lies in its page. */
static uint8_t *part_view(const struct bind *bind, uint64_t at, uint64_t *part)
{
    uint64_t in_page = TR_PAGE_SIZE - (at & (TR_PAGE_SIZE - 1));
    *part = *part < in_page ? *part : in_page;
    return image_view(bind->kernel, bind->image, bind->target, at);
}

static bool read_bytes(const struct bind *bind, uint64_t at, void *to, uint64_t size)
{
    if (image_segment_of(bind->image, at, size, TR_READ) == NULL) {
        return false;
    }
    for (uint64_t done = 0; done < size;) {
        uint64_t part = size - done;
        const uint8_t *view = part_view(bind, at + done, &part);
        memcpy((uint8_t *)to + done, view, (size_t)part);
        done += part;
    }
    return true;
}

static bool write_word(const struct bind *bind, uint64_t at, uint64_t value)
{
    if (image_segment_of(bind->image, at, sizeof(value), TR_READ | TR_WRITE) == NULL) {
        return false;
    }
    for (uint64_t done = 0; done < sizeof(value);) {
        uint64_t part = sizeof(value) - done;
        uint8_t *view = part_view(bind, at + done, &part);
        memcpy(view, (const uint8_t *)&value + done, (size_t)part);
        done += part;
    }
    return true;
}

/* Values of the dynamic table by tag; a tag that is absent or not looked at has value 0. */
static bool read_dynamic(const struct bind *bind, uint64_t values[ELF_TAGS])
{
    const struct image_part *part = &bind->image->dynamic;
    uint64_t count = part->size / sizeof(struct elf_dynamic);
    if (count > DYNAMIC_MAX) {
        return false;
    }
    for (uint64_t i = 0; i < count; i++) {
        struct elf_dynamic entry;
        if (!read_bytes(bind, part->at + i * sizeof(entry), &entry, sizeof(entry))) {
            return false;
        }
        if (entry.tag == ELF_TAG_NULL) {
            break;
        }
        if (entry.tag == ELF_TAG_TEXT_RELOCATIONS) {
            return false;
        }
        if (entry.tag < ELF_TAGS) {
            values[entry.tag] = entry.value;
        }
    }
    return true;
}

/* A whole table of relocations in one readable segment; size 0: none. */
static bool set_table(struct image *image, struct image_part *table, uint64_t address,
                      uint64_t size)
{
    *table = (struct image_part){.at = address - image->low, .size = size};
    return size == 0 || (size % sizeof(struct elf_relocation) == 0 &&
                         image_segment_of(image, table->at, size, TR_READ) != NULL);
}

/* Symbols may go on to the end of their segment: the format does not tell how many there are. */
static bool set_symbols(struct image *image, const uint64_t values[ELF_TAGS])
{
    if (values[ELF_TAG_SYMBOLS] == 0) {
        return true;
    }
    uint64_t at = values[ELF_TAG_SYMBOLS] - image->low;
    const struct image_segment *segment = image_segment_of(image, at, 1, TR_READ);
    if (segment == NULL || values[ELF_TAG_SYMBOL_ENTRY] != sizeof(struct elf_symbol)) {
        return false;
    }
    image->symbols.at = at;
    image->symbols.size = segment->va + segment->memory_size - at;
    image->strings.at = values[ELF_TAG_STRINGS] - image->low;
    image->strings.size = values[ELF_TAG_STRINGS_SIZE];
    return image_segment_of(image, image->strings.at, image->strings.size, TR_READ) != NULL;
}

/* The name at an offset, cut where it is longer than any ghost's. False if the table ends first. */
static bool read_name(const struct bind *bind, uint64_t offset, char name[TR_NAME_MAX])
{
    const struct image_part *strings = &bind->image->strings;
    if (offset >= strings->size) {
        return false;
    }
    uint64_t most = strings->size - offset;
    most = most < TR_NAME_MAX ? most : TR_NAME_MAX;
    if (!read_bytes(bind, strings->at + offset, name, most)) {
        return false;
    }
    for (uint64_t i = 0; i < most; i++) {
        if (name[i] == 0) {
            return true;
        }
    }
    name[TR_NAME_MAX - 1] = 0;
    return most == TR_NAME_MAX;
}

static bool find_tables(const struct bind *bind)
{
    uint64_t values[ELF_TAGS] = {0};
    struct image *image = bind->image;
    if (!read_dynamic(bind, values) || values[ELF_TAG_REL_SIZE] != 0 ||
        values[ELF_TAG_RELR_SIZE] != 0 ||
        (values[ELF_TAG_FLAGS] & ELF_DYNAMIC_TEXT_RELOCATIONS) != 0) {
        return false;
    }
    if (values[ELF_TAG_RELA_SIZE] != 0 &&
        values[ELF_TAG_RELA_ENTRY] != sizeof(struct elf_relocation)) {
        return false;
    }
    if (values[ELF_TAG_PLT_SIZE] != 0 && values[ELF_TAG_PLT_KIND] != ELF_TAG_RELA) {
        return false;
    }
    return set_symbols(image, values) &&
           set_table(image, &image->tables[0], values[ELF_TAG_RELA], values[ELF_TAG_RELA_SIZE]) &&
           set_table(image, &image->tables[1], values[ELF_TAG_PLT], values[ELF_TAG_PLT_SIZE]);
}

static bool resolve_ghost(const struct bind *bind, const struct elf_symbol *symbol, uint64_t *value)
{
    char name[TR_NAME_MAX] = {0};
    if (!read_name(bind, symbol->name, name)) {
        return false;
    }
    *value = ghost_find(bind->kernel, name);
    if (*value == 0 && ELF_SYMBOL_BINDING(symbol->info) != ELF_BINDING_WEAK) {
        log_unknown_symbol(bind->kernel, bind->target, name);
        return false;
    }
    return true;
}

static bool resolve(const struct bind *bind, uint32_t index, uint64_t *value)
{
    const struct image *image = bind->image;
    struct elf_symbol symbol;
    *value = 0;
    if (index == 0) {
        return true;
    }
    uint64_t at = image->symbols.at + (uint64_t)index * sizeof(symbol);
    if (index >= image->symbols.size / sizeof(symbol) ||
        !read_bytes(bind, at, &symbol, sizeof(symbol)) ||
        ELF_SYMBOL_KIND(symbol.info) == ELF_KIND_THREAD_LOCAL ||
        ELF_SYMBOL_KIND(symbol.info) == ELF_KIND_INDIRECT) {
        return false;
    }
    if (symbol.section == ELF_SECTION_UNDEFINED) {
        return resolve_ghost(bind, &symbol, value);
    }
    if (symbol.section == ELF_SECTION_ABSOLUTE) {
        *value = symbol.value;
        return true;
    }
    *value = image->base - image->low + symbol.value;
    return symbol.section < ELF_SECTION_RESERVED;
}

static bool relocate(const struct bind *bind, uint64_t at)
{
    const struct relocation_types *types = bind->types;
    const struct image *image = bind->image;
    struct elf_relocation relocation;
    if (!read_bytes(bind, at, &relocation, sizeof(relocation))) {
        return false;
    }
    uint32_t type = ELF_RELOCATION_TYPE(relocation.info);
    uint64_t value;
    /* Type 0 is what a linker leaves of a ghost that it was told to ignore: not bound, refused. */
    bool names_symbol = type == types->global || type == types->slot || type == types->absolute;
    if (type == types->relative) {
        value = image->base - image->low;
    } else if (!names_symbol || !resolve(bind, ELF_RELOCATION_SYMBOL(relocation.info), &value)) {
        return false;
    }
    return write_word(bind, relocation.offset - image->low, value + relocation.addend);
}

int64_t image_bind(struct kernel *kernel, struct image *image, struct process *target)
{
    const struct bind bind = {
        .kernel = kernel,
        .image = image,
        .target = target,
        .types = types_of(hal_elf_machine(kernel->machine)),
    };
    if (bind.types == NULL || (image->bound == 0 && !find_tables(&bind))) {
        image->problem = "its dynamic section is broken, or asks for text relocations";
        return TR_E_NOEXEC;
    }
    uint64_t first = image->tables[0].size / sizeof(struct elf_relocation);
    uint64_t total = first + image->tables[1].size / sizeof(struct elf_relocation);
    for (uint64_t i = 0; i < IMAGE_BIND_STEP && image->bound < total; i++) {
        bool is_second = image->bound >= first;
        uint64_t index = is_second ? image->bound - first : image->bound;
        uint64_t at = image->tables[is_second].at + index * sizeof(struct elf_relocation);
        if (!relocate(&bind, at)) {
            return TR_E_NOEXEC;
        }
        image->bound++;
    }
    return image->bound < total ? CALL_LATER : 0;
}
