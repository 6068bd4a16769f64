// SPDX-License-Identifier: BSL-1.0
#include "cli/command_error.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace troupe::apps {

command_error::command_error(exit_code status, std::string code,
                             const std::string& what, std::string hint)
  : std::runtime_error(what),
    status(static_cast<int>(status)),
    code(std::move(code)),
    hint(std::move(hint)) {
  // nop
}

command_error::command_error(const error& x)
  : std::runtime_error(x.what()),
    status(exit_status(x.code)),
    code(to_string(x.code)),
    hint(x.hint) {
  // nop
}

command_error usage_error(const std::string& what, std::string hint) {
  return {exit_code::usage, "usage", what, std::move(hint)};
}

std::string to_text(const command_error& x, bool json) {
  if (json) {
    nlohmann::ordered_json body;
    body["code"] = x.code;
    body["exit"] = x.status;
    body["message"] = x.what();
    body["hint"] = x.hint;
    nlohmann::ordered_json result;
    result["error"] = std::move(body);
    constexpr auto replace = nlohmann::ordered_json::error_handler_t::replace;
    return result.dump(-1, ' ', false, replace) + '\n';
  }
  std::string result = x.what();
  result += '\n';
  if (!x.hint.empty())
    result += "  " + x.hint + '\n';
  return result;
}

} // namespace troupe::apps
