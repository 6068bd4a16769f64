// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace demo {

/// Seconds since some start.
class stopwatch {
public:
  double seconds() const {
    auto elapsed = std::chrono::steady_clock::now() - start_;
    return std::chrono::duration<double>(elapsed).count();
  }

private:
  std::chrono::steady_clock::time_point start_ =
    std::chrono::steady_clock::now();
};

/// Prints what was measured, line by line, and remembers what went wrong.
class report {
public:
  /// Prints the line of one part of the demo.
  void line(const std::string& text);

  /// Prints a line below it.
  void detail(const std::string& text);

  /// Counts a check; a failed one is printed at once.
  void check(bool passed, const std::string& claim);

  bool all_passed() const noexcept {
    return failed_ == 0;
  }

  int checks() const noexcept {
    return checks_;
  }

  int failed() const noexcept {
    return failed_;
  }

private:
  int parts_ = 0;
  int checks_ = 0;
  int failed_ = 0;
};

/// Returns `12.3 MB`, `1.20 GB`; units are powers of 1000.
std::string bytes_text(double bytes);

/// Returns `1.31 M`, `43.1 k`.
std::string rate_text(double per_second);

/// Returns `213 us`, `4.1 ms`, `1.2 s`.
std::string time_text(double seconds);

/// Returns the smallest of `xs` that the fraction `q` of them do not exceed.
double quantile(std::vector<double> xs, double q);

} // namespace demo
