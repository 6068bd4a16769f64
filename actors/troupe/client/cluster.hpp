// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/client/client.hpp"
#include "troupe/process/connection_info.hpp"
#include "troupe/process/controller_process.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <sys/types.h>
#include <vector>

namespace troupe {

/// How to start a cluster on this machine.
struct cluster_options {
  /// Engine processes without tags and slots; 0 = one per processor, or none
  /// if there are groups.
  unsigned engines = 0;

  /// Further engines, with tags and slots.
  std::vector<engine_group> groups{};

  /// Name under which others find it; empty = a private one.
  std::string name{};

  /// How engines are picked: `leastload`, `lru`, `plainrandom`, `twobin`,
  /// `weighted`, or a `TROUPE_PLACEMENT_SCHEME` of this program; or `pure`: a
  /// ZeroMQ device in the place of the scheduler, see docs/tasks.md.
  std::string scheme{"leastload"};

  /// Most tasks outstanding per engine; 0 = adapts to measured task times.
  std::uint32_t hwm = 0;

  /// Depth of the tree of broadcast schedulers: 2^depth of them share the
  /// engines. 0 = one for all.
  unsigned broadcast_depth = 0;

  /// `always`, `never` or a size such as `64k`.
  std::string copy_threshold{"1024"};

  /// How long the engines may take to register.
  duration engine_timeout = std::chrono::seconds{30};

  /// Program that the engines run; empty = this one.
  std::string program{};

  /// Arguments of that program.
  std::vector<std::string> arguments{};
};

/// A cluster on this machine: a controller process with its engine processes.
/// Leaving the scope stops what this object started, and only that; and if
/// this process dies, however, the cluster stops by itself.
class cluster {
public:
  /// Starts a cluster and returns when all engines are ready. Inside a program
  /// that `troupe run` started it attaches to that cluster instead. Needs a
  /// `troupe::runtime` in `main`. Throws `error`.
  static cluster local(cluster_options options = {});

  cluster(cluster&&) noexcept;
  cluster& operator=(cluster&&) noexcept;

  /// Stops the cluster, if this object started it and this is still the same
  /// process. Takes at most six seconds, usually none.
  ~cluster();

  /// Opens a session.
  client connect(client_config cfg = {}) const;

  /// Stops controller and engines and waits until they are gone.
  void stop();

  const connection_info& info() const noexcept;

  /// Process id of the controller; 0 if this object did not start it.
  pid_t controller_pid() const noexcept;

private:
  struct impl;

  explicit cluster(std::unique_ptr<impl> pimpl);

  static void start(impl& self, cluster_options options);

  static connection_info
  await_start(impl& self, int fd,
              std::chrono::steady_clock::time_point deadline);

  std::unique_ptr<impl> pimpl_;
};

} // namespace troupe
