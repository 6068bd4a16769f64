// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/schemes/schemes.hpp"

namespace troupe {

namespace {

class twobin final : public placement_scheme {
public:
  std::string_view name() const noexcept override {
    return "twobin";
  }

  unsigned draws() const noexcept override {
    return 2;
  }

  double cost(const engine_load& x) const noexcept override {
    return static_cast<double>(x.turn);
  }
};

} // namespace

const placement_scheme& twobin_scheme() {
  static const twobin instance;
  return instance;
}

} // namespace troupe
