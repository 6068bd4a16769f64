// SPDX-License-Identifier: BSL-1.0

// Peers that send messages without end, and strangers that send long ones.

#include "bridge/loopback.hpp"
#include "support/running_clock.hpp"

#include <caf/send.hpp>

#include <zmq.h>

#include <atomic>
#include <fstream>
#include <future>
#include <thread>
#include <unistd.h>

using namespace troupe;
using namespace troupe::test;
using namespace std::chrono_literals;

namespace {

using kind = socket_event::kind;
using strings = std::vector<std::string>;

constexpr auto limit = std::size_t{8} << 20;

/// Where a test ends that found no limit at all.
constexpr auto too_much = 60 * limit;

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
    for (std::size_t sent = 0; !end_ && most_ < too_much;) {
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

/// Sends small messages until it is destroyed, as fast as they are taken.
class busy_peer {
public:
  explicit busy_peer(const std::string& where) : peer_(ZMQ_DEALER) {
    peer_.connect(where);
    thread_ = std::thread{[this] {
      while (!end_ && peer_.send({"small"}))
        ++sent_;
    }};
  }

  ~busy_peer() {
    end_ = true;
    thread_.join();
  }

  std::size_t sent() const {
    return sent_;
  }

private:
  plain_peer peer_;
  std::atomic<bool> end_{false};
  std::atomic<std::size_t> sent_{0};
  std::thread thread_;
};

socket_spec spec_of(socket_type type) {
  socket_spec spec;
  spec.type = type;
  spec.bind = {"tcp://127.0.0.1:*"};
  spec.max_frame = limit / 2;
  spec.max_message = limit;
  return spec;
}

struct fixture : bridge_fixture {
  open_socket serve(socket_type type) {
    auto result = open(spec_of(type));
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

BOOST_AUTO_TEST_CASE(do_not_hide_behind_others) {
  // The owner never gets to the end of what there is.
  auto spec = spec_of(socket_type::router);
  spec.max_unhandled_deliveries = 1;
  spec.max_batch = 4;
  spec.options.receive_hwm = 100'000;
  auto server = open(spec);
  busy_peer other{server.endpoints.front()};
  BOOST_REQUIRE(wait_until([&] { return other.sent() >= 100'000; }));
  self.attach(server.handle);
  flood attack{server.endpoints.front(), socket_type::router};
  while (!self.has_event(kind::refused) && attack.most() < too_much)
    BOOST_REQUIRE(texts(self.take()) == strings{"small"});
  BOOST_TEST(attack.most() < 50 * limit);
  BOOST_TEST((self.take_event().reason == ec::too_large));
  self.take(); // the other one goes on
}

BOOST_AUTO_TEST_CASE(are_bounded_while_nobody_reads) {
  auto spec = spec_of(socket_type::pull);
  spec.options.receive_hwm = 2;
  auto server = open(spec);
  plain_peer client{ZMQ_PUSH};
  client.watch();
  client.connect(server.endpoints.front());
  client.take_handshake();
  BOOST_REQUIRE(client.send({"waits"}));
  flood attack{server.endpoints.front(), socket_type::pull};
  auto cut = [&] { return self.counters(server.handle).dropped == 1; };
  BOOST_TEST(wait_until([&] { return cut() || attack.most() >= too_much; }));
  BOOST_TEST(cut());
  BOOST_TEST(attack.most() < 50 * limit);
  self.attach(server.handle);
  BOOST_TEST(texts(self.take()) == strings{"waits"});
}

BOOST_AUTO_TEST_CASE(whole_ones_wait_for_an_owner) {
  auto spec = spec_of(socket_type::pull);
  spec.options.receive_hwm = 2;
  auto server = open(spec);
  plain_peer client{ZMQ_PUSH};
  client.connect(server.endpoints.front());
  auto half = std::string(limit / 2, 'x');
  constexpr auto total = 12; // more than the queues of both have room for
  auto sends = std::async(std::launch::async, [&] {
    auto sent = 0;
    while (sent < total && client.send({half, half}))
      ++sent;
    return sent;
  });
  // Long enough for several looks at what waits.
  BOOST_TEST((sends.wait_for(1s) == std::future_status::timeout
              || sends.wait_for(0s) == std::future_status::ready));
  self.attach(server.handle);
  for (auto i = 0; i < total; ++i)
    BOOST_TEST(self.take().frames.size() == 2u);
  BOOST_TEST(sends.get() == total);
  BOOST_TEST(self.counters(server.handle).dropped == 0u);
}

// -- before the handshake -----------------------------------------------------

BOOST_AUTO_TEST_CASE(strangers_keep_little_in_our_memory) {
  auto keys = key_pair::generate();
  BOOST_REQUIRE(keys);
  auto list = std::make_shared<access_list>();
  auto greeting = std::string(64, '\0');
  greeting[0] = '\xff';
  greeting[9] = '\x7f';
  greeting[10] = 3;
  greeting[11] = 1;
  // A command of 255 MiB, of which the end never comes.
  auto announced = std::string{"\x06\0\0\0\0\x0f\xf0\0\0", 9};
  auto bytes = std::string(std::size_t{64} << 20, 'x');
  for (auto curve : {true, false})
    for (auto type : {socket_type::router, socket_type::pub}) {
      auto spec = spec_of(type);
      spec.max_frame = std::size_t{256} << 20;
      spec.max_message = std::size_t{1} << 30;
      spec.options.handshake_timeout = 60s;
      if (curve)
        spec.security = curve_server{*keys, list};
      else
        spec.security = plain_server{[](auto, auto) { return nullptr; }};
      auto server = open(spec);
      self.attach(server.handle);
      greeting.replace(12, 5, curve ? "CURVE" : "PLAIN");
      std::vector<std::unique_ptr<raw_peer>> strangers;
      auto start = resident_bytes();
      auto most = start;
      for (auto i = 0; i < 6; ++i) {
        auto& x = strangers.emplace_back(
          std::make_unique<raw_peer>(server.endpoints.front()));
        x->write(greeting);
        for (std::string heard; heard.size() < 64;)
          heard += x->read();
        x->write(announced);
        x->write(bytes);
        most = std::max(most, resident_bytes());
      }
      BOOST_TEST(most - start < 4 * bytes.size());
      for (auto& x : strangers) {
        auto event = self.take_event();
        BOOST_TEST((event.what == kind::refused));
        BOOST_TEST((event.reason == ec::too_large));
        BOOST_TEST(event.text.find("127.0.0.1:") != std::string::npos);
        BOOST_TEST(x->read().empty());
      }
      BOOST_TEST(self.counters(server.handle).dropped == 6u);
    }
}

BOOST_AUTO_TEST_CASE(whoever_proved_who_it_is_may_send_much_at_once) {
  auto keys = key_pair::generate();
  auto mine = key_pair::generate();
  BOOST_REQUIRE((keys && mine));
  auto list = std::make_shared<access_list>();
  BOOST_REQUIRE(!list->add(mine->public_key(), {"alice", "client"}));
  auto alice = std::make_shared<identity>(identity{"alice", "client"});
  auto half = std::string(limit / 2 - 100, 'x'); // with what CURVE adds
  for (auto curve : {true, false})
    BOOST_TEST_CONTEXT((curve ? "CURVE" : "PLAIN")) {
      auto spec = spec_of(socket_type::pull);
      if (curve)
        spec.security = curve_server{*keys, list};
      else
        spec.security = plain_server{[=](auto, auto) { return alice; }};
      auto server = open(spec);
      self.attach(server.handle);
      auto client = socket_spec{};
      client.type = socket_type::push;
      client.connect = server.endpoints;
      if (curve)
        client.security = curve_client{*mine, keys->public_key()};
      else
        client.security = plain_client{"alice", "secret"};
      auto sender = open(client);
      for (auto i = 0; i < 20; ++i)
        self.send(sender.handle, message({half, half}));
      for (auto i = 0; i < 20; ++i)
        BOOST_TEST(self.take().frames.size() == 2u);
      BOOST_TEST(!self.has_event(kind::refused));
      BOOST_TEST(self.counters(server.handle).dropped == 0u);
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
