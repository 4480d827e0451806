/* SPDX-License-Identifier: MIT */
/* The loader of images: what it takes, what it binds, and everything it must refuse. Images are
 * spawned by a driver of the fake machine. */

#include "loading.h"

#include <string.h>

#include "kernel/image.h"

static struct elf_image image;

static int64_t spawn(struct machine *machine)
{
    return loading_spawn(machine, image.bytes, sizeof image.bytes);
}

static void a_sound_image_is_loaded(void **state)
{
    elf_image_make(&image, "tr_process_exit");
    int64_t pid = spawn(*state);

    assert_true(pid > 0);
    uint64_t base = loading_base(*state, (uint64_t)pid);
    const uint8_t *text = fake_user(*state, (uint64_t)pid, base + 0x1000, 17, HAL_EXECUTE);
    assert_non_null(text);
    assert_memory_equal(text, image.bytes + 0x1000, 17);
}

static void relocations_are_done(void **state)
{
    elf_image_make(&image, "tr_process_exit");
    int64_t pid = spawn(*state);
    uint64_t base = loading_base(*state, (uint64_t)pid);
    const uint64_t *pointer = fake_user(*state, (uint64_t)pid, base + 0x2100, 16, HAL_WRITE);

    assert_non_null(pointer);
    assert_int_equal(pointer[0], base + 0x1000);
    assert_int_equal(pointer[1], FAKE_GHOST_BASE + TR_NR_process_exit * 16);
}

static void every_call_is_a_ghost(void **state)
{
    static const struct {
        const char *name;
        uint64_t number;
    } rows[] = {
#define TR_CALL_ROW(nr, name) {"tr_" #name, nr},
#include <terrarium/calls_rows.h>
#undef TR_CALL_ROW
        {"tr_call", TR_CALL_LIMIT},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        elf_image_make(&image, rows[i].name);
        int64_t pid = spawn(*state);
        assert_true(pid > 0);
        uint64_t base = loading_base(*state, (uint64_t)pid);
        const uint64_t *got = fake_user(*state, (uint64_t)pid, base + 0x2108, 8, HAL_READ);
        assert_int_equal(*got, FAKE_GHOST_BASE + rows[i].number * 16);
    }
}

static void bss_is_zero(void **state)
{
    elf_image_make(&image, "tr_process_exit");
    int64_t pid = spawn(*state);
    uint64_t base = loading_base(*state, (uint64_t)pid);
    const uint8_t *bss = fake_user(*state, (uint64_t)pid, base + 0x3000, 4096, HAL_WRITE);

    assert_non_null(bss);
    for (size_t i = 0; i < 4096; i++) {
        assert_int_equal(bss[i], 0);
    }
}

static void segments_have_their_rights_and_no_more(void **state)
{
    elf_image_make(&image, "tr_process_exit");
    int64_t pid = spawn(*state);
    uint64_t base = loading_base(*state, (uint64_t)pid);

    assert_null(fake_user(*state, (uint64_t)pid, base, 8, HAL_WRITE));
    assert_null(fake_user(*state, (uint64_t)pid, base, 8, HAL_EXECUTE));
    assert_null(fake_user(*state, (uint64_t)pid, base + 0x1000, 8, HAL_WRITE));
    assert_null(fake_user(*state, (uint64_t)pid, base + 0x2000, 8, HAL_EXECUTE));
}

static void a_page_behind_the_image_is_not_there(void **state)
{
    elf_image_make(&image, "tr_process_exit");
    int64_t pid = spawn(*state);
    struct tr_process_info info;

    assert_true(
        kernel_process_next((*(struct machine **)state)->kernel, (uint64_t)pid - 1, &info) >= 0);
    assert_null(fake_user(*state, (uint64_t)pid, info.lowest - 8, 8, HAL_READ));
    assert_null(fake_user(*state, (uint64_t)pid, info.highest, 8, HAL_READ));
}

static void the_image_may_lie_at_any_alignment(void **state)
{
    static uint8_t shifted[ELF_IMAGE_SIZE + 8];

    for (size_t shift = 1; shift < 8; shift++) {
        elf_image_make(&image, "tr_process_exit");
        memcpy(shifted + shift, image.bytes, sizeof image.bytes);
        assert_true(loading_spawn(*state, shifted + shift, sizeof image.bytes) > 0);
    }
}

