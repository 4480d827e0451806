/* SPDX-License-Identifier: MIT */
/* interface.md 3: what a spawn makes of an image and an argument, and what a program finds at its
 * start. All of it needs programs. */

#include "check.h"

#include <string.h>

const char check_section[] = "images";

/* A copy of the own image that a case may spoil; `shift` bytes off a page. */
static uint8_t *copy_of_image(uint64_t shift, uint64_t *size)
{
    const void *image = check_image(size);
    int64_t va = tr_memory_allocate((*size + shift) / TR_PAGE_SIZE + 1, 0, TR_READ | TR_WRITE);

    CHECK(image != NULL && va > 0);
    uint8_t *copy = (uint8_t *)(uintptr_t)va + shift;
    memcpy(copy, image, *size);
    return copy;
}

static int64_t spawn_of(const void *image, uint64_t size)
{
    const struct tr_spawn spawn = {.image = image,
                                   .image_size = size,
                                   .name = "child",
                                   .process_class = TR_APPLICATION,
                                   .flags = TR_SPAWN_SUSPENDED};

    return tr_process_spawn(&spawn);
}

static void an_image_may_lie_anywhere(void)
{
    for (uint64_t shift = 1; shift < 17; shift += 3) {
        uint64_t size;
        const uint8_t *image = copy_of_image(shift, &size);
        int64_t pid = spawn_of(image, size);
        CHECK_IS(pid > 0 ? 0 : pid, 0);
        CHECK_IS(tr_process_terminate((uint64_t)pid, 0), 0);
    }
}

/* ---- Images that are none. Offsets are those of the ELF-64 header and its program headers ---- */

#define PROGRAM_OFFSET 0x20
#define ENTRY          0x18
#define MACHINE        0x12
#define TYPE           0x10
#define FILE_CLASS     4
#define PROGRAM_COUNT  0x38
#define PROGRAM_SIZE   56

static uint64_t word_at(const uint8_t *bytes, uint64_t at)
{
    uint64_t word;

    memcpy(&word, bytes + at, sizeof word);
    return word;
}

static uint32_t half_at(const uint8_t *bytes, uint64_t at)
{
    uint32_t half;

    memcpy(&half, bytes + at, sizeof half);
    return half;
}

/* Where the program header of a type and at least these flags stands; the count-th of them. */
static uint64_t header_of(const uint8_t *image, uint32_t type, uint32_t flags, uint32_t count)
{
    uint64_t at = word_at(image, PROGRAM_OFFSET);
    uint32_t all = half_at(image, PROGRAM_COUNT) & 0xffff;

    for (uint32_t i = 0; i < all; i++, at += PROGRAM_SIZE) {
        if (half_at(image, at) == type && (half_at(image, at + 4) & flags) == flags &&
            count-- == 0) {
            return at;
        }
    }
    CHECK(false);
    return 0;
}

enum { LOAD = 1, DYNAMIC = 2, INTERPRETER = 3, STACK = 0x6474e551 };
enum { EXECUTE = 1, WRITE = 2, READ = 4 };

static void must_be_noexec(uint8_t *image, uint64_t size, int line)
{
    int64_t result = spawn_of(image, size);

    if (result != TR_E_NOEXEC) {
        check_failed(line, result);
    }
}

#define NOEXEC(image, size) must_be_noexec(image, size, __LINE__)

static void foreign_and_broken_images_are_noexec(void)
{
    uint64_t size;
    uint8_t *image = copy_of_image(0, &size);
    const struct {
        uint64_t at;
        uint8_t value;
    } spoilt[] = {{0, 0x7e},       {1, 'e'}, {FILE_CLASS, 1},       {5, 2},
                  {MACHINE, 0xf3}, {6, 2},   {TYPE, 2 /* fixed */}, {TYPE, 1}};

    for (size_t i = 0; i < sizeof spoilt / sizeof spoilt[0]; i++) {
        uint8_t before = image[spoilt[i].at];
        image[spoilt[i].at] = spoilt[i].value;
        NOEXEC(image, size);
        image[spoilt[i].at] = before;
    }
    for (uint64_t cut = 0; cut < 256; cut++) {
        NOEXEC(image, cut);
    }
    int64_t pid = spawn_of(image, size);
    CHECK(pid > 0);
}

