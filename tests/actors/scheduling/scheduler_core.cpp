// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/scheduler_core.hpp"

#include "actors/scheduling/lane.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::test;

namespace {

constexpr auto ann = client_id{1};
constexpr auto ben = client_id{2};
constexpr auto e0 = engine_id{0};
constexpr auto e1 = engine_id{1};
constexpr auto other_work = function_id{2};

task_scheduler_config small_config() {
  task_scheduler_config cfg;
  cfg.hwm = 4;
  cfg.client_tasks = 100;
  cfg.client_bytes = 1000;
  cfg.engine_bytes = 500;
  cfg.engine_wait = 30s;
  return cfg;
}

std::vector<task_number> numbers(const std::vector<reported_task>& xs) {
  std::vector<task_number> result;
  for (auto& x : xs)
    result.push_back(x.number);
  return result;
}

std::vector<std::string> arguments(const std::vector<dispatched_task>& xs) {
  std::vector<std::string> result;
  for (auto& x : xs)
    result.push_back(x.arguments);
  return result;
}

using strings = std::vector<std::string>;

struct fixture : test::lane {
  fixture() : test::lane(small_config()) {
    add(ann);
    flush();
  }

  /// Adds engines and ends the round.
  void with(std::vector<engine_id> ids) {
    for (auto id : ids)
      add(id);
    flush();
  }

