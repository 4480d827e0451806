/* SPDX-License-Identifier: MIT */
/* interface.md 1: a call that fails has changed nothing. Whatever a call is to write into its
 * caller's memory may reach into a page that cannot be written: then nothing is written before it
 * either. */

#include "check.h"

#include <string.h>

const char check_section[] = "outs";

#define PATTERN  0xa5
#define IN_VAIN  987654 /* no such id */
#define PORT     0xe80
#define TAKEN    2 /* events in one call */
#define BUFFER   64
#define MESSAGE  "a message of this process to itself"
#define LONGEST  8192 /* no structure is longer */
#define AT(page) ((uint64_t)TR_PAGE_SIZE * (page))

/* A word of a call that is the address of what it writes, and how much that is. The other words
 * are such that the call has something to write. */
struct row {
    uint64_t number, word, size;
    uint64_t words[6];
};

/* Objects of which there is something to tell. */
static struct {
    uint64_t self, message, pipe, shared, device;
} all;

static uint8_t out[LONGEST];

static void set_up(void)
{
    struct tr_event event;
    uint64_t key, va = 0;

    all.self = check_self();
    all.message = (uint64_t)tr_message_send(all.self, MESSAGE, sizeof MESSAGE, 0);
    CHECK_IS(tr_event_poll(&event), 1);
    CHECK_IS(event.object, all.message);
    all.pipe = (uint64_t)tr_pipe_create(&key);
    CHECK_IS(tr_pipe_write(all.pipe, out, BUFFER, TR_NOWAIT), BUFFER);
    all.shared = (uint64_t)tr_shared_create(1, TR_READ, 0, &key, &va);
    all.device = (uint64_t)tr_device_create("outs", 0, 0);
    CHECK_IS(tr_port_claim(PORT, 1), 0);
    for (uint64_t cookie = 0; cookie < TAKEN; cookie++) {
        CHECK_IS(tr_timer_set(0, cookie), 0);
    }
}

/* What could have been lost by a call that failed. */
static void look(void)
{
    struct tr_event events[TAKEN + 1];
    struct tr_pipe_info info;

    CHECK_IS(tr_pipe_info(all.pipe, &info), 0);
    CHECK_IS(info.bytes, BUFFER);
    CHECK_IS(tr_event_take(events, TAKEN + 1, 0), TAKEN);
    CHECK_IS(tr_message_read(all.message, out, sizeof out), sizeof MESSAGE);
    CHECK(memcmp(out, MESSAGE, sizeof MESSAGE) == 0);
}

static uint64_t own_pages(void)
{
    struct tr_memory_info info;

    CHECK_IS(tr_memory_info(&info), 0);
    return info.own;
}

#define O(name) sizeof(struct tr_##name)

static const struct row *rows(size_t *count)
{
    static struct row table[40];
    const struct row filled[] = {
        {TR_NR_process_self, 0, O(process_info), {0}},
        {TR_NR_process_next, 1, O(process_info), {0}},
        {TR_NR_process_info, 1, O(process_info), {all.self}},
        {TR_NR_thread_next, 2, O(thread_info), {all.self, 0}},
        {TR_NR_memory_info, 0, O(memory_info), {0}},
        {TR_NR_message_read, 1, sizeof MESSAGE, {all.message, 0, sizeof MESSAGE}},
        {TR_NR_message_call, 3, BUFFER, {all.self, 0, 0, 0, BUFFER, 1000}},
        {TR_NR_message_reply_wait, 3, O(event), {0, 0, 0, 0, CHECK_WORD(out), BUFFER}},
        {TR_NR_message_reply_wait, 4, BUFFER, {0, 0, 0, CHECK_WORD(out), 0, BUFFER}},
        {TR_NR_pipe_create, 0, 8, {0}},
        {TR_NR_pipe_read, 1, BUFFER, {all.pipe, 0, BUFFER, TR_NOWAIT}},
        {TR_NR_pipe_info, 1, O(pipe_info), {all.pipe}},
        {TR_NR_shared_create, 3, 8, {1, TR_READ, 0, 0, CHECK_WORD(out)}},
        {TR_NR_shared_create, 4, 8, {1, TR_READ, 0, CHECK_WORD(out), 0}},
        {TR_NR_shared_join, 4, 8, {IN_VAIN, 0, 0, TR_READ}},
        {TR_NR_shared_info, 1, O(shared_info), {all.shared}},
        {TR_NR_event_poll, 0, O(event), {0}},
        {TR_NR_event_wait, 0, O(event), {0, 1000}},
        {TR_NR_event_take, 0, TAKEN * O(event), {0, TAKEN, 1000}},
        {TR_NR_port_in_string, 2, BUFFER, {PORT, 1, 0, BUFFER}},
        {TR_NR_dma_allocate, 3, O(dma), {1, 0, 0}},
        {TR_NR_vm86_enter, 0, O(vm86), {0, 0}},
        {TR_NR_device_find, 1, O(device_info), {CHECK_WORD("outs")}},
        {TR_NR_device_info, 1, O(device_info), {all.device}},
        {TR_NR_device_next, 1, O(device_info), {0}},
        {TR_NR_random, 0, BUFFER, {0, BUFFER}},
        {TR_NR_system_info, 0, O(system_info), {0}},
        {TR_NR_boot_module, 1, O(boot_module), {0}},
    };

    *count = sizeof filled / sizeof filled[0];
    memcpy(table, filled, sizeof filled);
    return table;
}

