// SPDX-License-Identifier: BSL-1.0
#include "troupe/codec/task.hpp"

namespace troupe::detail {

std::string argument_count(std::size_t n) {
  return std::to_string(n) + (n == 1 ? " argument" : " arguments");
}

} // namespace troupe::detail
