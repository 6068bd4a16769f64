// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/schemes/schemes.hpp"

namespace troupe {

namespace {

class leastload final : public placement_scheme {
public:
  std::string_view name() const noexcept override {
    return "leastload";
  }

  double cost(const engine_load& x) const noexcept override {
    return x.tasks;
  }
};

} // namespace

const placement_scheme& leastload_scheme() {
  static const leastload instance;
  return instance;
}

} // namespace troupe