/* Refused, told in the log with these words, and nothing is left of the attempt. */
#define REFUSED_IF(name, words, ...)                                                               \
    static void name(void **state)                                                                 \
    {                                                                                              \
        elf_image_make(&image, "tr_process_exit");                                                 \
        __VA_ARGS__;                                                                               \
        loading_fails_because(*state, &image, TR_E_NOEXEC, words);                                 \
    }

REFUSED_IF(no_magic, "it is no ELF file", image.bytes[0] = 'E')
REFUSED_IF(a_32_bit_image, "it is an ELF file for another kind of system (class 1",
           image.header->e_ident[EI_CLASS] = ELFCLASS32)
REFUSED_IF(a_big_endian_image, "another kind of system (class 2, data 2",
           image.header->e_ident[EI_DATA] = ELFDATA2MSB)
REFUSED_IF(another_machine, "it is for another processor (machine 183)",
           image.header->e_machine = EM_AARCH64)
REFUSED_IF(an_object_file, "it is not position-independent (type 1)", image.header->e_type = ET_REL)
REFUSED_IF(a_core_file, "it is not position-independent (type 4)", image.header->e_type = ET_CORE)
REFUSED_IF(no_headers, "e_phnum 0", image.header->e_phnum = 0)
REFUSED_IF(headers_of_a_wrong_size, "e_phentsize 40", image.header->e_phentsize = 40)
REFUSED_IF(headers_beyond_the_file, "e_phoff 2ff8", image.header->e_phoff = ELF_IMAGE_SIZE - 8)
REFUSED_IF(headers_that_wrap, "e_phoff ffffffffffffffef", image.header->e_phoff = UINT64_MAX - 16)
REFUSED_IF(too_many_headers, "e_phnum 65535", image.header->e_phnum = 0xffff)
REFUSED_IF(an_entry_in_data, "its entry 2000 is not in an executable segment",
           image.header->e_entry = 0x2000)
REFUSED_IF(an_entry_outside, "its entry 900000 ", image.header->e_entry = 0x900000)
REFUSED_IF(an_entry_that_wraps, "its entry ffffffffffffffff ", image.header->e_entry = UINT64_MAX)
REFUSED_IF(a_segment_writable_and_executable, "program header 1 is both writable and executable",
           image.segments[ELF_IMAGE_TEXT].p_flags = PF_R | PF_W | PF_X)
REFUSED_IF(a_segment_beyond_the_file, "program header 2 goes beyond the end of the file",
           image.segments[ELF_IMAGE_DATA].p_filesz = 0x2000)
REFUSED_IF(a_segment_whose_offset_wraps, "program header 2 goes beyond the end of the file",
           image.segments[ELF_IMAGE_DATA].p_offset = UINT64_MAX - 0xfff)
REFUSED_IF(a_segment_whose_size_wraps, "program header 2 goes beyond the last address",
           image.segments[ELF_IMAGE_DATA].p_memsz = UINT64_MAX - 0x100)
REFUSED_IF(a_segment_whose_address_wraps, "program header 2 goes beyond the last address",
           image.segments[ELF_IMAGE_DATA].p_vaddr = UINT64_MAX - 0xfff)
REFUSED_IF(more_in_the_file_than_in_memory,
           "program header 2 has more bytes in the file than in memory",
           image.segments[ELF_IMAGE_DATA].p_memsz = 0x10)
REFUSED_IF(overlapping_segments, "program header 2 overlaps the one before it",
           image.segments[ELF_IMAGE_DATA].p_vaddr = 0x1000)
REFUSED_IF(segments_out_of_order, "program header 2 lies below the one before it",
           Elf64_Phdr swap = image.segments[ELF_IMAGE_TEXT];
           image.segments[ELF_IMAGE_TEXT] = image.segments[ELF_IMAGE_DATA];
           image.segments[ELF_IMAGE_DATA] = swap)
REFUSED_IF(an_address_and_an_offset_that_differ_in_the_page,
           "program header 2 has an offset and an address that do not agree in its alignment",
           image.segments[ELF_IMAGE_DATA].p_vaddr += 8)
REFUSED_IF(an_interpreter, "program header 3 asks for an interpreter",
           image.segments[ELF_IMAGE_DYNAMIC].p_type = PT_INTERP)
