// SPDX-License-Identifier: BSL-1.0
#include "cli/commands.hpp"
#include "cli/help.hpp"
#include "troupe/limits.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace troupe::apps {

int execute(const help_options& x) {
  fmt::print("{}", help_text(x.topic));
  return 0;
}

int execute(const version_options& x) {
  if (x.common.json) {
    nlohmann::ordered_json line = {{"schema", "troupe.version/1"}};
    line["version"] = TROUPE_VERSION;
    line["protocol"] = limits::protocol_version;
    fmt::print("{}\n", line.dump());
  } else {
    fmt::print("troupe {}   protocol {}\n", TROUPE_VERSION,
               limits::protocol_version);
  }
  return 0;
}

} // namespace troupe::apps
