// SPDX-License-Identifier: BSL-1.0

#include "bridge/loopback.hpp"
#include "support/temp_dir.hpp"
#include <troupe/bridge.hpp>
#include <troupe/socket/turn.hpp>

#include <caf/send.hpp>

#include <zmq.h>

#include <fstream>
#include <future>
#include <set>
#include <sys/resource.h>

using namespace troupe;
using namespace troupe::test;

namespace {

using strings = std::vector<std::string>;

struct fixture : bridge_fixture {
  /// All kinds of endpoints that a bridge can choose itself.
  strings wildcards() const {
    return {"tcp://127.0.0.1:*", dir.ipc("router"), "ipc://*", "inproc://*"};
  }

  temp_dir dir;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(bridge_suite, fixture)

// -- conversations ------------------------------------------------------------

BOOST_AUTO_TEST_CASE(carries_messages_between_actors_on_all_transports) {
  for (auto& where : wildcards()) {
    BOOST_TEST_CONTEXT(where) {
      auto router = open_router(where);
      BOOST_REQUIRE(router.endpoints.size() == 1u);
      auto dealer = open_dealer(router.endpoints.front());
      owner server{sys};
      owner client{sys};
      server.attach(router.handle);
      client.attach(dealer.handle);
      client.send(dealer.handle, message({"head", "", "tail"}));
      auto request = server.take();
      BOOST_TEST(texts(request) == (strings{"head", "", "tail"}),
                 boost::test_tools::per_element());
      BOOST_TEST(request.peer.generated());
      server.send(router.handle, message(request.peer, {"answer"}));
      auto answer = client.take();
      BOOST_TEST(answer.frames.front().text() == "answer");
      BOOST_TEST(answer.peer.empty());
    }
  }
}

BOOST_AUTO_TEST_CASE(serves_a_plain_dealer) {
  for (auto where : {std::string{"tcp://127.0.0.1:*"}, dir.ipc("x")}) {
    auto router = open_router(where);
    owner server{sys};
    server.attach(router.handle);
    plain_peer peer{ZMQ_DEALER};
    peer.connect(router.endpoints.front());
    BOOST_REQUIRE(peer.send({"a", "", std::string(100'000, 'x')}));
    auto request = server.take();
    BOOST_TEST(request.frames.size() == 3u);
    BOOST_TEST(request.frames[2].text() == std::string(100'000, 'x'));
    server.send(router.handle, std::move(request));
    auto answer = peer.receive();
    BOOST_TEST(answer.size() == 3u);
    BOOST_TEST(answer[0] == "a");
    BOOST_TEST(answer[2].size() == 100'000u);
  }
}

BOOST_AUTO_TEST_CASE(talks_to_a_plain_router) {
  plain_peer peer{ZMQ_ROUTER};
  auto dealer = open_dealer(peer.bind("tcp://127.0.0.1:*"));
  owner client{sys};
  client.attach(dealer.handle);
  client.send(dealer.handle, message({"hello"}));
  auto request = peer.receive();
  BOOST_TEST(request.size() == 2u);
  BOOST_TEST(request[1] == "hello");
  BOOST_REQUIRE(peer.send({request[0], "world", ""}));
  BOOST_TEST(texts(client.take()) == (strings{"world", ""}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(publishes_to_subscribers) {
  socket_spec spec;
  spec.type = socket_type::pub;
  spec.bind = {"tcp://127.0.0.1:*"};
  auto pub = open(spec);
  spec = {};
  spec.type = socket_type::sub;
  spec.connect = pub.endpoints;
  spec.subscriptions = {"news", "weather"};
  auto sub = open(spec);
  owner publisher{sys};
  owner reader{sys};
  publisher.attach(pub.handle);
  reader.attach(sub.handle);
  plain_peer plain{ZMQ_SUB};
  plain.set(ZMQ_SUBSCRIBE, "weather");
  plain.connect(pub.endpoints.front());
  // Subscriptions need time to travel: publish until both readers got one.
  std::optional<strings> seen;
  BOOST_REQUIRE(wait_until([&] {
    publisher.send(pub.handle, message({"sport", "no"}));
    publisher.send(pub.handle, message({"weather", "sunny"}));
    if (!seen)
      seen = plain.try_receive();
    return seen && reader.has_mail();
  }));
  BOOST_TEST(*seen == (strings{"weather", "sunny"}),
             boost::test_tools::per_element());
  BOOST_TEST(texts(reader.take()) == (strings{"weather", "sunny"}),
             boost::test_tools::per_element());
  reader.send(sub.handle, message({"subscribers", "cannot", "send"}));
  BOOST_TEST((reader.take_returned().reason == ec::unexpected_message));
}

BOOST_AUTO_TEST_CASE(delivers_in_batches_from_the_socket_itself) {
  socket_spec spec;
  spec.type = socket_type::router;
  spec.bind = {"inproc://*"};
  spec.tag = 7;
  spec.max_batch = 10;
  auto router = open(spec);
  auto dealer = open_dealer(router.endpoints.front());
  owner client{sys};
  std::vector<multipart> messages;
  for (auto i = 0; i < 25; ++i)
    messages.push_back(message({std::to_string(i)}));
  client.send(dealer.handle, std::move(messages));
  owner server{sys};
  BOOST_REQUIRE(wait_until(
    [&] { return client.counters(dealer.handle).messages_sent == 25; }));
  server.attach(router.handle);
  auto next = 0;
  for (auto size : {10u, 10u, 5u}) {
    auto batch = server.take_delivery();
    BOOST_TEST(batch.tag == 7u);
    BOOST_TEST(batch.messages.size() == size);
    BOOST_TEST((server.last_sender() == router.handle));
    for (auto& x : batch.messages)
      BOOST_TEST(x.frames.front().text() == std::to_string(next++));
  }
}

BOOST_AUTO_TEST_CASE(lets_large_messages_wait_for_their_turn) {
  auto router = open_router("inproc://*");
  auto dealer = open_dealer(router.endpoints.front());
  auto large = buffer::adopt(std::string(max_turn_bytes / 4, 'x'));
  owner client{sys};
  client.send(dealer.handle, std::vector<multipart>(10, multipart{large}));
  BOOST_REQUIRE(wait_until(
    [&] { return client.counters(dealer.handle).messages_sent == 10; }));
  owner server{sys};
  server.attach(router.handle);
  for (auto size : {4u, 4u, 2u})
    BOOST_TEST(server.take_delivery().messages.size() == size);
}

BOOST_AUTO_TEST_CASE(binds_and_connects_several_endpoints) {
  socket_spec spec;
  spec.type = socket_type::router;
  spec.bind = {"tcp://127.0.0.1:*", dir.ipc("x"), "inproc://*"};
  auto router = open(spec);
  BOOST_REQUIRE(router.endpoints.size() == 3u);
  BOOST_TEST(router.endpoints[1] == dir.ipc("x"));
  owner server{sys};
  server.attach(router.handle);
  owner client{sys};
  std::set<routing_id> peers;
  for (auto& where : router.endpoints) {
    auto dealer = open_dealer(where);
    client.send(dealer.handle, message({where}));
    peers.insert(server.take().peer);
  }
  BOOST_TEST(peers.size() == 3u);
}

// -- open ---------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(says_that_a_port_is_in_use) {
  auto first = open_router();
  socket_spec spec;
  spec.bind = first.endpoints;
  auto err = open_error(spec);
  BOOST_TEST((err == ec::address_in_use));
  BOOST_TEST(describe(err)
             == first.endpoints.front()
                  + " is in use by another program or socket: choose another "
                    "port, or 0 for any free one");
  owner self{sys};
  BOOST_TEST(self.counters(first.handle).dropped == 0u); // still there
}

BOOST_AUTO_TEST_CASE(does_not_steal_a_live_ipc_path) {
  for (auto where : {dir.ipc("x"), "ipc://@" + dir.path().string()}) {
    auto first = open_router(where);
    socket_spec spec;
    spec.bind = {where};
    auto err = open_error(spec);
    BOOST_TEST((err == ec::address_in_use));
    BOOST_TEST(describe(err).starts_with(where + " is in use"));
    auto dealer = open_dealer(where);
    owner server{sys};
    server.attach(first.handle);
    owner{sys}.send(dealer.handle, message({"still there"}));
    BOOST_TEST(server.take().frames.front().text() == "still there");
  }
}

BOOST_AUTO_TEST_CASE(takes_over_the_ipc_path_of_a_dead_program) {
  auto where = dir.ipc("x");
  {
    plain_peer dead{ZMQ_ROUTER};
    dead.bind(where);
  }
  BOOST_REQUIRE(std::filesystem::exists(dir / "x"));
  open_router(where);
}

BOOST_AUTO_TEST_CASE(does_not_delete_files_of_the_user) {
  std::ofstream{dir / "thesis"} << "years of work";
  socket_spec spec;
  spec.bind = {dir.ipc("thesis")};
  auto err = open_error(spec);
  BOOST_TEST((err == ec::endpoint_failed));
  BOOST_TEST(describe(err).find("choose another path") != std::string::npos);
  BOOST_TEST(std::filesystem::file_size(dir / "thesis") == 13u);
}

BOOST_AUTO_TEST_CASE(names_the_endpoint_and_the_fix) {
  struct row {
    std::string where;
    ec code;
    const char* part;
  };
  const row rows[] = {
    {"udp://127.0.0.1:5555", ec::bad_endpoint, "none of tcp, ipc and inproc"},
    {"tcp://192.0.2.1:5555", ec::endpoint_failed, "address of this machine"},
    {"tcp://no-such-device:5555", ec::endpoint_failed,
     "address of this machine"},
    {dir.ipc("no/such/dir"), ec::endpoint_failed, "create its directory"},
    {"ipc:///" + std::string(200, 'x'), ec::bad_endpoint, "at most 107"},
  };
  for (auto& x : rows) {
    socket_spec spec;
    spec.bind = {x.where};
    auto err = open_error(spec);
    BOOST_TEST((err == x.code), describe(err));
    BOOST_TEST(describe(err).find(x.where) != std::string::npos, describe(err));
    BOOST_TEST(describe(err).find(x.part) != std::string::npos, describe(err));
  }
}

BOOST_AUTO_TEST_CASE(refuses_a_name_that_is_bound_in_this_process) {
  open_router("inproc://twice");
  socket_spec spec;
  spec.bind = {"inproc://twice"};
  BOOST_TEST((open_error(spec) == ec::address_in_use));
}

BOOST_AUTO_TEST_CASE(leaves_nothing_bound_when_it_fails) {
  socket_spec spec;
  spec.bind = {"inproc://mine", "tcp://192.0.2.1:1"};
  BOOST_TEST((open_error(spec) == ec::endpoint_failed));
  // The name is free as soon as ZeroMQ has reaped the socket.
  BOOST_TEST(wait_until([&] {
    spec.bind = {"inproc://mine"};
    return bridge->open(spec).engaged();
  }));
}

BOOST_AUTO_TEST_CASE(says_that_the_context_is_full) {
  bridge_config cfg;
  cfg.max_sockets = 2;
  bridge = std::make_unique<bridge_runtime>(sys, cfg);
  auto err = caf::error{};
  for (auto i = 0; i < 3 && !err; ++i) {
    socket_spec spec;
    spec.bind = {"inproc://*"};
    if (auto x = bridge->open(spec); !x)
      err = x.error();
  }
  BOOST_TEST((err == ec::limit_reached));
  BOOST_TEST(describe(err).find("max_sockets") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(says_why_it_could_not_start) {
  rlimit usual{};
  getrlimit(RLIMIT_NOFILE, &usual);
  auto none = rlimit{0, usual.rlim_max};
  setrlimit(RLIMIT_NOFILE, &none);
  auto lame = std::make_unique<bridge_runtime>(sys);
  setrlimit(RLIMIT_NOFILE, &usual);
  socket_spec spec;
  spec.bind = {"inproc://*"};
  auto result = lame->open(spec);
  BOOST_REQUIRE(!result);
  BOOST_TEST((result.error() == ec::limit_reached));
  auto text = describe(result.error());
  BOOST_TEST(text.find("ulimit -n") != text.npos, text);
  // It ends, too.
  auto end = std::async(std::launch::async, [&] { lame.reset(); });
  BOOST_REQUIRE((end.wait_for(patience) == std::future_status::ready));
}

BOOST_AUTO_TEST_CASE(closes_what_opens_too_late) {
  socket_spec spec;
  spec.type = socket_type::router;
  spec.bind = {dir.ipc("late")};
  {
    busy_pump busy{*this};
    auto result = bridge->open(spec, std::chrono::milliseconds{10});
    BOOST_REQUIRE(!result);
    BOOST_TEST((result.error() == ec::timed_out));
  }
  // It does open, before the next one, and leaves its address then.
  auto again = wait_until([&] { return bool{bridge->open(spec)}; });
  BOOST_TEST(again);
}

// -- counters -----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(sums_up_open_and_closed_sockets) {
  auto router = open_router();
  owner server{sys};
  server.attach(router.handle);
  for (auto i = 0; i < 3; ++i) {
    auto dealer = open_dealer(router.endpoints.front());
    owner client{sys};
    client.watch(dealer.handle);
    client.send(dealer.handle, message({"12345"}));
    server.take();
    caf::anon_send(dealer.handle, atom::close_v);
    client.take_down();
  }
  auto sum = totals();
  BOOST_TEST(sum.messages_sent == 3u);
  BOOST_TEST(sum.bytes_copied == 15u);
  BOOST_TEST(sum.messages_received == 3u);
  BOOST_TEST(sum.frames_received == 3u);
  BOOST_TEST(sum.bytes_received == 15u);
  BOOST_TEST(sum.held == 0u);
  BOOST_TEST(server.counters(router.handle).messages_received == 3u);
  BOOST_TEST(server.counters(router.handle).messages_sent == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
