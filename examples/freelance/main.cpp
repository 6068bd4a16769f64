// SPDX-License-Identifier: BSL-1.0
#include "freelance.hpp"
#include "support/command_line.hpp"
#include "support/stage.hpp"
#include <troupe/request_envelope.hpp>

#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>

#include <iostream>

using namespace troupe;
using std::chrono::milliseconds;

namespace {

/// Answers over `socket`, a ROUTER, with its name, after `delay`.
caf::behavior server(caf::event_based_actor* self, socket_actor socket,
                     std::string name, milliseconds delay) {
  self->send(socket, atom::attach_v, caf::actor_cast<socket_owner_actor>(self));
  return {
    [=](delivery& x) {
      for (auto& request : x.messages)
        self->delayed_send(socket, delay,
                           reply_to(request, buffer::copy_of(name)));
    },
    [](returned&) {},
    [](socket_event&) {},
  };
}

/// Hears all requests over `socket`, a ROUTER, and answers none.
caf::behavior silent_server(caf::event_based_actor* self, socket_actor socket) {
  self->send(socket, atom::attach_v, caf::actor_cast<socket_owner_actor>(self));
  return {
    [](delivery&) {},
    [](returned&) {},
    [](socket_event&) {},
  };
}

} // namespace

int main(int argc, char** argv) {
  unsigned slow = 50;
  unsigned patience = 500;
  example::command_line{"Asks a quick, a slow, a silent and a dead server; the "
                        "first answer wins"}
    .number("--slow", slow, 0, 60'000, "delay of the slow server in ms")
    .number("--patience", patience, 1, 60'000, "how long to wait in ms")
    .parse(argc, argv);
  example::stage on;
  std::vector<socket_actor> routers;
  std::vector<socket_actor> dealers;
  for (auto i = 0; i < 4; ++i) {
    auto router = on.open_private({.type = socket_type::router});
    auto dealer = on.open(
      {.connect = router.endpoints, .request_timeout = milliseconds{patience}});
    routers.push_back(router.handle);
    dealers.push_back(dealer.handle);
  }
  auto quick = on.spawn(server, routers[0], "quick", milliseconds{0});
  auto late = on.spawn(server, routers[1], "slow", milliseconds{slow});
  on.spawn(silent_server, routers[2]);
  caf::scoped_actor self{on.system()};
  auto close = [&](const auto& actor, const socket_actor& socket) {
    self->send_exit(actor, caf::exit_reason::user_shutdown);
    on.wait_for(socket);
  };
  close(routers[3], routers[3]);
  auto client = on.spawn(freelance, dealers, milliseconds{patience});
  auto ask = [&](const char* question) {
    self->request(client, caf::infinite, question)
      .receive(
        [&](const std::string& reply) {
          std::cout << question << " -> " << reply << std::endl;
        },
        [&](caf::error& why) {
          std::cout << question << " -> gave up: " << describe(why)
                    << std::endl;
        });
  };
  ask("question 1");
  std::cout << "the quick server leaves" << std::endl;
  close(quick, routers[0]);
  ask("question 2");
  std::cout << "the slow server leaves" << std::endl;
  close(late, routers[1]);
  ask("question 3");
  return 0;
}
