// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// What a scheme knows about an engine.
struct engine_load {
  /// Tasks outstanding, and how many may be.
  std::uint32_t tasks = 0;
  std::uint32_t hwm = 0;

  /// Place in the order of picks: the lower, the longer ago it was picked.
  std::int64_t turn = 0;
};

/// How the load-balanced scheduler picks an engine among those that may take
/// one more task: the cheapest of all, or the cheapest of a few that are drawn
/// by chance.
///
/// A scheme looks at one engine at a time. Placement asks it once whenever an
/// engine's load changes, and keeps the answers in a tree: a pick costs
/// O(log n) of n engines for every scheme. Schemes have no state; several
/// threads may use one.
class placement_scheme {
public:
  virtual ~placement_scheme();

  /// What users call it.
  virtual std::string_view name() const noexcept = 0;

  /// How many engines are drawn, each from all eligible ones. 0 = the cheapest
  /// of all is taken, and among equals the one that was picked longest ago.
  virtual unsigned draws() const noexcept {
    return 0;
  }

  /// The chance of an engine to be drawn, relative to others. Above 0.
  virtual double weight(const engine_load&) const noexcept {
    return 1;
  }

  /// The lower, the better. Among equals the one drawn first is taken.
  virtual double cost(const engine_load&) const noexcept {
    return 0;
  }
};

/// Returns the scheme of that name, or null. Thread-safe.
const placement_scheme* find_scheme(std::string_view name);

/// Returns the names of all schemes in alphabetical order. Thread-safe.
std::vector<std::string> scheme_names();

/// Returns a sentence that there is no scheme `name`, and which there are.
std::string unknown_scheme_text(std::string_view name);

/// Adds a scheme for the lifetime of the process. Thread-safe.
/// @returns `false` if there is one of this name.
bool register_scheme(std::unique_ptr<placement_scheme> x);

} // namespace troupe

#define TROUPE_SCHEME_CAT2(a, b) a##b
#define TROUPE_SCHEME_CAT(a, b) TROUPE_SCHEME_CAT2(a, b)

/// Makes the class `type` a scheme that clusters of this program, or clusters
/// that load this library, can be started with. Use it at namespace scope.
#define TROUPE_PLACEMENT_SCHEME(type)                                          \
  [[maybe_unused]] static const bool TROUPE_SCHEME_CAT(troupe_scheme_,         \
                                                       __COUNTER__) =          \
    ::troupe::register_scheme(std::make_unique<type>())
