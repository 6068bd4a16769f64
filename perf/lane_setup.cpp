// SPDX-License-Identifier: BSL-1.0

#include "lane_setup.hpp"

#include "harness/statistics.hpp"

#include <filesystem>
#include <fstream>
#include <sys/resource.h>

namespace troupe::perf {

void be_nice(const lane_setup& setup) {
  if (setup.lane != "nice")
    return;
  for (const auto& task :
       std::filesystem::directory_iterator{"/proc/self/task"}) {
    std::string name;
    std::ifstream{task.path() / "comm"} >> name;
    if (name == "ZMQbg/IO/1")
      setpriority(PRIO_PROCESS,
                  static_cast<id_t>(std::stoul(task.path().filename())), 10);
  }
}

std::vector<std::string> to_words(const lane_setup& setup) {
  return {setup.transport, setup.lane, std::to_string(setup.count),
          std::to_string(setup.size)};
}

lane_setup to_lane_setup(const std::vector<std::string>& words,
                         std::size_t first) {
  return {words.at(first), words.at(first + 1),
          std::stoull(words.at(first + 2)), std::stoull(words.at(first + 3))};
}

measurement to_interference(const std::vector<double>& idle,
                            const std::vector<double>& loaded,
                            double bulk_seconds) {
  auto idle_p99 = quantile(idle, 0.99) * 1e6;
  auto loaded_p99 = quantile(loaded, 0.99) * 1e6;
  return {
    {"idle_median_us", median(idle) * 1e6},     {"idle_p99_us", idle_p99},
    {"loaded_median_us", median(loaded) * 1e6}, {"loaded_p99_us", loaded_p99},
    {"loaded_to_idle", loaded_p99 / idle_p99},  {"bulk_s", bulk_seconds}};
}

} // namespace troupe::perf
