// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/options.hpp"
#include "harness/row.hpp"
#include "stream.hpp"

#include <cstddef>
#include <string>
#include <utility>

namespace troupe::perf {

/// How long the runs of a workload over two sockets are.
struct stream_limits {
  /// Messages per run, and their bytes.
  std::size_t most = 0;
  std::size_t bytes = 0;

  /// Whether messages whose bytes do not move, since they are lent within a
  /// process, are as many as small ones.
  bool lent_are_small = false;

  std::size_t count(const stream_setup& setup, std::size_t size) const {
    auto moves = setup.transport != "inproc" || setup.copy.copies(size);
    return moves || !lent_are_small ? stream_count(size, most, bytes) : most;
  }
};

/// Goes through all transports, copy policies and sizes. There is one `Stage`,
/// with the processes of both paths, for all sizes.
/// @param measure takes the stage, what rows begin with, and the job.
template <class Stage, class Measure>
void run_streams(const char* bench, const stream_limits& limits,
                 const options& with, Measure measure) {
  for (const auto& transport : with.transports)
    for (const auto& copy : with.copies) {
      stream_setup setup{transport, to_policy(copy, transport)};
      Stage on{with, setup};
      for (auto size : with.sizes) {
        row key;
        key.set("bench", bench).set("path", "");
        key.set("transport", transport).set("size", size).set("copy", copy);
        measure(on, std::move(key),
                stream_job{limits.count(setup, size), size});
      }
    }
}

} // namespace troupe::perf
