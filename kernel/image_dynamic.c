/* SPDX-License-Identifier: MIT */
/* The dynamic section of a loaded image: where its symbols and relocations are. Whatever it asks of
 * a loader that this one does not do is refused, and so is every tag that nobody here knows: a
 * program that starts with half of its relocations done is worse than one that does not start. */

#include <stddef.h>
#include <terrarium/elf64.h>
#include <terrarium/types.h>

#include "image_bind.h"

#define DYNAMIC_MAX 512 /* entries */

/* Values of the dynamic section by tag, as far as they are looked at. */
struct dynamic {
    uint64_t values[ELF_TAGS];
    uint64_t present; /* a bit a tag */
};

static const struct table_form {
    const char *name;
    uint32_t at, size, entry; /* tags; the table of calls tells no size of an entry */
    uint64_t entry_size;
} table_forms[IMAGE_TABLES] = {
    [IMAGE_RELR] = {"DT_RELR", ELF_TAG_RELR, ELF_TAG_RELR_SIZE, ELF_TAG_RELR_ENTRY,
                    sizeof(uint64_t)},
    [IMAGE_RELA] = {"DT_RELA", ELF_TAG_RELA, ELF_TAG_RELA_SIZE, ELF_TAG_RELA_ENTRY,
                    sizeof(struct elf_relocation)},
    [IMAGE_CALLS] = {"DT_JMPREL", ELF_TAG_CALLS, ELF_TAG_CALLS_SIZE, ELF_TAG_NULL,
                     sizeof(struct elf_relocation)},
};

const char *bind_table_name(enum image_table table)
{
    return table_forms[table].name;
}

uint64_t bind_entry_size(enum image_table table)
{
    return table_forms[table].entry_size;
}

/* What only linkers, debuggers, and loaders of libraries look at; first and last of a range. */
static const uint64_t ignored_tags[][2] = {
    {1, 1},                   /* a needed library: every symbol is looked for among the ghosts */
    {3, 4},                   /* where slots begin; hash table */
    {12, 16},                 /* constructors are the program's; names, paths */
    {21, 21},                 /* for debuggers */
    {24, 29},                 /* bind now; arrays of constructors; path */
    {32, 34},                 /* more of these; section numbers of symbols */
    {0x6ffffd00, 0x6ffffdff}, /* values that are no addresses */
    {0x6ffffef5, 0x6ffffef7}, /* hash table; thread-local variables, which have a header */
    {0x6ffffef9, 0x6ffffefd}, /* libraries, auditors, room in tables */
    {0x6ffffeff, 0x6ffffeff}, /* information on symbols */
    {0x6ffffff0, 0x6fffffff}, /* versions, counts, flags */
    {0x70000000, 0x70000005}, /* of processors: how the table of calls is made */
    {0x7ffffffd, 0x7fffffff}, /* filters */
};

static const struct {
    uint64_t tag;
    const char *name;
} refused_tags[] = {
    {17, "DT_REL"},
    {18, "DT_RELSZ"},
    {19, "DT_RELENT"},
    {22, "text relocations (DT_TEXTREL)"},
    {0x6000000f, "DT_ANDROID_REL"},
    {0x60000010, "DT_ANDROID_RELSZ"},
    {0x60000011, "DT_ANDROID_RELA"},
    {0x60000012, "DT_ANDROID_RELASZ"},
    {0x6fffe000, "DT_ANDROID_RELR"},
    {0x6fffe001, "DT_ANDROID_RELRSZ"},
    {0x6ffffef8, "DT_GNU_CONFLICT"},
    {0x6ffffefe, "DT_MOVETAB"},
};

static bool is_ignored(uint64_t tag)
{
    for (size_t i = 0; i < sizeof(ignored_tags) / sizeof(ignored_tags[0]); i++) {
        if (tag >= ignored_tags[i][0] && tag <= ignored_tags[i][1]) {
            return true;
        }
    }
    return false;
}

static bool is_taken(uint64_t tag)
{
    switch (tag) {
    case ELF_TAG_CALLS_SIZE:
    case ELF_TAG_STRINGS:
    case ELF_TAG_SYMBOLS:
    case ELF_TAG_RELA:
    case ELF_TAG_RELA_SIZE:
    case ELF_TAG_RELA_ENTRY:
    case ELF_TAG_STRINGS_SIZE:
    case ELF_TAG_SYMBOL_ENTRY:
    case ELF_TAG_CALLS_FORM:
    case ELF_TAG_CALLS:
    case ELF_TAG_FLAGS:
    case ELF_TAG_RELR_SIZE:
    case ELF_TAG_RELR:
    case ELF_TAG_RELR_ENTRY:
        return true;
    default:
        return false;
    }
}

static int64_t refuse_tag(const struct bind *bind, uint64_t tag)
{
    for (size_t i = 0; i < sizeof(refused_tags) / sizeof(refused_tags[0]); i++) {
        if (refused_tags[i].tag == tag) {
            return image_refuse(bind->kernel, bind->image,
                                "its dynamic section has %s, which asks for more than is done here",
                                refused_tags[i].name);
        }
    }
    return image_refuse(bind->kernel, bind->image,
                        "its dynamic section has tag %x, which is not known here", tag);
}

