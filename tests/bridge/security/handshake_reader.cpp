// SPDX-License-Identifier: BSL-1.0

#include <troupe/security/handshake_reader.hpp>

#include <boost/test/unit_test.hpp>
#include <zmq.h>

#include <cerrno>

using namespace troupe;

namespace {

constexpr auto auth = std::uint16_t{ZMQ_EVENT_HANDSHAKE_FAILED_AUTH};
constexpr auto protocol = std::uint16_t{ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL};
constexpr auto no_detail = std::uint16_t{ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL};

struct fixture {
  handshake_reader client{curve_client{}};
  handshake_reader server{curve_server{}};
  handshake_reader neither{no_security{}};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(handshake_reader_suite, fixture)

BOOST_AUTO_TEST_CASE(knows_a_refused_key_at_once) {
  BOOST_TEST((client.failed(auth, 400).reason == ec::key_refused));
  BOOST_TEST((server.failed(auth, 400).reason == ec::key_refused));
  handshake_reader plain{plain_client{}};
  BOOST_TEST((plain.failed(auth, 400).reason == ec::key_refused));
}

BOOST_AUTO_TEST_CASE(suspects_the_key_of_a_server_that_hangs_up_three_times) {
  BOOST_TEST((client.failed(no_detail, EPIPE).reason == ec::handshake_failed));
  BOOST_TEST((client.failed(protocol, 0).reason == ec::handshake_failed));
  BOOST_TEST((client.failed(no_detail, EPIPE).reason == ec::wrong_server_key));
  client.succeeded();
  BOOST_TEST((client.failed(no_detail, EPIPE).reason == ec::handshake_failed));
}

BOOST_AUTO_TEST_CASE(suspects_no_key_where_there_is_none) {
  handshake_reader plain{plain_client{}};
  for (auto i = 0; i < 5; ++i)
    for (auto reader : {&server, &neither, &plain})
      BOOST_TEST(
        (reader->failed(no_detail, EPIPE).reason == ec::handshake_failed));
}

BOOST_AUTO_TEST_CASE(suspects_no_key_of_a_server_that_does_not_answer) {
  for (auto i = 0; i < 5; ++i)
    BOOST_TEST(
      (client.failed(no_detail, EAGAIN).reason == ec::handshake_failed));
}

BOOST_AUTO_TEST_CASE(knows_two_sides_that_disagree) {
  for (auto reader : {&client, &server, &neither}) {
    auto found = reader->failed(protocol,
                                ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH);
    BOOST_TEST((found.reason == ec::handshake_failed));
    BOOST_TEST(found.text.find("disagree") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(knows_what_only_a_server_sees) {
  BOOST_TEST(
    (server.failed(protocol, ZMQ_PROTOCOL_ERROR_ZMTP_CRYPTOGRAPHIC).reason
     == ec::wrong_server_key));
  BOOST_TEST((server.failed(no_detail, EFAULT).reason == ec::system_failure));
}

BOOST_AUTO_TEST_SUITE_END()
