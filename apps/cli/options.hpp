// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// What a command line asks for. One struct per command.
namespace troupe::apps {

struct common_options {
  /// Name of a cluster, from the flag or from `TROUPE_CLUSTER`.
  std::string cluster{};
  bool json = false;
  bool quiet = false;
  bool verbose = false;

  /// How long to wait for answers; 0 = for ever.
  std::chrono::milliseconds timeout{10000};
};

struct help_options {
  /// A command, or empty.
  std::string topic;
};

struct version_options {
  common_options common{};
};

struct map_options {
  common_options common{};

  /// Program and arguments, or one word for a shell; empty with a task.
  std::vector<std::string> command{};

  /// Name of a registered function.
  std::string task{};

  /// Libraries for the engines of a temporary cluster.
  std::vector<std::string> load{};

  /// Inputs of the command line; none: from the file, else from stdin.
  std::vector<std::string> inputs{};
  bool has_inputs = false;
  std::string file{};
  bool null_separated = false;
  std::string column_separator{};

  /// Engines of a temporary cluster; 0 = one per processor.
  unsigned engines = 0;
  bool bar = false;
  unsigned retries = 0;
  unsigned attempts = 3;
  int priority = 0;

  /// What its engine has to have, as text.
  std::string tags{};
  std::string needs{};

  /// Longest time until an input is handed out; 0 = no limit.
  std::chrono::milliseconds queue_limit{0};
};

/// How to start a cluster; `start`, `run` and `controller` share it.
struct cluster_settings {
  std::string name = "default";
  unsigned engines = 0;

  /// Tags and slots of these engines, as text.
  std::string tags{};
  std::string slots{};

  /// Further engines, such as `2:gpu-node,gpu=1`.
  std::vector<std::string> groups{};
  std::string program{};
  std::vector<std::string> load{};
  std::string scheme = "leastload";
  std::uint32_t hwm = 0;

  /// Depth of the tree of broadcast schedulers; 0 = none.
  unsigned broadcast_depth = 0;
  std::string copy_threshold = "1024";
  std::string listen = "ipc";
  std::uint16_t port = 0;
  bool curve_off = false;
  std::chrono::milliseconds wait{30000};

  friend bool operator==(const cluster_settings&,
                         const cluster_settings&) = default;
};

/// Returns the flags that `parse` reads as `x`.
std::vector<std::string> to_flags(const cluster_settings& x);

struct start_options {
  common_options common{};
  cluster_settings settings{};
  bool foreground = false;
};

struct controller_options {
  common_options common{};
  cluster_settings settings{};

  /// Leaves the terminal, for `start`.
  bool daemon = false;

  /// Where to report how the start went.
  int report_fd = -1;
};

struct engine_options {
  common_options common{};
  std::string name{};
  std::string tags{};
  std::string slots{};
  std::vector<std::string> load{};
};

struct run_options {
  common_options common{};
  cluster_settings settings{};
  std::vector<std::string> command{};
};

struct stop_options {
  common_options common{};
  std::vector<std::string> names{};
  bool all = false;
  std::chrono::milliseconds grace{5000};
};

struct status_options {
  common_options common{};
};

struct why_options {
  common_options common{};

  /// A task such as `3/17`, or empty.
  std::string task{};
};

struct list_options {
  common_options common{};
};

using command_options =
  std::variant<help_options, version_options, map_options, run_options,
               start_options, stop_options, status_options, why_options,
               list_options, controller_options, engine_options>;

/// Reads a command line without the program's name. Throws `command_error`.
command_options parse(std::vector<std::string> args);

/// Whether a command line wants JSON, also if it makes no sense otherwise.
bool wants_json(const std::vector<std::string>& args);

/// Reads a duration such as `500ms`, `10s`, `2m`, `1h` or a number of seconds.
/// Throws `command_error`.
std::chrono::milliseconds parse_duration(std::string_view text);

} // namespace troupe::apps
