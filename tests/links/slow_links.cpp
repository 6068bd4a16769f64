// SPDX-License-Identifier: BSL-1.0

#include "bridge/loopback.hpp"
#include "support/slow_wire.hpp"

#include <cstring>
#include <random>

using namespace troupe;
using namespace troupe::test;
using namespace std::chrono_literals;

namespace {

using kind = socket_event::kind;
using clock_type = std::chrono::steady_clock;

constexpr auto rate = std::size_t{10'000'000}; // 80 Mbit/s
constexpr auto large = std::size_t{64} << 20;

struct fixture : bridge_fixture {
  static socket_spec spec_of(socket_type type) {
    socket_spec result;
    result.type = type;
    result.peers = socket_peers::bridged;
    result.watch = true;
    // Far less than the large message takes, more than one chunk does.
    result.options.heartbeat.interval = 1000ms;
    result.options.heartbeat.timeout = 3500ms;
    return result;
  }

  open_socket connect(const slow_wire& wire) {
    auto spec = spec_of(socket_type::dealer);
    spec.connect = {wire.endpoint()};
    return open(spec);
  }

  /// Returns bytes that differ from place to place.
  static std::string noise() {
    std::mt19937_64 random{1};
    std::string result(large, '\0');
    for (auto i = std::size_t{0}; i < large; i += 8) {
      auto x = random();
      std::memcpy(result.data() + i, &x, 8);
    }
    return result;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(slow_links_suite, fixture)

BOOST_AUTO_TEST_CASE(bring_a_large_message_while_small_ones_go_on) {
  auto spec = spec_of(socket_type::router);
  spec.bind = {"tcp://127.0.0.1:*"};
  auto router = open(spec);
  slow_wire wire{router.endpoints.front(), rate};
  auto bulk = connect(wire);
  auto small = connect(wire);
  owner server{sys};
  owner bulk_owner{sys};
  owner small_owner{sys};
  server.attach(router.handle);
  bulk_owner.attach(bulk.handle);
  small_owner.attach(small.handle);
  BOOST_TEST((bulk_owner.take_event().what == kind::connected));
  BOOST_TEST((small_owner.take_event().what == kind::connected));
  auto bytes = noise();
  auto begin = clock_type::now();
  bulk_owner.send(bulk.handle, message({"bulk", bytes}));
  auto round_trips = 0;
  auto slowest = clock_type::duration{0};
  for (auto arrived = false; !arrived;) {
    auto sent = clock_type::now();
    BOOST_REQUIRE(sent - begin < 40s);
    small_owner.send(small.handle, message({"ping"}));
    for (;;) {
      auto got = server.take();
      if (got.frames.size() == 2) {
        arrived = true;
        BOOST_TEST((got.frames[1].text() == bytes));
        continue;
      }
      server.send(router.handle, std::move(got));
      break;
    }
    BOOST_TEST(texts(small_owner.take()).front() == "ping");
    slowest = std::max(slowest, clock_type::now() - sent);
    ++round_trips;
  }
  auto seconds = std::chrono::duration<double>(clock_type::now() - begin);
  BOOST_TEST_MESSAGE("64 MiB in " << seconds.count() << " s beside "
                                  << round_trips << " round trips, the slowest "
                                  << slowest / 1us << " us");
  BOOST_TEST(seconds.count() > 6.0); // else the wire is not slow
  BOOST_TEST(round_trips > 100);
  BOOST_TEST((slowest < 2s));
  for (auto who : {&bulk_owner, &small_owner})
    BOOST_TEST(!who->has_event(kind::disconnected));
  BOOST_TEST(!server.has_event(kind::disconnected));
}

BOOST_AUTO_TEST_SUITE_END()
