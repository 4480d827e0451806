/* SPDX-License-Identifier: MIT */
/* The loader of images: forms that linkers other than the project's give a sound image, and what
 * the dynamic section may hold. Every refusal names what it did not like. */

#include "loading.h"

#include <string.h>

#include "kernel/image.h"

enum { DATA = 0x2000, POINTER = 0x2100, FREE_DATA = 0x2200, TABLE = 0x400 };

static struct elf_image image;

static uint64_t load(struct machine *machine)
{
    int64_t pid = loading_spawn(machine, image.bytes, sizeof image.bytes);

    assert_true(pid > 0);
    return (uint64_t)pid;
}

static const uint64_t *word(struct machine *machine, uint64_t pid, uint64_t va)
{
    const uint64_t *view = fake_user(machine, pid, va, sizeof *view, HAL_READ);

    assert_non_null(view);
    return view;
}

#define FAILS_IF(name, error, words, ...)                                                          \
    static void name(void **state)                                                                 \
    {                                                                                              \
        elf_image_make(&image, "tr_process_exit");                                                 \
        __VA_ARGS__;                                                                               \
        loading_fails_because(*state, &image, error, words);                                       \
    }
#define REFUSED_IF(name, words, ...) FAILS_IF(name, TR_E_NOEXEC, words, __VA_ARGS__)

/* ---- Alignment and room ---- */

static void an_alignment_is_kept(void **state)
{
    for (uint64_t align = 0x2000; align <= 0x1000000; align *= 2) {
        elf_image_make(&image, "tr_process_exit");
        image.segments[ELF_IMAGE_DATA].p_align = align;
        uint64_t pid = load(*state);
        uint64_t base = loading_base(*state, pid);
        assert_int_equal(base % align, 0);
        assert_int_equal(*word(*state, pid, base + POINTER), base + 0x1000);
    }
}

/* All addresses but those of data are `by` further on, those of data `data_by`. */
static void move(uint64_t by, uint64_t data_by)
{
    static const int64_t tags[] = {DT_STRTAB, DT_SYMTAB, DT_RELA};

    image.segments[ELF_IMAGE_RODATA].p_vaddr += by;
    image.segments[ELF_IMAGE_TEXT].p_vaddr += by;
    image.segments[ELF_IMAGE_DATA].p_vaddr += data_by;
    image.segments[ELF_IMAGE_DYNAMIC].p_vaddr += data_by;
    image.header->e_entry += by;
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
        elf_image_dynamic(&image, tags[i])->d_un.d_ptr += by;
    }
    image.relocations[0].r_offset += data_by;
    image.relocations[0].r_addend += (int64_t)by;
    image.relocations[1].r_offset += data_by;
}

/* Data at 0x102000 is aligned to a megabyte, what comes before begins a page below one. */
static void an_alignment_is_that_of_the_address_not_of_the_image(void **state)
{
    elf_image_make(&image, "tr_process_exit");
    move(0xff000, 0x100000);
    image.segments[ELF_IMAGE_DATA].p_align = 0x100000;
    uint64_t pid = load(*state);
    uint64_t base = loading_base(*state, pid);
    assert_int_equal((base - 0xff000) % 0x100000, 0);
    assert_int_equal(*word(*state, pid, base + 0x1000 + POINTER), base + 0x1000);
}

static void aligned_images_are_pooled_or_not_and_always_right(void **state)
{
    struct machine *machine = *state;

    for (int round = 0; round < 12; round++) {
        uint64_t align = round % 2 == 0 ? 0x1000 : 0x80000;
        uint64_t low = round % 3 == 0 ? 0x1000 : 0;
        elf_image_make(&image, "tr_process_exit");
        image.segments[ELF_IMAGE_TEXT].p_align = align;
        move(low, low);
        image.segments[ELF_IMAGE_TEXT].p_offset += low;
        uint64_t pid = load(machine);
        uint64_t base = loading_base(machine, pid);
        assert_int_equal((base - low) % align, 0);
        assert_int_equal(*word(machine, pid, base + POINTER), base + 0x1000);
        assert_int_equal(CALL2(machine, process_terminate, pid, 0), 0);
        unit_audit(machine);
    }
}

