// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/placement_scheme.hpp"

#include "troupe/scheduling/schemes/schemes.hpp"

#include <map>
#include <mutex>

namespace troupe {

namespace {

/// All schemes by name. Those of the library are there from the start.
class scheme_registry {
public:
  static scheme_registry& global() {
    static scheme_registry instance;
    return instance;
  }

  bool add(std::unique_ptr<placement_scheme> x) {
    std::lock_guard guard{mutex_};
    std::string name{x->name()};
    if (!schemes_.emplace(std::move(name), x.get()).second)
      return false;
    owned_.push_back(std::move(x));
    return true;
  }

  const placement_scheme* find(std::string_view name) {
    std::lock_guard guard{mutex_};
    auto i = schemes_.find(name);
    return i != schemes_.end() ? i->second : nullptr;
  }

  std::vector<std::string> names() {
    std::lock_guard guard{mutex_};
    std::vector<std::string> result;
    for (auto& [name, x] : schemes_)
      result.push_back(name);
    return result;
  }

private:
  scheme_registry() {
    for (auto x : {&leastload_scheme(), &lru_scheme(), &plainrandom_scheme(),
                   &twobin_scheme(), &weighted_scheme()})
      schemes_.emplace(x->name(), x);
  }

  std::mutex mutex_;
  std::map<std::string, const placement_scheme*, std::less<>> schemes_;
  std::vector<std::unique_ptr<placement_scheme>> owned_;
};

} // namespace

placement_scheme::~placement_scheme() {
  // nop
}

const placement_scheme* find_scheme(std::string_view name) {
  return scheme_registry::global().find(name);
}

std::vector<std::string> scheme_names() {
  return scheme_registry::global().names();
}

std::string unknown_scheme_text(std::string_view name) {
  auto result = "there is no scheduling scheme \"" + std::string{name}
                + "\"; there are ";
  auto names = scheme_names();
  for (std::size_t i = 0; i < names.size(); ++i)
    result += (i == 0 ? "" : i + 1 < names.size() ? ", " : " and ") + names[i];
  result += "; pure is a device in the place of the scheduler";
  return result;
}

bool register_scheme(std::unique_ptr<placement_scheme> x) {
  return scheme_registry::global().add(std::move(x));
}

} // namespace troupe
