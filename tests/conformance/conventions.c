/* SPDX-License-Identifier: MIT */
/* interface.md 1: conventions, errors, the order of checks. */

#include "check.h"

const char check_section[] = "conventions";

#define NOBODY UINT64_C(123456)

static void unknown_calls_are_nosys(void)
{
    const uint64_t numbers[] = {0, 21, 125, 127, 128, 1000, UINT64_MAX, UINT64_C(1) << 32};

    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        CHECK_IS(tr_call(numbers[i], 1, 2, 3, 4, 5, 6), TR_E_NOSYS);
    }
}

static void a_call_by_number_is_the_call(void)
{
    CHECK_IS(tr_call(TR_NR_process_self, 0, 0, 0, 0, 0, 0), tr_process_self(NULL));
    CHECK_IS(tr_call(TR_NR_thread_self, 0, 0, 0, 0, 0, 0), tr_thread_self());
}

static void errors_have_names(void)
{
    CHECK(check_equal(tr_error_name(TR_E_NOENT), "TR_E_NOENT"));
    CHECK(check_equal(tr_error_name(TR_E_NOSYS), "TR_E_NOSYS"));
    CHECK(check_equal(tr_error_name(TR_E_NOEXEC), "TR_E_NOEXEC"));
    CHECK(check_equal(tr_error_name(0), "TR_OK"));
    CHECK(check_equal(tr_error_name(-17), "TR_E_?"));
    CHECK(check_equal(tr_error_name(1), "TR_E_?"));
    CHECK(check_equal(tr_error_name(INT64_MIN), "TR_E_?"));
}

static void errors_have_sentences(void)
{
    for (int64_t error = -20; error <= 2; error++) {
        CHECK(tr_error_text(error) != NULL);
        CHECK(tr_error_text(error)[0] != '\0');
    }
}

static void the_class_is_checked_before_values(void)
{
    CHECK_IS(tr_port_claim(0x10000, 0), TR_E_PERM);
    CHECK_IS(tr_port_in(0x60, 3), TR_E_PERM);
    CHECK_IS(tr_irq_listen(99, 0), TR_E_PERM);
    CHECK_IS(tr_system_stop(99, 999, 0), TR_E_PERM);
}

static void values_are_checked_before_lengths_and_objects(void)
{
    static char byte;

    CHECK_IS(tr_pipe_read(NOBODY, &byte, 1, 0x80), TR_E_INVAL);
    CHECK_IS(tr_memory_allocate(0, 0, TR_READ), TR_E_INVAL);
    CHECK_IS(tr_event_take(NULL, 0, 0), TR_E_INVAL);
    CHECK_IS(tr_process_restrict(0x80), TR_E_INVAL);
}

static void length_is_checked_before_the_receiver(void)
{
    static char byte;

    CHECK_IS(tr_message_send(NOBODY, &byte, TR_MESSAGE_MAX + 1, 0), TR_E_TOOBIG);
    CHECK_IS(tr_message_call(NOBODY, &byte, TR_MESSAGE_MAX + 1, &byte, 1, 1), TR_E_TOOBIG);
    CHECK_IS(tr_log(&byte, TR_LOG_MAX + 1), TR_E_TOOBIG);
    CHECK_IS(tr_random(&byte, TR_RANDOM_MAX + 1), TR_E_TOOBIG);
}

static void length_is_checked_before_the_range(void)
{
    void *wild = (void *)(uintptr_t)8;

    CHECK_IS(tr_message_send(1, wild, TR_MESSAGE_MAX + 1, 0), TR_E_TOOBIG);
    CHECK_IS(tr_log(wild, TR_LOG_MAX + 1), TR_E_TOOBIG);
    CHECK_IS(tr_random(wild, TR_RANDOM_MAX + 1), TR_E_TOOBIG);
}

static void the_range_is_checked_before_the_object(void)
{
    void *wild = (void *)(uintptr_t)8;

    CHECK_IS(tr_message_send(NOBODY, wild, 8, 0), TR_E_FAULT);
    CHECK_IS(tr_message_read(NOBODY, wild, 8), TR_E_FAULT);
    CHECK_IS(tr_pipe_read(NOBODY, wild, 8, 0), TR_E_FAULT);
    CHECK_IS(tr_process_info(NOBODY, wild), TR_E_FAULT);
}

