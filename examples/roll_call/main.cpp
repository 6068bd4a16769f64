// SPDX-License-Identifier: BSL-1.0
#include "roll_call.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace troupe;

namespace {

/// Calls three times over `socket`, a DEALER, prints the answers, and leaves.
caf::behavior caller(caf::event_based_actor* self, socket_actor socket) {
  self->send(socket, atom::attach_v, caf::actor_cast<socket_owner_actor>(self));
  outgoing calls;
  for (auto name : {"ada", "bob", "ada"})
    calls.messages.emplace_back(std::vector{buffer::copy_of(name)});
  self->send(socket, std::move(calls));
  auto left = std::make_shared<int>(3);
  return {
    [self, left](delivery& x) {
      for (auto& message : x.messages) {
        std::cout << message.frames.front().text() << '\n';
        if (--*left == 0)
          self->quit(); // its socket ends with it
      }
    },
    [](returned&) {},
    [](socket_event&) {},
  };
}

/// Returns what opened, or prints what went wrong.
socket_actor open(bridge_runtime& bridge, socket_spec spec,
                  std::string& where) {
  auto opened = bridge.open(std::move(spec));
  if (!opened) {
    std::cerr << describe(opened.error()) << '\n';
    return {};
  }
  if (!opened->endpoints.empty())
    where = opened->endpoints.front();
  return opened->handle;
}

} // namespace

int main() {
  caf::actor_system_config cfg;
  cfg.add_message_types<caf::id_block::troupe_bridge>();
  caf::actor_system sys{cfg};
  bridge_runtime bridge{sys};
  std::string where;
  auto router = open(bridge,
                     {.type = socket_type::router,
                      .bind = {"tcp://127.0.0.1:*"},
                      .security = no_security{}},
                     where);
  auto dealer = open(bridge, {.connect = {where}, .security = no_security{}},
                     where);
  if (!router || !dealer)
    return 1;
  auto service = sys.spawn(roll_call, router);
  sys.spawn(caller, dealer);
  caf::scoped_actor self{sys};
  self->wait_for(caf::actor_cast<caf::actor>(dealer));
  caf::anon_send_exit(service, caf::exit_reason::user_shutdown);
  return 0;
}
