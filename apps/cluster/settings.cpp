// SPDX-License-Identifier: BSL-1.0
#include "cluster/settings.hpp"

#include "cli/command_error.hpp"
#include "cluster/programs.hpp"
#include "troupe/copy_policy.hpp"
#include "troupe/error.hpp"
#include "troupe/process/runtime_dir.hpp"
#include "troupe/scheduling/placement_scheme.hpp"

#include <algorithm>
#include <thread>

namespace troupe::apps {

cluster_settings checked(cluster_settings x) {
  if (!runtime_dir::valid_name(x.name))
    throw usage_error("\"" + x.name.substr(0, 80)
                        + "\" is no name for a cluster",
                      "use 1 to 64 letters, digits, '.', '_' or '-'");
  if (auto policy = copy_policy::parse(x.copy_threshold); !policy)
    throw usage_error("--copy-threshold: " + describe(policy.error()),
                      "use always, never or a size such as 1024, 64k, 1M");
  if (!x.program.empty())
    x.program = find_program(x.program);
  if (!x.program.empty() && !x.load.empty())
    throw usage_error("--load is for engines of this program, --program for "
                      "those of another: give one of them");
  x.load = check_libraries(x.load);
  if (find_scheme(x.scheme) == nullptr) // libraries may bring schemes
    throw usage_error(unknown_scheme_text(x.scheme),
                      "those of your own come with --load LIB.so");
  return x;
}

cluster_options to_cluster_options(const cluster_settings& x) {
  cluster_options result;
  result.engines = x.engines;
  result.scheme = x.scheme;
  result.hwm = x.hwm;
  result.copy_threshold = x.copy_threshold;
  result.engine_timeout = x.wait;
  result.program = x.program;
  if (x.program.empty()) {
    result.program = own_program();
    result.arguments = engine_arguments(x.load);
  }
  return result;
}

controller_process_config to_controller_config(const cluster_settings& x) {
  controller_process_config result;
  result.name = x.name;
  result.listen = x.listen;
  result.port = x.port;
  result.curve_off = x.curve_off;
  result.engines = x.engines;
  result.start_limit = x.wait;
  result.engine.program = x.program;
  if (x.program.empty()) {
    result.engine.program = own_program();
    result.engine.arguments = engine_arguments(x.load);
  }
  result.scheduler.scheme = find_scheme(x.scheme);
  result.scheduler.hwm = x.hwm;
  result.bridge.copy = *copy_policy::parse(x.copy_threshold);
  return result;
}

std::vector<std::string>
engine_arguments(const std::vector<std::string>& libraries) {
  std::vector<std::string> result{"engine"};
  for (const auto& path : libraries)
    result.insert(result.end(), {"--load", path});
  return result;
}

unsigned default_engines() {
  return std::max(1u, std::thread::hardware_concurrency());
}

} // namespace troupe::apps