/* A machine need not have real mode: then that call is NOSYS whatever it is given. */
static bool is_absent(uint64_t number)
{
    return number == TR_NR_vm86_enter && tr_vm86_enter(NULL, 0) == TR_E_NOSYS;
}

/* Makes the call so that `inside` bytes of what it writes lie before `border`. A failure tells the
 * row's number instead of a line. */
static void ask(const struct row *row, int index, uint64_t border, uint64_t inside)
{
    uint8_t *before = (uint8_t *)(uintptr_t)(border - inside);
    uint64_t words[6];
    const uint64_t own = own_pages();

    memcpy(words, row->words, sizeof words);
    words[row->word] = border - inside;
    memset(before, PATTERN, inside);
    int64_t result =
        tr_call(row->number, words[0], words[1], words[2], words[3], words[4], words[5]);
    if (result != (is_absent(row->number) ? TR_E_NOSYS : TR_E_FAULT)) {
        check_failed(index, result);
    }
    for (uint64_t i = 0; i < inside; i++) {
        if (before[i] != PATTERN) {
            check_failed(index, 1000 + (int64_t)i);
        }
    }
    if (own_pages() != own) {
        check_failed(index, 2000);
    }
}

static void ask_all(uint32_t prot_behind)
{
    set_up();
    size_t count;
    const struct row *row = rows(&count);
    int64_t va = tr_memory_allocate(3, 0, TR_READ | TR_WRITE);

    CHECK(va > 0);
    CHECK_IS(tr_memory_protect((uint64_t)va + AT(2), 1, prot_behind), 0);
    for (size_t i = 0; i < count; i++) {
        ask(&row[i], (int)i, (uint64_t)va + AT(2), row[i].size - 1);
        ask(&row[i], (int)i, (uint64_t)va + AT(2), 1);
    }
    look();
}

static void nothing_is_written_before_a_page_that_can_only_be_read(void)
{
    ask_all(TR_READ);
}

static void nothing_is_written_before_a_guard(void)
{
    ask_all(0);
}

/* ---- Every call of calls.def that writes is in the table --------------------------------------
 */

#define W_u64            0u
#define W_u32            0u
#define W_i64            0u
#define W_entry          0u
#define W_in             0u
#define W_out            1u
#define W_o_id           1u
#define W_x_id           1u
#define W_o_process_info 1u
#define W_o_thread_info  1u
#define W_o_memory_info  1u
#define W_o_pipe_info    1u
#define W_o_shared_info  1u
#define W_o_event        1u
#define W_o_dma          1u
#define W_o_device_info  1u
#define W_o_system_info  1u
#define W_o_boot_module  1u
#define W_i_spawn        0u
#define W_x_vm86         1u

static const uint32_t written[TR_CALL_LIMIT] = {
#define TR_CALL0(nr, name, r, s, text)                 [nr] = 0,
#define TR_CALL1(nr, name, r, s, text, t1, p1)         [nr] = W_##t1,
#define TR_CALL2(nr, name, r, s, text, t1, p1, t2, p2) [nr] = W_##t1 | W_##t2 << 1,
#define TR_CALL3(nr, name, r, s, text, t1, p1, t2, p2, t3, p3)                                     \
    [nr] = W_##t1 | W_##t2 << 1 | W_##t3 << 2,
#define TR_CALL4(nr, name, r, s, text, t1, p1, t2, p2, t3, p3, t4, p4)                             \
    [nr] = W_##t1 | W_##t2 << 1 | W_##t3 << 2 | W_##t4 << 3,
#define TR_CALL5(nr, name, r, s, text, t1, p1, t2, p2, t3, p3, t4, p4, t5, p5)                     \
    [nr] = W_##t1 | W_##t2 << 1 | W_##t3 << 2 | W_##t4 << 3 | W_##t5 << 4,
#define TR_CALL6(nr, name, r, s, text, t1, p1, t2, p2, t3, p3, t4, p4, t5, p5, t6, p6)             \
    [nr] = W_##t1 | W_##t2 << 1 | W_##t3 << 2 | W_##t4 << 3 | W_##t5 << 4 | W_##t6 << 5,
#include <terrarium/calls.def>
};
#include <terrarium/calls_undef.h>

static void the_table_has_everything_that_is_written(void)
{
    size_t count;
    const struct row *row = rows(&count);
    uint32_t found[TR_CALL_LIMIT] = {0};

    for (size_t i = 0; i < count; i++) {
        found[row[i].number] |= 1u << row[i].word;
    }
    for (int number = 0; number < TR_CALL_LIMIT; number++) {
        if (found[number] != written[number]) {
            check_failed(number, found[number]);
        }
    }
}

const struct check_case check_cases[] = {
    CHECK_ROW(TR_DRIVER, nothing_is_written_before_a_page_that_can_only_be_read),
    CHECK_ROW(TR_DRIVER, nothing_is_written_before_a_guard),
    CHECK_ROW(TR_DRIVER, the_table_has_everything_that_is_written),
    CHECK_END,
};
