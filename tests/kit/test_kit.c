/* SPDX-License-Identifier: MIT */
/* The kit itself: processes, endings, running, the trace, and that tests do not touch each other.
 */

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <terrarium/kit.h>
#include <unistd.h>

static int64_t gives(void *argument)
{
    return (int64_t)(intptr_t)argument;
}

static int64_t sleeps(void *argument)
{
    (void)argument;
    return tr_thread_sleep(TR_FOREVER);
}

static int64_t says_who(void *argument)
{
    return tr_process_self(argument);
}

static void a_process_has_class_name_and_code(void **state)
{
    struct tr_process_info info;
    uint64_t pid = tr_kit_process(*state, TR_SERVER, "who", says_who, &info);

    tr_kit_finish(*state);
    assert_int_equal(tr_kit_exit_code(*state, pid), pid);
    assert_int_equal(tr_kit_end_reason(*state, pid), TR_EVENT_EXITED);
    assert_int_equal(info.process_class, TR_SERVER);
    assert_string_equal(info.name, "s\\who");
}

static int64_t starts_another(void *argument)
{
    (void)tr_kit_process(argument, TR_APPLICATION, "second", gives, (void *)5);
    return 0;
}

static void processes_start_processes(void **state)
{
    uint64_t pid = tr_kit_process(*state, TR_SERVER, "first", starts_another, *state);

    tr_kit_finish(*state);
    assert_int_equal(tr_kit_exit_code(*state, pid), 0);
    assert_int_equal(tr_kit_exit_code(*state, pid + 1), 5);
}

static void processes_start_between_runs(void **state)
{
    for (uint64_t i = 1; i <= 20; i++) {
        uint64_t pid = tr_kit_process(*state, TR_APPLICATION, "one", gives, (void *)(uintptr_t)i);
        assert_int_equal(pid, i);
        tr_kit_finish(*state);
        assert_int_equal(tr_kit_exit_code(*state, pid), i);
    }
}

static void flags_and_parents_are_kept(void **state)
{
    struct tr_process_info info;
    uint64_t parent = tr_kit_process(*state, TR_SERVER, "parent", sleeps, NULL);
    uint64_t pid = tr_kit_process_with(*state, TR_SERVER, "manager", sleeps, NULL,
                                       TR_SPAWN_MANAGER | TR_SPAWN_SUSPENDED, parent);

    assert_int_equal(tr_kit_run(*state), TR_KIT_IDLE);
    assert_true(tr_kit_info(*state, pid, &info));
    assert_int_equal(info.parent, parent);
    assert_int_equal(info.state, TR_SUSPENDED);
    assert_true((info.flags & TR_SPAWN_MANAGER) != 0);
    assert_false(tr_kit_info(*state, pid + 1, &info));
    assert_false(tr_kit_has_ended(*state, pid));
}

static int64_t kills(void *argument)
{
    return tr_process_terminate(*(uint64_t *)argument, -4);
}

static void endings_tell_killed(void **state)
{
    uint64_t victim = tr_kit_process(*state, TR_APPLICATION, "victim", sleeps, NULL);

    (void)tr_kit_process(*state, TR_SERVER, "killer", kills, &victim);
    tr_kit_finish(*state);
    assert_int_equal(tr_kit_end_reason(*state, victim), TR_EVENT_KILLED);
    assert_int_equal(tr_kit_exit_code(*state, victim), -4);
}

static int64_t shares_variables(void *argument)
{
    int *numbers = malloc(100 * sizeof *numbers);

    assert_non_null(numbers);
    for (int i = 0; i < 100; i++) {
        numbers[i] = i;
    }
    (void)tr_thread_yield();
    *(int *)argument += numbers[99];
    free(numbers);
    return 0;
}

static void processes_share_the_tests_variables(void **state)
{
    int sum = 0;

    for (int i = 0; i < 10; i++) {
        (void)tr_kit_process(*state, TR_APPLICATION, "adds", shares_variables, &sum);
    }
    tr_kit_finish(*state);
    assert_int_equal(sum, 990);
}

static int64_t sends_from_the_hosts_memory(void *argument)
{
    static const char constant[] = "constant";
    char *heap = strdup("heap");
    char stack[] = "stack";
    uint64_t receiver = *(uint64_t *)argument;

    assert_true(tr_message_send(receiver, constant, 8, 0) > 0);
    assert_true(tr_message_send(receiver, heap, 4, 0) > 0);
    assert_true(tr_message_send(receiver, stack, 5, 0) > 0);
    free(heap);
    return 0;
}

static int64_t reads_three(void *argument)
{
    const char *const words[] = {"constant", "heap", "stack"};
    struct tr_event event;
    char body[16];

    (void)argument;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(tr_event_wait(&event, TR_FOREVER), 1);
        assert_int_equal(tr_message_read(event.object, body, sizeof body), strlen(words[i]));
        assert_memory_equal(body, words[i], strlen(words[i]));
    }
    return 0;
}