REFUSED_IF(an_alignment_that_is_none, "program header 2 has an alignment that is no power of two",
           image.segments[ELF_IMAGE_DATA].p_align = 0x1800)
REFUSED_IF(an_alignment_beyond_the_window, "its alignment 8000000 is more than its window allows",
           image.segments[ELF_IMAGE_DATA].p_align = 0x8000000)
REFUSED_IF(an_alignment_beyond_everything,
           "its alignment 8000000000000000 is more than its window allows",
           image.segments[ELF_IMAGE_DATA].p_align = UINT64_C(1) << 63)
FAILS_IF(an_image_larger_than_its_window_is_too_little_memory, TR_E_NOMEM,
         "it needs 65538 pages, and its window has 15855",
         image.segments[ELF_IMAGE_DATA].p_memsz = 0x10000000)

/* ---- Segments ---- */

static void an_empty_segment_is_nothing(void **state)
{
    static const Elf64_Phdr forms[] = {
        {.p_type = PT_LOAD, .p_flags = PF_R | PF_W, .p_offset = 0x3b0c, .p_align = 0x1000},
        {.p_type = PT_LOAD, .p_flags = PF_R | PF_W | PF_X, .p_offset = UINT64_MAX},
        {.p_type = PT_LOAD, .p_vaddr = 0x1800, .p_align = 3},
        {.p_type = PT_LOAD, .p_vaddr = UINT64_MAX, .p_align = 0x1000},
    };

    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        elf_image_make(&image, "tr_process_exit");
        (void)elf_image_add_segment(&image, &forms[i]);
        uint64_t pid = load(*state);
        assert_int_equal(*word(*state, pid, loading_base(*state, pid) + POINTER),
                         loading_base(*state, pid) + 0x1000);
    }
}

/* What may follow the data: behind its `gap`, with these rights. */
static Elf64_Phdr behind_data(uint64_t gap, uint64_t file, uint64_t memory, uint32_t flags)
{
    const Elf64_Phdr *data = &image.segments[ELF_IMAGE_DATA];
    uint64_t at = data->p_vaddr + data->p_memsz + gap;

    return (Elf64_Phdr){.p_type = PT_LOAD,
                        .p_flags = flags,
                        .p_offset = at,
                        .p_vaddr = at,
                        .p_filesz = file,
                        .p_memsz = memory,
                        .p_align = 0x1000};
}

/* Data, a gap, data with bss: all in one page but the bss's end. */
static void segments_of_the_same_rights_may_share_a_page(void **state)
{
    elf_image_make(&image, "tr_process_exit");
    memset(image.bytes + FREE_DATA, 0xaa, 0x3000 - FREE_DATA);
    image.segments[ELF_IMAGE_DATA].p_filesz = image.segments[ELF_IMAGE_DATA].p_memsz = 0x700;
    Elf64_Phdr second = behind_data(0x100, 0x200, 0x200, PF_R | PF_W);
    (void)elf_image_add_segment(&image, &second);
    Elf64_Phdr third = behind_data(0x600, 0x100, 0x3000, PF_R | PF_W);
    (void)elf_image_add_segment(&image, &third);
    for (int round = 0; round < 3; round++) {
        uint64_t pid = load(*state);
        uint64_t base = loading_base(*state, pid);
        assert_int_equal(*word(*state, pid, base + POINTER), base + 0x1000);
        for (size_t i = FREE_DATA - DATA; i < 0x3a00; i++) {
            uint8_t *byte = fake_user(*state, pid, base + DATA + i, 1, HAL_WRITE);
            bool is_file = i < 0x700 || (i >= 0x800 && i < 0xa00) || (i >= 0xd00 && i < 0xe00);
            assert_non_null(byte);
            assert_int_equal(*byte, is_file ? 0xaa : 0);
            *byte = 0xbb;
        }
        assert_int_equal(CALL2((struct machine *)*state, process_terminate, pid, 0), 0);
    }
}

