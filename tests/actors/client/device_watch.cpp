// SPDX-License-Identifier: BSL-1.0

#include "troupe/client/device_watch.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace std::chrono_literals;
using namespace troupe;

namespace {

using status = task_outcome::status;

struct fixture {
  fixture() {
    tell({0, 1, 2});
  }

  /// The hub says which engines are ready, and how many were lost ever.
  void tell(std::vector<std::uint32_t> ids, std::uint32_t lost = 0,
            bool ready = true) {
    status_message x;
    for (auto id : ids) {
      auto& engine = x.engines.emplace_back();
      engine.id = engine_id{id};
      engine.ready = ready;
    }
    x.lost = lost;
    uut.told(x, now);
  }

  /// Lets time pass, and returns what is given up on the way.
  std::vector<device_watch::verdict> wait(std::chrono::milliseconds span) {
    std::vector<device_watch::verdict> result;
    auto end = now + span;
    for (;;) {
      auto next = uut.next_deadline();
      if (!next || *next > end)
        break;
      now = std::max(now, *next);
      while (auto x = uut.due(now))
        result.push_back(std::move(*x));
    }
    now = end;
    return result;
  }

  void send(task_number last) {
    uut.sent(last, now);
  }

  device_watch::time_point now{};
  device_watch uut{{.loss = 10s, .answer = 1000s}};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(device_watch_suite, fixture)

BOOST_AUTO_TEST_CASE(wants_nothing_without_tasks) {
  BOOST_TEST(!uut.next_deadline());
  tell({0, 1}, 1);
  BOOST_TEST(!uut.next_deadline());
  BOOST_TEST(uut.engines() == 2u);
}

BOOST_AUTO_TEST_CASE(gives_up_what_was_sent_before_an_engine_was_lost) {
  send(5);
  tell({0, 2}, 1);
  now += 1s;
  send(9);
  BOOST_TEST(wait(8900ms).empty());
  auto xs = wait(1s);
  BOOST_REQUIRE(xs.size() == 1u);
  BOOST_TEST(xs[0].last == 5u);
  BOOST_CHECK(xs[0].state == status::engine_lost);
  BOOST_TEST(xs[0].why.message.find("engine-1 was lost") == 0u);
  BOOST_TEST(xs[0].why.message.find("within 10 s") != std::string::npos);
  BOOST_TEST(wait(900s).empty());
}

BOOST_AUTO_TEST_CASE(notices_an_engine_that_said_goodbye) {
  send(1);
  tell({0, 1});
  BOOST_TEST(wait(11s).size() == 1u);
}

BOOST_AUTO_TEST_CASE(notices_an_engine_that_came_and_went) {
  send(1);
  tell({0, 1, 2}, 1);
  BOOST_TEST(wait(11s).size() == 1u);
}

BOOST_AUTO_TEST_CASE(does_not_mind_engines_that_join) {
  send(1);
  tell({0, 1, 2, 3});
  BOOST_TEST(wait(11s).empty());
}

BOOST_AUTO_TEST_CASE(keeps_a_limit_per_loss) {
  send(1);
  tell({0, 1}, 1);
  now += 5s;
  send(2);
  tell({0}, 2);
  auto xs = wait(20s);
  BOOST_REQUIRE(xs.size() == 2u);
  BOOST_TEST(xs[0].last == 1u);
  BOOST_TEST(xs[1].last == 2u);
}

BOOST_AUTO_TEST_CASE(forgets_all_limits_when_everything_is_answered) {
  send(5);
  tell({0, 1}, 1);
  uut.nothing_in_flight();
  BOOST_TEST(!uut.next_deadline());
  send(6);
  BOOST_TEST(wait(900s).empty());
}

BOOST_AUTO_TEST_CASE(gives_up_when_there_are_no_engines) {
  send(1);
  tell({0, 1, 2}, 0, false);
  now += 5s;
  send(2);
  auto xs = wait(6s);
  BOOST_REQUIRE(xs.size() == 1u);
  BOOST_TEST(xs[0].last == 1u);
  BOOST_CHECK(xs[0].state == status::impossible);
  BOOST_TEST(xs[0].why.type == "no_engines");
  xs = wait(6s);
  BOOST_REQUIRE(xs.size() == 1u);
  BOOST_TEST(xs[0].last == 2u);
}

BOOST_AUTO_TEST_CASE(goes_on_when_engines_come) {
  send(1);
  tell({}, 0);
  tell({7});
  auto xs = wait(20s); // those of before are gone, and with them the task
  BOOST_REQUIRE(xs.size() == 1u);
  BOOST_CHECK(xs[0].state == status::engine_lost);
  send(2);
  BOOST_TEST(wait(20s).empty());
}

BOOST_AUTO_TEST_CASE(gives_up_what_is_not_answered_for_very_long) {
  send(1);
  now += 500s;
  send(2);
  auto xs = wait(600s);
  BOOST_REQUIRE(xs.size() == 1u);
  BOOST_TEST(xs[0].last == 1u);
  BOOST_CHECK(xs[0].state == status::timed_out);
  xs = wait(600s);
  BOOST_REQUIRE(xs.size() == 1u);
  BOOST_TEST(xs[0].last == 2u);
  BOOST_TEST(!uut.next_deadline());
}

BOOST_AUTO_TEST_CASE(never_keeps_many_limits) {
  auto gone = std::size_t{0};
  for (task_number i = 1; i <= 10'000; ++i) {
    send(i);
    now += 100ms;
    while (uut.due(now))
      ++gone;
  }
  // 32 of them cover the time of one limit.
  BOOST_TEST(gone <= 1u);
  BOOST_TEST(wait(2000s).size() <= 34u);
}

BOOST_AUTO_TEST_CASE(waits_a_little_when_it_looks_late) {
  send(1);
  tell({0, 1}, 1);
  now += 60s; // this process was stopped; answers may wait
  BOOST_TEST(!uut.due(now));
  BOOST_TEST(wait(900ms).empty());
  BOOST_TEST(wait(200ms).size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
