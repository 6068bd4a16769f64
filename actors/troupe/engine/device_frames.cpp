// SPDX-License-Identifier: BSL-1.0
#include "troupe/engine/device_frames.hpp"

#include <string>

namespace troupe {

bool take_address(multipart& x) {
  if (x.frames.size() < 2)
    return false;
  x.peer = routing_id{std::string{x.frames.front().text()}};
  x.frames.erase(x.frames.begin());
  return true;
}

void add_addresses(std::vector<multipart>& xs) {
  for (auto& x : xs) {
    x.frames.insert(x.frames.begin(), buffer::copy_of(x.peer.bytes()));
    x.peer = routing_id{};
  }
}

} // namespace troupe
