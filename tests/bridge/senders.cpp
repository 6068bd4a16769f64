// SPDX-License-Identifier: BSL-1.0

// What holds for messages that several threads send to one socket.

#include "bridge/loopback.hpp"

#include <caf/send.hpp>

#include <atomic>
#include <thread>

using namespace troupe;
using namespace troupe::test;

namespace {

struct fixture : bridge_fixture {
  /// A PULL and a PUSH socket.
  std::pair<open_socket, open_socket> open_pair() {
    socket_spec spec;
    spec.peers = socket_peers::bridged;
    spec.max_held_messages = 1'000'000;
    spec.type = socket_type::pull;
    spec.bind = {"inproc://*"};
    auto pull = open(spec);
    spec.type = socket_type::push;
    spec.connect = pull.endpoints;
    spec.bind.clear();
    return {std::move(pull), open(std::move(spec))};
  }

  static outgoing batch(std::size_t count, std::string text) {
    return {std::vector<multipart>(count, message({std::move(text)}))};
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(senders_suite, fixture)

// Requests go through the mailbox. One that comes while a large batch takes the
// short way keeps the pump busy until the sender of the batch sends more.
BOOST_AUTO_TEST_CASE(no_sender_overtakes_itself) {
  constexpr auto firsts = std::size_t{5'000};
  constexpr auto others = std::size_t{20'000};
  auto [pull, push] = open_pair();
  owner receiver{sys};
  receiver.attach(pull.handle);
  for (auto round = 0; round < 20; ++round) {
    auto large = batch(firsts, std::string(1000, '1'));
    std::atomic<bool> started{false};
    std::thread other{[&, slow = batch(others, "0"), to = push.handle] {
      caf::scoped_actor self{sys};
      while (!started)
        ; // nop
      self->request(to, patience, slow).receive([] {}, [](caf::error&) {});
    }};
    started = true;
    caf::anon_send(push.handle, std::move(large));
    caf::anon_send(push.handle, message({"2"}));
    other.join();
    auto seen = std::size_t{0};
    for (auto left = firsts + others + 1; left > 0; --left) {
      auto text = texts(receiver.take()).front();
      if (text == "2")
        BOOST_TEST(seen == firsts);
      seen += text.front() == '1' ? 1 : 0;
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
