// SPDX-License-Identifier: BSL-1.0

#include "actor_interference.hpp"
#include "actor_latency.hpp"
#include "actor_throughput.hpp"
#include "crossover.hpp"
#include "flood.hpp"
#include "harness/options.hpp"
#include "harness/partner.hpp"
#include "harness/report.hpp"
#include "interference.hpp"
#include "latency.hpp"
#include "raw_device.hpp"
#include "raw_interference.hpp"
#include "raw_latency.hpp"
#include "raw_throughput.hpp"
#include "sends.hpp"
#include "throughput.hpp"
#include "troupe/troupe.hpp"

#include <array>
#include <cstdio>
#include <exception>
#include <unistd.h>

/// Measures the cluster's own path against raw ZeroMQ. This program is also
/// its own engine and controller, and the processes of the raw path.
int main(int argc, char** argv) {
  using namespace troupe::perf;
  if (auto status = play_raw_role(argc, argv))
    return *status;
  const std::array roles{actor_lanes_role(), actor_push_role(),
                         actor_reply_role(), raw_lanes_role(),
                         raw_push_role(),    raw_reply_role()};
  if (auto status = play_role(argc, argv, roles))
    return *status;
  troupe::runtime rt{argc, argv};
  const std::array workloads{crossover_workload(),    flood_workload(),
                             interference_workload(), latency_workload(),
                             sends_workload(),        throughput_workload()};
  auto [what, with, exit_status] = parse_command_line(argc, argv, workloads);
  if (what == nullptr)
    return exit_status;
  try {
    report out{stdout, with.json,
               !with.no_progress && isatty(STDERR_FILENO) != 0};
    what->run(with, out);
    out.finish();
  } catch (const troupe::error& err) {
    std::fprintf(stderr, "troupe-bench: %s\n%s%s", err.what(), err.hint.c_str(),
                 err.hint.empty() ? "" : "\n");
    return troupe::exit_status(err.code);
  } catch (const std::exception& err) {
    std::fprintf(stderr, "troupe-bench: %s\n", err.what());
    return 1;
  }
  return 0;
}
