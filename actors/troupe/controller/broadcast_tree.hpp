// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/bridge.hpp"
#include "troupe/scheduling/broadcast_root.hpp"
#include "troupe/scheduling/direct_scheduler.hpp"

#include <caf/actor_system.hpp>
#include <caf/expected.hpp>

#include <memory>
#include <string>
#include <vector>

namespace troupe {

/// The root of a broadcast tree, its leaves and their sockets, within one actor
/// system. Each leaf has a ZeroMQ context of its own, and with that an I/O
/// thread and a pump. Destroy it when all of its `schedulers` have ended, and
/// before the bridge of the root.
class broadcast_tree {
public:
  /// Binds the leaves and spawns all actors.
  /// @param from has the socket `clients`, on which the root listens
  static caf::expected<std::unique_ptr<broadcast_tree>>
  start(caf::actor_system& sys, const direct_scheduler_config& cfg,
        const std::vector<std::string>& endpoints, const bridge_config& leaves,
        const bridge_runtime& from, const socket_actor& clients);

  broadcast_tree(const broadcast_tree&) = delete;

  broadcast_tree& operator=(const broadcast_tree&) = delete;

  const broadcast_root_actor& root() const noexcept {
    return root_;
  }

  /// Who decides about engines, in the order of `leaf_of`.
  std::vector<membership_listener_actor> leaves() const;

  /// Actors without which the tree does not work.
  std::vector<caf::actor> parts() const;

  /// Where the leaves listen, with ports in the place of wildcards.
  const std::vector<std::string>& endpoints() const noexcept {
    return endpoints_;
  }

private:
  struct leaf {
    std::unique_ptr<bridge_runtime> bridge;
    socket_actor socket;
    direct_scheduler_actor scheduler;
  };

  broadcast_tree() = default;

  caf::error add_leaf(caf::actor_system& sys, direct_scheduler_config cfg,
                      const std::string& endpoint, const bridge_config& bridge,
                      const bridge_runtime& up);

  std::vector<leaf> leaves_;
  std::vector<std::string> endpoints_;
  broadcast_root_actor root_;
};

/// What listens on a lane of tasks.
socket_spec tasks_socket(const std::string& endpoint);

} // namespace troupe
