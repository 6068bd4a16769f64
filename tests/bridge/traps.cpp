// SPDX-License-Identifier: BSL-1.0

// What goes wrong with ZeroMQ if one does not look out. The table in
// docs/bridge.md tells which test stands for which trap.

#include "bridge/loopback.hpp"
#include "support/temp_dir.hpp"
#include <troupe/endpoint.hpp>

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <zmq.h>

#include <cstdlib>
#include <optional>
#include <set>

using namespace troupe;
using namespace troupe::test;

namespace {

using namespace std::chrono_literals;
using strings = std::vector<std::string>;
using kind = socket_event::kind;

/// What a DEALER without security says, with a routing id of its choice.
std::string handshake(std::string_view id) {
  auto ready = std::string{"\x05READY\x0bSocket-Type\0\0\0\x06"
                           "DEALER\x08Identity\0\0\0",
                           40};
  ready += static_cast<char>(id.size());
  ready += id;
  std::string greeting(64, '\0');
  greeting[0] = '\xff';
  greeting[9] = '\x7f';
  greeting[10] = 3;
  greeting.replace(12, 4, "NULL");
  return greeting + '\4' + static_cast<char>(ready.size()) + ready;
}

struct fixture : bridge_fixture {
  /// Opens a ROUTER that reports who connects, and is owned by `self`.
  open_socket watched_router(socket_spec spec = {}) {
    spec.type = socket_type::router;
    spec.bind = {"tcp://127.0.0.1:*"};
    spec.watch = true;
    auto result = open(spec);
    self.attach(result.handle);
    return result;
  }

  temp_dir dir;
  owner self{sys};
};

/// A server that does not know us.
class port_taker {
public:
  /// Whether it could take the port.
  bool bind(const std::string& where) {
    return zmq_bind(socket_, where.c_str()) == 0;
  }

