/* SPDX-License-Identifier: MIT */
/* Death everywhere: in every scenario each party is killed before every kernel entry, between the
 * steps of long calls too. The others go on, the audit is clean, and nothing is left when everybody
 * has ended. */

#include "scene.h"
#include "tests/share.h"

/* Kills the party before an entry, 0: nobody. Gives how many entries there were. */
static uint64_t run(const struct scenario *scenario, uint64_t victim, uint64_t entry)
{
    struct scene *scene = scene_begin(scenario);

    scene->victim = victim;
    scene->kill_at = entry;
    scenario->run(scene);
    uint64_t entries = scene->entries;
    scene_end(scene);
    return entries;
}

static void each_party_may_die_before_every_entry(void **state)
{
    (void)state;
    for (size_t i = 0; i < scenario_count; i++) {
        uint64_t entries = run(&scenarios[i], 0, 0);
        print_message("%s: %llu entries\n", scenarios[i].name, (unsigned long long)entries);
        for (uint64_t victim = 0; victim < SCENE_PARTIES; victim++) {
            for (uint64_t entry = 1; entry <= entries; entry += test_share()) {
                (void)run(&scenarios[i], victim, entry);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_party_may_die_before_every_entry),
    };

    return cmocka_run_group_tests_name("sweep_kill", tests, NULL, NULL);
}
