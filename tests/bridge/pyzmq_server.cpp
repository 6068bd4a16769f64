// SPDX-License-Identifier: BSL-1.0

// The other side of pyzmq_clients.py: a REP and a ROUTER that send back what
// they get, and a PUB and an XPUB that publish it. Writes their endpoints, one
// per line, and ends with its standard input.

#include <troupe/bridge.hpp>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace troupe;

/// Returns `x` without what a REQ socket puts in front for ROUTERs.
multipart without_envelope(const multipart& x) {
  auto end = std::find_if(x.frames.begin(), x.frames.end(),
                          [](auto& frame) { return frame.empty(); });
  auto begin = end == x.frames.end() ? x.frames.begin() : std::next(end);
  return multipart{frame_list(begin, x.frames.end())};
}

/// Echoes and publishes. The tag of a delivery tells the type of its socket.
socket_owner_actor::behavior_type echo(socket_owner_actor::pointer self,
                                       std::vector<open_socket> answering,
                                       std::vector<open_socket> publishing) {
  for (auto& x : answering)
    self->send(x.handle, atom::attach_v, socket_owner_actor{self});
  return {
    [=](delivery& x) {
      auto router = x.tag == static_cast<unsigned>(socket_type::router);
      for (auto& message : x.messages)
        for (auto& socket : publishing)
          self->send(socket.handle,
                     router ? without_envelope(message) : message);
      auto& from = answering[router ? 1 : 0].handle;
      self->send(from, outgoing{std::move(x.messages)});
    },
    [](const returned& x) {
      std::cerr << "came back: " << to_string(x.reason) << '\n';
    },
    [](const socket_event&) {
      // nop
    },
  };
}

open_socket open(bridge_runtime& bridge, socket_type type) {
  socket_spec spec;
  spec.type = type;
  spec.tag = static_cast<unsigned>(type);
  spec.bind = {"ipc://*"};
  auto result = bridge.open(spec);
  if (!result) {
    std::cerr << describe(result.error()) << '\n';
    std::exit(1);
  }
  std::cout << result->endpoints.front() << std::endl;
  return std::move(*result);
}

} // namespace

int main() {
  caf::actor_system_config cfg;
  cfg.add_message_types<caf::id_block::troupe_bridge>();
  caf::actor_system sys{cfg};
  bridge_runtime bridge{sys};
  auto rep = open(bridge, socket_type::rep);
  auto router = open(bridge, socket_type::router);
  auto pub = open(bridge, socket_type::pub);
  auto xpub = open(bridge, socket_type::xpub);
  auto actor = sys.spawn(echo, std::vector{rep, router},
                         std::vector{pub, xpub});
  std::cin.ignore(std::numeric_limits<std::streamsize>::max());
  caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
}
