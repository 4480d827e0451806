/* SPDX-License-Identifier: MIT */
/* The registered images, found again by their build id when the kernel has loaded one: the loaded
 * copy's headers are read through the kernel's tables. Whatever is odd about a header means that
 * no tool is told; checking images is the kernel's work. */

#include "image.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tool.h"
#include "window.h"

#define NOTES_MOST   1024
#define HEADERS_MOST 16

/* The build id among notes; NULL: none. */
static const uint8_t *find_build_id(const uint8_t *notes, size_t size, size_t *id_size)
{
    Elf64_Nhdr note;
    for (size_t at = 0; size - at >= sizeof note;) {
        memcpy(&note, notes + at, sizeof note);
        size_t name = at + sizeof note, text = name + ((note.n_namesz + 3U) & ~3U);
        size_t end = text + ((note.n_descsz + 3U) & ~3U);
        if (end > size || text < name || end < text) {
            return NULL;
        }
        if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 &&
            memcmp(notes + name, "GNU", 4) == 0) {
            *id_size = note.n_descsz;
            return notes + text;
        }
        at = end;
    }
    return NULL;
}

static bool is_sane(const Elf64_Ehdr *header)
{
    return memcmp(header->e_ident, ELFMAG, SELFMAG) == 0 &&
           header->e_ident[EI_CLASS] == ELFCLASS64 && header->e_phentsize == sizeof(Elf64_Phdr) &&
           header->e_phnum <= HEADERS_MOST;
}

/* Parts to load are in the order of their addresses, and the first begins with the headers. */
static uint64_t first_address(const Elf64_Phdr *parts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (parts[i].p_type == PT_LOAD) {
            return parts[i].p_vaddr - parts[i].p_vaddr % PAGE;
        }
    }
    return 0;
}

static void find_own_layout(struct image *image)
{
    Elf64_Ehdr header;
    Elf64_Phdr parts[HEADERS_MOST];
    if (image->size < sizeof header) {
        return;
    }
    memcpy(&header, image->bytes, sizeof header);
    if (!is_sane(&header) || header.e_phoff > image->size ||
        header.e_phnum * sizeof parts[0] > image->size - header.e_phoff) {
        return;
    }
    memcpy(parts, image->bytes + header.e_phoff, header.e_phnum * sizeof parts[0]);
    image->first = first_address(parts, header.e_phnum);
    for (size_t i = 0; i < header.e_phnum && image->id == NULL; i++) {
        const Elf64_Phdr part = parts[i];
        if (part.p_type == PT_NOTE && part.p_offset <= image->size &&
            part.p_filesz <= image->size - part.p_offset) {
            image->id = find_build_id(image->bytes + part.p_offset, part.p_filesz, &image->id_size);
        }
    }
}

void posix_image_register(struct machine *machine, const void *bytes, size_t size)
{
    struct image *image = calloc(1, sizeof *image);
    if (image == NULL) {
        host_fatal("no memory for the list of images");
    }
    *image = (struct image){.next = machine->images, .bytes = bytes, .size = size};
    find_own_layout(image);
    machine->images = image;
}

/* ---- The image of a loaded program ---------------------------------------------------------- */

static struct image *image_of_notes(struct machine *machine, const uint8_t *notes, size_t size)
{
    size_t id_size = 0;
    const uint8_t *id = find_build_id(notes, size, &id_size);
    struct image *image = id == NULL ? NULL : machine->images;
    while (image != NULL && (image->id_size != id_size || memcmp(image->id, id, id_size) != 0)) {
        image = image->next;
    }
    return image;
}

struct image *image_at(struct machine *machine, struct hal_space *space, uint64_t va)
{
    Elf64_Ehdr header;
    Elf64_Phdr parts[HEADERS_MOST];
    uint8_t notes[NOTES_MOST];
    struct image *image = NULL;
    if (!memory_user_copy(machine, space, va, &header, sizeof header, HAL_READ) ||
        !is_sane(&header) ||
        !memory_user_copy(machine, space, va + header.e_phoff, parts,
                          header.e_phnum * sizeof parts[0], HAL_READ)) {
        return NULL;
    }
    uint64_t bias = va - first_address(parts, header.e_phnum);
    for (size_t i = 0; i < header.e_phnum && image == NULL; i++) {
        if (parts[i].p_type == PT_NOTE && parts[i].p_filesz <= sizeof notes &&
            memory_user_copy(machine, space, bias + parts[i].p_vaddr, notes, parts[i].p_filesz,
                             HAL_READ)) {
            image = image_of_notes(machine, notes, parts[i].p_filesz);
        }
    }
    return image;
}

