// SPDX-License-Identifier: BSL-1.0

// Lanes whose peers prove who they are.

#include "bridge/lanes/lanes_owner.hpp"

#include <caf/send.hpp>

using namespace std::chrono_literals;
using namespace troupe;
using test::lanes_owner;

namespace {

struct fixture : test::bridge_fixture {
  fixture() {
    BOOST_REQUIRE(!list->add(alice_keys.public_key(), {"alice", "client"}));
    lanes_spec spec;
    spec.bind = *derive_lanes("tcp://127.0.0.1:*");
    spec.sockets.security = curve_server{server_keys, list};
    there = open(spec);
    bob.attach(there.handle);
  }

  ~fixture() {
    caf::anon_send(there.handle, atom::close_v);
    caf::anon_send(here.handle, atom::close_v);
    bridge.reset();
  }

  opened_lanes open(const lanes_spec& spec) {
    auto result = open_lanes(sys, bridge->actor(), spec);
    if (!result)
      BOOST_FAIL(describe(result.error()));
    return std::move(*result);
  }

  /// Connects lanes of whoever has `keys`, and attaches `alice` to them.
  void connect(const key_pair& keys) {
    lanes_spec spec;
    spec.connect = there.endpoints;
    spec.sockets.security = curve_client{keys, server_keys.public_key()};
    spec.retry_min = spec.retry_max = 1h; // one attempt
    here = open(spec);
    alice.attach(here.handle);
  }

  key_pair server_keys = *key_pair::generate();
  key_pair alice_keys = *key_pair::generate();
  std::shared_ptr<access_list> list = std::make_shared<access_list>();
  opened_lanes here, there;
  lanes_owner alice{sys}, bob{sys};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(lanes_keys_suite, fixture)

BOOST_AUTO_TEST_CASE(names_the_user_that_a_peer_proved_to_be) {
  connect(alice_keys);
  auto event = bob.take_event();
  BOOST_TEST((event.what == peer_event::kind::joined));
  BOOST_REQUIRE(event.user != nullptr);
  BOOST_TEST(event.user->name == "alice");
  auto peer = alice.take_joined();
  alice.send(here.handle, peer, "hi");
  BOOST_TEST(bob.take() == "task:hi");
  bob.send(there.handle, event.peer, "hello");
  BOOST_TEST(alice.take() == "task:hello");
}

BOOST_AUTO_TEST_CASE(tell_both_sides_of_an_unknown_key) {
  connect(*key_pair::generate());
  for (auto owner : {&alice, &bob}) {
    auto event = owner->take_event();
    BOOST_TEST((event.what == peer_event::kind::refused));
    BOOST_TEST((event.reason == ec::key_refused), event.text);
  }
}

BOOST_AUTO_TEST_CASE(a_peer_leaves_when_its_key_is_removed) {
  connect(alice_keys);
  auto peer = bob.take_joined();
  alice.take_joined();
  list->remove(alice_keys.public_key());
  // Whether they know it or not, nothing of this may be swallowed.
  for (auto i = 0; i < 4; ++i)
    bob.send(there.handle, peer, "x", 7, all_lanes[i % all_lanes.size()]);
  for (auto i = 0; i < 4; ++i)
    BOOST_TEST((bob.take_returned().message.frames[0].text() == "x"));
  for (;;) { // what the sockets refuse is told, too
    auto event = bob.take_event();
    BOOST_TEST((event.reason == ec::key_removed), event.text);
    if (event.what == peer_event::kind::left)
      break;
  }
  BOOST_TEST(bob.counters(there.handle).peers == 0);
}

BOOST_AUTO_TEST_CASE(a_silent_peer_leaves_when_its_key_is_removed) {
  connect(alice_keys);
  bob.take_joined();
  alice.take_joined();
  list->remove(alice_keys.public_key());
  auto event = bob.take_event();
  while (event.what == peer_event::kind::refused) {
    BOOST_TEST(event.text.find("alice") != std::string::npos, event.text);
    event = bob.take_event();
  }
  BOOST_TEST((event.what == peer_event::kind::left));
  BOOST_TEST((event.reason == ec::key_removed));
}

BOOST_AUTO_TEST_SUITE_END()
