// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <troupe/scheduling/placement_scheme.hpp>

/// Fills the engine that has the most tasks, up to its hwm, before it gives
/// another one any: the others stay idle and may be stopped.
class fullest final : public troupe::placement_scheme {
public:
  std::string_view name() const noexcept override {
    return "fullest";
  }

  double cost(const troupe::engine_load& x) const noexcept override {
    return -static_cast<double>(x.tasks);
  }
};
