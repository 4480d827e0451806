/* SPDX-License-Identifier: MIT */
/* Storms: processes of all classes make calls of all kinds with words that often mean something,
 * are killed, interrupted and refused memory. Nobody looks at results: the kit checks the
 * invariants after every entry and that nothing is left. A storm is its seed's: STORM=seed repeats
 * one. */

#include <stdio.h>
#include <stdlib.h>
#include <terrarium/kit.h>

#include "tests/share.h"

#define STORMS     24
#define CALLS      5000
#define PARTIES    9
#define ROUNDS     400
#define ROUND_NS   50000
#define BUFFER     20000
#define REMEMBERED 64

static struct tr_kit *kit;
static uint64_t state_of_dice, calls_left;
static uint8_t buffers[8][BUFFER];
/* What calls gave: pipes and shared memories with their keys, addresses. */
static uint64_t ids[REMEMBERED], keys[REMEMBERED], addresses[REMEMBERED];
static size_t id_count, address_count;

static uint64_t dice(uint64_t sides)
{
    state_of_dice ^= state_of_dice << 13;
    state_of_dice ^= state_of_dice >> 7;
    state_of_dice ^= state_of_dice << 17;
    return state_of_dice % sides;
}

static void *buffer(void)
{
    return buffers[dice(8)];
}

static uint64_t length(void)
{
    return dice(3) != 0 ? dice(200) : dice(BUFFER);
}

static uint64_t number(void)
{
    size_t one = id_count == 0 ? 0 : dice(id_count);

    switch (dice(8)) {
    case 0:
        return dice(10000);
    case 1:
        return ids[one];
    case 2:
        return keys[one];
    case 3:
        return address_count == 0 ? 0 : addresses[dice(address_count)];
    case 4:
        return (uint64_t)tr_clock() + dice(3000000);
    default:
        return dice(16);
    }
}

/* ---- Any call, with words of the right types: a view of calls.def ---- */

#define G_u64            number()
#define G_u32            number()
#define G_i64            number()
#define G_entry          UINT64_C(0)
#define BUFFER_WORD      (uint64_t)(uintptr_t) buffer()
#define G_in             BUFFER_WORD
#define G_out            BUFFER_WORD
#define G_o_id           BUFFER_WORD
#define G_x_id           BUFFER_WORD
#define G_o_process_info BUFFER_WORD
#define G_o_thread_info  BUFFER_WORD
#define G_o_memory_info  BUFFER_WORD
#define G_o_pipe_info    BUFFER_WORD
#define G_o_shared_info  BUFFER_WORD
#define G_o_event        BUFFER_WORD
#define G_o_dma          BUFFER_WORD
#define G_o_device_info  BUFFER_WORD
#define G_o_system_info  BUFFER_WORD
#define G_o_boot_module  BUFFER_WORD
#define G_i_spawn        BUFFER_WORD
#define G_x_vm86         BUFFER_WORD

