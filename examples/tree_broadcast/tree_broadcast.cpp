// SPDX-License-Identifier: BSL-1.0
#include "tree_broadcast.hpp"

#include <utility>

using namespace troupe;

namespace {

using self_pointer = tree_node_actor::stateful_pointer<tree_node_state>;

using asker = caf::typed_response_promise<std::uint64_t>;

/// Tells the node above, or whoever asked, that `nodes` have a message.
void confirm(self_pointer self, const tree_node_config& cfg,
             std::uint64_t number, std::uint64_t nodes) {
  if (cfg.up)
    self->send(cfg.up, multipart{buffer::adopt(std::vector{number, nodes})});
  else if (auto who = self->state.askers.extract(number))
    who.mapped().deliver(nodes);
}

/// Passes [number, frames...] on to all nodes below. They share the frames.
void pass_on(self_pointer self, const tree_node_config& cfg,
             std::uint64_t number, const multipart& x) {
  for (auto& child : cfg.down)
    self->send(child, x);
  cfg.take(multipart{frame_list{x.frames.begin() + 1, x.frames.end()}});
  if (auto nodes = self->state.receipts.start(number))
    confirm(self, cfg, number, *nodes);
}

/// Notes who asks for a message. @returns its number.
std::uint64_t enlist(self_pointer self, asker who) {
  auto& askers = self->state.askers;
  if (askers.size() >= receipts::max_open) {
    askers.begin()->second.deliver(
      make_error(ec::timed_out, "receipts are missing"));
    askers.erase(askers.begin());
  }
  askers.emplace(++self->state.last, std::move(who));
  return self->state.last;
}

/// Takes a message from above (tag 0) or a receipt from below.
void take(self_pointer self, const tree_node_config& cfg, std::uint32_t tag,
          const multipart& x) {
  auto numbers = x.frames.front().as<std::uint64_t>();
  if (tag == 0 && numbers.size() == 1)
    pass_on(self, cfg, numbers[0], x);
  if (tag == 0 || numbers.size() != 2)
    return;
  if (auto sum = self->state.receipts.confirm(tag - 1, numbers[0], numbers[1]))
    confirm(self, cfg, numbers[0], *sum);
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
      for (auto& message : x.messages)
        take(self, cfg, x.tag, message);
    },
    [](returned&) {
      // Nobody below confirms it, so whoever asked finds out in time.
    },
    [](socket_event&) {},
    [=](multipart x) -> caf::result<std::uint64_t> {
      if (cfg.up)
        return make_error(ec::unexpected_message, "only the root starts");
      auto who = self->make_response_promise<std::uint64_t>();
      auto number = enlist(self, who);
      x.frames.insert(x.frames.begin(), buffer::adopt(std::vector{number}));
      pass_on(self, cfg, number, x);
      return who;
    },
  };
}
