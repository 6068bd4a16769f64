// SPDX-License-Identifier: BSL-1.0

// What is special about each type of socket.

#include "bridge/loopback.hpp"
#include "support/temp_dir.hpp"

#include <caf/send.hpp>

#include <zmq.h>

#include <map>
#include <optional>
#include <set>

using namespace troupe;
using namespace troupe::test;

namespace {

using strings = std::vector<std::string>;
using kind = socket_event::kind;

struct fixture : bridge_fixture {
  static socket_spec binding(socket_type type, std::string where) {
    socket_spec spec;
    spec.type = type;
    spec.bind = {std::move(where)};
    if (type == socket_type::sub)
      spec.subscriptions = {""};
    return spec;
  }

  static socket_spec connecting(socket_type type, strings where) {
    socket_spec spec;
    spec.type = type;
    spec.connect = std::move(where);
    if (type == socket_type::sub)
      spec.subscriptions = {""};
    return spec;
  }

  /// Makes queues of ZeroMQ that take `n` messages over inproc, both sides
  /// together.
  static socket_spec small_queues(socket_spec spec, int n) {
    spec.options.send_hwm = n / 2;
    spec.options.receive_hwm = n / 2;
    return spec;
  }

  temp_dir dir;
  owner self{sys};
};

std::string number(const multipart& x) {
  return texts(x).front();
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(socket_types_suite, fixture)

// -- publish and subscribe ----------------------------------------------------

BOOST_AUTO_TEST_CASE(xpub_tells_who_subscribes_to_what) {
  for (auto verbose : {false, true}) {
    // Not the path of the one before, which ZeroMQ may still be closing.
    auto path = dir.ipc(verbose ? "verbose" : "xpub");
    auto spec = binding(socket_type::xpub, path);
    spec.options.verbose = verbose;
    spec.tag = 4;
    auto xpub = open(spec);
    owner publisher{sys};
    publisher.attach(xpub.handle);
    auto expect = [&](kind what, const char* topic) {
      auto event = publisher.take_event();
      BOOST_TEST((event.what == what), to_string(event.what));
      BOOST_TEST(event.text == topic);
      BOOST_TEST(event.tag == 4u);
    };
    {
      plain_peer one{ZMQ_SUB};
      one.connect(xpub.endpoints.front());
      one.set(ZMQ_SUBSCRIBE, "news");
      expect(kind::subscribed, "news");
      plain_peer two{ZMQ_SUB};
      two.connect(xpub.endpoints.front());
      two.set(ZMQ_SUBSCRIBE, "news");
      two.set(ZMQ_SUBSCRIBE, "weather");
      if (verbose)
        expect(kind::subscribed, "news");
      expect(kind::subscribed, "weather");
      two.set(ZMQ_UNSUBSCRIBE, "weather");
      expect(kind::unsubscribed, "weather");
    }
    expect(kind::unsubscribed, "news");
    BOOST_TEST(!publisher.has_mail());
    publisher.watch(xpub.handle);
    caf::anon_send(xpub.handle, atom::close_v);
    publisher.take_down();
  }
}

BOOST_AUTO_TEST_CASE(subscribers_change_their_minds) {
  plain_peer xpub{ZMQ_XPUB};
  auto where = xpub.bind(dir.ipc("xpub"));
  for (auto type : {socket_type::sub, socket_type::xsub}) {
    auto spec = connecting(type, {where});
    spec.subscriptions = {"a"};
    auto sub = open(spec).handle;
    self.attach(sub);
    BOOST_TEST(xpub.receive().front() == "\1a");
    caf::anon_send(sub, atom::subscribe_v, std::string{"b"});
    BOOST_TEST(xpub.receive().front() == "\1b");
    xpub.send({"a", "1"});
    xpub.send({"b", "2"});
    BOOST_TEST(texts(self.take()).back() == "1");
    BOOST_TEST(texts(self.take()).back() == "2");
    caf::anon_send(sub, atom::unsubscribe_v, std::string{"a"});
    BOOST_TEST((xpub.receive().front() == std::string{"\0a", 2}));
    xpub.send({"a", "3"});
    xpub.send({"b", "4"});
    BOOST_TEST(texts(self.take()).back() == "4");
    self.watch(sub);
    caf::anon_send(sub, atom::close_v);
    self.take_down();
    BOOST_TEST((xpub.receive().front() == std::string{"\0b", 2}));
  }
}

BOOST_AUTO_TEST_CASE(only_subscribers_subscribe) {
  auto push = open(binding(socket_type::push, "inproc://*")).handle;
  caf::scoped_actor asker{sys};
  auto err = caf::error{};
  asker->request(push, patience, atom::subscribe_v, std::string{"x"})
    .receive([] { BOOST_FAIL("it subscribed"); },
             [&](caf::error& x) { err = std::move(x); });
  BOOST_TEST((err == ec::unexpected_message));
}

BOOST_AUTO_TEST_CASE(xsub_sends_to_publishers) {
  auto xpub = open(binding(socket_type::xpub, dir.ipc("xpub")));
  auto xsub = open(connecting(socket_type::xsub, xpub.endpoints)).handle;
  self.attach(xpub.handle);
  self.send(xsub, message({"hello", "publisher"}));
  BOOST_TEST(texts(self.take()) == (strings{"hello", "publisher"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_slow_subscriber_loses_nothing_that_was_not_returned) {
  auto spec = small_queues(binding(socket_type::pub, "inproc://*"), 20);
  spec.max_held_messages = 5;
  auto pub = open(spec);
  spec = small_queues(connecting(socket_type::sub, pub.endpoints), 20);
  spec.max_unhandled_deliveries = 1;
  auto sub = open(spec).handle;
  owner slow{sys};
  slow.attach(sub);
  self.attach(pub.handle);
  BOOST_REQUIRE(wait_until([&] {
    self.send(pub.handle, message({"early"}));
    return slow.has_mail();
  }));
  // Now it has a delivery in its mailbox, and gets no other.
  for (auto i = 0; i < 100; ++i)
    self.send(pub.handle, message({std::to_string(i)}));
  auto returns = self.counters(pub.handle).returned;
  BOOST_TEST(returns >= 100u - 20u - 5u);
  BOOST_TEST(self.counters(pub.handle).held == 5u);
  std::set<std::string> lost;
  for (; returns > 0; --returns) {
    auto back = self.take_returned();
    BOOST_TEST((back.reason == ec::peer_full));
    lost.insert(number(back.message));
  }
  for (auto i = 0; i < 100; ++i) {
    if (lost.contains(std::to_string(i)))
      continue;
    auto got = number(slow.take());
    while (got == "early")
      got = number(slow.take());
    BOOST_TEST(got == std::to_string(i));
  }
  BOOST_TEST(self.counters(pub.handle).held == 0u);
}

BOOST_AUTO_TEST_CASE(publishers_drop_for_slow_subscribers_if_told_so) {
  auto spec = small_queues(binding(socket_type::xpub, "inproc://*"), 20);
  spec.options.drop_for_slow_subscribers = true;
  auto pub = open(spec);
  self.attach(pub.handle);
  auto sub =
    open(small_queues(connecting(socket_type::sub, pub.endpoints), 20)).handle;
  BOOST_TEST((self.take_event().what == kind::subscribed));
  for (auto i = 0; i < 100; ++i)
    self.send(pub.handle, message({std::to_string(i)}));
  auto counters = self.counters(pub.handle);
  BOOST_TEST(counters.messages_sent == 100u);
  BOOST_TEST(counters.returned == 0u);
  BOOST_TEST(counters.held == 0u);
  owner slow{sys};
  slow.attach(sub);
  for (auto i = 0; i < 20; ++i)
    BOOST_TEST(number(slow.take()) == std::to_string(i));
  BOOST_TEST(wait_until([&] {
    self.send(pub.handle, message({"last"}));
    return slow.has_mail();
  }));
  BOOST_TEST(number(slow.take()) == "last");
}

BOOST_AUTO_TEST_CASE(conflated_sockets_keep_the_last_message) {
  auto push = open(binding(socket_type::push, "inproc://*"));
  auto spec = connecting(socket_type::pull, push.endpoints);
  spec.options.conflate = true;
  auto pull = open(spec).handle;
  for (auto i = 0; i < 100; ++i)
    self.send(push.handle, message({std::to_string(i)}));
  BOOST_TEST(self.counters(push.handle).messages_sent == 100u);
  self.attach(pull);
  BOOST_TEST(number(self.take()) == "99");
  BOOST_TEST(self.counters(pull).messages_received == 1u);
}

// -- streams ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(streams_begin_carry_bytes_and_end) {
  auto server = open(binding(socket_type::stream, "tcp://127.0.0.1:*"));
  self.attach(server.handle);
  std::set<routing_id> peers;
  for (auto who_hangs_up : {"they", "we", "they", "we"}) {
    std::optional<raw_peer> client{std::in_place, server.endpoints.front()};
    auto begin = self.take_event();
    BOOST_TEST((begin.what == kind::connected));
    peers.insert(begin.peer);
    client->write("hello\n");
    auto got = self.take();
    BOOST_TEST((got.peer == begin.peer));
    BOOST_TEST(number(got) == "hello\n");
    self.send(server.handle, message(begin.peer, {"welcome\n"}));
    BOOST_TEST(client->read() == "welcome\n");
    if (who_hangs_up == std::string{"they"})
      client.reset();
    else
      self.send(server.handle, message(begin.peer, {""}));
    auto end = self.take_event();
    BOOST_TEST((end.what == kind::disconnected));
    BOOST_TEST((end.peer == begin.peer));
    if (client)
      BOOST_TEST(client->read() == "");
  }
  BOOST_TEST(peers.size() == 4u);
}

BOOST_AUTO_TEST_CASE(the_end_of_a_stream_follows_its_bytes) {
  auto server = open(binding(socket_type::stream, "tcp://127.0.0.1:*"));
  caf::scoped_actor all{sys};
  all->send(server.handle, atom::attach_v,
            caf::actor_cast<socket_owner_actor>(all));
  constexpr auto clients = 50;
  for (auto i = 0; i < clients; ++i)
    raw_peer{server.endpoints.front()}.write("bye");
  std::map<routing_id, strings> logs;
  for (auto ended = 0; ended < clients;) {
    all->receive(
      [&](delivery& x) {
        for (auto& message : x.messages)
          logs[message.peer].push_back(number(message));
      },
      [&](socket_event& x) {
        logs[x.peer].push_back(to_string(x.what));
        if (x.what == kind::disconnected)
          ++ended;
      },
      caf::after(patience) >> [] { BOOST_FAIL("an end is missing"); });
  }
  for (auto& [peer, log] : logs)
    BOOST_TEST(log == (strings{"connected", "bye", "disconnected"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_piece_of_a_stream_has_one_frame) {
  auto server = open(binding(socket_type::stream, "tcp://127.0.0.1:*"));
  self.attach(server.handle);
  raw_peer client{server.endpoints.front()};
  auto peer = self.take_event().peer;
  self.send(server.handle, message(peer, {"one", "two"}));
  auto back = self.take_returned();
  BOOST_TEST((back.reason == ec::bad_frames));
  self.send(server.handle, message(peer, {"three"}));
  BOOST_TEST(client.read() == "three");
}

BOOST_AUTO_TEST_CASE(what_is_for_an_ended_stream_comes_back) {
  auto server = open(binding(socket_type::stream, "tcp://127.0.0.1:*"));
  self.attach(server.handle);
  routing_id peer;
  {
    raw_peer client{server.endpoints.front()};
    peer = self.take_event().peer;
  }
  BOOST_TEST((self.take_event().what == kind::disconnected));
  // ZeroMQ forgets the peer in its own time; until then the message leaves.
  BOOST_REQUIRE(wait_until([&] {
    self.send(server.handle, message(peer, {"x"}));
    return self.counters(server.handle).returned > 0;
  }));
  BOOST_TEST((self.take_returned().reason == ec::peer_gone));
}

// -- one to one ---------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_pair_ignores_a_third) {
  auto pair = open(binding(socket_type::pair, dir.ipc("pair")));
  self.attach(pair.handle);
  plain_peer second{ZMQ_PAIR};
  second.connect(pair.endpoints.front());
  second.send({"second"});
  BOOST_TEST(number(self.take()) == "second");
  plain_peer third{ZMQ_PAIR};
  third.connect(pair.endpoints.front());
  third.send({"third"});
  self.send(pair.handle, message({"x"}));
  BOOST_TEST(second.receive().front() == "x");
  second.send({"again"});
  BOOST_TEST(number(self.take()) == "again");
}

BOOST_AUTO_TEST_CASE(a_rep_socket_answers_once) {
  auto rep = open(binding(socket_type::rep, dir.ipc("rep")));
  self.attach(rep.handle);
  self.send(rep.handle, message({"nobody asked"}));
  BOOST_TEST((self.take_returned().reason == ec::unexpected_message));
  for (auto i = 0; i < 3; ++i) {
    plain_peer client{ZMQ_REQ};
    client.connect(rep.endpoints.front());
    client.send({"question"});
    BOOST_TEST(number(self.take()) == "question");
    self.send(rep.handle, {message({"answer"}), message({"and another"})});
    BOOST_TEST(client.receive().front() == "answer");
    auto back = self.take_returned();
    BOOST_TEST((back.reason == ec::unexpected_message));
    BOOST_TEST(number(back.message) == "and another");
  }
}

BOOST_AUTO_TEST_CASE(a_rep_socket_serves_the_next_when_it_has_answered) {
  auto rep = open(binding(socket_type::rep, dir.ipc("rep")));
  self.attach(rep.handle);
  plain_peer clients[]{plain_peer{ZMQ_REQ}, plain_peer{ZMQ_REQ}};
  for (auto& client : clients) {
    client.connect(rep.endpoints.front());
    client.send({"question"});
  }
  for (auto i = 0; i < 2; ++i) {
    BOOST_TEST(number(self.take()) == "question");
    BOOST_TEST(self.counters(rep.handle).messages_received
               == static_cast<unsigned>(i + 1));
    self.send(rep.handle, message({"answer"}));
  }
  for (auto& client : clients)
    BOOST_TEST(client.receive().front() == "answer");
}

// -- push and pull ------------------------------------------------------------

BOOST_AUTO_TEST_CASE(push_holds_messages_until_somebody_pulls) {
  auto push = open(binding(socket_type::push, dir.ipc("push")));
  for (auto i = 0; i < 10; ++i)
    self.send(push.handle, message({std::to_string(i)}));
  BOOST_TEST(self.counters(push.handle).held == 10u);
  plain_peer pull{ZMQ_PULL};
  pull.connect(push.endpoints.front());
  for (auto i = 0; i < 10; ++i)
    BOOST_TEST(pull.receive().front() == std::to_string(i));
  BOOST_TEST(wait_until(
    [&] { return self.counters(push.handle).messages_sent == 10u; }));
}

BOOST_AUTO_TEST_CASE(subscriptions_of_any_length_work_or_are_refused) {
  plain_peer pub{ZMQ_XPUB};
  auto where = pub.bind("tcp://127.0.0.1:*");
  for (auto size : {245u, 246u, 255u, 256u, 300u}) {
    auto prefix = std::string(size, 'x');
    auto spec = socket_spec{};
    spec.type = socket_type::sub;
    spec.connect = {where};
    spec.subscriptions = {"first"};
    auto sub = open(spec);
    self.attach(sub.handle);
    BOOST_TEST(pub.receive() == strings{"\1first"});
    caf::scoped_actor asker{sys};
    auto err = caf::error{};
    asker->request(sub.handle, patience, atom::subscribe_v, prefix)
      .receive([] {}, [&](caf::error& x) { err = std::move(x); });
    auto refused = size == 246 || size == 255;
    BOOST_TEST((refused ? err == ec::bad_config : !err), size);
    if (!refused) {
      BOOST_TEST(pub.receive() == strings{'\1' + prefix}, size);
      BOOST_REQUIRE(pub.send({prefix + "y"}));
      BOOST_TEST(texts(self.take()) == strings{prefix + "y"}, size);
      caf::anon_send(sub.handle, atom::unsubscribe_v, prefix);
      BOOST_TEST(pub.receive() == strings{'\0' + prefix}, size);
    }
    BOOST_REQUIRE(pub.send({"first"}));
    BOOST_TEST(texts(self.take()) == strings{"first"}, size);
    self.watch(sub.handle);
    caf::anon_send(sub.handle, atom::close_v);
    self.take_down();
    BOOST_TEST(pub.receive() == (strings{std::string{"\0first", 6}}), size);
  }
}

BOOST_AUTO_TEST_CASE(all_of_many_subscriptions_arrive) {
  constexpr auto many = 5000u; // more than send_hwm
  for (auto type : {socket_type::sub, socket_type::xsub}) {
    plain_peer pub{ZMQ_XPUB};
    auto spec = socket_spec{};
    spec.type = type;
    spec.connect = {pub.bind("tcp://127.0.0.1:*")};
    for (auto i = 0u; i < many; ++i)
      spec.subscriptions.push_back("topic " + std::to_string(i));
    auto sub = open(spec);
    auto arrived = 0u;
    while (arrived < many && !pub.receive().empty())
      ++arrived;
    BOOST_TEST(arrived == many, to_string(type));
  }
}

BOOST_AUTO_TEST_CASE(those_who_pull_never_send) {
  auto pull = open(binding(socket_type::pull, "inproc://*")).handle;
  self.attach(pull);
  self.send(pull, message({"x"}));
  BOOST_TEST((self.take_returned().reason == ec::unexpected_message));
}

BOOST_AUTO_TEST_SUITE_END()
