// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "stream.hpp"
#include "troupe/bridge.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>

#include <memory>
#include <optional>
#include <string>

namespace troupe::perf {

/// An actor system with a bridge, for one side of a measurement.
class actor_host {
public:
  /// Hosts that share a context reach each other over inproc.
  /// @param pumps threads for sockets.
  explicit actor_host(
    std::shared_ptr<socket_context> context = socket_context::make(),
    std::size_t pumps = 1);

  ~actor_host();

  actor_host(const actor_host&) = delete;
  actor_host& operator=(const actor_host&) = delete;

  /// Opens a socket. Throws `std::runtime_error`.
  open_socket open(socket_spec spec);

  /// For lanes.
  const bridge_actor& bridge() const noexcept {
    return bridge_->actor();
  }

  const std::shared_ptr<socket_context>& context() const noexcept {
    return context_;
  }

  caf::actor_system& system() noexcept {
    return system_;
  }

private:
  std::shared_ptr<socket_context> context_;
  caf::actor_system_config cfg_;
  caf::actor_system system_;
  std::optional<bridge_runtime> bridge_;
};

/// Returns the spec of a socket without endpoints.
socket_spec make_spec(socket_type type, const stream_setup& setup);

/// How a partner is told the setup: five words.
std::vector<std::string> to_words(const stream_setup& setup);

/// Reads what `to_words` wrote, from `words[first]` on.
stream_setup to_setup(const std::vector<std::string>& words, std::size_t first);

} // namespace troupe::perf
