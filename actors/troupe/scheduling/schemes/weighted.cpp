// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/schemes/schemes.hpp"

namespace troupe {

namespace {

class weighted final : public placement_scheme {
public:
  std::string_view name() const noexcept override {
    return "weighted";
  }

  unsigned draws() const noexcept override {
    return 2;
  }

  double weight(const engine_load& x) const noexcept override {
    return 1 / (1e-6 + x.tasks); // an idle engine counts a million
  }

  double cost(const engine_load& x) const noexcept override {
    return x.tasks;
  }
};

} // namespace

const placement_scheme& weighted_scheme() {
  static const weighted instance;
  return instance;
}

} // namespace troupe
