// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/plot.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace troupe::perf {

/// What was measured over one transport: by path, metric and size, with copies
/// and without.
class crossover_curves {
public:
  struct point {
    double copied = 0;
    double lent = 0;
  };

  using point_map = std::map<std::size_t, point>;

  struct thresholds {
    std::size_t send = 0;
    std::size_t total = 0;
  };

  void add(const std::string& path, const std::string& metric, bool copied,
           std::size_t size, double value);

  /// By size. Empty if nothing was measured.
  const point_map& points(const std::string& path,
                          const std::string& metric) const;

  void set_thresholds(const std::string& path, std::size_t send,
                      std::size_t total);

  const std::map<std::string, thresholds>& found() const noexcept {
    return found_;
  }

private:
  std::map<std::pair<std::string, std::string>, point_map> points_;
  std::map<std::string, thresholds> found_;
};

/// Returns the plots of throughput, relative throughput, sends, relative sends,
/// latency and relative latency, a panel per transport.
std::vector<figure> crossover_figures(
  const std::vector<std::pair<std::string, crossover_curves>>& transports);

} // namespace troupe::perf
