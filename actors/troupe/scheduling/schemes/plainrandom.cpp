// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/schemes/schemes.hpp"

namespace troupe {

namespace {

class plainrandom final : public placement_scheme {
public:
  std::string_view name() const noexcept override {
    return "plainrandom";
  }

  unsigned draws() const noexcept override {
    return 1;
  }
};

} // namespace

const placement_scheme& plainrandom_scheme() {
  static const plainrandom instance;
  return instance;
}

} // namespace troupe
