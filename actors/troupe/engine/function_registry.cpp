// SPDX-License-Identifier: BSL-1.0
#include "troupe/engine/function_registry.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace troupe {

namespace {

/// Returns how many characters to insert, delete, replace or swap with their
/// neighbour to make `y` of `x`.
std::size_t edit_distance(std::string_view x, std::string_view y) {
  std::vector<std::size_t> before(y.size() + 1);
  std::vector<std::size_t> last(y.size() + 1);
  std::vector<std::size_t> current(y.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= x.size(); ++i) {
    current[0] = i;
    for (std::size_t j = 1; j <= y.size(); ++j) {
      auto replaced = last[j - 1] + (x[i - 1] == y[j - 1] ? 0 : 1);
      current[j] = std::min({replaced, last[j] + 1, current[j - 1] + 1});
      if (i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1])
        current[j] = std::min(current[j], before[j - 2] + 1);
    }
    before.swap(last);
    last.swap(current);
  }
  return last.back();
}

} // namespace

function_registry& function_registry::global() {
  static function_registry instance;
  return instance;
}

const function_info* function_registry::add(function_info info) {
  auto id = value(info.description.id);
  auto [i, added] = functions_.try_emplace(id, std::move(info));
  if (added)
    return &i->second;
  // `try_emplace` does not move from its argument when the key exists.
  auto& known = i->second;
  auto& name = info.description.name;
  if (known.description == info.description && known.invoke == info.invoke)
    return &known;
  if (known.description.name == name)
    problems_.push_back("there are two tasks named \"" + name + "\", "
                        + known.description.signature_text + " and "
                        + info.description.signature_text
                        + ": only the first can be run");
  else
    problems_.push_back("the names of the tasks \"" + known.description.name
                        + "\" and \"" + name
                        + "\" have the same hash: rename the second");
  return nullptr;
}

const function_info* function_registry::find(function_id id) const noexcept {
  auto i = functions_.find(value(id));
  return i != functions_.end() ? &i->second : nullptr;
}

std::vector<function_description> function_registry::list() const {
  std::vector<function_description> result;
  result.reserve(functions_.size());
  for (auto& [id, info] : functions_)
    result.push_back(info.description);
  std::sort(result.begin(), result.end(),
            [](auto& x, auto& y) { return x.name < y.name; });
  return result;
}

std::vector<std::string> nearest_names(std::string_view name,
                                       const std::vector<std::string>& names) {
  using candidate = std::pair<std::size_t, const std::string*>;
  std::vector<candidate> candidates;
  for (auto& other : names) {
    auto distance = edit_distance(name, other);
    // With more than two fifths changed, it is another name.
    if (5 * distance <= 2 * std::max(name.size(), other.size()))
      candidates.emplace_back(distance, &other);
  }
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](auto& x, auto& y) { return x.first < y.first; });
  std::vector<std::string> result;
  for (auto& [distance, other] : candidates) {
    if (result.size() == 3)
      break;
    if (std::find(result.begin(), result.end(), *other) == result.end())
      result.push_back(*other);
  }
  return result;
}

} // namespace troupe
