// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

namespace troupe {

/// Bytes that a socket reads, or sends to one peer of what waited, before the
/// other sockets of its pump get their turn. So bulk in one socket delays a
/// small message in another by the time that this takes, some 50 us, and large
/// messages still cost a look at the descriptors only every few of them.
constexpr auto max_turn_bytes = std::size_t{256} << 10;

} // namespace troupe
