/* SPDX-License-Identifier: MIT */
/* Writes program images into a folder: a sound one, other sound ones, and one for each way to be
 * broken. The system tests run them; the ELF fuzzer starts from them. usage: make_images FOLDER */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fake/elf_image.h"

static struct elf_image image;

static void write_file(const char *folder, const char *name, const void *bytes, size_t size)
{
    char path[4096];

    snprintf(path, sizeof path, "%s/%s.elf", folder, name);
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(bytes, 1, size, file) != size || fclose(file) != 0) {
        perror(path);
        exit(1);
    }
}

static void magic(void)
{
    image.bytes[0] = 'M';
}

static void foreign(void)
{
    image.header->e_machine = EM_SPARC;
}

static void oversized_header(void)
{
    image.header->e_phnum = 0xffff;
}

static void oversized_segment(void)
{
    image.segments[ELF_IMAGE_DATA].p_memsz = UINT64_C(1) << 40;
}

static void wrapping_segment(void)
{
    image.segments[ELF_IMAGE_DATA].p_memsz = UINT64_MAX - 0x2000;
}

static void writable_text(void)
{
    image.segments[ELF_IMAGE_TEXT].p_flags |= PF_W;
}

static void interpreter(void)
{
    image.segments[ELF_IMAGE_DYNAMIC].p_type = PT_INTERP;
}

static void unknown_symbol(void)
{
    strcpy(image.strings + 1, "tr_misspelt");
}

static void text_relocation(void)
{
    image.relocations[0].r_offset = 0x1008;
}

static void wild_relocation(void)
{
    image.relocations[0].r_offset = UINT64_MAX - 3;
}

static void wild_entry(void)
{
    image.header->e_entry = 0x2000;
}

static void overlapping(void)
{
    image.segments[ELF_IMAGE_DATA].p_vaddr = 0x1000;
}

static void out_of_order(void)
{
    Elf64_Phdr text = image.segments[ELF_IMAGE_TEXT];

    image.segments[ELF_IMAGE_TEXT] = image.segments[ELF_IMAGE_DATA];
    image.segments[ELF_IMAGE_DATA] = text;
}

static void wild_table(void)
{
    elf_image_dynamic(&image, DT_RELA)->d_un.d_ptr = UINT64_MAX - 15;
}

static void alignment(void)
{
    image.segments[ELF_IMAGE_DATA].p_align = UINT64_C(1) << 40;
}

static void too_large(void)
{
    image.segments[ELF_IMAGE_DATA].p_memsz = UINT64_C(1) << 31;
}

static void indirect_function(void)
{
    image.relocations[0].r_info = ELF64_R_INFO(0, R_X86_64_IRELATIVE);
}

static void other_relocations(void)
{
    elf_image_add_dynamic(&image, 0x60000011, 0x380);
}

/* Data in two parts, the second of them with these rights, in one page. */
static void divide_data(uint32_t flags)
{
    Elf64_Phdr *data = &image.segments[ELF_IMAGE_DATA];
    Elf64_Phdr rest = *data;

    data->p_filesz = data->p_memsz = 0x800;
    rest.p_flags = flags;
    rest.p_offset += 0x800;
    rest.p_vaddr += 0x800;
    rest.p_filesz -= 0x800;
    rest.p_memsz -= 0x800;
    (void)elf_image_add_segment(&image, &rest);
}

static void shared_page(void)
{
    divide_data(PF_R);
}

static void add_locals(uint64_t size, uint64_t align)
{
    const Elf64_Phdr part = {.p_type = PT_TLS,
                             .p_flags = PF_R,
                             .p_vaddr = 0x2200,
                             .p_filesz = 8,
                             .p_memsz = size,
                             .p_align = align};

    (void)elf_image_add_segment(&image, &part);
}

static void locals_size(void)
{
    add_locals(4, 8);
}

static void locals_alignment(void)
{
    add_locals(8, 0x2000);
}

static void locals_twice(void)
{
    add_locals(8, 8);
    add_locals(8, 8);
}

/* ---- Sound in other ways ---- */

static void sound_locals(void)
{
    add_locals(64, 64);
}

static void sound_aligned(void)
{
    image.segments[ELF_IMAGE_DATA].p_align = 0x200000;
}

static void sound_empty_segment(void)
{
    const Elf64_Phdr empty = {.p_type = PT_LOAD, .p_offset = 0x3b0c, .p_align = 0x1000};

    (void)elf_image_add_segment(&image, &empty);
}

static void sound_shared_page(void)
{
    divide_data(PF_R | PF_W);
}

static void sound_packed_relocations(void)
{
    static const uint64_t entries[] = {0x2200, 7};

    memcpy(image.bytes + 0x400, entries, sizeof entries);
    elf_image_add_dynamic(&image, DT_RELR, 0x400);
    elf_image_add_dynamic(&image, DT_RELRSZ, sizeof entries);
    elf_image_add_dynamic(&image, DT_RELRENT, sizeof entries[0]);
}

static const struct {
    const char *name;
    void (*change)(void);
} changes[] = {
    {"magic", magic},
    {"foreign", foreign},
    {"oversized-header", oversized_header},
    {"oversized-segment", oversized_segment},
    {"wrapping-segment", wrapping_segment},
    {"writable-text", writable_text},
    {"interpreter", interpreter},
    {"unknown-symbol", unknown_symbol},
    {"text-relocation", text_relocation},
    {"wild-relocation", wild_relocation},
    {"wild-entry", wild_entry},
    {"overlapping", overlapping},
    {"out-of-order", out_of_order},
    {"wild-table", wild_table},
    {"alignment", alignment},
    {"too-large", too_large},
    {"indirect-function", indirect_function},
    {"other-relocations", other_relocations},
    {"shared-page", shared_page},
    {"locals-size", locals_size},
    {"locals-alignment", locals_alignment},
    {"locals-twice", locals_twice},
    {"sound-aligned", sound_aligned},
    {"sound-locals", sound_locals},
    {"sound-empty-segment", sound_empty_segment},
    {"sound-shared-page", sound_shared_page},
    {"sound-packed-relocations", sound_packed_relocations},
};

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: make_images FOLDER\n", stderr);
        return 2;
    }
    elf_image_make(&image, "tr_process_exit");
    write_file(argv[1], "sound", image.bytes, sizeof image.bytes);
    write_file(argv[1], "empty", image.bytes, 0);
    write_file(argv[1], "truncated-header", image.bytes, 40);
    write_file(argv[1], "truncated-table", image.bytes, 200);
    write_file(argv[1], "truncated-text", image.bytes, 0x1800);
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        elf_image_make(&image, "tr_process_exit");
        changes[i].change();
        write_file(argv[1], changes[i].name, image.bytes, sizeof image.bytes);
    }
    return 0;
}
