// SPDX-License-Identifier: BSL-1.0

#include "bridge/loopback.hpp"
#include <troupe/socket/notices.hpp>

using namespace troupe;
using namespace troupe::test;

namespace {

using kind = socket_event::kind;

const routing_id alice{"alice"};
const routing_id bob{"bob"};

} // namespace

BOOST_AUTO_TEST_SUITE(notices_suite)

BOOST_AUTO_TEST_CASE(reads_subscriptions_at_xpub_sockets) {
  notices xpub{socket_type::xpub};
  auto event = xpub.read(message({"\1news"}));
  BOOST_REQUIRE(event.has_value());
  BOOST_TEST((event->what == kind::subscribed));
  BOOST_TEST(event->text == "news");
  event = xpub.read(message({std::string{'\0'} + "news"}));
  BOOST_REQUIRE(event.has_value());
  BOOST_TEST((event->what == kind::unsubscribed));
  BOOST_TEST(event->text == "news");
  event = xpub.read(message({"\1"}));
  BOOST_REQUIRE(event.has_value());
  BOOST_TEST(event->text.empty());
}

BOOST_AUTO_TEST_CASE(delivers_what_xsub_sockets_send_besides) {
  notices xpub{socket_type::xpub};
  BOOST_TEST(!xpub.read(message({""})));
  BOOST_TEST(!xpub.read(message({"news"})));
  BOOST_TEST(!xpub.read(message({"\2news"})));
  BOOST_TEST(!xpub.read(message({"\1news", "more"})));
  BOOST_TEST(!xpub.read(multipart{}));
}

BOOST_AUTO_TEST_CASE(reads_the_begin_and_end_of_streams) {
  notices stream{socket_type::stream};
  auto begin = [&](auto& peer) {
    auto event = stream.read(message(peer, {""}));
    BOOST_REQUIRE(event.has_value());
    BOOST_TEST((event->peer == peer));
    return event->what == kind::connected;
  };
  BOOST_TEST(begin(alice));
  BOOST_TEST(begin(bob));
  BOOST_TEST(!stream.read(message(alice, {"bytes"})));
  BOOST_TEST(!begin(alice));
  BOOST_TEST(!begin(bob));
  BOOST_TEST(begin(alice)); // the id is used again
}

BOOST_AUTO_TEST_CASE(knows_whom_it_hung_up) {
  notices stream{socket_type::stream};
  auto empty = message(alice, {""});
  BOOST_TEST(!stream.sent(empty)); // nobody there
  stream.read(empty);
  BOOST_TEST(!stream.sent(message(alice, {"bytes"})));
  auto event = stream.sent(empty);
  BOOST_REQUIRE(event.has_value());
  BOOST_TEST((event->what == kind::disconnected));
  BOOST_TEST((event->peer == alice));
  BOOST_TEST(!stream.sent(empty));
  // What ZeroMQ had ready is no new connection.
  event = stream.read(empty);
  BOOST_REQUIRE(event.has_value());
  BOOST_TEST((event->what == kind::disconnected));
  BOOST_TEST((stream.read(message(bob, {""}))->what == kind::connected));
}

BOOST_AUTO_TEST_CASE(delivers_everything_at_other_sockets) {
  for (auto i = 0; i < 12; ++i) {
    auto type = static_cast<socket_type>(i);
    if (type == socket_type::xpub || type == socket_type::stream)
      continue;
    notices other{type};
    BOOST_TEST(!other.read(message(alice, {""})));
    BOOST_TEST(!other.read(message({"\1news"})));
  }
}

BOOST_AUTO_TEST_SUITE_END()
