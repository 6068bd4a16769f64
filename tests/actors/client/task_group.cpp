// SPDX-License-Identifier: BSL-1.0

#include "troupe/client/task_group.hpp"

#include "troupe/protocol/pack.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <future>
#include <numeric>
#include <random>
#include <thread>

using namespace std::chrono_literals;
using namespace troupe;

namespace {

using status = task_outcome::status;
using item = std::pair<std::size_t, task_outcome>;

task_outcome ok(std::uint64_t run_ns = 0) {
  task_outcome result;
  result.state = status::ok;
  result.run_ns = run_ns;
  return result;
}

task_outcome ended(status state, const failure& reason) {
  std::vector<std::byte> bytes;
  pack_failure(reason, bytes);
  task_outcome result;
  result.state = state;
  result.attempts = 2;
  result.engine = engine_id{3};
  result.bytes = buffer::adopt(std::move(bytes));
  return result;
}

std::size_t complete(task_group& group, std::vector<item> items) {
  return group.complete(items);
}

/// Whether `f` throws an `error` with `usage`.
template <class F>
bool refuses(F f) {
  try {
    f();
  } catch (const error& x) {
    return x.code == errc::usage;
  }
  return false;
}

} // namespace

BOOST_AUTO_TEST_SUITE(task_group_suite)

// -- outcomes -----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_new_group_waits_for_everything) {
  task_group group{2, "root"};
  BOOST_TEST(group.size() == 2u);
  BOOST_TEST(group.function() == "root");
  BOOST_TEST(group.done() == 0u);
  BOOST_TEST(!group.ready(0));
  BOOST_TEST(!group.wait(1, 0ns));
  BOOST_TEST(!group.wait_all(0ns));
  BOOST_TEST(group.wait_count(0, 0ns));
}

BOOST_AUTO_TEST_CASE(an_empty_group_is_complete) {
  task_group group{0, "root"};
  BOOST_TEST(group.wait_all(forever));
  BOOST_TEST((group.finished() == group.submitted()));
}

BOOST_AUTO_TEST_CASE(tasks_are_named_as_soon_as_the_session_saw_them) {
  task_group group{2, "root"};
  BOOST_TEST(group.wait_id(0, 1ms).number == 0u);
  auto name = std::async(std::launch::async,
                         [&] { return group.wait_id(1, forever); });
  group.number(7, client_id{3});
  BOOST_TEST(to_string(name.get()) == "3/8");
  BOOST_TEST(refuses([&] { group.wait_id(2, 0ns); }));
  task_group stopped{1, "root"};
  stopped.fail_pending(status::no_cluster, "gone");
  BOOST_TEST(stopped.wait_id(0, forever).number == 0u);
}

BOOST_AUTO_TEST_CASE(counts_and_orders_what_ends) {
  task_group group{3, "root"};
  BOOST_TEST(complete(group, {{2, ok(5)}}) == 1u);
  BOOST_TEST(complete(group, {{0, ended(status::failed, {"x", "y"})}}) == 1u);
  BOOST_TEST(group.done() == 2u);
  BOOST_TEST(group.failed() == 1u);
  BOOST_TEST(group.completed(0) == 2u);
  BOOST_TEST(group.completed(1) == 0u);
  BOOST_TEST(group.ready(2));
  BOOST_TEST(!group.ready(1));
  BOOST_TEST(group.wait_count(2, 0ns));
  BOOST_TEST(!group.wait_count(3, 0ns));
  BOOST_TEST(group.serial_time().count() == 5);
}

BOOST_AUTO_TEST_CASE(stores_each_outcome_once) {
  task_group group{2, "root"};
  BOOST_TEST(complete(group, {{0, ok(1)}, {0, ok(2)}, {2, ok()}, {1, {}}})
             == 1u);
  BOOST_TEST(complete(group, {{0, ended(status::failed, {})}}) == 0u);
  BOOST_TEST(group.at(0).run_ns == 1u);
  BOOST_TEST(group.failed() == 0u);
  BOOST_TEST(group.done() == 1u);
}

BOOST_AUTO_TEST_CASE(an_outcome_stays_where_it_is) {
  task_group group{100, "root"};
  complete(group, {{50, ok(7)}});
  auto& outcome = group.at(50);
  for (std::size_t i = 0; i < 50; ++i)
    complete(group, {{i, ok()}});
  BOOST_TEST(&group.at(50) == &outcome);
  BOOST_TEST(outcome.run_ns == 7u);
}

