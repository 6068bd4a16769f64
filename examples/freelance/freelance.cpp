// SPDX-License-Identifier: BSL-1.0
#include "freelance.hpp"

#include <troupe/text_frames.hpp>

#include <memory>
#include <utility>

using namespace troupe;

namespace {

/// A question that some servers have not answered yet.
struct open_question {
  caf::typed_response_promise<std::string> asker;
  std::size_t servers;
};

} // namespace

freelance_actor::behavior_type
freelance(freelance_actor::stateful_pointer<freelance_state> self,
          std::vector<socket_actor> servers,
          std::chrono::milliseconds patience) {
  return {
    [=](std::string& text) {
      auto question = multipart{buffer::adopt(std::move(text))};
      auto open = std::make_shared<open_question>();
      open->asker = self->make_response_promise<std::string>();
      open->servers = servers.size();
      if (servers.empty())
        open->asker.deliver(
          make_error(ec::bad_config, "there are no servers to ask"));
      for (auto& server : servers)
        self->request(server, patience, atom::request_v, question)
          .then(
            [open](multipart& reply) {
              if (open->asker.pending())
                open->asker.deliver(std::string{text_at(reply, 0)});
            },
            [open](caf::error&) {
              if (--open->servers == 0) // so none replied
                open->asker.deliver(make_error(
                  ec::timed_out, "no server replied; does any of them run?"));
            });
      return open->asker;
    },
  };
}
