// SPDX-License-Identifier: BSL-1.0

#include "workloads.hpp"

#include "backlog.hpp"
#include "broadcast.hpp"
#include "codec.hpp"
#include "crossover.hpp"
#include "echo.hpp"
#include "flood.hpp"
#include "interference.hpp"
#include "latency.hpp"
#include "map.hpp"
#include "memory.hpp"
#include "sends.hpp"
#include "startup.hpp"
#include "throughput.hpp"

namespace troupe::perf {

std::vector<workload> all_workloads() {
  return {
    backlog_workload(),      //
    broadcast_workload(),    //
    codec_workload(),        //
    crossover_workload(),    //
    echo_workload(),         //
    flood_workload(),        //
    interference_workload(), //
    latency_workload(),      //
    map_workload(),          //
    memory_workload(),       //
    sends_workload(),        //
    startup_workload(),      //
    throughput_workload(),
  };
}

} // namespace troupe::perf
