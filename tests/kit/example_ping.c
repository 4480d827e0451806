/* SPDX-License-Identifier: MIT */
/* A user's whole test: a server that answers calls, a client that makes one.
 * Build: cc example_ping.c $(pkg-config --cflags --libs terrarium-kit) */
#include <string.h>
#include <terrarium/kit.h>

static int64_t pong(void *argument)
{
    struct tr_event event;
    char body[8];

    (void)argument;
    assert_int_equal(tr_message_reply_wait(0, NULL, 0, &event, body, sizeof body), 4);
    assert_memory_equal(body, "ping", 4);
    return tr_message_reply(event.object, "pong", 4);
}

static int64_t ping(void *argument)
{
    char reply[8];

    assert_int_equal(tr_message_call(*(uint64_t *)argument, "ping", 4, reply, 8, TR_FOREVER), 4);
    assert_memory_equal(reply, "pong", 4);
    return 0;
}

static void a_call_is_answered(void **state)
{
    uint64_t server = tr_kit_process(*state, TR_SERVER, "pong", pong, NULL);
    uint64_t client = tr_kit_process(*state, TR_APPLICATION, "ping", ping, &server);

    tr_kit_finish(*state);
    assert_int_equal(tr_kit_exit_code(*state, client), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_call_is_answered, tr_kit_setup, tr_kit_teardown)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
