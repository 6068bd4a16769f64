// SPDX-License-Identifier: BSL-1.0

// Tasks that the scheduler hands out before the one that they come after ended.

#include "actors/scheduling/lane.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>
#include <utility>

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::test;

namespace {

constexpr auto ann = client_id{1};
constexpr auto e0 = engine_id{0};
constexpr auto e1 = engine_id{1};
constexpr auto ok = wire::Outcome::Ok;
constexpr auto error = wire::Outcome::Error;
constexpr auto skipped = wire::Outcome::Skipped;

using names = std::vector<std::string>;

/// A task with the given ones before it.
task_spec after(task_number number, std::vector<std::uint64_t> others) {
  task_spec x{
    .number = number, .attempts = 2, .arguments = std::to_string(number)};
  x.demand.after = static_cast<std::uint32_t>(others.size());
  x.demand.flags = demand_flags::success;
  x.references = std::move(others);
  return x;
}

task_spec plain(task_number number, std::uint8_t retries = 0) {
  return {.number = number,
          .attempts = 2,
          .retries = retries,
          .arguments = std::to_string(number)};
}

/// Tasks from 1 to `last`, each after the one before.
std::vector<task_spec> chain(task_number last, std::uint8_t retries = 0) {
  std::vector<task_spec> result{plain(1, retries)};
  for (task_number n = 2; n <= last; ++n)
    result.push_back(after(n, {n - 1}));
  return result;
}

struct fixture {
  fixture() {
    restart(4);
  }

  /// Begins again with engines that may have `hwm` tasks.
  void restart(std::uint32_t hwm) {
    task_scheduler_config cfg;
    cfg.hwm = hwm;
    lane.emplace(cfg);
    running.clear();
    ended.clear();
    lane->add(ann);
    lane->add(e0);
    round();
  }

  void round() {
    auto sent = lane->flush();
    BOOST_TEST(sent.refusals.empty());
    for (auto& [id, xs] : sent.dispatched)
      for (auto& x : xs)
        running[id].push_back(x);
    for (auto& x : sent.reported[ann])
      BOOST_TEST(ended.emplace(x.number, x).second);
  }

  void send(const std::vector<task_spec>& xs) {
    lane->submit(ann, xs);
    round();
  }

  /// Answers the first tasks that an engine has, in one round.
  void answer(engine_id id, const std::vector<wire::Outcome>& outcomes) {
    for (auto outcome : outcomes) {
      auto& xs = running[id];
      BOOST_REQUIRE(!xs.empty());
      lane->answer(id, {xs.front()}, outcome);
      xs.erase(xs.begin());
    }
    round();
  }

  /// What an engine has; those that came early with a plus.
  names at(engine_id id) {
    names result;
    for (auto& x : running[id])
      result.push_back((x.behind != 0 ? "+" : "") + x.arguments);
    return result;
  }

  std::string how(task_number number) {
    auto i = ended.find(number);
    return i == ended.end()          ? "it did not end"
           : i->second.outcome == ok ? "ok"
                                     : i->second.why.type;
  }

  std::optional<test::lane> lane;
  std::map<engine_id, std::vector<dispatched_task>> running;
  std::map<task_number, reported_task> ended;
};

} // namespace

#define CHECK_TASKS(id, ...)                                                   \
  BOOST_TEST(at(id) == (names{__VA_ARGS__}), boost::test_tools::per_element())

BOOST_FIXTURE_TEST_SUITE(early_suite, fixture)

// -- what goes early ----------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_chain_fills_one_engine) {
  lane->add(e1);
  send(chain(6));
  CHECK_TASKS(e0, );
  CHECK_TASKS(e1, "1", "+2", "+3", "+4");
  auto& xs = running[e1];
  for (std::size_t i = 1; i < xs.size(); ++i)
    BOOST_TEST(xs[i].behind == xs[i - 1].key);
  auto last = xs.back().key;
  answer(e1, {ok, ok});
  CHECK_TASKS(e1, "+3", "+4", "+5", "+6");
  BOOST_TEST(running[e1][2].behind == last); // of an earlier message
  answer(e1, {ok, ok, ok, ok});
  for (task_number n = 1; n <= 6; ++n) {
    BOOST_TEST(how(n) == "ok");
    BOOST_TEST(ended[n].attempts == 1u);
  }
}

BOOST_AUTO_TEST_CASE(a_chain_that_comes_link_by_link_goes_early) {
  send({plain(1)});
  send({after(2, {1})});
  send({after(3, {2})});
  CHECK_TASKS(e0, "1", "+2", "+3");
}

