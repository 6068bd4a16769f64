// SPDX-License-Identifier: BSL-1.0

// Who gets into plain ZeroMQ sockets that ask our handler.

#include <troupe/error.hpp>
#include <troupe/security/security_options.hpp>
#include <troupe/security/zap_handler.hpp>
#include <troupe/socket/handover.hpp>

#include <boost/test/unit_test.hpp>
#include <zmq.h>

#include <array>

using namespace troupe;

namespace {

constexpr auto patience = 5000; // milliseconds

void set(void* socket, int option, int value) {
  BOOST_REQUIRE(zmq_setsockopt(socket, option, &value, sizeof(value)) == 0);
}

/// A plain ZeroMQ socket with monitor.
class monitored_socket {
public:
  monitored_socket(void* context, int type, const security_spec& how,
                   const std::string& domain = {})
    : socket_(zmq_socket(context, type)),
      events_(zmq_socket(context, ZMQ_PAIR)) {
    auto where = "inproc://events-" + std::to_string(counter++);
    set(socket_, ZMQ_LINGER, 0);
    set(socket_, ZMQ_RCVTIMEO, patience);
    // A handshake that asked a handler at its end waits in vain, for as long.
    set(socket_, ZMQ_HANDSHAKE_IVL, patience / 5);
    set(events_, ZMQ_LINGER, 0);
    set(events_, ZMQ_RCVTIMEO, patience);
    BOOST_REQUIRE(!apply_security(socket_, how, domain));
    BOOST_REQUIRE(zmq_socket_monitor(socket_, where.c_str(), ZMQ_EVENT_ALL)
                  == 0);
    BOOST_REQUIRE(zmq_connect(events_, where.c_str()) == 0);
  }

  ~monitored_socket() {
    zmq_socket_monitor(socket_, nullptr, 0);
    zmq_close(events_);
    zmq_close(socket_);
  }

  monitored_socket(const monitored_socket&) = delete;

  monitored_socket& operator=(const monitored_socket&) = delete;

  std::string bind() {
    BOOST_REQUIRE(zmq_bind(socket_, "tcp://127.0.0.1:*") == 0);
    std::array<char, 256> text{};
    auto size = text.size();
    BOOST_REQUIRE(zmq_getsockopt(socket_, ZMQ_LAST_ENDPOINT, text.data(), &size)
                  == 0);
    return text.data();
  }

  void connect(const std::string& where) {
    BOOST_REQUIRE(zmq_connect(socket_, where.c_str()) == 0);
  }

  /// Waits for the end of a handshake. @returns the event.
  int handshake() {
    constexpr auto interesting = ZMQ_EVENT_HANDSHAKE_SUCCEEDED
                                 | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH
                                 | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL
                                 | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL;
    for (;;) {
      std::array<unsigned char, 6> data{};
      std::array<char, 256> where{};
      if (zmq_recv(events_, data.data(), data.size(), 0) < 0)
        return 0;
      zmq_recv(events_, where.data(), where.size(), 0);
      auto event = data[0] | data[1] << 8;
      if ((event & interesting) != 0)
        return event;
    }
  }

  void* handle() {
    return socket_;
  }

private:
  static inline int counter = 0;
  void* socket_;
  void* events_;
};

struct fixture {
  fixture() {
    BOOST_REQUIRE(!list->add(alice.public_key(), {"alice", "client"}));
    auto started = zap_handler::start(server_context);
    BOOST_REQUIRE(started);
    handler = std::move(*started);
    handler->add(domain);
    server = std::make_unique<monitored_socket>(server_context, ZMQ_PULL, how,
                                                domain->name());
    where = server->bind();
  }

  ~fixture() {
    server.reset();
    handler.reset();
    zmq_ctx_term(client_context);
    zmq_ctx_term(server_context);
  }

  /// Connects with `keys`. @returns what the handshake ended with, there and
  /// here.
  std::pair<int, int> knock(const key_pair& keys) {
    monitored_socket client{client_context, ZMQ_PUSH,
                            curve_client{keys, server_keys.public_key()}};
    client.connect(where);
    auto here = server->handshake();
    // A server that closes without an answer looks like a lost connection.
    return {client.handshake(), here};
  }