static void segments_writable_and_executable_are_noexec(void)
{
    uint64_t size;
    uint8_t *image = copy_of_image(0, &size);

    image[header_of(image, LOAD, READ | EXECUTE, 0) + 4] |= WRITE;
    NOEXEC(image, size);
}

static void an_interpreter_is_noexec(void)
{
    uint64_t size;
    uint8_t *image = copy_of_image(0, &size);

    const uint32_t type = INTERPRETER;
    memcpy(image + header_of(image, STACK, 0, 0), &type, sizeof type);
    NOEXEC(image, size);
}

static void an_entry_outside_text_is_noexec(void)
{
    uint64_t size;
    uint8_t *image = copy_of_image(0, &size);
    uint64_t data = word_at(image, header_of(image, LOAD, READ | WRITE, 0) + 16);
    const uint64_t entries[] = {data, UINT64_MAX, UINT64_C(1) << 40};

    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
        memcpy(image + ENTRY, &entries[i], sizeof entries[i]);
        NOEXEC(image, size);
    }
}

static void segments_out_of_order_or_overlapping_are_noexec(void)
{
    uint64_t size;
    uint8_t *image = copy_of_image(0, &size);
    uint64_t first = header_of(image, LOAD, 0, 0), second = header_of(image, LOAD, 0, 1);
    uint8_t swap[PROGRAM_SIZE];

    memcpy(swap, image + first, PROGRAM_SIZE);
    memcpy(image + first, image + second, PROGRAM_SIZE);
    memcpy(image + second, swap, PROGRAM_SIZE);
    NOEXEC(image, size);
    memcpy(image + first, swap, PROGRAM_SIZE);
    NOEXEC(image, size);
}

static void any_byte_of_the_headers_may_be_wrong(void)
{
    uint64_t size;
    uint8_t *image = copy_of_image(0, &size);
    uint64_t end =
        word_at(image, PROGRAM_OFFSET) + (half_at(image, PROGRAM_COUNT) & 0xffff) * PROGRAM_SIZE;

    for (uint64_t at = 0; at < end; at++) {
        const uint8_t before = image[at];
        const uint8_t values[] = {0, 0xff, 0x80, (uint8_t)(before + 1), (uint8_t)(before ^ 0x40)};
        for (size_t i = 0; i < sizeof values; i++) {
            image[at] = values[i];
            int64_t result = spawn_of(image, size);
            CHECK(result > 0 || result == TR_E_NOEXEC || result == TR_E_NOMEM);
            if (result > 0) {
                CHECK_IS(tr_process_terminate((uint64_t)result, 0), 0);
            }
        }
        image[at] = before;
    }
}

/* ---- Where it lies ---- */

extern const char __ehdr_start[] __attribute__((visibility("hidden")));

static int64_t lies_at(uint64_t align)
{
    return (int64_t)(CHECK_WORD(__ehdr_start) % align);
}

static void an_image_lies_as_its_segments_ask(void)
{
    uint64_t size;
    uint8_t *own = (uint8_t *)(uintptr_t)check_image(&size);
    uint64_t at = header_of(own, LOAD, 0, 0) + 48;
    const uint64_t before = word_at(own, at);

    CHECK_IS(word_at(own, at - 32), 0);
    for (uint64_t align = before; align <= UINT64_C(1) << 24; align *= 4) {
        struct tr_event event;
        memcpy(own + at, &align, sizeof align);
        (void)check_start_with(TR_APPLICATION, "child", lies_at, align, TR_SPAWN_WATCH);
        check_event_kind(&event, TR_EVENT_PROCESS_EXIT, __LINE__);
        CHECK_IS(event.flags, TR_EVENT_EXITED);
        CHECK_IS(event.size, 0);
    }
    memcpy(own + at, &before, sizeof before);
}

static void an_image_larger_than_a_window_is_nomem(void)
{
    uint64_t size;
    uint8_t *image = copy_of_image(0, &size);
    const uint64_t much = UINT64_C(1) << 40;

    memcpy(image + header_of(image, LOAD, READ | WRITE, 0) + 40, &much, sizeof much);
    CHECK_IS(spawn_of(image, size), TR_E_NOMEM);
}

/* ---- The image is only read, and only then ---- */

static int64_t waits_then_ends(uint64_t code)
{
    (void)tr_thread_sleep((uint64_t)tr_clock() + 1000000);
    return (int64_t)code;
}

