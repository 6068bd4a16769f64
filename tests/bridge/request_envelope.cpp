// SPDX-License-Identifier: BSL-1.0

#include "loopback.hpp"
#include <troupe/request_envelope.hpp>

#include <boost/test/unit_test.hpp>
#include <zmq.h>

#include <chrono>

using namespace troupe;
using namespace troupe::test;

namespace {

const auto peer = routing_id{std::string{"\0aaaa", 5}};

using words = std::vector<std::string>;

} // namespace

BOOST_AUTO_TEST_SUITE(request_envelope_suite)

BOOST_AUTO_TEST_CASE(finds_the_payload_behind_the_first_empty_frame) {
  auto request = message(peer, {"id", "", "a", "", "b"});
  auto payload = payload_of(request);
  BOOST_REQUIRE(payload.size() == 3u);
  BOOST_TEST(payload[0].text() == "a");
  BOOST_TEST(payload[2].text() == "b");
  BOOST_TEST(payload.data() == &request.frames[2]);
}

BOOST_AUTO_TEST_CASE(takes_a_message_without_an_empty_frame_as_payload) {
  BOOST_TEST(payload_of(message(peer, {"a", "b"})).size() == 2u);
  BOOST_TEST(payload_of(multipart{}).empty());
  BOOST_TEST(payload_of(message(peer, {"id", ""})).empty());
}

BOOST_AUTO_TEST_CASE(answers_the_peer_in_its_envelope) {
  auto answer = reply_to(message(peer, {"id", "", "a", "", "b"}),
                         message({"x", "y"}).frames);
  BOOST_CHECK(answer.peer == peer);
  BOOST_TEST(texts(answer) == (words{"id", "", "x", "y"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(answers_a_message_without_envelope_without_one) {
  auto answer = reply_to(message(peer, {"a"}), buffer::copy_of("x"));
  BOOST_CHECK(answer.peer == peer);
  BOOST_TEST(texts(answer) == words{"x"}, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(answers_reach_whoever_asked, bridge_fixture) {
  auto router = open_router();
  owner server{sys};
  server.attach(router.handle);
  auto dealer = open_dealer(router.endpoints.front());
  plain_peer req{ZMQ_REQ};
  req.connect(router.endpoints.front());
  caf::scoped_actor asker{sys};
  auto reply = asker->request(dealer.handle, patience, atom::request_v,
                              message({"ping"}));
  auto request = server.take();
  BOOST_TEST(payload_of(request).front().text() == "ping");
  server.send(router.handle, reply_to(request, buffer::copy_of("pong")));
  reply.receive(
    [](multipart& x) {
      BOOST_TEST(texts(x) == words{"pong"}, boost::test_tools::per_element());
    },
    [](caf::error& err) { BOOST_ERROR(describe(err)); });
  BOOST_REQUIRE(req.send({"hello"}));
  server.send(router.handle, reply_to(server.take(), buffer::copy_of("world")));
  BOOST_TEST(req.receive() == words{"world"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