static void segments_may_touch(void **state)
{
    elf_image_make(&image, "tr_process_exit");
    image.segments[ELF_IMAGE_DATA].p_filesz = image.segments[ELF_IMAGE_DATA].p_memsz = 0x700;
    Elf64_Phdr bss = behind_data(0, 0, 0x2000, PF_R | PF_W);
    (void)elf_image_add_segment(&image, &bss);
    uint64_t pid = load(*state);
    uint64_t base = loading_base(*state, pid);
    for (uint64_t at = DATA; at < DATA + 0x2700; at += 0x100) {
        assert_non_null(fake_user(*state, pid, base + at, 0x100, HAL_WRITE));
    }
}

REFUSED_IF(segments_of_different_rights_in_a_page,
           "program headers 2 and 4 share a page with different rights",
           image.segments[ELF_IMAGE_DATA].p_filesz = image.segments[ELF_IMAGE_DATA].p_memsz = 0x700;
           Elf64_Phdr more = behind_data(0, 0x100, 0x100, PF_R);
           (void)elf_image_add_segment(&image, &more))
REFUSED_IF(segments_that_overlap_in_one_byte, "program header 4 overlaps the one before it",
           image.segments[ELF_IMAGE_DATA].p_filesz = image.segments[ELF_IMAGE_DATA].p_memsz = 0x700;
           Elf64_Phdr more = behind_data(UINT64_MAX, 0x100, 0x100, PF_R | PF_W);
           (void)elf_image_add_segment(&image, &more))
REFUSED_IF(bytes_for_an_empty_segment, "program header 4 has more bytes in the file than in memory",
           Elf64_Phdr more = behind_data(0, 1, 0, PF_R);
           more.p_offset = 0; (void)elf_image_add_segment(&image, &more))
REFUSED_IF(two_dynamic_sections, "program header 4 is the second of type 2",
           (void)elf_image_add_segment(&image, &image.segments[ELF_IMAGE_DYNAMIC]))

static Elf64_Phdr locals(uint64_t at, uint64_t file_size, uint64_t size, uint64_t align)
{
    return (Elf64_Phdr){.p_type = PT_TLS,
                        .p_flags = PF_R,
                        .p_vaddr = at,
                        .p_filesz = file_size,
                        .p_memsz = size,
                        .p_align = align};
}

/* What they begin with lies in a segment; what is zero at first may lie anywhere. */
static void thread_local_variables_are_the_programs_affair(void **state)
{
    const Elf64_Phdr forms[] = {
        locals(0x2200, 8, 8, 8),          locals(0x2200, 8, UINT64_C(1) << 40, 0x1000),
        locals(0x7000000, 0, 64, 64),     locals(0x1000, 4, 4, 0),
        locals(UINT64_MAX - 9, 0, 0, 48),
    };
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        elf_image_make(&image, "tr_process_exit");
        (void)elf_image_add_segment(&image, &forms[i]);
        (void)load(*state);
    }
}

#define LOCALS_REFUSED_IF(name, words, ...)                                                        \
    REFUSED_IF(name, words, Elf64_Phdr part = locals(__VA_ARGS__);                                 \
               (void)elf_image_add_segment(&image, &part))
#define OF_HEADER_4 "the thread-local variables of program header 4 "
LOCALS_REFUSED_IF(locals_with_more_bytes_in_the_file,
                  OF_HEADER_4 "have more bytes in the file than in memory", 0x2200, 9, 8, 8)
LOCALS_REFUSED_IF(locals_beyond_the_last_address, OF_HEADER_4 "go beyond the last address",
                  UINT64_MAX - 9, 0, 64, 8)
LOCALS_REFUSED_IF(locals_with_no_alignment, OF_HEADER_4 "have an alignment that is no power of two",
                  0x2200, 8, 8, 48)
LOCALS_REFUSED_IF(locals_aligned_above_a_page, OF_HEADER_4 "have an alignment above a page", 0x2200,
                  8, 8, 0x2000)
LOCALS_REFUSED_IF(locals_outside, "its thread-local variables (7000000, 8 bytes) are not in a",
                  0x7000000, 8, 8, 8)
REFUSED_IF(locals_twice, "program header 5 is the second of type 7",
           Elf64_Phdr part = locals(0x2200, 8, 8, 8);
           (void)elf_image_add_segment(&image, &part); (void)elf_image_add_segment(&image, &part))