static void later_writes_to_the_image_change_nothing(void)
{
    uint64_t size;
    struct tr_event event;
    uint8_t *own = (uint8_t *)(uintptr_t)check_image(&size);
    uint8_t *copy = copy_of_image(0, &size);

    uint64_t pid = check_start_with(TR_APPLICATION, "child", waits_then_ends, 77,
                                    TR_SPAWN_SUSPENDED | TR_SPAWN_WATCH);
    CHECK_IS(memcmp(own, copy, size), 0);
    memset(own, 0xee, size);
    CHECK_IS(tr_process_resume(pid), 0);
    check_event_kind(&event, TR_EVENT_PROCESS_EXIT, __LINE__);
    CHECK_IS(event.flags, TR_EVENT_EXITED);
    CHECK_IS(event.size, 77);
    memcpy(own, copy, size);
}

static int64_t changes_its_data(uint64_t expected)
{
    static volatile uint64_t data = 5;

    CHECK_IS(data, expected);
    data = 6;
    return (int64_t)data;
}

static void a_child_has_data_of_its_own(void)
{
    for (int i = 0; i < 3; i++) {
        struct tr_event event;
        (void)check_start_with(TR_APPLICATION, "child", changes_its_data, 5, TR_SPAWN_WATCH);
        check_event_kind(&event, TR_EVENT_PROCESS_EXIT, __LINE__);
        CHECK_IS(event.size, 6);
    }
}

/* ---- Start ---- */

static const char words_text[] = " one \t\"two three\"\n four\"five six\"seven  \"\" \r \v end";

static int64_t looks_at_its_words(uint64_t count)
{
    static const char *const wanted[] = {"one", "two three", "fourfive sixseven", "", "\r",
                                         "\v",  "end"};
    char **words;
    uint64_t size;

    CHECK_IS(check_words(&words), count + 4);
    CHECK(strcmp(words[0], "words") == 0);
    CHECK(words[count + 4] == NULL);
    for (uint64_t i = 0; i < count; i++) {
        CHECK(strcmp(words[i + 4], wanted[i]) == 0);
    }
    const char *argument = check_argument(&size);
    CHECK(size > sizeof words_text);
    CHECK(memcmp(argument + size - (sizeof words_text - 1), words_text, sizeof words_text - 1) ==
          0);
    CHECK(memcmp(argument, "peer ", 5) == 0);
    return 3;
}

static void words_are_split_at_space_tab_and_newline(void)
{
    uint64_t pid =
        check_start_argument("words", looks_at_its_words, 7, words_text, sizeof words_text - 1);

    EXPECT_CODE(pid, TR_EVENT_EXITED, 3);
}

static int64_t gives_minus_7(uint64_t unused)
{
    (void)unused;
    return -7;
}

static void the_result_of_main_is_sign_extended(void)
{
    struct tr_event event;

    (void)check_start_with(TR_APPLICATION, "child", gives_minus_7, 0, TR_SPAWN_WATCH);
    check_event_kind(&event, TR_EVENT_PROCESS_EXIT, __LINE__);
    CHECK_IS(event.size, -7);
    CHECK_IS(event.cookie, 0xc00);
}

#define STACK_BYTES ((uint64_t)1 << 20) /* what this program was linked with */

static __attribute__((noinline)) int64_t fills_stack(uint64_t size)
{
    volatile uint8_t bytes[STACK_BYTES - 8000];

    for (uint64_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)size;
    }
    return bytes[17];
}

static void the_first_stack_is_what_the_image_asks_for(void)
{
    struct tr_event event;

    (void)check_start_with(TR_APPLICATION, "child", fills_stack, 9, TR_SPAWN_WATCH);
    check_event_kind(&event, TR_EVENT_PROCESS_EXIT, __LINE__);
    CHECK_IS(event.flags, TR_EVENT_EXITED);
    CHECK_IS(event.size, 9);
}

static uint64_t own_pages(void)
{
    struct tr_memory_info info;

    CHECK_IS(tr_memory_info(&info), 0);
    return info.own;
}

/* A page of the first stack that nobody has come near, of a first thread. */
static uint64_t untouched(void)
{
    uint64_t here = CHECK_WORD(__builtin_frame_address(0));

    return (here - STACK_BYTES / 2) / TR_PAGE_SIZE * TR_PAGE_SIZE;
}

