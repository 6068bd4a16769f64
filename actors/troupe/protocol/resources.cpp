// SPDX-License-Identifier: BSL-1.0
#include "troupe/protocol/resources.hpp"

#include "troupe/error.hpp"

#include <algorithm>
#include <charconv>

namespace troupe {

namespace {

constexpr std::string_view units = "KMGT";

caf::error bad(const std::string& text) {
  return troupe::make_error(ec::bad_config, text);
}

bool fine(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
         || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

bool fine(const std::string& name) {
  return !name.empty() && name.size() <= max_resource_name
         && std::ranges::all_of(name, [](char c) { return fine(c); });
}

caf::error bad_name(const std::string& name) {
  return bad("\"" + name.substr(0, max_resource_name)
             + "\" is no name of a tag or slot: use 1 to 64 letters, digits, "
               "'.', '_' or '-'");
}

template <class F>
void for_each_word(std::string_view text, F f) {
  while (!text.empty()) {
    auto end = std::min(text.find(','), text.size());
    f(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

/// Returns 0 if `text` is no amount above 0.
std::uint64_t parse_amount(std::string_view text) {
  auto shift = 0;
  if (auto unit = text.empty() ? units.npos : units.find(text.back());
      unit != units.npos) {
    shift = 10 * static_cast<int>(unit + 1);
    text.remove_suffix(1);
  }
  auto result = std::uint64_t{0};
  auto end = text.data() + text.size();
  auto [rest, code] = std::from_chars(text.data(), end, result);
  if (code != std::errc{} || rest != end || result > UINT64_MAX >> shift)
    return 0;
  return result << shift;
}

std::string amount_text(std::uint64_t x) {
  auto unit = std::size_t{0};
  while (unit < units.size() && x > 0 && x % 1024 == 0) {
    x /= 1024;
    ++unit;
  }
  auto result = std::to_string(x);
  return unit > 0 ? result + units[unit - 1] : result;
}

} // namespace

bool resources::cover(const resources& wanted) const {
  if (!std::ranges::includes(tags, wanted.tags))
    return false;
  auto have = slots.begin();
  for (auto& want : wanted.slots) {
    while (have != slots.end() && have->name < want.name)
      ++have;
    if (have == slots.end() || have->name != want.name
        || have->amount < want.amount)
      return false;
  }
  return true;
}

caf::expected<resources> tidy(resources x) {
  if (x.tags.size() + x.slots.size() > max_resources)
    return bad("more than " + std::to_string(max_resources)
               + " tags and slots");
  std::ranges::sort(x.tags);
  std::ranges::sort(x.slots);
  for (auto& tag : x.tags)
    if (!fine(tag))
      return bad_name(tag);
  for (auto& y : x.slots) {
    if (!fine(y.name))
      return bad_name(y.name);
    if (y.amount == 0)
      return bad("the amount of " + y.name + " has to be above 0");
  }
  auto same_name = [](const slot& y, const slot& z) {
    return y.name == z.name;
  };
  if (auto i = std::ranges::adjacent_find(x.tags); i != x.tags.end())
    return bad("the tag " + *i + " appears twice");
  if (auto i = std::ranges::adjacent_find(x.slots, same_name);
      i != x.slots.end())
    return bad("the slot " + i->name + " appears twice");
  return x;
}

caf::expected<resources> parse_resources(std::string_view tags,
                                         std::string_view slots) {
  resources result;
  for_each_word(tags, [&](std::string_view x) { result.tags.emplace_back(x); });
  std::string problem;
  for_each_word(slots, [&](std::string_view x) {
    auto middle = std::min(x.find('='), x.size());
    auto amount = parse_amount(x.substr(std::min(middle + 1, x.size())));
    if (amount == 0 && problem.empty())
      problem = "\"" + std::string{x}
                + "\" is no slot: write a name and an amount, such as gpu=1 "
                  "or mem=4G";
    result.slots.push_back({std::string{x.substr(0, middle)}, amount});
  });
  if (!problem.empty())
    return bad(problem);
  return tidy(std::move(result));
}

std::string tags_text(const resources& x) {
  std::string result;
  for (auto& tag : x.tags)
    result += (result.empty() ? "" : ",") + tag;
  return result;
}

std::string slots_text(const resources& x) {
  std::string result;
  for (auto& y : x.slots)
    result += (result.empty() ? "" : ",") + y.name + "="
              + amount_text(y.amount);
  return result;
}

std::string to_string(const resources& x) {
  if (x.empty())
    return "nothing";
  auto result = slots_text(x);
  if (!x.tags.empty()) {
    result += result.empty() ? "the tag" : " and the tag";
    result += (x.tags.size() > 1 ? "s " : " ") + tags_text(x);
  }
  return result;
}

} // namespace troupe
