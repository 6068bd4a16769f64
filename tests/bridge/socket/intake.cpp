// SPDX-License-Identifier: BSL-1.0

#include <troupe/socket/intake.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <deque>
#include <random>

using namespace troupe;

namespace {

using ids = std::vector<int>;
using progress = intake::progress;

struct fixture {
  /// One round in which connection 1 has brought `bytes` so far.
  ids round(std::uint64_t bytes, bool delivers = false) {
    x.took(1, bytes);
    if (delivers)
      x.delivered(1, 100, 100);
    return x.judge(progress::all);
  }

  /// One in which connection 1 had its turn.
  ids turn(std::uint64_t bytes, bool delivers = false) {
    x.took(1, bytes);
    if (delivers)
      x.delivered(1, 10, 20);
    return x.judge(progress::turn);
  }

  /// One in which nothing was read.
  ids pause(std::uint64_t bytes) {
    x.took(1, bytes);
    return x.judge(progress::some);
  }

  intake x{1000, 100};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(intake_suite, fixture)

BOOST_AUTO_TEST_CASE(finds_a_message_without_end) {
  x.began(1);
  BOOST_TEST(round(500).empty());
  BOOST_TEST(!x.curious());
  BOOST_TEST(round(501).empty());
  BOOST_TEST(x.curious());
  BOOST_TEST(round(700).empty()); // from here on, it is one message
  BOOST_TEST(round(1700).empty());
  BOOST_TEST((round(1701) == ids{1}));
  x.ended(1);
  BOOST_TEST(!x.curious());
  BOOST_TEST(x.judge(progress::all).empty());
}

BOOST_AUTO_TEST_CASE(needs_only_one_turn_of_each) {
  x.began(1);
  BOOST_TEST(turn(600).empty());
  BOOST_TEST(turn(700).empty());
  BOOST_TEST(turn(1700).empty());
  BOOST_TEST((turn(1701) == ids{1}));
}

BOOST_AUTO_TEST_CASE(sees_through_small_messages_before) {
  x.began(1);
  turn(600);
  for (auto i = 0u; i < 50; ++i) // of 10 to 20 bytes each
    BOOST_TEST(turn(700 + i * 100, true).empty());
  BOOST_TEST((turn(5600) == ids{1}));
}

BOOST_AUTO_TEST_CASE(waits_for_the_turn_of_all_that_was_taken) {
  x.began(1);
  turn(600);
  turn(700);
  // The turn begins here; what comes later may be whole, and not read yet.
  BOOST_TEST(pause(1600).empty());
  BOOST_TEST(turn(1900).empty());
  BOOST_TEST((turn(1900) == ids{1}));
}

BOOST_AUTO_TEST_CASE(takes_a_turn_for_one_only_if_it_saw_all_of_it) {
  x.began(1);
  BOOST_TEST(pause(600).empty());
  BOOST_TEST(x.curious());
  BOOST_TEST(pause(700).empty());
  // Before it was curious, it was not told who had their turn.
  BOOST_TEST(turn(1600).empty());
  BOOST_TEST((turn(1701) == ids{1}));
}

BOOST_AUTO_TEST_CASE(bounds_what_waits_while_nothing_is_read) {
  x = intake{1000, 9};
  x.began(1);
  for (auto bytes : {500u, 501u, 700u, 1701u, 10'700u})
    BOOST_TEST(pause(bytes).empty());
  BOOST_TEST((pause(10'701) == ids{1}));
}

BOOST_AUTO_TEST_CASE(lets_honest_peers_pass_however_they_are_read) {
  constexpr auto queue = 5u;
  std::mt19937 random{42};
  auto chance = [&](unsigned percent) { return random() % 100 < percent; };
  for (auto run = 0; run < 300; ++run) {
    x = intake{1000, queue};
    x.began(1);
    std::uint64_t taken = 0;
    std::uint64_t missing = 0;
    std::deque<std::uint64_t> whole; // sizes
    std::deque<std::uint64_t> current;
    auto longest = 1 + random() % 1000;
    auto reads = random() % 101;
    auto deliver = [&] {
      if (x.curious())
        x.delivered(1, whole.front() / 2, whole.front() + random() % 50);
      whole.pop_front();
    };
    for (auto step = 0; step < 300; ++step) {
      for (auto i = random() % 4; i > 0 && whole.size() < queue; --i) {
        if (missing == 0)
          current.assign(1, missing = 1 + random() % longest);
        auto part = std::min(missing, 1 + random() % longest);
        taken += part;
        if ((missing -= part) == 0)
          whole.push_back(current.front());
      }
      x.took(1, taken);
      auto how = progress::some;
      if (chance(reads)) {
        how = chance(50) ? progress::turn : progress::all;
        do {
          if (!whole.empty())
            deliver();
        } while (how == progress::all && !whole.empty());
      }
      BOOST_REQUIRE(x.judge(how).empty());
    }
  }
}

BOOST_AUTO_TEST_CASE(lets_whole_messages_pass) {
  x.began(1);
  auto asked = 0;
  for (auto bytes = 100u; bytes < 1'000'000; bytes += 100) {
    asked += x.curious();
    BOOST_REQUIRE(round(bytes, x.curious()).empty());
  }
  BOOST_TEST(asked > 0);
  BOOST_TEST(asked < 3000); // of 10,000: only now and then
}

BOOST_AUTO_TEST_CASE(lets_messages_of_the_full_length_pass) {
  // Whenever somebody looks, and if the end of a message comes between `took`
  // and `judge`, too.
  for (auto start = 1u; start < 1000; start += 7) {
    x.began(1);
    auto end = 0u;
    for (auto bytes = start; bytes < 50'000; bytes += start) {
      x.took(1, bytes);
      auto arrived = bytes + start / 2;
      for (; end + 1000 <= arrived; end += 1000)
        if (x.curious())
          x.delivered(1, 1000, 1000);
      BOOST_REQUIRE(x.judge(progress::all).empty());
    }
  }
}

BOOST_AUTO_TEST_CASE(counts_what_follows_a_message) {
  x.began(1);
  round(600);
  BOOST_TEST(round(900, true).empty()); // its end may be anywhere in 600...900
  BOOST_TEST(!x.curious());
  BOOST_TEST(round(1101).empty());
  BOOST_TEST(x.curious());
  BOOST_TEST(round(1200).empty());
  BOOST_TEST((round(2201) == ids{1}));
}

BOOST_AUTO_TEST_CASE(tells_connections_apart) {
  x.began(1);
  x.began(2);
  for (auto bytes : {600u, 700u, 1700u}) {
    x.took(2, bytes);
    BOOST_TEST(round(bytes, true).empty());
  }
  x.took(2, 1701);
  BOOST_TEST((round(2700, true) == ids{2}));
  x.delivered(7, 1, 1); // whoever that is
  BOOST_TEST((x.judge(progress::all) == ids{2}));
}

BOOST_AUTO_TEST_CASE(starts_anew_with_each_connection) {
  x.began(1);
  round(600);
  x.began(1); // another one by now
  BOOST_TEST(!x.curious());
  BOOST_TEST(round(10).empty());
  BOOST_TEST(!x.curious());
}

BOOST_AUTO_TEST_CASE(knows_whether_anything_moves) {
  BOOST_TEST(!x.moving());
  x.began(1);
  round(1);
  BOOST_TEST(x.moving());
  round(1);
  BOOST_TEST(!x.moving());
}

BOOST_AUTO_TEST_SUITE_END()
