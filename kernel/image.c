/* SPDX-License-Identifier: MIT */
/* The headers of an image: read once, checked, and brought into the form of struct image. Sums of
 * numbers from the file are only made where they cannot wrap. */

#include "image.h"

#include <terrarium/error.h>

#include "copy.h"
#include "elf64.h"
#include "state.h"
#include "string.h"

#define HEADERS_MAX 64

int64_t image_read(struct kernel *kernel, const struct image_source *source, void *to,
                   uint64_t offset, uint64_t size)
{
    if (source->process != NULL) {
        return copy_in(kernel, source->process, to, source->address + offset, size);
    }
    memcpy(to, (const void *)(uintptr_t)(source->address + offset), (size_t)size);
    return 0;
}

/* Whether `size` bytes at `at` lie in [0, end). */
static bool lies_in(uint64_t at, uint64_t size, uint64_t end)
{
    return at <= end && size <= end - at;
}

static bool header_is_sound(const struct elf_header *header, uint64_t size)
{
    return header->header_size >= sizeof(struct elf_header) &&
           header->program_size == sizeof(struct elf_program) && header->program_count != 0 &&
           header->program_count <= HEADERS_MAX &&
           lies_in(header->program_offset, header->program_count * sizeof(struct elf_program),
                   size);
}

/* What is wrong with the file's header; NULL: nothing. */
static const char *header_problem(struct kernel *kernel, const struct elf_header *header,
                                  uint64_t size)
{
    static const uint8_t magic[4] = {0x7f, 'E', 'L', 'F'};
    if (memcmp(header->magic, magic, sizeof(magic)) != 0) {
        return "it is no ELF file";
    }
    if (header->file_class != ELF_CLASS_64 || header->data != ELF_DATA_LITTLE ||
        header->ident_version != ELF_VERSION || header->version != ELF_VERSION ||
        (header->os_abi != ELF_OS_SYSTEM_V && header->os_abi != ELF_OS_GNU)) {
        return "it is an ELF file for another kind of system";
    }
    if (header->machine != hal_elf_machine(kernel->machine)) {
        return "it is for another processor";
    }
    if (header->type != ELF_TYPE_DYNAMIC) {
        return "it is not position-independent";
    }
    return header_is_sound(header, size) ? NULL : "its header is broken";
}

static uint32_t prot_of(uint32_t flags)
{
    uint32_t prot = (flags & ELF_FLAG_READ) != 0 ? TR_READ : 0;
    if ((flags & ELF_FLAG_WRITE) != 0) {
        prot |= TR_READ | TR_WRITE;
    }
    if ((flags & ELF_FLAG_EXECUTE) != 0) {
        prot |= TR_EXECUTE;
    }
    return prot;
}

static bool load_is_sound(const struct elf_program *program, uint64_t file_size)
{
    uint64_t align = program->align < 2 ? 1 : program->align;
    return program->file_size <= program->memory_size &&
           lies_in(program->offset, program->file_size, file_size) &&
           lies_in(program->va, program->memory_size, UINT64_MAX - TR_PAGE_SIZE) &&
           (align & (align - 1)) == 0 && ((program->va ^ program->offset) & (align - 1)) == 0;
}

/* The first byte behind the pages of the segments so far. */
static uint64_t pages_end(const struct image *image)
{
    const struct image_segment *last = &image->segments[image->segment_count - 1];
    return image_page(last->va + last->memory_size + TR_PAGE_SIZE - 1);
}

/* Ascending, and no two in one page. */
static const char *add_segment(struct image *image, const struct elf_program *program,
                               uint64_t file_size)
{
    const uint32_t both = ELF_FLAG_WRITE | ELF_FLAG_EXECUTE;
    if ((program->flags & both) == both) {
        return "a segment is both writable and executable";
    }
    if (!load_is_sound(program, file_size)) {
        return "a segment is broken, or cut off";
    }
    if (program->memory_size == 0) {
        return NULL;
    }
    if (image->segment_count == 0) {
        image->low = image_page(program->va);
    } else if (image->segment_count == IMAGE_SEGMENTS || program->va < image->low ||
               image_page(program->va) - image->low < pages_end(image)) {
        return "its segments are too many, out of order, or overlap";
    }
    image->segments[image->segment_count++] = (struct image_segment){
        .va = program->va - image->low,
        .file_offset = program->offset,
        .file_size = program->file_size,
        .memory_size = program->memory_size,
        .prot = prot_of(program->flags),
    };
    return NULL;
}

