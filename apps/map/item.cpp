// SPDX-License-Identifier: BSL-1.0
#include "map/item.hpp"

#include "map/quoting.hpp"
#include "troupe/process/child_process.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <string_view>

namespace troupe::apps {

namespace {

constexpr auto kept_lines = 20;

/// Returns the last lines of `text`, without the line break at its end.
std::string_view last_lines(std::string_view text, int count) {
  while (text.ends_with('\n'))
    text.remove_suffix(1);
  auto begin = text.size();
  while (count-- > 0 && begin != text.npos && begin > 0)
    begin = text.rfind('\n', begin - 1);
  return begin == text.npos || begin == 0 ? text : text.substr(begin + 1);
}

std::string reason(const item& x) {
  if (x.problem)
    return printable(x.problem->what(), 2000);
  return exit_report{.status = x.signal == 0 ? x.status : -1,
                     .signal = x.signal}
    .text();
}

nlohmann::json value_or_null(bool present, int value) {
  return present ? nlohmann::json(value) : nlohmann::json(nullptr);
}

} // namespace

std::string failure_text(const item& x) {
  auto result = fmt::format("failed: input {} (\"{}\"), {}", x.number,
                            printable(x.input), reason(x));
  if (x.engine != no_engine)
    result += fmt::format(", engine {}, {:.2f} s", value(x.engine), x.seconds);
  result += '\n';
  for (auto rest = last_lines(x.err, kept_lines); !rest.empty();) {
    auto line = rest.substr(0, rest.find('\n'));
    result += fmt::format("  | {}\n", line);
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
  }
  return result;
}

std::string to_json_line(const item& x) {
  auto ran = !x.problem;
  nlohmann::ordered_json result;
  result["input"] = x.input;
  result["index"] = x.number;
  result["stdout"] = x.out;
  result["stderr"] = x.err;
  result["status"] = value_or_null(ran && x.signal == 0, x.status);
  result["signal"] = value_or_null(ran && x.signal != 0, x.signal);
  result["engine"] = value_or_null(x.engine != no_engine,
                                   static_cast<int>(value(x.engine)));
  result["seconds"] = x.seconds;
  result["attempts"] = x.attempts;
  result["ok"] = x.ok();
  if (x.problem)
    result["error"] = {{"code", to_string(x.problem->code)},
                       {"message", x.problem->what()}};
  constexpr auto replace = nlohmann::ordered_json::error_handler_t::replace;
  return result.dump(-1, ' ', false, replace) + '\n';
}

} // namespace troupe::apps
