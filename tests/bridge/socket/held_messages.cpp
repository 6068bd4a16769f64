// SPDX-License-Identifier: BSL-1.0

#include "bridge/loopback.hpp"
#include <troupe/socket/held_messages.hpp>

#include <concepts>
#include <map>

using namespace troupe;
using namespace troupe::test;

namespace {

const routing_id alice{"alice"};
const routing_id bob{"bob"};

struct fixture {
  /// Holds a message of one frame.
  bool hold(const routing_id& peer, std::string text) {
    auto x = message(peer, {std::move(text)});
    return held.push(x);
  }

  /// Retries with results by peer, and records what was sent.
  std::vector<multipart> retry(std::map<routing_id, send_result> results,
                               std::size_t share = 1000) {
    sent.clear();
    auto send = [&]<class T>(T& x) {
      if constexpr (std::same_as<T, message_bundle>) {
        if (results[{}] == send_result::sent)
          sent[{}] += std::to_string(x.messages());
        return results[{}];
      } else {
        if (results[x.peer] == send_result::sent)
          sent[x.peer] += x.frames.front().text();
        return results[x.peer];
      }
    };
    auto done = held.retry(send, share);
    more = done.more;
    return std::move(done.lost);
  }

  /// Holds a bundle of `n` messages of three bytes.
  bool hold_bundle(std::size_t n) {
    for (auto i = bundle.messages(); i < n; ++i)
      bundle.copy(message({"abc"}), pool);
    return held.push(bundle);
  }

