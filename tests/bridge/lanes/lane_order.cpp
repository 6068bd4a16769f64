// SPDX-License-Identifier: BSL-1.0

#include <troupe/lanes/lane_order.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <deque>
#include <random>
#include <string>

using namespace troupe;

namespace {

ordered_message make(std::uint64_t conversation, lane via, std::string text,
                     bool automatic = true) {
  ordered_message result;
  result.via = via;
  result.automatic = automatic;
  result.conversation = conversation;
  result.content.frames.push_back(buffer::copy_of(text));
  return result;
}

std::string show(const lane_step& x) {
  auto via = std::string{to_string(x.via)};
  if (x.fence != 0)
    return via + " fence";
  return via + " " + std::string{x.message.content.frames[0].text()};
}

struct fixture {
  bool push(ordered_message message) {
    return order.push(message, steps);
  }

  /// Returns what is to be sent since the last call, and notes the last fence.
  std::string sent() {
    std::string result;
    for (auto& x : steps) {
      result += (result.empty() ? "" : ", ") + show(x);
      if (x.fence != 0)
        fence = x.fence;
    }
    steps.clear();
    return result;
  }

  lane_order order{4, 100};
  std::vector<lane_step> steps;
  std::uint64_t fence = 0;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(lane_order_suite, fixture)

BOOST_AUTO_TEST_CASE(sends_small_messages_without_any_fence) {
  push(make(1, lane::task, "a"));
  push(make(1, lane::task, "b"));
  push(make(2, lane::task, "c"));
  BOOST_TEST(sent() == "task a, task b, task c");
}

BOOST_AUTO_TEST_CASE(lets_small_messages_follow_a_large_one) {
  push(make(1, lane::bulk, "LARGE"));
  push(make(1, lane::task, "a"));
  BOOST_TEST(sent() == "bulk LARGE, bulk fence, bulk a");
}

BOOST_AUTO_TEST_CASE(returns_to_the_small_lane_when_the_large_one_arrived) {
  push(make(1, lane::bulk, "LARGE"));
  push(make(1, lane::task, "a"));
  sent();
  order.passed(fence, steps);
  BOOST_TEST(sent() == "bulk fence"); // a follows the first fence
  order.passed(fence, steps);
  push(make(1, lane::task, "b"));
  BOOST_TEST(sent() == "task b");
}

BOOST_AUTO_TEST_CASE(holds_a_large_message_back_until_small_ones_arrived) {
  push(make(1, lane::task, "a"));
  push(make(1, lane::bulk, "LARGE"));
  push(make(1, lane::task, "b"));
  BOOST_TEST(sent() == "task a, task fence");
  BOOST_TEST(order.waiting() == 2);
  order.passed(fence, steps);
  BOOST_TEST(sent() == "bulk LARGE, bulk b, bulk fence");
  BOOST_TEST(order.waiting() == 0);
}

BOOST_AUTO_TEST_CASE(keeps_explicit_lanes_and_waits_for_them) {
  push(make(1, lane::bulk, "LARGE"));
  push(make(1, lane::control, "now", false));
  BOOST_TEST(sent() == "bulk LARGE, bulk fence");
  order.passed(fence, steps);
  BOOST_TEST(sent() == "control now");
}

BOOST_AUTO_TEST_CASE(delays_no_other_conversation) {
  push(make(1, lane::task, "a"));
  push(make(1, lane::bulk, "LARGE"));
  sent();
  push(make(2, lane::task, "x"));
  BOOST_TEST(sent() == "task x");
}

BOOST_AUTO_TEST_CASE(ignores_answers_that_nobody_asked_for) {
  push(make(1, lane::task, "a"));
  push(make(1, lane::bulk, "LARGE"));
  sent();
  for (auto wrong : {std::uint64_t{0}, fence + 1, fence + 1024, ~fence})
    order.passed(wrong, steps);
  BOOST_TEST(sent() == "");
  order.passed(fence, steps);
  auto answered = fence;
  BOOST_TEST(sent() == "bulk LARGE, bulk fence");
  order.passed(answered, steps);
  BOOST_TEST(sent() == "");
}

BOOST_AUTO_TEST_CASE(refuses_what_finds_no_room_and_leaves_it_alone) {
  push(make(1, lane::task, "a"));
  for (auto i = 0; i < 4; ++i)
    BOOST_TEST(push(make(1, lane::bulk, "LARGE")));
  auto fifth = make(1, lane::bulk, "LARGE");
  BOOST_TEST(!order.push(fifth, steps));
  BOOST_TEST(fifth.content.frames.size() == 1);
  BOOST_TEST(order.take_all().size() == 4);
  push(make(1, lane::task, "a"));
  BOOST_TEST(push(make(1, lane::bulk, std::string(100, 'x'))));
  BOOST_TEST(!push(make(1, lane::bulk, "x")));
}

// Lanes that move at random speeds deliver each conversation in its order.
BOOST_AUTO_TEST_CASE(keeps_the_order_of_random_traffic) {
  for (auto seed = 1u; seed <= 100; ++seed) {
    std::mt19937 random{seed};
    lane_order sender{1000, 1'000'000};
    per_lane<std::deque<lane_step>> wires;
    std::deque<std::uint64_t> answers;
    std::vector<lane_step> out;
    std::vector<int> next_sent(3), next_received(3);
    auto arrived = 0;
    auto transmit = [&] {
      for (auto& x : out)
        wires[x.via].push_back(std::move(x));
      out.clear();
    };
    auto receive = [&](std::deque<lane_step>& wire) {
      auto x = std::move(wire.front());
      wire.pop_front();
      if (x.fence != 0) {
        answers.push_back(x.fence);
        return;
      }
      auto talk = x.message.conversation;
      auto number = std::stoi(std::string{x.message.content.frames[0].text()});
      BOOST_REQUIRE(number == next_received[talk]++);
      ++arrived;
    };
    auto busy = [&] {
      return !answers.empty()
             || std::any_of(wires.values.begin(), wires.values.end(),
                            [](auto& x) { return !x.empty(); });
    };
    for (auto left = 300; left > 0 || busy();) {
      auto dice = random() % 8;
      if (dice < 3 && left > 0) {
        auto talk = random() % 3;
        auto via = all_lanes[random() % 3];
        auto text = std::to_string(next_sent[talk]++);
        auto message = make(talk, via, text, random() % 2 == 0);
        BOOST_REQUIRE(sender.push(message, out));
        --left;
      } else if (dice == 3 && !answers.empty()) {
        sender.passed(answers.front(), out);
        answers.pop_front();
      } else if (auto& wire = wires.values[random() % 3]; !wire.empty()) {
        receive(wire);
      }
      transmit();
    }
    BOOST_TEST(arrived == 300);
    BOOST_TEST(sender.waiting() == 0);
  }
}

BOOST_AUTO_TEST_SUITE_END()