  scheduler_status status() const {
    return core.status();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(scheduler_core_suite, fixture)

// -- the usual way ------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_client_gets_credit_when_it_joins) {
  add(ben);
  auto sent = flush();
  BOOST_TEST(sent.credits[ben] == 1u);
  BOOST_TEST(sent.refusals.empty());
}

BOOST_AUTO_TEST_CASE(a_task_goes_to_an_engine_and_back) {
  with({e0});
  auto frame = buffer::copy_of("a large array");
  submit(ann, {{.number = 7, .arguments = "abc", .frames = {frame}}});
  auto sent = flush();
  BOOST_REQUIRE(sent.dispatched[e0].size() == 1u);
  auto& x = sent.dispatched[e0].front();
  BOOST_TEST((x.function == work));
  BOOST_TEST(x.attempt == 1u);
  BOOST_TEST(x.arguments == "abc");
  BOOST_REQUIRE(x.frames.size() == 1u);
  BOOST_TEST(x.frames[0].data() == frame.data()); // by reference
  answer(e0, {x});
  sent = flush();
  BOOST_REQUIRE(sent.reported[ann].size() == 1u);
  auto& y = sent.reported[ann].front();
  BOOST_TEST(y.number == 7u);
  BOOST_TEST((y.outcome == wire::Outcome::Ok));
  BOOST_TEST((y.engine == e0)); // whatever the engine says
  BOOST_TEST(y.attempts == 1u);
  BOOST_TEST(status().accepted == 1u);
  BOOST_TEST(status().reported == 1u);
  BOOST_TEST(status().engines.front().done == 1u);
}

BOOST_AUTO_TEST_CASE(frames_of_results_are_passed_by_reference) {
  with({e0});
  submit(ann, tasks(1, 1));
  auto key = flush().dispatched[e0].front().key;
  auto frame = buffer::copy_of("a large result");
  result_batch_builder builder{batch_kind::results};
  builder.add({key, 1, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0}, {}, {&frame, 1});
  core.receive(builder.finish(peer_of(e0)));
  auto sent = flush();
  BOOST_TEST(sent.reported[ann].front().frames.at(0).data() == frame.data());
}

BOOST_AUTO_TEST_CASE(what_arrives_together_leaves_together) {
  with({e0});
  submit(ann, tasks(1, 2));
  submit(ann, tasks(3, 3));
  auto sent = flush();
  BOOST_TEST(sent.batches == 1u);
  auto xs = sent.dispatched[e0];
  BOOST_TEST((arguments(xs) == strings{"1", "2", "3"}));
  answer(e0, {xs[0]});
  answer(e0, {xs[1], xs[2]});
  sent = flush();
  BOOST_TEST(sent.batches == 1u);
  BOOST_TEST(
    (numbers(sent.reported[ann]) == std::vector<task_number>{1, 2, 3}));
}

BOOST_AUTO_TEST_CASE(tasks_are_handed_out_in_order_and_within_the_hwm) {
  with({e0, e1});
  submit(ann, tasks(1, 10));
  auto sent = flush();
  BOOST_TEST((arguments(sent.dispatched[e1]) == strings{"1", "3", "5", "7"}));
  BOOST_TEST((arguments(sent.dispatched[e0]) == strings{"2", "4", "6", "8"}));
  BOOST_TEST(status().queued == 2u);
  answer(e0, {sent.dispatched[e0][0]});
  sent = flush();
  BOOST_TEST((arguments(sent.dispatched[e0]) == strings{"9"}));
  BOOST_TEST(sent.dispatched[e1].empty());
}

BOOST_AUTO_TEST_CASE(clients_get_their_own_results) {
  with({e0});
  add(ben);
  submit(ann, tasks(1, 1));
  submit(ben, tasks(1, 2));
  auto sent = flush();
  answer(e0, sent.dispatched[e0]);
  sent = flush();
  BOOST_TEST(sent.reported[ann].size() == 1u);
  BOOST_TEST(sent.reported[ben].size() == 2u);
}

BOOST_AUTO_TEST_CASE(large_batches_are_split) {
  auto cfg = small_config();
  cfg.hwm = 1000;
  cfg.client_tasks = 1000;
  cfg.client_bytes = 1 << 20;
  cfg.engine_bytes = 1 << 20;
  test::lane big{cfg};
  big.add(ann);
  big.add(e0);
  big.submit(ann, tasks(1, 400));
  big.submit(ann, tasks(401, 800));
  auto sent = big.flush();
  BOOST_TEST(sent.batches == 2u);
  BOOST_TEST(sent.dispatched[e0].size() == 800u);
  auto& xs = sent.dispatched[e0];
  big.answer(e0, {xs.begin(), xs.begin() + 400});
  big.answer(e0, {xs.begin() + 400, xs.end()});
  sent = big.flush();
  BOOST_TEST(sent.batches == 2u);
  BOOST_TEST(sent.reported[ann].size() == 800u);
}

// -- errors and retries -------------------------------------------------------

BOOST_AUTO_TEST_CASE(an_error_is_reported) {
  with({e0});
  submit(ann, tasks(1, 1));
  answer(e0, flush().dispatched[e0], wire::Outcome::Error);
  auto sent = flush();
  auto& x = sent.reported[ann].at(0);
  BOOST_TEST((x.outcome == wire::Outcome::Error));
  BOOST_TEST(x.why.message == "message");
  BOOST_TEST(status().engines.front().failed == 1u);
}

BOOST_AUTO_TEST_CASE(a_task_runs_again_after_an_error_while_retries_are_left) {
  with({e0});
  submit(ann, tasks(1, 1, 1, 2));
  for (auto attempt = 1u; attempt <= 3; ++attempt) {
    auto sent = flush();
    BOOST_TEST(sent.reported[ann].empty());
    BOOST_REQUIRE(sent.dispatched[e0].size() == 1u);
    BOOST_TEST(sent.dispatched[e0][0].attempt == attempt);
    answer(e0, sent.dispatched[e0], wire::Outcome::Error);
  }
  auto sent = flush();
  BOOST_TEST(sent.dispatched[e0].empty());
  BOOST_TEST(sent.reported[ann].at(0).attempts == 3u);
  BOOST_TEST(status().redispatched == 2u);
}

BOOST_AUTO_TEST_CASE(timeouts_and_aborts_are_not_retried) {
  with({e0});
  for (auto outcome : {wire::Outcome::Timeout, wire::Outcome::Aborted}) {
    auto number = status().accepted + 1;
    submit(ann, tasks(number, number, 1, 5));
    answer(e0, flush().dispatched[e0], outcome);
    BOOST_TEST((flush().reported[ann].at(0).outcome == outcome));
  }
}

// -- loss of engines ----------------------------------------------------------

BOOST_AUTO_TEST_CASE(tasks_of_a_lost_engine_run_elsewhere) {
  with({e0, e1});
  submit(ann, tasks(1, 2, 2));
  auto lost = flush().dispatched[e1];
  BOOST_TEST((arguments(lost) == strings{"1"}));
  core.lose(e1);
  auto sent = flush();
  BOOST_TEST((arguments(sent.dispatched[e0]) == strings{"1"}));
  BOOST_TEST(sent.dispatched[e0][0].attempt == 2u);
  BOOST_TEST(sent.reported[ann].empty());
  BOOST_TEST(status().redispatched == 1u);
}

BOOST_AUTO_TEST_CASE(a_task_without_attempts_left_ends_as_lost_once) {
  with({e0, e1});
  submit(ann, tasks(1, 2));
  flush();
  core.lose(e1);
  auto sent = flush();
  BOOST_REQUIRE(sent.reported[ann].size() == 1u);
  auto& x = sent.reported[ann][0];
  BOOST_TEST(x.number == 1u);
  BOOST_TEST((x.outcome == wire::Outcome::EngineLost));
  BOOST_TEST((x.engine == e1));
  BOOST_TEST(x.attempts == 1u);
  BOOST_TEST(x.why.type == "engine_lost");
  BOOST_TEST(x.why.message.find("engine-1") != std::string::npos);
  core.lose(e1);
  BOOST_TEST(flush().reported.empty());
}

BOOST_AUTO_TEST_CASE(recovered_tasks_come_first_in_their_old_order) {
  with({e0, e1});
  submit(ann, tasks(1, 12, 3)); // e1: 1 3 5 7, e0: 2 4 6 8, wait: 9 to 12
  auto first = flush();
  core.lose(e1);
  BOOST_TEST(flush().dispatched.empty()); // e0 is at its hwm
  answer(e0, first.dispatched[e0]);
  BOOST_TEST((arguments(flush().dispatched[e0]) //
              == strings{"1", "3", "5", "7"}));
}

BOOST_AUTO_TEST_CASE(losses_after_each_other_keep_the_order) {
  auto e2 = engine_id{2};
  with({e0, e1, e2}); // e2: 1 4 7 10, e1: 2 5 8 11, e0: 3 6 9 12
  submit(ann, tasks(1, 14, 5));
  auto first = flush();
  core.lose(e2);
  flush();
  core.lose(e1);
  flush();
  auto busy = first.dispatched[e0];
  strings order;
  while (!busy.empty()) {
    answer(e0, busy);
    busy = flush().dispatched[e0];
    for (auto& x : busy)
      order.push_back(x.arguments);
  }
  BOOST_TEST((order
              == strings{"1", "2", "4", "5", "7", "8", "10", "11", "13", //
                         "14"}));
}

BOOST_AUTO_TEST_CASE(late_results_of_a_lost_engine_are_dropped) {
  with({e0, e1});
  submit(ann, tasks(1, 1, 2));
  auto old = flush().dispatched[e1];
  core.lose(e1);
  auto again = flush().dispatched[e0];
  answer(e1, old);
  auto sent = flush();
  BOOST_TEST(sent.reported.empty());
  BOOST_TEST(status().dropped == 1u);
  BOOST_REQUIRE(sent.refusals.size() == 1u);
  BOOST_TEST((sent.refusals[0].second == wire::RefusalCode::UnknownPeer));
  answer(e0, again);
  BOOST_TEST(flush().reported[ann].size() == 1u);
}

BOOST_AUTO_TEST_CASE(results_for_another_attempt_or_engine_are_dropped) {
  with({e0, e1});
  submit(ann, tasks(1, 1, 1, 1));
  auto first = flush().dispatched[e1];
  answer(e0, first); // not its task
  BOOST_TEST(flush().reported.empty());
  answer(e1, first, wire::Outcome::Error);
  auto second = flush().dispatched; // another attempt
  answer(e1, first);
  answer(e0, first);
  BOOST_TEST(flush().reported.empty());
  BOOST_TEST(status().dropped == 3u);
  answer(e0, second[e0]);
  BOOST_TEST(flush().reported[ann].size() == 1u);
  answer(e0, second[e0]); // twice
  BOOST_TEST(flush().reported.empty());
  BOOST_TEST(status().dropped == 4u);
}

BOOST_AUTO_TEST_CASE(an_engine_cannot_declare_itself_lost) {
  with({e0});
  submit(ann, tasks(1, 1));
  auto xs = flush().dispatched[e0];
  for (auto bad : {wire::Outcome::Impossible, wire::Outcome::EngineLost,
                   wire::Outcome{77}})
    answer(e0, xs, bad);
  BOOST_TEST(flush().reported.empty());
  BOOST_TEST(status().dropped == 3u);
  answer(e0, xs);
  BOOST_TEST(flush().reported[ann].size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_engine_that_joins_again_gets_its_tasks_again) {
  with({e0});
  submit(ann, tasks(1, 1, 2));
  auto old = flush().dispatched[e0];
  core.receive(join_message(peer_of(engine_id{50}), token_of(e0)));
  auto sent = flush();
  auto again = sent.dispatched[engine_id{50}]; // the new connection
  BOOST_REQUIRE(again.size() == 1u);
  BOOST_TEST(again[0].attempt == 2u);
  answer(engine_id{50}, old); // the old attempt
  BOOST_TEST(flush().reported.empty());
  answer(engine_id{50}, again);
  BOOST_TEST((flush().reported[ann].at(0).engine == e0));
}

BOOST_AUTO_TEST_CASE(joining_twice_from_one_connection_changes_nothing) {
  with({e0});
  submit(ann, tasks(1, 1));
  auto xs = flush().dispatched[e0];
  core.receive(join_message(peer_of(e0), token_of(e0)));
  BOOST_TEST(flush().dispatched.empty());
  answer(e0, xs);
  BOOST_TEST(flush().reported[ann].size() == 1u);
}

// -- no engines, unknown functions --------------------------------------------

BOOST_AUTO_TEST_CASE(tasks_wait_for_the_first_engine) {
  advance(5s);
  submit(ann, tasks(1, 2));
  BOOST_TEST(flush().reported.empty());
  BOOST_TEST(core.needs_tick());
  advance(29s);
  BOOST_TEST(flush().reported.empty());
  add(e0);
  BOOST_TEST(flush().dispatched[e0].size() == 2u);
  BOOST_TEST(!core.needs_tick());
}

BOOST_AUTO_TEST_CASE(tasks_do_not_wait_for_ever_for_an_engine) {
  submit(ann, tasks(1, 1));
  flush();
  advance(10s);
  submit(ann, tasks(2, 2));
  advance(19999ms);
  BOOST_TEST(flush().reported.empty());
  advance(1ms);
  auto sent = flush();
  BOOST_REQUIRE(sent.reported[ann].size() == 1u);
  auto& x = sent.reported[ann][0];
  BOOST_TEST(x.number == 1u);
  BOOST_TEST((x.outcome == wire::Outcome::Impossible));
  BOOST_TEST((x.engine == no_engine));
  BOOST_TEST(x.why.type == "no_engines");
  advance(10s);
  BOOST_TEST((numbers(flush().reported[ann]) == std::vector<task_number>{2}));
  BOOST_TEST(!core.needs_tick());
}

BOOST_AUTO_TEST_CASE(the_wait_begins_anew_when_the_last_engine_is_lost) {
  with({e0});
  submit(ann, tasks(1, 6, 2));
  flush();
  advance(100s);
  BOOST_TEST(flush().reported.empty());
  core.lose(e0);
  BOOST_TEST(flush().reported.empty());
  BOOST_TEST(core.needs_tick());
  advance(29999ms);
  BOOST_TEST(flush().reported.empty());
  advance(1ms);
  auto sent = flush();
  BOOST_TEST(sent.reported[ann].size() == 6u);
  BOOST_TEST(sent.reported[ann][0].why.type == "no_engines");
}

BOOST_AUTO_TEST_CASE(a_task_that_no_engine_knows_is_impossible_at_once) {
  with({e0});
  submit(ann, {{.number = 1, .function = other_work}, {.number = 2}});
  auto sent = flush();
  BOOST_REQUIRE(sent.reported[ann].size() == 1u);
  auto& x = sent.reported[ann][0];
  BOOST_TEST(x.number == 1u);
  BOOST_TEST((x.outcome == wire::Outcome::Impossible));
  BOOST_TEST(x.why.type == "unknown_function");
  BOOST_TEST(x.attempts == 0u);
  BOOST_TEST(sent.dispatched[e0].size() == 1u);
}

BOOST_AUTO_TEST_CASE(unknown_functions_show_when_the_first_engine_joins) {
  submit(ann, {{.number = 1, .function = other_work}, {.number = 2}});
  BOOST_TEST(flush().reported.empty());
  add(e0);
  auto sent = flush();
  BOOST_TEST((numbers(sent.reported[ann]) == std::vector<task_number>{1}));
  BOOST_TEST(sent.dispatched[e0].size() == 1u);
}

BOOST_AUTO_TEST_CASE(tasks_go_only_to_engines_that_know_them) {
  add(e0, {work});
  add(e1, {other_work, work}); // in any order
  flush();
  std::vector<task_spec> xs;
  for (auto number = task_number{1}; number <= 6; ++number)
    xs.push_back({.number = number, .function = other_work});
  xs.push_back({.number = 7});
  submit(ann, xs);
  auto sent = flush();
  BOOST_TEST(sent.dispatched[e1].size() == 4u); // its hwm
  BOOST_TEST(sent.dispatched[e0].size() == 1u); // overtakes what cannot run
  BOOST_TEST((sent.dispatched[e0][0].function == work));
  core.lose(e1);
  sent = flush();
  BOOST_TEST(sent.dispatched.empty());
  BOOST_TEST(sent.reported[ann].size() == 6u);
}

// -- clients ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(tasks_of_a_lost_client_are_dropped) {
  with({e0});
  submit(ann, tasks(1, 6));
  auto running = flush().dispatched[e0];
  core.lose(ann);
  flush();
  BOOST_TEST(status().queued == 0u);
  BOOST_TEST(status().engines.front().load == 4u); // still busy with them
  answer(e0, running);
  auto sent = flush();
  BOOST_TEST(sent.messages.empty());
  BOOST_TEST(status().engines.front().load == 0u);
}

BOOST_AUTO_TEST_CASE(a_client_lost_in_the_round_of_its_results_gets_none) {
  with({e0});
  submit(ann, tasks(1, 2, 2, 2));
  auto running = flush().dispatched[e0];
  answer(e0, {running[0]});
  answer(e0, {running[1]}, wire::Outcome::Error);
  core.lose(ann);
  core.lose(e0);
  BOOST_TEST(flush().messages.empty());
}

BOOST_AUTO_TEST_CASE(credit_is_enforced_and_comes_back_with_results) {
  with({e0});
  submit(ann, tasks(1, 100));
  auto sent = flush();
  submit(ann, tasks(101, 101));
  auto refused = flush();
  BOOST_REQUIRE(refused.refusals.size() == 1u);
  BOOST_TEST((refused.refusals[0].second == wire::RefusalCode::Limit));
  BOOST_TEST(status().dropped == 1u);
  answer(e0, {sent.dispatched[e0][0]});
  submit(ann, tasks(101, 101));
  BOOST_TEST(flush().refusals.empty());
}

BOOST_AUTO_TEST_CASE(a_submit_beyond_the_credit_is_refused_as_a_whole) {
  submit(ann, tasks(1, 101));
  BOOST_TEST(flush().refusals.size() == 1u);
  BOOST_TEST(status().accepted == 0u);
  BOOST_TEST(status().queued == 0u);
}

BOOST_AUTO_TEST_CASE(byte_credit_lets_one_large_task_pass_alone) {
  auto large = std::string(2000, 'x');
  submit(ann, {{.number = 1, .arguments = large}});
  BOOST_TEST(flush().refusals.empty());
  submit(ann, {{.number = 2, .arguments = "x"}});
  BOOST_TEST(flush().refusals.size() == 1u);
  add(ben);
  submit(ben, {{.number = 1}, {.number = 2, .arguments = large}});
  BOOST_TEST(flush().refusals.size() == 1u);
  auto frame = buffer::adopt(std::vector<char>(1001));
  submit(ben, {{.number = 3}, {.number = 4, .frames = {frame}}});
  BOOST_TEST(flush().refusals.size() == 1u); // payload counts too
}

BOOST_AUTO_TEST_CASE(numbers_of_tasks_must_ascend) {
  for (auto& bad : {std::vector<task_spec>{{.number = 0}},
                    std::vector<task_spec>{{.number = 2}, {.number = 2}},
                    std::vector<task_spec>{{.number = 3}, {.number = 2}},
                    std::vector<task_spec>{{.number = direct_number}},
                    std::vector<task_spec>{{.number = 2, .attempts = 0}}}) {
    submit(ann, bad);
    auto sent = flush();
    BOOST_REQUIRE(sent.refusals.size() == 1u);
    BOOST_TEST((sent.refusals[0].second == wire::RefusalCode::Malformed));
  }
  submit(ann, tasks(1, 5));
  BOOST_TEST(flush().refusals.empty());
  submit(ann, tasks(5, 6));
  BOOST_TEST(flush().refusals.size() == 1u);
  BOOST_TEST(status().accepted == 5u);
  BOOST_TEST(status().dropped == 6u);
}

BOOST_AUTO_TEST_CASE(a_client_that_joins_again_gets_what_waited) {
  with({e0});
  submit(ann, tasks(1, 2));
  auto xs = flush().dispatched[e0];
  answer(e0, {xs[0]});
  auto results = flush().messages.at(0);
  core.take_back(ec::peer_gone, results);
  auto sent = flush();
  BOOST_TEST((sent.gone_clients == std::vector{ann}));
  answer(e0, {xs[1]});
  BOOST_TEST(flush().messages.empty()); // kept
  auto new_peer = peer_of(client_id{60});
  core.receive(join_message(new_peer, token_of(ann)));
  sent = flush();
  BOOST_TEST(
    (numbers(sent.reported[client_id{60}]) == std::vector<task_number>{1, 2}));
}

BOOST_AUTO_TEST_CASE(results_for_a_slow_client_are_sent_again) {
  with({e0});
  submit(ann, tasks(1, 1));
  answer(e0, flush().dispatched[e0]);
  auto results = flush().messages.at(0);
  core.take_back(ec::peer_full, results);
  BOOST_TEST(flush().messages.empty());
  BOOST_TEST(core.needs_tick());
  advance(1s);
  BOOST_TEST(flush().reported[ann].size() == 1u);
  BOOST_TEST(!core.needs_tick());
}

// -- engines that cannot be reached, byte credit ------------------------------

BOOST_AUTO_TEST_CASE(a_dispatch_to_a_gone_engine_does_not_count_as_attempt) {
  with({e0, e1});
  submit(ann, tasks(1, 1));
  auto sent = flush();
  BOOST_REQUIRE(sent.dispatched[e1].size() == 1u);
  core.take_back(ec::peer_gone, sent.messages.at(0));
  sent = flush();
  BOOST_TEST((sent.gone_engines == std::vector{e1}));
  BOOST_REQUIRE(sent.dispatched[e0].size() == 1u);
  BOOST_TEST(sent.dispatched[e0][0].attempt == 1u);
  submit(ann, tasks(2, 3));
  sent = flush();
  BOOST_TEST(sent.dispatched[e0].size() == 2u);
  BOOST_TEST(sent.gone_engines.empty());
  core.lose(e1);
  BOOST_TEST(flush().messages.empty());
}

BOOST_AUTO_TEST_CASE(a_dispatch_that_is_too_much_counts_as_attempt) {
  with({e0});
  submit(ann, tasks(1, 1, 2));
  auto sent = flush();
  core.take_back(ec::peer_full, sent.messages.at(0));
  sent = flush();
  BOOST_TEST(sent.gone_engines.empty());
  BOOST_TEST(sent.dispatched[e0].at(0).attempt == 2u);
  core.take_back(ec::peer_full, sent.messages.at(0));
  BOOST_TEST((flush().reported[ann].at(0).outcome //
              == wire::Outcome::EngineLost));
}

BOOST_AUTO_TEST_CASE(an_engine_gets_so_many_bytes_unless_it_is_idle) {
  with({e0, e1});
  auto half = std::string(300, 'x');
  submit(ann, {{.number = 1, .arguments = half},
               {.number = 2, .arguments = half},
               {.number = 3, .arguments = half},
               {.number = 4}});
  auto sent = flush();
  BOOST_TEST(sent.dispatched[e0].size() == 1u);
  BOOST_TEST(sent.dispatched[e1].size() == 1u);
  BOOST_TEST(status().queued == 2u); // the small one does not overtake
  answer(e0, sent.dispatched[e0]);
  sent = flush();
  BOOST_TEST(sent.dispatched[e0].size() == 1u);
  BOOST_TEST(sent.dispatched[e1].size() == 1u);
  answer(e0, sent.dispatched[e0]);
  flush();
  submit(ann, {{.number = 5, .arguments = std::string(600, 'x')}});
  BOOST_TEST(flush().dispatched[e0].size() == 1u);
}

BOOST_AUTO_TEST_CASE(the_hwm_adapts_to_the_time_of_tasks) {
  auto cfg = small_config();
  cfg.hwm = 0;
  test::lane adaptive{cfg};
  adaptive.add(ann);
  adaptive.add(e0);
  adaptive.submit(ann, tasks(1, 100));
  auto xs = adaptive.flush().dispatched[e0];
  BOOST_TEST(xs.size() == 1u); // nothing is known yet
  adaptive.core.receive(results_message(e0, {xs[0].key}, wire::Outcome::Ok, //
                                        100'000));
  BOOST_TEST(adaptive.flush().dispatched[e0].size() == 81u);
}

BOOST_AUTO_TEST_CASE(a_slow_round_trip_lets_one_long_task_wait) {
  auto hwm_after = [](std::chrono::milliseconds elapsed, std::uint64_t run_ns) {
    auto cfg = small_config();
    cfg.hwm = 0;
    test::lane adaptive{cfg};
    adaptive.add(ann);
    adaptive.add(e0);
    adaptive.submit(ann, tasks(1, 100));
    auto key = adaptive.flush().dispatched[e0][0].key;
    adaptive.advance(elapsed);
    adaptive.core.receive(results_message(e0, {key}, wire::Outcome::Ok, //
                                          run_ns));
    return adaptive.flush().dispatched[e0].size();
  };
  BOOST_TEST(hwm_after(9ms, 8'000'000) == 2u);
  BOOST_TEST(hwm_after(8ms, 8'000'000) == 1u);
  BOOST_TEST(hwm_after(2000ms, 1'000'000'000) == 1u);
  BOOST_TEST(hwm_after(9ms, 0xFFFFFFFFFFFFFFFF) == 1u); // nonsense
}

// -- strangers and nonsense ---------------------------------------------------

BOOST_AUTO_TEST_CASE(strangers_are_refused) {
  submit(ben, tasks(1, 1));
  core.receive(join_message(peer_of(ben), 4711));
  auto sent = flush();
  BOOST_REQUIRE(sent.refusals.size() == 2u);
  for (auto& [peer, code] : sent.refusals) {
    BOOST_TEST(peer == to_string(ben));
    BOOST_TEST((code == wire::RefusalCode::UnknownPeer));
  }
  BOOST_TEST(status().dropped == 2u);
}

BOOST_AUTO_TEST_CASE(garbage_is_dropped_and_counted) {
  core.receive(multipart{});
  core.receive({peer_of(ann), {buffer::copy_of("no envelope at all")}});
  BOOST_TEST(flush().messages.empty());
  BOOST_TEST(status().dropped == 2u);
}

BOOST_AUTO_TEST_CASE(everybody_has_their_own_messages) {
  with({e0});
  core.receive({peer_of(ann), {pack_ready()}});
  core.receive({peer_of(e0), {pack_credit(1, 1)}});
  auto wrong = submit_message(ann, tasks(1, 1));
  wrong.peer = peer_of(e0);
  core.receive(wrong);
  auto sent = flush();
  BOOST_TEST(sent.refusals.size() == 3u);
  BOOST_TEST(status().dropped == 3u);
  BOOST_TEST(status().accepted == 0u);
}

BOOST_AUTO_TEST_CASE(a_connection_belongs_to_one_peer) {
  with({e0, e1});
  submit(ann, tasks(1, 1, 2));
  BOOST_TEST(flush().dispatched[e1].size() == 1u);
  core.receive(join_message(peer_of(e1), token_of(e0)));
  flush();
  core.lose(e1);
  auto sent = flush();
  BOOST_TEST(sent.dispatched[e1].size() == 1u); // e0 behind e1's connection
  answer(e1, sent.dispatched[e1]);
  BOOST_TEST((flush().reported[ann].at(0).engine == e0));
}

BOOST_AUTO_TEST_CASE(results_that_cannot_be_read_are_dropped) {
  with({e0});
  submit(ann, tasks(1, 1));
  auto xs = flush().dispatched[e0];
  auto frame = buffer::copy_of("payload");
  result_batch_builder builder{batch_kind::results};
  builder.add({xs[0].key, 1, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0}, {}, {&frame, 1});
  auto message = builder.finish(peer_of(e0));
  message.frames.pop_back(); // the entry's frame is not there
  core.receive(std::move(message));
  BOOST_TEST(flush().messages.empty());
  BOOST_TEST(status().dropped == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
