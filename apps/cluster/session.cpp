// SPDX-License-Identifier: BSL-1.0
#include "cluster/session.hpp"

#include "cli/command_error.hpp"
#include "troupe/error.hpp"
#include "troupe/process/runtime_dir.hpp"

#include <chrono>
#include <cstdlib>

namespace troupe::apps {

namespace {

constexpr auto longest = std::chrono::hours{24 * 365};

command_error no_cluster(const std::string& what) {
  return {exit_code::no_cluster, "no_cluster", what,
          "start one with  troupe start"};
}

} // namespace

std::optional<connection_info> enclosing_cluster() {
  auto json = std::getenv(connection_variable);
  if (json == nullptr || *json == '\0')
    return std::nullopt;
  auto info = parse_connection_info(json);
  if (!info)
    throw usage_error(std::string{connection_variable} + ": "
                      + describe(info.error()));
  return std::move(*info);
}

connection_info find_cluster(const common_options& x) {
  if (x.cluster.empty()) {
    if (auto info = enclosing_cluster())
      return std::move(*info);
    if (auto all = runtime_dir::running(); all.size() > 1) {
      std::string names;
      for (auto& info : all)
        names += (names.empty() ? "" : ", ") + info.name;
      throw usage_error("several clusters run: " + names,
                        "choose one with -c NAME");
    }
  }
  auto info = runtime_dir::find(x.cluster);
  if (!info)
    throw no_cluster(describe(info.error()));
  return std::move(*info);
}

client connect(const connection_info& info, const common_options& x) {
  client_config cfg;
  cfg.connect_limit = x.timeout.count() > 0 ? x.timeout : longest;
  return client{info, cfg};
}

} // namespace troupe::apps