static int64_t counts_its_pages(uint64_t unused)
{
    uint64_t before = own_pages();
    uint64_t va = untouched();

    (void)unused;
    for (uint64_t i = 0; i < 8; i++) {
        CHECK_IS(own_pages(), before + i);
        *(volatile uint8_t *)(uintptr_t)(va + i * TR_PAGE_SIZE) = 1;
    }
    return 9;
}

static void a_stack_is_backed_on_touch(void)
{
    struct tr_event event;

    CHECK(own_pages() < STACK_BYTES / TR_PAGE_SIZE);
    check_end_of(check_start(TR_APPLICATION, "child", counts_its_pages, 0), &event);
    CHECK_IS(event.size, 9);
}

static int64_t gives_untouched_memory(uint64_t unused)
{
    uint64_t va = untouched();
    struct tr_event *event = (struct tr_event *)(uintptr_t)(va + TR_PAGE_SIZE - 8);
    char *body = (char *)(uintptr_t)(va + 4 * TR_PAGE_SIZE - 50);
    uint64_t size = 3 * TR_PAGE_SIZE;

    (void)unused;
    CHECK_IS(tr_random(body, size), size);
    CHECK_IS(tr_message_send(check_self(), body - 5 * TR_PAGE_SIZE, size, 3) > 0, 1);
    CHECK_IS(tr_event_wait(event, 0), 1);
    CHECK_IS(event->cookie, 3);
    CHECK_IS(tr_message_read(event->object, body + 5 * TR_PAGE_SIZE, size), size);
    CHECK_IS(body[5 * TR_PAGE_SIZE + 60], 0);
    CHECK_IS(tr_memory_protect(va - 20 * TR_PAGE_SIZE, 1, TR_READ), 0);
    CHECK_IS(*(volatile uint8_t *)(uintptr_t)(va - 20 * TR_PAGE_SIZE), 0);
    CHECK_IS(tr_memory_release(va - 20 * TR_PAGE_SIZE, 2), 0);
    return 9;
}

static void calls_take_what_was_never_touched(void)
{
    struct tr_event event;

    check_end_of(check_start(TR_APPLICATION, "child", gives_untouched_memory, 0), &event);
    CHECK_IS(event.flags, TR_EVENT_EXITED);
    CHECK_IS(event.size, 9);
}

/* The stack of a first thread ends at the window's lowest address, or somewhere above: at its end a
 * read is a fault, and so is one a MiB below. */
static int64_t reads_below(uint64_t distance)
{
    struct tr_process_info info;

    (void)tr_process_self(&info);
    *(volatile uint8_t *)(uintptr_t)info.lowest = 1;
    return *(volatile uint8_t *)(uintptr_t)(info.lowest - distance);
}

static void nothing_comes_into_the_hole_below(void)
{
    struct tr_process_info info;
    struct tr_event event;

    (void)tr_process_self(&info);
    CHECK(CHECK_WORD(&info) - info.lowest < STACK_BYTES);
    for (uint64_t below = TR_PAGE_SIZE; below <= STACK_BYTES; below += 3 * TR_PAGE_SIZE) {
        uint64_t hint = info.lowest - below;
        CHECK(tr_memory_allocate(1, hint, TR_READ) > (int64_t)info.lowest);
        int64_t many = tr_memory_allocate(below / TR_PAGE_SIZE + 1, hint, TR_READ | TR_WRITE);
        CHECK(many > (int64_t)info.lowest);
        CHECK_IS(tr_memory_release((uint64_t)many, below / TR_PAGE_SIZE + 1), 0);
    }
    const uint64_t distances[] = {1, TR_PAGE_SIZE, STACK_BYTES};
    for (size_t i = 0; i < sizeof distances / sizeof distances[0]; i++) {
        check_end_of(check_start(TR_APPLICATION, "child", reads_below, distances[i]), &event);
        CHECK_IS(event.flags, TR_EVENT_FAULTED);
        CHECK_IS(event.size, TR_FAULT_PAGE);
    }
}

static __attribute__((noinline)) int64_t has_a_large_frame(uint64_t word)
{
    volatile uint8_t bytes[9 * STACK_BYTES];

    bytes[0] = (uint8_t)word;
    return bytes[0];
}

static void a_large_frame_does_not_jump_over_it(void)
{
    struct tr_event event;

    check_end_of(check_start(TR_APPLICATION, "child", has_a_large_frame, 9), &event);
    CHECK_IS(event.flags, TR_EVENT_FAULTED);
    CHECK_IS(event.size, TR_FAULT_PAGE);
}

