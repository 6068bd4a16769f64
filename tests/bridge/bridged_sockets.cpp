// SPDX-License-Identifier: BSL-1.0

#include "bridge/loopback.hpp"
#include "support/running_clock.hpp"
#include "support/temp_dir.hpp"
#include "support/wait_until.hpp"

#include <caf/send.hpp>

#include <zmq.h>

#include <memory>
#include <utility>

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::test;

namespace {

using kind = socket_event::kind;
using strings = std::vector<std::string>;

struct fixture : bridge_fixture {
  static socket_spec spec_of(socket_type type) {
    socket_spec result;
    result.type = type;
    result.peers = socket_peers::bridged;
    result.security = no_security{};
    return result;
  }

  open_socket bind(socket_spec spec, std::string where = "tcp://127.0.0.1:*") {
    spec.bind = {std::move(where)};
    return open(spec);
  }

  open_socket connect(socket_spec spec, const open_socket& to) {
    spec.connect = to.endpoints;
    return open(spec);
  }

  open_socket bind(socket_type type, std::string where = "tcp://127.0.0.1:*") {
    return bind(spec_of(type), std::move(where));
  }

  open_socket connect(socket_type type, const open_socket& to) {
    return connect(spec_of(type), to);
  }

  /// Checks that `who` gets `count` messages in order.
  static void check_order(owner& who, int count) {
    for (auto i = 0; i < count; ++i)
      if (auto text = texts(who.take()).front(); text != std::to_string(i))
        BOOST_FAIL("got " << text << " in the place of " << i);
  }

