// SPDX-License-Identifier: BSL-1.0

#include <troupe/refusal_log.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

using namespace std::chrono_literals;
using namespace troupe;

namespace {

using time_point = refusal_log::time_point;

constexpr auto never = time_point::max();

struct fixture {
  /// Notes a message. @returns how many are told now.
  std::uint32_t note(const std::string& peer, ec reason = ec::bad_envelope,
                     std::uint32_t tag = 0) {
    auto event = log.note(tag, routing_id{peer}, reason, now, [this] {
      ++explained;
      return std::string{"because"};
    });
    if (!event)
      return 0;
    BOOST_TEST((event->what == socket_event::kind::refused));
    BOOST_TEST((event->reason == reason));
    BOOST_TEST(event->tag == tag);
    BOOST_TEST(event->text == "because");
    last_peer = event->peer.bytes();
    return event->value;
  }

  refusal_log log;
  time_point now{1h};
  std::string last_peer;
  int explained = 0;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(refusal_log_suite, fixture)

BOOST_AUTO_TEST_CASE(tells_the_first_of_each_peer_and_reason_at_once) {
  BOOST_TEST(note("a") == 1u);
  BOOST_TEST(last_peer == "a");
  BOOST_TEST(note("b") == 1u);
  BOOST_TEST(note("a", ec::too_large) == 1u);
  BOOST_TEST(note("a", ec::bad_envelope, 7) == 1u);
  BOOST_TEST((log.deadline() == never));
}

BOOST_AUTO_TEST_CASE(counts_the_others_until_a_second_has_passed) {
  note("a");
  auto begin = now;
  for (auto i = 0; i < 1000; ++i) {
    BOOST_TEST(note("a") == 0u);
    now += 900us;
  }
  BOOST_TEST(explained == 1);
  BOOST_TEST((log.deadline() == begin + 1s));
  BOOST_TEST(log.take(now).empty());
  now = begin + 1s;
  auto events = log.take(now);
  BOOST_REQUIRE(events.size() == 1u);
  BOOST_TEST(events[0].value == 1000u);
  BOOST_TEST(events[0].text == "because");
  BOOST_TEST(events[0].peer.bytes() == "a");
  // And so on: this was the event of the next second.
  BOOST_TEST((log.deadline() == never));
  BOOST_TEST(note("a") == 0u);
  now += 1s;
  BOOST_TEST(note("a") == 2u);
  BOOST_TEST(explained == 2);
}

BOOST_AUTO_TEST_CASE(starts_anew_after_a_quiet_second) {
  note("a");
  now += 1s;
  BOOST_TEST(log.take(now).empty());
  BOOST_TEST(note("a") == 1u);
}

BOOST_AUTO_TEST_CASE(tells_little_of_many_peers) {
  auto events = std::size_t{0};
  auto messages = 0u;
  for (auto i = 0; i < 100'000; ++i)
    if (auto told = note(std::to_string(i))) {
      ++events;
      messages += told;
    }
  BOOST_TEST(events == refusal_log::max_entries + 1);
  BOOST_TEST(last_peer.empty()); // one for all that are too many
  now += 1s;
  auto rest = log.take(now);
  BOOST_REQUIRE(rest.size() == 1u);
  BOOST_TEST(rest[0].peer.empty());
  BOOST_TEST(messages + rest[0].value == 100'000u);
  BOOST_TEST(note("new") == 1u); // there is room again
  BOOST_TEST(last_peer == "new");
}

BOOST_AUTO_TEST_SUITE_END()
