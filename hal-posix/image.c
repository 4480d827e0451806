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

#define NOTES_MOST 1024
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

static void find_own_id(struct image *image)
{
    Elf64_Ehdr header;
    Elf64_Phdr part;
    if (image->size < sizeof header) {
        return;
    }
    memcpy(&header, image->bytes, sizeof header);
    if (!is_sane(&header) || header.e_phoff > image->size ||
        header.e_phnum * sizeof part > image->size - header.e_phoff) {
        return;
    }
    for (size_t i = 0; i < header.e_phnum && image->id == NULL; i++) {
        memcpy(&part, image->bytes + header.e_phoff + i * sizeof part, sizeof part);
        if (part.p_type == PT_NOTE && part.p_offset <= image->size &&
            part.p_filesz <= image->size - part.p_offset) {
            image->id = find_build_id(image->bytes + part.p_offset, part.p_filesz, &image->id_size);
        }
    }
}

void posix_image_register(struct machine *machine, const void *bytes, size_t size,
                          const char *path)
{
    struct image *image = calloc(1, sizeof *image);
    char *copy = path == NULL ? NULL : strdup(path);
    if (image == NULL || (path != NULL && copy == NULL)) {
        host_fatal("no memory for the list of images");
    }
    *image = (struct image){.next = machine->images, .bytes = bytes, .size = size, .path = copy};
    find_own_id(image);
    machine->images = image;
}

/* ---- The image of a loaded program ---------------------------------------------------------- */

static struct image *image_of_notes(struct machine *machine, const uint8_t *notes, size_t size)
{
    size_t id_size = 0;
    const uint8_t *id = find_build_id(notes, size, &id_size);
    struct image *image = id == NULL ? NULL : machine->images;
    while (image != NULL &&
           (image->id_size != id_size || memcmp(image->id, id, id_size) != 0)) {
        image = image->next;
    }
    return image;
}

static struct image *image_at(struct machine *machine, struct hal_space *space, uint64_t va)
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
    for (size_t i = 0; i < header.e_phnum && image == NULL; i++) {
        if (parts[i].p_type == PT_NOTE && parts[i].p_filesz <= sizeof notes &&
            memory_user_copy(machine, space, va + parts[i].p_vaddr, notes, parts[i].p_filesz,
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
    bool watched = tool_is_watching();
    if (!watched && !machine->config.announce_images) {
        return;
    }
    struct image *image = image_at(machine, space, va);
    if (image == NULL) {
        return;
    }
    if (watched) {
        image_map(machine, space, va, image);
    }
    struct image_use *use = calloc(1, sizeof *use);
    if (use == NULL) {
        host_fatal("no memory for the list of images");
    }
    use->image = image;
    use->entry = machine->config.announce_images ? jit_announce(image, va) : NULL;
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

const char *image_file(struct image *image)
{
    if (image->path != NULL || image->own_path != NULL) {
        return image->path != NULL ? image->path : image->own_path;
    }
    const char *folder = getenv("TMPDIR");
    char path[256];
    snprintf(path, sizeof path, "%s/terrarium-image-XXXXXX", folder == NULL ? "/tmp" : folder);
    int file = mkstemp(path);
    if (file < 0) {
        return NULL;
    }
    bool good = write_file(file, image->bytes, image->size);
    close(file);
    image->own_path = good ? strdup(path) : NULL;
    if (image->own_path == NULL) {
        unlink(path);
    }
    return image->own_path;
}

void image_destroy_all(struct machine *machine)
{
    while (machine->images != NULL) {
        struct image *image = machine->images;
        machine->images = image->next;
        if (image->own_path != NULL) {
            unlink(image->own_path);
        }
        free(image->own_path);
        free(image->path);
        free(image);
    }
}