static void calls_take_every_address_of_the_test(void **state)
{
    uint64_t receiver = tr_kit_process(*state, TR_SERVER, "reads", reads_three, NULL);
    uint64_t sender =
        tr_kit_process(*state, TR_APPLICATION, "sends", sends_from_the_hosts_memory, &receiver);

    tr_kit_finish(*state);
    assert_int_equal(tr_kit_exit_code(*state, sender), 0);
}

static void the_trace_tells_calls_and_ends(void **state)
{
    struct tr_kit *kit = *state;
    struct tr_process_info info;
    size_t position = 0, count;
    uint64_t pid = tr_kit_process(kit, TR_SERVER, "who", says_who, &info);

    tr_kit_finish(kit);
    assert_int_equal(tr_kit_count(kit, TR_TRACE_SPAWN), 1);
    assert_int_equal(tr_kit_count(kit, TR_TRACE_END), 1);
    const struct tr_trace_record *call = tr_kit_next(kit, &position, TR_TRACE_CALL, pid);
    assert_non_null(call);
    assert_int_equal(call->a, TR_NR_process_self);
    const struct tr_trace_record *result = tr_kit_next(kit, &position, TR_TRACE_RESULT, pid);
    assert_non_null(result);
    assert_int_equal(result->b, pid);
    assert_null(tr_kit_next(kit, &position, TR_TRACE_RESULT, pid + 1));
    assert_non_null(tr_kit_trace(kit, &count));
    assert_true(count >= 4);
}

static int64_t takes_and_gives_pages(void *argument)
{
    int64_t va = tr_memory_allocate(1, 0, TR_READ | TR_WRITE);

    *(int64_t *)argument = va;
    return tr_memory_release((uint64_t)va, 1);
}

/* Where a window lies is the host's choice: under Valgrind it is another place. */
static void the_trace_shows_addresses_by_their_place_in_the_window(void **state)
{
    struct tr_kit *kit = *state;
    size_t position = 0;
    int64_t va = 0;
    uint64_t pid = tr_kit_process(kit, TR_APPLICATION, "pages", takes_and_gives_pages, &va);

    tr_kit_finish(kit);
    assert_int_equal(tr_kit_exit_code(kit, pid), 0);
    const struct tr_trace_record *result = tr_kit_next(kit, &position, TR_TRACE_RESULT, pid);
    assert_non_null(result);
    assert_int_equal(result->a, TR_NR_memory_allocate);
    assert_true(result->b < (uint64_t)va);
    const struct tr_trace_record *release = tr_kit_next(kit, &position, TR_TRACE_CALL, pid);
    assert_non_null(release);
    assert_int_equal(release->a, TR_NR_memory_release);
    assert_int_equal(release->b, result->b);
}

static int64_t random_words(void *argument)
{
    uint64_t word, key;

    (void)argument;
    (void)tr_random(&word, sizeof word);
    (void)tr_pipe_create(&key);
    return (int64_t)(word ^ key);
}

static uint64_t hash_of_seed(uint64_t seed)
{
    struct tr_kit *kit = tr_kit_create(&(struct tr_kit_options){.seed = seed});

    (void)tr_kit_process(kit, TR_APPLICATION, "one", random_words, NULL);
    (void)tr_kit_process(kit, TR_APPLICATION, "two", random_words, NULL);
    tr_kit_finish(kit);
    uint64_t hash = tr_kit_trace_hash(kit);
    tr_kit_destroy(kit);
    return hash;
}

static void equal_seeds_give_equal_runs_and_others_differ(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 50; seed++) {
        assert_int_equal(hash_of_seed(seed), hash_of_seed(seed));
    }
    assert_int_not_equal(hash_of_seed(1), hash_of_seed(2));
}

static void the_census_counts(void **state)
{
    struct tr_kit_census before, after;

    tr_kit_census(*state, &before);
    (void)tr_kit_process(*state, TR_SERVER, "one", sleeps, NULL);
    (void)tr_kit_process(*state, TR_SERVER, "two", sleeps, NULL);
    (void)tr_kit_run(*state);
    tr_kit_census(*state, &after);
    tr_kit_audit(*state);
    assert_int_equal(before.processes, 0);
    assert_int_equal(after.processes, 2);
    assert_int_equal(after.threads, 2);
    assert_true(after.frames_free < before.frames_free);
}

static int64_t fills_itself(void *argument)
{
    char byte = 0;
    int64_t own = tr_process_self(NULL);

    (void)argument;
    return tr_message_send((uint64_t)own, &byte, 1, 0);
}

