// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::perf {

/// Makes `count` different texts of `size` bytes: text `i` begins with `i` in
/// binary, as far as it fits, and goes on with a pattern that depends on `i`.
std::vector<std::string> make_payloads(std::size_t count, std::size_t size);

/// Checks that the answers to `sent` are these texts, each once, in any order.
class answer_check {
public:
  explicit answer_check(const std::vector<std::string>& sent);

  /// Takes one answer. Returns `false` if it is wrong, or comes twice.
  bool take(std::string_view answer);

  /// Whether all answers came, and none of them was wrong.
  bool complete() const noexcept;

  std::size_t taken() const noexcept {
    return taken_;
  }

private:
  const std::vector<std::string>& sent_;
  std::vector<bool> seen_;
  std::size_t taken_ = 0;
  bool wrong_ = false;
  /// Short texts repeat: for them, only the sum of all numbers is compared.
  std::size_t expected_sum_ = 0;
  std::size_t sum_ = 0;
};

} // namespace troupe::perf
