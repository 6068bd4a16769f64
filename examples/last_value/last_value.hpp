// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <troupe/bridge.hpp>

#include <caf/typed_event_based_actor.hpp>

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

/// The LAST VALUE interface: publishes topics over an XPUB, and repeats the
/// last value of each for those who subscribe later.
using last_value_actor = troupe::socket_owner_actor::extend<
  // Publishes the value of a topic. Fails with `ec::limit_reached` when there
  // are too many topics.
  caf::reacts_to<caf::put_atom, std::string, std::string>>;

/// Keeps the last value per topic.
class last_value_state {
public:
  static inline const char* name = "last-value";

  static constexpr std::size_t max_topics = 10'000;

  /// Keeps the value of a topic.
  /// @returns whether there was room for it.
  bool put(const std::string& topic, troupe::buffer value);

  /// Returns a message per topic that starts with `prefix`.
  std::vector<troupe::multipart> matches(std::string_view prefix) const;

private:
  std::map<std::string, troupe::buffer, std::less<>> values_;
};

/// Publishes over `socket`, an XPUB with the option `verbose`.
last_value_actor::behavior_type
last_value(last_value_actor::stateful_pointer<last_value_state> self,
           troupe::socket_actor socket);
