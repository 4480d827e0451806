/* SPDX-License-Identifier: MIT */
/* Relocates a loaded image and binds its ghosts. */

#include <terrarium/elf64.h>
#include <terrarium/error.h>

#include "call.h"
#include "ghost.h"
#include "image_bind.h"
#include "state.h"
#include "string.h"

/* The relocations a machine may have in a position-independent image; type 0 does nothing. */
struct relocation_types {
    uint32_t machine, relative, global, slot, absolute, indirect;
};

static const struct relocation_types relocation_machines[] = {
    {.machine = 62, .relative = 8, .global = 6, .slot = 7, .absolute = 1, .indirect = 37},
    {.machine = 183,
     .relative = 1027,
     .global = 1025,
     .slot = 1026,
     .absolute = 257,
     .indirect = 1032},
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

bool bind_read(const struct bind *bind, uint64_t at, void *to, uint64_t size)
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

/* The name at an offset, cut where it is longer than any ghost's. False if the table ends first. */
static bool read_name(const struct bind *bind, uint64_t offset, char name[TR_NAME_MAX])
{
    const struct image_part *strings = &bind->image->strings;
    if (offset >= strings->size) {
        return false;
    }
    uint64_t most = strings->size - offset;
    most = most < TR_NAME_MAX ? most : TR_NAME_MAX;
    if (!bind_read(bind, strings->at + offset, name, most)) {
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

static int64_t refuse_symbol(const struct bind *bind, const char *name, const char *problem)
{
    return image_refuse(bind->kernel, bind->image, "symbol %s %s", name, problem);
}

static int64_t resolve_ghost(const struct bind *bind, const struct elf_symbol *symbol,
                             const char *name, uint64_t *value)
{
    *value = ghost_find(bind->kernel, name);
    if (*value == 0 && ELF_SYMBOL_BINDING(symbol->info) != ELF_BINDING_WEAK) {
        return image_refuse(bind->kernel, bind->image, "unknown symbol %s", name);
    }
    return 0;
}

/* The symbol of a number, and its name. 0 or TR_E_NOEXEC. */
static int64_t read_symbol(const struct bind *bind, uint32_t index, struct elf_symbol *symbol,
                           char name[TR_NAME_MAX])
{
    const struct image_part *symbols = &bind->image->symbols;
    uint64_t at = symbols->at + (uint64_t)index * sizeof(*symbol);
    if (index >= symbols->size / sizeof(*symbol) || !bind_read(bind, at, symbol, sizeof(*symbol))) {
        return image_refuse(bind->kernel, bind->image, "symbol %u is not in the symbol table",
                            (uint64_t)index);
    }
    if (!read_name(bind, symbol->name, name)) {
        return image_refuse(bind->kernel, bind->image, "symbol %u has no name", (uint64_t)index);
    }
    return 0;
}

static int64_t resolve(const struct bind *bind, uint32_t index, uint64_t *value)
{
    const struct image *image = bind->image;
    struct elf_symbol symbol;
    char name[TR_NAME_MAX] = {0};
    *value = 0;
    if (index == 0) {
        return 0;
    }
    int64_t result = read_symbol(bind, index, &symbol, name);
    if (result < 0) {
        return result;
    }
    if (ELF_SYMBOL_KIND(symbol.info) == ELF_KIND_THREAD_LOCAL) {
        return refuse_symbol(bind, name, "is thread-local");
    }
    if (ELF_SYMBOL_KIND(symbol.info) == ELF_KIND_INDIRECT) {
        return refuse_symbol(bind, name, "is an indirect function");
    }
    if (symbol.section == ELF_SECTION_UNDEFINED) {
        return resolve_ghost(bind, &symbol, name, value);
    }
    *value = symbol.value;
    if (symbol.section == ELF_SECTION_ABSOLUTE) {
        return 0;
    }
    *value += image->base - image->low;
    if (symbol.section >= ELF_SECTION_RESERVED) {
        return image_refuse(bind->kernel, image, "symbol %s is in section %u", name,
                            (uint64_t)symbol.section);
    }
    return 0;
}

/* Writes a word at an address of the file's, or says that it may not. `number` and `table` name the
 * relocation. */
static int64_t change(const struct bind *bind, enum image_table table, uint64_t number,
                      uint64_t address, uint64_t value)
{
    if (!write_word(bind, address - bind->image->low, value)) {
        return image_refuse(bind->kernel, bind->image,
                            "relocation %u of %s changes %x, which is not writable data", number,
                            bind_table_name(table), address);
    }
    return 0;
}

static int64_t refuse_type(const struct bind *bind, enum image_table table, uint64_t number,
                           uint32_t type)
{
    if (type == bind->types->indirect) {
        return image_refuse(bind->kernel, bind->image,
                            "relocation %u of %s is for an indirect function (type %u)", number,
                            bind_table_name(table), (uint64_t)type);
    }
    /* Type 0 is what a linker leaves of a ghost that it was told to ignore: not bound, refused. */
    return image_refuse(bind->kernel, bind->image, "relocation %u of %s is of type %u%s", number,
                        bind_table_name(table), (uint64_t)type,
                        type == 0 ? ": the linker left an import unbound" : "");
}

static int64_t relocate(const struct bind *bind, enum image_table table, uint64_t number)
{
    const struct relocation_types *types = bind->types;
    const struct image *image = bind->image;
    struct elf_relocation relocation;
    (void)bind_read(bind, image->tables[table].at + number * sizeof(relocation), &relocation,
                    sizeof(relocation));
    uint32_t type = ELF_RELOCATION_TYPE(relocation.info);
    uint64_t value = image->base - image->low;
    int64_t result = 0;
    if (type == types->global || type == types->slot || type == types->absolute) {
        result = resolve(bind, ELF_RELOCATION_SYMBOL(relocation.info), &value);
    } else if (type != types->relative) {
        result = refuse_type(bind, table, number, type);
    }
    return result < 0 ? result
                      : change(bind, table, number, relocation.offset, value + relocation.addend);
}

/* Adds to the word at an address of the file's what the image was moved by. */
static int64_t move_word(const struct bind *bind, uint64_t number, uint64_t address)
{
    const struct image *image = bind->image;
    uint64_t word = 0;
    (void)bind_read(bind, address - image->low, &word,
                    sizeof(word)); /* else it cannot be written */
    return change(bind, IMAGE_RELR, number, address, word + image->base - image->low);
}

/* One entry of the packed table (generic ABI, SHT_RELR): an even one is the address of a word, an
 * odd one has a bit for each of the 63 words behind. */
static int64_t relocate_packed(const struct bind *bind, uint64_t number)
{
    struct image *image = bind->image;
    uint64_t entry = 0;
    (void)bind_read(bind, image->tables[IMAGE_RELR].at + number * sizeof(entry), &entry,
                    sizeof(entry));
    if ((entry & 1) == 0) {
        image->packed_at = entry + sizeof(uint64_t);
        return move_word(bind, number, entry);
    }
    if (number == 0) {
        return image_refuse(bind->kernel, image,
                            "entry %u of DT_RELR is a bitmap without an address", number);
    }
    int64_t result = 0;
    for (uint32_t bit = 1; bit < 64 && result == 0; bit++) {
        if ((entry >> bit & 1) != 0) {
            result = move_word(bind, number, image->packed_at + (bit - 1) * sizeof(uint64_t));
        }
    }
    image->packed_at += 63 * sizeof(uint64_t);
    return result;
}

/* The table that the next entry is in, and its number there. False: all are done. */
static bool find_next(const struct image *image, enum image_table *table, uint64_t *number)
{
    *number = image->bound;
    for (*table = 0; *table < IMAGE_TABLES; ++*table) {
        uint64_t count = image->tables[*table].size / bind_entry_size(*table);
        if (*number < count) {
            return true;
        }
        *number -= count;
    }
    return false;
}

int64_t image_bind(struct kernel *kernel, struct image *image, struct process *target)
{
    const struct bind bind = {
        .kernel = kernel,
        .image = image,
        .target = target,
        .types = types_of(hal_elf_machine(kernel->machine)),
    };
    int64_t result = 0;
    if (bind.types == NULL) {
        result = image_refuse(kernel, image, "nothing is known of this processor's relocations");
    } else if (image->bound == 0) {
        result = bind_find_tables(&bind);
    }
    enum image_table table;
    uint64_t number;
    uint64_t words = 0;
    while (result == 0 && find_next(image, &table, &number)) {
        if (words >= IMAGE_BIND_STEP) {
            return CALL_LATER;
        }
        bool is_packed = table == IMAGE_RELR;
        result = is_packed ? relocate_packed(&bind, number) : relocate(&bind, table, number);
        words += is_packed ? 63 : 1;
        image->bound++;
    }
    return result;
}
