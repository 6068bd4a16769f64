// SPDX-License-Identifier: BSL-1.0
#include "map/command_template.hpp"

#include "map/quoting.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace troupe::apps {

namespace {

constexpr auto places = std::array<std::string_view, 6>{"{}",   "{.}",  "{/}",
                                                        "{//}", "{/.}", "{#}"};

std::string_view without_directory(std::string_view x) {
  return x.substr(x.rfind('/') + 1); // npos + 1 == 0
}

/// Removes what `\.[^/.]+$` matches.
std::string_view without_extension(std::string_view x) {
  auto dot = x.find_last_of("/.");
  if (dot == x.npos || x[dot] == '/' || dot + 1 == x.size())
    return x;
  return x.substr(0, dot);
}

/// As dirname(1).
std::string_view directory(std::string_view x) {
  auto trim = [&x] {
    while (x.size() > 1 && x.back() == '/')
      x.remove_suffix(1);
  };
  trim();
  auto slash = x.rfind('/');
  if (slash == x.npos)
    return ".";
  x = x.substr(0, std::max(slash, std::size_t{1}));
  trim();
  return x;
}

std::string replaced(std::string_view place, std::string_view input,
                     std::size_t number) {
  if (place == "{#}")
    return std::to_string(number);
  if (place == "{.}")
    return std::string{without_extension(input)};
  if (place == "{/}")
    return std::string{without_directory(input)};
  if (place == "{//}")
    return std::string{directory(input)};
  if (place == "{/.}")
    return std::string{without_extension(without_directory(input))};
  return std::string{input};
}

/// Returns the place that `text` begins with, if any.
std::string_view leading_place(std::string_view text) {
  for (auto place : places)
    if (text.starts_with(place))
      return place;
  return {};
}

bool has_place(std::string_view word) {
  return std::any_of(places.begin(), places.end(),
                     [=](auto place) { return word.find(place) != word.npos; });
}

} // namespace

command_template::command_template(std::vector<std::string> words)
  : words_(std::move(words)),
    shell_(words_.size() == 1 && needs_shell(words_.front())) {
  if (std::any_of(words_.begin(), words_.end(), has_place))
    return;
  if (shell_)
    words_.front() += " {}";
  else
    words_.push_back("{}");
}

std::vector<std::string> command_template::expand(std::string_view input,
                                                  std::size_t number) const {
  std::vector<std::string> result;
  if (shell_)
    result = {"/bin/sh", "-c"};
  for (const auto& word : words_)
    result.push_back(expand_word(word, input, number));
  return result;
}

std::string command_template::expand_word(std::string_view word,
                                          std::string_view input,
                                          std::size_t number) const {
  std::string result;
  while (!word.empty()) {
    auto brace = std::min(word.find('{'), word.size());
    result += word.substr(0, brace);
    word.remove_prefix(brace);
    if (auto place = leading_place(word); !place.empty()) {
      auto text = replaced(place, input, number);
      result += shell_ ? shell_quote(text) : text;
      word.remove_prefix(place.size());
    } else if (!word.empty()) {
      result += word.front();
      word.remove_prefix(1);
    }
  }
  return result;
}

} // namespace troupe::apps
