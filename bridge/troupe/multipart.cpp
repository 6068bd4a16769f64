// SPDX-License-Identifier: BSL-1.0
#include "troupe/multipart.hpp"

namespace troupe {

std::size_t multipart::size_bytes() const noexcept {
  auto result = std::size_t{0};
  for (auto& frame : frames)
    result += frame.size();
  return result;
}

const char* to_string(socket_event::kind what) noexcept {
  constexpr const char* names[] = {"connected",  "disconnected", "refused",
                                   "retrying",   "full",         "drained",
                                   "subscribed", "unsubscribed"};
  return names[static_cast<std::size_t>(what)];
}

} // namespace troupe
