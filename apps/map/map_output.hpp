// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "map/map_run.hpp"

#include <chrono>
#include <string>

namespace troupe::apps {

struct map_output_config {
  /// One JSON object per item instead of what it wrote.
  bool json = false;

  /// Draws a bar if stderr is a terminal.
  bool bar = false;

  /// Names the failed items on stderr.
  bool failures = true;

  /// Stands before the bar.
  std::string label{};
};

/// Prints items on stdout, and what else there is to say on stderr.
class map_output : public item_sink {
public:
  explicit map_output(map_output_config cfg);

  /// Removes the bar.
  ~map_output() override;

  /// Throws `std::runtime_error` if stdout takes no more, for another reason
  /// than that nobody reads it.
  bool put(const item& x) override;

  void idle(const progress& x) override;

  /// Writes what is left. Returns `false` if nobody reads it.
  bool flush();

  /// Prints a line such as `200 inputs, 20 failed, 0.52 s, 384/s` on stderr.
  void print_summary(const map_summary& x);

private:
  void print_error(const std::string& text);
  void clear_bar();

  map_output_config cfg_;
  bool cut_ = false;
  bool drawn_ = false;
  std::string unwritten_;
  std::chrono::steady_clock::time_point drawn_at_{};
};

} // namespace troupe::apps
