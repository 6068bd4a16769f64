// SPDX-License-Identifier: BSL-1.0

// One end of a flood between two processes:
//
//   link_peer receive TYPE PEERS           prints the endpoint, then the count
//   link_peer send TYPE PEERS ENDPOINT MS  floods, prints `connected`, floods
//                                          for MS milliseconds, and prints the
//                                          count and its largest memory in MiB
//
// TYPE is a pair of sockets, `dealer` with a ROUTER or `push` with a PULL.

#include <troupe/bridge.hpp>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>

namespace {

using namespace troupe;
using namespace std::chrono_literals;

constexpr auto batch_size = 256;
constexpr auto message_size = std::size_t{200};

/// Largest resident memory of this process so far.
std::size_t peak_mib() {
  std::ifstream in{"/proc/self/status"};
  std::string word;
  while (in >> word)
    if (word == "VmHWM:") {
      auto kib = std::size_t{0};
      in >> kib;
      return kib >> 10;
    }
  return 0;
}

socket_spec make_spec(socket_type type, std::string_view peers) {
  socket_spec spec;
  spec.type = type;
  spec.peers = peers == "bridged" ? socket_peers::bridged : socket_peers::raw;
  spec.options.linger = 60s;
  return spec;
}

[[noreturn]] void fail(const std::string& what) {
  std::cerr << what << std::endl;
  std::_Exit(1);
}

/// Checks that all numbers come in order and once, up to the empty message.
struct receiver_state {
  std::uint64_t next = 0;

  bool take(const delivery& x) {
    for (auto& message : x.messages) {
      auto text = message.frames.front().text();
      if (text == "end")
        return true;
      if (text.size() != message_size || std::stoull(std::string{text}) != next)
        fail("got " + std::string{text.substr(0, 20)} + " in the place of "
             + std::to_string(next));
      ++next;
    }
    return false;
  }
};

int receive(bridge_runtime& bridge, caf::actor_system& sys, socket_type type,
            std::string_view peers) {
  auto spec = make_spec(type, peers);
  spec.bind = {"tcp://127.0.0.1:*"};
  spec.security = no_security{};
  auto socket = bridge.open(spec);
  if (!socket)
    fail(describe(socket.error()));
  std::cout << socket->endpoints.front() << std::endl;
  receiver_state state;
  caf::scoped_actor self{sys};
  self->send(socket->handle, atom::attach_v,
             caf::actor_cast<socket_owner_actor>(self));
  auto done = false;
  self->receive_while(
    [&] { return !done; })([&](delivery& x) { done = state.take(x); },
                           [](returned&) {}, [](socket_event&) {});
  std::cout << state.next << std::endl;
  return 0;
}

/// Sends as fast as it can, with one batch on its way to the socket, while the
/// peer is not full.
struct flood {
  void run(std::chrono::milliseconds time) {
    auto end = std::chrono::steady_clock::now() + time;
    while (std::chrono::steady_clock::now() < end) {
      if (!full)
        send_batch();
      listen(full ? caf::timespan{20ms} : caf::timespan{0});
    }
  }

  void send_batch() {
    outgoing out;
    for (auto i = 0; i < batch_size; ++i) {
      auto text = std::to_string(next++);
      text.resize(message_size, ' ');
      out.messages.emplace_back(buffer::copy_of(text));
    }
    self->send(socket, std::move(out));
    // Whoever answers has done what came before.
    self->request(socket, 10s, atom::counters_v)
      .receive([](const socket_counters&) {},
               [](caf::error& err) { fail(describe(err)); });
  }

  void listen(caf::timespan time) {
    auto more = true;
    self->receive_while([&] {
      return more;
    })([](delivery&) {}, [](returned& x) { fail(to_string(x.reason)); },
       [&](socket_event& x) {
         using kind = socket_event::kind;
         if (x.what == kind::full)
           full = true;
         else if (x.what == kind::drained)
           full = false;
         else if (x.what == kind::connected)
           connected = true;
         else if (x.what == kind::disconnected)
           fail("lost the connection");
         more = false;
       },
       [&](caf::down_msg&) { closed = true, more = false; },
       caf::after(time) >> [&] { more = false; });
  }

  caf::scoped_actor& self;
  socket_actor socket;
  std::uint64_t next = 0;
  bool full = false;
  bool connected = false;
  bool closed = false;
};

int send(bridge_runtime& bridge, caf::actor_system& sys, socket_type type,
         std::string_view peers, std::string endpoint,
         std::chrono::milliseconds time) {
  auto spec = make_spec(type, peers);
  spec.connect = {std::move(endpoint)};
  spec.security = no_security{};
  spec.watch = true;
  auto socket = bridge.open(spec);
  if (!socket)
    fail(describe(socket.error()));
  caf::scoped_actor self{sys};
  self->send(socket->handle, atom::attach_v,
             caf::actor_cast<socket_owner_actor>(self));
  flood work{self, socket->handle};
  while (!work.connected)
    work.listen(10s);
  work.run(300ms); // until the credit is what it is in the long run
  std::cout << "connected" << std::endl;
  work.run(time);
  std::cout << work.next << ' ' << peak_mib() << std::endl;
  while (work.full)
    work.listen(60s);
  self->send(socket->handle, multipart{buffer::copy_of("end")});
  self->monitor(socket->handle);
  self->send(socket->handle, atom::close_v);
  while (!work.closed)
    work.listen(60s);
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  auto words = std::vector<std::string>(argv + 1, argv + argc);
  if (words.size() != 3 && words.size() != 5)
    fail("see the top of link_peer.cpp");
  caf::actor_system_config cfg;
  cfg.add_message_types<caf::id_block::troupe_bridge>();
  cfg.set("scheduler.policy", caf::atom("sharing"));
  caf::actor_system sys{cfg};
  bridge_runtime bridge{sys};
  auto pushes = words[1] == "push";
  using enum socket_type;
  if (words[0] == "receive")
    return receive(bridge, sys, pushes ? pull : router, words[2]);
  return send(bridge, sys, pushes ? push : dealer, words[2], words.at(3),
              std::chrono::milliseconds{std::stoi(words.at(4))});
}
