// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace troupe {

/// The frame by which a ROUTER socket knows one connection. It is an address
/// for answers and nothing else: who a peer is follows from what it said at
/// hello, never from its routing id.
class routing_id {
public:
  /// Names nobody: messages of sockets other than ROUTER carry it.
  routing_id() noexcept = default;

  explicit routing_id(std::string bytes) noexcept : bytes_(std::move(bytes)) {
    // nop
  }

  bool empty() const noexcept {
    return bytes_.empty();
  }

  std::string_view bytes() const noexcept {
    return bytes_;
  }

  /// Whether the socket made this id up itself: five bytes, the first zero.
  bool generated() const noexcept {
    return bytes_.size() == 5 && bytes_.front() == '\0';
  }

  friend bool operator==(const routing_id&, const routing_id&) = default;

  friend auto operator<=>(const routing_id&, const routing_id&) = default;

private:
  std::string bytes_; // at most 15 bytes need no allocation
};

/// Returns the bytes in hexadecimal.
/// @relates routing_id
std::string to_string(const routing_id& id);

} // namespace troupe

template <>
struct std::hash<troupe::routing_id> {
  std::size_t operator()(const troupe::routing_id& id) const noexcept {
    return std::hash<std::string_view>{}(id.bytes());
  }
};
