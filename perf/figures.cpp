// SPDX-License-Identifier: BSL-1.0

#include "figures.hpp"

#include "crossover_plots.hpp"
#include "harness/figure_plan.hpp"

#include <array>
#include <map>

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
                    {"idle_mb"},
                    "MB",
                    "",
                    {}});
  return result;
}

/// The rows of crossover as its plots want them, by transport.
std::vector<std::pair<std::string, crossover_curves>>
crossover_of(const std::vector<row>& rows) {
  std::vector<std::pair<std::string, crossover_curves>> result;
  auto curves_of = [&](const std::string& transport) -> crossover_curves& {
    for (auto& [name, curves] : result)
      if (name == transport)
        return curves;
    return result.emplace_back(transport, crossover_curves{}).second;
  };
  auto text = [](const row& x, std::string_view name) {
    auto content = x.find(name);
    return content != nullptr ? to_plain(*content) : std::string{};
  };
  auto count = [&](const row& x, std::string_view name) {
    auto content = x.find(name);
    auto whole = content != nullptr ? std::get_if<std::uint64_t>(content)
                                    : nullptr;
    return whole != nullptr ? static_cast<std::size_t>(*whole) : 0;
  };
  for (const auto& x : rows) {
    if (text(x, "bench") != "crossover")
      continue;
    auto& curves = curves_of(text(x, "transport"));
    if (x.find("threshold") != nullptr)
      curves.set_thresholds(text(x, "path"), count(x, "threshold_send"),
                            count(x, "threshold_total"));
    if (x.find("summary") == nullptr)
      continue;
    for (auto metric : {"msgs_per_s", "sends_per_s", "median_us"})
      if (auto value = x.find(metric))
        if (auto number = std::get_if<double>(value))
          curves.add(text(x, "path"), metric, text(x, "copy") == "always",
                     count(x, "size"), *number);
  }
  return result;
}

constexpr std::array<std::pair<std::string_view, std::string_view>, 13>
  readings{{
    {"throughput",
     "Messages per second from one socket to another. Up to about a kilobyte "
     "the cost per message decides, and batches make up for it; beyond, the "
     "bytes do, and the paths come together."},
    {"latency",
     "Whole round trips, one after the other. What the actor path adds is a "
     "fixed number of wake-ups, so it matters for small messages and vanishes "
     "in large ones."},
    {"crossover",
     "Everything copied against everything lent. Where the relative curve "
     "passes 1, lending begins to pay. pyzmq's own curves cross between 10 and "
     "15 kB for the send call and near 1 MB for throughput; C++ crosses "
     "earlier, since nothing but the allocation stands against the copy."},
    {"sends",
     "How long the owner of large arrays is busy handing them over. It should "
     "not grow with their size; IPython published 50 ms for 100 arrays of "
     "4 MB."},
    {"interference",
     "The 99th percentile of small round trips alone (filled) and while bulk "
     "data moves (hollow). One connection and one I/O thread for both lets "
     "small messages wait behind large ones; lanes of their own do not."},
    {"flood",
     "N tiny tasks at once: round trips, and the submission alone. The curves "
     "should rise while fixed costs matter and then stay flat in N. "
     "The raw device passes one task per message; the cluster passes batches."},
    {"echo",
     "Arrays sent out and back through the middle. Small arrays cost what "
     "messages cost; large ones run at the speed of the transport, twice. The "
     "time to hand them over should not grow with their size; small arrays are "
     "as many as make 64 MiB, large ones 100, so that time falls."},
    {"map",
     "Sleeps of dt, as many as keep all engines busy: 1 is ideal. Shows from "
     "which task size on the overhead is negligible; IPython needed 100 ms."},
    {"backlog",
     "Dispatches per second while many tasks wait. A flat curve says that the "
     "queue costs the same whatever its length."},
    {"broadcast",
     "One payload to each engine, an answer from each; `batch` payloads are on "
     "their way at a time. The raw twin sends it "
     "once per engine; the cluster fans out by reference."},
    {"codec",
     "Size and time of what travels, by type. Containers are encoded in one "
     "pass: IPython of 2011 encoded them twice, and took 34,086 bytes where "
     "pickle takes 2,752."},
    {"startup", "From the start of processes until each answered."},
    {"memory", "Resident memory of each role."},
  }};

} // namespace

std::vector<figure> figures_of(const std::vector<row>& rows) {
  std::vector<figure> result;
  for (const auto& plans : {socket_plans(), task_plans(), part_plans()})
    for (const auto& plan : plans)
      if (auto x = to_figure(plan, rows); !x.panels.empty())
        result.push_back(std::move(x));
  if (auto curves = crossover_of(rows); !curves.empty())
    for (auto& x : crossover_figures(curves))
      result.push_back(std::move(x));
  return result;
}

std::string_view reading_of(std::string_view bench) {
  for (const auto& [name, text] : readings)
    if (name == bench)
      return text;
  return {};
}

} // namespace troupe::perf
