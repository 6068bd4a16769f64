// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/schemes/schemes.hpp"

namespace troupe {

namespace {

class lru final : public placement_scheme {
public:
  std::string_view name() const noexcept override {
    return "lru";
  }
};

} // namespace

const placement_scheme& lru_scheme() {
  static const lru instance;
  return instance;
}

} // namespace troupe
