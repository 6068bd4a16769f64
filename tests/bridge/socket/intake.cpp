// SPDX-License-Identifier: BSL-1.0

#include <troupe/socket/intake.hpp>

#include <boost/test/unit_test.hpp>

using namespace troupe;

namespace {

using ids = std::vector<int>;

struct fixture {
  /// One round in which connection 1 has brought `bytes` so far.
  ids round(std::uint64_t bytes, bool delivers = false) {
    x.took(1, bytes);
    if (delivers)
      x.delivered(1);
    return x.judge();
  }

  intake x{1000};
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
  BOOST_TEST(x.judge().empty());
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
          x.delivered(1);
      BOOST_REQUIRE(x.judge().empty());
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
  x.delivered(7); // whoever that is
  BOOST_TEST((x.judge() == ids{2}));
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