  static std::vector<multipart> numbers(int count, routing_id peer = {}) {
    std::vector<multipart> result;
    for (auto i = 0; i < count; ++i)
      result.push_back(message(peer, {std::to_string(i)}));
    return result;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(bridged_sockets_suite, fixture)

BOOST_AUTO_TEST_CASE(carry_messages_of_every_kind_both_ways) {
  temp_dir dir;
  for (auto where : {std::string{"inproc://*"}, dir.ipc("x"),
                     std::string{"tcp://127.0.0.1:*"}}) {
    auto spec = spec_of(socket_type::router);
    spec.chunk_size = 100'000;
    auto router = bind(spec, where);
    spec.type = socket_type::dealer;
    auto dealer = connect(spec, router);
    owner server{sys};
    owner client{sys};
    server.attach(router.handle);
    client.attach(dealer.handle);
    std::vector<multipart> messages;
    for (auto size : {0, 1, 7, 8, 1024, 1025, 50'000, 100'001, 1'000'000})
      messages.push_back(
        message({"head", std::string(static_cast<std::size_t>(size), 'x'),
                 std::string(static_cast<std::size_t>(size), 'y')}));
    client.send(dealer.handle, messages);
    for (auto& x : messages) {
      auto got = server.take();
      BOOST_TEST((texts(got) == texts(x)));
      server.send(router.handle, std::move(got));
    }
    for (auto& x : messages)
      BOOST_TEST((texts(client.take()) == texts(x)));
    auto counters = client.counters(dealer.handle);
    BOOST_TEST(counters.messages_sent == messages.size());
    BOOST_TEST(counters.messages_received == messages.size());
    BOOST_TEST(counters.dropped == 0u);
  }
}

BOOST_AUTO_TEST_CASE(keep_the_order_of_many_messages) {
  for (auto type : {socket_type::push, socket_type::pair}) {
    auto is_pair = type == socket_type::pair;
    auto receiver = bind(is_pair ? type : socket_type::pull);
    auto sender = connect(type, receiver);
    owner self{sys};
    owner other{sys};
    self.attach(receiver.handle);
    other.attach(sender.handle);
    other.send(sender.handle, numbers(60'000));
    check_order(self, 60'000);
  }
}

BOOST_AUTO_TEST_CASE(share_wire_messages) {
  auto spec = spec_of(socket_type::push);
  plain_peer sniffer{ZMQ_PULL};
  spec.connect = {sniffer.bind("tcp://127.0.0.1:*")};
  auto push = open(spec);
  owner self{sys};
  self.send(push.handle, numbers(100));
  auto wire = sniffer.receive();
  BOOST_TEST(wire.size() == 1u);
  BOOST_TEST(wire[0].substr(4, 4) == "TRL1");
  BOOST_TEST(wire[0].size() > 100u * 8);
}

BOOST_AUTO_TEST_CASE(drop_and_report_what_no_bridge_sent) {
  auto pull = bind(socket_type::pull);
  plain_peer stranger{ZMQ_PUSH};
  stranger.connect(pull.endpoints.front());
  owner self{sys};
  self.attach(pull.handle);
  stranger.send({"hello"});
  auto event = self.take_event();
  BOOST_TEST((event.what == kind::refused));
  BOOST_TEST((event.reason == ec::bad_envelope));
  running_clock since_second;
  for (auto i = 0; i < 1000; ++i)
    stranger.send({"hello", "again"});
  auto events = 0;
  for (auto told = 0u; told < 1000; ++events)
    told += self.take_event().value; // the rest is counted
  BOOST_TEST((since_second.elapsed() < 2s));
  BOOST_TEST(events < 4);
  BOOST_TEST(self.counters(pull.handle).dropped == 1001u);
}

BOOST_AUTO_TEST_CASE(never_unpack_for_raw_peers) {
  socket_spec spec;
  spec.type = socket_type::pull;
  auto pull = bind(spec);
  auto push = connect(socket_type::push, pull);
  owner self{sys};
  self.attach(pull.handle);
  self.send(push.handle, message({"hello"}));
  BOOST_TEST(texts(self.take()).front().substr(4, 4) == "TRL1");
}

BOOST_AUTO_TEST_CASE(give_back_small_messages_that_are_too_large_all_the_same) {
  auto pull = bind(socket_type::pull);
  for (auto limit : {"frame", "message"}) {
    auto spec = spec_of(socket_type::push);
    (limit == std::string{"frame"} ? spec.max_frame : spec.max_message) = 100;
    auto push = connect(spec, pull);
    owner self{sys};
    self.attach(push.handle);
    self.send(push.handle, message({std::string(100, 'x')}));
    self.send(push.handle, message({std::string(101, 'x')}));
    BOOST_TEST((self.take_returned().reason == ec::too_large));
    BOOST_TEST(wait_until(
      [&] { return self.counters(push.handle).messages_sent == 1; }));
  }
}

BOOST_AUTO_TEST_CASE(wait_for_the_credit_of_a_slow_owner) {
  auto spec = spec_of(socket_type::router);
  spec.window_messages = 2000;
  auto router = bind(spec);
  auto dealer = connect(socket_type::dealer, router);
  owner server{sys};
  owner client{sys};
  client.attach(dealer.handle);
  client.send(dealer.handle, numbers(10'000));
  auto event = client.take_event();
  BOOST_TEST((event.what == kind::full));
  // Nobody handles anything, so that no more leaves than the window holds.
  BOOST_TEST(wait_until(
    [&] { return client.counters(dealer.handle).messages_sent == 2000; }));
  server.attach(router.handle);
  // This owner has got deliveries but keeps them.
  auto kept = std::vector<delivery>{};
  auto got = std::size_t{0};
  while (got < 2000) {
    kept.push_back(server.take_delivery());
    got += kept.back().messages.size();
  }
  BOOST_TEST(got == 2000u);
  BOOST_TEST(client.counters(dealer.handle).messages_sent == 2000u);
  kept.clear();
  for (; got < 10'000; ++got)
    if (auto text = texts(server.take()).front(); text != std::to_string(got))
      BOOST_FAIL("got " << text << " in the place of " << got);
  BOOST_TEST((client.take_event().what == kind::drained));
}

// Who sends what the other end drops pays for it with credit, and gets it back.
BOOST_AUTO_TEST_CASE(go_on_after_messages_that_are_too_large_for_the_peer) {
  constexpr auto limit = std::size_t{1} << 20;
  constexpr auto bytes = std::size_t{100} << 20; // three windows
  struct {
    std::size_t frames, size;
  } cases[] = {{1, limit + 1},  // a message in a wire message
               {1, 4 * limit},  // a wire message
               {2, 2 * limit}}; // chunks
  for (auto x : cases) {
    auto spec = spec_of(socket_type::router);
    spec.max_message = limit;
    auto router = bind(spec);
    spec = spec_of(socket_type::dealer);
    spec.chunk_size = x.frames > 1 ? limit / 2 : 0;
    auto dealer = connect(spec, router);
    owner server{sys};
    owner client{sys};
    server.attach(router.handle);
    client.attach(dealer.handle);
    auto frame = buffer::adopt(std::string(x.size, 'x'));
    auto sent = bytes / (x.frames * x.size);
    for (auto i = std::size_t{0}; i < sent; ++i)
      client.send(dealer.handle, multipart{frame_list(x.frames, frame)});
    client.send(dealer.handle, message({"small"}));
    BOOST_TEST(texts(server.take()).front() == "small");
    BOOST_TEST(server.counters(router.handle).dropped > 0u);
    BOOST_TEST(client.counters(dealer.handle).returned == 0u);
  }
}

BOOST_AUTO_TEST_CASE(wait_for_the_credit_of_each_peer_alone) {
  auto router = bind(socket_type::router);
  auto slow = connect(socket_type::dealer, router);
  auto fast = connect(socket_type::dealer, router);
  owner server{sys};
  owner slow_owner{sys};
  owner fast_owner{sys};
  server.attach(router.handle);
  fast_owner.attach(fast.handle);
  slow_owner.send(slow.handle, message({"slow"}));
  auto slow_peer = server.take().peer;
  fast_owner.send(fast.handle, message({"fast"}));
  auto fast_peer = server.take().peer;
  server.send(router.handle, numbers(40'000, slow_peer));
  BOOST_TEST((server.take_event().peer == slow_peer));
  server.send(router.handle, numbers(1000, fast_peer));
  check_order(fast_owner, 1000);
  slow_owner.attach(slow.handle);
  check_order(slow_owner, 40'000);
}

BOOST_AUTO_TEST_CASE(start_anew_when_the_peer_comes_back) {
  auto router = std::make_unique<open_socket>(bind(socket_type::router));
  auto spec = spec_of(socket_type::dealer);
  spec.watch = true;
  auto dealer = connect(spec, *router);
  auto where = router->endpoints.front();
  owner client{sys};
  client.attach(dealer.handle);
  auto wait_for = [&](kind what) {
    while (client.take_event().what != what)
      ; // messages that wait are events, too
  };
  for (auto round = 0; round < 3; ++round) {
    wait_for(kind::connected);
    owner server{sys};
    server.attach(router->handle);
    client.send(dealer.handle, numbers(5000));
    check_order(server, 5000);
    server.watch(router->handle);
    caf::anon_send_exit(router->handle, caf::exit_reason::kill);
    server.take_down();
    wait_for(kind::disconnected);
    spec = spec_of(socket_type::router);
    spec.bind = {where};
    BOOST_REQUIRE(wait_until([&] {
      auto again = bridge->open(spec);
      if (again)
        *router = *again;
      return again.engaged();
    }));
  }
}

BOOST_AUTO_TEST_CASE(return_messages_to_peers_that_others_replaced) {
  auto router = bind(socket_type::router);
  owner server{sys};
  server.attach(router.handle);
  bridge_fixture elsewhere;
  owner client{elsewhere.sys};
  auto spec = spec_of(socket_type::dealer);
  spec.connect = router.endpoints;
  spec.window_messages = 2000;
  spec.watch = true;
  auto first = elsewhere.open(spec).handle;
  client.send(first, message({"hello"}));
  // It never reads, so that most of this waits for its credit.
  server.send(router.handle, numbers(10'000, server.take().peer));
  BOOST_TEST((server.take_event().what == kind::full));
  {
    busy_pump busy{*this};
    client.watch(first);
    caf::anon_send_exit(first, caf::exit_reason::kill);
    client.take_down();
    auto second = elsewhere.open(spec).handle;
    client.attach(second);
    BOOST_TEST((client.take_event().what == kind::connected));
  }
  BOOST_TEST((server.take_returned().reason == ec::peer_gone));
}

BOOST_AUTO_TEST_CASE(return_messages_to_peers_that_are_gone) {
  auto router = bind(socket_type::router);
  owner server{sys};
  server.attach(router.handle);
  auto peer = routing_id{};
  {
    auto spec = spec_of(socket_type::dealer);
    spec.window_messages = 2000;
    auto dealer = connect(spec, router);
    owner client{sys};
    client.send(dealer.handle, message({"hello"}));
    peer = server.take().peer;
    // It never reads, so that most of this waits for its credit.
    server.send(router.handle, numbers(10'000, peer));
    BOOST_TEST((server.take_event().what == kind::full));
    client.watch(dealer.handle);
    caf::anon_send_exit(dealer.handle, caf::exit_reason::kill);
    client.take_down();
  }
  auto back = server.take_returned();
  BOOST_TEST((back.reason == ec::peer_gone));
  BOOST_TEST((back.message.peer == peer));
  auto first = std::stoi(texts(back.message).front());
  for (auto i = first + 1; i < 10'000; ++i)
    BOOST_REQUIRE(texts(server.take_returned().message).front()
                  == std::to_string(i));
}

// Of which nobody tells: inproc has no events, and no end that we make has.
BOOST_AUTO_TEST_CASE(return_messages_to_peers_that_go_in_silence) {
  for (auto where : {std::string{"inproc://*"}, std::string{"ipc://*"}}) {
    auto spec = spec_of(socket_type::dealer);
    spec.window_messages = 2000;
    auto router = bind(socket_type::router, where);
    auto dealer = connect(spec, router);
    owner server{sys};
    owner client{sys};
    server.attach(router.handle);
    client.send(dealer.handle, message({"hello"}));
    auto id = server.take().peer;
    server.send(router.handle, numbers(5000, id));
    BOOST_TEST((server.take_event().what == kind::full));
    BOOST_TEST(wait_until(
      [&] { return server.counters(router.handle).messages_sent == 2000; }));
    if (where.starts_with("inproc"))
      caf::anon_send_exit(dealer.handle, caf::exit_reason::kill);
    else
      caf::anon_send(router.handle, atom::unbind_v, router.endpoints.front());
    for (auto i = 0; i < 3000; ++i)
      BOOST_REQUIRE((server.take_returned().reason == ec::peer_gone));
  }
}

BOOST_AUTO_TEST_CASE(start_anew_with_the_next_peer_of_a_pair) {
  auto spec = spec_of(socket_type::pair);
  spec.window_messages = 2000;
  auto bound = bind(spec, "inproc://*");
  owner self{sys};
  self.attach(bound.handle);
  auto first = connect(spec, bound);
  {
    owner peer{sys};
    peer.attach(first.handle);
    self.send(bound.handle, numbers(10'000));
    check_order(peer, 10'000);
    caf::anon_send_exit(first.handle, caf::exit_reason::kill);
  }
  // What finds nobody is held.
  BOOST_TEST(wait_until([&] {
    self.send(bound.handle, message({"who is there?"}));
    return self.counters(bound.handle).held > 0;
  }));
  // A moment later only, ZeroMQ takes another peer.
  owner peer{sys};
  BOOST_REQUIRE(wait_until([&] {
    auto second = connect(spec, bound);
    peer.send(second.handle, message({"I am"}));
    auto heard = wait_until(
      [&] { return self.counters(bound.handle).messages_received > 0; }, 1s);
    if (heard)
      peer.attach(second.handle);
    else
      caf::anon_send_exit(second.handle, caf::exit_reason::kill);
    return heard;
  }));
  self.send(bound.handle, numbers(10'000));
  auto asked = std::string{"who is there?"};
  auto next = asked;
  while (next == asked)
    next = texts(peer.take()).front();
  BOOST_TEST(next == "0");
  for (auto i = 1; i < 10'000; ++i)
    if (auto text = texts(peer.take()).front(); text != std::to_string(i))
      BOOST_FAIL("got " << text << " in the place of " << i);
}

BOOST_AUTO_TEST_CASE(send_what_waits_before_they_close) {
  auto router = bind(socket_type::router);
  auto spec = spec_of(socket_type::dealer);
  spec.options.linger =
    std::chrono::duration_cast<std::chrono::milliseconds>(patience);
  auto dealer = connect(spec, router);
  owner server{sys};
  owner client{sys};
  client.send(dealer.handle, numbers(5000));
  caf::anon_send(dealer.handle, atom::close_v);
  server.attach(router.handle);
  check_order(server, 5000);
}

BOOST_AUTO_TEST_CASE(read_all_that_a_peer_sent_before_it_went) {
  // What an ipc connection brought before it was closed, ZeroMQ reads only up
  // to its own bound.
  temp_dir dir;
  auto router_spec = spec_of(socket_type::router);
  router_spec.options.receive_hwm = 32;
  auto router = bind(router_spec, dir.ipc("router"));
  owner server{sys};
  server.attach(router.handle);
  auto other = std::make_unique<bridge_fixture>();
  auto spec = spec_of(socket_type::dealer);
  spec.connect = router.endpoints;
  auto dealer = other->open(spec).handle;
  auto client = std::make_unique<owner>(other->sys);
  client->send(dealer, message({"first"}));
  server.take();
  constexpr auto count = 100;
  {
    busy_pump busy{*this};
    for (auto i = 0; i < count; ++i) { // each in a ZeroMQ message of its own
      client->send(dealer, message({std::to_string(i)}));
      BOOST_REQUIRE(wait_until([&] {
        return client->counters(dealer).messages_sent
               == static_cast<std::uint64_t>(i) + 2;
      }));
    }
    client.reset();
    caf::anon_send(std::exchange(dealer, nullptr), atom::close_v);
    other.reset(); // returns when all has left
  }
  check_order(server, count);
}

BOOST_AUTO_TEST_CASE(answer_requests) {
  auto router = bind(socket_type::router);
  auto dealer = connect(socket_type::dealer, router);
  owner server{sys};
  server.attach(router.handle);
  caf::scoped_actor self{sys};
  auto pending = self->request(dealer.handle, patience, atom::request_v,
                               message({"question"}));
  auto asked = server.take();
  asked.frames.back() = buffer::copy_of("answer");
  server.send(router.handle, std::move(asked));
  auto got = std::string{};
  pending.receive([&](multipart& x) { got = texts(x).back(); },
                  [&](caf::error& err) { got = describe(err); });
  BOOST_TEST(got == "answer");
}

BOOST_AUTO_TEST_CASE(have_no_meaning_for_some_types) {
  auto reason = [&](socket_spec spec) {
    auto result = bridge->open(spec);
    return result ? std::string{} : describe(result.error());
  };
  auto spec = spec_of(socket_type::rep);
  spec.bind = {"inproc://*"};
  BOOST_TEST(reason(spec).find("bridged") != std::string::npos);
  spec.type = socket_type::dealer;
  BOOST_TEST(reason(spec).find("one endpoint") != std::string::npos);
  spec.type = socket_type::router;
  BOOST_TEST(reason(spec) == "");
  spec.generated_ids_only = false;
  BOOST_TEST(reason(spec).find("generated") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(tell_raw_senders_when_a_peer_is_full) {
  socket_spec spec;
  spec.type = socket_type::pull;
  spec.options.receive_hwm = 5;
  spec.options.receive_buffer = 4096;
  auto pull = bind(spec, "inproc://*");
  spec.type = socket_type::push;
  spec.options.send_hwm = 5;
  auto push = connect(spec, pull);
  owner receiver{sys};
  owner sender{sys};
  sender.attach(push.handle);
  sender.send(push.handle, numbers(1000));
  BOOST_TEST((sender.take_event().what == kind::full));
  receiver.attach(pull.handle);
  check_order(receiver, 1000);
  BOOST_TEST((sender.take_event().what == kind::drained));
}

BOOST_AUTO_TEST_CASE(tell_that_others_leave_no_room_to_wait) {
  auto spec = spec_of(socket_type::router);
  spec.max_held_messages = 100;
  auto router = bind(spec, "inproc://*");
  auto small = spec_of(socket_type::dealer);
  small.window_messages = 2000;
  auto first = connect(small, router);
  auto second = connect(small, router);
  owner server{sys};
  server.attach(router.handle);
  owner one{sys};
  owner two{sys};
  one.send(first.handle, message({"hello"}));
  auto a = server.take().peer;
  two.send(second.handle, message({"hello"}));
  auto b = server.take().peer;
  server.send(router.handle, numbers(3000, a)); // fills what may wait
  BOOST_TEST((server.take_event().peer == a));
  while (server.counters(router.handle).held < 100)
    server.send(router.handle, message(a, {"more"}));
  server.send(router.handle, numbers(3000, b));
  auto full = server.take_event();
  BOOST_TEST((full.what == kind::full));
  BOOST_TEST((full.peer == b));
  // A new owner was not told yet.
  owner heir{sys};
  heir.attach(router.handle);
  auto told = heir.take_event();
  BOOST_TEST((told.what == kind::full));
  one.attach(first.handle);
  for (auto i = 0; i < 2000; ++i)
    one.take();
  BOOST_TEST((heir.take_event().what == kind::drained));
}

BOOST_AUTO_TEST_SUITE_END()
