// SPDX-License-Identifier: BSL-1.0

#include "troupe/client/result.hpp"

#include "play_results.hpp"

#include <boost/test/unit_test.hpp>

#include <future>

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::test;

namespace {

struct fixture {
  async_result<double> one() {
    group = make_group(1);
    return async_result<double>{nullptr, group};
  }

  task_group_ptr group;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(result_suite, fixture)

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

BOOST_AUTO_TEST_SUITE_END()
