// SPDX-License-Identifier: BSL-1.0
#include "last_value.hpp"
#include "support/command_line.hpp"
#include "support/stage.hpp"
#include <troupe/text_frames.hpp>

#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>

#include <iostream>

using namespace troupe;

namespace {

/// Prints what `socket`, a SUB, receives, and leaves once `last` came.
caf::behavior subscriber(caf::event_based_actor* self, socket_actor socket,
                         std::string who, std::string last) {
  self->send(socket, atom::attach_v, caf::actor_cast<socket_owner_actor>(self));
  return {
    [=](delivery& x) {
      for (auto& message : x.messages) {
        std::cout << who << ": " << text_at(message, 0) << " = "
                  << text_at(message, 1) << std::endl;
        if (text_at(message, 1) == last)
          self->quit(); // its socket ends with it
      }
    },
    [](returned&) {},
    [](socket_event&) {},
  };
}

} // namespace

int main(int argc, char** argv) {
  unsigned values = 3;
  std::string prefix = "weather.";
  example::command_line{"Publishes values, then lets somebody join who gets "
                        "the last one at once"}
    .number("--values", values, 1, 1000, "values before the late one joins")
    .text("--prefix", prefix, "what the late one subscribes to")
    .parse(argc, argv);
  if (!std::string_view{"weather.oslo"}.starts_with(prefix))
    example::fail("--prefix must be a part of weather.oslo, or nobody ever "
                  "gets a value");
  auto last = std::to_string(values);
  example::stage on;
  auto xpub =
    on.open_private({.type = socket_type::xpub, .options = {.verbose = true}});
  auto join = [&](const char* who, const std::string& what) {
    auto sub = on.open({.type = socket_type::sub,
                        .connect = xpub.endpoints,
                        .subscriptions = {what}});
    return on.spawn(subscriber, sub.handle, who, last);
  };
  auto publisher = on.spawn(last_value, xpub.handle);
  auto early = join("early", "");
  caf::scoped_actor self{on.system()};
  for (auto i = 1u; i <= values; ++i)
    self->send(publisher, caf::put_atom_v, "weather.oslo", std::to_string(i));
  on.wait_for(early);
  std::cout << "now a subscriber joins late" << std::endl;
  on.wait_for(join("late", prefix));
  return 0;
}
