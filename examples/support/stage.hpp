// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <troupe/bridge.hpp>

#include <caf/actor_addr.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <string>
#include <utility>
#include <vector>

namespace example {

/// Where the actors of an example play: an actor system with a bridge. Its
/// destructor sends all of them home.
class stage {
public:
  explicit stage(troupe::bridge_config cfg = {});

  ~stage();

  stage(const stage&) = delete;

  stage& operator=(const stage&) = delete;

  caf::actor_system& system() noexcept {
    return sys_;
  }

  troupe::bridge_runtime& bridge() noexcept {
    return bridge_;
  }

  /// Opens a socket, or ends the program with a sentence.
  troupe::open_socket open(troupe::socket_spec spec);

  /// Opens a socket that is bound to a private endpoint of this host, or ends
  /// the program with a sentence.
  troupe::open_socket open_private(troupe::socket_spec spec);

  /// Spawns an actor, which ends with the stage at the latest.
  template <class... Ts>
  auto spawn(Ts&&... xs) {
    auto result = sys_.spawn(std::forward<Ts>(xs)...);
    actors_.push_back(caf::actor_cast<caf::actor_addr>(result));
    return result;
  }

  /// Waits for the end of an actor, be it a socket.
  template <class Handle>
  void wait_for(const Handle& actor) {
    await(caf::actor_cast<caf::actor>(actor));
  }

private:
  static caf::actor_system_config& init(caf::actor_system_config& cfg);

  void await(caf::actor actor);

  caf::actor_system_config cfg_;
  caf::actor_system sys_;
  troupe::bridge_runtime bridge_;
  std::vector<caf::actor_addr> actors_;
};

/// Ends the program at once, with a sentence on standard error.
[[noreturn]] void fail(const std::string& sentence);

} // namespace example
