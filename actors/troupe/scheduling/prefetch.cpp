// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/prefetch.hpp"

#include <algorithm>

namespace troupe {

namespace {

// Weight of a new value. The mean is arithmetic: one long task among short
// ones shows at once, and eight short ones later most of it is forgotten.
constexpr auto weight = 0.125;

} // namespace

void prefetch::record(std::uint64_t run_ns) noexcept {
  auto x = static_cast<double>(run_ns);
  average_ns_ = known_ ? average_ns_ + weight * (x - average_ns_) : x;
  known_ = true;
}

void prefetch::record_round_trip(std::chrono::nanoseconds x) noexcept {
  auto ns = std::max(static_cast<double>(x.count()), 1.0);
  round_trip_ns_ =
    round_trip_ns_ > 0 ? round_trip_ns_ + weight * (ns - round_trip_ns_) : ns;
}

std::uint32_t prefetch::long_ones_waiting() const noexcept {
  using std::chrono::nanoseconds;
  constexpr auto most_ns =
    static_cast<double>(nanoseconds{longest_to_wait}.count());
  return average_ns_ < most_ns && round_trip_ns_ > negligible * average_ns_ ? 1
                                                                            : 0;
}

load_limit prefetch::limit() const noexcept {
  constexpr auto budget_ns = static_cast<double>(budget.count());
  constexpr auto groups_ns =
    static_cast<double>(std::chrono::nanoseconds{longest_in_groups}.count());
  constexpr auto most = limits::max_auto_hwm;
  if (fixed_ > 0)
    return at_most(fixed_);
  if (!known_)
    return at_most(initial_hwm);
  if (average_ns_ >= budget_ns)
    return at_most(1 + long_ones_waiting());
  auto waiting = static_cast<std::uint32_t>(
    std::min(budget_ns / std::max(average_ns_, 1.0), most - 1.0));
  if (average_ns_ > groups_ns)
    return at_most(1 + waiting);
  return {std::min(1 + 2 * waiting, most), std::min(waiting, most / 2)};
}

} // namespace troupe
