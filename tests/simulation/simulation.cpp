// SPDX-License-Identifier: BSL-1.0
#include "simulation/world.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>

using namespace troupe::simulation;

BOOST_AUTO_TEST_SUITE(simulation_suite)

BOOST_AUTO_TEST_CASE(a_thousand_clusters_keep_all_promises) {
  auto tasks = std::uint64_t{0};
  auto dispatches = std::uint64_t{0};
  auto early = std::uint64_t{0};
  for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
    auto story = small_story(seed);
    auto ending = run(story);
    if (!ending.violation.empty())
      BOOST_FAIL(ending.violation << '\n' << tell(shrink(story)));
    tasks += ending.tasks;
    dispatches += ending.dispatches;
    early += ending.early;
  }
  BOOST_TEST(tasks > 100000u); // the stories are worth telling
  BOOST_TEST(dispatches > 100000u);
  BOOST_TEST(early > 5000u);
}

BOOST_AUTO_TEST_CASE(clusters_with_long_tasks_keep_all_promises) {
  auto given_back = std::uint64_t{0};
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    auto story = small_story(seed);
    story.world.hwm = 12;
    story.world.most_run = 100 * millisecond;
    auto ending = run(story);
    if (!ending.violation.empty())
      BOOST_FAIL(ending.violation << '\n' << tell(shrink(story)));
    given_back += ending.given_back;
  }
  BOOST_TEST(given_back > 100u);
}

BOOST_AUTO_TEST_CASE(clusters_with_an_hwm_that_adapts_keep_all_promises) {
  auto given_back = std::uint64_t{0};
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    auto story = small_story(seed);
    story.world.hwm = 0;
    auto ending = run(story);
    if (!ending.violation.empty())
      BOOST_FAIL(ending.violation << '\n' << tell(shrink(story)));
    given_back += ending.given_back;
  }
  BOOST_TEST(given_back > 0u);
}

BOOST_AUTO_TEST_CASE(the_actor_keeps_all_promises) {
  auto tasks = std::uint64_t{0};
  auto rounds = std::uint64_t{0};
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    auto story = small_story(seed);
    run_options options{.through_actor = true};
    auto ending = run(story, options);
    if (!ending.violation.empty())
      BOOST_FAIL(ending.violation << '\n'
                                  << tell(shrink(story, options), options));
    tasks += ending.tasks;
    rounds += ending.rounds;
  }
  BOOST_TEST(tasks > 10000u);
  BOOST_TEST(rounds > tasks);
}

BOOST_AUTO_TEST_CASE(the_same_seed_tells_the_same_story) {
  std::set<std::uint64_t> hashes;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    auto first = run(small_story(seed));
    auto second = run(small_story(seed));
    BOOST_TEST(first.hash == second.hash);
    if (first.dispatches > 0)
      BOOST_TEST(hashes.insert(first.hash).second, "seed " << seed);
  }
}

BOOST_AUTO_TEST_CASE(a_large_cluster_keeps_all_promises) {
  auto ending = run(large_story(1, 100, 20000, 20), {.validate_every = 100});
  BOOST_TEST(ending.violation == "");
  BOOST_TEST(ending.tasks == 20000u);
}

BOOST_AUTO_TEST_CASE(a_failing_story_shrinks) {
  // A claim that does not hold: no task is handed out a third time.
  run_options claim{.most_dispatches = 3};
  auto seed = std::uint64_t{1};
  while (run(small_story(seed), claim).violation.empty())
    ++seed;
  auto story = shrink(small_story(seed), claim);
  BOOST_TEST(run(story, claim).violation == "a task is handed out 3 times");
  // Engines, a client, and the tasks up to the one that fails.
  BOOST_TEST(story.events.size() <= 5u);
  auto submitted = std::uint32_t{0};
  for (auto& x : story.events)
    submitted += x.count;
  BOOST_TEST(submitted <= 30u);
  BOOST_TEST(tell(story, claim).find("VIOLATION") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