REFUSED_IF(an_executable_stack, "program header 3 asks for an executable stack",
           image.segments[ELF_IMAGE_DYNAMIC] = (Elf64_Phdr){.p_type = PT_GNU_STACK,
                                                            .p_flags = PF_R | PF_W | PF_X})
REFUSED_IF(a_dynamic_table_outside,
           "its dynamic section (800000, 256 bytes) is not in a readable segment",
           image.segments[ELF_IMAGE_DYNAMIC].p_vaddr = 0x800000)
REFUSED_IF(an_unknown_symbol, "unknown symbol tr_process_exot",
           strcpy(image.strings + 1, "tr_process_exot"))
REFUSED_IF(a_symbol_name_outside, "symbol 1 has no name", image.symbols[1].st_name = 0x7fffffff)
REFUSED_IF(a_symbol_number_outside, "symbol 2147483647 is not in the symbol table",
           image.relocations[1].r_info = ELF64_R_INFO(0x7fffffff, R_X86_64_GLOB_DAT))
REFUSED_IF(a_relocation_outside,
           "relocation 0 of DT_RELA changes 900000, which is not writable data",
           image.relocations[0].r_offset = 0x900000)
REFUSED_IF(a_relocation_in_text, "relocation 0 of DT_RELA changes 1000, which is not writable data",
           image.relocations[0].r_offset = 0x1000)
REFUSED_IF(a_relocation_over_the_end, "changes 3ffc, which is not writable data",
           image.relocations[0].r_offset = 0x3ffc)
REFUSED_IF(a_relocation_that_wraps, "changes fffffffffffffffc, which",
           image.relocations[0].r_offset = UINT64_MAX - 3)
REFUSED_IF(an_unknown_relocation, "relocation 0 of DT_RELA is of type 18",
           image.relocations[0].r_info = ELF64_R_INFO(0, R_X86_64_TPOFF64))
REFUSED_IF(a_relocation_table_outside, "DT_RELA (900000, 48 bytes) is not in a readable segment",
           elf_image_dynamic(&image, DT_RELA)->d_un.d_ptr = 0x900000)
REFUSED_IF(a_relocation_table_that_wraps, "DT_RELA (380, 18446744073709551608 bytes) is not in",
           elf_image_dynamic(&image, DT_RELASZ)->d_un.d_val = UINT64_MAX - 7)
REFUSED_IF(relocations_of_a_wrong_size, "entries of DT_RELA are of 16 bytes",
           elf_image_dynamic(&image, DT_RELAENT)->d_un.d_val = 16)
REFUSED_IF(a_symbol_table_outside, "DT_SYMTAB (900000, 24 bytes) ",
           elf_image_dynamic(&image, DT_SYMTAB)->d_un.d_ptr = 0x900000)
REFUSED_IF(a_string_table_outside, "DT_STRTAB (900000, 64 bytes) ",
           elf_image_dynamic(&image, DT_STRTAB)->d_un.d_ptr = 0x900000)
REFUSED_IF(text_relocations, "text relocations (DT_TEXTREL)",
           elf_image_dynamic(&image, DT_HASH)->d_tag = DT_TEXTREL)

static void what_is_behind_the_last_segment_is_none(void **state)
{
    const struct image three = {
        .segments = {{.va = 0, .memory_size = 0x100, .prot = TR_READ},
                     {.va = 0x1000, .memory_size = 0x100, .prot = TR_READ | TR_EXECUTE},
                     {.va = 0x2000, .memory_size = 0x100, .prot = TR_READ | TR_WRITE}},
        .segment_count = 2,
    };

    (void)state;
    assert_ptr_equal(image_segment_of(&three, 0x10ff, 1, TR_EXECUTE), &three.segments[1]);
    assert_null(image_segment_of(&three, 0x1100, 1, TR_READ));
    assert_null(image_segment_of(&three, 0x2000, 1, TR_READ));
}

static void every_truncation_is_refused(void **state)
{
    elf_image_make(&image, "tr_process_exit");
    for (uint64_t size = 0; size < sizeof image.bytes; size += size < 512 ? 1 : 509) {
        loading_fails(*state, image.bytes, size, TR_E_NOEXEC);
    }
}