  void* client_context = zmq_ctx_new();
  void* server_context = zmq_ctx_new();
  key_pair server_keys = *key_pair::generate();
  key_pair alice = *key_pair::generate();
  std::shared_ptr<access_list> list = std::make_shared<access_list>();
  security_spec how = curve_server{server_keys, list};
  std::shared_ptr<zap_domain> domain = std::make_shared<zap_domain>(how);
  std::unique_ptr<zap_handler> handler;
  std::unique_ptr<monitored_socket> server;
  std::string where;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(zap_handler_suite, fixture)

BOOST_AUTO_TEST_CASE(admits_listed_keys) {
  auto [there, here] = knock(alice);
  BOOST_TEST(there == ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
  BOOST_TEST(here == ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
  BOOST_TEST(domain->refused() == 0u);
}

BOOST_AUTO_TEST_CASE(refuses_other_keys) {
  auto [there, here] = knock(*key_pair::generate());
  BOOST_TEST(there == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH);
  BOOST_TEST(here == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH);
  BOOST_TEST(domain->refused() == 1u);
  BOOST_TEST(domain->take_refusals().front().find("127.0.0.1")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(admits_nobody_after_its_end) {
  BOOST_TEST(knock(alice).second == ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
  handler->stop();
  auto [there, here] = knock(alice);
  BOOST_TEST(there != ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
  BOOST_TEST(here == ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL);
  handler->stop(); // does nothing
}

BOOST_AUTO_TEST_CASE(admits_nobody_where_it_never_was) {
  // ZeroMQ's own default would be to admit everybody.
  auto context = zmq_ctx_new();
  {
    monitored_socket lonely{context, ZMQ_PULL, how, domain->name()};
    where = lonely.bind();
    monitored_socket client{client_context, ZMQ_PUSH,
                            curve_client{alice, server_keys.public_key()}};
    client.connect(where);
    BOOST_TEST(lonely.handshake() == ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL);
    BOOST_TEST(client.handshake() != ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
  }
  zmq_ctx_term(context);
}

BOOST_AUTO_TEST_CASE(admits_nobody_to_sockets_that_it_does_not_know) {
  domain.reset();
  BOOST_TEST(knock(alice).second == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH);
}

BOOST_AUTO_TEST_CASE(keeps_sockets_apart) {
  auto other_list = std::make_shared<access_list>();
  security_spec other = curve_server{server_keys, other_list};
  auto other_domain = std::make_shared<zap_domain>(other);
  handler->add(other_domain);
  BOOST_TEST(knock(alice).second == ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
  server = std::make_unique<monitored_socket>(server_context, ZMQ_PULL, other,
                                              other_domain->name());
  where = server->bind();
  BOOST_TEST(knock(alice).second == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH);
  BOOST_TEST(domain->refused() == 0u);
  BOOST_TEST(other_domain->refused() == 1u);
}

BOOST_AUTO_TEST_CASE(answers_questions_that_make_no_sense) {
  auto asker = zmq_socket(server_context, ZMQ_REQ);
  set(asker, ZMQ_LINGER, 0);
  set(asker, ZMQ_RCVTIMEO, patience);
  BOOST_REQUIRE(zmq_connect(asker, "inproc://zeromq.zap.01") == 0);
  for (auto frames : {1, 2, 5, 6, 7, 8, 20, 1000}) {
    for (auto i = 0; i < frames; ++i)
      BOOST_REQUIRE(zmq_send(asker, "1.0", 3, i + 1 < frames ? ZMQ_SNDMORE : 0)
                    == 3);
    std::string status;
    for (auto i = 0; i < 6; ++i) {
      std::array<char, 64> part{};
      auto n = zmq_recv(asker, part.data(), part.size(), 0);
      BOOST_REQUIRE(n >= 0);
      if (i == 2)
        status.assign(part.data(), static_cast<std::size_t>(n));
    }
    BOOST_TEST(status == "500");
  }
  zmq_close(asker);
  BOOST_TEST(knock(alice).second == ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
}

BOOST_AUTO_TEST_CASE(is_alone_in_its_context) {
  auto second = zap_handler::start(server_context);
  BOOST_REQUIRE(!second);
  BOOST_TEST((second.error() == ec::address_in_use));
}

BOOST_AUTO_TEST_CASE(names_the_user_on_the_last_frame) {
  monitored_socket client{client_context, ZMQ_PUSH,
                          curve_client{alice, server_keys.public_key()}};
  client.connect(where);
  BOOST_REQUIRE(zmq_send(client.handle(), "a", 1, ZMQ_SNDMORE) == 1);
  BOOST_REQUIRE(zmq_send(client.handle(), "b", 1, 0) == 1);
  zmq_msg_t part;
  zmq_msg_init(&part);
  do {
    BOOST_REQUIRE(zmq_msg_recv(&part, server->handle(), 0) == 1);
  } while (zmq_msg_more(&part));
  auto user = copy_of_zmq_text(zmq_msg_gets(&part, "User-Id"));
  BOOST_TEST(user == alice.public_key());
  zmq_msg_close(&part);
}

BOOST_AUTO_TEST_SUITE_END()