static void pid_0_is_nobody(void)
{
    struct tr_process_info info;
    struct tr_thread_info thread;
    char byte = 0;

    CHECK_IS(tr_process_terminate(0, 0), TR_E_NOENT);
    CHECK_IS(tr_process_suspend(0), TR_E_NOENT);
    CHECK_IS(tr_process_resume(0), TR_E_NOENT);
    CHECK_IS(tr_process_info(0, &info), TR_E_NOENT);
    CHECK_IS(tr_process_watch(0, 0), TR_E_NOENT);
    CHECK_IS(tr_thread_terminate(0, 1, 0), TR_E_NOENT);
    CHECK_IS(tr_thread_suspend(0, 1), TR_E_NOENT);
    CHECK_IS(tr_thread_next(0, 0, &thread), TR_E_NOENT);
    CHECK_IS(tr_message_send(0, &byte, 1, 0), TR_E_NOENT);
    CHECK_IS(tr_message_call(0, &byte, 1, &byte, 1, TR_FOREVER), TR_E_NOENT);
}

static void ids_count_up_and_are_not_reused(void)
{
    struct tr_event event;
    uint64_t first = check_start(TR_APPLICATION, "one", check_exit, 0);
    uint64_t second = check_start(TR_APPLICATION, "two", check_exit, 0);

    CHECK(second > first);
    check_end_of(first, &event);
    check_end_of(second, &event);
    CHECK(check_start(TR_APPLICATION, "three", check_exit, 0) > second);
    CHECK_IS(tr_process_info(first, &(struct tr_process_info){0}), TR_E_NOENT);
}

static void timeout_0_looks_and_does_not_sleep(void)
{
    struct tr_event event;
    int64_t before = tr_clock();

    CHECK_IS(tr_event_wait(&event, 0), TR_E_TIMEDOUT);
    CHECK_IS(tr_event_take(&event, 1, 0), TR_E_TIMEDOUT);
    CHECK(tr_clock() - before < 1000000);
}

static void timeouts_saturate(void)
{
    struct tr_event event;

    CHECK_IS(tr_timer_set((uint64_t)tr_clock() + 1000, 7), 0);
    CHECK_IS(tr_event_wait(&event, UINT64_MAX - 1), 1);
    CHECK_IS(event.kind, TR_EVENT_TIMER);
}

static void reserved_fields_must_be_0(void)
{
    static const char image[64];
    struct tr_spawn spawn = {.image = image, .image_size = 64, .name = "x", .process_class = 2};

    spawn.reserved[0] = 1;
    CHECK_IS(tr_process_spawn(&spawn), TR_E_INVAL);
    spawn.reserved[0] = 0;
    spawn.reserved[1] = 1;
    CHECK_IS(tr_process_spawn(&spawn), TR_E_INVAL);
}

static void short_names_are_1_to_61_printable_bytes(void)
{
    static const char image[64];
    char longest[63];
    struct tr_spawn spawn = {.image = image, .image_size = 64, .process_class = TR_APPLICATION};
    const char *const bad[] = {"", "a b", "a\\b", "a\x7f", "\xc3\xa4", "a\nb"};

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        spawn.name = bad[i];
        CHECK_IS(tr_process_spawn(&spawn), TR_E_INVAL);
    }
    for (size_t i = 0; i < sizeof longest; i++) {
        longest[i] = 'x';
    }
    longest[62] = '\0';
    spawn.name = longest;
    CHECK_IS(tr_process_spawn(&spawn), TR_E_INVAL);
    longest[61] = '\0';
    CHECK_IS(tr_process_spawn(&spawn), TR_E_NOEXEC);
}

/* Every call with every argument a bad address or an extreme number: an error, never more. */
static int64_t storm(uint64_t unused)
{
    static const char constant[16] = "read only";
    struct tr_process_info self;
    (void)unused;
    (void)tr_process_self(&self);
    const uint64_t words[] = {0,
                              1,
                              8,
                              UINT64_C(0xdead000),
                              UINT64_MAX,
                              UINT64_MAX - 7,
                              UINT64_MAX - 4095,
                              self.lowest - 4096,
                              self.highest,
                              self.highest - 8,
                              CHECK_WORD(constant),
                              UINT64_C(1) << 63,
                              INT64_MAX};
    const uint64_t skipped[] = {TR_NR_process_exit, TR_NR_thread_exit, TR_NR_memory_clear,
                                TR_NR_process_drop_class, TR_NR_message_accept};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        for (uint64_t number = 0; number < TR_CALL_LIMIT; number++) {
            bool skip = false;
            for (size_t k = 0; k < sizeof skipped / sizeof skipped[0]; k++) {
                skip = skip || number == skipped[k];
            }
            if (!skip) {
                uint64_t w = words[i];
                (void)tr_call(number, w, w, w, w, w, w);
                (void)tr_call(number, 2, w, 8, w, 8, w);
                (void)tr_call(number, w, 8, w, 8, w, 8);
            }
        }
    }
    return 77;
}