static int64_t tells_its_flags(uint64_t unused)
{
    struct tr_process_info info;
    uint64_t size;

    (void)unused;
    (void)check_image(&size);
    CHECK(tr_process_self(&info) > 0);
    uint64_t here = CHECK_WORD(&info);
    CHECK(here >= info.lowest && here <= info.highest);
    CHECK(CHECK_WORD(tells_its_flags) >= info.lowest && CHECK_WORD(tells_its_flags) < info.highest);
    return (int64_t)info.flags;
}

static int constructed;

__attribute__((constructor)) static void construct(void)
{
    constructed++;
}

static void constructors_run_before_main(void)
{
    CHECK_IS(constructed, 1);
}

static void no_spawn_is_shown_from_birth(void)
{
    struct tr_event event;

    (void)check_start_with(TR_APPLICATION, "child", tells_its_flags, 0,
                           TR_SPAWN_WATCH | TR_SPAWN_NO_SPAWN);
    check_event_kind(&event, TR_EVENT_PROCESS_EXIT, __LINE__);
    CHECK_IS(event.size, TR_SPAWN_NO_SPAWN);
}

static char much[TR_ARGUMENT_MAX - 64];

static int64_t finds_much(uint64_t unused)
{
    uint64_t size;
    const char *argument = check_argument(&size);

    (void)unused;
    CHECK(size > sizeof much && size <= TR_ARGUMENT_MAX);
    for (uint64_t i = 0; i < sizeof much; i++) {
        CHECK_IS(argument[size - sizeof much + i], i % 7 == 0 ? ' ' : 'x');
    }
    return 4;
}

static void an_argument_of_64_kib_arrives(void)
{
    for (uint64_t i = 0; i < sizeof much; i++) {
        much[i] = i % 7 == 0 ? ' ' : 'x';
    }
    EXPECT_CODE(check_start_argument("child", finds_much, 0, much, sizeof much), TR_EVENT_EXITED,
                4);
}

const struct check_case check_cases[] = {
    CHECK_ROW_PROGRAM(TR_SERVER, an_image_may_lie_anywhere),
    CHECK_ROW_PROGRAM(TR_SERVER, foreign_and_broken_images_are_noexec),
    CHECK_ROW_PROGRAM(TR_SERVER, segments_writable_and_executable_are_noexec),
    CHECK_ROW_PROGRAM(TR_SERVER, an_interpreter_is_noexec),
    CHECK_ROW_PROGRAM(TR_SERVER, an_entry_outside_text_is_noexec),
    CHECK_ROW_PROGRAM(TR_SERVER, segments_out_of_order_or_overlapping_are_noexec),
    CHECK_ROW_PROGRAM(TR_SERVER, any_byte_of_the_headers_may_be_wrong),
    CHECK_ROW_PROGRAM(TR_SERVER, an_image_lies_as_its_segments_ask),
    CHECK_ROW_PROGRAM(TR_SERVER, an_image_larger_than_a_window_is_nomem),
    CHECK_ROW_PROGRAM(TR_SERVER, later_writes_to_the_image_change_nothing),
    CHECK_ROW_PROGRAM(TR_SERVER, a_child_has_data_of_its_own),
    CHECK_ROW_PROGRAM(TR_SERVER, words_are_split_at_space_tab_and_newline),
    CHECK_ROW_PROGRAM(TR_SERVER, the_result_of_main_is_sign_extended),
    CHECK_ROW_PROGRAM(TR_SERVER, the_first_stack_is_what_the_image_asks_for),
    CHECK_ROW_PROGRAM(TR_SERVER, a_stack_is_backed_on_touch),
    CHECK_ROW_PROGRAM(TR_SERVER, calls_take_what_was_never_touched),
    CHECK_ROW_PROGRAM(TR_SERVER, nothing_comes_into_the_hole_below),
    CHECK_ROW_PROGRAM(TR_SERVER, a_large_frame_does_not_jump_over_it),
    CHECK_ROW_PROGRAM(TR_APPLICATION, constructors_run_before_main),
    CHECK_ROW_PROGRAM(TR_SERVER, no_spawn_is_shown_from_birth),
    CHECK_ROW_PROGRAM(TR_SERVER, an_argument_of_64_kib_arrives),
    CHECK_END,
};
