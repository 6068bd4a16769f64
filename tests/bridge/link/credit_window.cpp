// SPDX-License-Identifier: BSL-1.0

#include <troupe/link/credit_window.hpp>

#include <boost/test/unit_test.hpp>

#include <deque>
#include <random>

using namespace troupe;

namespace {

constexpr auto window = credit_amount{4096, 8 << 20};

} // namespace

BOOST_AUTO_TEST_SUITE(credit_window_suite)

BOOST_AUTO_TEST_CASE(starts_with_credit_for_a_first_round_trip) {
  credit_window sender{1};
  for (auto i = 0u; i < initial_credit.messages; ++i) {
    BOOST_REQUIRE(sender.open());
    sender.sent({1, 1});
  }
  BOOST_TEST(!sender.open());
  BOOST_TEST(sender.left().messages == 0u);
}

BOOST_AUTO_TEST_CASE(lets_one_message_exceed_the_bytes) {
  credit_window sender{1};
  sender.sent({1, initial_credit.bytes - 1});
  BOOST_TEST(sender.open());
  sender.sent({1, 100 << 20});
  BOOST_TEST(!sender.open());
  BOOST_TEST(sender.left().bytes == 0u);
  sender.granted({1, 5000, 50 << 20});
  BOOST_TEST(!sender.open());
  sender.granted({1, 5000, 102 << 20});
  BOOST_TEST(sender.open());
}

BOOST_AUTO_TEST_CASE(ignores_old_and_foreign_grants) {
  credit_window sender{2};
  sender.granted({2, 5000, 5 << 20});
  sender.granted({2, 4000, 4 << 20});
  sender.granted({1, 9000, 9 << 20});
  sender.granted({});
  BOOST_TEST((sender.left() == credit_amount{5000, 5 << 20}));
  sender.restart(3);
  BOOST_TEST((sender.left() == initial_credit));
  sender.granted({2, 5000, 5 << 20});
  BOOST_TEST((sender.left() == initial_credit));
}

BOOST_AUTO_TEST_CASE(grants_its_window_at_first_contact) {
  credit_account reader{window};
  BOOST_TEST(!reader.due());
  BOOST_TEST(!reader.news());
  BOOST_TEST(!reader.take());
  BOOST_TEST(reader.arrived(5));
  BOOST_TEST(reader.due());
  BOOST_TEST((reader.take() == credit_grant{5, window.messages, window.bytes}));
  BOOST_TEST(!reader.due());
  BOOST_TEST(!reader.news());
  credit_account small{{initial_credit.messages + 1, 0}};
  small.arrived(1);
  BOOST_TEST(small.due());
  credit_account smallest{{}};
  smallest.arrived(1);
  BOOST_TEST(!smallest.due());
}

BOOST_AUTO_TEST_CASE(grants_again_when_half_of_the_window_was_handled) {
  credit_account reader{window};
  reader.arrived(5);
  reader.take();
  reader.handled(5, {window.messages / 2, 0});
  BOOST_TEST(!reader.due());
  BOOST_TEST(reader.news());
  reader.handled(5, {1, 1});
  BOOST_TEST(reader.due());
  reader.take();
  reader.handled(5, {1, window.bytes / 2 + 1});
  BOOST_TEST(reader.due());
  BOOST_TEST((
    reader.take()
    == credit_grant{5, window.messages * 3 / 2 + 2, window.bytes * 3 / 2 + 2}));
}

BOOST_AUTO_TEST_CASE(counts_anew_in_a_new_epoch) {
  credit_account reader{window};
  reader.arrived(5);
  reader.handled(5, {100, 100});
  BOOST_TEST(reader.arrived(9));
  reader.handled(5, {100, 100}); // handled late
  BOOST_TEST((reader.take() == credit_grant{9, window.messages, window.bytes}));
}

BOOST_AUTO_TEST_CASE(tells_leftovers_of_an_old_connection) {
  credit_account reader{window};
  BOOST_TEST(reader.arrived(5));
  BOOST_TEST(reader.arrived(6));
  BOOST_TEST(!reader.arrived(5));
  BOOST_TEST(reader.epoch() == 6u);
  BOOST_TEST(reader.arrived(6));
  // A peer that started again counts from anywhere.
  BOOST_TEST(reader.arrived(2));
  BOOST_TEST(!reader.arrived(6));
  BOOST_TEST(!reader.arrived(0));
}

BOOST_AUTO_TEST_CASE(never_exceeds_the_window_and_never_stalls) {
  struct sent_message {
    std::uint32_t epoch;
    std::uint64_t bytes;
  };
  for (auto seed = 0u; seed < 50; ++seed) {
    std::mt19937 random{seed};
    auto size = credit_amount{1024 + random() % 5000,
                              (1 << 20) + random() % (16 << 20)};
    auto epoch = 1u;
    credit_window sender{epoch};
    credit_account reader{size};
    std::deque<sent_message> on_the_way;
    std::deque<credit_grant> grants;
    auto unhandled = credit_amount{};
    auto total = 0;
    for (auto step = 0; step < 20'000; ++step) {
      auto choice = random() % 100;
      if (choice < 60) {
        for (auto n = random() % 50; n > 0 && sender.open(); --n, ++total) {
          auto bytes = random() % 100 == 0 ? random() % (4 << 20)
                                           : random() % 1000;
          BOOST_REQUIRE(unhandled.messages < size.messages);
          BOOST_REQUIRE(unhandled.bytes < size.bytes);
          sender.sent({1, bytes});
          on_the_way.push_back({epoch, bytes});
          ++unhandled.messages;
          unhandled.bytes += bytes;
        }
      } else if (choice < 98) {
        for (auto n = random() % 80; n > 0 && !on_the_way.empty(); --n) {
          auto x = on_the_way.front();
          on_the_way.pop_front();
          reader.arrived(x.epoch);
          reader.handled(x.epoch, {1, x.bytes});
          --unhandled.messages;
          unhandled.bytes -= x.bytes;
        }
        if (reader.due())
          grants.push_back(reader.take());
      } else if (choice == 98) {
        for (; !grants.empty(); grants.pop_front())
          sender.granted(grants.front());
      } else if (random() % 20 == 0) {
        sender.restart(++epoch); // whatever is on its way is lost, or late
        grants.clear();
        on_the_way.clear();
        unhandled = {};
      }
    }
    BOOST_TEST(total > 1000);
    // Whatever happened: once all is handled, the sender may go on.
    for (auto& x : on_the_way) {
      reader.arrived(x.epoch);
      reader.handled(x.epoch, {1, x.bytes});
    }
    if (reader.due())
      grants.push_back(reader.take());
    for (auto& x : grants)
      sender.granted(x);
    BOOST_TEST(sender.open());
  }
}

BOOST_AUTO_TEST_SUITE_END()
