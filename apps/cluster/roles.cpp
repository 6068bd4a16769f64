// SPDX-License-Identifier: BSL-1.0
#include "cli/command_error.hpp"
#include "cli/commands.hpp"
#include "cluster/programs.hpp"
#include "cluster/session.hpp"
#include "cluster/settings.hpp"
#include "cluster/state_dir.hpp"
#include "troupe/engine/engine_process.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <unistd.h>

namespace troupe::apps {

int execute(const controller_options& x) {
  if (x.daemon)
    setsid();
  auto logger = spdlog::stderr_logger_mt("troupe");
  logger->flush_on(spdlog::level::info);
  auto cfg = to_controller_config(checked(x.settings));
  cfg.report = x.report_fd;
  if (x.daemon)
    cfg.log_dir = state_dir(x.settings.name);
  return run_controller(cfg);
}

int execute(const engine_options& x) {
  for (const auto& path : x.load)
    load_library(path);
  return run_engine(find_cluster(x.common), x.name,
                    read_means(x.tags, x.slots));
}

} // namespace troupe::apps
