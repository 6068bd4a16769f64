// SPDX-License-Identifier: BSL-1.0

#include "troupe/engine/task_runner.hpp"

#include "actors/engine/dispatches.hpp"
#include "troupe/codec/task.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <functional>
#include <future>
#include <stdexcept>
#include <thread>

using namespace std::chrono_literals;
using namespace troupe;
using test::dispatches;
using test::finished_task;

namespace {

// -- functions ----------------------------------------------------------------

/// What the task `step` does: tests look at the runner from inside a task.
std::function<void(int)> during;

int step(int x) {
  if (during)
    during(x);
  return x;
}

/// Takes a while, measured as the runner does.
void be_long() {
  auto end = task_runner::clock::now() + 2 * task_runner::long_run;
  while (task_runner::clock::now() < end)
    ; // nop
}

std::vector<std::byte> make_bytes(std::uint32_t n) {
  return std::vector<std::byte>(n);
}

TROUPE_TASK_AS(step, "runner.step");
TROUPE_TASK_AS(be_long, "runner.be_long");
TROUPE_TASK_AS(make_bytes, "runner.make_bytes");

// -- fixture ------------------------------------------------------------------

/// Runs tasks on the test's own thread.
struct fixture {
  ~fixture() {
    during = nullptr;
  }

  void woken() {
    ++wakes;
    if (take_at_once)
      take();
  }

  /// Queues what was built.
  void dispatch() {
    BOOST_TEST(bool{runner.dispatch(build.view())});
  }

  void dispatch_steps(int first, int last) {
    for (auto i = first; i <= last; ++i)
      build.call(static_cast<std::uint64_t>(i), "runner.step", i);
    dispatch();
  }

  void dispatch_direct(std::vector<int> keys) {
    for (auto i : keys)
      build.call(static_cast<std::uint64_t>(i), "runner.step", i);
    BOOST_TEST(bool{runner.dispatch(build.view(), task_source::direct)});
  }

  void take() {
    auto taken = runner.take_results();
    messages += taken.messages.size();
    test::read_all(std::move(taken.messages), results);
  }

  /// Runs all that is queued, and takes its results.
  void run() {
    while (runner.run_next())
      ; // nop
    take();
  }

  std::vector<std::uint64_t> keys() const {
    std::vector<std::uint64_t> xs;
    for (auto& x : results)
      xs.push_back(x.key);
    return xs;
  }

