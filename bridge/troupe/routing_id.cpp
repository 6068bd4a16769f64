// SPDX-License-Identifier: BSL-1.0
#include "troupe/routing_id.hpp"

namespace troupe {

std::string to_string(const routing_id& id) {
  constexpr auto digits = "0123456789abcdef";
  std::string result;
  result.reserve(2 * id.bytes().size());
  for (auto c : id.bytes()) {
    auto byte = static_cast<unsigned char>(c);
    result += digits[byte >> 4];
    result += digits[byte & 0xf];
  }
  return result;
}

} // namespace troupe
