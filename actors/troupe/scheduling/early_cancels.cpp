// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/early_cancels.hpp"

#include <algorithm>

namespace troupe {

std::uint64_t early_cancels::add(const std::vector<task_range>& xs,
                                 task_number last) {
  auto result = std::uint64_t{0};
  for (auto& x : xs) {
    if (x.count == 0 || x.first > UINT64_MAX - x.count)
      continue;
    range added{std::max(x.first, last + 1), x.first + x.count - 1};
    if (added.first > added.last || ranges_.size() >= most)
      continue;
    ranges_.push_back(added);
    result += added.last - added.first + 1;
  }
  return result;
}

bool early_cancels::covers(task_number x) {
  std::erase_if(ranges_, [x](const range& y) { return y.last < x; });
  return std::ranges::any_of(ranges_, [x](const range& y) {
    return x >= y.first && x <= y.last;
  });
}

} // namespace troupe
