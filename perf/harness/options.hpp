// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
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
  /// Messages per send on the actor path.
  std::vector<std::size_t> batches{1, 64};
  /// Whether links between actors use the bridge's own framing.
  bool bridged = true;
  /// Folder for plots; empty = none.
  std::string plot_dir;
  path_choice path = path_choice::both;
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

  /// Flags that it takes besides the common ones, such as `engines`.
  std::vector<std::string> dimensions;

  options defaults;

  std::function<void(const options&, report&)> run;

  /// Transports that it knows.
  std::vector<std::string> transports{"ipc", "tcp"};

  /// What `--quick` changes in the defaults.
  std::function<void(options&)> hurry = [](options&) {};
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

/// Reads `100`, `64k`, `4M` or `1G`; units are powers of 1024.
std::optional<std::size_t> parse_size(std::string_view text);

/// Reads a comma-separated list of sizes.
std::optional<std::vector<std::size_t>> parse_sizes(std::string_view text);

} // namespace troupe::perf
