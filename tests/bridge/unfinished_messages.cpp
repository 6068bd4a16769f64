// SPDX-License-Identifier: BSL-1.0

// Peers that are in, and send messages without end.

#include "bridge/loopback.hpp"
#include "support/running_clock.hpp"

#include <caf/send.hpp>

#include <zmq.h>

#include <atomic>
#include <fstream>
#include <thread>
#include <unistd.h>

using namespace troupe;
using namespace troupe::test;
using namespace std::chrono_literals;

namespace {

using kind = socket_event::kind;
using strings = std::vector<std::string>;

constexpr auto limit = std::size_t{8} << 20;

std::size_t resident_bytes() {
  std::size_t pages = 0;
  std::ifstream{"/proc/self/statm"} >> pages >> pages;
  return pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

/// Sends parts of one message until it is destroyed, and notes the most memory
/// that this process had meanwhile. The peer itself queues little.
class flood {
public:
  explicit flood(const std::string& where, socket_type type)
    : peer_(where), thread_([this, type] { run(type); }) {
    // nop
  }

  ~flood() {
    end_ = true;
    thread_.join();
  }

  std::size_t most() const {
    return most_;
  }

  /// Time since the message became longer than it may be; 0 before that.
  running_clock::duration too_long_for() const {
    return is_too_long_ ? since_limit_.elapsed() : running_clock::duration{0};
  }

private:
  void run(socket_type type) {
    std::string hello(64, '\0');
    hello[0] = '\xff';
    hello[9] = '\x7f';
    hello[10] = 3;
    hello[11] = 1;
    hello.replace(12, 4, "NULL");
    std::string name = type == socket_type::pull ? "PUSH" : "DEALER";
    std::string ready{"\x05READY\x0bSocket-Type\0\0\0", 21};
    ready += static_cast<char>(name.size()) + name;
    peer_.write(hello + '\x04' + static_cast<char>(ready.size()) + ready);
    for (std::string heard; heard.find("READY") == heard.npos && !end_;)
      heard += peer_.read(); // ZeroMQ cuts off who is ahead of it
    std::string part{"\x03\0\0\0\0\0\0\x40\0", 9}; // more, long, 16 KiB
    part += std::string(0x4000, 'x');
    auto start = resident_bytes();
    for (std::size_t sent = 0; !end_;) {
      peer_.write(part);
      sent += part.size();
      if (sent > limit && !is_too_long_) {
        since_limit_.restart();
        is_too_long_ = true;
      }
      auto now = std::max(resident_bytes(), start); // it may shrink, too
      most_ = std::max(most_.load(), now - start);
    }
  }

  // Parts pass unbounded queues; a raw stream does not wait in them. It
  // connects on the thread of the test, which alone may check anything.
  raw_peer peer_;
  std::atomic<bool> end_{false};
  std::atomic<std::size_t> most_{0};
  std::atomic<bool> is_too_long_{false};
  running_clock since_limit_;
  std::thread thread_;
};

struct fixture : bridge_fixture {
  open_socket serve(socket_type type) {
    socket_spec spec;
    spec.type = type;
    spec.bind = {"tcp://127.0.0.1:*"};
    spec.max_frame = limit / 2;
    spec.max_message = limit;
    auto result = open(spec);
    self.attach(result.handle);
    return result;
  }

  owner self{sys};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(unfinished_messages_suite, fixture)

BOOST_AUTO_TEST_CASE(do_not_fill_our_memory) {
  for (auto type : {socket_type::router, socket_type::pull})
    BOOST_TEST_CONTEXT(to_string(type)) {
      auto server = serve(type);
      plain_peer client{type == socket_type::pull ? ZMQ_PUSH : ZMQ_DEALER};
      client.connect(server.endpoints.front());
      BOOST_REQUIRE(client.send({"before"}));
      BOOST_TEST(texts(self.take()) == strings{"before"});
      flood attack{server.endpoints.front(), type};
      auto event = self.take_event();
      BOOST_TEST((attack.too_long_for() < 2s));
      BOOST_TEST((event.what == kind::refused));
      BOOST_TEST((event.reason == ec::too_large));
      BOOST_TEST(event.text.find("127.0.0.1:") != std::string::npos);
      BOOST_TEST(attack.most() < 50 * limit);
      BOOST_TEST(self.counters(server.handle).dropped == 1u);
      // Others are not disturbed.
      BOOST_REQUIRE(client.send({"after"}));
      BOOST_TEST(texts(self.take()) == strings{"after"});
    }
}

BOOST_AUTO_TEST_CASE(are_told_from_much_that_is_whole) {
  auto server = serve(socket_type::pull);
  std::vector<std::unique_ptr<plain_peer>> clients;
  for (auto i = 0; i < 3; ++i) {
    clients.push_back(std::make_unique<plain_peer>(ZMQ_PUSH));
    clients.back()->connect(server.endpoints.front());
  }
  auto half = std::string(limit / 2, 'x');
  auto total = 0;
  for (auto i = 0; i < 20; ++i)
    for (auto& x : clients) {
      BOOST_REQUIRE(x->send({half, half}));
      BOOST_REQUIRE(x->send({"small"}));
      total += 2;
    }
  for (; total > 0; --total)
    self.take();
  BOOST_TEST(!self.has_event(kind::refused));
  BOOST_TEST(self.counters(server.handle).dropped == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
