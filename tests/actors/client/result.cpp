// SPDX-License-Identifier: BSL-1.0

#include "troupe/client/result.hpp"

#include "play_scheduler.hpp"

#include <boost/test/unit_test.hpp>

#include <future>
#include <iterator>
#include <thread>

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::test;

namespace {

using status = task_outcome::status;

template <class T>
task_outcome returning(const T& x) {
  std::vector<std::byte> bytes;
  task_outcome result;
  encoder out{bytes, result.frames};
  codec<T>::encode(out, x);
  result.state = status::ok;
  result.run_ns = 1000;
  result.started_ns = 5000000;
  result.attempts = 2;
  result.engine = engine_id{4};
  result.bytes = buffer::adopt(std::move(bytes));
  return result;
}

task_outcome throwing(const std::string& text) {
  std::vector<std::byte> bytes;
  pack_failure({"std::runtime_error", text}, bytes);
  task_outcome result;
  result.state = status::failed;
  result.bytes = buffer::adopt(std::move(bytes));
  return result;
}

void finish(const task_group_ptr& group, std::size_t index, task_outcome x) {
  std::pair<std::size_t, task_outcome> item{index, std::move(x)};
  group->complete(std::span{&item, 1});
}

/// Returns the code of the error that `f` throws.
template <class F>
std::string code_of(F f) {
  try {
    f();
  } catch (const error& x) {
    return to_string(x.code);
  }
  return "none";
}

struct fixture {
  map_result<double> doubles(std::size_t size) {
    group = make_group(size);
    return map_result<double>{nullptr, group};
  }

  async_result<double> one() {
    group = make_group(1);
    return async_result<double>{nullptr, group};
  }

  task_group_ptr group;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(result_suite, fixture)

// -- one task -----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_result_is_there_when_the_task_ended) {
  auto x = one();
  BOOST_TEST(!x.ready());
  BOOST_TEST(!x.wait(0ns));
  BOOST_TEST(!x.successful());
  BOOST_TEST(code_of([&] { x.get(0ns); }) == "timed_out");
  finish(group, 0, returning(2.5));
  BOOST_TEST(x.wait());
  BOOST_TEST(x.successful());
  BOOST_TEST(x.get() == 2.5);
  BOOST_TEST(x.get() == 2.5);
}

BOOST_AUTO_TEST_CASE(a_failed_task_throws_each_time) {
  auto x = one();
  finish(group, 0, throwing("no"));
  BOOST_TEST(x.ready());
  BOOST_TEST(!x.successful());
  BOOST_TEST(code_of([&] { x.get(); }) == "task_failed");
  BOOST_TEST(code_of([&] { x.get(); }) == "task_failed");
}

BOOST_AUTO_TEST_CASE(get_waits_for_the_task) {
  auto x = one();
  auto reader = std::async(std::launch::async, [x] { return x.get() == 1.0; });
  finish(group, 0, returning(1.0));
  BOOST_TEST(reader.get());
}

BOOST_AUTO_TEST_CASE(tells_where_and_how_long_the_task_ran) {
  auto x = one();
  BOOST_TEST(code_of([&] { x.info(); }) == "usage");
  finish(group, 0, returning(1.0));
  auto info = x.info();
  BOOST_TEST((info.engine == engine_id{4}));
  BOOST_TEST(info.attempts == 2u);
  BOOST_TEST((info.run_time == 1us));
  BOOST_TEST((info.started.time_since_epoch() == 5ms));
}

BOOST_AUTO_TEST_CASE(a_result_of_another_type_is_a_mismatch) {
  auto x = one();
  finish(group, 0, returning(std::string{"text"}));
  BOOST_TEST(code_of([&] { x.get(); }) == "version_mismatch");
  group = make_group(1);
  async_result<std::string> y{nullptr, group};
  finish(group, 0, returning(1.0e300));
  BOOST_TEST(code_of([&] { y.get(); }) == "version_mismatch");
}

BOOST_AUTO_TEST_CASE(a_task_without_a_result_can_be_waited_for) {
  group = make_group(2);
  map_result<void> all{nullptr, group};
  static_assert(std::is_void_v<decltype(all.get())>);
  task_outcome done;
  done.state = status::ok;
  finish(group, 0, done);
  finish(group, 1, throwing("no"));
  all.get(0);
  BOOST_TEST(code_of([&] { all.get(1); }) == "task_failed");
  BOOST_TEST(code_of([&] { all.get(); }) == "task_failed");
}

BOOST_AUTO_TEST_CASE(an_array_is_a_view_of_the_frame_it_came_in) {
  group = make_group(1);
  async_result<array<double>> x{nullptr, group};
  auto sent = array<double>{std::vector<double>(1000, 3.0)};
  finish(group, 0, returning(sent));
  auto got = x.get();
  BOOST_TEST(static_cast<const void*>(got.data())
             == static_cast<const void*>(sent.data()));
}

BOOST_AUTO_TEST_CASE(results_own_what_engines_may_only_view) {
  using detail::owned_result_t;
  static_assert(std::is_same_v<owned_result_t<std::string_view>, std::string>);
  static_assert(
    std::is_same_v<owned_result_t<std::span<const int>>, array<int>>);
  static_assert(std::is_same_v<owned_result_t<double>, double>);
  static_assert(std::is_void_v<owned_result_t<void>>);
}

// -- many tasks ---------------------------------------------------------------

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
