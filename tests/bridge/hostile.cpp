// SPDX-License-Identifier: BSL-1.0

// What strangers may do to a listening socket.

#include "bridge/loopback.hpp"
#include "support/running_clock.hpp"
#include "support/temp_dir.hpp"

#include <zmq.h>

#include <random>

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::test;

namespace {

std::string random_bytes(std::size_t size, unsigned seed) {
  std::mt19937 random{seed};
  std::string result(size, '\0');
  for (auto& c : result)
    c = static_cast<char>(random());
  return result;
}

/// What a ZMTP 3.1 peer without security says first.
std::string greeting() {
  std::string result(64, '\0');
  result[0] = '\xff';
  result[9] = '\x7f';
  result[10] = 3;
  result[11] = 1;
  result.replace(12, 4, "NULL");
  return result;
}

/// And second.
std::string ready() {
  return {"\x04\x29\x05READY\x0bSocket-Type\0\0\0\x06"
          "DEALER\x08Identity\0\0\0\0",
          43};
}

/// The beginning of a frame of 16 exabytes.
std::string bomb() {
  return {"\x02\xff\xff\xff\xff\xff\xff\xff\xff", 9};
}

struct fixture : bridge_fixture {
  fixture() {
    socket_spec spec;
    spec.type = socket_type::router;
    spec.bind = {"tcp://127.0.0.1:*", dir.ipc("x")};
    spec.max_frame = 1'000'000;
    router = open(spec);
    server.attach(router.handle);
    for (auto& where : router.endpoints) {
      friends.push_back(std::make_unique<plain_peer>(ZMQ_DEALER));
      friends.back()->connect(where);
    }
  }

  /// Whether the router serves its friends on all endpoints, and nobody else.
  void check_service() {
    for (auto& peer : friends) {
      BOOST_REQUIRE(peer->send({"ping"}));
      auto got = server.take();
      BOOST_TEST(got.frames.front().text() == "ping");
      server.send(router.handle, std::move(got));
      BOOST_TEST(peer->receive().front() == "ping");
    }
  }

  temp_dir dir;
  open_socket router;
  owner server{sys};
  std::vector<std::unique_ptr<plain_peer>> friends;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(hostile_suite, fixture)

BOOST_AUTO_TEST_CASE(garbage_does_not_disturb_a_listener) {
  check_service();
  for (auto& where : router.endpoints)
    for (auto seed = 0u; seed < 4; ++seed) {
      write_raw(where, random_bytes(1'000'000, seed));
      check_service();
    }
  // Some of it passes for ZMTP 1.0, which has no greeting, and counts as
  // dropped.
  BOOST_TEST(server.counters(router.handle).messages_received == 18u);
}

BOOST_AUTO_TEST_CASE(garbage_after_a_good_greeting_does_not_either) {
  for (auto& where : router.endpoints)
    for (auto seed = 0u; seed < 4; ++seed) {
      write_raw(where, greeting() + random_bytes(1'000'000, seed));
      check_service();
    }
}

BOOST_AUTO_TEST_CASE(connections_that_say_nothing_do_not_either) {
  for (auto& where : router.endpoints)
    for (auto size = std::size_t{0}; size < 64; ++size)
      write_raw(where, greeting().substr(0, size));
  check_service();
}

BOOST_AUTO_TEST_CASE(a_frame_of_16_exabytes_is_cut_off) {
  for (auto& where : router.endpoints)
    write_raw(where, greeting() + ready() + bomb() + std::string(100'000, 'x'));
  check_service();
}

BOOST_AUTO_TEST_CASE(a_watched_socket_tells_that_it_was_cut_off) {
  using kind = socket_event::kind;
  socket_spec spec;
  spec.type = socket_type::router;
  spec.bind = {"tcp://127.0.0.1:*", dir.ipc("y")};
  spec.watch = true;
  auto watched = open(spec);
  owner self{sys};
  self.attach(watched.handle);
  for (auto& where : watched.endpoints) {
    raw_peer stranger{where};
    stranger.write(greeting() + ready());
    BOOST_TEST((self.take_event().what == kind::connected));
    running_clock since_cause;
    stranger.write(bomb());
    auto event = self.take_event();
    BOOST_TEST((since_cause.elapsed() < 2s));
    BOOST_TEST((event.what == kind::disconnected));
    BOOST_TEST((event.reason == ec::peer_gone)); // ZeroMQ knows no better
    BOOST_TEST(event.text == where);
  }
}

BOOST_AUTO_TEST_SUITE_END()