static void wild_arguments_to_every_call_do_no_harm(void)
{
    struct tr_event event;
    int64_t tid = tr_thread_create(storm, 0, check_stack(), TR_THREAD_NOBLOCK | TR_THREAD_NOTIFY);

    CHECK(tid > 0);
    do {
        CHECK_IS(tr_event_wait(&event, TR_FOREVER), 1);
    } while (event.kind != TR_EVENT_THREAD_EXIT || event.object != (uint64_t)tid);
    CHECK_IS(event.size, 77);
}

static void wild_ranges_are_faults(void)
{
    struct tr_process_info self;
    CHECK(tr_process_self(&self) > 0);
    uint64_t own = self.pid;
    int64_t page = tr_memory_allocate(1, 0, TR_READ);
    int64_t guard = tr_memory_allocate(1, 0, 0);
    const uint64_t bad[] = {0,
                            8,
                            self.lowest - 8,
                            self.highest - 4,
                            self.highest,
                            UINT64_MAX - 3,
                            UINT64_C(1) << 63,
                            (uint64_t)guard,
                            (uint64_t)guard + 4092};

    CHECK(page > 0 && guard > 0);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        void *wild = (void *)(uintptr_t)bad[i];
        CHECK_IS(tr_message_send(own, wild, 8, 0), TR_E_FAULT);
        CHECK_IS(tr_random(wild, 8), TR_E_FAULT);
        CHECK_IS(tr_log(wild, 8), TR_E_FAULT);
        CHECK_IS(tr_memory_info(wild), TR_E_FAULT);
        CHECK_IS(tr_event_wait(wild, 0), TR_E_FAULT);
        CHECK_IS(tr_process_spawn(wild), TR_E_FAULT);
    }
    void *constant = (void *)(uintptr_t)page;
    CHECK_IS(tr_random(constant, 8), TR_E_FAULT);
    CHECK_IS(tr_memory_info(constant), TR_E_FAULT);
    CHECK(tr_message_send(own, constant, 8, 0) > 0);
}

static void a_null_info_is_allowed_where_the_text_says_so(void)
{
    CHECK(tr_process_self(NULL) > 0);
    CHECK_IS(tr_process_info((uint64_t)tr_process_self(NULL), NULL), TR_E_FAULT);
}

const struct check_case check_cases[] = {
    CHECK_ROW(TR_APPLICATION, unknown_calls_are_nosys),
    CHECK_ROW(TR_APPLICATION, a_call_by_number_is_the_call),
    CHECK_ROW(TR_APPLICATION, errors_have_names),
    CHECK_ROW(TR_APPLICATION, errors_have_sentences),
    CHECK_ROW(TR_APPLICATION, the_class_is_checked_before_values),
    CHECK_ROW(TR_APPLICATION, values_are_checked_before_lengths_and_objects),
    CHECK_ROW(TR_APPLICATION, length_is_checked_before_the_receiver),
    CHECK_ROW_PROGRAM(TR_APPLICATION, length_is_checked_before_the_range),
    CHECK_ROW_PROGRAM(TR_APPLICATION, the_range_is_checked_before_the_object),
    CHECK_ROW(TR_DRIVER, pid_0_is_nobody),
    CHECK_ROW(TR_APPLICATION, ids_count_up_and_are_not_reused),
    CHECK_ROW(TR_APPLICATION, timeout_0_looks_and_does_not_sleep),
    CHECK_ROW(TR_APPLICATION, timeouts_saturate),
    CHECK_ROW(TR_APPLICATION, reserved_fields_must_be_0),
    CHECK_ROW(TR_APPLICATION, short_names_are_1_to_61_printable_bytes),
    CHECK_ROW_PROGRAM(TR_APPLICATION, wild_arguments_to_every_call_do_no_harm),
    CHECK_ROW_PROGRAM(TR_APPLICATION, wild_ranges_are_faults),
    CHECK_ROW_PROGRAM(TR_APPLICATION, a_null_info_is_allowed_where_the_text_says_so),
    CHECK_END,
};
