/* SPDX-License-Identifier: MIT */
/* interface.md 12: the log. The reader of a case tells what it got by sending words to the case. */

#include "check.h"

const char check_section[] = "logs";

/* Reads all there is to read for a while, then tells how much of each kind; the count of texts, of
 * refusals and of lost ones in a number each of 1000. */
static int64_t reads(uint64_t parent)
{
    struct tr_event event;
    uint64_t texts = 0, refused = 0, lost = 0;
    char text[TR_LOG_MAX];

    while (tr_event_wait(&event, 20000000) == 1) {
        CHECK_IS(event.kind, TR_EVENT_MESSAGE);
        CHECK_IS(tr_message_read(event.object, text, sizeof text), event.size);
        texts += event.cookie == TR_LOG_TEXT;
        refused += event.cookie == TR_LOG_REFUSED;
        lost += event.cookie == TR_LOG_LOST;
        CHECK(event.cookie == TR_LOG_TEXT ||
              (event.source_pid == 0 && event.source_class == TR_KERNEL));
        CHECK(event.flags == 0 && event.size <= TR_LOG_MAX && event.count == 1);
    }
    CHECK(tr_message_send(parent, NULL, 0, (lost * 1000 + refused) * 1000 + texts) > 0);
    return check_sleeper(0);
}

static uint64_t what_was_read(void)
{
    struct tr_event event;

    CHECK_IS(tr_event_wait(&event, TR_FOREVER), 1);
    CHECK_IS(event.kind, TR_EVENT_MESSAGE);
    return event.cookie;
}

static void texts_wait_until_there_is_a_log(void)
{
    for (int i = 0; i < 30; i++) {
        CHECK_IS(tr_log("text", 4), 0);
    }
    (void)check_start(TR_APPLICATION, "log", reads, check_self());
    CHECK_IS(what_was_read() % 1000, 30);
}

static int64_t tells_stamp(uint64_t parent)
{
    struct tr_event event;

    do {
        check_event(&event);
        CHECK_IS(tr_message_discard(event.object), 0);
    } while (event.cookie != TR_LOG_TEXT);
    CHECK(tr_message_send(parent, NULL, 0, event.source_pid * 10 + event.source_class) > 0);
    return check_sleeper(0);
}

static void a_text_is_stamped_with_its_caller(void)
{
    CHECK_IS(tr_log("text", 4), 0);
    (void)check_start(TR_APPLICATION, "log", tells_stamp, check_self());
    CHECK_IS(what_was_read(), check_self() * 10 + TR_SERVER);
}

static void at_most_64_records_are_in_its_queue(void)
{
    struct tr_process_info info;
    uint64_t pid = check_start(TR_APPLICATION, "log", check_sleeper, 0);

    for (int i = 0; i < 200; i++) {
        CHECK_IS(tr_log("text", 4), 0);
    }
    CHECK_IS(tr_process_info(pid, &info), 0);
    CHECK_IS(info.messages_queued, 64);
    CHECK(tr_message_send(pid, NULL, 0, 0) > 0);
    CHECK_IS(tr_process_info(pid, &info), 0);
    CHECK_IS(info.messages_queued, 65);
}

static int64_t meddles(uint64_t times)
{
    for (uint64_t i = 0; i < times; i++) {
        CHECK_IS(tr_port_in(0x80, 1), TR_E_PERM);
    }
    return 0;
}

static void refused_calls_are_recorded_at_a_limited_rate(void)
{
    struct tr_event event;

    check_end_of(check_start(TR_APPLICATION, "meddles", meddles, 1), &event);
    check_end_of(check_start(TR_APPLICATION, "meddles", meddles, 200), &event);
    (void)check_start(TR_APPLICATION, "log", reads, check_self());
    uint64_t refused = what_was_read() / 1000 % 1000;
    CHECK(refused >= 1 && refused <= 40);
}

static int64_t reads_one_and_ends(uint64_t parent)
{
    struct tr_event event;

    do {
        check_event(&event);
        CHECK_IS(tr_message_discard(event.object), 0);
    } while (event.cookie != TR_LOG_TEXT);
    (void)tr_message_send(parent, NULL, 0, check_self());
    return 0;
}

static void the_log_is_the_oldest_and_then_the_next(void)
{
    uint64_t first = check_start(TR_APPLICATION, "log", reads_one_and_ends, check_self());
    uint64_t second = check_start(TR_APPLICATION, "log", reads_one_and_ends, check_self());

    (void)check_start(TR_SERVER, "log", check_sleeper, 0);
    CHECK_IS(tr_log("text", 4), 0);
    CHECK_IS(what_was_read(), first);
    check_settle();
    CHECK_IS(tr_log("text", 4), 0);
    CHECK_IS(what_was_read(), second);
}

static void an_empty_text_and_the_longest_are_texts(void)
{
    static char text[TR_LOG_MAX];

    CHECK_IS(tr_log(NULL, 0), 0);
    CHECK_IS(tr_log(text, sizeof text), 0);
    (void)check_start(TR_APPLICATION, "log", reads, check_self());
    CHECK_IS(what_was_read() % 1000, 2);
}

const struct check_case check_cases[] = {
    CHECK_ROW(TR_SERVER, texts_wait_until_there_is_a_log),
    CHECK_ROW(TR_SERVER, a_text_is_stamped_with_its_caller),
    CHECK_ROW(TR_SERVER, at_most_64_records_are_in_its_queue),
    CHECK_ROW(TR_SERVER, refused_calls_are_recorded_at_a_limited_rate),
    CHECK_ROW(TR_SERVER, the_log_is_the_oldest_and_then_the_next),
    CHECK_ROW(TR_SERVER, an_empty_text_and_the_longest_are_texts),
    CHECK_END,
};
