/* SPDX-License-Identifier: MIT */
/* Writes program images into a folder: a sound one and one for each way to be broken. The system
 * tests run them; the ELF fuzzer starts from them. usage: make_images FOLDER */

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

static const struct {
    const char *name;
    void (*change)(void);
} broken[] = {
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
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        elf_image_make(&image, "tr_process_exit");
        broken[i].change();
        write_file(argv[1], broken[i].name, image.bytes, sizeof image.bytes);
    }
    return 0;
}
