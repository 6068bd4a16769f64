// SPDX-License-Identifier: BSL-1.0

// What was sent over ipc to somebody who lags does not end with the sender.

#include "bridge/loopback.hpp"
#include "support/temp_dir.hpp"

#include <zmq.h>

#include <future>

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::test;

namespace {

constexpr auto total = 2000;

struct fixture {
  fixture() {
    reader.set(ZMQ_RCVHWM, 10);
    spec.type = socket_type::push;
    spec.connect = {reader.bind(dir.ipc("reader"))};
  }

  /// Sends everything, and begins to end the bridge of the sender.
  /// @returns a future that is ready when it has ended.
  std::future<void> send_all() {
    auto socket = sender.open(spec).handle;
    std::vector<multipart> messages;
    for (auto i = 0; i < total; ++i)
      messages.push_back(message({std::to_string(i)}));
    owner who{sender.sys};
    who.send(socket, std::move(messages));
    BOOST_REQUIRE(
      wait_until([&] { return who.counters(socket).messages_sent == total; }));
    return std::async(std::launch::async, [this] { sender.bridge.reset(); });
  }

  temp_dir dir;
  bridge_fixture sender;
  plain_peer reader{ZMQ_PULL};
  socket_spec spec;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(slow_readers_suite, fixture)

BOOST_AUTO_TEST_CASE(get_all_that_was_sent_before_the_end) {
  spec.options.linger = 60s;
  auto ended = send_all();
  BOOST_TEST((ended.wait_for(300ms) == std::future_status::timeout));
  for (auto i = 0; i < total; ++i) {
    auto frames = reader.receive();
    BOOST_REQUIRE(frames.size() == 1u);
    BOOST_REQUIRE(frames.front() == std::to_string(i));
  }
  ended.get();
}

BOOST_AUTO_TEST_CASE(are_waited_for_no_longer_than_the_linger_time) {
  spec.options.linger = 50ms;
  send_all().get();
}

BOOST_AUTO_TEST_SUITE_END()