REFUSED_IF(nothing_to_load, "it has nothing to load", image.header->e_phnum = 1;
           image.segments[0].p_type = PT_NOTE)

static Elf64_Phdr relro(uint64_t at, uint64_t size)
{
    return (Elf64_Phdr){.p_type = PT_GNU_RELRO, .p_vaddr = at, .p_memsz = size};
}

/* The linker counts the rest of the page to it; in this page lies data of another segment. */
static void what_is_read_only_after_binding_takes_nothing_from_its_neighbour(void **state)
{
    elf_image_make(&image, "tr_process_exit");
    image.segments[ELF_IMAGE_DATA].p_filesz = image.segments[ELF_IMAGE_DATA].p_memsz = 0x700;
    Elf64_Phdr second = behind_data(0x100, 0x200, 0x200, PF_R | PF_W);
    (void)elf_image_add_segment(&image, &second);
    Elf64_Phdr part = relro(DATA, 0x1000);
    (void)elf_image_add_segment(&image, &part);
    uint64_t pid = load(*state);
    assert_non_null(
        fake_user(*state, pid, loading_base(*state, pid) + DATA + 0x800, 0x200, HAL_WRITE));
}

static void what_is_read_only_after_binding_begins_behind_its_neighbour(void **state)
{
    elf_image_make(&image, "tr_process_exit");
    image.segments[ELF_IMAGE_DATA].p_filesz = image.segments[ELF_IMAGE_DATA].p_memsz = 0x700;
    Elf64_Phdr second = behind_data(0x100, 0x200, 0x1800, PF_R | PF_W);
    (void)elf_image_add_segment(&image, &second);
    Elf64_Phdr part = relro(second.p_vaddr, 0x1800);
    (void)elf_image_add_segment(&image, &part);
    uint64_t pid = load(*state);
    uint64_t base = loading_base(*state, pid);
    assert_non_null(fake_user(*state, pid, base + DATA, 0x700, HAL_WRITE));
    assert_null(fake_user(*state, pid, base + DATA + 0x1000, 8, HAL_WRITE));
    assert_non_null(fake_user(*state, pid, base + DATA + 0x1000, 8, HAL_READ));
}

REFUSED_IF(a_read_only_part_outside, "GNU_RELRO (2f00, 8192 bytes) is not in a writable segment",
           Elf64_Phdr part = relro(0x2f00, 0x2000);
           (void)elf_image_add_segment(&image, &part))
REFUSED_IF(a_read_only_part_that_is_text, "GNU_RELRO (1000, 16 bytes) is not in a writable segment",
           Elf64_Phdr part = relro(0x1000, 16);
           (void)elf_image_add_segment(&image, &part))
REFUSED_IF(a_read_only_part_that_wraps, "GNU_RELRO (2000, 18446744073709551615 bytes) is not in",
           Elf64_Phdr part = relro(DATA, UINT64_MAX);
           (void)elf_image_add_segment(&image, &part))

/* ---- Relative relocations in packed form ---- */

static void packed(const uint64_t *entries, size_t count)
{
    elf_image_make(&image, "tr_process_exit");
    memcpy(image.bytes + TABLE, entries, count * sizeof *entries);
    elf_image_add_dynamic(&image, DT_RELR, TABLE);
    elf_image_add_dynamic(&image, DT_RELRSZ, count * sizeof *entries);
    elf_image_add_dynamic(&image, DT_RELRENT, sizeof *entries);
}

static void packed_relocations_are_done_once(void **state)
{
    /* The word at 0x2200, the first and third of the 63 behind it, the 64th; the one at 0x2801. */
    static const uint64_t entries[] = {FREE_DATA, 1 | 1 << 1 | 1 << 3, 1 | 1 << 1, 0x2800};
    packed(entries, 4);
    for (uint64_t at = FREE_DATA; at < 0x3000; at += 8) {
        memcpy(image.bytes + at, &at, sizeof at);
    }
    uint64_t pid = load(*state);
    uint64_t base = loading_base(*state, pid);
    for (uint64_t at = FREE_DATA; at < 0x3000; at += 8) {
        bool is_done = at == FREE_DATA || at == FREE_DATA + 8 || at == FREE_DATA + 24 ||
                       at == FREE_DATA + 512 || at == 0x2800;
        assert_int_equal(*word(*state, pid, base + at), is_done ? base + at : at);
    }
    assert_int_equal(*word(*state, pid, base + POINTER), base + 0x1000);
}