/* At most one of its kind; its address is made relative when all segments are known. */
static const char *set_part(struct image_part *part, const struct elf_program *program)
{
    if (part->size != 0) {
        return "it has two parts of a kind of which one is allowed";
    }
    *part = (struct image_part){.at = program->va, .size = program->memory_size};
    return NULL;
}

/* Takes one program header. Returns what is wrong with it; NULL: nothing. */
static const char *add_program(struct image *image, const struct elf_program *program,
                               uint64_t file_size)
{
    switch (program->type) {
    case ELF_LOAD:
        return add_segment(image, program, file_size);
    case ELF_DYNAMIC:
        return set_part(&image->dynamic, program);
    case ELF_GNU_RELRO:
        return set_part(&image->relro, program);
    case ELF_INTERPRETER:
        return "it asks for an interpreter: it is made for another system";
    case ELF_THREAD_LOCAL:
        return program->memory_size == 0 ? NULL : "it has thread-local variables";
    case ELF_GNU_STACK:
        return (program->flags & ELF_FLAG_EXECUTE) == 0 ? NULL : "it asks for an executable stack";
    default:
        return NULL;
    }
}

const struct image_segment *image_segment_of(const struct image *image, uint64_t at, uint64_t size,
                                             uint32_t prot)
{
    for (uint32_t i = 0; i < image->segment_count; i++) {
        const struct image_segment *segment = &image->segments[i];
        if (at >= segment->va && lies_in(at - segment->va, size, segment->memory_size)) {
            return (segment->prot & prot) == prot ? segment : NULL;
        }
    }
    return NULL;
}

/* Linkers count the rest of the last page to the part, though the segment ends before it. */
static bool relro_is_sound(const struct image *image)
{
    if (image->relro.size == 0) {
        return true;
    }
    const struct image_segment *segment =
        image_segment_of(image, image->relro.at, 1, TR_READ | TR_WRITE);
    if (segment == NULL) {
        return false;
    }
    uint64_t end = image_page(segment->va + segment->memory_size + TR_PAGE_SIZE - 1);
    return lies_in(image->relro.at, image->relro.size, end);
}

/* What only the whole list of segments can tell. */
static bool finish(struct image *image, uint64_t entry)
{
    if (image->segment_count == 0) {
        return false;
    }
    image->pages = pages_end(image) / TR_PAGE_SIZE;
    image->entry = entry - image->low;
    image->dynamic.at -= image->low;
    image->relro.at -= image->low;
    return image_segment_of(image, image->entry, 1, TR_EXECUTE) != NULL && relro_is_sound(image) &&
           (image->dynamic.size == 0 ||
            image_segment_of(image, image->dynamic.at, image->dynamic.size, TR_READ) != NULL);
}

/* Reads and takes the program headers. */
static int64_t add_programs(struct kernel *kernel, const struct image_source *source,
                            const struct elf_header *header, struct image *image)
{
    for (uint32_t i = 0; i < header->program_count; i++) {
        struct elf_program program;
        uint64_t offset = header->program_offset + i * sizeof(program);
        int64_t result = image_read(kernel, source, &program, offset, sizeof(program));
        if (result < 0) {
            return result;
        }
        image->problem = add_program(image, &program, source->size);
        if (image->problem != NULL) {
            return TR_E_NOEXEC;
        }
    }
    return 0;
}

int64_t image_parse(struct kernel *kernel, const struct image_source *source, struct image *image)
{
    memset(image, 0, sizeof(*image));
    struct elf_header header;
    if (source->size < sizeof(header)) {
        image->problem = "it is too short for an ELF file";
        return TR_E_NOEXEC;
    }
    if (source->process != NULL && source->address > UINT64_MAX - source->size) {
        return TR_E_FAULT;
    }
    int64_t result = image_read(kernel, source, &header, 0, sizeof(header));
    if (result < 0) {
        return result;
    }
    image->problem = header_problem(kernel, &header, source->size);
    if (image->problem != NULL) {
        return TR_E_NOEXEC;
    }
    result = add_programs(kernel, source, &header, image);
    if (result < 0) {
        return result;
    }
    if (!finish(image, header.entry)) {
        image->problem = "its entry or its tables lie outside its segments";
        return TR_E_NOEXEC;
    }
    return 0;
}
