// SPDX-License-Identifier: BSL-1.0
#include "troupe/copy_policy.hpp"

#include "troupe/error.hpp"

#include <charconv>

namespace troupe {

namespace {

/// Returns what to multiply with, or 0 if `unit` is none.
std::size_t factor(std::string_view unit) {
  if (unit.empty())
    return 1;
  if (unit == "k" || unit == "K")
    return std::size_t{1} << 10;
  if (unit == "m" || unit == "M")
    return std::size_t{1} << 20;
  if (unit == "g" || unit == "G")
    return std::size_t{1} << 30;
  return 0;
}

} // namespace

caf::expected<copy_policy> copy_policy::parse(std::string_view text) {
  if (text == "always")
    return always();
  if (text == "never")
    return never();
  if (text == "auto")
    return automatic();
  auto size = std::size_t{0};
  auto last = text.data() + text.size();
  auto [rest, error] = std::from_chars(text.data(), last, size);
  auto unit = factor({rest, static_cast<std::size_t>(last - rest)});
  if (error != std::errc{} || unit == 0
      || size > std::numeric_limits<std::size_t>::max() / unit)
    return make_error(ec::bad_config,
                      "'" + std::string{text}
                        + "' is no copy policy: write always, never, auto, or "
                          "the largest size to copy, such as 1024, 64k or 1M");
  return copy_policy{size * unit};
}

std::string to_string(copy_policy policy) {
  if (policy == copy_policy::always())
    return "always";
  if (policy == copy_policy::never())
    return "never";
  if (policy.is_automatic())
    return "auto";
  return std::to_string(policy.threshold());
}

} // namespace troupe