BOOST_AUTO_TEST_CASE(fails_what_is_pending_and_nothing_else) {
  task_group group{3, "root"};
  complete(group, {{1, ok()}});
  group.fail_pending(status::no_cluster, "the cluster is gone");
  BOOST_TEST(group.done() == 3u);
  BOOST_TEST(group.failed() == 2u);
  BOOST_TEST((group.at(1).state == status::ok));
  BOOST_TEST((group.error_of(0).code == errc::no_cluster));
  BOOST_TEST(std::string{group.error_of(2).what()} == "the cluster is gone");
}

BOOST_AUTO_TEST_CASE(knows_when_it_was_finished) {
  task_group group{1, "root"};
  auto before = task_group::clock::now();
  BOOST_TEST((group.finished() >= before));
  complete(group, {{0, ok()}});
  auto finished = group.finished();
  BOOST_TEST((finished >= group.submitted()));
  BOOST_TEST((group.finished() == finished));
}

BOOST_AUTO_TEST_CASE(refuses_numbers_that_make_no_sense) {
  task_group group{2, "root"};
  BOOST_TEST(refuses([&] { group.wait(2, 0ns); }));
  BOOST_TEST(refuses([&] { group.ready(99); }));
  BOOST_TEST(refuses([&] { group.wait_count(3, 0ns); }));
  BOOST_TEST(refuses([&] { group.completed(0); }));
  BOOST_TEST(refuses([&] { group.at(0); }));
  BOOST_TEST(refuses([&] { group.at(2); }));
}

// -- waiting ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(limits_of_any_size_do_not_overflow) {
  task_group group{2, "root"};
  complete(group, {{0, ok()}});
  for (auto limit : {forever, forever - 1ns, duration{forever / 2}})
    BOOST_TEST(group.wait(0, limit));
  for (auto limit : {duration::min(), duration{-1}, 0ns, 1ns})
    BOOST_TEST(!group.wait(1, limit));
}

BOOST_AUTO_TEST_CASE(wakes_a_thread_whose_outcome_came) {
  for (auto limit : {forever, forever - 1ns, duration{1h}}) {
    task_group group{3, "root"};
    auto waiter = std::async(std::launch::async,
                             [&] { return group.wait(1, limit); });
    complete(group, {{0, ok()}});
    complete(group, {{1, ok()}});
    BOOST_TEST(waiter.get());
  }
}

BOOST_AUTO_TEST_CASE(wakes_threads_that_wait_for_all_or_some) {
  task_group group{3, "root"};
  auto first = std::async(std::launch::async,
                          [&] { return group.wait_count(1, forever); });
  auto last = std::async(std::launch::async,
                         [&] { return group.wait_all(forever); });
  complete(group, {{2, ok()}});
  BOOST_TEST(first.get());
  complete(group, {{1, ok()}, {0, ok()}});
  BOOST_TEST(last.get());
}

BOOST_AUTO_TEST_CASE(wakes_everybody_when_the_cluster_is_gone) {
  task_group group{8, "root"};
  std::vector<std::future<bool>> waiters;
  for (std::size_t i = 0; i < 8; ++i)
    waiters.push_back(std::async(std::launch::async, [&group, i] {
      return group.wait(i, forever);
    }));
  group.fail_pending(status::no_cluster, "gone");
  for (auto& x : waiters)
    BOOST_TEST(x.get());
  BOOST_TEST(group.failed() == 8u);
}

BOOST_AUTO_TEST_CASE(many_threads_see_every_outcome) {
  constexpr std::size_t size = 2000;
  task_group group{size, "root"};
  std::atomic<std::size_t> seen{0};
  std::vector<std::thread> readers;
  for (auto n = 0; n < 4; ++n)
    readers.emplace_back([&] {
      for (std::size_t i = 0; i < size; ++i)
        if (group.wait(i, forever) && group.at(i).run_ns == i)
          ++seen;
    });
  std::vector<std::size_t> order(size);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::mt19937 random{5};
  std::shuffle(order.begin(), order.end(), random);
  std::thread writer{[&] {
    for (std::size_t i = 0; i < size; i += 50) {
      std::vector<item> run;
      for (auto n = i; n < i + 50; ++n)
        run.emplace_back(order[n], ok(order[n]));
      group.complete(run);
    }
  }};
  for (auto& x : readers)
    x.join();
  writer.join();
  BOOST_TEST(seen == 4 * size);
}

// -- what outcomes mean -------------------------------------------------------

