// SPDX-License-Identifier: BSL-1.0

#include "workloads.hpp"

#include "broadcast.hpp"
#include "crossover.hpp"
#include "echo.hpp"
#include "flood.hpp"
#include "interference.hpp"
#include "latency.hpp"
#include "sends.hpp"
#include "startup.hpp"
#include "throughput.hpp"

namespace troupe::perf {

std::vector<workload> all_workloads() {
  return {
    broadcast_workload(),    //
    crossover_workload(),    //
    echo_workload(),         //
    flood_workload(),        //
    interference_workload(), //
    latency_workload(),      //
    sends_workload(),        //
    startup_workload(),      //
    throughput_workload(),
  };
}

} // namespace troupe::perf
