// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/client/map_result.hpp"
#include "troupe/scheduling/partition.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace troupe {

/// Arrays of several engines as one array, now or later. Each engine has its
/// own status. A cheap handle. Thread-safe.
/// @tparam R array or vector of numbers
template <class R>
class gathered {
public:
  using value_type = typename R::value_type;

  /// @param how the way in which the array was divided
  explicit gathered(map_result<R> parts,
                    partition_type how = partition_type::block)
    : parts_(std::move(parts)), how_(how) {
    // nop
  }

  /// Number of engines.
  std::size_t size() const noexcept {
    return parts_.size();
  }

  /// Waits for all parts and puts them together. Throws the `error` of the
  /// first engine that failed; the other parts stay to be had.
  std::vector<value_type> get(duration limit = forever) const {
    auto parts = parts_.get(limit);
    std::vector<value_type> result;
    std::size_t total = 0, longest = 0;
    for (auto& x : parts) {
      total += x.size();
      longest = std::max(longest, x.size());
    }
    result.reserve(total);
    if (how_ == partition_type::block)
      for (auto& x : parts)
        result.insert(result.end(), x.begin(), x.end());
    else
      for (std::size_t i = 0; i < longest; ++i)
        for (auto& x : parts)
          if (i < x.size())
            result.push_back(x[i]);
    return result;
  }

  /// Waits for the part of engine number `k`. Throws its `error`.
  R part(std::size_t k, duration limit = forever) const {
    return parts_.get(k, limit);
  }

  /// The parts, with the error of each that failed.
  const map_result<R>& parts() const noexcept {
    return parts_;
  }

  /// The error of engine number `k`, none if it is pending or well.
  std::optional<error> error_of(std::size_t k) const {
    return parts_.error_of(k);
  }

  /// Waits until all engines have answered, or are lost.
  bool wait(duration limit = forever) const {
    return parts_.wait(limit);
  }

private:
  map_result<R> parts_;
  partition_type how_;
};

} // namespace troupe
