// SPDX-License-Identifier: BSL-1.0
#include "stage.hpp"

#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <cstdlib>
#include <iostream>

namespace example {

stage::stage(troupe::bridge_config cfg)
  : sys_(init(cfg_)), bridge_(sys_, std::move(cfg)) {
  // nop
}

stage::~stage() {
  for (auto& addr : actors_)
    if (auto actor = caf::actor_cast<caf::actor>(addr))
      caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
}

troupe::open_socket stage::open(troupe::socket_spec spec) {
  auto opened = bridge_.open(std::move(spec));
  if (!opened)
    fail(troupe::describe(opened.error()));
  return std::move(*opened);
}

troupe::open_socket stage::open_private(troupe::socket_spec spec) {
  spec.bind = {"ipc://*"};
  return open(std::move(spec));
}

caf::actor_system_config& stage::init(caf::actor_system_config& cfg) {
  cfg.add_message_types<caf::id_block::troupe_bridge>();
  return cfg;
}

void stage::await(caf::actor actor) {
  caf::scoped_actor self{sys_};
  self->wait_for(actor);
}

void fail(const std::string& sentence) {
  std::cout.flush();
  std::cerr << "error: " << sentence << std::endl;
  std::_Exit(1); // other threads still run: destroy nothing under them
}

} // namespace example