static void allocations_fail_when_told(void **state)
{
    (void)tr_kit_fail_allocation(*state, 0, false);
    uint64_t pid = tr_kit_process(*state, TR_APPLICATION, "sends", fills_itself, NULL);
    tr_kit_finish(*state);
    assert_true(tr_kit_exit_code(*state, pid) > 0);
    pid = tr_kit_process(*state, TR_APPLICATION, "sends", fills_itself, NULL);
    (void)tr_kit_fail_allocation(*state, 1, true);
    (void)tr_kit_run(*state);
    (void)tr_kit_fail_allocation(*state, 0, false);
    assert_int_equal(tr_kit_exit_code(*state, pid), TR_E_NOMEM);
    tr_kit_audit(*state);
}

static int64_t pauses(void *argument)
{
    for (int i = 0; i < 3; i++) {
        tr_kit_pause(argument);
    }
    return 9;
}

static void a_pause_ends_the_run_and_the_next_goes_on(void **state)
{
    uint64_t pid = tr_kit_process(*state, TR_SERVER, "pauses", pauses, *state);

    for (int i = 0; i < 3; i++) {
        assert_int_equal(tr_kit_run(*state), TR_KIT_PAUSED);
        assert_false(tr_kit_has_ended(*state, pid));
    }
    tr_kit_finish(*state);
    assert_int_equal(tr_kit_exit_code(*state, pid), 9);
}

static int64_t asks_thrice(void *argument)
{
    int *asked = argument;

    for (int i = 0; i < 3; i++) {
        (void)tr_thread_self();
        (*asked)++;
    }
    return 5;
}

static void a_run_pauses_before_a_call(void **state)
{
    struct tr_kit *kit = *state;
    int asked = 0;
    uint64_t pid = tr_kit_process(kit, TR_SERVER, "asks", asks_thrice, &asked);

    (void)tr_kit_pause_at_call(kit, 2);
    assert_int_equal(tr_kit_run(kit), TR_KIT_PAUSED);
    assert_int_equal(asked, 1);
    assert_int_equal(tr_kit_pause_at_call(kit, 0), 2);
    tr_kit_finish(kit);
    assert_int_equal(asked, 3);
    assert_int_equal(tr_kit_exit_code(kit, pid), 5);
}

static void a_killed_process_goes_at_once(void **state)
{
    struct tr_kit *kit = *state;
    int asked = 0;
    uint64_t pid = tr_kit_process(kit, TR_SERVER, "asks", asks_thrice, &asked);
    uint64_t other = tr_kit_process(kit, TR_APPLICATION, "one", gives, NULL);

    (void)tr_kit_pause_at_call(kit, 2);
    assert_int_equal(tr_kit_run(kit), TR_KIT_PAUSED);
    assert_true(tr_kit_kill(kit, pid));
    assert_false(tr_kit_kill(kit, pid));
    tr_kit_finish(kit);
    assert_int_equal(asked, 1);
    assert_int_equal(tr_kit_end_reason(kit, pid), TR_EVENT_KILLED);
    assert_int_equal(tr_kit_end_reason(kit, other), TR_EVENT_EXITED);
}

static void a_process_may_be_refused(void **state)
{
    struct tr_kit *kit = *state;

    (void)tr_kit_fail_allocation(kit, 1, false);
    assert_int_equal(tr_kit_process_try(kit, TR_SERVER, "one", gives, NULL, 0, 0), TR_E_NOMEM);
    assert_true(tr_kit_process_try(kit, TR_SERVER, "one", gives, NULL, 0, 0) > 0);
    tr_kit_finish(kit);
}

static void two_kits_live_at_once(void **state)
{
    struct tr_kit *other = tr_kit_create(NULL);
    uint64_t first = tr_kit_process(*state, TR_SERVER, "one", gives, (void *)1);
    uint64_t second = tr_kit_process(other, TR_SERVER, "two", gives, (void *)2);

    tr_kit_finish(other);
    tr_kit_finish(*state);
    assert_int_equal(tr_kit_exit_code(*state, first), 1);
    assert_int_equal(tr_kit_exit_code(other, second), 2);
    tr_kit_destroy(other);
}

static void a_machine_without_trace_runs(void **state)
{
    struct tr_kit *kit =
        tr_kit_create(&(struct tr_kit_options){.no_trace = true, .no_invariant_checks = true});
    size_t count;

    (void)state;
    (void)tr_kit_process(kit, TR_SERVER, "one", gives, NULL);
    tr_kit_finish(kit);
    (void)tr_kit_trace(kit, &count);
    assert_int_equal(count, 0);
    tr_kit_destroy(kit);
}

static void a_thousand_kits_leak_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < 1000; i++) {
        struct tr_kit *kit = tr_kit_create(NULL);
        (void)tr_kit_process(kit, TR_SERVER, "one", sleeps, NULL);
        (void)tr_kit_run(kit);
        tr_kit_destroy(kit);
    }
}