void hal_space_image(struct machine *machine, struct hal_space *space, uint64_t va,
                     const char *name)
{
    (void)name;
    window_of(space)->image_va = va;
    bool watched = tool_is_watching();
    if (!watched && !machine->config.announce_images) {
        return;
    }
    struct image *image = image_at(machine, space, va);
    if (image == NULL) {
        return;
    }
    struct image_use *use = calloc(1, sizeof *use);
    if (use == NULL) {
        host_fatal("no memory for the list of images");
    }
    use->file = watched ? image_map(machine, space, va, image) : NULL;
    if (machine->config.announce_images) {
        image_fill(machine, space, va, image);
        use->entry = jit_announce(image, va);
    }
    use->next = window_of(space)->images;
    window_of(space)->images = use;
}

void image_forget(struct machine *machine, struct window *window)
{
    (void)machine;
    while (window->images != NULL) {
        struct image_use *use = window->images;
        window->images = use->next;
        if (use->entry != NULL) {
            jit_withdraw(use->entry);
        }
        if (use->file != NULL) {
            use->file->used = false;
        }
        free(use);
    }
}

/* ---- Files of our own ----------------------------------------------------------------------- */

static bool write_file(int file, const uint8_t *bytes, size_t size)
{
    while (size > 0) {
        ssize_t written = write(file, bytes, size);
        if (written <= 0) {
            return false;
        }
        bytes += written;
        size -= (size_t)written;
    }
    return true;
}

/* Valgrind replaces global functions called malloc and the like in every file, but these are the
 * program's own and work on the program's own heap. So all names are local in the copy. */
static void make_names_local(uint8_t *bytes, size_t size)
{
    Elf64_Ehdr header;
    Elf64_Shdr section;
    Elf64_Sym symbol;
    memcpy(&header, bytes, sizeof header);
    if (header.e_shoff > size || header.e_shnum * sizeof section > size - header.e_shoff) {
        return;
    }
    for (size_t i = 0; i < header.e_shnum; i++) {
        memcpy(&section, bytes + header.e_shoff + i * sizeof section, sizeof section);
        if ((section.sh_type != SHT_SYMTAB && section.sh_type != SHT_DYNSYM) ||
            section.sh_offset > size || section.sh_size > size - section.sh_offset) {
            continue;
        }
        for (size_t at = 0; at + sizeof symbol <= section.sh_size; at += sizeof symbol) {
            memcpy(&symbol, bytes + section.sh_offset + at, sizeof symbol);
            symbol.st_info = ELF64_ST_INFO(STB_LOCAL, ELF64_ST_TYPE(symbol.st_info));
            memcpy(bytes + section.sh_offset + at, &symbol, sizeof symbol);
        }
    }
}

static bool write_copy(int file, const struct image *image)
{
    uint8_t *bytes = malloc(image->size);
    if (bytes == NULL) {
        return false;
    }
    memcpy(bytes, image->bytes, image->size);
    make_names_local(bytes, image->size);
    bool good = write_file(file, bytes, image->size);
    free(bytes);
    return good;
}

static struct image_file *file_make(const struct image *image)
{
    const char *folder = getenv("TMPDIR");
    struct image_file *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return NULL;
    }
    snprintf(made->path, sizeof made->path, "%s/terrarium-image-XXXXXX",
             folder == NULL ? "/tmp" : folder);
    int file = mkstemp(made->path);
    if (file < 0) {
        free(made);
        return NULL;
    }
    bool good = write_copy(file, image);
    close(file);
    if (!good) {
        unlink(made->path);
        free(made);
        return NULL;
    }
    return made;
}

struct image_file *image_file_take(struct image *image)
{
    struct image_file *file = image->files;
    while (file != NULL && file->used) {
        file = file->next;
    }
    if (file == NULL) {
        file = file_make(image);
        if (file == NULL) {
            return NULL;
        }
        file->next = image->files;
        image->files = file;
    }
    file->used = true;
    return file;
}

void image_destroy_all(struct machine *machine)
{
    while (machine->images != NULL) {
        struct image *image = machine->images;
        machine->images = image->next;
        while (image->files != NULL) {
            struct image_file *file = image->files;
            image->files = file->next;
            unlink(file->path);
            free(file);
        }
        free(image);
    }
}