  ~port_taker() {
    zmq_close(socket_);
    zmq_ctx_term(context_);
  }

private:
  void* context_ = zmq_ctx_new();
  void* socket_ = ::zmq_socket(context_, ZMQ_ROUTER);
};

/// A free port of those that the system gives to clients. Linux gives even ones
/// to those who connect, and odd ones to those who listen.
std::string ephemeral_endpoint() {
  for (;;) {
    auto port = endpoint::parse(raw_peer{}.endpoint())->port & ~1u;
    auto where = "tcp://127.0.0.1:" + std::to_string(port);
    if (port_taker{}.bind(where))
      return where;
  }
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(traps_suite, fixture)

// -- routing ids --------------------------------------------------------------

BOOST_AUTO_TEST_CASE(nobody_takes_over_the_routing_id_of_a_peer) {
  socket_spec spec;
  spec.generated_ids_only = false; // and no handover, as by default
  auto router = watched_router(spec);
  plain_peer victim{ZMQ_DEALER};
  plain_peer thief{ZMQ_DEALER};
  for (auto peer : {&victim, &thief}) {
    peer->set(ZMQ_ROUTING_ID, "engine");
    peer->connect(router.endpoints.front());
    peer->send({peer == &victim ? "hello" : "it is me"});
    BOOST_TEST((self.take_event().what == kind::connected));
    if (peer == &victim)
      BOOST_TEST(texts(self.take()).front() == "hello");
  }
  self.send(router.handle, message(routing_id{"engine"}, {"a task"}));
  BOOST_TEST(victim.receive().front() == "a task");
  victim.send({"a result"});
  BOOST_TEST(texts(self.take()).front() == "a result");
  BOOST_TEST(!thief.try_receive());
}

BOOST_AUTO_TEST_CASE(nobody_imitates_a_generated_routing_id) {
  auto router = watched_router();
  plain_peer victim{ZMQ_DEALER};
  victim.connect(router.endpoints.front());
  victim.send({"hello"});
  BOOST_TEST((self.take_event().what == kind::connected));
  auto id = self.take().peer;
  raw_peer thief{router.endpoints.front()};
  thief.write(handshake(id.bytes()));
  auto answer = std::string{};
  while (answer.find("READY") == std::string::npos) {
    auto bytes = thief.read();
    BOOST_REQUIRE(!bytes.empty());
    answer += bytes;
  }
  thief.write({"\0\5steal", 7});
  auto event = self.take_event();
  BOOST_TEST((event.what == kind::connected), to_string(event.what)
                                                << ": " << event.text);
  self.send(router.handle, message(id, {"a task"}));
  BOOST_TEST(victim.receive().front() == "a task");
  victim.send({"a result"});
  auto got = self.take();
  BOOST_TEST(texts(got).front() == "a result");
  BOOST_TEST((got.peer == id));
}

BOOST_AUTO_TEST_CASE(nobody_guesses_the_next_routing_id) {
  // Who claims the one that a ROUTER is about to generate would end the
  // program.
  std::srand(1);
  auto first = std::rand();
  auto second = std::rand();
  std::set<routing_id> ids;
  for (auto i = 0; i < 3; ++i) {
    std::srand(1);
    BOOST_TEST(std::rand() == first);
    auto router = watched_router();
    BOOST_TEST(std::rand() == second); // the program's own numbers
    plain_peer peer{ZMQ_DEALER};
    peer.connect(router.endpoints.front());
    peer.send({"hello"});
    ids.insert(self.take().peer);
  }
  BOOST_TEST(ids.size() == 3u);
}

BOOST_AUTO_TEST_CASE(a_peer_that_comes_back_is_heard) {
  auto router = watched_router();
  std::optional<routing_id> last;
  for (auto i = 0; i < 3; ++i) {
    plain_peer peer{ZMQ_DEALER};
    peer.connect(router.endpoints.front());
    peer.send({"hello"});
    auto got = self.take();
    BOOST_TEST(got.peer.generated());
    BOOST_TEST((got.peer != last));
    last = got.peer;
    self.send(router.handle, std::move(got));
    BOOST_TEST(peer.receive().front() == "hello");
  }
}

// -- mandatory sends ----------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_full_peer_that_dies_gives_everything_back) {
  socket_spec spec;
  spec.options.send_hwm = 2;
  auto router = watched_router(spec);
  std::optional<plain_peer> slow{std::in_place, ZMQ_DEALER};
  slow->set(ZMQ_RCVHWM, 1); // and it never reads
  slow->set(ZMQ_RCVBUF, 4096);
  slow->connect(router.endpoints.front());
  slow->send({"hello"});
  auto id = self.take().peer;
  constexpr auto total = 200u;
  auto bytes = buffer::copy_of(std::string(100'000, 'x'));
  for (auto i = 0u; i < total; ++i)
    self.send(router.handle, multipart{id, frame_list{bytes}});
  BOOST_REQUIRE(self.counters(router.handle).held > 0u);
  slow.reset();
  BOOST_REQUIRE(
    wait_until([&] { return self.counters(router.handle).held == 0; }));
  auto counters = self.counters(router.handle);
  BOOST_TEST(counters.returned > 0u);
  BOOST_TEST(counters.messages_sent + counters.returned == total);
  for (auto i = 0u; i < counters.returned; ++i)
    BOOST_TEST((self.take_returned().reason == ec::peer_gone));
}

// -- connections that end -----------------------------------------------------

BOOST_AUTO_TEST_CASE(what_a_peer_sent_before_it_went_is_read) {
  for (auto type : {socket_type::dealer, socket_type::pair}) {
    auto number = type == socket_type::dealer ? ZMQ_DEALER : ZMQ_PAIR;
    auto where = dir.ipc(to_string(type));
    socket_spec spec;
    spec.type = type;
    spec.connect = {where};
    spec.options.reconnect_max = 100ms;
    open_socket socket;
    {
      plain_peer server{number};
      server.set(ZMQ_LINGER, 10'000);
      server.bind(where);
      socket = open(spec);
      for (auto i = 0; i < 100; ++i)
        server.send({std::to_string(i)});
    }
    // Whoever hears from it again knows that the first connection ended.
    plain_peer next{number};
    next.bind(where);
    self.send(socket.handle, message({"are you new?"}));
    BOOST_TEST(next.receive().front() == "are you new?");
    next.send({"yes"});
    owner late{sys};
    late.attach(socket.handle);
    for (auto i = 0; i < 100; ++i)
      BOOST_TEST(texts(late.take()).front() == std::to_string(i));
    BOOST_TEST(texts(late.take()).front() == "yes");
  }
}

BOOST_AUTO_TEST_CASE(a_server_that_restarts_gets_what_waited_once) {
  auto where = dir.ipc("server");
  std::optional<plain_peer> server{std::in_place, ZMQ_DEALER};
  server->bind(where);
  socket_spec spec;
  spec.connect = {where};
  spec.watch = true;
  auto dealer = open(spec).handle;
  self.attach(dealer);
  for (auto restarts = 0; restarts < 3; ++restarts) {
    BOOST_TEST((self.take_event().what == kind::connected));
    server.reset();
    BOOST_TEST((self.take_event().what == kind::disconnected));
    for (auto i = 0; i < 100; ++i)
      self.send(dealer, message({std::to_string(i)}));
    BOOST_TEST(self.counters(dealer).held == 100u);
    server.emplace(ZMQ_DEALER);
    server->bind(where);
    for (auto i = 0; i < 100; ++i)
      BOOST_TEST(server->receive().front() == std::to_string(i));
    self.send(dealer, message({"end"}));
    BOOST_TEST(server->receive().front() == "end");
  }
}

// -- connections of a socket with itself --------------------------------------

BOOST_AUTO_TEST_CASE(clients_of_a_dead_server_leave_its_port_alone) {
  constexpr auto clients = 100u;
  auto where = ephemeral_endpoint();
  socket_spec spec;
  spec.connect = {where};
  spec.watch = true;
  spec.options.reconnect_min = 1ms;
  spec.options.reconnect_max = 1ms;
  spec.options.linger = 0ms;
  std::vector<open_socket> sockets;
  for (auto i = 0u; i < clients; ++i) {
    sockets.push_back(open(spec));
    self.attach(sockets.back().handle);
    self.send(sockets.back().handle, message({"to the server"}));
  }
  auto event = self.take_event(); // one of them met itself
  BOOST_TEST((event.what == kind::refused));
  BOOST_TEST((event.reason == ec::endpoint_failed));
  BOOST_TEST(event.text.find("met itself") != std::string::npos);
  // The server comes back.
  port_taker server;
  BOOST_TEST(wait_until([&] { return server.bind(where); }, 2s));
  BOOST_TEST(totals().messages_received == 0u);
}

// -- owners -------------------------------------------------------------------

// CAF answers what an actor does not handle with an error, and an actor that
// gets an error ends by default.
BOOST_AUTO_TEST_CASE(a_socket_outlives_what_its_owner_does_not_handle) {
  auto server = watched_router();
  auto echo = [](caf::event_based_actor* me, socket_actor socket) {
    me->set_default_handler(caf::drop);
    return caf::behavior{
      [=](delivery& x) { me->send(socket, outgoing{std::move(x.messages)}); }};
  };
  auto owner = sys.spawn(echo, server.handle);
  caf::anon_send(server.handle, atom::attach_v,
                 caf::actor_cast<socket_owner_actor>(owner));
  plain_peer client{ZMQ_DEALER};
  client.connect(server.endpoints.front());
  for (auto text : {"one", "two"}) { // behind the event that it is connected
    client.send({text});
    BOOST_TEST(client.receive().front() == text);
  }
  caf::anon_send_exit(owner, caf::exit_reason::user_shutdown);
}

BOOST_AUTO_TEST_SUITE_END()
