/* SPDX-License-Identifier: MIT */
/* Function, file and line of an instruction, by the tables of an image: this test's own file. And
 * tables that are broken: no answer, and nothing read that is not there. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hal-posix/place.h"

extern const char __executable_start[];

static uint8_t *image;
static size_t image_size;

static int read_image(void **state)
{
    FILE *file = fopen("/proc/self/exe", "rbe");
    size_t room = (size_t)64 << 20;

    (void)state;
    image = malloc(room);
    if (file == NULL || image == NULL) {
        return -1;
    }
    image_size = fread(image, 1, room, file);
    fclose(file);
    return image_size > 0 && image_size < room ? 0 : -1;
}

static int free_image(void **state)
{
    (void)state;
    free(image);
    return 0;
}

/* What the linker thought of as an address. */
static uint64_t linked(const void *place)
{
    Elf64_Ehdr header;
    Elf64_Phdr part;

    memcpy(&header, image, sizeof header);
    for (uint32_t i = 0; i < header.e_phnum; i++) {
        memcpy(&part, image + header.e_phoff + i * sizeof part, sizeof part);
        if (part.p_type == PT_LOAD) {
            break;
        }
    }
    return (uint64_t)(uintptr_t)place - (uint64_t)(uintptr_t)__executable_start + part.p_vaddr;
}

/* Gives the address that it returns to, and its caller the line. */
__attribute__((noinline)) static const void *here(void)
{
    __asm__ volatile(""); /* each call has a place of its own */
    return (const char *)__builtin_return_address(0) - 1;
}

static void an_instruction_has_function_file_and_line(void **state)
{
    char text[PLACE_MOST], wanted[PLACE_MOST];

    (void)state;
    const void *first = here();
    snprintf(wanted, sizeof wanted, "%s (test_place.c:%d)", __func__, __LINE__ - 1);
    assert_true(place_in_image(image, image_size, linked(first), text, sizeof text));
    assert_string_equal(text, wanted);

    const void *second = here();
    snprintf(wanted, sizeof wanted, "%s (test_place.c:%d)", __func__, __LINE__ - 1);
    assert_true(place_in_image(image, image_size, linked(second), text, sizeof text));
    assert_string_equal(text, wanted);
}

static void what_is_no_function_has_none(void **state)
{
    static const char data[] = "data";
    char text[PLACE_MOST];

    (void)state;
    assert_false(place_in_image(image, image_size, linked(data), text, sizeof text));
    assert_false(place_in_image(image, image_size, 0, text, sizeof text));
    assert_false(place_in_image(image, image_size, UINT64_MAX, text, sizeof text));
    assert_false(place_in_image("no image", 8, 0x1000, text, sizeof text));
}

static bool section_of(const char *name, Elf64_Shdr *section)
{
    Elf64_Ehdr header;
    Elf64_Shdr names;

    memcpy(&header, image, sizeof header);
    memcpy(&names, image + header.e_shoff + header.e_shstrndx * sizeof names, sizeof names);
    for (uint32_t i = 1; i < header.e_shnum; i++) {
        memcpy(section, image + header.e_shoff + i * sizeof *section, sizeof *section);
        if (strcmp((const char *)image + names.sh_offset + section->sh_name, name) == 0) {
            return true;
        }
    }
    return false;
}

static void without_lines_the_function_is_told(void **state)
{
    char text[PLACE_MOST];
    Elf64_Shdr section;

    (void)state;
    assert_true(section_of(".debug_line", &section));
    uint8_t *bytes = image + section.sh_offset;
    uint8_t *kept = test_malloc(section.sh_size);
    memcpy(kept, bytes, section.sh_size);
    memset(bytes, 0xff, section.sh_size);
    assert_true(place_in_image(image, image_size, linked(here()), text, sizeof text));
    assert_string_equal(text, __func__);
    memcpy(bytes, kept, section.sh_size);
    test_free(kept);
}

/* xorshift: the same bytes in every run. */
static uint64_t next(uint64_t *word)
{
    *word ^= *word << 13;
    *word ^= *word >> 7;
    *word ^= *word << 17;
    return *word;
}

/* In a copy that ends where the file ends, so that a checker sees what is read beyond. */
static void broken_tables_are_survived(void **state)
{
    static const char *const names[] = {".debug_line", ".debug_line_str", ".symtab"};
    uint64_t word = 1;
    char text[PLACE_MOST];
    uint8_t *copy = malloc(image_size);

    (void)state;
    assert_non_null(copy);
    memcpy(copy, image, image_size);
    for (size_t i = 0; i < 600; i++) {
        Elf64_Shdr section = {.sh_offset = 0, .sh_size = sizeof(Elf64_Ehdr)};
        if (i % 5 < 3) {
            assert_true(section_of(names[i % 5], &section));
        } else if (i % 5 == 3) {
            Elf64_Ehdr header;
            memcpy(&header, image, sizeof header);
            section.sh_offset = header.e_shoff;
            section.sh_size = header.e_shnum * sizeof(Elf64_Shdr);
        }
        /* Headers of tables are where mistakes count most. */
        uint64_t range = i % 2 == 0 && section.sh_size > 200 ? 200 : section.sh_size;
        for (uint32_t k = 0; k < 4; k++) {
            copy[section.sh_offset + next(&word) % range] = (uint8_t)next(&word);
        }
        (void)place_in_image(copy, image_size, linked(here()), text, sizeof text);
        memcpy(copy + section.sh_offset, image + section.sh_offset, section.sh_size);
    }
    for (uint64_t size = 0; size < image_size; size += 997 + size / 16) {
        uint8_t *part = malloc(size + 1);
        memcpy(part, image, size);
        (void)place_in_image(part, size, linked(here()), text, sizeof text);
        free(part);
    }
    free(copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_instruction_has_function_file_and_line),
        cmocka_unit_test(what_is_no_function_has_none),
        cmocka_unit_test(without_lines_the_function_is_told),
        cmocka_unit_test(broken_tables_are_survived),
    };

    return cmocka_run_group_tests_name("place", tests, read_image, free_image);
}
