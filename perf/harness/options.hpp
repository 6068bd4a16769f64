// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/scheduling/placement_scheme.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace troupe::perf {

class report;

/// Which implementations run.
enum class path_choice : std::uint8_t { raw, actor, both };

/// What the flags say. A workload reads the dimensions that it has and runs
/// all combinations of their values.
struct options {
  std::vector<std::size_t> engines{4};
  std::vector<std::size_t> tasks{100000};
  /// Bytes of payload.
  std::vector<std::size_t> sizes{16};
  /// Of the sockets; where the actor path is a cluster, of the raw path.
  std::vector<std::string> transports{"ipc"};
  /// Copy policies: `always`, `never`, `auto` or sizes.
  std::vector<std::string> copies{"1024"};
  /// How the cluster chooses engines.
  std::vector<std::string> schemes{"leastload"};
  /// Milliseconds that a task takes.
  std::vector<std::size_t> dts{1, 2, 4, 8, 16, 32, 64, 128};
  /// Tasks that wait while others run.
  std::vector<std::size_t> queued{1000, 10'000, 100'000, 1'000'000};
  /// Messages per send on the actor path.
  std::vector<std::size_t> batches{1, 64};
  /// Depths of the broadcast tree.
  std::vector<std::size_t> depths{0};
  /// Tasks in a chain, each after the one before.
  std::vector<std::size_t> chains{};
  /// Whether links between actors use the bridge's own framing.
  bool bridged = true;
  /// Other systems that run the same workload beside the two paths.
  std::vector<std::string> rivals{};
  /// Whether one task at a time goes through the cluster, instead of messages
  /// between sockets.
  bool one_task = false;
  /// File for all rows as CSV; empty = none.
  std::string csv_file;
  /// Folder for plots and the report; empty = none.
  std::string plot_dir;
  path_choice path = path_choice::both;
  /// Measured runs per path; 0 = as many as each workload likes, where there
  /// are several.
  unsigned repeat = 5;
  bool json = false;
  bool quick = false;
  bool no_progress = false;

  bool runs_raw() const noexcept {
    return path != path_choice::actor;
  }

  bool runs_actor() const noexcept {
    return path != path_choice::raw;
  }
};

/// A subcommand of the program.
struct workload {
  std::string name;

  /// One sentence for the help.
  std::string summary;

  /// Flags that it takes besides the common ones: some of `engines`, `tasks`,
  /// `size`, `transport`, `copy`, `scheme`, `dt`, `queued`, `batch`, `chain`,
  /// `depth`, `peers`, `peer` and `task`.
  std::vector<std::string> dimensions;

  options defaults;

  std::function<void(const options&, report&)> run;

  /// Transports that it knows.
  std::vector<std::string> transports{"ipc", "tcp"};

  /// What `--quick` changes in the defaults.
  std::function<void(options&)> hurry = [](options&) {};

  /// Schemes that it knows.
  std::vector<std::string> schemes = scheme_names();

  /// Other systems that it can run, if they are installed.
  std::vector<std::string> rivals{};
};

/// What the command line asks for.
struct selection {
  /// Null: print nothing and end with `exit_status`.
  const workload* what = nullptr;
  options with{};
  int exit_status = 0;
};

/// Reads the command line. Prints help and errors itself.
selection parse_command_line(int argc, const char* const* argv,
                             std::span<const workload> workloads);

} // namespace troupe::perf
