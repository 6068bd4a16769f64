// SPDX-License-Identifier: BSL-1.0

// What ZeroMQ is told, as ZeroMQ says it.

#include "bridge/loopback.hpp"
#include <troupe/socket/zmq_options.hpp>
#include <troupe/socket/zmq_socket.hpp>
#include <troupe/socket_context.hpp>

#include <zmq.h>

using namespace troupe;
using namespace std::chrono_literals;

namespace {

struct fixture {
  troupe::zmq_socket open(const socket_spec& spec) {
    auto result = zmq_socket::open(context->handle(), spec);
    if (!result)
      BOOST_FAIL(describe(result.error()));
    return std::move(*result);
  }

  /// Returns an option of a socket made from `spec`.
  template <class T = int>
  T get(int option, const socket_spec& spec) {
    auto socket = open(spec);
    auto result = T{};
    auto size = sizeof(result);
    BOOST_REQUIRE(zmq_getsockopt(socket.handle(), option, &result, &size) == 0);
    return result;
  }

  static socket_spec connecting(socket_type type,
                                std::vector<std::string> where) {
    socket_spec spec;
    spec.type = type;
    spec.connect = std::move(where);
    return spec;
  }

  std::shared_ptr<socket_context> context = socket_context::make();
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(zmq_options_suite, fixture)

BOOST_AUTO_TEST_CASE(sets_safe_defaults_for_all_types) {
  for (auto i = 0; i < 12; ++i) {
    socket_spec spec;
    spec.type = static_cast<socket_type>(i);
    spec.bind = {"tcp://127.0.0.1:*"};
    BOOST_TEST_CONTEXT(to_string(spec.type)) {
      BOOST_TEST(get(ZMQ_TYPE, spec) == type_number(spec.type));
      BOOST_TEST(get(ZMQ_HEARTBEAT_IVL, spec) == 0);
      BOOST_TEST(get<std::int64_t>(ZMQ_MAXMSGSIZE, spec) == 256 << 20);
      BOOST_TEST(get(ZMQ_HANDSHAKE_IVL, spec) == 5000);
      BOOST_TEST(get(ZMQ_LINGER, spec) == 0); // until it closes
      auto subscribes = spec.type == socket_type::sub
                        || spec.type == socket_type::xsub;
      BOOST_TEST(get(ZMQ_SNDHWM, spec) == (subscribes ? 0 : 4096));
      BOOST_TEST(get(ZMQ_RCVHWM, spec) == 4096);
      BOOST_TEST(get(ZMQ_CONNECT_TIMEOUT, spec) == 5000);
      BOOST_TEST(get(ZMQ_TCP_MAXRT, spec) == 30000);
      BOOST_TEST(get(ZMQ_RECONNECT_IVL, spec) == 100);
      BOOST_TEST(get(ZMQ_RECONNECT_IVL_MAX, spec) == 5000);
      BOOST_TEST(get(ZMQ_TCP_KEEPALIVE, spec) == 1);
      BOOST_TEST(get(ZMQ_TCP_KEEPALIVE_IDLE, spec) == 30);
      BOOST_TEST(get(ZMQ_TCP_KEEPALIVE_INTVL, spec) == 10);
      BOOST_TEST(get(ZMQ_TCP_KEEPALIVE_CNT, spec) == 3);
      BOOST_TEST(get(ZMQ_BACKLOG, spec) == 1024);
      BOOST_TEST(get(ZMQ_IPV6, spec) == 0);
    }
  }
}

BOOST_AUTO_TEST_CASE(passes_on_what_it_is_told) {
  socket_spec spec;
  spec.bind = {"tcp://127.0.0.1:*"};
  spec.max_frame = 1000;
  auto& x = spec.options;
  x.send_hwm = 3;
  x.receive_hwm = 4;
  x.send_buffer = 100'000;
  x.receive_buffer = 200'000;
  x.handshake_timeout = 1s;
  x.connect_timeout = 2s;
  x.retransmit_timeout = 3s;
  x.reconnect_min = 4s;
  x.reconnect_max = 5s;
  x.backlog = 6;
  x.keep_alive.on = false;
  x.heartbeat = {7s, 8s, 9s};
  x.tos = 10;
  x.affinity = 1;
  BOOST_TEST(get<std::int64_t>(ZMQ_MAXMSGSIZE, spec) == 1000);
  BOOST_TEST(get(ZMQ_SNDHWM, spec) == 3);
  BOOST_TEST(get(ZMQ_RCVHWM, spec) == 4);
  BOOST_TEST(get(ZMQ_SNDBUF, spec) == 100'000);
  BOOST_TEST(get(ZMQ_RCVBUF, spec) == 200'000);
  BOOST_TEST(get(ZMQ_HANDSHAKE_IVL, spec) == 1000);
  BOOST_TEST(get(ZMQ_CONNECT_TIMEOUT, spec) == 2000);
  BOOST_TEST(get(ZMQ_TCP_MAXRT, spec) == 3000);
  BOOST_TEST(get(ZMQ_RECONNECT_IVL, spec) == 4000);
  BOOST_TEST(get(ZMQ_RECONNECT_IVL_MAX, spec) == 5000);
  BOOST_TEST(get(ZMQ_BACKLOG, spec) == 6);
  BOOST_TEST(get(ZMQ_TCP_KEEPALIVE, spec) == 0);
  BOOST_TEST(get(ZMQ_HEARTBEAT_IVL, spec) == 7000);
  BOOST_TEST(get(ZMQ_HEARTBEAT_TIMEOUT, spec) == 8000);
  BOOST_TEST(get(ZMQ_HEARTBEAT_TTL, spec) == 9000);
  BOOST_TEST(get(ZMQ_TOS, spec) == 10);
  BOOST_TEST(get<std::uint64_t>(ZMQ_AFFINITY, spec) == 1u);
}

BOOST_AUTO_TEST_CASE(has_room_for_all_that_its_peers_have_credit_for) {
  socket_spec spec;
  spec.type = socket_type::router;
  spec.bind = {"tcp://127.0.0.1:*"};
  spec.peers = socket_peers::bridged;
  spec.window_messages = 20'000;
  BOOST_TEST(get(ZMQ_RCVHWM, spec) > 20'000);
  spec.window_messages = 1; // less than what all have from the start
  spec.options.receive_hwm = 4;
  BOOST_TEST(get(ZMQ_RCVHWM, spec) > 1024);
  spec.options.receive_hwm = 5000;
  BOOST_TEST(get(ZMQ_RCVHWM, spec) == 5000);
  spec.type = socket_type::pull; // knows no credit
  BOOST_TEST(get(ZMQ_RCVHWM, spec) == 5000);
}

BOOST_AUTO_TEST_CASE(queues_for_connections_that_are_established) {
  using enum socket_type;
  const auto one = std::vector<std::string>{"tcp://127.0.0.1:1"};
  const auto two = std::vector<std::string>{"tcp://127.0.0.1:1", "ipc://x"};
  for (auto type : {pair, dealer, req}) {
    // The bridge waits, or else ZeroMQ would throw unread input away.
    BOOST_TEST(waits_for_connection(connecting(type, one)));
    BOOST_TEST(get(ZMQ_IMMEDIATE, connecting(type, one)) == 0);
    BOOST_TEST(!waits_for_connection(connecting(type, two)));
    BOOST_TEST(get(ZMQ_IMMEDIATE, connecting(type, two)) == 1);
    BOOST_TEST(!waits_for_connection(connecting(type, {"inproc://x"})));
  }
  BOOST_TEST(!waits_for_connection(connecting(push, one)));
  BOOST_TEST(get(ZMQ_IMMEDIATE, connecting(push, one)) == 1);
  auto spec = connecting(dealer, one);
  spec.options.immediate = false;
  BOOST_TEST(!waits_for_connection(spec));
  BOOST_TEST(get(ZMQ_IMMEDIATE, spec) == 0);
}

BOOST_AUTO_TEST_CASE(looks_out_for_sockets_that_could_meet_themselves) {
  using enum socket_type;
  for (auto type : {pair, dealer, router}) {
    BOOST_TEST(may_meet_itself(connecting(type, {"tcp://127.0.0.1:40000"})));
    BOOST_TEST(!may_meet_itself(connecting(type, {"ipc://x"})));
  }
  BOOST_TEST(!may_meet_itself(connecting(req, {"tcp://127.0.0.1:40000"})));
}

BOOST_AUTO_TEST_CASE(chooses_no_routing_id_unless_told) {
  auto id = [this](const socket_spec& spec) {
    auto socket = open(spec);
    std::string result(256, '\0');
    auto size = result.size();
    BOOST_REQUIRE(
      zmq_getsockopt(socket.handle(), ZMQ_ROUTING_ID, result.data(), &size)
      == 0);
    return result.substr(0, size);
  };
  auto spec = connecting(socket_type::dealer, {"ipc://x"});
  BOOST_TEST(id(spec) == "");
  spec.options.routing_id = "me";
  BOOST_TEST(id(spec) == "me");
}

BOOST_AUTO_TEST_SUITE_END()