static void any_call(uint64_t nr)
{
    switch (nr) {
#define CASE(n, ...)                                                                               \
    case n:                                                                                        \
        (void)tr_call(n, __VA_ARGS__);                                                             \
        break;
#define TR_CALL0(n, name, r, s, t)                         CASE(n, 0, 0, 0, 0, 0, 0)
#define TR_CALL1(n, name, r, s, t, a, p)                   CASE(n, G_##a, 0, 0, 0, 0, 0)
#define TR_CALL2(n, name, r, s, t, a, p, b, q)             CASE(n, G_##a, G_##b, 0, 0, 0, 0)
#define TR_CALL3(n, name, r, s, t, a, p, b, q, c, u)       CASE(n, G_##a, G_##b, G_##c, 0, 0, 0)
#define TR_CALL4(n, name, r, s, t, a, p, b, q, c, u, d, v) CASE(n, G_##a, G_##b, G_##c, G_##d, 0, 0)
#define TR_CALL5(n, name, r, s, t, a, p, b, q, c, u, d, v, e, w)                                   \
    CASE(n, G_##a, G_##b, G_##c, G_##d, G_##e, 0)
#define TR_CALL6(n, name, r, s, t, a, p, b, q, c, u, d, v, e, w, f, x)                             \
    CASE(n, G_##a, G_##b, G_##c, G_##d, G_##e, G_##f)
#include <terrarium/calls.def>
#include <terrarium/calls_undef.h>
    default:
        break;
    }
}

/* ---- Calls that need more than luck ---- */

static int64_t acts(void *unused);

static int64_t thread_acts(uint64_t unused)
{
    (void)unused;
    return acts(NULL);
}

static void remember(int64_t id, uint64_t key, uint64_t va)
{
    if (id <= 0) {
        return;
    }
    size_t one = id_count < REMEMBERED ? id_count++ : dice(REMEMBERED);
    ids[one] = (uint64_t)id;
    keys[one] = key;
    if (va != 0 && address_count < REMEMBERED) {
        addresses[address_count++] = va;
    }
}

static void make_something(void)
{
    uint64_t key = 0, va = 0;
    char name[] = {(char)('a' + dice(3)), dice(2) != 0 ? '\\' : '\0', (char)('b' + dice(2)), '\0'};
    int64_t result;

    switch (dice(6)) {
    case 0:
        result = tr_pipe_create(&key);
        remember(result, key, 0);
        break;
    case 1:
        result = tr_shared_create(1 + dice(300), (uint32_t)dice(4), 0, &key, &va);
        remember(result, key, va);
        break;
    case 2:
        result = tr_memory_allocate(16, 0, TR_READ | TR_WRITE);
        if (result > 0) {
            (void)tr_thread_create(thread_acts, 0, (uint64_t)result + 16 * TR_PAGE_SIZE,
                                   (uint32_t)dice(4));
        }
        break;
    case 3:
        (void)tr_device_create(name, 0, dice(9));
        break;
    case 4:
        (void)tr_device_watch(name, dice(9));
        break;
    default:
        result = tr_memory_allocate(1 + dice(600), 0, (uint32_t)dice(4));
        remember(result, 0, (uint64_t)result);
        break;
    }
}

static void join_something(void)
{
    uint64_t va = 0;
    size_t one = id_count == 0 ? 0 : dice(id_count);

    (void)tr_pipe_join(ids[one], keys[one]);
    (void)tr_shared_join(ids[one], keys[one], 0, (uint32_t)dice(4), &va);
}

static void move_bytes(void)
{
    uint64_t id = id_count == 0 ? 1 : ids[dice(id_count)];
    struct tr_event event;

    switch (dice(7)) {
    case 0:
        (void)tr_pipe_read(id, buffer(), length(), (uint32_t)dice(4));
        break;
    case 1:
        (void)tr_pipe_write(id, buffer(), length(), (uint32_t)dice(4));
        break;
    case 2:
        (void)tr_message_send(1 + dice(20), buffer(), length(), dice(9));
        break;
    case 3:
        (void)tr_message_call(1 + dice(20), buffer(), length(), buffer(), length(), dice(3000000));
        break;
    case 4:
        (void)tr_message_reply_wait(dice(2) * dice(300), buffer(), length(), &event, buffer(),
                                    length());
        break;
    case 5:
        (void)tr_message_read(dice(300), buffer(), length());
        break;
    default:
        (void)tr_message_reply(dice(300), buffer(), length());
        break;
    }
}

static void sleep_somehow(void)
{
    struct tr_event events[20];

    if (dice(2) == 0) {
        (void)tr_thread_sleep((uint64_t)tr_clock() + dice(100000));
    } else {
        (void)tr_event_take(events, 1 + dice(20), dice(2000000));
    }
}

/* Left to the above, or too deadly to be frequent, or with a length that would need checking. */
static bool is_left_out(uint64_t nr)
{
    static const uint8_t never[] = {
        TR_NR_process_spawn, TR_NR_process_restrict,   TR_NR_process_map,    TR_NR_process_fork,
        TR_NR_process_load,  TR_NR_memory_clear,       TR_NR_message_read,   TR_NR_message_reply,
        TR_NR_message_call,  TR_NR_message_send,       TR_NR_pipe_read,      TR_NR_pipe_write,
        TR_NR_event_take,    TR_NR_event_wait,         TR_NR_thread_sleep,   TR_NR_random,
        TR_NR_system_stop,   TR_NR_system_reboot,      TR_NR_vm86_enter,     TR_NR_port_in_string,
        TR_NR_thread_create, TR_NR_message_reply_wait, TR_NR_port_out_string};
    static const uint8_t seldom[] = {TR_NR_process_exit,       TR_NR_thread_exit,
                                     TR_NR_process_terminate,  TR_NR_thread_terminate,
                                     TR_NR_process_suspend,    TR_NR_thread_suspend,
                                     TR_NR_process_drop_class, TR_NR_message_accept};

    for (size_t i = 0; i < sizeof never; i++) {
        if (never[i] == nr) {
            return true;
        }
    }
    for (size_t i = 0; i < sizeof seldom; i++) {
        if (seldom[i] == nr) {
            return dice(10) != 0;
        }
    }
    return false;
}

static int64_t acts(void *unused)
{
    (void)unused;
    while (calls_left > 0) {
        uint64_t nr = dice(TR_CALL_LIMIT);
        calls_left--;
        switch (dice(8)) {
        case 0:
            make_something();
            break;
        case 1:
            join_something();
            break;
        case 2:
        case 3:
            move_bytes();
            break;
        case 4:
            sleep_somehow();
            break;
        default:
            if (!is_left_out(nr)) {
                any_call(nr);
            }
            break;
        }
    }
    return 0;
}

static void start_one(uint64_t parent)
{
    (void)tr_kit_process_try(kit, (enum tr_class)dice(3), "acts", acts, NULL, 0, parent);
}

static void storm(uint64_t seed)
{
    state_of_dice = UINT64_C(0x9e3779b97f4a7c15) * (seed + 1);
    id_count = address_count = 0;
    calls_left = CALLS;
    kit = tr_kit_create(&(struct tr_kit_options){.no_trace = true});
    for (size_t i = 0; i < PARTIES; i++) {
        start_one(0);
    }
    if (seed % 3 == 0) {
        (void)tr_kit_fail_allocation(kit, 1 + dice(3000), dice(2) != 0);
    }
    for (size_t i = 0; i < ROUNDS && calls_left > 0; i++) {
        (void)tr_kit_run_until(kit, tr_kit_time(kit) + ROUND_NS);
        if (dice(3) == 0) {
            (void)tr_kit_kill(kit, 1 + dice(20));
        }
        tr_kit_raise(kit, (uint32_t)dice(16));
        start_one(1 + dice(5));
    }
    (void)tr_kit_fail_allocation(kit, 0, false);
    tr_kit_audit(kit);
    tr_kit_destroy(kit);
}

static void storms_leave_nothing(void **state)
{
    const char *only = getenv("STORM");

    (void)state;
    for (uint64_t seed = 0; seed < STORMS; seed += test_share()) {
        storm(only != NULL ? strtoull(only, NULL, 10) : seed);
        if (calls_left == CALLS) {
            fail_msg("storm %llu: nobody acted", (unsigned long long)seed);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(storms_leave_nothing)};

    return cmocka_run_group_tests_name("storm", tests, NULL, NULL);
}
