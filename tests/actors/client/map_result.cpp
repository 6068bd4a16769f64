// SPDX-License-Identifier: BSL-1.0

#include "troupe/client/map_result.hpp"

#include "play_results.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <thread>

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::test;

namespace {

struct fixture {
  map_result<double> doubles(std::size_t size) {
    group = make_group(size);
    return map_result<double>{nullptr, group};
  }

  task_group_ptr group;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(map_result_suite, fixture)

BOOST_AUTO_TEST_CASE(a_task_without_a_result_can_be_waited_for) {
  group = make_group(2);
  map_result<void> all{nullptr, group};
  static_assert(std::is_void_v<decltype(all.get())>);
  task_outcome done;
  done.state = task_outcome::status::ok;
  finish(group, 0, done);
  finish(group, 1, throwing("no"));
  all.get(0);
  BOOST_TEST(code_of([&] { all.get(1); }) == "task_failed");
  BOOST_TEST(code_of([&] { all.get(); }) == "task_failed");
}

BOOST_AUTO_TEST_CASE(results_come_in_the_order_of_the_inputs) {
  auto xs = doubles(3);
  for (std::size_t i : {2, 0, 1})
    finish(group, i, returning(static_cast<double>(i)));
  BOOST_TEST(xs.get() == (std::vector{0.0, 1.0, 2.0}));
  BOOST_TEST(
    (std::vector<double>(xs.begin(), xs.end()) == std::vector{0.0, 1.0, 2.0}));
  BOOST_TEST(xs.completed(0) == 2u);
  BOOST_TEST(xs.completed(2) == 1u);
}

BOOST_AUTO_TEST_CASE(one_failed_item_loses_nothing) {
  auto xs = doubles(3);
  finish(group, 0, returning(0.5));
  finish(group, 1, throwing("no"));
  BOOST_TEST(xs.done() == 2u);
  BOOST_TEST(xs.failed() == 1u);
  BOOST_TEST(!xs.error_of(0));
  BOOST_REQUIRE(xs.error_of(1));
  BOOST_TEST((xs.error_of(1)->code == errc::task_failed));
  BOOST_TEST(!xs.error_of(2));
  finish(group, 2, returning(2.5));
  BOOST_TEST(xs.get(0) == 0.5);
  BOOST_TEST(code_of([&] { xs.get(1); }) == "task_failed");
  BOOST_TEST(xs.get(2) == 2.5);
  BOOST_TEST(code_of([&] { xs.get(); }) == "task_failed");
}

BOOST_AUTO_TEST_CASE(waits_of_a_map_have_limits) {
  auto xs = doubles(2);
  finish(group, 1, returning(1.0));
  BOOST_TEST(!xs.wait(0ns));
  BOOST_TEST(code_of([&] { xs.get(0ns); }) == "timed_out");
  BOOST_TEST(code_of([&] { xs.get(0, 0ns); }) == "timed_out");
  BOOST_TEST(code_of([&] { xs.completed(1, 0ns); }) == "timed_out");
  BOOST_TEST(code_of([&] { xs.get(2); }) == "usage");
  BOOST_TEST(code_of([&] { xs.completed(2); }) == "usage");
  BOOST_TEST(xs.get(1, 0ns) == 1.0);
}

BOOST_AUTO_TEST_CASE(an_empty_map_has_empty_results) {
  auto xs = doubles(0);
  BOOST_TEST(xs.size() == 0u);
  BOOST_TEST(xs.wait());
  BOOST_TEST(xs.get().empty());
  BOOST_TEST((xs.begin() == xs.end()));
  BOOST_TEST(xs.speedup() == 0.0);
}

BOOST_AUTO_TEST_CASE(iterates_while_results_arrive) {
  auto xs = doubles(100);
  std::thread writer{[this] {
    for (std::size_t i = 100; i > 0; --i)
      finish(group, i - 1, returning(static_cast<double>(i - 1)));
  }};
  auto expected = 0.0;
  for (double x : xs)
    BOOST_TEST_REQUIRE(x == expected++);
  BOOST_TEST(expected == 100.0);
  writer.join();
}

BOOST_AUTO_TEST_CASE(adds_up_run_times) {
  auto xs = doubles(2);
  finish(group, 0, returning(1.0));
  finish(group, 1, returning(1.0));
  BOOST_TEST((xs.serial_time() == 2us));
  BOOST_TEST((xs.wall_time() > 0ns));
  BOOST_TEST(xs.speedup() > 0.0);
}

BOOST_AUTO_TEST_CASE(a_bar_changes_no_result) {
  setenv("TERM", "dumb", 1);
  group = make_group(2);
  auto xs = map_result<double>{nullptr, group}.with_bar("step");
  finish(group, 0, returning(1.0));
  BOOST_TEST(xs.get(0) == 1.0);
  BOOST_TEST(code_of([&] { xs.get(1, 0ns); }) == "timed_out");
  finish(group, 1, returning(2.0));
  xs.with_bar("again");
  BOOST_TEST(xs.get() == (std::vector{1.0, 2.0}));
}

BOOST_AUTO_TEST_SUITE_END()
