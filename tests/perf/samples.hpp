// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <ostream>
#include <string>
#include <vector>

namespace troupe::test {

/// A subcommand in its shortest form, and what it has to print.
struct sample {
  /// The subcommand, then a flag for each dimension that it has.
  std::string command;

  /// Keys of all rows, besides `bench`, `path` and `repeat`.
  std::vector<std::string> keys;

  /// Summaries per path.
  std::size_t raw = 0;
  std::size_t actor = 0;
  std::size_t ratios = 0;

  std::string bench() const {
    return command.substr(0, command.find(' '));
  }
};

inline std::ostream& operator<<(std::ostream& out, const sample& x) {
  return out << x.command;
}

/// All subcommands. Together, they use each flag.
inline const std::vector<sample> samples{
  {"throughput --size 32,100k --transport tcp,ipc,inproc --copy 1024 "
   "--batch 1,16 --peers bridged",
   {"transport", "size", "copy", "sends_per_s", "msgs_per_s", "mb_per_s"},
   6,
   12,
   12},
  {"latency --size 32,100k --transport tcp,ipc,inproc --copy 1024",
   {"transport", "size", "median_us", "p99_us"},
   6,
   12,
   12},
  {"latency --task --engines 1 --size 16,100k --transport tcp",
   {"transport", "size", "engines", "task", "median_us", "p99_us"},
   2,
   2,
   2},
  {"crossover --size 100,10000,1000000 --transport ipc",
   {"transport"},
   12,
   12,
   12},
  {"sends --tasks 20 --size 1M --transport tcp,ipc,inproc --batch 1,20",
   {"transport", "size", "tasks", "submit_ms", "released"},
   3,
   6,
   6},
  {"flood --engines 1,2 --tasks 500 --size 16 --transport ipc "
   "--scheme pure,leastload,lru --batch 1,500 --chain 100",
   {"engines", "tasks", "size", "scheme", "sent_per_s", "roundtrip_per_s"},
   2,
   22,
   22},
  {"echo --engines 2 --tasks 20 --size 8,10000 --transport tcp",
   {"engines", "size", "tasks", "submit_ms", "roundtrip_mb_per_s"},
   2,
   2,
   2},
  {"map --engines 2 --dt 1,5 --tasks 6",
   {"engines", "dt_ms", "tasks", "efficiency", "sent_ms"},
   2,
   2,
   2},
  {"interference --size 1M --transport ipc",
   {"transport", "size", "lane", "idle_p99_us", "loaded_p99_us",
    "loaded_to_idle", "bulk_s"},
   3,
   4, // lanes have no raw twin
   3},
  {"broadcast --engines 1,3 --size 0,10000 --transport ipc --batch 1,16",
   {"engines", "size", "batch", "engine_msgs_per_s"},
   8,
   8,
   8},
  {"backlog --engines 2 --queued 250,1000 --size 16",
   {"part", "engines", "queued", "rate_per_s"},
   4,
   4,
   4},
  {"codec", {"type", "bytes", "encode_ns", "decode_ns"}, 9, 9, 9},
  {"startup --engines 2 --transport ipc",
   {"engines", "ready_ms", "first_result_ms"},
   1,
   1,
   1},
  {"memory --engines 2 --queued 40000 --tasks 40000 --size 16",
   {"role", "engines", "queued", "idle_mb", "after_mb"},
   3,
   3,
   3},
};

} // namespace troupe::test
