// SPDX-License-Identifier: BSL-1.0

#include "bridge/link_samples.hpp"
#include "bridge/loopback.hpp"
#include <troupe/link/bridged_link.hpp>

#include <deque>

using namespace troupe;
using namespace troupe::test;

namespace {

/// A socket that keeps what it should send.
class fake_port : public link_port {
public:
  send_result transmit(const wire_message& x) override {
    if (result == send_result::sent && wires.size() >= room)
      return send_result::would_block;
    if (result == send_result::sent)
      wires.push_back(x.frames);
    return result;
  }

  send_result result = send_result::sent;
  std::size_t room = 1'000'000;
  std::deque<multipart> wires;
};

/// One end of a link with a socket that is not there.
struct link_side {
  link_side(socket_type type, socket_spec spec) {
    spec.type = type;
    link = std::make_unique<bridged_link>(spec, copy_policy{},
                                          std::make_shared<wakeup>());
  }

  bool add(routing_id peer, std::string text) {
    auto x = message(std::move(peer), {std::move(text)});
    return link->add(x, port) == send_result::sent;
  }

  /// Reads all that `from` sent, as messages of `peer`.
  std::size_t read(link_side& from, routing_id peer = {}) {
    auto before = messages.size();
    from.link->flush(from.port);
    for (; !from.port.wires.empty(); from.port.wires.pop_front()) {
      auto wire = received(from.port.wires.front());
      wire.peer = peer;
      if (link->read(std::move(wire), messages))
        ++refused;
    }
    return messages.size() - before;
  }

  std::unique_ptr<bridged_link> link;
  fake_port port;
  std::vector<multipart> messages;
  std::size_t refused = 0;
};

struct fixture {
  fixture() {
    spec.window_messages = 2000;
    spec.chunk_size = 1000;
  }

  /// Exchanges grants until both sides are quiet.
  void talk(link_side& dealer, link_side& router) {
    for (auto i = 0; i < 5; ++i) {
      router.read(dealer, alice);
      dealer.read(router);
    }
  }