  int wakes = 0;
  bool take_at_once = false;
  std::size_t messages = 0;
  std::vector<finished_task> results;
  dispatches build;
  task_runner runner{function_registry::global(), [this] { woken(); }};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(task_runner_suite, fixture)

// -- running ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(runs_tasks_in_the_order_of_dispatches) {
  dispatch_steps(1, 3);
  dispatch_steps(4, 5);
  BOOST_TEST(runner.queued() == 5u);
  run();
  BOOST_TEST(keys() == (std::vector<std::uint64_t>{1, 2, 3, 4, 5}),
             boost::test_tools::per_element());
  for (auto& x : results)
    BOOST_TEST(x.get<int>() == static_cast<int>(x.key));
  BOOST_TEST(runner.queued() == 0u);
  BOOST_TEST(runner.done() == 5u);
}

BOOST_AUTO_TEST_CASE(one_bad_task_spoils_no_other) {
  build.call(1, "runner.step", 1).call(2, "nobody").call(3, "runner.step", 3);
  dispatch();
  run();
  BOOST_REQUIRE(results.size() == 3u);
  BOOST_TEST(results[0].get<int>() == 1);
  BOOST_TEST(results[1].why().type == "unknown_function");
  BOOST_TEST(results[2].get<int>() == 3);
}

BOOST_AUTO_TEST_CASE(sentences_name_the_engine) {
  runner.name("green");
  build.call(1, "nobody");
  dispatch();
  run();
  BOOST_TEST(results.at(0).why().message.find("engine green") == 0u);
}

BOOST_AUTO_TEST_CASE(measures_how_long_a_task_ran_and_when) {
  auto now = [] {
    return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(
        std::chrono::system_clock::now().time_since_epoch())
        .count());
  };
  auto slack = std::uint64_t{1'000'000'000}; // if somebody sets the clock
  auto before = now();
  build.call(1, "runner.be_long").call(2, "runner.step", 2);
  dispatch();
  run();
  auto after = now();
  BOOST_REQUIRE(results.size() == 2u);
  auto run_ns = std::chrono::nanoseconds{results[0].run_ns};
  BOOST_TEST((run_ns >= 2 * task_runner::long_run));
  BOOST_TEST(results[0].started_ns + slack >= before);
  BOOST_TEST(results[1].started_ns
             == results[0].started_ns + results[0].run_ns);
  BOOST_TEST(results[1].started_ns <= after + slack);
}

BOOST_AUTO_TEST_CASE(tells_which_task_runs_now) {
  std::vector<std::uint64_t> seen;
  during = [&](int) { seen.push_back(runner.current()); };
  BOOST_TEST(runner.current() == 0u);
  dispatch_steps(1, 3);
  run();
  BOOST_TEST(seen == (std::vector<std::uint64_t>{1, 2, 3}),
             boost::test_tools::per_element());
  BOOST_TEST(runner.current() == 0u);
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_dispatch) {
  auto ping = dispatches::view_of(multipart{{pack_ping(1)}});
  auto answer = runner.dispatch(std::move(ping));
  BOOST_REQUIRE(!answer);
  BOOST_TEST((answer.error() == ec::unexpected_message));
  BOOST_TEST(runner.queued() == 0u);
}

BOOST_AUTO_TEST_CASE(large_results_are_split_over_messages) {
  constexpr auto size = std::uint32_t{limits::batch_frame_bytes} / 2;
  for (auto key = 1u; key <= 5; ++key)
    build.call(key, "runner.make_bytes", size);
  dispatch();
  run();
  BOOST_TEST(results.size() == 5u);
  BOOST_TEST(messages == 3u);
  BOOST_TEST(results[4].get<buffer>().size() == size);
}

// -- tasks that were handed out early -----------------------------------------

BOOST_AUTO_TEST_CASE(early_tasks_run_behind_those_that_end_well) {
  build.call(1, "runner.step", 1).call_early(2, "runner.step", 2);
  dispatch();
  build.behind(2).call_early(3, "runner.step", 3);
  dispatch();
  run();
  BOOST_REQUIRE(results.size() == 3u);
  BOOST_TEST(results[1].get<int>() == 2);
  BOOST_TEST(results[2].get<int>() == 3);
  BOOST_TEST(runner.done() == 3u);
}

BOOST_AUTO_TEST_CASE(early_tasks_behind_a_failed_one_are_skipped) {
  build.call(1, "nobody").call_early(2, "runner.step", 2);
  build.call_early(3, "runner.step", 3).call(4, "runner.step", 4);
  dispatch();
  auto ran = 0;
  during = [&](int) { ++ran; };
  run();
  BOOST_REQUIRE(results.size() == 4u);
  BOOST_TEST((results[1].outcome == wire::Outcome::Skipped));
  BOOST_TEST((results[2].outcome == wire::Outcome::Skipped));
  BOOST_TEST(results[2].bytes.empty());
  BOOST_TEST(results[3].get<int>() == 4);
  BOOST_TEST(ran == 1);
  BOOST_TEST(runner.done() == 2u); // a task that was skipped is not done
}

BOOST_AUTO_TEST_CASE(early_tasks_whose_predecessor_is_not_here_are_skipped) {
  dispatch_steps(1, 1);
  build.behind(7).call_early(2, "runner.step", 2); // 7 was lost on its way
  dispatch();
  build.call_early(3, "runner.step", 3); // behind nothing at all
  dispatch();
  run();
  BOOST_REQUIRE(results.size() == 3u);
  BOOST_TEST((results[1].outcome == wire::Outcome::Skipped));
  BOOST_TEST((results[2].outcome == wire::Outcome::Skipped));
}

BOOST_AUTO_TEST_CASE(early_tasks_behind_a_cancelled_one_are_skipped) {
  build.call(1, "runner.step", 1).call_early(2, "runner.step", 2);
  dispatch();
  runner.control().revoke(std::vector<std::uint64_t>{1}, false);
  run();
  BOOST_REQUIRE(results.size() == 2u);
  BOOST_TEST((results[0].outcome == wire::Outcome::Aborted));
  BOOST_TEST((results[1].outcome == wire::Outcome::Skipped));
}

BOOST_AUTO_TEST_CASE(direct_calls_do_not_come_between) {
  build.call(1, "runner.step", 1).call_early(2, "runner.step", 2);
  dispatch();
  during = [&](int x) {
    if (x == 1)
      dispatch_direct({9});
  };
  run();
  BOOST_REQUIRE(results.size() == 2u);
  BOOST_TEST(results[1].get<int>() == 2);
}

// -- tasks that the scheduler wants back
// ---------------------------------------

BOOST_AUTO_TEST_CASE(gives_back_the_last_tasks) {
  dispatch_steps(1, 3);
  dispatch_steps(4, 5);
  runner.give_back(3);
  BOOST_TEST(runner.queued() == 2u);
  run();
  BOOST_REQUIRE(results.size() == 5u);
  for (auto i : {0, 1, 2})
    BOOST_TEST((results[i].outcome == wire::Outcome::Skipped));
  BOOST_TEST(results[2].key == 3u);
  BOOST_TEST(results[3].get<int>() == 1);
  BOOST_TEST(results[4].get<int>() == 2);
  BOOST_TEST(runner.queued() == 0u);
  BOOST_TEST(runner.done() == 2u);
}

BOOST_AUTO_TEST_CASE(gives_back_what_waits_behind_the_running_task) {
  dispatch_steps(1, 4);
  during = [&](int x) {
    if (x == 2)
      runner.give_back(9);
  };
  run();
  BOOST_REQUIRE(results.size() == 4u);
  BOOST_TEST(results[0].get<int>() == 1);
  BOOST_TEST((results[1].outcome == wire::Outcome::Skipped));
  BOOST_TEST((results[2].outcome == wire::Outcome::Skipped));
  BOOST_TEST(results[3].get<int>() == 2);
  BOOST_TEST(runner.queued() == 0u);
  dispatch_steps(5, 5);
  run();
  BOOST_TEST(results.back().get<int>() == 5);
}

// -- stopping and clearing ----------------------------------------------------

BOOST_AUTO_TEST_CASE(stops_after_the_current_task) {
  during = [&](int x) {
    if (x == 2)
      runner.stop();
  };
  dispatch_steps(1, 4);
  runner.run();
  take();
  BOOST_TEST(results.size() == 2u);
  BOOST_TEST(runner.queued() == 0u);
}

BOOST_AUTO_TEST_CASE(clearing_drops_what_waits_and_what_is_done) {
  during = [&](int x) {
    if (x != 2)
      return;
    runner.clear();                    // in the middle of the first batch
    BOOST_TEST(runner.queued() == 2u); // this batch's, until it is left
    dispatch_steps(10, 11);
  };
  dispatch_steps(1, 4);
  dispatch_steps(5, 6);
  run();
  BOOST_TEST(keys() == (std::vector<std::uint64_t>{10, 11}),
             boost::test_tools::per_element());
  BOOST_TEST(runner.queued() == 0u);
}

BOOST_AUTO_TEST_CASE(clearing_drops_results_that_nobody_took) {
  dispatch_steps(1, 2);
  runner.run_next();
  runner.clear();
  take();
  BOOST_TEST(results.empty());
}

// -- direct calls -------------------------------------------------------------

BOOST_AUTO_TEST_CASE(direct_calls_go_before_all_that_waits) {
  dispatch_steps(1, 2);
  dispatch_steps(3, 3);
  dispatch_direct({11, 12});
  BOOST_TEST(runner.queued() == 5u);
  std::vector<int> order;
  during = [&](int i) { order.push_back(i); };
  run();
  BOOST_TEST(order == (std::vector{11, 12, 1, 2, 3}),
             boost::test_tools::per_element());
  BOOST_TEST(runner.queued() == 0u);
}

BOOST_AUTO_TEST_CASE(direct_calls_wait_for_one_task_only) {
  std::vector<int> order;
  during = [&](int i) {
    order.push_back(i);
    if (i == 1) {
      dispatch_direct({11});
      dispatch_direct({12});
    }
  };
  dispatch_steps(1, 3);
  run();
  BOOST_TEST(order == (std::vector{1, 11, 12, 2, 3}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(results_of_direct_calls_come_apart) {
  dispatch_steps(1, 2);
  dispatch_direct({11});
  while (runner.run_next())
    ; // nop
  auto taken = runner.take_results();
  test::read_all(std::move(taken.direct), results);
  BOOST_TEST(keys() == (std::vector<std::uint64_t>{11}),
             boost::test_tools::per_element());
  results.clear();
  test::read_all(std::move(taken.messages), results);
  BOOST_TEST(keys() == (std::vector<std::uint64_t>{1, 2}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(clearing_drops_direct_calls) {
  dispatch_direct({11});
  runner.run_next();
  dispatch_direct({12});
  runner.clear();
  BOOST_TEST(runner.queued() == 0u);
  BOOST_TEST(!runner.run_next());
  BOOST_TEST(runner.take_results().direct.empty());
}

// -- cancelled tasks, and limits ----------------------------------------------

BOOST_AUTO_TEST_CASE(says_why_a_task_had_to_stop) {
  during = [&](int x) {
    std::vector<std::uint64_t> self{runner.current()};
    if (x == 2) // as somebody does who looks at the clock
      while (task_runner::clock::now() < runner.control().running_limit()->at)
        ; // nop
    runner.control().revoke(self, true);
    throw std::runtime_error("stopped");
  };
  build.call(1, "runner.step", 1).limit(3'600'000);
  build.call(2, "runner.step", 2).limit(1);
  build.call(3, "runner.step", 3);
  dispatch();
  run();
  BOOST_REQUIRE(results.size() == 3u);
  BOOST_TEST((results[0].outcome == wire::Outcome::Aborted));
  BOOST_TEST((results[1].outcome == wire::Outcome::Timeout));
  BOOST_TEST((results[2].outcome == wire::Outcome::Aborted));
}

// -- waking -------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(wakes_once_until_results_are_taken) {
  for (auto key = 1u; key <= 5; ++key)
    build.call(key, "runner.be_long");
  dispatch();
  dispatch_steps(6, 6);
  run();
  BOOST_TEST(wakes == 1);
  BOOST_TEST(results.size() == 6u);
  dispatch_steps(7, 7);
  run();
  BOOST_TEST(wakes == 2);
}

BOOST_AUTO_TEST_CASE(wakes_after_each_long_task) {
  take_at_once = true;
  for (auto key = 1u; key <= 5; ++key)
    build.call(key, "runner.be_long");
  dispatch();
  run();
  BOOST_TEST(wakes == 5);
}

BOOST_AUTO_TEST_CASE(wakes_at_the_end_of_each_dispatch) {
  take_at_once = true;
  std::vector<std::size_t> taken;
  during = [&](int) { taken.push_back(results.size()); };
  dispatch_steps(1, 1);
  dispatch_steps(2, 2);
  dispatch_steps(3, 3);
  run();
  BOOST_TEST(taken == (std::vector<std::size_t>{0, 1, 2}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(short_tasks_share_messages) {
  take_at_once = true;
  dispatch_steps(1, 200);
  run();
  BOOST_TEST(results.size() == 200u);
  // One behind the first task, one at the end; more if this thread was slow.
  BOOST_TEST(messages < 20u);
}

BOOST_AUTO_TEST_CASE(the_first_short_task_behind_a_long_one_wakes) {
  take_at_once = true;
  std::vector<std::size_t> taken;
  during = [&](int) { taken.push_back(results.size()); };
  build.call(1, "runner.be_long")
    .call(2, "runner.step", 2)
    .call(3, "runner.step", 3);
  dispatch();
  run();
  BOOST_TEST(taken.at(0) == 1u);
  // Only if `step` was a short task: a slow machine makes it a long one, and
  // then its result was announced anyway.
  BOOST_TEST(taken.at(1) == 2u);
}

BOOST_AUTO_TEST_CASE(results_can_be_taken_while_a_task_runs) {
  during = [&](int x) {
    if (x == 5)
      take();
  };
  dispatch_steps(1, 5);
  runner.run_next();
  BOOST_TEST(results.size() == 4u);
  take();
  BOOST_TEST(results.size() == 5u);
}

BOOST_AUTO_TEST_CASE(says_whether_results_may_be_held_back) {
  std::vector<bool> answers;
  during = [&](int) { answers.push_back(runner.take_results().look_again); };
  build.call(1, "runner.step", 1).call(2, "runner.step", 2);
  auto several = runner.dispatch(build.view());
  BOOST_TEST((several && *several));
  run();
  // Before the first task one waits, before the second none does: its end
  // wakes in any case.
  BOOST_TEST(answers == (std::vector<bool>{true, false}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_single_task_holds_nothing_back) {
  auto answer = runner.dispatch(build.call(1, "runner.step", 1).view());
  BOOST_TEST((answer && !*answer));
  run();
  BOOST_TEST(wakes == 1);
}

BOOST_AUTO_TEST_CASE(announces_longer_tasks_in_smaller_groups) {
  BOOST_TEST((task_runner::flush_interval(0us) == 500us));
  BOOST_TEST((task_runner::flush_interval(100us) == 3200us));
  BOOST_TEST((task_runner::flush_interval(1ms) == task_runner::long_run));
  BOOST_TEST((task_runner::flush_interval(1h) == task_runner::long_run));
}

BOOST_AUTO_TEST_CASE(long_tasks_hold_nothing_back) {
  std::vector<bool> answers;
  during = [&](int) { answers.push_back(runner.take_results().look_again); };
  build.call(1, "runner.be_long")
    .call(2, "runner.step", 2)
    .call(3, "runner.step", 3);
  dispatch();
  run();
  BOOST_TEST(answers.at(0) == false);
}

// -- two threads --------------------------------------------------------------

BOOST_AUTO_TEST_CASE(sleeps_until_there_is_work) {
  std::promise<void> woken;
  task_runner sleeper{function_registry::global(), [&] { woken.set_value(); }};
  std::thread thread{[&] { sleeper.run(); }};
  BOOST_TEST(bool{sleeper.dispatch(build.call(1, "runner.step", 1).view())});
  woken.get_future().wait();
  test::read_all(sleeper.take_results().messages, results);
  sleeper.stop();
  thread.join();
  BOOST_TEST(results.size() == 1u);
}

BOOST_AUTO_TEST_CASE(nothing_is_lost_between_two_threads) {
  constexpr auto total = 20'000u;
  std::mutex mutex;
  std::condition_variable changed;
  auto ready = 0;
  task_runner other{function_registry::global(), [&] {
                      std::unique_lock guard{mutex};
                      ++ready;
                      changed.notify_one();
                    }};
  std::thread thread{[&] { other.run(); }};
  auto sent = 0u;
  while (results.size() < total) {
    for (; sent < total && sent < results.size() + 100; sent += 10) {
      for (auto key = sent; key < sent + 10; ++key)
        build.call(key, "runner.step", 1);
      BOOST_REQUIRE(bool{other.dispatch(build.view())});
    }
    // The end of each dispatch wakes, so waiting without a limit must do.
    std::unique_lock guard{mutex};
    changed.wait(guard, [&] { return ready > 0; });
    ready = 0;
    guard.unlock();
    test::read_all(other.take_results().messages, results);
  }
  other.stop();
  thread.join();
  BOOST_TEST(results.size() == total);
  for (auto key = 0u; key < total; ++key)
    BOOST_REQUIRE(results[key].key == key);
}

// -- through a device ---------------------------------------------------------

BOOST_AUTO_TEST_CASE(keeps_the_results_of_peers_apart) {
  auto from = [&](const char* peer, std::uint64_t key) {
    build.call(key, "runner.step", 1);
    auto x = build.message();
    x.peer = routing_id{peer};
    BOOST_TEST(bool{runner.dispatch(dispatches::view_of(std::move(x)))});
  };
  runner.name("blue", engine_id{7});
  from("a", 1);
  from("a", 2);
  from("b", 1); // others may have the same numbers
  from("a", 3);
  while (runner.run_next())
    ; // nop
  auto taken = runner.take_results();
  BOOST_REQUIRE(taken.messages.size() == 3u);
  BOOST_TEST(taken.messages[0].peer.bytes() == "a");
  BOOST_TEST(taken.messages[1].peer.bytes() == "b");
  BOOST_TEST(taken.messages[2].peer.bytes() == "a");
  auto view = dispatches::view_of(taken.messages[0]);
  auto batch = read_results(view);
  BOOST_REQUIRE(batch);
  BOOST_TEST(batch->entries.size() == 2u);
  BOOST_TEST(batch->entries[0].engine() == 7u);
}

BOOST_AUTO_TEST_SUITE_END()
