// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/hub/member_id.hpp"
#include "troupe/protocol/pack.hpp"
#include "troupe/routing_id.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace troupe {

struct registry_config {
  std::size_t max_engines = limits::max_engines;
  std::size_t max_clients = limits::max_clients;

  /// Seed of tokens. 0 = from the operating system; tests choose one.
  std::uint64_t token_seed = 0;
};

/// An engine or client that was admitted.
struct member {
  using time_point = std::chrono::steady_clock::time_point;

  member_id id{};
  /// Engines only.
  std::string name{};
  std::string host{};
  std::uint32_t pid = 0;
  /// Where answers go. Changes when the peer connects again.
  routing_id peer{};
  /// Random number of the peer's process start.
  std::uint64_t incarnation = 0;
  /// What it must present on the task lane.
  std::uint64_t token = 0;
  /// Engines: said `Ready`.
  bool ready = false;
  /// The latest sign of life.
  time_point seen{};
  /// Engines: sorted ids of the functions it can run.
  std::vector<function_id> functions{};
  /// Engines: tags and slots.
  resources means{};
};

/// Why somebody was not admitted.
struct turned_away {
  wire::RefusalCode code{};
  std::string text{};
};

/// Somebody was admitted.
struct admission {
  /// Valid until the registry changes.
  const member* who = nullptr;
  /// `false` if this hello only repeats one that was answered before.
  bool fresh = true;
};

/// Who takes part in the cluster, and what the engines can run. A plain class:
/// time points are arguments.
///
/// A peer is who it said it is at hello; the routing id is only its address. A
/// process that connects again (same incarnation) has to be dropped first: what
/// was on its way over the old connection may be lost.
class registry {
public:
  using time_point = member::time_point;

  explicit registry(registry_config cfg = {});

  // -- events -----------------------------------------------------------------

  /// Admits whoever says `hello` over the connection `peer`.
  std::variant<admission, turned_away>
  admit(const hello_message& hello, const routing_id& peer, time_point now);

  /// Notes a sign of life.
  /// @returns the sender, or null if nobody said hello over `peer`.
  const member* heard(const routing_id& peer, time_point now);

  /// Notes that an engine is ready. Returns `false` if it was, or is unknown.
  bool mark_ready(member_id id);

  /// Forgets somebody. Ids are never used again.
  std::optional<member> drop(member_id id);

  // -- properties -------------------------------------------------------------

  const member* find(member_id id) const;

  const member* find(const routing_id& peer) const;

  /// Returns the member that is this process, or null.
  const member* find(wire::Role role, std::uint64_t incarnation) const;

  /// All members, engines first, in the order of their ids.
  const std::map<member_id, member>& members() const noexcept {
    return members_;
  }

  std::size_t engines() const noexcept {
    return names_.size();
  }

  std::size_t clients() const noexcept {
    return members_.size() - names_.size();
  }

  /// What at least one engine can run, in the order of ids.
  std::vector<function_description> functions() const;

  /// Changes whenever an engine comes, gets ready or goes.
  std::uint64_t revision() const noexcept {
    return revision_;
  }

  /// Changes whenever `functions()` does.
  std::uint64_t functions_revision() const noexcept {
    return functions_revision_;
  }

private:
  struct known_function {
    function_description what;
    std::size_t engines = 0;
  };

  using incarnation_key = std::pair<wire::Role, std::uint64_t>;

  std::optional<turned_away> check(const hello_message& hello) const;
  std::optional<turned_away> check_limits(wire::Role role) const;
  std::optional<turned_away> check_functions(const hello_message& hello) const;
  std::variant<admission, turned_away>
  repeat(member& who, const routing_id& peer, time_point now);
  std::string default_name(engine_id id) const;
  void retain(const std::vector<function_description>& functions);
  void release(const std::vector<function_id>& functions);
  std::uint64_t make_token();

  registry_config cfg_;
  std::mt19937_64 generator_;
  std::map<member_id, member> members_;
  std::unordered_map<routing_id, member_id> peers_;
  std::map<incarnation_key, member_id> incarnations_;
  std::map<std::string, engine_id> names_;
  std::map<function_id, known_function> functions_;
  std::uint32_t next_engine_ = 0;
  std::uint32_t next_client_ = 0;
  std::uint64_t revision_ = 0;
  std::uint64_t functions_revision_ = 0;
};

} // namespace troupe