/* 5000 words, more than a step may do. */
static void many_packed_relocations_are_done_in_steps(void **state)
{
    uint64_t entries[81] = {FREE_DATA};
    const uint64_t words = 1 + 80 * 63;

    for (size_t i = 1; i < 81; i++) {
        entries[i] = UINT64_MAX;
    }
    packed(entries, 81);
    image.segments[ELF_IMAGE_DATA].p_memsz = 0x10000;
    uint64_t pid = load(*state);
    assert_int_equal(loading_steps(), words / IMAGE_BIND_STEP - 1); /* the call itself does two */
    uint64_t base = loading_base(*state, pid);
    for (uint64_t i = 0; i < words; i++) {
        assert_int_equal(*word(*state, pid, base + FREE_DATA + i * 8), base);
    }
    assert_int_equal(*word(*state, pid, base + FREE_DATA + words * 8), 0);
}

#define PACKED(...)                                                                                \
    static const uint64_t entries[] = {__VA_ARGS__};                                               \
    packed(entries, sizeof entries / sizeof entries[0])

REFUSED_IF(a_packed_bitmap_without_an_address, "entry 0 of DT_RELR is a bitmap without an address",
           PACKED(3, FREE_DATA))
REFUSED_IF(a_packed_address_in_text, "relocation 1 of DT_RELR changes 1000, which is not writable",
           PACKED(FREE_DATA, 0x1000))
REFUSED_IF(a_packed_bitmap_beyond_the_data,
           "relocation 1 of DT_RELR changes 4000, which is not writable", PACKED(0x3ff8, 3))
REFUSED_IF(a_packed_address_that_wraps, "relocation 0 of DT_RELR changes fffffffffffffffe, which",
           PACKED(UINT64_MAX - 1))
REFUSED_IF(a_packed_table_outside, "DT_RELR (900000, 8 bytes) is not in a readable segment",
           PACKED(FREE_DATA);
           elf_image_dynamic(&image, DT_RELR)->d_un.d_ptr = 0x900000)
REFUSED_IF(packed_entries_of_a_wrong_size, "entries of DT_RELR are of 4 bytes", PACKED(FREE_DATA);
           elf_image_dynamic(&image, DT_RELRENT)->d_un.d_val = 4)
REFUSED_IF(a_packed_table_with_half_an_entry, "DT_RELR (400, 12 bytes) has no whole entries",
           PACKED(FREE_DATA);
           elf_image_dynamic(&image, DT_RELRSZ)->d_un.d_val = 12)
REFUSED_IF(a_packed_table_without_a_size, "DT_RELR has no size", PACKED(FREE_DATA);
           elf_image_dynamic(&image, DT_RELRSZ)->d_tag = DT_DEBUG)

/* ---- The dynamic section ---- */

static void tags_that_ask_nothing_of_a_loader_are_passed_over(void **state)
{
    static const int64_t tags[] = {
        DT_NEEDED,      DT_PLTGOT,       DT_GNU_HASH,      DT_INIT,    DT_FINI,
        DT_SONAME,      DT_RPATH,        DT_SYMBOLIC,      DT_DEBUG,   DT_BIND_NOW,
        DT_INIT_ARRAY,  DT_FINI_ARRAYSZ, DT_FLAGS,         DT_RUNPATH, DT_FLAGS_1,
        DT_VERSYM,      DT_VERNEED,      DT_VERNEEDNUM,    DT_VERDEF,  DT_RELACOUNT,
        DT_TLSDESC_PLT, DT_CHECKSUM,     DT_PREINIT_ARRAY, 0x70000000, 0x70000003};

    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
        elf_image_make(&image, "tr_process_exit");
        elf_image_add_dynamic(&image, tags[i], 0);
        uint64_t pid = load(*state);
        assert_int_equal(CALL2((struct machine *)*state, process_terminate, pid, 0), 0);
    }
}

