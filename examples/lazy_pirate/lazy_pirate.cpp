// SPDX-License-Identifier: BSL-1.0
#include "lazy_pirate.hpp"

#include <troupe/text_frames.hpp>

#include <caf/sec.hpp>

#include <utility>

using namespace troupe;

namespace {

using self_pointer = lazy_pirate_actor::stateful_pointer<lazy_pirate_state>;

/// Whether the next attempt may do better.
bool may_pass(const caf::error& why) {
  return why == ec::timed_out || why == ec::peer_gone
         || why == caf::sec::request_timeout;
}

/// Asks, and again, until `left` attempts are used up. Asking again costs no
/// copy: the frames are shared.
void ask(self_pointer self, multipart question, unsigned left,
         caf::typed_response_promise<std::string> asker) {
  ++self->state.asked;
  self
    ->request(self->state.service, self->state.cfg.patience, atom::request_v,
              question)
    .then(
      [asker](multipart& reply) mutable {
        asker.deliver(std::string{text_at(reply, 0)});
      },
      [=](caf::error& why) mutable {
        if (!may_pass(why))
          asker.deliver(std::move(why));
        else if (left > 1)
          ask(self, std::move(question), left - 1, std::move(asker));
        else
          asker.deliver(make_error(
            ec::timed_out, "none of " + std::to_string(self->state.cfg.attempts)
                             + " attempts got a reply; does the service run?"));
      });
}

} // namespace

lazy_pirate_actor::behavior_type
lazy_pirate(self_pointer self, socket_actor service, lazy_pirate_config cfg) {
  self->state.service = std::move(service);
  self->state.cfg = cfg;
  return {
    [self](std::string& question) {
      auto asker = self->make_response_promise<std::string>();
      ask(self, multipart{buffer::adopt(std::move(question))},
          self->state.cfg.attempts, asker);
      return asker;
    },
    [self](caf::get_atom) { return self->state.asked; },
  };
}
