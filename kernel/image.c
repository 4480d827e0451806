/* SPDX-License-Identifier: MIT */
/* The headers of an image: read once, checked, and brought into the form of struct image. Sums of
 * numbers from the file are only made where they cannot wrap. */

#include "image.h"

#include <stdarg.h>
#include <terrarium/elf64.h>
#include <terrarium/error.h>

#include "copy.h"
#include "log.h"
#include "state.h"
#include "string.h"

#define HEADERS_MAX 64

int64_t image_refuse(struct kernel *kernel, const struct image *image, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    log_bad_image(kernel, image->name, image->is_module, format, arguments);
    va_end(arguments);
    return TR_E_NOEXEC;
}

int64_t image_read(struct kernel *kernel, const struct image_source *source, void *to,
                   uint64_t offset, uint64_t size)
{
    if (source->process != NULL) {
        return copy_in(kernel, source->process, to, source->address + offset, size);
    }
    memcpy(to, (const void *)(uintptr_t)(source->address + offset), (size_t)size);
    return 0;
}

int64_t image_outgrows(struct kernel *kernel, const struct image *image, uint64_t pages,
                       uint64_t room)
{
    (void)image_refuse(kernel, image, "it needs %u pages, and its window has %u", pages, room);
    return TR_E_NOMEM;
}

/* Whether `size` bytes at `at` lie in [0, end). */
static bool lies_in(uint64_t at, uint64_t size, uint64_t end)
{
    return at <= end && size <= end - at;
}

static int64_t check_kind(struct kernel *kernel, const struct image *image,
                          const struct elf_header *header)
{
    static const uint8_t magic[4] = {0x7f, 'E', 'L', 'F'};
    if (memcmp(header->magic, magic, sizeof(magic)) != 0) {
        return image_refuse(kernel, image, "it is no ELF file");
    }
    if (header->file_class != ELF_CLASS_64 || header->data != ELF_DATA_LITTLE ||
        header->ident_version != ELF_VERSION || header->version != ELF_VERSION ||
        (header->os_abi != ELF_OS_SYSTEM_V && header->os_abi != ELF_OS_GNU)) {
        return image_refuse(kernel, image,
                            "it is an ELF file for another kind of system (class %u, data %u, "
                            "version %u, system %u)",
                            (uint64_t)header->file_class, (uint64_t)header->data,
                            (uint64_t)header->version, (uint64_t)header->os_abi);
    }
    if (header->machine != hal_elf_machine(kernel->machine)) {
        return image_refuse(kernel, image, "it is for another processor (machine %u)",
                            (uint64_t)header->machine);
    }
    if (header->type != ELF_TYPE_DYNAMIC) {
        return image_refuse(kernel, image, "it is not position-independent (type %u)",
                            (uint64_t)header->type);
    }
    return 0;
}

