// SPDX-License-Identifier: BSL-1.0
#include "tree_broadcast.hpp"

#include <utility>

using namespace troupe;

namespace {

using self_pointer = tree_node_actor::stateful_pointer<tree_node_state>;

/// Tells the node above, or whoever asked, that `nodes` have a message.
void confirm(self_pointer self, const tree_node_config& cfg,
             std::uint64_t nodes) {
  if (cfg.up) {
    self->send(cfg.up, multipart{buffer::adopt(std::vector{nodes})});
  } else if (!self->state.askers.empty()) {
    self->state.askers.front().deliver(nodes);
    self->state.askers.pop_front();
  }
}

/// Passes `x` on to all nodes below. They share its frames.
void pass_on(self_pointer self, const tree_node_config& cfg,
             const multipart& x) {
  for (auto& child : cfg.down)
    self->send(child, x);
  cfg.take(x);
  if (auto nodes = self->state.receipts.start())
    confirm(self, cfg, *nodes);
}

} // namespace

tree_node_actor::behavior_type tree_node(self_pointer self,
                                         tree_node_config cfg) {
  self->state.receipts = receipts{cfg.down.size()};
  if (cfg.up)
    self->send(cfg.up, atom::attach_v, socket_owner_actor{self});
  for (auto& child : cfg.down)
    self->send(child, atom::attach_v, socket_owner_actor{self});
  return {
    [=](delivery& x) {
      for (auto& message : x.messages) {
        if (x.tag == 0) {
          pass_on(self, cfg, message);
          continue;
        }
        auto nodes = message.frames.front().as<std::uint64_t>();
        if (nodes.size() != 1)
          continue;
        if (auto sum = self->state.receipts.confirm(x.tag - 1, nodes.front()))
          confirm(self, cfg, *sum);
      }
    },
    [](returned&) {
      // Nobody below confirms it, so whoever asked finds out in time.
    },
    [](socket_event&) {},
    [=](const multipart& x) -> caf::result<std::uint64_t> {
      if (cfg.up)
        return make_error(ec::unexpected_message, "only the root starts");
      auto asker = self->make_response_promise<std::uint64_t>();
      self->state.askers.push_back(asker);
      pass_on(self, cfg, x);
      return asker;
    },
  };
}