BOOST_AUTO_TEST_CASE(no_task_goes_early_to_an_engine_with_one_place) {
  restart(1);
  send(chain(3));
  CHECK_TASKS(e0, "1");
  answer(e0, {ok});
  CHECK_TASKS(e0, "2");
}

BOOST_AUTO_TEST_CASE(ready_tasks_take_the_room_first) {
  send(chain(3));
  CHECK_TASKS(e0, "1", "+2", "+3");
  send({plain(4), plain(5), after(6, {3})});
  CHECK_TASKS(e0, "1", "+2", "+3", "4");
  answer(e0, {ok});
  CHECK_TASKS(e0, "+2", "+3", "4", "5"); // 6 is not behind 3 any more
  answer(e0, {ok, ok, ok});
  CHECK_TASKS(e0, "5", "6");
}

BOOST_AUTO_TEST_CASE(chains_spread_over_engines) {
  lane->add(e1);
  round();
  send({plain(1), plain(2), plain(3), after(4, {1}), after(5, {2}),
        after(6, {3})});
  CHECK_TASKS(e1, "1", "3", "+6");
  CHECK_TASKS(e0, "2", "+5");
  answer(e0, {ok, ok});
  answer(e1, {ok});
  CHECK_TASKS(e0, "4"); // not behind 3, which is another chain's
}

BOOST_AUTO_TEST_CASE(only_plain_links_go_early) {
  auto limited = after(2, {1});
  limited.demand.queue_ms = 1000;
  auto follower = after(2, {1});
  std::swap(follower.demand.after, follower.demand.follow);
  follower.demand.flags = demand_flags::success << demand_flags::follow_shift;
  auto aimed = after(2, {1});
  aimed.demand.targets = 1;
  aimed.references.push_back(0);
  auto repair = after(2, {1});
  repair.demand.flags = demand_flags::failure;
  auto foreign = after(2, {1});
  foreign.function = function_id{2};
  for (auto& x : {limited, follower, aimed, repair, foreign}) {
    restart(4);
    lane->add(e1, {function_id{2}});
    round();
    send({plain(1), x});
    CHECK_TASKS(e0, "1");
    BOOST_TEST(running[e1].empty());
  }
}

BOOST_AUTO_TEST_CASE(tasks_with_several_heirs_go_alone) {
  send({plain(1), after(2, {1}), after(3, {1})});
  CHECK_TASKS(e0, "1");
  answer(e0, {ok});
  CHECK_TASKS(e0, "2", "3");
}

BOOST_AUTO_TEST_CASE(the_last_of_several_predecessors_may_have_an_heir) {
  send({plain(1), plain(2), after(3, {1, 2})});
  CHECK_TASKS(e0, "1", "2");
  answer(e0, {ok});
  CHECK_TASKS(e0, "2", "+3");
}

// -- what becomes of them -----------------------------------------------------

BOOST_AUTO_TEST_CASE(links_behind_a_failed_one_are_unreachable) {
  send(chain(6));
  answer(e0, {ok, error});
  CHECK_TASKS(e0, "+3", "+4", "+5", "+6"); // the engine skips them
  answer(e0, {skipped, skipped, skipped, skipped});
  CHECK_TASKS(e0, );
  BOOST_TEST(how(1) == "ok");
  BOOST_TEST(how(2) == "type");
  for (task_number n = 3; n <= 6; ++n) {
    BOOST_TEST(how(n) == "unreachable_dependency");
    BOOST_TEST(ended[n].attempts == 0u);
  }
}

BOOST_AUTO_TEST_CASE(links_behind_a_retried_one_wait_for_it) {
  send(chain(4, 1));
  answer(e0, {error, skipped, skipped, skipped});
  CHECK_TASKS(e0, "1"); // alone
  answer(e0, {ok});
  CHECK_TASKS(e0, "2", "+3", "+4");
  answer(e0, {ok, ok, ok});
  BOOST_TEST(ended[1].attempts == 2u);
  for (task_number n = 2; n <= 4; ++n)
    BOOST_TEST(ended[n].attempts == 1u);
}

BOOST_AUTO_TEST_CASE(a_link_that_fails_waits_before_it_runs_again) {
  auto tasks = chain(2, 1);
  tasks[1].retries = 1;
  tasks[1].demand.retry_ms = 100;
  send(tasks);
  CHECK_TASKS(e0, "1", "+2");
  answer(e0, {ok, error}); // one message tells both
  CHECK_TASKS(e0, );
  lane->advance(99ms);
  round();
  CHECK_TASKS(e0, );
  lane->advance(1ms);
  round();
  CHECK_TASKS(e0, "2");
}

