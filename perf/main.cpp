// SPDX-License-Identifier: BSL-1.0

#include "actor_interference.hpp"
#include "actor_latency.hpp"
#include "actor_throughput.hpp"
#include "all.hpp"
#include "commit.hpp"
#include "compare_command.hpp"
#include "harness/options.hpp"
#include "harness/partner.hpp"
#include "harness/provenance.hpp"
#include "lanes_interference.hpp"
#include "nats_flood.hpp"
#include "raw_device.hpp"
#include "raw_interference.hpp"
#include "raw_latency.hpp"
#include "raw_sleepers.hpp"
#include "raw_throughput.hpp"
#include "report_files.hpp"
#include "run_workload.hpp"
#include "task_clients.hpp"
#include "troupe/troupe.hpp"
#include "workloads.hpp"

#include <array>
#include <string_view>

/// Measures the cluster's own path against raw ZeroMQ. This program is also
/// its own engine and controller, and the processes of the raw path.
int main(int argc, char** argv) {
  using namespace troupe::perf;
  if (auto status = play_raw_role(argc, argv))
    return *status;
  const std::array roles{actor_client_role(), actor_lanes_role(),
                         actor_push_role(),   actor_reply_role(),
                         nats_worker_role(),  raw_client_role(),
                         raw_lanes_role(),    raw_push_role(),
                         raw_reply_role(),    raw_sleep_role(),
                         lanes_peer_role()};
  if (auto status = play_role(argc, argv, roles))
    return *status;
  if (argc > 1 && std::string_view{argv[1]} == "compare")
    return compare_command(argc - 1, argv + 1);
  if (argc > 1 && std::string_view{argv[1]} == "report")
    return report_command(argc - 1, argv + 1);
  troupe::runtime rt{argc, argv};
  auto workloads = all_workloads();
  workloads.insert(workloads.begin(), all_of(workloads));
  auto [what, with, exit_status] = parse_command_line(argc, argv, workloads);
  if (what == nullptr)
    return exit_status;
  return run_workload(*what, with,
                      make_provenance(commit, quote_command(argc, argv)));
}