static void later_writes_to_the_image_change_nothing(void **state)
{
    elf_image_make(&image, "tr_process_exit");
    int64_t pid = spawn(*state);
    uint64_t base = loading_base(*state, (uint64_t)pid);

    memset(image.bytes + 0x1000, 0xcc, 0x1000);
    const uint8_t *text = fake_user(*state, (uint64_t)pid, base + 0x1000, 4, HAL_READ);
    assert_int_equal(text[0], 0x48);
}

static void a_pooled_window_shows_nothing_of_the_last_process(void **state)
{
    struct machine *machine = *state;

    for (int round = 0; round < 5; round++) {
        elf_image_make(&image, "tr_process_exit");
        int64_t pid = spawn(machine);
        assert_true(pid > 0);
        uint64_t base = loading_base(machine, (uint64_t)pid);
        uint8_t *data = fake_user(machine, (uint64_t)pid, base + 0x2110, 0x1ef0, HAL_WRITE);
        assert_non_null(data);
        for (size_t i = 0; i < 0x1ef0; i++) {
            assert_int_equal(data[i], 0);
            data[i] = 0xee;
        }
        uint64_t *pointers = fake_user(machine, (uint64_t)pid, base + 0x2100, 16, HAL_WRITE);
        assert_int_equal(pointers[0], base + 0x1000);
        assert_int_equal(pointers[1], FAKE_GHOST_BASE + TR_NR_process_exit * 16);
        pointers[0] = pointers[1] = 0;
        assert_int_equal(CALL2(machine, process_terminate, pid, 0), 0);
        unit_audit(machine);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT_TEST(a_sound_image_is_loaded),
        UNIT_TEST(relocations_are_done),
        UNIT_TEST(every_call_is_a_ghost),
        UNIT_TEST(bss_is_zero),
        UNIT_TEST(segments_have_their_rights_and_no_more),
        UNIT_TEST(a_page_behind_the_image_is_not_there),
        UNIT_TEST(the_image_may_lie_at_any_alignment),
        UNIT_TEST(no_magic),
        UNIT_TEST(a_32_bit_image),
        UNIT_TEST(a_big_endian_image),
        UNIT_TEST(another_machine),
        UNIT_TEST(an_object_file),
        UNIT_TEST(a_core_file),
        UNIT_TEST(no_headers),
        UNIT_TEST(headers_of_a_wrong_size),
        UNIT_TEST(headers_beyond_the_file),
        UNIT_TEST(headers_that_wrap),
        UNIT_TEST(too_many_headers),
        UNIT_TEST(an_entry_in_data),
        UNIT_TEST(an_entry_outside),
        UNIT_TEST(an_entry_that_wraps),
        UNIT_TEST(a_segment_writable_and_executable),
        UNIT_TEST(a_segment_beyond_the_file),
        UNIT_TEST(a_segment_whose_offset_wraps),
        UNIT_TEST(a_segment_whose_size_wraps),
        UNIT_TEST(a_segment_whose_address_wraps),
        UNIT_TEST(more_in_the_file_than_in_memory),
        UNIT_TEST(overlapping_segments),
        UNIT_TEST(segments_out_of_order),
        UNIT_TEST(an_address_and_an_offset_that_differ_in_the_page),
        UNIT_TEST(an_interpreter),
        UNIT_TEST(an_executable_stack),
        UNIT_TEST(a_dynamic_table_outside),
        UNIT_TEST(an_unknown_symbol),
        UNIT_TEST(a_symbol_name_outside),
        UNIT_TEST(a_symbol_number_outside),
        UNIT_TEST(a_relocation_outside),
        UNIT_TEST(a_relocation_in_text),
        UNIT_TEST(a_relocation_over_the_end),
        UNIT_TEST(a_relocation_that_wraps),
        UNIT_TEST(an_unknown_relocation),
        UNIT_TEST(a_relocation_table_outside),
        UNIT_TEST(a_relocation_table_that_wraps),
        UNIT_TEST(relocations_of_a_wrong_size),
        UNIT_TEST(a_symbol_table_outside),
        UNIT_TEST(a_string_table_outside),
        UNIT_TEST(text_relocations),
        cmocka_unit_test(what_is_behind_the_last_segment_is_none),
        UNIT_TEST(every_truncation_is_refused),
        UNIT_TEST(later_writes_to_the_image_change_nothing),
        UNIT_TEST(a_pooled_window_shows_nothing_of_the_last_process),
    };

    return cmocka_run_group_tests_name("image", tests, NULL, NULL);
}
