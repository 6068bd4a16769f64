// SPDX-License-Identifier: BSL-1.0
#include "cli/command_error.hpp"
#include "cli/commands.hpp"
#include "cluster/session.hpp"
#include "troupe/error.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace troupe::apps {

namespace {

nlohmann::ordered_json to_json(const wait_report& x) {
  return {{"task", to_string(x.task)},
          {"reason", wire::EnumNameWaitReason(x.reason)},
          {"count", x.count},
          {"text", to_string(x)},
          {"attempts", x.attempts}};
}

std::string to_text(const wait_report& x, bool one) {
  if (one)
    return fmt::format("task {} {}\n", to_string(x.task), to_string(x));
  if (x.count == 1)
    return fmt::format("1 task: {} {}\n", to_string(x.task), to_string(x));
  return fmt::format("{} tasks, such as {}, which {}\n", x.count,
                     to_string(x.task), to_string(x));
}

} // namespace

int execute(const why_options& x) {
  task_id task;
  if (!x.task.empty()) {
    auto id = parse_task_id(x.task);
    if (!id)
      throw usage_error(describe(id.error()), "errors and results name tasks");
    task = *id;
  }
  auto session = connect(find_cluster(x.common), x.common);
  auto limit = x.common.timeout.count() > 0 ? duration{x.common.timeout}
                                            : forever;
  auto reports = session.core()->why(task, limit);
  if (x.common.json) {
    auto rows = nlohmann::ordered_json::array();
    for (auto& y : reports)
      rows.push_back(to_json(y));
    nlohmann::ordered_json line = {{"schema", "troupe.why/1"}};
    line["rows"] = std::move(rows);
    fmt::print("{}\n", line.dump());
    return 0;
  }
  for (auto& y : reports)
    fmt::print("{}", to_text(y, !x.task.empty()));
  if (reports.empty() && !x.common.quiet)
    fmt::print(stderr, "no task waits or runs\n");
  return 0;
}

} // namespace troupe::apps
