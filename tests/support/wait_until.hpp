// SPDX-License-Identifier: BSL-1.0

#pragma once

#include <chrono>
#include <functional>

namespace troupe::test {

/// Time after which a test gives up on something that ought to happen at once.
/// Generous, because a busy machine must not fail a test.
inline constexpr auto patience = std::chrono::seconds{10};

/// Asks every few milliseconds whether `claim` holds.
/// @returns `true` as soon as it does, `false` after `limit`.
/// @note Only for tests with real processes or sockets. Everything else runs on
///       virtual time, see `deterministic_fixture`.
bool wait_until(const std::function<bool()>& claim,
                std::chrono::milliseconds limit = patience);

} // namespace troupe::test
