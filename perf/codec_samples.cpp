// SPDX-License-Identifier: BSL-1.0

#include "codec_samples.hpp"

namespace troupe::perf {

namespace {

/// Sixteen characters: more than a string holds without an allocation.
std::string make_name(std::size_t i) {
  auto result = std::to_string(i);
  return std::string(16 - result.size(), '-') + result;
}

} // namespace

std::vector<std::int64_t> make_ints(std::size_t count) {
  std::vector<std::int64_t> result;
  for (std::size_t i = 0; i < count; ++i)
    result.push_back(static_cast<std::int64_t>(i));
  return result;
}

std::vector<std::string> make_strings(std::size_t count) {
  std::vector<std::string> result;
  for (std::size_t i = 0; i < count; ++i)
    result.push_back(make_name(i));
  return result;
}

pair_list make_pairs(std::size_t count) {
  pair_list result;
  for (std::size_t i = 0; i < count; ++i)
    result.emplace_back(make_name(i), static_cast<std::int64_t>(i));
  return result;
}

std::vector<particle> make_particles(std::size_t count) {
  std::vector<particle> result;
  for (std::size_t i = 0; i < count; ++i) {
    auto x = static_cast<double>(i);
    result.push_back({i, {x, 2 * x, 3 * x}, make_name(i)});
  }
  return result;
}

array<double> make_doubles(std::size_t count) {
  std::vector<double> result;
  for (std::size_t i = 0; i < count; ++i)
    result.push_back(static_cast<double>(i));
  return array<double>{std::move(result)};
}

} // namespace troupe::perf
