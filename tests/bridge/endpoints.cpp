// SPDX-License-Identifier: BSL-1.0

// Endpoints that come and go, contexts and pumps.

#include "bridge/loopback.hpp"
#include "support/temp_dir.hpp"

#include <caf/send.hpp>

#include <zmq.h>

using namespace troupe;
using namespace troupe::test;

namespace {

using strings = std::vector<std::string>;

struct fixture : bridge_fixture {
  explicit fixture(bridge_config cfg = {}) : bridge_fixture(std::move(cfg)) {
    // nop
  }

  static socket_spec binding(socket_type type, std::string where) {
    socket_spec spec;
    spec.type = type;
    spec.bind = {std::move(where)};
    return spec;
  }

  static socket_spec connecting(socket_type type, strings where) {
    socket_spec spec;
    spec.type = type;
    spec.connect = std::move(where);
    return spec;
  }

  /// Binds or connects, and returns the real endpoint or the error.
  template <class Atom>
  caf::expected<std::string>
  add(const socket_actor& socket, Atom what, std::string where) {
    auto result = caf::expected<std::string>{caf::error{}};
    asker->request(socket, patience, what, std::move(where))
      .receive([&](std::string& x) { result = std::move(x); },
               [&](caf::error& x) { result = std::move(x); });
    return result;
  }

  /// Ends an endpoint.
  template <class Atom>
  caf::error end(const socket_actor& socket, Atom what, std::string where) {
    auto result = caf::error{};
    asker->request(socket, patience, what, std::move(where))
      .receive([] {}, [&](caf::error& x) { result = std::move(x); });
    return result;
  }

  temp_dir dir;
  caf::scoped_actor asker{sys};
  owner self{sys};
};

struct fixture_with_pumps : fixture {
  fixture_with_pumps() : fixture(three_pumps()) {
    // nop
  }

