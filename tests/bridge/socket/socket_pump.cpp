// SPDX-License-Identifier: BSL-1.0

// The life of the pump: it sleeps when idle, and it ends, always.

#include "bridge/loopback.hpp"

#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include <zmq.h>

#include <atomic>
#include <thread>

using namespace troupe;
using namespace troupe::test;

namespace {

using namespace std::chrono_literals;

/// Gives back whatever comes. Ends by itself when it is idle for the sockets
/// that ended.
socket_owner_actor::behavior_type echo(socket_owner_actor::pointer self) {
  return {
    [self](delivery& x) {
      auto socket = caf::actor_cast<socket_actor>(self->current_sender());
      self->send(socket, outgoing{std::move(x.messages)});
    },
    [](const returned&) {},
    [](const socket_event&) {},
  };
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(socket_pump_suite, bridge_fixture)

BOOST_AUTO_TEST_CASE(sleeps_when_there_is_nothing_to_do) {
  auto router = open_router();
  auto dealer = open_dealer(router.endpoints.front());
  owner self{sys};
  self.attach(router.handle);
  self.attach(dealer.handle);
  self.send(dealer.handle, message({"x"}));
  self.take();
  // Wait until the last commands between the sockets are through, and nobody
  // looks any more whether connections bring something.
  auto last = bridge->wakeups();
  BOOST_REQUIRE(wait_until([&] {
    auto changed = wait_until([&] { return bridge->wakeups() != last; }, 500ms);
    last = bridge->wakeups();
    return !changed;
  }));
  BOOST_TEST(!wait_until([&] { return bridge->wakeups() != last; }, 1s));
}

BOOST_AUTO_TEST_CASE(sleeps_while_an_owner_lags_behind) {
  socket_spec spec;
  spec.type = socket_type::router;
  spec.bind = {"inproc://*"};
  spec.max_unhandled_deliveries = 2;
  spec.max_batch = 1;
  auto router = open(spec);
  auto dealer = open_dealer(router.endpoints.front());
  owner self{sys};
  self.attach(router.handle);
  for (auto i = 0; i < 10; ++i)
    self.send(dealer.handle, message({"x"}));
  owner watcher{sys};
  BOOST_REQUIRE(wait_until(
    [&] { return watcher.counters(dealer.handle).messages_sent == 10; }));
  auto last = bridge->wakeups();
  BOOST_REQUIRE(wait_until([&] {
    auto changed = wait_until([&] { return bridge->wakeups() != last; }, 100ms);
    last = bridge->wakeups();
    return !changed;
  }));
  for (auto i = 0; i < 10; ++i)
    self.take();
}

BOOST_AUTO_TEST_CASE(runs_sockets_but_no_other_actors_on_its_thread) {
  // The test framework is for this thread only.
  std::atomic<int> on_pump{-1};
  auto router = open_router("inproc://*");
  auto dealer = open_dealer(router.endpoints.front());
  auto curious = sys.spawn([&on_pump](socket_owner_actor::pointer)
                             -> socket_owner_actor::behavior_type {
    return {
      [&on_pump](const delivery&) {
        char name[16] = {};
        pthread_getname_np(pthread_self(), name, sizeof(name));
        on_pump = name == std::string{"troupe.pump"} ? 1 : 0;
      },
      [](const returned&) {},
      [](const socket_event&) {},
    };
  });
  caf::anon_send(router.handle, atom::attach_v, curious);
  owner{sys}.send(dealer.handle, message({"x"}));
  BOOST_TEST(wait_until([&] { return on_pump != -1; }));
  BOOST_TEST(on_pump == 0);
  caf::anon_send_exit(curious, caf::exit_reason::user_shutdown);
}

BOOST_AUTO_TEST_CASE(starts_and_stops_under_load) {
  for (auto cycle = 0; cycle < 50; ++cycle) {
    bridge = std::make_unique<bridge_runtime>(sys);
    auto router = open_router();
    auto server = sys.spawn(echo);
    caf::anon_send(router.handle, atom::attach_v, server);
    auto dealer = open_dealer(router.endpoints.front());
    auto client = sys.spawn(echo);
    caf::anon_send(dealer.handle, atom::attach_v, client);
    for (auto i = 0; i < 50; ++i)
      owner{sys}.send(dealer.handle, message({std::string(100, 'x')}));
    // Messages go round and round by now, or are about to.
    bridge.reset();
    caf::anon_send_exit(server, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(client, caf::exit_reason::user_shutdown);
  }
}

BOOST_AUTO_TEST_CASE(answers_that_it_is_closed) {
  auto router = open_router();
  owner self{sys};
  self.watch(router.handle);
  auto actor = bridge->actor();
  bridge.reset();
  BOOST_TEST((self.take_down() == caf::none));
  caf::scoped_actor client{sys, true};
  auto failed = 0;
  client->request(actor, patience, atom::counters_v)
    .receive([](const socket_counters&) {}, [&](caf::error&) { ++failed; });
  client->request(router.handle, patience, atom::counters_v)
    .receive([](const socket_counters&) {}, [&](caf::error&) { ++failed; });
  BOOST_TEST(failed == 2);
  self.send(router.handle, message({"nobody there"}));
}

BOOST_AUTO_TEST_CASE(opens_no_sockets_while_it_ends) {
  // Requests race with the end of the runtime: each gets some answer.
  for (auto round = 0; round < 20; ++round) {
    bridge = std::make_unique<bridge_runtime>(sys);
    auto actor = bridge->actor();
    std::atomic<int> answers{0};
    std::thread client{[&] {
      caf::scoped_actor self{sys, true};
      for (auto i = 0; i < 20; ++i) {
        socket_spec spec;
        spec.bind = {"inproc://*"};
        self->request(actor, patience, atom::open_v, spec)
          .receive([&](const open_socket&) { ++answers; },
                   [&](const caf::error& err) {
                     if (err != caf::sec::request_timeout)
                       ++answers;
                   });
      }
    }};
    if (round % 2 == 0)
      BOOST_TEST(wait_until([&] { return answers > round / 2; }));
    bridge.reset();
    client.join();
    BOOST_TEST(answers == 20);
  }
}

BOOST_AUTO_TEST_CASE(lets_leave_what_zeromq_queued) {
  plain_peer server{ZMQ_ROUTER};
  server.set(ZMQ_RCVHWM, 1);
  socket_spec spec;
  spec.connect = {server.bind("tcp://127.0.0.1:*")};
  spec.options.linger =
    std::chrono::duration_cast<std::chrono::milliseconds>(patience);
  auto dealer = open(spec);
  owner self{sys};
  for (auto i = 0; i < 100; ++i)
    self.send(dealer.handle,
              message({std::to_string(i), std::string(1'000'000, 'x')}));
  BOOST_REQUIRE(wait_until(
    [&] { return self.counters(dealer.handle).messages_sent == 100; }));
  std::jthread ending{[&] { bridge.reset(); }};
  auto last = std::string{};
  for (auto i = 0; i < 100; ++i)
    if (auto got = server.receive(); got.size() == 3)
      last = got[1];
  ending.join();
  BOOST_TEST(last == "99");
}

BOOST_AUTO_TEST_CASE(waits_for_what_lingers_but_not_for_ever) {
  plain_peer server{ZMQ_ROUTER};
  auto where = server.bind("tcp://127.0.0.1:*");
  auto dealer = open_dealer(where);
  owner self{sys};
  for (auto i = 0; i < 1000; ++i)
    self.send(dealer.handle, message({std::to_string(i)}));
  bridge.reset(); // nothing of it may be lost: the server reads
  for (auto i = 0; i < 1000; ++i)
    BOOST_TEST(server.receive()[1] == std::to_string(i));
  bridge = std::make_unique<bridge_runtime>(sys);
  socket_spec spec;
  spec.connect = {"tcp://127.0.0.1:1"};
  spec.options.linger = 50ms;
  auto stuck = open(spec);
  self.send(stuck.handle, message({"x"}));
  self.counters(stuck.handle);
  auto start = std::chrono::steady_clock::now();
  bridge.reset();
  auto took = std::chrono::steady_clock::now() - start;
  BOOST_TEST((took >= 50ms));
  BOOST_TEST((took < patience));
}

BOOST_AUTO_TEST_CASE(survives_that_the_actor_system_ends_first) {
  auto config = std::make_unique<caf::actor_system_config>();
  config->add_message_types<caf::id_block::troupe_bridge>();
  auto system = std::make_unique<caf::actor_system>(*config);
  auto forgotten = std::make_unique<bridge_runtime>(*system);
  socket_spec spec;
  spec.type = socket_type::router;
  spec.bind = {"tcp://127.0.0.1:*"};
  spec.security = no_security{};
  auto router = forgotten->open(spec);
  BOOST_REQUIRE(router);
  spec = {};
  spec.connect = router->endpoints;
  spec.security = no_security{};
  BOOST_REQUIRE(forgotten->open(spec));
  system.reset();
  forgotten.reset();
}

BOOST_AUTO_TEST_SUITE_END()
