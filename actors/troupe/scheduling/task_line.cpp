// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/task_line.hpp"

#include "troupe/scheduling/constraint_graph.hpp"

#include <algorithm>
#include <tuple>

namespace troupe {

namespace {

bool contains(const std::vector<engine_id>& xs, engine_id x) {
  return std::ranges::binary_search(xs, x);
}

/// Tells apart what is needed, rather than where it is kept.
std::strong_ordering compare(const std::shared_ptr<const resources>& x,
                             const std::shared_ptr<const resources>& y) {
  if (x == y || x == nullptr || y == nullptr)
    return (x != nullptr) <=> (y != nullptr);
  return *x <=> *y;
}

} // namespace

bool engine_rule::admits(const engine_record& x) const {
  return knows(x, function) && (!targeted || contains(targets, x.id))
         && !contains(excluded, x.id)
         && (needs == nullptr || x.means.cover(*needs));
}

bool operator<(const engine_rule& x, const engine_rule& y) {
  auto head = [](const engine_rule& z) {
    return std::tie(z.function, z.targeted, z.avoid);
  };
  if (head(x) != head(y))
    return head(x) < head(y);
  if (auto order = compare(x.needs, y.needs); order != 0)
    return order < 0;
  return std::tie(x.targets, x.excluded) < std::tie(y.targets, y.excluded);
}

engine_rule rule_of(const task& x) {
  auto& demands = *x.demands;
  engine_rule result;
  result.function = function_id{x.entry().function()};
  result.targeted = demands.targeted();
  if (result.targeted)
    result.targets = demands.engines();
  result.excluded = demands.rejected_by;
  result.needs = demands.needs;
  result.avoid = demands.avoid;
  return result;
}

} // namespace troupe
