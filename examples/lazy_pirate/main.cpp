// SPDX-License-Identifier: BSL-1.0
#include "lazy_pirate.hpp"
#include "support/command_line.hpp"
#include "support/stage.hpp"
#include <troupe/request_envelope.hpp>
#include <troupe/text_frames.hpp>

#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>

#include <algorithm>
#include <cctype>
#include <iostream>

using namespace troupe;

namespace {

struct options {
  unsigned requests = 3;
  unsigned attempts = 3;
  unsigned patience = 500;
  unsigned deaf = 1;
};

buffer in_capitals(std::string_view text) {
  std::string result{text};
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return std::toupper(c); });
  return buffer::adopt(std::move(result));
}

/// Answers over `socket`, a ROUTER, but overhears `deaf` requests before each
/// that it answers.
caf::behavior unreliable_server(caf::event_based_actor* self,
                                socket_actor socket, unsigned deaf) {
  self->send(socket, atom::attach_v, caf::actor_cast<socket_owner_actor>(self));
  return {
    [self, socket, deaf, heard = 0u](delivery& x) mutable {
      for (auto& request : x.messages)
        if (heard++ % (deaf + 1) == deaf)
          self->send(socket,
                     reply_to(request,
                              in_capitals(text_at(payload_of(request), 0))));
    },
    [](returned&) {},
    [](socket_event&) {},
  };
}

/// Asks, prints the reply or why there is none, and how often it asked.
void ask(caf::scoped_actor& self, const lazy_pirate_actor& pirate,
         const std::string& question) {
  std::cout << question << " -> ";
  self->request(pirate, caf::infinite, question)
    .receive([](const std::string& reply) { std::cout << reply << '\n'; },
             [](caf::error& why) {
               std::cout << "gave up: " << describe(why) << '\n';
             });
  self->request(pirate, caf::infinite, caf::get_atom_v)
    .receive(
      [](std::uint64_t n) { std::cout << "  asked " << n << " times\n"; },
      [](caf::error& why) { example::fail(describe(why)); });
}

} // namespace

int main(int argc, char** argv) {
  options with;
  example::command_line{"Asks a server that overhears requests, until it "
                        "answers; then one that is gone"}
    .number("--requests", with.requests, 1, 1000, "how many requests")
    .number("--attempts", with.attempts, 1, 100, "attempts per request")
    .number("--patience", with.patience, 1, 60000, "wait per attempt in ms")
    .number("--deaf", with.deaf, 0, 100, "requests overheard before each reply")
    .parse(argc, argv);
  auto cfg =
    lazy_pirate_config{.attempts = with.attempts,
                       .patience = std::chrono::milliseconds{with.patience}};
  example::stage on;
  auto router = on.open_private({.type = socket_type::router});
  auto dealer =
    on.open({.connect = router.endpoints, .request_timeout = cfg.patience});
  auto server = on.spawn(unreliable_server, router.handle, with.deaf);
  auto pirate = on.spawn(lazy_pirate, dealer.handle, cfg);
  caf::scoped_actor self{on.system()};
  for (auto i = 1u; i <= with.requests; ++i)
    ask(self, pirate, "ahoy " + std::to_string(i));
  std::cout << "the server leaves\n";
  self->send_exit(server, caf::exit_reason::user_shutdown);
  on.wait_for(router.handle);
  ask(self, pirate, "ahoy again");
  return 0;
}
