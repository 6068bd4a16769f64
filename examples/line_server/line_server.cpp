// SPDX-License-Identifier: BSL-1.0
#include "line_server.hpp"

#include <utility>

using namespace troupe;

namespace {

using self_pointer = line_server_actor::stateful_pointer<line_server_state>;

multipart to(const routing_id& peer, buffer bytes) {
  return {peer, frame_list{std::move(bytes)}};
}

/// Says `last` and hangs up: on a STREAM, an empty frame does that.
void hang_up(self_pointer self, const routing_id& peer, std::string_view last,
             outgoing& out) {
  self->state.connections.erase(peer);
  out.messages.push_back(to(peer, buffer::copy_of(last)));
  out.messages.push_back(to(peer, {}));
}

/// Answers the lines that are complete with these bytes.
void answer(self_pointer self, const line_server_config& cfg,
            const multipart& x, outgoing& out) {
  auto i = self->state.connections.find(x.peer);
  if (i == self->state.connections.end() || i->second.deaf)
    return; // it was hung up already, or will be
  auto lines = i->second.lines.take(x.frames.front().text());
  if (!lines)
    return hang_up(self, x.peer, "error: the line is too long\n", out);
  for (auto& line : *lines) {
    if (line == "quit")
      return hang_up(self, x.peer, "bye\n", out);
    out.messages.push_back(to(x.peer, buffer::adopt(cfg.answer(line) + "\n")));
  }
}

/// There is room to hang up, now.
void hang_up_on_the_deaf(self_pointer self, const socket_actor& socket) {
  outgoing out;
  std::erase_if(self->state.connections, [&](auto& x) {
    if (x.second.deaf)
      out.messages.push_back(to(x.first, {}));
    return x.second.deaf;
  });
  if (!out.messages.empty())
    self->send(socket, std::move(out));
}

} // namespace

line_server_actor::behavior_type
line_server(self_pointer self, socket_actor socket, line_server_config cfg) {
  self->send(socket, atom::attach_v, socket_owner_actor{self});
  return {
    [=](delivery& x) {
      outgoing out;
      for (auto& message : x.messages)
        answer(self, cfg, message, out);
      if (!out.messages.empty())
        self->send(socket, std::move(out));
    },
    [=](returned& x) {
      auto& connections = self->state.connections;
      if (x.reason == ec::peer_full)
        connections[x.message.peer].deaf = true;
      else
        connections.erase(x.message.peer); // it left
    },
    [=](socket_event& x) {
      auto& connections = self->state.connections;
      if (x.what == socket_event::kind::disconnected)
        connections.erase(x.peer);
      if (x.what == socket_event::kind::drained)
        hang_up_on_the_deaf(self, socket);
      if (x.what != socket_event::kind::connected || x.peer.empty())
        return; // STREAMs name who connected; events of `watch` do not
      outgoing out;
      connections.try_emplace(x.peer);
      if (connections.size() > cfg.max_connections)
        hang_up(self, x.peer, "error: too many connections\n", out);
      if (!out.messages.empty())
        self->send(socket, std::move(out));
    },
  };
}
