// SPDX-License-Identifier: BSL-1.0
#include "simulation/turns.hpp"

#include <algorithm>

namespace troupe::simulation {

void turn_watch::wait(std::uint32_t client) {
  if (client >= waiting_.size()) {
    waiting_.resize(client + 1);
    served_.resize(client + 1);
    ahead_.resize(client + 1);
    for (auto& x : ahead_)
      x.resize(client + 1);
  }
  ++waiting_[client];
}

void turn_watch::leave(std::uint32_t client) {
  if (--waiting_[client] == 0)
    std::ranges::fill(ahead_[client], 0);
}

bool turn_watch::end_round(const std::vector<std::uint32_t>& all) {
  auto fine = true;
  for (std::size_t y = 0; y < waiting_.size(); ++y) {
    if (waiting_[y] == 0)
      continue;
    for (std::size_t x = 0; x < waiting_.size(); ++x) {
      if (x == y)
        continue;
      auto& by = ahead(x, y);
      by = std::max(by + served_[x], all[y]) - all[y];
      fine = fine && by <= most_ahead;
    }
  }
  std::ranges::fill(served_, 0);
  return fine;
}

} // namespace troupe::simulation