#define TAG_REFUSED(name, tag, words)                                                              \
    REFUSED_IF(name, "its dynamic section has " words, elf_image_add_dynamic(&image, tag, 0x400))

TAG_REFUSED(relocations_without_addends, DT_REL, "DT_REL, ")
TAG_REFUSED(androids_relocations, 0x60000011, "DT_ANDROID_RELA, ")
TAG_REFUSED(androids_relocations_without_addends, 0x6000000f, "DT_ANDROID_REL, ")
TAG_REFUSED(androids_relative_relocations, 0x6fffe000, "DT_ANDROID_RELR, ")
TAG_REFUSED(relocations_of_prelink, 0x6ffffef8, "DT_GNU_CONFLICT, ")
TAG_REFUSED(moved_data, DT_MOVETAB, "DT_MOVETAB, ")
TAG_REFUSED(an_unknown_tag_of_all_systems, 38, "tag 26, ")
TAG_REFUSED(an_unknown_tag_of_a_system, 0x60000099, "tag 60000099, ")
TAG_REFUSED(an_unknown_tag_of_a_processor, 0x70000012, "tag 70000012, ")

REFUSED_IF(a_flag_for_text_relocations, "text relocations (DT_FLAGS)",
           elf_image_add_dynamic(&image, DT_FLAGS, DF_TEXTREL))
REFUSED_IF(a_table_without_a_size, "DT_RELA has no size",
           elf_image_dynamic(&image, DT_RELASZ)->d_tag = DT_DEBUG)
REFUSED_IF(a_table_with_half_an_entry, "DT_RELA (380, 47 bytes) has no whole entries",
           elf_image_dynamic(&image, DT_RELASZ)->d_un.d_val = 47)
REFUSED_IF(a_table_of_calls_of_another_form, "DT_PLTREL is 17",
           elf_image_add_dynamic(&image, DT_JMPREL, 0x380);
           elf_image_add_dynamic(&image, DT_PLTRELSZ, 24);
           elf_image_add_dynamic(&image, DT_PLTREL, DT_REL))
REFUSED_IF(symbols_of_a_wrong_size, "entries of DT_SYMTAB are of 16 bytes",
           elf_image_dynamic(&image, DT_SYMENT)->d_un.d_val = 16)
REFUSED_IF(
    a_dynamic_section_without_an_end, "its dynamic section has more than 512 entries",
    for (Elf64_Dyn *entry = image.dynamic - 256; entry < image.dynamic + 256; entry++) {
        *entry = (Elf64_Dyn){DT_DEBUG, {0}};
    } image.segments[ELF_IMAGE_DATA]
        .p_offset = 0x1000;
    image.segments[ELF_IMAGE_DATA].p_filesz = 0x2000;
    image.segments[ELF_IMAGE_DATA].p_memsz = image.segments[ELF_IMAGE_DYNAMIC].p_memsz = 0x3000)

/* ---- Relocations and symbols ---- */

#define SYMBOL(binding, kind, in_section)                                                          \
    image.symbols[1].st_info = ELF64_ST_INFO(binding, kind);                                       \
    image.symbols[1].st_shndx = in_section

REFUSED_IF(an_indirect_relocation, "relocation 0 of DT_RELA is for an indirect function",
           image.relocations[0].r_info = ELF64_R_INFO(0, R_X86_64_IRELATIVE))
REFUSED_IF(an_indirect_function, "symbol tr_process_exit is an indirect function",
           SYMBOL(STB_GLOBAL, STT_GNU_IFUNC, 2))
REFUSED_IF(a_thread_local_symbol, "symbol tr_process_exit is thread-local",
           SYMBOL(STB_GLOBAL, STT_TLS, 2))
REFUSED_IF(a_common_symbol, "symbol tr_process_exit is in section 65522",
           SYMBOL(STB_GLOBAL, STT_OBJECT, SHN_COMMON))
REFUSED_IF(an_import_left_unbound, "relocation 1 of DT_RELA is of type 0",
           image.relocations[1].r_info = ELF64_R_INFO(1, R_X86_64_NONE))
REFUSED_IF(a_copied_symbol, "relocation 1 of DT_RELA is of type 5",
           image.relocations[1].r_info = ELF64_R_INFO(1, R_X86_64_COPY))