namespace {

struct expectation {
  status state;
  failure reason;
  errc code;
  std::string text;
  std::string hint_part;
};

const auto expectations = std::vector<expectation>{
  {status::failed,
   {"std::domain_error", "negative"},
   errc::task_failed,
   "root failed: std::domain_error: negative",
   ""},
  {status::failed,
   {"", "unknown exception"},
   errc::task_failed,
   "root failed: unknown exception",
   ""},
  {status::aborted, {"", ""}, errc::cancelled, "root was cancelled", ""},
  {status::aborted,
   {"", "by request"},
   errc::cancelled,
   "root was cancelled: by request",
   ""},
  {status::timed_out,
   {"", "after 3 s"},
   errc::timed_out,
   "the time of root ran out: after 3 s",
   ""},
  {status::engine_lost,
   {"", "killed"},
   errc::engine_lost,
   "root was lost with its engine after 2 attempts: killed",
   "attempts"},
  {status::no_cluster, {"", "gone"}, errc::no_cluster, "gone", ""},
  {status::impossible,
   {"", "no engine fits"},
   errc::no_engines,
   "no engine can run root: no engine fits",
   "troupe status"},
  {status::impossible,
   {"unknown_function", "no engine knows the function"},
   errc::task_not_registered,
   "root: no engine knows the function",
   "TROUPE_TASK(fn), or start the engines with --program or --load"},
  {status::failed,
   {"unknown_function", "root is unknown"},
   errc::task_not_registered,
   "root is unknown",
   "TROUPE_TASK"},
  {status::impossible,
   {"no_engines", "none joined"},
   errc::no_engines,
   "root: none joined",
   "troupe status"},
  {status::failed,
   {"signature_mismatch", "(f64) is not (i32)"},
   errc::version_mismatch,
   "root: (f64) is not (i32)",
   "same source"},
  {status::failed,
   {"bad_arguments", "root takes 1 argument"},
   errc::usage,
   "root takes 1 argument",
   ""},
  {status::failed,
   {"too_large", "1 GiB"},
   errc::too_large,
   "root: 1 GiB",
   "split"},
  // A failure type means something only where tasks or schedulers fail.
  {status::aborted,
   {"no_engines", "x"},
   errc::cancelled,
   "root was cancelled: x",
   ""},
};

} // namespace

BOOST_AUTO_TEST_CASE(tells_what_outcomes_mean) {
  for (auto& x : expectations) {
    BOOST_TEST_CONTEXT(x.text) {
      auto err = error_of(ended(x.state, x.reason), "root");
      BOOST_TEST(to_string(err.code) == to_string(x.code));
      BOOST_TEST(std::string{err.what()} == x.text);
      BOOST_TEST((err.hint.find(x.hint_part) != std::string::npos));
      BOOST_TEST((err.engine == engine_id{3}));
    }
  }
}

BOOST_AUTO_TEST_CASE(names_the_type_of_what_a_task_threw_and_only_that) {
  auto thrown = error_of(ended(status::failed, {"my::error", "x"}), "root");
  BOOST_TEST(thrown.remote_type == "my::error");
  auto ours = error_of(ended(status::failed, {"bad_arguments", "x"}), "root");
  BOOST_TEST(ours.remote_type.empty());
}

BOOST_AUTO_TEST_CASE(broken_failures_are_failures) {
  task_outcome outcome;
  outcome.state = status::failed;
  outcome.bytes = buffer::copy_of("not a failure");
  auto err = error_of(outcome, "root");
  BOOST_TEST((err.code == errc::task_failed));
  BOOST_TEST((std::string{err.what()}.find("broken") != std::string::npos));
}

BOOST_AUTO_TEST_CASE(one_attempt_is_singular) {
  auto outcome = ended(status::engine_lost, {"", ""});
  outcome.attempts = 1;
  BOOST_TEST(std::string{error_of(outcome, "root").what()}
             == "root was lost with its engine after 1 attempt");
}

BOOST_AUTO_TEST_CASE(only_tasks_that_are_there_can_be_cancelled) {
  auto code_of_cancel = [](const task_group& x, std::size_t first) {
    try {
      x.check_cancel(first);
      return std::string{"ok"};
    } catch (const error& e) {
      return to_string(e.code);
    }
  };
  task_group group{3, "root"};
  BOOST_TEST(code_of_cancel(group, 0) == "ok");
  BOOST_TEST(code_of_cancel(group, 2) == "ok");
  BOOST_TEST(code_of_cancel(group, 3) == "usage");
}

BOOST_AUTO_TEST_CASE(calls_of_named_engines_have_names_of_their_own) {
  task_group group{3, "root"};
  group.name_engines();
  BOOST_TEST(group.id(1).number == 0u);
  group.number(7, client_id{3});
  BOOST_TEST(group.first_number() == 7u);
  BOOST_TEST(to_string(group.id(1)) == "3/d8");
}

BOOST_AUTO_TEST_CASE(an_outcome_stays_small) {
  BOOST_TEST(sizeof(task_outcome) <= 72u);
}

BOOST_AUTO_TEST_SUITE_END()
