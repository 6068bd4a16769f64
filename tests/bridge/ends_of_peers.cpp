// SPDX-License-Identifier: BSL-1.0

// What is still heard of peers that went, by owners that are busy.

#include "bridge/loopback.hpp"
#include "support/temp_dir.hpp"
#include "support/wait_until.hpp"

#include <zmq.h>

#include <optional>

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::test;

namespace {

using kind = socket_event::kind;
using strings = std::vector<std::string>;

constexpr auto many = 200;

struct fixture : bridge_fixture {
  fixture() {
    for (auto i = 0; i < many; ++i)
      numbers.push_back(std::to_string(i));
  }

  /// A socket whose owner holds up the pump with one delivery.
  static socket_spec busy(socket_type type) {
    socket_spec spec;
    spec.type = type;
    spec.watch = true;
    spec.max_unhandled_deliveries = 1;
    spec.max_batch = 7;
    return spec;
  }

  socket_actor open_busy(socket_spec spec) {
    auto result = open(std::move(spec)).handle;
    self->send(result, atom::attach_v,
               caf::actor_cast<socket_owner_actor>(self));
    return result;
  }

  /// Writes down the next thing that the owner hears. @returns it.
  std::string hear() {
    self->receive(
      [this](delivery& x) {
        for (auto& m : x.messages)
          log.push_back(texts(m).back());
        if (holds)
          held = std::move(x);
      },
      [this](returned& x) { log.push_back("returned " + to_string(x.reason)); },
      [this](socket_event& x) {
        if (x.what == kind::disconnected)
          log.push_back("disconnected");
      },
      caf::after(patience) >> [] { BOOST_FAIL("waited in vain"); });
    return log.empty() ? "" : log.back();
  }

  void hear_until(const std::string& what) {
    while (hear() != what)
      ; // patience is bounded per message, and so are messages
  }

  void let_go() {
    holds = false;
    held.reset();
  }

  /// Has the pump look at all that it was signalled.
  socket_counters turn(const socket_actor& socket) {
    socket_counters result;
    caf::scoped_actor other{sys, true};
    for (auto i = 0; i < 4; ++i)
      other->request(socket, patience, atom::counters_v)
        .receive([&](const socket_counters& x) { result = x; },
                 [&](caf::error& err) { BOOST_FAIL(describe(err)); });
    return result;
  }

  temp_dir dir;
  caf::scoped_actor self{sys, true};
  strings numbers;
  strings log;
  bool holds = true;
  std::optional<delivery> held;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(ends_of_peers_suite, fixture)

BOOST_AUTO_TEST_CASE(a_router_delivers_all_before_it_tells_of_the_end) {
  auto spec = busy(socket_type::router);
  spec.bind = {"tcp://127.0.0.1:*"};
  spec.security = no_security{};
  auto opened = bridge->open(spec);
  BOOST_REQUIRE(opened);
  auto socket = opened->handle;
  self->send(socket, atom::attach_v, caf::actor_cast<socket_owner_actor>(self));
  std::optional<plain_peer> peer{std::in_place, ZMQ_DEALER};
  peer->set(ZMQ_LINGER, 10'000);
  peer->connect(opened->endpoints.front());
  peer->send({"0"});
  while (!held)
    hear();
  auto id = held->messages.front().peer;
  for (auto i = 1; i < many; ++i)
    peer->send({numbers[i]});
  peer.reset();
  auto sent = std::uint64_t{0};
  BOOST_TEST(wait_until([&] {
    self->send(socket, outgoing{{message(id, {"are you there?"})}});
    ++sent;
    auto now = turn(socket);
    return now.messages_sent < sent;
  }));
  BOOST_TEST(turn(socket).returned == 0u);
  BOOST_TEST(turn(socket).held > 0u);
  let_go();
  hear_until("disconnected");
  log.pop_back();
  BOOST_TEST(log == numbers, boost::test_tools::per_element());
  hear_until("returned " + to_string(ec::peer_gone));
  BOOST_TEST(wait_until([&] { return turn(socket).held == 0; }));
}

BOOST_AUTO_TEST_CASE(a_dealer_delivers_all_before_it_tells_of_the_end) {
  std::optional<plain_peer> peer{std::in_place, ZMQ_ROUTER};
  peer->set(ZMQ_LINGER, 10'000);
  auto spec = busy(socket_type::dealer);
  spec.connect = {peer->bind(dir.ipc("server"))};
  spec.options.reconnect_min = 10ms;
  spec.options.reconnect_max = 20ms;
  auto socket = open_busy(spec);
  caf::scoped_actor asker{sys, true};
  auto request = asker->request(socket, 4 * patience, atom::request_v,
                                message({"x"}));
  auto head = peer->receive();
  BOOST_REQUIRE(head.size() == 4u);
  head.pop_back();
  peer->send({head[0], "0"});
  while (!held)
    hear();
  for (auto i = 1; i < many; ++i)
    peer->send({head[0], numbers[i]});
  head.push_back("y");
  peer->send(head);
  peer.emplace(ZMQ_ROUTER);
  peer->watch();
  peer->bind(spec.connect.front());
  peer->take_handshake(); // so the other one is over, and the monitor knows
  turn(socket);
  BOOST_TEST(!asker->has_next_message());
  let_go();
  hear_until("disconnected");
  log.pop_back();
  BOOST_TEST(log == numbers, boost::test_tools::per_element());
  request.receive([](const multipart& x) { BOOST_TEST(texts(x)[0] == "y"); },
                  [](caf::error& err) { BOOST_FAIL(describe(err)); });
}

BOOST_AUTO_TEST_CASE(requests_fail_when_all_was_read) {
  std::optional<plain_peer> peer{std::in_place, ZMQ_ROUTER};
  peer->set(ZMQ_LINGER, 10'000);
  auto spec = busy(socket_type::dealer);
  spec.connect = {peer->bind(dir.ipc("server"))};
  auto socket = open_busy(spec);
  caf::scoped_actor asker{sys, true};
  auto request = asker->request(socket, 4 * patience, atom::request_v,
                                message({"x"}));
  auto id = peer->receive().front();
  for (auto& text : numbers)
    peer->send({id, text});
  while (!held)
    hear();
  peer.reset();
  let_go();
  hear_until("disconnected");
  log.pop_back();
  BOOST_TEST(log == numbers, boost::test_tools::per_element());
  request.receive([](const multipart&) { BOOST_FAIL("it was answered"); },
                  [](caf::error& err) { BOOST_TEST((err == ec::peer_gone)); });
}

BOOST_AUTO_TEST_SUITE_END()