static void a_weak_symbol_may_be_missing(void **state)
{
    elf_image_make(&image, "tr_no_such_call");
    SYMBOL(STB_WEAK, STT_FUNC, SHN_UNDEF);
    uint64_t pid = load(*state);
    assert_int_equal(*word(*state, pid, loading_base(*state, pid) + POINTER + 8), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT_TEST(an_alignment_is_kept),
        UNIT_TEST(an_alignment_is_that_of_the_address_not_of_the_image),
        UNIT_TEST(aligned_images_are_pooled_or_not_and_always_right),
        UNIT_TEST(an_alignment_that_is_none),
        UNIT_TEST(an_alignment_beyond_the_window),
        UNIT_TEST(an_alignment_beyond_everything),
        UNIT_TEST(an_image_larger_than_its_window_is_too_little_memory),
        UNIT_TEST(an_empty_segment_is_nothing),
        UNIT_TEST(segments_of_the_same_rights_may_share_a_page),
        UNIT_TEST(segments_may_touch),
        UNIT_TEST(segments_of_different_rights_in_a_page),
        UNIT_TEST(segments_that_overlap_in_one_byte),
        UNIT_TEST(bytes_for_an_empty_segment),
        UNIT_TEST(two_dynamic_sections),
        UNIT_TEST(thread_local_variables_are_the_programs_affair),
        UNIT_TEST(locals_with_more_bytes_in_the_file),
        UNIT_TEST(locals_beyond_the_last_address),
        UNIT_TEST(locals_with_no_alignment),
        UNIT_TEST(locals_aligned_above_a_page),
        UNIT_TEST(locals_outside),
        UNIT_TEST(locals_twice),
        UNIT_TEST(nothing_to_load),
        UNIT_TEST(what_is_read_only_after_binding_takes_nothing_from_its_neighbour),
        UNIT_TEST(what_is_read_only_after_binding_begins_behind_its_neighbour),
        UNIT_TEST(a_read_only_part_outside),
        UNIT_TEST(a_read_only_part_that_is_text),
        UNIT_TEST(a_read_only_part_that_wraps),
        UNIT_TEST(packed_relocations_are_done_once),
        UNIT_TEST(many_packed_relocations_are_done_in_steps),
        UNIT_TEST(a_packed_bitmap_without_an_address),
        UNIT_TEST(a_packed_address_in_text),
        UNIT_TEST(a_packed_bitmap_beyond_the_data),
        UNIT_TEST(a_packed_address_that_wraps),
        UNIT_TEST(a_packed_table_outside),
        UNIT_TEST(packed_entries_of_a_wrong_size),
        UNIT_TEST(a_packed_table_with_half_an_entry),
        UNIT_TEST(a_packed_table_without_a_size),
        UNIT_TEST(tags_that_ask_nothing_of_a_loader_are_passed_over),
        UNIT_TEST(relocations_without_addends),
        UNIT_TEST(androids_relocations),
        UNIT_TEST(androids_relocations_without_addends),
        UNIT_TEST(androids_relative_relocations),
        UNIT_TEST(relocations_of_prelink),
        UNIT_TEST(moved_data),
        UNIT_TEST(an_unknown_tag_of_all_systems),
        UNIT_TEST(an_unknown_tag_of_a_system),
        UNIT_TEST(an_unknown_tag_of_a_processor),
        UNIT_TEST(a_flag_for_text_relocations),
        UNIT_TEST(a_table_without_a_size),
        UNIT_TEST(a_table_with_half_an_entry),
        UNIT_TEST(a_table_of_calls_of_another_form),
        UNIT_TEST(symbols_of_a_wrong_size),
        UNIT_TEST(a_dynamic_section_without_an_end),
        UNIT_TEST(an_indirect_relocation),
        UNIT_TEST(an_indirect_function),
        UNIT_TEST(a_thread_local_symbol),
        UNIT_TEST(a_common_symbol),
        UNIT_TEST(an_import_left_unbound),
        UNIT_TEST(a_copied_symbol),
        UNIT_TEST(a_weak_symbol_may_be_missing),
    };

    return cmocka_run_group_tests_name("image forms", tests, NULL, NULL);
}
