// SPDX-License-Identifier: BSL-1.0
#include "line_server.hpp"
#include "support/command_line.hpp"
#include "support/stage.hpp"

#include <caf/event_based_actor.hpp>

#include <csignal>
#include <deque>
#include <iostream>
#include <memory>

using namespace troupe;

namespace {

std::string reversed(std::string_view line) {
  return {line.rbegin(), line.rend()};
}

/// Says one line after the other over `socket`, a STREAM, and prints what comes
/// back, until the server hangs up.
caf::behavior caller(caf::event_based_actor* self, socket_actor socket,
                     std::vector<std::string> lines) {
  self->send(socket, atom::attach_v, caf::actor_cast<socket_owner_actor>(self));
  auto left = std::make_shared<std::deque<std::string>>(lines.begin(),
                                                        lines.end());
  auto say_next = [=](const routing_id& server) {
    if (left->empty())
      return;
    std::cout << "> " << left->front() << std::endl;
    auto line = buffer::adopt(left->front() + "\n");
    left->pop_front();
    self->send(socket, multipart{server, frame_list{std::move(line)}});
  };
  return {
    [=](delivery& x) {
      for (auto& message : x.messages) {
        std::cout << "< " << message.frames.front().text() << std::flush;
        say_next(message.peer);
      }
    },
    [](returned&) {},
    [=](socket_event& x) {
      if (x.what == socket_event::kind::connected)
        say_next(x.peer);
      if (x.what != socket_event::kind::disconnected)
        return;
      std::cout << "the server hung up" << std::endl;
      self->quit();
    },
  };
}

/// Waits for Ctrl-C or a plain `kill`. Other threads have to block both, so
/// `block_signals` comes before they start.
sigset_t block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

} // namespace

int main(int argc, char** argv) {
  std::string where;
  example::command_line{"Reverses lines for anybody who connects, with nc for "
                        "example"}
    .text("--listen", where,
          "serve there until Ctrl-C, such as tcp://127.0.0.1:7777; without it, "
          "show a short conversation")
    .parse(argc, argv);
  auto demo = where.empty();
  auto signals = block_signals();
  example::stage on;
  auto server = on.open({.type = socket_type::stream,
                         .bind = {demo ? "tcp://127.0.0.1:*" : where},
                         .security = no_security{}});
  on.spawn(line_server, server.handle, line_server_config{.answer = reversed});
  if (!demo) {
    std::cout << "listening on " << server.endpoints.front() << std::endl;
    auto signal = 0;
    sigwait(&signals, &signal);
    return 0;
  }
  auto client = on.open({.type = socket_type::stream,
                         .connect = server.endpoints,
                         .security = no_security{}});
  auto lines = std::vector<std::string>{"hello", "never odd or even", "quit"};
  on.wait_for(on.spawn(caller, client.handle, std::move(lines)));
  return 0;
}
