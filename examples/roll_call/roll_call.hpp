// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <troupe/bridge.hpp>

#include <caf/typed_event_based_actor.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

/// The ROLL CALL interface. It owns one ROUTER socket: peers send their name
/// and get back how often that name has called.
using roll_call_actor = troupe::socket_owner_actor::extend<
  // Tells how many different names have called.
  caf::replies_to<caf::get_atom>::with<std::uint64_t>>;

/// Counts calls. Knows neither actors nor sockets.
class roll_call_state {
public:
  static inline const char* name = "roll-call";

  static constexpr std::size_t max_names = 10'000;

  /// Notes a call of `who`.
  /// @returns how many there were, this one included, or 0 if there are too
  ///          many names.
  std::size_t call(std::string_view who);

  /// Number of different names.
  std::size_t names() const noexcept;

private:
  std::map<std::string, std::size_t, std::less<>> calls_;
};

/// Answers the peers of `socket`, a ROUTER.
roll_call_actor::behavior_type
roll_call(roll_call_actor::stateful_pointer<roll_call_state> self,
          troupe::socket_actor socket);
