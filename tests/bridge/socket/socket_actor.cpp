// SPDX-License-Identifier: BSL-1.0

#include "bridge/loopback.hpp"
#include "support/temp_dir.hpp"
#include <troupe/socket/socket_actor.hpp>

#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include <zmq.h>

using namespace troupe;
using namespace troupe::test;

namespace {

using strings = std::vector<std::string>;

struct fixture : bridge_fixture {
  /// A spec of a ROUTER on any port.
  static socket_spec router_spec(std::string where = "tcp://127.0.0.1:*") {
    socket_spec spec;
    spec.type = socket_type::router;
    spec.bind = {std::move(where)};
    return spec;
  }

  /// Makes `who` the owner of `what`.
  static open_socket owned_by(owner& who, open_socket what) {
    who.attach(what.handle);
    return what;
  }

  /// Opens a DEALER that is connected to `router`, with `small_queues`.
  open_socket open_small_dealer(const open_socket& router, int n);

  temp_dir dir;
};

/// A spec with `n` unread messages between two inproc sockets of the bridge.
socket_spec small_queues(socket_spec spec, int n) {
  spec.options.send_hwm = n / 2; // ZeroMQ adds up both sides
  spec.options.receive_hwm = n / 2;
  return spec;
}

open_socket fixture::open_small_dealer(const open_socket& router, int n) {
  auto spec = small_queues({}, n);
  spec.connect = router.endpoints;
  return open(spec);
}

/// A DEALER of a program without our library, connected to `server`.
struct plain_dealer : plain_peer {
  explicit plain_dealer(const open_socket& server) : plain_peer{ZMQ_DEALER} {
    connect(server.endpoints.front());
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(socket_actor_suite, fixture)

// -- peers that come and go ---------------------------------------------------

BOOST_AUTO_TEST_CASE(returns_messages_to_a_peer_that_is_gone) {
  owner server{sys};
  auto router = owned_by(server, open_router());
  routing_id peer;
  {
    plain_dealer client{router};
    client.send({"hello"});
    peer = server.take().peer;
  }
  // The router learns of it in its own time; until then the message leaves.
  std::optional<returned> back;
  BOOST_REQUIRE(wait_until([&] {
    server.send(router.handle, message(peer, {"anybody", "there?"}));
    if (server.counters(router.handle).returned > 0)
      back = server.take_returned();
    return back.has_value();
  }));
  BOOST_TEST((back->reason == ec::peer_gone));
  BOOST_TEST((back->message.peer == peer));
  BOOST_TEST(texts(back->message) == (strings{"anybody", "there?"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(returns_messages_to_nobody) {
  auto spec = router_spec();
  spec.tag = 3;
  owner server{sys};
  auto router = owned_by(server, open(spec));
  server.send(router.handle, message({"to whom?"}));
  server.send(router.handle, message(routing_id{"stranger"}, {"x"}));
  for (auto i = 0; i < 2; ++i) {
    auto back = server.take_returned();
    BOOST_TEST((back.reason == ec::peer_gone));
    BOOST_TEST(back.tag == 3u);
  }
  BOOST_TEST(server.counters(router.handle).returned == 2u);
}

BOOST_AUTO_TEST_CASE(holds_messages_until_somebody_listens) {
  // Not over tcp: who retries a free port of this machine may meet itself.
  auto where = dir.ipc("server");
  auto dealer = open_dealer(where);
  owner client{sys};
  client.attach(dealer.handle);
  for (auto i = 0; i < 100; ++i)
    client.send(dealer.handle, message({std::to_string(i)}));
  BOOST_REQUIRE(
    wait_until([&] { return client.counters(dealer.handle).held == 100; }));
  plain_peer server{ZMQ_ROUTER};
  server.bind(where);
  for (auto i = 0; i < 100; ++i)
    BOOST_TEST(server.receive()[1] == std::to_string(i));
  BOOST_TEST(client.counters(dealer.handle).held == 0u);
  BOOST_TEST(client.counters(dealer.handle).messages_sent == 100u);
}

BOOST_AUTO_TEST_CASE(bounds_what_it_holds) {
  socket_spec spec;
  spec.connect = {"tcp://127.0.0.1:1"}; // nobody listens there
  spec.max_held_messages = 10;
  spec.max_held_bytes = 1000;
  auto dealer = open(spec);
  owner client{sys};
  client.attach(dealer.handle);
  for (auto i = 0; i < 12; ++i)
    client.send(dealer.handle, message({std::to_string(i)}));
  for (auto text : {"10", "11"}) {
    auto back = client.take_returned();
    BOOST_TEST((back.reason == ec::peer_full));
    BOOST_TEST(texts(back.message).front() == text);
  }
  BOOST_TEST(client.counters(dealer.handle).held == 10u);
}

BOOST_AUTO_TEST_CASE(returns_what_a_peer_that_does_not_read_cannot_take) {
  auto spec = small_queues(router_spec("inproc://*"), 20);
  spec.max_held_messages = 5;
  auto router = open(spec);
  auto idler = open_small_dealer(router, 20); // its owner never attaches
  auto worker = open_small_dealer(router, 20);
  owner server{sys};
  owner client{sys};
  server.attach(router.handle);
  client.attach(worker.handle);
  client.send(idler.handle, message({"I am here"}));
  auto idle_peer = server.take().peer;
  client.send(worker.handle, message({"me too"}));
  auto busy_peer = server.take().peer;
  // ZeroMQ takes 20, the bridge holds 5, the rest comes back.
  for (auto i = 0; i < 28; ++i)
    server.send(router.handle, message(idle_peer, {std::to_string(i)}));
  for (auto text : {"25", "26", "27"}) {
    auto back = server.take_returned();
    BOOST_TEST((back.reason == ec::peer_full));
    BOOST_TEST(texts(back.message).front() == text);
  }
  // The other peer does not suffer.
  server.send(router.handle, message(busy_peer, {"go on"}));
  BOOST_TEST(texts(client.take()).front() == "go on");
  // And the idler gets everything in order once it reads.
  owner late{sys};
  late.attach(idler.handle);
  for (auto i = 0; i < 25; ++i)
    BOOST_TEST(texts(late.take()).front() == std::to_string(i));
  BOOST_TEST(server.counters(router.handle).held == 0u);
}

BOOST_AUTO_TEST_CASE(returns_what_it_held_for_a_peer_that_goes) {
  auto spec = small_queues(router_spec("inproc://*"), 4);
  auto router = open(spec);
  auto idler = open_small_dealer(router, 4);
  owner server{sys};
  server.attach(router.handle);
  server.send(idler.handle, message({"I am here"}));
  auto peer = server.take().peer;
  for (auto i = 0; i < 7; ++i)
    server.send(router.handle, message(peer, {std::to_string(i)}));
  BOOST_REQUIRE(
    wait_until([&] { return server.counters(router.handle).held == 3; }));
  caf::anon_send_exit(idler.handle, caf::exit_reason::kill);
  for (auto text : {"4", "5", "6"}) {
    auto back = server.take_returned();
    BOOST_TEST((back.reason == ec::peer_gone));
    BOOST_TEST(texts(back.message).front() == text);
  }
}

BOOST_AUTO_TEST_CASE(keeps_the_order_per_peer_under_pressure) {
  constexpr auto total = 20'000;
  auto spec = small_queues(router_spec("inproc://*"), 32);
  spec.max_held_messages = total;
  owner server{sys};
  auto router = owned_by(server, open(spec));
  std::vector<socket_actor> dealers;
  std::vector<std::unique_ptr<owner>> clients;
  std::vector<routing_id> peers;
  for (auto i = 0; i < 3; ++i) {
    dealers.push_back(open_small_dealer(router, 32).handle);
    clients.push_back(std::make_unique<owner>(sys));
    clients.back()->attach(dealers.back());
    clients.back()->send(dealers.back(), message({"hello"}));
    peers.push_back(server.take().peer);
  }
  for (auto i = 0; i < total;) {
    std::vector<multipart> batch;
    for (auto k = 0; k < 100; ++k, ++i)
      batch.push_back(message(peers[i % 3], {std::to_string(i)}));
    server.send(router.handle, std::move(batch));
  }
  for (auto i = 0; i < total; ++i)
    if (auto text = texts(clients[i % 3]->take()).front();
        text != std::to_string(i))
      BOOST_FAIL("got " << text << " in the place of " << i);
}

BOOST_AUTO_TEST_CASE(sends_nothing_ahead_of_what_it_holds) {
  auto spec = small_queues(router_spec("inproc://*"), 2);
  auto router = open(spec);
  auto dealer = open_small_dealer(router, 2);
  owner server{sys};
  owner client{sys};
  server.attach(router.handle);
  client.send(dealer.handle, message({"hello"}));
  auto peer = server.take().peer;
  for (auto i = 0; i < 4; ++i)
    server.send(router.handle, message(peer, {std::to_string(i)}));
  BOOST_REQUIRE(
    wait_until([&] { return server.counters(router.handle).held == 2; }));
  // Reading makes room at the same time as more is sent.
  client.attach(dealer.handle);
  for (auto i = 4; i < 1000; ++i)
    server.send(router.handle, message(peer, {std::to_string(i)}));
  for (auto i = 0; i < 1000; ++i)
    if (auto text = texts(client.take()).front(); text != std::to_string(i))
      BOOST_FAIL("got " << text << " in the place of " << i);
}

// -- limits -------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(sends_nothing_beyond_its_limits) {
  auto spec = router_spec("inproc://*");
  spec.max_frame = 100;
  spec.max_frames = 3;
  spec.max_message = 250;
  auto router = open(spec);
  owner self{sys};
  self.attach(router.handle);
  std::string big(100, 'x');
  auto reason = [&](strings frames) {
    self.send(router.handle, message(routing_id{"x"}, std::move(frames)));
    return self.take_returned().reason;
  };
  BOOST_TEST((reason({big}) == ec::peer_gone)); // within the limits
  BOOST_TEST((reason({big + "x"}) == ec::too_large));
  BOOST_TEST((reason({big, big, big.substr(50)}) == ec::peer_gone));
  BOOST_TEST((reason({big, big, big.substr(49)}) == ec::too_large));
  BOOST_TEST((reason({"", "", ""}) == ec::peer_gone));
  BOOST_TEST((reason({"", "", "", ""}) == ec::bad_frames));
  BOOST_TEST((reason({}) == ec::bad_frames));
}

BOOST_AUTO_TEST_CASE(disconnects_a_peer_that_sends_too_large_a_frame) {
  auto spec = router_spec();
  spec.max_frame = 1000;
  owner server{sys};
  auto router = owned_by(server, open(spec));
  plain_dealer good{router};
  good.send({"before"});
  auto peer = server.take().peer;
  plain_dealer bad{router};
  bad.send({std::string(1000, 'x')});
  auto bad_peer = server.take().peer;
  bad.send({std::string(1001, 'x')});
  // The bad peer comes back as a new connection; its old one is gone, and what
  // it sent right behind the large frame as well.
  BOOST_REQUIRE(wait_until([&] {
    bad.send({"again"});
    return server.has_mail();
  }));
  auto next = server.take();
  BOOST_TEST(texts(next).front() == "again");
  BOOST_TEST((next.peer != bad_peer));
  good.send({"after"});
  while (texts(next).front() == "again")
    next = server.take();
  BOOST_TEST(texts(next).front() == "after");
  BOOST_TEST((next.peer == peer));
}

BOOST_AUTO_TEST_CASE(drops_and_counts_messages_beyond_its_limits) {
  auto spec = router_spec();
  spec.max_frames = 3;
  spec.max_message = 250;
  owner server{sys};
  auto router = owned_by(server, open(spec));
  plain_dealer peer{router};
  std::string big(100, 'x');
  peer.send({"1", "2", "3", "4"});
  peer.send(strings(1000, "x"));
  peer.send({big, big, big});
  peer.send({big, big, big, "", "x"});
  peer.send({big, big, big.substr(50)});
  BOOST_TEST(texts(server.take()).size() == 3u);
  auto counters = server.counters(router.handle);
  BOOST_TEST(counters.dropped == 4u);
  BOOST_TEST(counters.messages_received == 1u);
  BOOST_TEST(counters.frames_received == 3u);
  BOOST_TEST(counters.bytes_received == 250u);
  for (auto told = 0u; told < 4;) { // one at once, the others later
    auto event = server.take_event();
    BOOST_TEST((event.what == socket_event::kind::refused));
    BOOST_TEST((event.reason == ec::too_large));
    BOOST_TEST(event.peer.generated());
    told += event.value;
  }
}

BOOST_AUTO_TEST_CASE(drops_and_counts_peers_that_choose_their_routing_id) {
  owner server{sys};
  auto router = owned_by(server, open_router());
  plain_peer bold{ZMQ_DEALER};
  bold.set(ZMQ_ROUTING_ID, "controller");
  bold.connect(router.endpoints.front());
  bold.send({"obey me"});
  BOOST_REQUIRE(
    wait_until([&] { return server.counters(router.handle).dropped == 1; }));
  auto event = server.take_event();
  BOOST_TEST((event.what == socket_event::kind::refused));
  BOOST_TEST((event.reason == ec::chosen_routing_id));
  BOOST_TEST(event.peer.bytes() == "controller");
  plain_dealer modest{router};
  modest.send({"please"});
  BOOST_TEST(texts(server.take()).front() == "please");
}

BOOST_AUTO_TEST_CASE(takes_chosen_routing_ids_if_told_so) {
  auto spec = router_spec();
  spec.generated_ids_only = false;
  owner server{sys};
  auto router = owned_by(server, open(spec));
  plain_peer peer{ZMQ_DEALER};
  peer.set(ZMQ_ROUTING_ID, "me");
  peer.connect(router.endpoints.front());
  peer.send({"hello"});
  BOOST_TEST((server.take().peer == routing_id{"me"}));
  server.send(router.handle, message(routing_id{"me"}, {"you"}));
  BOOST_TEST(peer.receive().front() == "you");
}

BOOST_AUTO_TEST_CASE(receives_frames_at_aligned_addresses) {
  owner server{sys};
  auto router = owned_by(server, open_router());
  plain_dealer peer{router};
  std::vector<std::size_t> sizes;
  for (auto size = std::size_t{1}; size <= 1000; ++size)
    sizes.push_back(size);
  for (auto size : {8191, 8192, 8193, 65'537, 1'000'000})
    sizes.push_back(static_cast<std::size_t>(size));
  for (auto size : sizes)
    peer.send({"x", std::string(size, 'y')});
  for (auto size : sizes) {
    auto got = server.take();
    BOOST_REQUIRE(got.frames.size() == 2u);
    BOOST_TEST(got.frames[1].size() == size);
    for (auto& frame : got.frames)
      BOOST_TEST(reinterpret_cast<std::uintptr_t>(frame.data()) % 8 == 0u);
  }
}

// -- owners -------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(reads_nothing_before_it_has_an_owner) {
  auto router = open_router("inproc://*");
  auto dealer = open_dealer(router.endpoints.front());
  owner self{sys};
  for (auto i = 0; i < 10; ++i)
    self.send(dealer.handle, message({std::to_string(i)}));
  BOOST_REQUIRE(wait_until(
    [&] { return self.counters(dealer.handle).messages_sent == 10; }));
  BOOST_TEST(self.counters(router.handle).messages_received == 0u);
  self.attach(router.handle);
  for (auto i = 0; i < 10; ++i)
    BOOST_TEST(texts(self.take()).front() == std::to_string(i));
}

BOOST_AUTO_TEST_CASE(stops_reading_for_an_owner_that_lags_behind) {
  auto spec = router_spec("inproc://*");
  spec.max_unhandled_deliveries = 4;
  spec.max_batch = 1;
  auto slow = open(spec);
  spec.bind = {"inproc://*"};
  auto fast = open(spec);
  auto to_slow = open_dealer(slow.endpoints.front());
  auto to_fast = open_dealer(fast.endpoints.front());
  owner client{sys};
  owner lazy{sys};
  owner keen{sys};
  lazy.attach(slow.handle);
  keen.attach(fast.handle);
  for (auto i = 0; i < 50; ++i)
    client.send(to_slow.handle, message({std::to_string(i)}));
  BOOST_REQUIRE(wait_until(
    [&] { return client.counters(slow.handle).messages_received == 4; }));
  for (auto i = 0; i < 50; ++i) {
    client.send(to_fast.handle, message({std::to_string(i)}));
    BOOST_TEST(texts(keen.take()).front() == std::to_string(i));
  }
  BOOST_TEST(client.counters(slow.handle).messages_received == 4u);
  for (auto i = 0; i < 50; ++i)
    BOOST_TEST(texts(lazy.take()).front() == std::to_string(i));
}

BOOST_AUTO_TEST_CASE(ends_with_its_owner) {
  auto router = open_router();
  owner watcher{sys};
  watcher.watch(router.handle);
  {
    owner self{sys};
    self.attach(router.handle);
    self.counters(router.handle); // so that it has attached for sure
  }
  BOOST_TEST((watcher.take_down() == caf::none));
  BOOST_TEST(wait_until([&] { return totals().messages_sent == 0; }));
  // Its port is free again.
  socket_spec spec;
  spec.bind = router.endpoints;
  spec.security = no_security{};
  BOOST_TEST(wait_until([&] { return bridge->open(spec).engaged(); }));
}

BOOST_AUTO_TEST_CASE(ends_at_once_if_its_owner_is_dead_already) {
  auto router = open_router();
  owner watcher{sys};
  watcher.watch(router.handle);
  {
    owner self{sys};
    watcher.watch(router.handle);
    caf::anon_send(router.handle, atom::attach_v, self.handle());
  }
  BOOST_TEST((watcher.take_down() == caf::none));
}

BOOST_AUTO_TEST_CASE(ends_with_whom_its_spec_names) {
  for (auto owned : {true, false}) {
    owner watcher{sys};
    auto opener = std::make_unique<owner>(sys);
    auto spec = router_spec("inproc://*");
    spec.ends_with = opener->handle().address();
    auto router = open(spec);
    watcher.watch(router.handle);
    opener->attach(router.handle);
    if (owned)
      watcher.attach(router.handle);
    watcher.counters(router.handle);
    opener.reset();
    BOOST_TEST((watcher.take_down() == caf::none));
    router = open(spec); // nobody is there any more
    watcher.watch(router.handle);
    BOOST_TEST((watcher.take_down() == caf::none));
  }
}

BOOST_AUTO_TEST_CASE(changes_its_owner) {
  auto router = open_router("inproc://*");
  auto dealer = open_dealer(router.endpoints.front());
  owner second{sys};
  {
    owner first{sys};
    first.attach(router.handle);
    first.send(dealer.handle, message({"1"}));
    BOOST_TEST(texts(first.take()).front() == "1");
    second.attach(router.handle);
    second.counters(router.handle);
  }
  second.send(dealer.handle, message({"2"}));
  BOOST_TEST(texts(second.take()).front() == "2");
}

BOOST_AUTO_TEST_CASE(tells_monitors_why_it_ended) {
  owner self{sys};
  for (auto reason :
       {caf::exit_reason::kill, caf::exit_reason::user_shutdown}) {
    auto router = open_router();
    self.attach(router.handle);
    self.watch(router.handle);
    caf::anon_send_exit(router.handle, reason);
    BOOST_TEST((self.take_down() == reason));
  }
}

BOOST_AUTO_TEST_CASE(sends_what_waits_before_it_closes) {
  auto where = dir.ipc("server");
  socket_spec spec;
  spec.connect = {where};
  spec.options.linger =
    std::chrono::duration_cast<std::chrono::milliseconds>(patience);
  auto dealer = open(spec);
  owner client{sys};
  client.attach(dealer.handle);
  client.watch(dealer.handle);
  for (auto i = 0; i < 100; ++i)
    client.send(dealer.handle, message({std::to_string(i)}));
  caf::anon_send(dealer.handle, atom::close_v);
  client.send(dealer.handle, message({"too late"}));
  auto back = client.take_returned();
  BOOST_TEST((back.reason == ec::closed));
  BOOST_TEST(texts(back.message).front() == "too late");
  plain_peer server{ZMQ_ROUTER};
  server.bind(where);
  for (auto i = 0; i < 100; ++i)
    BOOST_TEST(server.receive()[1] == std::to_string(i));
  BOOST_TEST((client.take_down() == caf::none));
}

BOOST_AUTO_TEST_CASE(returns_what_it_could_not_send_in_time) {
  socket_spec spec;
  spec.connect = {"tcp://127.0.0.1:1"};
  spec.options.linger = std::chrono::milliseconds{1};
  auto dealer = open(spec);
  owner client{sys};
  client.attach(dealer.handle);
  client.watch(dealer.handle);
  client.send(dealer.handle, message({"x"}));
  caf::anon_send(dealer.handle, atom::close_v);
  BOOST_TEST((client.take_returned().reason == ec::closed));
  BOOST_TEST((client.take_down() == caf::none));
}

BOOST_AUTO_TEST_CASE(survives_messages_that_it_does_not_understand) {
  auto router = open_router();
  owner self{sys};
  caf::anon_send(caf::actor_cast<caf::actor>(router.handle), 42);
  BOOST_TEST(self.counters(router.handle).dropped == 0u);
}

// -- events -------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(tells_when_connections_come_and_go) {
  using kind = socket_event::kind;
  auto spec = router_spec();
  spec.watch = true;
  spec.tag = 5;
  owner server{sys};
  auto router = owned_by(server, open(spec));
  {
    plain_dealer peer{router};
    auto event = server.take_event();
    BOOST_TEST((event.what == kind::connected));
    BOOST_TEST(event.tag == 5u);
  }
  BOOST_TEST((server.take_event().what == kind::disconnected));
  write_raw(router.endpoints.front(), std::string(64, 'x'));
  BOOST_TEST((server.take_event().what == kind::refused));
}

BOOST_AUTO_TEST_CASE(tells_an_owner_what_happened_before_it_came) {
  auto spec = router_spec();
  spec.watch = true;
  auto router = open(spec);
  plain_dealer peer{router};
  peer.send({"x"});
  owner server{sys};
  owner other{sys};
  auto dealer = open_dealer(router.endpoints.front());
  other.send(dealer.handle, message({"x"}));
  BOOST_REQUIRE(wait_until(
    [&] { return other.counters(dealer.handle).messages_sent == 1; }));
  server.attach(router.handle);
  BOOST_TEST((server.take_event().what == socket_event::kind::connected));
}

BOOST_AUTO_TEST_CASE(tells_a_client_that_its_server_came_back) {
  using kind = socket_event::kind;
  auto where = dir.ipc("server");
  auto server = std::make_unique<plain_peer>(ZMQ_ROUTER);
  server->bind(where);
  socket_spec spec;
  spec.connect = {where};
  spec.watch = true;
  auto dealer = open(spec);
  owner client{sys};
  client.attach(dealer.handle);
  BOOST_TEST((client.take_event().what == kind::connected));
  server.reset();
  BOOST_TEST((client.take_event().what == kind::disconnected));
  server = std::make_unique<plain_peer>(ZMQ_ROUTER);
  server->bind(where);
  BOOST_TEST((client.take_event().what == kind::connected));
  client.send(dealer.handle, message({"hello again"}));
  BOOST_TEST(server->receive()[1] == "hello again");
}

BOOST_AUTO_TEST_SUITE_END()
