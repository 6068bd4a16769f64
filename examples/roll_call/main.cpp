// SPDX-License-Identifier: BSL-1.0
#include "roll_call.hpp"
#include <troupe/text_frames.hpp>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <chrono>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

using namespace troupe;

namespace {

constexpr auto patience = std::chrono::seconds{5};

/// Returns what opened, or prints what went wrong.
open_socket open(bridge_runtime& bridge, socket_spec spec) {
  auto opened = bridge.open(std::move(spec));
  if (opened)
    return std::move(*opened);
  std::cerr << describe(opened.error()) << '\n';
  return {};
}

/// Calls over `socket`, a DEALER, and prints the answer.
/// @returns whether there was one.
bool call(caf::scoped_actor& self, const socket_actor& socket,
          std::string_view name) {
  auto answered = true;
  self
    ->request(socket, patience, atom::request_v, multipart{text_frames({name})})
    .receive([](multipart& answer) { std::cout << text_at(answer, 0) << '\n'; },
             [&](caf::error& why) {
               std::cerr << describe(why) << '\n';
               answered = false;
             });
  return answered;
}

} // namespace

int main() {
  caf::actor_system_config cfg;
  cfg.add_message_types<caf::id_block::troupe_bridge>();
  caf::actor_system sys{cfg};
  bridge_runtime bridge{sys};
  auto router = open(bridge,
                     {.type = socket_type::router, .bind = {"ipc://*"}});
  auto dealer = open(bridge, {.connect = router.endpoints});
  if (!router.handle || !dealer.handle)
    return 1;
  auto service = sys.spawn(roll_call, router.handle);
  caf::scoped_actor self{sys};
  auto all_answered = true;
  for (auto name : {"ada", "bob", "ada"})
    all_answered = call(self, dealer.handle, name) && all_answered;
  caf::anon_send_exit(service, caf::exit_reason::user_shutdown);
  return all_answered ? 0 : 1;
}
