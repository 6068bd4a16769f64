// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "receipts.hpp"
#include <troupe/bridge.hpp>

#include <caf/typed_event_based_actor.hpp>

#include <functional>
#include <map>

// A node sends [number, frames...] down and gets [number, nodes] back.

/// The TREE NODE interface: passes messages down a tree and receipts up.
using tree_node_actor = troupe::socket_owner_actor::extend<
  // Gives a message to this node and all below. Returns how many nodes have it.
  // Fails with `ec::timed_out` if much later messages are on their way.
  caf::replies_to<troupe::multipart>::with<std::uint64_t>>;

struct tree_node_config {
  /// A PAIR to the node above, with the tag 0; none for the root.
  troupe::socket_actor up;

  /// A PAIR to each node below, with the tags 1, 2, and so on.
  std::vector<troupe::socket_actor> down;

  /// What to do with each message.
  std::function<void(const troupe::multipart&)> take;
};

struct tree_node_state {
  static inline const char* name = "tree-node";

  ::receipts receipts;

  /// The last message that started here, and who waits for receipts.
  std::uint64_t last = 0;
  std::map<std::uint64_t, caf::typed_response_promise<std::uint64_t>> askers;
};

tree_node_actor::behavior_type
tree_node(tree_node_actor::stateful_pointer<tree_node_state> self,
          tree_node_config cfg);