/* The host's mapping that holds this address; what it allows in `rights`. */
static void mapping_of(uintptr_t address, uintptr_t *low, uintptr_t *high, char rights[5])
{
    char line[512];
    FILE *maps = fopen("/proc/self/maps", "re");

    assert_non_null(maps);
    *low = *high = 0;
    while (*high == 0 && fgets(line, sizeof line, maps) != NULL) {
        uintptr_t from, to;
        if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %4s", &from, &to, rights) == 3 &&
            address >= from && address < to) {
            *low = from;
            *high = to;
        }
    }
    fclose(maps);
}

static int64_t tells_its_place(void *argument)
{
    *(uintptr_t *)argument = (uintptr_t)__builtin_frame_address(0);
    return 0;
}

/* interface.md 3: at least 1 MiB that nothing is in. */
static void below_a_stack_is_a_hole(void **state)
{
    uintptr_t place = 0, low, high;
    char rights[5];

    (void)tr_kit_process(*state, TR_APPLICATION, "one", tells_its_place, &place);
    tr_kit_finish(*state);
    mapping_of(place, &low, &high, rights);
    assert_string_equal(rights, "rw-p");
    assert_true(place > low);
    mapping_of(low - 1, &low, &high, rights);
    assert_string_equal(rights, "---p");
    assert_true(high - low >= (uintptr_t)1 << 20);
}

static void errors_have_names_and_sentences(void **state)
{
    (void)state;
    assert_string_equal(tr_error_name(TR_E_PEER), "TR_E_PEER");
    assert_string_equal(tr_error_name(0), "TR_OK");
    assert_string_equal(tr_error_name(-99), "TR_E_?");
    assert_non_null(tr_error_text(-99));
}

#define KIT_TEST(function) cmocka_unit_test_setup_teardown(function, tr_kit_setup, tr_kit_teardown)

static volatile sig_atomic_t traps;

static void count_trap(int number)
{
    (void)number;
    traps++;
}

static int64_t is_trapped_twice(void *argument)
{
    (void)argument;
    raise(SIGTRAP);
    raise(SIGTRAP);
    return tr_thread_yield();
}

static void a_signal_that_is_sent_reaches_the_handler_of_before(void **state)
{
    struct sigaction before, counting = {.sa_handler = count_trap};

    traps = 0;
    sigaction(SIGTRAP, &counting, &before);
    uint64_t pid = tr_kit_process(*state, TR_APPLICATION, "trapped", is_trapped_twice, NULL);
    tr_kit_finish(*state);
    sigaction(SIGTRAP, &before, NULL);
    assert_int_equal(traps, 2);
    assert_int_equal(tr_kit_exit_code(*state, pid), 0);
}

static void without_a_handler_it_ends_the_host_process(void **state)
{
    (void)state;
    int status = 0;
    pid_t child = fork();

    if (child == 0) {
        void *own = NULL; /* timers do not come along */
        signal(SIGTRAP, SIG_DFL);
        tr_kit_setup(&own);
        (void)tr_kit_process(own, TR_APPLICATION, "trapped", is_trapped_twice, NULL);
        tr_kit_finish(own);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGTRAP);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        KIT_TEST(a_process_has_class_name_and_code),
        KIT_TEST(a_signal_that_is_sent_reaches_the_handler_of_before),
        KIT_TEST(without_a_handler_it_ends_the_host_process),
        KIT_TEST(processes_start_processes),
        KIT_TEST(processes_start_between_runs),
        KIT_TEST(flags_and_parents_are_kept),
        KIT_TEST(endings_tell_killed),
        KIT_TEST(processes_share_the_tests_variables),
        KIT_TEST(calls_take_every_address_of_the_test),
        KIT_TEST(the_trace_tells_calls_and_ends),
        KIT_TEST(the_trace_shows_addresses_by_their_place_in_the_window),
        cmocka_unit_test(equal_seeds_give_equal_runs_and_others_differ),
        KIT_TEST(the_census_counts),
        KIT_TEST(allocations_fail_when_told),
        KIT_TEST(a_pause_ends_the_run_and_the_next_goes_on),
        KIT_TEST(a_run_pauses_before_a_call),
        KIT_TEST(a_killed_process_goes_at_once),
        KIT_TEST(a_process_may_be_refused),
        KIT_TEST(two_kits_live_at_once),
        cmocka_unit_test(a_machine_without_trace_runs),
        cmocka_unit_test(a_thousand_kits_leak_nothing),
        KIT_TEST(below_a_stack_is_a_hole),
        cmocka_unit_test(errors_have_names_and_sentences),
    };

    return cmocka_run_group_tests_name("kit", tests, NULL, NULL);
}
