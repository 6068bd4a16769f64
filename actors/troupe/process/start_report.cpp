// SPDX-License-Identifier: BSL-1.0
#include "troupe/process/start_report.hpp"

#include "troupe/write_all.hpp"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <unistd.h>

namespace troupe {

namespace {

void send_report(int report, const nlohmann::json& x) {
  using nlohmann::json;
  write_all(report,
            x.dump(-1, ' ', false, json::error_handler_t::replace) + "\n");
  ::close(report);
}

} // namespace

void report_start(int report, const connection_info& info, std::size_t engines,
                  double seconds) {
  if (report < 0)
    return;
  send_report(report, {{"ok", true},
                       {"connection", nlohmann::json::parse(to_json(info))},
                       {"engines", engines},
                       {"seconds", seconds}});
}

void report_start(int report, const start_failure& x) {
  if (report < 0) {
    auto text = "troupe: " + x.message + "\n";
    for (auto& line : x.lines)
      text += "  | " + line + "\n";
    if (!x.hint.empty())
      text += "  hint: " + x.hint + "\n";
    std::fputs(text.c_str(), stderr);
    return;
  }
  send_report(report, {{"ok", false},
                       {"exit", x.exit},
                       {"message", x.message},
                       {"hint", x.hint},
                       {"stderr", x.lines}});
}

} // namespace troupe