/* One entry into the table of values. 0 or TR_E_NOEXEC. */
static int64_t take_entry(const struct bind *bind, const struct elf_dynamic *entry,
                          struct dynamic *dynamic)
{
    if (is_ignored(entry->tag)) {
        return 0;
    }
    if (!is_taken(entry->tag)) {
        return refuse_tag(bind, entry->tag);
    }
    dynamic->values[entry->tag] = entry->value;
    dynamic->present |= UINT64_C(1) << entry->tag;
    return 0;
}

static int64_t read_dynamic(const struct bind *bind, struct dynamic *dynamic)
{
    const struct image_part *part = &bind->image->dynamic;
    uint64_t count = part->size / sizeof(struct elf_dynamic);
    for (uint64_t i = 0; i < count; i++) {
        struct elf_dynamic entry;
        if (i == DYNAMIC_MAX) {
            return image_refuse(bind->kernel, bind->image,
                                "its dynamic section has more than %u entries", i);
        }
        (void)bind_read(bind, part->at + i * sizeof(entry), &entry, sizeof(entry));
        if (entry.tag == ELF_TAG_NULL) {
            break;
        }
        int64_t result = take_entry(bind, &entry, dynamic);
        if (result < 0) {
            return result;
        }
    }
    if ((dynamic->values[ELF_TAG_FLAGS] & ELF_DYNAMIC_TEXT_RELOCATIONS) != 0) {
        return image_refuse(bind->kernel, bind->image,
                            "its dynamic section asks for text relocations (DT_FLAGS)");
    }
    return 0;
}

static int64_t wrong_entry_size(const struct bind *bind, const char *name, uint64_t size)
{
    return image_refuse(bind->kernel, bind->image, "the entries of %s are of %u bytes", name, size);
}

/* A part of the image at an address of the file's. */
static int64_t set_part(const struct bind *bind, struct image_part *part, const char *name,
                        uint64_t address, uint64_t size)
{
    *part = (struct image_part){.at = address - bind->image->low, .size = size};
    if (image_segment_of(bind->image, part->at, size, TR_READ) == NULL) {
        return image_refuse(bind->kernel, bind->image,
                            "%s (%x, %u bytes) is not in a readable segment", name, address, size);
    }
    return 0;
}

/* A whole table of relocations, if there is one. */
static int64_t set_table(const struct bind *bind, const struct dynamic *dynamic,
                         enum image_table table)
{
    const struct table_form *form = &table_forms[table];
    uint64_t address = dynamic->values[form->at];
    uint64_t size = dynamic->values[form->size];
    bool has_size = (dynamic->present >> form->size & 1) != 0;
    if ((dynamic->present >> form->at & 1) != 0 && !has_size) {
        return image_refuse(bind->kernel, bind->image, "%s has no size", form->name);
    }
    if (size == 0) {
        return 0;
    }
    if (form->entry != ELF_TAG_NULL && dynamic->values[form->entry] != form->entry_size) {
        return wrong_entry_size(bind, form->name, dynamic->values[form->entry]);
    }
    int64_t result = set_part(bind, &bind->image->tables[table], form->name, address, size);
    if (result == 0 && size % form->entry_size != 0) {
        return image_refuse(bind->kernel, bind->image, "%s (%x, %u bytes) has no whole entries",
                            form->name, address, size);
    }
    return result;
}

/* Symbols may go on to the end of their segment: the format does not tell how many there are. */
static int64_t set_symbols(const struct bind *bind, const struct dynamic *dynamic)
{
    struct image *image = bind->image;
    const uint64_t *values = dynamic->values;
    if (values[ELF_TAG_SYMBOLS] == 0) {
        return 0;
    }
    if (values[ELF_TAG_SYMBOL_ENTRY] != sizeof(struct elf_symbol)) {
        return wrong_entry_size(bind, "DT_SYMTAB", values[ELF_TAG_SYMBOL_ENTRY]);
    }
    int64_t result = set_part(bind, &image->symbols, "DT_SYMTAB", values[ELF_TAG_SYMBOLS],
                              sizeof(struct elf_symbol));
    if (result == 0) {
        uint64_t at = image->symbols.at;
        const struct image_segment *segment = image_segment_of(image, at, 1, TR_READ);
        image->symbols.size = segment->va + segment->memory_size - at;
        result = set_part(bind, &image->strings, "DT_STRTAB", values[ELF_TAG_STRINGS],
                          values[ELF_TAG_STRINGS_SIZE]);
    }
    return result;
}

int64_t bind_find_tables(const struct bind *bind)
{
    struct dynamic dynamic = {.present = 0};
    int64_t result = read_dynamic(bind, &dynamic);
    if (result == 0) {
        result = set_symbols(bind, &dynamic);
    }
    if (result == 0 && dynamic.values[ELF_TAG_CALLS_SIZE] != 0 &&
        dynamic.values[ELF_TAG_CALLS_FORM] != ELF_TAG_RELA) {
        result = image_refuse(bind->kernel, bind->image,
                              "its table of calls has another form (DT_PLTREL is %u)",
                              dynamic.values[ELF_TAG_CALLS_FORM]);
    }
    for (uint32_t table = 0; table < IMAGE_TABLES && result == 0; table++) {
        result = set_table(bind, &dynamic, table);
    }
    return result;
}
