/* SPDX-License-Identifier: MIT */
/* The kit from C++: the same ping as in example_ping.c. Built outside the tree by
 * test_installed.sh where there is a C++ compiler. */

#include <terrarium/kit.h>

static int64_t pong(void *)
{
    tr_event event{};
    char body[4];
    assert_int_equal(tr_message_reply_wait(0, nullptr, 0, &event, body, 4), 4);
    assert_int_equal(tr_message_reply(event.object, "pong", 4), 0);
    return 0;
}

static int64_t ping(void *argument)
{
    auto server = static_cast<uint64_t *>(argument);
    char reply[4];
    assert_int_equal(tr_message_call(*server, "ping", 4, reply, 4, TR_FOREVER), 4);
    return 0;
}

static void a_call_is_answered(void **state)
{
    auto kit = static_cast<tr_kit *>(*state);
    uint64_t server = tr_kit_process(kit, TR_APPLICATION, "pong", pong, nullptr);
    uint64_t client = tr_kit_process(kit, TR_APPLICATION, "ping", ping, &server);
    tr_kit_finish(kit);
    assert_int_equal(tr_kit_exit_code(kit, client), 0);
}

int main()
{
    const CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_call_is_answered, tr_kit_setup, tr_kit_teardown),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