  arena_pool pool;
  message_bundle bundle{link_layout{true}};
  held_messages held{5, 100};
  std::map<routing_id, std::string> sent;
  bool more = false;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(held_messages_suite, fixture)

BOOST_AUTO_TEST_CASE(knows_for_whom_something_waits) {
  BOOST_TEST(held.empty());
  BOOST_TEST(hold(alice, "a"));
  BOOST_TEST(!held.empty());
  BOOST_TEST(held.waits_for(alice));
  BOOST_TEST(!held.waits_for(bob));
}

BOOST_AUTO_TEST_CASE(keeps_the_order_per_peer) {
  for (auto text : {"1", "2"}) {
    BOOST_TEST(hold(alice, text));
    BOOST_TEST(hold(bob, text));
  }
  BOOST_TEST(
    retry({{alice, send_result::sent}, {bob, send_result::sent}}).empty());
  BOOST_TEST(sent[alice] == "12");
  BOOST_TEST(sent[bob] == "12");
  BOOST_TEST(held.empty());
}

BOOST_AUTO_TEST_CASE(does_not_let_one_peer_block_another) {
  hold(alice, "1");
  hold(bob, "2");
  hold(alice, "3");
  BOOST_TEST(
    retry({{alice, send_result::would_block}, {bob, send_result::sent}})
      .empty());
  BOOST_TEST(sent[bob] == "2");
  BOOST_TEST(held.size() == 2u);
  BOOST_TEST(held.waits_for(alice));
  BOOST_TEST(!held.waits_for(bob));
}

BOOST_AUTO_TEST_CASE(sends_no_more_than_a_share_per_peer_at_a_time) {
  for (auto text : {"aa", "bb", "cc"})
    hold(alice, text);
  hold(bob, "dd");
  std::map<routing_id, send_result> both{{alice, send_result::sent},
                                         {bob, send_result::sent}};
  retry(both, 3); // the message that goes beyond it is still sent
  BOOST_TEST(sent[alice] == "aabb");
  BOOST_TEST(sent[bob] == "dd");
  BOOST_TEST(more);
  retry({{alice, send_result::would_block}}, 3);
  BOOST_TEST(!more); // it would be in vain
  retry(both, 2);
  BOOST_TEST(sent[alice] == "cc");
  BOOST_TEST(!more);
  BOOST_TEST(held.empty());
}

BOOST_AUTO_TEST_CASE(gives_back_everything_for_a_peer_that_is_gone) {
  hold(alice, "1");
  hold(bob, "2");
  hold(alice, "3");
  auto lost =
    retry({{alice, send_result::peer_gone}, {bob, send_result::would_block}});
  BOOST_REQUIRE(lost.size() == 2u);
  BOOST_TEST(lost[0].frames.front().text() == "1");
  BOOST_TEST(lost[1].frames.front().text() == "3");
  BOOST_TEST(held.size() == 1u);
}

BOOST_AUTO_TEST_CASE(bounds_messages_over_all_peers) {
  for (auto i = 0; i < 4; ++i)
    BOOST_TEST(hold(alice, "x"));
  BOOST_TEST(hold(bob, "x"));
  auto extra = message(bob, {"extra"});
  BOOST_TEST(!held.push(extra));
  BOOST_TEST(extra.frames.front().text() == "extra");
  BOOST_TEST(held.size() == 5u);
  retry({{alice, send_result::sent}, {bob, send_result::would_block}});
  BOOST_TEST(held.push(extra));
}

BOOST_AUTO_TEST_CASE(bounds_bytes_over_all_peers) {
  BOOST_TEST(hold(alice, std::string(60, 'x')));
  BOOST_TEST(!hold(bob, std::string(41, 'x')));
  BOOST_TEST(!held.waits_for(bob));
  BOOST_TEST(hold(bob, std::string(40, 'x')));
  BOOST_TEST(!hold(bob, "x"));
  BOOST_TEST(hold(bob, ""));
  retry({{alice, send_result::sent}, {bob, send_result::would_block}});
  BOOST_TEST(hold(bob, std::string(60, 'x')));
}

BOOST_AUTO_TEST_CASE(gives_back_everything_at_the_end) {
  hold(alice, "1");
  hold(bob, "2");
  BOOST_TEST(held.take_all().size() == 2u);
  BOOST_TEST(held.empty());
  BOOST_TEST(hold(alice, std::string(100, 'x')));
}

BOOST_AUTO_TEST_CASE(holds_bundles_in_their_place) {
  BOOST_TEST(hold({}, "a"));
  BOOST_TEST(hold_bundle(3));
  BOOST_TEST(bundle.empty());
  BOOST_TEST(hold({}, "b"));
  BOOST_TEST(held.size() == 5u);
  BOOST_TEST(!hold({}, "c"));
  BOOST_TEST(retry({{{}, send_result::would_block}}).empty());
  BOOST_TEST(held.size() == 5u);
  BOOST_TEST(retry({{{}, send_result::sent}}).empty());
  BOOST_TEST(sent[{}] == "a3b");
  BOOST_TEST(held.empty());
}

BOOST_AUTO_TEST_CASE(takes_all_of_a_bundle_or_nothing) {
  BOOST_TEST(hold({}, "a"));
  BOOST_TEST(!hold_bundle(5));
  BOOST_TEST(bundle.messages() == 5u);
  BOOST_TEST(held.size() == 1u);
  BOOST_TEST(hold({}, std::string(90, 'x')));
  std::vector<multipart> messages;
  bundle.unpack(messages);
  bundle.copy(message({std::string(10, 'x')}), pool);
  BOOST_TEST(!held.push(bundle)); // too many bytes
}

BOOST_AUTO_TEST_CASE(counts_what_is_left_of_a_bundle) {
  BOOST_TEST(hold_bundle(5));
  auto send = [&]<class T>(T& x) {
    if constexpr (std::same_as<T, message_bundle>) {
      std::vector<multipart> messages;
      x.unpack(messages);
      x.copy(messages.back(), pool);
    }
    return send_result::would_block;
  };
  held.retry(send, 1000);
  BOOST_TEST(held.size() == 1u);
  BOOST_TEST(hold_bundle(4));
  BOOST_TEST(held.take_all().size() == 5u);
  BOOST_TEST(held.empty());
}

BOOST_AUTO_TEST_CASE(unpacks_bundles_that_go_back) {
  BOOST_TEST(hold({}, "a"));
  BOOST_TEST(hold_bundle(2));
  auto lost = retry({{{}, send_result::peer_gone}});
  BOOST_REQUIRE(lost.size() == 3u);
  BOOST_TEST(lost[1].frames.front().text() == "abc");
  BOOST_TEST(held.empty());
  BOOST_TEST(hold_bundle(5));
  BOOST_TEST(held.take_all().size() == 5u);
  BOOST_TEST(hold_bundle(5)); // the bytes count no more
}

BOOST_AUTO_TEST_SUITE_END()