BOOST_AUTO_TEST_CASE(a_link_that_is_rejected_waits_before_it_runs_again) {
  send(chain(2));
  auto xs = std::exchange(running[e0], {});
  lane->answer(e0, {xs.front()});
  lane->core.receive(rejection_message(e0, xs.back().key, 100ms));
  round();
  CHECK_TASKS(e0, );
  lane->advance(100ms);
  round();
  CHECK_TASKS(e0, "2");
}

BOOST_AUTO_TEST_CASE(a_skip_may_come_late) {
  send(chain(3, 1));
  answer(e0, {error});
  CHECK_TASKS(e0, "+2", "+3", "1");
  answer(e0, {skipped, skipped, ok});
  CHECK_TASKS(e0, "2", "+3");
}

BOOST_AUTO_TEST_CASE(no_link_goes_twice_behind_the_same_attempt) {
  send(chain(2));
  auto first = running[e0].front();
  running[e0].erase(running[e0].begin());
  answer(e0, {skipped}); // the engine did not get the first one
  CHECK_TASKS(e0, );
  lane->answer(e0, {first});
  round();
  CHECK_TASKS(e0, "2");
}

BOOST_AUTO_TEST_CASE(a_skip_of_what_did_not_go_early_is_dropped) {
  send({plain(1)});
  lane->answer(e0, running[e0], skipped);
  round();
  BOOST_TEST(lane->core.status().dropped == 1u);
  answer(e0, {ok});
  BOOST_TEST(how(1) == "ok");
}

BOOST_AUTO_TEST_CASE(links_of_a_lost_engine_run_in_order_elsewhere) {
  send(chain(5));
  answer(e0, {ok});
  CHECK_TASKS(e0, "+2", "+3", "+4", "+5");
  lane->add(e1);
  lane->core.lose(e0);
  round();
  for (auto n : {"2", "3", "4", "5"}) {
    CHECK_TASKS(e1, n); // alone: one of them may have ended the engine
    answer(e1, {ok});
  }
  for (task_number n = 2; n <= 5; ++n) {
    BOOST_TEST(how(n) == "ok");
    BOOST_TEST(ended[n].attempts == 2u);
  }
}

BOOST_AUTO_TEST_CASE(a_link_that_may_have_run_once_does_not_run_again) {
  auto tasks = chain(3);
  tasks[1].attempts = 1;
  send(tasks);
  lane->add(e1);
  lane->core.lose(e0);
  round();
  BOOST_TEST(how(2) == "engine_lost");
  BOOST_TEST(how(3) == "unreachable_dependency");
  CHECK_TASKS(e1, "1");
}

BOOST_AUTO_TEST_CASE(what_was_not_delivered_does_not_count) {
  lane->submit(ann, chain(3));
  auto sent = lane->flush();
  lane->add(e1);
  for (auto& message : sent.messages)
    lane->core.take_back(ec::peer_gone, message);
  round();
  CHECK_TASKS(e1, "1", "+2", "+3");
  answer(e1, {ok, ok, ok});
  BOOST_TEST(ended[3].attempts == 1u);
}

BOOST_AUTO_TEST_CASE(cancelled_links_end_as_cancelled) {
  send(chain(4));
  lane->core.cancel(ann, {0, cancel_mode::dequeue, {{2, 3}}});
  round();
  answer(e0, {ok, wire::Outcome::Aborted, skipped, skipped});
  BOOST_TEST(how(1) == "ok");
  BOOST_TEST((ended[2].outcome == wire::Outcome::Aborted));
  for (task_number n = 3; n <= 4; ++n) {
    BOOST_TEST(how(n) == "cancelled");
    BOOST_TEST(ended[n].attempts == 0u);
  }
}

BOOST_AUTO_TEST_CASE(links_behind_a_cancelled_one_are_unreachable) {
  send(chain(3));
  lane->core.cancel(ann, {0, cancel_mode::stop, {{1, 1}}});
  round();
  answer(e0, {wire::Outcome::Aborted, skipped, skipped});
  BOOST_TEST((ended[1].outcome == wire::Outcome::Aborted));
  BOOST_TEST(how(2) == "unreachable_dependency");
  BOOST_TEST(how(3) == "unreachable_dependency");
}

BOOST_AUTO_TEST_CASE(links_of_a_lost_client_are_forgotten) {
  send(chain(4));
  lane->core.lose(ann);
  round();
  answer(e0, {error, skipped, skipped, ok});
  BOOST_TEST(ended.empty());
  BOOST_TEST(lane->core.status().engines.at(0).load == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
