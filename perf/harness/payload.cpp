// SPDX-License-Identifier: BSL-1.0

#include "harness/payload.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace troupe::perf {

namespace {

/// The number at the head of a payload, cut to what fits.
std::uint64_t number_of(std::string_view text) {
  std::uint64_t result = 0;
  std::memcpy(&result, text.data(), std::min(text.size(), sizeof(result)));
  return result;
}

bool numbered(std::string_view text) {
  return text.size() >= sizeof(std::uint64_t);
}

} // namespace

std::vector<std::string> make_payloads(std::size_t count, std::size_t size) {
  std::vector<std::string> result;
  result.reserve(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    std::string text(size, static_cast<char>('a' + i % 26));
    std::memcpy(text.data(), &i, std::min(size, sizeof(i)));
    result.push_back(std::move(text));
  }
  return result;
}

answer_check::answer_check(const std::vector<std::string>& sent)
  : sent_(sent), seen_(sent.size()) {
  for (const auto& text : sent)
    expected_sum_ += number_of(text);
}

bool answer_check::take(std::string_view answer) {
  ++taken_;
  auto number = number_of(answer);
  sum_ += number;
  auto right = taken_ <= sent_.size();
  if (right && numbered(answer)) {
    right = number < sent_.size() && !seen_[number] && answer == sent_[number];
    if (right)
      seen_[number] = true;
  } else if (right) {
    right = answer.size() == sent_.front().size();
  }
  wrong_ = wrong_ || !right;
  return right;
}

bool answer_check::complete() const noexcept {
  return !wrong_ && taken_ == sent_.size() && sum_ == expected_sum_;
}

} // namespace troupe::perf
