// SPDX-License-Identifier: BSL-1.0
#include "troupe/multipart.hpp"

namespace troupe {

std::size_t multipart::size_bytes() const noexcept {
  auto result = std::size_t{0};
  for (auto& frame : frames)
    result += frame.size();
  return result;
}

} // namespace troupe
