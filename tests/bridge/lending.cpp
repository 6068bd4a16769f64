// SPDX-License-Identifier: BSL-1.0

// Which frames are copied, which are lent, and when memory comes back.

#include "bridge/loopback.hpp"

#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include <zmq.h>

#include <atomic>

using namespace troupe;
using namespace troupe::test;

namespace {

struct fixture : bridge_fixture {
  /// A frame of `size` bytes that counts its release.
  buffer borrowed(std::size_t size) {
    memory.push_back(std::make_unique<std::string>(size, 'm'));
    auto& bytes = *memory.back();
    return buffer::borrow(bytes.data(), bytes.size(), [this] { ++released; });
  }

  multipart borrowed_message(std::size_t size) {
    multipart result;
    result.frames.push_back(borrowed(size));
    return result;
  }

  /// Opens a DEALER to `server` with a policy.
  socket_actor dealer(plain_peer& server, copy_policy policy) {
    socket_spec spec;
    spec.connect = {server.bind("tcp://127.0.0.1:*")};
    spec.copy = policy;
    return open(spec).handle;
  }

  std::vector<std::unique_ptr<std::string>> memory;
  std::atomic<int> released{0};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(lending_suite, fixture)

BOOST_AUTO_TEST_CASE(counts_copied_and_lent_frames_at_the_threshold) {
  plain_peer server{ZMQ_ROUTER};
  auto socket = dealer(server, copy_policy{1000});
  owner self{sys};
  multipart out;
  for (auto size : {0, 1, 999, 1000, 1001, 5000})
    out.frames.push_back(borrowed(static_cast<std::size_t>(size)));
  self.send(socket, std::move(out));
  auto got = server.receive();
  BOOST_REQUIRE(got.size() == 7u);
  BOOST_TEST(got[4] == std::string(1000, 'm'));
  BOOST_TEST(got[5] == std::string(1001, 'm'));
  BOOST_TEST(got[6] == std::string(5000, 'm'));
  auto x = self.counters(socket);
  BOOST_TEST(x.frames_copied == 4u);
  BOOST_TEST(x.bytes_copied == 2000u);
  BOOST_TEST(x.frames_lent == 2u);
  BOOST_TEST(x.bytes_lent == 6001u);
  BOOST_TEST(x.messages_sent == 1u);
  BOOST_TEST(wait_until([&] { return released == 6; }));
}

BOOST_AUTO_TEST_CASE(copies_always_or_never_if_told_so) {
  for (auto policy : {copy_policy::always(), copy_policy::never()}) {
    plain_peer server{ZMQ_ROUTER};
    auto socket = dealer(server, policy);
    owner self{sys};
    multipart out;
    out.frames = {borrowed(1), borrowed(1'000'000)};
    self.send(socket, std::move(out));
    auto got = server.receive();
    BOOST_TEST(got[1] == "m");
    BOOST_TEST((got[2] == std::string(1'000'000, 'm')));
    auto x = self.counters(socket);
    auto lent = policy == copy_policy::never();
    BOOST_TEST(x.frames_lent == (lent ? 2u : 0u));
    BOOST_TEST(x.frames_copied == (lent ? 0u : 2u));
    BOOST_TEST(x.bytes_lent == (lent ? 1'000'001u : 0u));
  }
  BOOST_TEST(wait_until([&] { return released == 4; }));
}

BOOST_AUTO_TEST_CASE(takes_the_policy_of_the_bridge_by_default) {
  bridge_config cfg;
  cfg.copy = copy_policy::never();
  bridge = std::make_unique<bridge_runtime>(sys, cfg);
  auto router = open_router();
  auto socket = open_dealer(router.endpoints.front());
  owner self{sys};
  self.attach(router.handle);
  self.send(socket.handle, message({"x"}));
  self.take();
  BOOST_TEST(totals().frames_lent == 1u);
}

BOOST_AUTO_TEST_CASE(lends_within_a_process_without_any_copy) {
  auto router = open_router("inproc://*");
  auto socket = open_dealer(router.endpoints.front());
  owner self{sys};
  self.attach(router.handle);
  auto frame = borrowed(100'000);
  auto address = frame.data();
  multipart out;
  out.frames.push_back(std::move(frame));
  self.send(socket.handle, std::move(out));
  auto got = self.take();
  BOOST_TEST(got.frames.front().data() == address);
  BOOST_TEST(released == 0);
  got = {};
  BOOST_TEST(wait_until([&] { return released == 1; }));
}

BOOST_AUTO_TEST_CASE(sends_one_buffer_to_many) {
  std::vector<std::unique_ptr<plain_peer>> servers;
  {
    auto frame = borrowed(100'000);
    owner self{sys};
    for (auto i = 0; i < 3; ++i) {
      servers.push_back(std::make_unique<plain_peer>(ZMQ_ROUTER));
      auto socket = dealer(*servers.back(), copy_policy{});
      multipart out;
      out.frames = {frame, frame};
      self.send(socket, std::move(out));
    }
  }
  for (auto& server : servers)
    BOOST_TEST((server->receive()[2] == std::string(100'000, 'm')));
  BOOST_TEST(wait_until([&] { return released == 1; }));
}

BOOST_AUTO_TEST_CASE(forwards_received_frames_without_a_copy) {
  auto router = open_router();
  plain_peer peer{ZMQ_DEALER};
  peer.connect(router.endpoints.front());
  owner self{sys};
  self.attach(router.handle);
  peer.send({"head", std::string(100'000, 'x')});
  self.send(router.handle, self.take());
  BOOST_TEST((peer.receive()[1] == std::string(100'000, 'x')));
  BOOST_TEST(self.counters(router.handle).bytes_lent == 100'000u);
}

BOOST_AUTO_TEST_CASE(gives_memory_back_with_the_message) {
  auto router = open_router();
  owner self{sys};
  self.attach(router.handle);
  multipart out{routing_id{"nobody"}, {borrowed(100'000)}};
  self.send(router.handle, std::move(out));
  auto back = self.take_returned();
  BOOST_TEST(released == 0);
  BOOST_TEST(back.message.frames.front().data()
             == reinterpret_cast<const std::byte*>(memory[0]->data()));
  back = {};
  BOOST_TEST(released == 1);
}

BOOST_AUTO_TEST_CASE(releases_what_it_holds_at_the_end) {
  socket_spec spec;
  spec.connect = {"tcp://127.0.0.1:1"}; // nobody listens there
  spec.options.linger = std::chrono::milliseconds{0};
  auto socket = open(spec).handle;
  owner self{sys};
  for (auto i = 0; i < 10; ++i)
    self.send(socket, borrowed_message(100'000));
  BOOST_REQUIRE(wait_until([&] { return self.counters(socket).held == 10; }));
  BOOST_TEST(released == 0);
  bridge.reset();
  BOOST_TEST(released == 10);
}

BOOST_AUTO_TEST_CASE(releases_what_zeromq_queued_at_the_end) {
  plain_peer server{ZMQ_ROUTER};
  server.set(ZMQ_RCVHWM, 1); // and it never reads
  socket_spec spec;
  spec.connect = {server.bind("tcp://127.0.0.1:*")};
  spec.options.linger = std::chrono::milliseconds{1};
  auto socket = open(spec).handle;
  owner self{sys};
  for (auto i = 0; i < 100; ++i)
    self.send(socket, borrowed_message(1'000'000));
  BOOST_REQUIRE(
    wait_until([&] { return self.counters(socket).messages_sent == 100; }));
  bridge.reset();
  BOOST_TEST(released == 100);
}

BOOST_AUTO_TEST_CASE(releases_what_a_killed_socket_had) {
  auto router = open_router("inproc://*");
  auto socket = open_dealer(router.endpoints.front()).handle;
  owner self{sys};
  for (auto i = 0; i < 10; ++i)
    self.send(socket, borrowed_message(100'000));
  self.counters(socket);
  caf::anon_send_exit(socket, caf::exit_reason::kill);
  caf::anon_send_exit(router.handle, caf::exit_reason::kill);
  BOOST_TEST(wait_until([&] { return released == 10; }));
}

BOOST_AUTO_TEST_SUITE_END()