  static bridge_config three_pumps() {
    bridge_config cfg;
    cfg.pumps = 3;
    return cfg;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(endpoints_suite, fixture)

BOOST_AUTO_TEST_CASE(binds_more_endpoints_at_run_time) {
  auto router = open_router("inproc://*").handle;
  self.attach(router);
  for (auto where : {std::string{"tcp://127.0.0.1:*"}, std::string{"ipc://*"},
                     dir.ipc("x")}) {
    auto real = add(router, atom::bind_v, where);
    BOOST_REQUIRE(real);
    BOOST_TEST(!real->ends_with('*'));
    plain_peer client{ZMQ_DEALER};
    client.connect(*real);
    client.send({where});
    BOOST_TEST(texts(self.take()).front() == where);
  }
}

BOOST_AUTO_TEST_CASE(an_unbound_port_is_free_again) {
  auto router = open_router("tcp://127.0.0.1:*");
  self.attach(router.handle);
  auto where = router.endpoints.front();
  auto other = open_router("inproc://*").handle;
  BOOST_TEST((add(other, atom::bind_v, where).error() == ec::address_in_use));
  BOOST_TEST((end(router.handle, atom::unbind_v, where) == caf::none));
  BOOST_TEST(
    wait_until([&] { return add(other, atom::bind_v, where).engaged(); }));
}

BOOST_AUTO_TEST_CASE(the_path_of_a_socket_that_ended_is_free_again) {
  auto where = dir.ipc("x");
  auto first = open_router(where).handle;
  auto other = open_router("inproc://*").handle;
  BOOST_TEST((add(other, atom::bind_v, where).error() == ec::address_in_use));
  caf::anon_send(first, atom::close_v);
  BOOST_TEST(
    wait_until([&] { return add(other, atom::bind_v, where).engaged(); }));
  self.attach(other);
  plain_peer client{ZMQ_DEALER};
  client.connect(where);
  client.send({"x"});
  BOOST_TEST(texts(self.take()).front() == "x");
}

BOOST_AUTO_TEST_CASE(forgets_connections_of_endpoints_that_it_ended) {
  // A DEALER without a connection holds its messages back.
  plain_peer first{ZMQ_ROUTER};
  plain_peer second{ZMQ_ROUTER};
  auto dealer =
    open(connecting(socket_type::dealer, {first.bind(dir.ipc("a"))})).handle;
  auto request = asker->request(dealer, 4 * patience, atom::request_v,
                                message({"x"}));
  BOOST_TEST(first.receive().back() == "x");
  BOOST_TEST((end(dealer, atom::disconnect_v, dir.ipc("a")) == caf::none));
  request.receive([](const multipart&) { BOOST_FAIL("it was answered"); },
                  [](caf::error& err) { BOOST_TEST((err == ec::peer_gone)); });
  self.send(dealer, message({"y"}));
  BOOST_TEST(self.counters(dealer).held == 1u);
  BOOST_TEST(add(dealer, atom::connect_v, second.bind(dir.ipc("b"))).engaged());
  BOOST_TEST(second.receive().back() == "y");
}

BOOST_AUTO_TEST_CASE(forgets_connections_of_one_endpoint_alone) {
  plain_peer first{ZMQ_ROUTER};
  plain_peer second{ZMQ_ROUTER};
  auto spec = connecting(socket_type::dealer, {first.bind(dir.ipc("a"))});
  spec.watch = true;
  auto dealer = open(spec).handle;
  self.attach(dealer);
  BOOST_TEST((self.take_event().what == socket_event::kind::connected));
  BOOST_TEST(add(dealer, atom::connect_v, second.bind(dir.ipc("b"))).engaged());
  BOOST_TEST((self.take_event().what == socket_event::kind::connected));
  BOOST_TEST((end(dealer, atom::disconnect_v, dir.ipc("a")) == caf::none));
  self.send(dealer, message({"x"})); // to the one that is left
  BOOST_TEST(second.receive().back() == "x");
  BOOST_TEST((end(dealer, atom::disconnect_v, dir.ipc("b")) == caf::none));
  self.send(dealer, message({"y"}));
  BOOST_TEST(self.counters(dealer).held == 1u);
}

BOOST_AUTO_TEST_CASE(connects_to_more_peers_at_run_time) {
  std::vector<std::unique_ptr<plain_peer>> servers;
  std::vector<std::string> endpoints;
  for (auto name : {"a", "b"}) {
    servers.push_back(std::make_unique<plain_peer>(ZMQ_PUSH));
    endpoints.push_back(servers.back()->bind(dir.ipc(name)));
  }
  auto pull = open(connecting(socket_type::pull, {endpoints[0]})).handle;
  self.attach(pull);
  servers[0]->send({"from a"});
  BOOST_TEST(texts(self.take()).front() == "from a");
  auto real = add(pull, atom::connect_v, endpoints[1]);
  BOOST_REQUIRE(real);
  BOOST_TEST(*real == endpoints[1]);
  servers[1]->send({"from b"});
  BOOST_TEST(texts(self.take()).front() == "from b");
  BOOST_TEST((end(pull, atom::disconnect_v, endpoints[0]) == caf::none));
  servers[1]->send({"still b"});
  BOOST_TEST(texts(self.take()).front() == "still b");
  BOOST_TEST((end(pull, atom::disconnect_v, endpoints[0]) == ec::bad_endpoint));
}

BOOST_AUTO_TEST_CASE(queues_nothing_for_a_second_peer_that_is_not_there) {
  plain_peer server{ZMQ_DEALER};
  auto dealer = open_dealer(server.bind(dir.ipc("a"))).handle;
  BOOST_REQUIRE(add(dealer, atom::connect_v, dir.ipc("nobody")));
  for (auto i = 0; i < 10; ++i)
    self.send(dealer, message({std::to_string(i)}));
  for (auto i = 0; i < 10; ++i)
    BOOST_TEST(server.receive().front() == std::to_string(i));
}

BOOST_AUTO_TEST_CASE(sends_past_an_endpoint_of_the_spec_that_is_not_there) {
  plain_peer server{ZMQ_DEALER};
  auto dealer = open(connecting(socket_type::dealer,
                                {dir.ipc("nobody"), server.bind(dir.ipc("a"))}))
                  .handle;
  for (auto i = 0; i < 10; ++i)
    self.send(dealer, message({std::to_string(i)}));
  for (auto i = 0; i < 10; ++i)
    BOOST_TEST(server.receive().front() == std::to_string(i));
}

BOOST_AUTO_TEST_CASE(
  queues_for_the_only_endpoint_of_the_spec_while_it_is_away) {
  auto where = dir.ipc("first");
  auto first = std::make_unique<plain_peer>(ZMQ_DEALER);
  plain_peer second{ZMQ_DEALER};
  auto spec = connecting(socket_type::dealer, {first->bind(where)});
  spec.watch = true;
  auto dealer = open(spec).handle;
  self.attach(dealer);
  BOOST_TEST((self.take_event().what == socket_event::kind::connected));
  BOOST_REQUIRE(add(dealer, atom::connect_v, second.bind(dir.ipc("second"))));
  BOOST_TEST((self.take_event().what == socket_event::kind::connected));
  first.reset();
  BOOST_TEST((self.take_event().what == socket_event::kind::disconnected));
  for (auto i = 0; i < 4; ++i)
    self.send(dealer, message({std::to_string(i)}));
  auto here = second.receive();
  BOOST_REQUIRE(!here.empty());
  auto turn = std::stoi(here.front());
  BOOST_TEST(second.receive().front() == std::to_string(turn + 2));
  first = std::make_unique<plain_peer>(ZMQ_DEALER);
  first->bind(where);
  BOOST_TEST(first->receive().front() == std::to_string(1 - turn));
  BOOST_TEST(first->receive().front() == std::to_string(3 - turn));
}

BOOST_AUTO_TEST_CASE(sends_in_turn_to_several_endpoints) {
  plain_peer servers[]{plain_peer{ZMQ_PULL}, plain_peer{ZMQ_PULL}};
  auto push =
    open(connecting(socket_type::push, {servers[0].bind(dir.ipc("a")),
                                        servers[1].bind(dir.ipc("b"))}))
      .handle;
  // A connection takes part as soon as it is there.
  BOOST_TEST(wait_until([&] {
    self.send(push, message({"x"}));
    return servers[0].try_receive().has_value();
  }));
  BOOST_TEST(wait_until([&] {
    self.send(push, message({"x"}));
    return servers[1].try_receive().has_value();
  }));
}

BOOST_AUTO_TEST_CASE(says_what_is_wrong_with_an_endpoint) {
  auto router = open_router("tcp://127.0.0.1:*");
  auto taken = open_router("tcp://127.0.0.1:*").endpoints.front();
  auto socket = router.handle;
  auto bind = [&](std::string where) {
    return add(socket, atom::bind_v, std::move(where)).error();
  };
  BOOST_TEST((bind("nonsense") == ec::bad_endpoint));
  BOOST_TEST((bind(taken) == ec::address_in_use));
  BOOST_TEST((bind("tcp://192.0.2.1:5555") == ec::endpoint_failed));
  auto connect = [&](std::string where) {
    return add(socket, atom::connect_v, std::move(where)).error();
  };
  BOOST_TEST((connect("nonsense") == ec::bad_endpoint));
  BOOST_TEST((connect("tcp://127.0.0.1:*") == ec::bad_endpoint));
  auto err = end(socket, atom::unbind_v, "inproc://unknown");
  BOOST_TEST((err == ec::bad_endpoint));
  BOOST_TEST(describe(err).starts_with("inproc://unknown is not bound"));
  err = end(socket, atom::disconnect_v, "inproc://unknown");
  BOOST_TEST((err == ec::bad_endpoint));
  BOOST_TEST(describe(err).starts_with("inproc://unknown is not connected"));
}

BOOST_AUTO_TEST_CASE(streams_are_for_tcp) {
  auto spec = binding(socket_type::stream, dir.ipc("x"));
  BOOST_TEST((open_error(spec) == ec::bad_endpoint));
  auto stream = open(binding(socket_type::stream, "tcp://127.0.0.1:*")).handle;
  BOOST_TEST(
    (add(stream, atom::bind_v, "inproc://x").error() == ec::bad_endpoint));
}

// -- contexts -----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(inproc_reaches_other_actor_systems_of_the_context) {
  bridge_config cfg;
  cfg.context = socket_context::make();
  fixture here{cfg};
  fixture there{cfg};
  auto router = here.open_router("inproc://*");
  auto dealer = there.open_dealer(router.endpoints.front());
  here.self.attach(router.handle);
  there.self.attach(dealer.handle);
  there.self.send(dealer.handle, message({"hello"}));
  auto got = here.self.take();
  BOOST_TEST(texts(got).front() == "hello");
  here.self.send(router.handle, std::move(got));
  BOOST_TEST(texts(there.self.take()).front() == "hello");
  // Nobody else finds it: bridges have contexts of their own by default.
  socket_spec spec = connecting(socket_type::dealer, router.endpoints);
  auto alone = open(spec).handle;
  self.send(alone, message({"anybody?"}));
  self.counters(alone);
  BOOST_TEST(here.self.counters(router.handle).messages_received == 1u);
}

BOOST_AUTO_TEST_CASE(a_context_outlives_its_bridges) {
  bridge_config cfg;
  cfg.context = socket_context::make();
  for (auto i = 0; i < 3; ++i) {
    fixture one{cfg};
    one.open_router("inproc://name-" + std::to_string(i));
  }
  BOOST_TEST(cfg.context.use_count() == 1);
}

// -- pumps --------------------------------------------------------------------

BOOST_FIXTURE_TEST_CASE(sockets_of_all_pumps_talk, fixture_with_pumps) {
  auto spec = binding(socket_type::router, "inproc://*");
  spec.pump = 0;
  auto router = open(spec);
  self.attach(router.handle);
  for (auto pump = std::size_t{0}; pump < 3; ++pump) {
    auto dealer = connecting(socket_type::dealer, router.endpoints);
    dealer.pump = pump;
    auto socket = open(dealer).handle;
    owner client{sys};
    client.attach(socket);
    client.send(socket, message({"x"}));
    self.send(router.handle, self.take());
    BOOST_TEST(texts(client.take()).front() == "x");
  }
  BOOST_TEST(totals().messages_received == 6u);
}

BOOST_FIXTURE_TEST_CASE(names_no_pump_that_is_not_there, fixture_with_pumps) {
  auto spec = binding(socket_type::router, "inproc://*");
  spec.pump = 3;
  auto err = open_error(spec);
  BOOST_TEST((err == ec::bad_config));
  BOOST_TEST(describe(err).find("no pump 3") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(ends_the_sockets_of_all_pumps, fixture_with_pumps) {
  for (auto i = 0; i < 9; ++i)
    self.watch(open(binding(socket_type::router, "inproc://*")).handle);
  bridge.reset();
  for (auto i = 0; i < 9; ++i)
    self.take_down();
}

BOOST_AUTO_TEST_SUITE_END()