static int64_t check_header(struct kernel *kernel, const struct image *image,
                            const struct elf_header *header, uint64_t size)
{
    int64_t result = check_kind(kernel, image, header);
    if (result < 0) {
        return result;
    }
    if (header->header_size < sizeof(struct elf_header) ||
        header->program_size != sizeof(struct elf_program) || header->program_count == 0 ||
        header->program_count > HEADERS_MAX ||
        !lies_in(header->program_offset, header->program_count * sizeof(struct elf_program),
                 size)) {
        return image_refuse(kernel, image,
                            "its header is broken (e_ehsize %u, e_phentsize %u, e_phnum %u, "
                            "e_phoff %x, %u bytes)",
                            (uint64_t)header->header_size, (uint64_t)header->program_size,
                            (uint64_t)header->program_count, header->program_offset, size);
    }
    return 0;
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

/* What is wrong with a segment by itself; NULL: nothing. */
static const char *segment_problem(const struct elf_program *program, uint64_t file_size)
{
    const uint32_t both = ELF_FLAG_WRITE | ELF_FLAG_EXECUTE;
    uint64_t align = program->align < 2 ? 1 : program->align;
    if ((program->flags & both) == both) {
        return "is both writable and executable";
    }
    if (program->file_size > program->memory_size) {
        return "has more bytes in the file than in memory";
    }
    if (!lies_in(program->offset, program->file_size, file_size)) {
        return "goes beyond the end of the file";
    }
    if (!lies_in(program->va, program->memory_size, UINT64_MAX - TR_PAGE_SIZE)) {
        return "goes beyond the last address";
    }
    if ((align & (align - 1)) != 0) {
        return "has an alignment that is no power of two";
    }
    return ((program->va ^ program->offset) & (align - 1)) == 0
               ? NULL
               : "has an offset and an address that do not agree in its alignment";
}

/* The first byte behind the pages of the segments so far. */
static uint64_t pages_end(const struct image *image)
{
    const struct image_segment *last = &image->segments[image->segment_count - 1];
    return image_page(last->va + last->memory_size + TR_PAGE_SIZE - 1);
}

/* Ascending; only such as have the same rights may have a page in common. */
static int64_t check_order(struct kernel *kernel, const struct image *image,
                           const struct elf_program *program, uint32_t number)
{
    const struct image_segment *last = &image->segments[image->segment_count - 1];
    uint64_t va = program->va - image->low;
    if (program->va < image->low || va < last->va) {
        return image_refuse(kernel, image, "program header %u lies below the one before it",
                            (uint64_t)number);
    }
    if (va < last->va + last->memory_size) {
        return image_refuse(kernel, image, "program header %u overlaps the one before it",
                            (uint64_t)number);
    }
    if (image_page(va) < pages_end(image) && prot_of(program->flags) != last->prot) {
        return image_refuse(kernel, image,
                            "program headers %u and %u share a page with different rights",
                            (uint64_t)last->number, (uint64_t)number);
    }
    if (image->segment_count == IMAGE_SEGMENTS) {
        return image_refuse(kernel, image, "it has more than %u segments",
                            (uint64_t)IMAGE_SEGMENTS);
    }
    return 0;
}

/* One that takes no memory is nothing at all, whatever else it says. */
static int64_t add_segment(struct kernel *kernel, struct image *image,
                           const struct elf_program *program, uint32_t number, uint64_t file_size)
{
    if (program->memory_size == 0 && program->file_size == 0) {
        return 0;
    }
    const char *problem = segment_problem(program, file_size);
    if (problem != NULL) {
        return image_refuse(kernel, image,
                            "program header %u %s (offset %x, address %x, size %x, %x, align %x)",
                            (uint64_t)number, problem, program->offset, program->va,
                            program->file_size, program->memory_size, program->align);
    }
    if (image->segment_count == 0) {
        image->low = image_page(program->va);
    } else {
        int64_t result = check_order(kernel, image, program, number);
        if (result < 0) {
            return result;
        }
    }
    image->align = program->align > image->align ? program->align : image->align;
    image->segments[image->segment_count++] = (struct image_segment){
        .va = program->va - image->low,
        .file_offset = program->offset,
        .file_size = program->file_size,
        .memory_size = program->memory_size,
        .prot = prot_of(program->flags),
        .number = number,
    };
    return 0;
}

/* At most one of its kind; its address is made relative when all segments are known. */
static int64_t set_part(struct kernel *kernel, const struct image *image, struct image_part *part,
                        const struct elf_program *program, uint32_t number)
{
    if (part->size != 0) {
        return image_refuse(kernel, image, "program header %u is the second of type %x",
                            (uint64_t)number, (uint64_t)program->type);
    }
    *part = (struct image_part){.at = program->va, .size = program->memory_size};
    return 0;
}

static int64_t refuse_wish(struct kernel *kernel, const struct image *image, uint32_t number,
                           const char *what)
{
    return image_refuse(kernel, image, "program header %u asks for %s", (uint64_t)number, what);
}

/* The linker's word for the size of the first stack; 0: it has none. */
static int64_t set_stack(struct kernel *kernel, struct image *image,
                         const struct elf_program *program, uint32_t number)
{
    if ((program->flags & ELF_FLAG_EXECUTE) != 0) {
        return refuse_wish(kernel, image, number, "an executable stack");
    }
    if (program->memory_size > IMAGE_STACK_MOST * TR_PAGE_SIZE) {
        return refuse_wish(kernel, image, number, "a stack of more than 8 MiB");
    }
    uint64_t pages = (program->memory_size + TR_PAGE_SIZE - 1) / TR_PAGE_SIZE;
    image->stack_pages = pages > IMAGE_STACK_LEAST ? pages : IMAGE_STACK_LEAST;
    return 0;
}

/* What is wrong with thread-local variables by themselves; NULL: nothing. */
static const char *locals_problem(const struct elf_program *program)
{
    uint64_t align = program->align < 2 ? 1 : program->align;
    if (program->file_size > program->memory_size) {
        return "have more bytes in the file than in memory";
    }
    if (!lies_in(program->va, program->memory_size, UINT64_MAX - TR_PAGE_SIZE)) {
        return "go beyond the last address";
    }
    if ((align & (align - 1)) != 0) {
        return "have an alignment that is no power of two";
    }
    return align > TR_PAGE_SIZE ? "have an alignment above a page" : NULL;
}

/* The program itself makes each thread's variables (interface.md 3.2); here the header is checked.
 */
static int64_t set_locals(struct kernel *kernel, struct image *image,
                          const struct elf_program *program, uint32_t number)
{
    if (program->memory_size == 0 && program->file_size == 0) {
        return 0;
    }
    const char *problem = locals_problem(program);
    if (problem != NULL) {
        return image_refuse(kernel, image,
                            "the thread-local variables of program header %u %s (p_vaddr %x, "
                            "p_filesz %x, p_memsz %x, p_align %x)",
                            (uint64_t)number, problem, program->va, program->file_size,
                            program->memory_size, program->align);
    }
    if (image->has_locals) {
        return image_refuse(kernel, image, "program header %u is the second of type %x",
                            (uint64_t)number, (uint64_t)program->type);
    }
    image->has_locals = true;
    image->locals = (struct image_part){.at = program->va, .size = program->file_size};
    return 0;
}

/* Takes one program header. 0 or TR_E_NOEXEC. */
static int64_t add_program(struct kernel *kernel, struct image *image,
                           const struct elf_program *program, uint32_t number, uint64_t file_size)
{
    switch (program->type) {
    case ELF_LOAD:
        return add_segment(kernel, image, program, number, file_size);
    case ELF_DYNAMIC:
        return set_part(kernel, image, &image->dynamic, program, number);
    case ELF_GNU_RELRO:
        return set_part(kernel, image, &image->relro, program, number);
    case ELF_INTERPRETER:
        return refuse_wish(kernel, image, number, "an interpreter: it is made for another system");
    case ELF_THREAD_LOCAL:
        return set_locals(kernel, image, program, number);
    case ELF_GNU_STACK:
        return set_stack(kernel, image, program, number);
    default:
        return 0;
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
static int64_t finish(struct kernel *kernel, struct image *image, uint64_t entry)
{
    if (image->segment_count == 0) {
        return image_refuse(kernel, image, "it has nothing to load");
    }
    const struct image_part dynamic = image->dynamic;
    const struct image_part relro = image->relro;
    const struct image_part locals = image->locals;
    image->pages = pages_end(image) / TR_PAGE_SIZE;
    image->entry = entry - image->low;
    image->dynamic.at -= image->low;
    image->relro.at -= image->low;
    if (image_segment_of(image, image->entry, 1, TR_EXECUTE) == NULL) {
        return image_refuse(kernel, image, "its entry %x is not in an executable segment", entry);
    }
    if (!relro_is_sound(image)) {
        return image_refuse(kernel, image,
                            "its GNU_RELRO (%x, %u bytes) is not in a writable segment", relro.at,
                            relro.size);
    }
    if (locals.size != 0 &&
        image_segment_of(image, locals.at - image->low, locals.size, TR_READ) == NULL) {
        return image_refuse(kernel, image,
                            "its thread-local variables (%x, %u bytes) are not in a readable "
                            "segment",
                            locals.at, locals.size);
    }
    if (dynamic.size != 0 &&
        image_segment_of(image, image->dynamic.at, dynamic.size, TR_READ) == NULL) {
        return image_refuse(kernel, image,
                            "its dynamic section (%x, %u bytes) is not in a readable segment",
                            dynamic.at, dynamic.size);
    }
    return 0;
}

/* Reads and takes the program headers. */
static int64_t add_programs(struct kernel *kernel, const struct image_source *source,
                            const struct elf_header *header, struct image *image)
{
    int64_t result = 0;
    for (uint32_t i = 0; i < header->program_count && result == 0; i++) {
        struct elf_program program;
        uint64_t offset = header->program_offset + i * sizeof(program);
        result = image_read(kernel, source, &program, offset, sizeof(program));
        if (result == 0) {
            result = add_program(kernel, image, &program, i, source->size);
        }
    }
    return result;
}

int64_t image_parse(struct kernel *kernel, const struct image_source *source, struct image *image)
{
    image->stack_pages = IMAGE_STACK_LEAST;
    struct elf_header header;
    if (source->size < sizeof(header)) {
        return image_refuse(kernel, image, "it is too short for an ELF file (%u bytes)",
                            source->size);
    }
    if (source->process != NULL && source->address > UINT64_MAX - source->size) {
        return TR_E_FAULT;
    }
    int64_t result = image_read(kernel, source, &header, 0, sizeof(header));
    if (result == 0) {
        result = check_header(kernel, image, &header, source->size);
    }
    if (result == 0) {
        result = add_programs(kernel, source, &header, image);
    }
    return result < 0 ? result : finish(kernel, image, header.entry);
}
