/* SPDX-License-Identifier: MIT */
/* Valgrind learns whose code it runs when it sees text and data of one file mapped privately. So
 * the loadable parts are mapped from the file for a moment; the text then stays (its bytes are
 * those of the kernel's frames: a program's text is never relocated) and the rest makes room for
 * the frames. Only done when a checker watches. */

#include "image.h"

#include <elf.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tool.h"
#include "window.h"

struct place {
    uint64_t va, size, offset;
    int prot;
};

static struct place place_of(const Elf64_Phdr *part, uint64_t bias)
{
    uint64_t skew = part->p_vaddr % PAGE;
    return (struct place){
        .va = bias + part->p_vaddr - skew,
        .size = (part->p_filesz + skew + PAGE - 1) & ~(PAGE - 1),
        .offset = part->p_offset - skew,
        .prot = ((part->p_flags & PF_R) != 0 ? PROT_READ : 0) |
                ((part->p_flags & PF_W) != 0 ? PROT_WRITE : 0) |
                ((part->p_flags & PF_X) != 0 ? PROT_EXEC : 0),
    };
}

static size_t places_find(const struct image *image, uint64_t va, struct place *places, size_t most)
{
    Elf64_Ehdr header;
    Elf64_Phdr part;
    size_t count = 0;
    memcpy(&header, image->bytes, sizeof header);
    for (size_t i = 0; i < header.e_phnum && count < most; i++) {
        memcpy(&part, image->bytes + header.e_phoff + i * sizeof part, sizeof part);
        if (part.p_type == PT_LOAD && part.p_filesz > 0) {
            places[count++] = place_of(&part, va - image->first);
        }
    }
    return count;
}

/* What the checker knows of the pages belongs to the program's memory and outlives the mapping. */
static void map_all(int file, const struct place *places, size_t count)
{
    struct tool_shadow shadows[16];
    for (size_t i = 0; i < count; i++) {
        tool_change_begin(&shadows[i], places[i].va, places[i].size / PAGE);
    }
    for (size_t i = 0; i < count; i++) {
        mmap((void *)(uintptr_t)places[i].va, places[i].size, places[i].prot,
             MAP_PRIVATE | MAP_FIXED, file, (off_t)places[i].offset);
    }
    for (size_t i = 0; i < count; i++) {
        if ((places[i].prot & PROT_EXEC) == 0) {
            munmap((void *)(uintptr_t)places[i].va, places[i].size);
        }
    }
    for (size_t i = 0; i < count; i++) {
        tool_change_end(&shadows[i]);
    }
}

struct image_file *image_map(struct machine *machine, struct hal_space *space, uint64_t va,
                             struct image *image)
{
    struct place places[16];
    size_t count = places_find(image, va, places, sizeof places / sizeof places[0]);
    struct image_file *copy = image_file_take(image);
    int file = copy == NULL ? -1 : open(copy->path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return NULL;
    }
    map_all(file, places, count);
    close(file);
    for (size_t i = 0; i < count; i++) {
        if ((places[i].prot & PROT_EXEC) != 0) {
            tool_new_text(places[i].va, places[i].size);
            tlb_adopt(machine, space, places[i].va, places[i].size / PAGE);
        }
    }
    return copy;
}

void image_fill(struct machine *machine, struct hal_space *space, uint64_t va,
                const struct image *image)
{
    struct place places[16];
    size_t count = places_find(image, va, places, sizeof places / sizeof places[0]);
    for (size_t i = 0; i < count; i++) {
        for (uint64_t at = 0; at < places[i].size && (places[i].prot & PROT_EXEC) != 0;
             at += PAGE) {
            if (!tlb_has(window_of(space), places[i].va + at, HAL_EXECUTE)) {
                tlb_fill(machine, space, places[i].va + at, HAL_EXECUTE);
            }
        }
    }
}
