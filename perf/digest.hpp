// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <tuple>

namespace troupe::perf {

/// What the receiver of a payload says about it: its size, its first and its
/// last eight bytes. So an answer belongs to one payload, and costs nothing.
using digest = std::tuple<std::uint64_t, std::uint64_t, std::uint64_t>;

inline digest digest_of(std::string_view bytes) {
  std::uint64_t head = 0, tail = 0;
  auto n = std::min(bytes.size(), sizeof(head));
  std::memcpy(&head, bytes.data(), n);
  std::memcpy(&tail, bytes.data() + bytes.size() - n, n);
  return {bytes.size(), head, tail};
}

/// Makes payload `number`, different from all others if it has room.
inline std::string make_marked_payload(std::uint64_t number, std::size_t size) {
  std::string result(size, 'x');
  auto n = std::min(size, sizeof(number));
  std::memcpy(result.data(), &number, n);
  std::memcpy(result.data() + size - n, &number, n);
  return result;
}

} // namespace troupe::perf
