// SPDX-License-Identifier: BSL-1.0

#include "troupe/client/client_board.hpp"

#include "play_scheduler.hpp"

#include <boost/test/unit_test.hpp>

#include <future>

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::test;

namespace {

struct fixture {
  bool submit(const task_group_ptr& group) {
    return board.submit({group, numbered_calls(group->size())});
  }

  bool told(duration limit) {
    return board.wait([](auto&, std::uint64_t news) { return news > 0; },
                      limit);
  }

  client_board board;
};

status_message with_engines(std::size_t count) {
  status_message result;
  result.engines.resize(count);
  return result;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(client_board_suite, fixture)

BOOST_AUTO_TEST_CASE(wakes_the_actor_once_until_it_takes) {
  BOOST_TEST(submit(make_group(1)));
  BOOST_TEST(!submit(make_group(2)));
  auto taken = board.take();
  BOOST_REQUIRE(taken.size() == 2u);
  BOOST_TEST(taken[1].group->size() == 2u);
  BOOST_TEST(board.take().empty());
  BOOST_TEST(submit(make_group(1)));
}

BOOST_AUTO_TEST_CASE(the_end_fails_what_waits_and_what_comes) {
  auto before = make_group(2);
  auto after = make_group(3);
  submit(before);
  board.end(errc::no_cluster, "gone");
  BOOST_TEST(before->failed() == 2u);
  BOOST_TEST(!submit(after));
  BOOST_TEST(after->failed() == 3u);
  BOOST_TEST(std::string{after->error_of(0).what()} == "gone");
  BOOST_TEST(board.take().empty());
}

BOOST_AUTO_TEST_CASE(the_first_end_stays) {
  board.end(errc::version_mismatch, "first");
  board.end(errc::no_cluster, "second");
  BOOST_TEST((board.end().code == errc::version_mismatch));
  BOOST_TEST(board.end().sentence == "first");
}

BOOST_AUTO_TEST_CASE(an_end_without_a_reason_is_an_end) {
  board.end(errc::no_cluster, "");
  BOOST_TEST(!board.end().sentence.empty());
  auto group = make_group(1);
  submit(group);
  BOOST_TEST(group->failed() == 1u);
}

BOOST_AUTO_TEST_CASE(shows_the_last_status) {
  BOOST_TEST(board.news() == 0u);
  board.tell(with_engines(1));
  board.tell(with_engines(4));
  BOOST_TEST(board.news() == 2u);
  BOOST_TEST(board.last_status().engines.size() == 4u);
}

BOOST_AUTO_TEST_CASE(waits_no_longer_than_told) {
  BOOST_TEST(!told(0ns));
  BOOST_TEST(!told(duration{-1}));
  BOOST_TEST(!told(1ms));
}

BOOST_AUTO_TEST_CASE(news_end_a_wait) {
  auto waiter = std::async(std::launch::async, [&] { return told(forever); });
  board.tell({});
  BOOST_TEST(waiter.get());
}

BOOST_AUTO_TEST_CASE(the_end_ends_a_wait) {
  auto waiter = std::async(std::launch::async, [&] { return told(1h); });
  board.end(errc::no_cluster, "gone");
  BOOST_TEST(waiter.get());
}

BOOST_AUTO_TEST_SUITE_END()