  routing_id alice{"alice"};
  socket_spec spec;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(bridged_link_suite, fixture)

BOOST_AUTO_TEST_CASE(sends_with_a_flush_what_was_added) {
  link_side a{socket_type::push, spec};
  link_side b{socket_type::pull, spec};
  for (auto i = 0; i < 10; ++i)
    BOOST_TEST(a.add({}, std::to_string(i)));
  BOOST_TEST(a.port.wires.empty());
  BOOST_TEST(!a.link->idle());
  a.link->flush(a.port);
  BOOST_TEST(a.port.wires.size() == 1u);
  BOOST_TEST(a.link->idle());
  BOOST_TEST(b.read(a) == 10u);
}

BOOST_AUTO_TEST_CASE(stops_without_credit_and_goes_on_with_it) {
  link_side dealer{socket_type::dealer, spec};
  link_side router{socket_type::router, spec};
  auto sent = 0u;
  while (dealer.add({}, "x"))
    ++sent;
  BOOST_TEST(sent == initial_credit.messages);
  talk(dealer, router);
  while (dealer.add({}, "x"))
    ++sent;
  BOOST_TEST(sent == 2000u);
  router.read(dealer, alice);
  // The owner of the router handles all of it.
  auto ticket = router.link->ticket(nullptr);
  talk(dealer, router);
  BOOST_TEST(!dealer.add({}, "x"));
  BOOST_TEST(!router.link->ready());
  ticket = nullptr;
  BOOST_TEST(router.link->ready());
  talk(dealer, router);
  BOOST_TEST(!router.link->ready());
  while (dealer.add({}, "x"))
    ++sent;
  BOOST_TEST(sent == 4000u);
}

BOOST_AUTO_TEST_CASE(sends_grants_with_messages_if_it_can) {
  link_side dealer{socket_type::dealer, spec};
  link_side router{socket_type::router, spec};
  dealer.add({}, "hello");
  router.read(dealer, alice);
  router.add(alice, "welcome");
  router.link->flush(router.port);
  BOOST_TEST(router.port.wires.size() == 1u);
  dealer.read(router);
  auto sent = 1u;
  while (dealer.add({}, "x"))
    ++sent;
  BOOST_TEST(sent == 2000u);
}

BOOST_AUTO_TEST_CASE(counts_each_peer_alone) {
  link_side router{socket_type::router, spec};
  routing_id bob{"bob"};
  auto sent = 0u;
  while (router.add(alice, "x"))
    ++sent;
  BOOST_TEST(sent == initial_credit.messages);
  BOOST_TEST(router.add(bob, "x"));
  router.link->flush(router.port);
  BOOST_TEST((router.port.wires.back().peer == bob));
}

BOOST_AUTO_TEST_CASE(keeps_what_finds_no_room) {
  link_side a{socket_type::push, spec};
  link_side b{socket_type::pull, spec};
  a.port.room = 0;
  BOOST_TEST(a.add({}, "1"));
  a.link->flush(a.port);
  BOOST_TEST(!a.link->idle());
  BOOST_TEST(!a.add({}, "2"));
  a.port.room = 1;
  BOOST_TEST(b.read(a) == 1u);
  BOOST_TEST(a.link->idle());
  BOOST_TEST(a.add({}, "2"));
  BOOST_TEST(b.read(a) == 1u);
}

BOOST_AUTO_TEST_CASE(gives_back_what_cannot_be_sent) {
  link_side router{socket_type::router, spec};
  router.add(alice, "small");
  router.add(alice, std::string(2500, 'x'));
  router.add(alice, "behind");
  router.port.wires.clear();
  router.port.result = send_result::peer_gone;
  router.link->flush(router.port);
  auto lost = router.link->take_lost();
  // The first two left before the peer did.
  BOOST_REQUIRE(lost.size() == 1u);
  BOOST_TEST((lost[0].reason == ec::peer_gone));
  BOOST_TEST(texts(lost[0].message).front() == "behind");
  BOOST_TEST((lost[0].message.peer == alice));
  BOOST_TEST(router.link->peers() == 0u);
}

BOOST_AUTO_TEST_CASE(gives_back_large_messages_as_they_were) {
  link_side router{socket_type::router, spec};
  router.port.room = 2; // of three chunks
  auto large = std::string(2500, 'x');
  BOOST_TEST(router.add(alice, large));
  auto back = router.link->take_all();
  BOOST_REQUIRE(back.size() == 1u);
  BOOST_TEST(texts(back[0]).front() == large);
}

BOOST_AUTO_TEST_CASE(puts_large_frames_together) {
  link_side dealer{socket_type::dealer, spec};
  link_side router{socket_type::router, spec};
  for (auto size : {999, 1000, 1001, 5000, 3})
    BOOST_TEST(
      dealer.add({}, std::string(static_cast<std::size_t>(size), 'x')));
  BOOST_TEST(router.read(dealer, alice) == 5u);
  BOOST_TEST(router.refused == 0u);
  BOOST_TEST(texts(router.messages[3]).front() == std::string(5000, 'x'));
}

BOOST_AUTO_TEST_CASE(forgets_half_a_frame_of_an_old_connection) {
  link_side dealer{socket_type::dealer, spec};
  link_side router{socket_type::router, spec};
  dealer.port.room = 2;
  dealer.add({}, std::string(5000, 'x'));
  dealer.link->take_all();
  for (; !dealer.port.wires.empty(); dealer.port.wires.pop_front()) {
    auto wire = received(dealer.port.wires.front());
    wire.peer = alice;
    BOOST_TEST(!router.link->read(std::move(wire), router.messages));
  }
  dealer.port.room = 100;
  dealer.link->restart();
  dealer.add({}, std::string(5000, 'y'));
  BOOST_TEST(router.read(dealer, alice) == 1u);
  BOOST_TEST(router.refused == 0u);
}

BOOST_AUTO_TEST_CASE(starts_again_with_a_new_connection) {
  link_side dealer{socket_type::dealer, spec};
  link_side router{socket_type::router, spec};
  while (dealer.add({}, "x"))
    ;
  dealer.link->flush(dealer.port);
  dealer.port.wires.clear(); // lost with the connection
  dealer.link->restart();
  auto sent = 0u;
  for (auto round = 0; round < 3; ++round) {
    while (dealer.add({}, "x"))
      ++sent;
    talk(dealer, router);
    router.link->forget_tickets();
  }
  talk(dealer, router);
  BOOST_TEST(sent > 2000u);
  BOOST_TEST(router.messages.size() == sent);
  BOOST_TEST(dealer.add({}, "x"));
}

BOOST_AUTO_TEST_CASE(finds_peers_that_left) {
  link_side router{socket_type::router, spec};
  link_side dealer{socket_type::dealer, spec};
  dealer.add({}, "hello");
  dealer.link->flush(dealer.port);
  for (auto i = 0; i < 1000; ++i) {
    auto wire = received(dealer.port.wires.front());
    wire.peer = routing_id{std::to_string(i)};
    router.link->read(std::move(wire), router.messages);
    // All are gone before they hear of their credit.
    router.port.result = send_result::peer_gone;
    router.link->flush(router.port);
  }
  BOOST_TEST(router.link->peers() < 100u);
  router.port.result = send_result::sent;
  router.add(alice, "x");
  router.link->flush(router.port);
  router.link->probe(false);
  BOOST_TEST(router.link->idle()); // she costs nothing
  router.link->probe(true);
  router.port.result = send_result::peer_gone;
  router.link->flush(router.port);
  BOOST_TEST(router.link->peers() == 0u);
  BOOST_TEST(router.link->take_lost().empty());
}

BOOST_AUTO_TEST_CASE(refuses_chunks_where_nobody_knows_the_peer) {
  link_side dealer{socket_type::dealer, spec};
  link_side pull{socket_type::pull, spec};
  dealer.add({}, std::string(5000, 'x'));
  BOOST_TEST(pull.read(dealer) == 0u);
  BOOST_TEST(pull.refused == 6u);
}

BOOST_AUTO_TEST_SUITE_END()
