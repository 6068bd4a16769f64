// SPDX-License-Identifier: BSL-1.0

#include "bridge/loopback.hpp"
#include <troupe/socket/held_messages.hpp>

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
  std::vector<multipart> retry(std::map<routing_id, send_result> results) {
    sent.clear();
    return held.retry([&](const multipart& x) {
      if (results[x.peer] == send_result::sent)
        sent[x.peer] += x.frames.front().text();
      return results[x.peer];
    });
  }

  held_messages held{5, 100};
  std::map<routing_id, std::string> sent;
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

BOOST_AUTO_TEST_SUITE_END()
