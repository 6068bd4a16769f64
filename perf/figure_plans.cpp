// SPDX-License-Identifier: BSL-1.0

#include "figure_plans.hpp"

#include <iterator>
#include <string>
#include <utility>

namespace troupe::perf {

namespace {

curve published(std::string title,
                std::vector<std::pair<double, double>> points,
                unsigned hue = 2) {
  curve result;
  result.title = std::move(title);
  result.points = std::move(points);
  result.hue = hue;
  result.only_points = true;
  return result;
}

/// Figures of workloads over sockets.
std::vector<figure_plan> socket_plans() {
  std::vector<figure_plan> result;
  result.push_back({"throughput",
                    "throughput",
                    "PUSH to PULL",
                    "size",
                    "message size (bytes)",
                    {"msgs_per_s"},
                    "messages / s",
                    "transport",
                    {"copy", "batch", "peers"}});
  result.push_back({"latency",
                    "latency",
                    "Round trip, median and p99",
                    "size",
                    "message size (bytes)",
                    {"median_us", "p99_us"},
                    "microseconds",
                    "transport",
                    {"copy", "handlers"}});
  result.back().without = "task";
  result.push_back({"latency",
                    "latency-task",
                    "One task through the cluster, median and p99",
                    "size",
                    "argument size (bytes)",
                    {"median_us", "p99_us"},
                    "microseconds",
                    "engines",
                    {"transport"}});
  result.back().with = "task";
  result.push_back({"sends",
                    "sends",
                    "100 arrays handed over at once",
                    "size",
                    "array size (bytes)",
                    {"submit_ms"},
                    "milliseconds",
                    "transport",
                    {"tasks", "batch"}});
  result.back().published = {
    published("IPython, 100 arrays of 4 MB", {{4e6, 50}})};
  result.push_back({"interference",
                    "interference",
                    "Small round trips while a gigabyte moves",
                    "lane",
                    "how the two share a process",
                    {"idle_p99_us", "loaded_p99_us"},
                    "p99 (microseconds)",
                    "transport",
                    {"size"}});
  return result;
}

/// Figures of workloads that send tasks through a cluster.
std::vector<figure_plan> task_plans() {
  std::vector<figure_plan> result;
  result.push_back({"flood",
                    "flood",
                    "Flood of tiny tasks",
                    "tasks",
                    "tasks",
                    {"roundtrip_per_s"},
                    "round trips / s",
                    "engines",
                    {"scheme", "size", "transport"}});
  result.back().without = "chain";
  result.back().levels = {{800, "ipyparallel, Python scheduler"},
                          {1500, "ipyparallel, pure device"}};
  result.push_back({"flood",
                    "flood-sent",
                    "Flood of tiny tasks: submission alone",
                    "tasks",
                    "tasks",
                    {"sent_per_s"},
                    "tasks sent / s",
                    "engines",
                    {"scheme", "size", "transport"}});
  result.back().without = "chain";
  result.back().levels = {{4000, "ipyparallel"}};
  result.push_back({"echo",
                    "echo-throughput",
                    "Arrays echoed",
                    "size",
                    "array size (bytes)",
                    {"roundtrip_mb_per_s"},
                    "MB / s",
                    "engines",
                    {}});
  result.back().published = {
    published("IPython, 10 Gbit/s at 50 kB", {{50e3, 1250}}),
    published("IPython over SSH, 1 Gbit/s at 10 kB", {{10e3, 125}}, 3)};
  result.push_back({"echo",
                    "echo-submit",
                    "Arrays handed over",
                    "size",
                    "array size (bytes)",
                    {"submit_ms"},
                    "milliseconds",
                    "engines",
                    {}});
  result.back().published = {
    published("IPython, 100 arrays of 4 MB", {{4e6, 50}})};
  result.push_back({"map",
                    "map",
                    "Map of sleeps: efficiency",
                    "dt_ms",
                    "time per task (milliseconds)",
                    {"efficiency"},
                    "ideal / actual",
                    "engines",
                    {"scheme"}});
  result.back().x_from = 0.7;
  result.back().x_to = 180;
  result.back().linear = true;
  result.back().marks = {{1, "IPython: too small"},
                         {100, "IPython: overhead negligible"}};
  result.push_back({"backlog",
                    "backlog",
                    "Dispatch rate with a long queue",
                    "queued",
                    "tasks queued",
                    {"rate_per_s"},
                    "tasks / s",
                    "engines",
                    {"part"}});
  result.push_back({"broadcast",
                    "broadcast",
                    "One payload to all engines",
                    "engines",
                    "engines",
                    {"engine_msgs_per_s"},
                    "engine messages / s",
                    "size",
                    {"transport", "batch"}});
  return result;
}

/// Figures of parts and processes.
std::vector<figure_plan> part_plans() {
  std::vector<figure_plan> result;
  result.push_back({"codec",
                    "codec-bytes",
                    "Bytes on the wire",
                    "type",
                    "type",
                    {"bytes"},
                    "bytes",
                    "",
                    {}});
  result.back().levels = {{2752, "pickle, list(range(1000))"},
                          {34086, "IPython 2011, the same list"}};
  result.push_back({"codec",
                    "codec-time",
                    "Time to encode and decode",
                    "type",
                    "type",
                    {"encode_ns", "decode_ns"},
                    "nanoseconds",
                    "",
                    {}});
  result.push_back({"startup",
                    "startup",
                    "From start to answers",
                    "engines",
                    "engines",
                    {"ready_ms", "first_result_ms"},
                    "milliseconds",
                    "",
                    {"transport"}});
  result.push_back({"memory",
                    "memory",
                    "Resident memory",
                    "role",
                    "role",
                    {"idle_mb", "after_mb"},
                    "MB",
                    "",
                    {}});
  return result;
}

} // namespace

std::vector<figure_plan> all_figure_plans() {
  std::vector<figure_plan> result;
  for (auto plans : {socket_plans(), task_plans(), part_plans()})
    std::move(plans.begin(), plans.end(), std::back_inserter(result));
  return result;
}

} // namespace troupe::perf
