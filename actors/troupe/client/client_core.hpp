// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/client/cancellation.hpp"
#include "troupe/client/device_watch.hpp"
#include "troupe/client/task_group.hpp"
#include "troupe/process/connection_info.hpp"
#include "troupe/protocol/pack.hpp"
#include "troupe/socket_spec.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace troupe {

struct client_config {
  /// How long to greet a controller that does not answer.
  std::chrono::milliseconds connect_limit{10000};

  /// Clusters with a device (scheme `pure`): when tasks count as lost.
  device_limits device{};
};

/// The blocking, thread-safe face of a client: an actor system, the bridge and
/// the client actor. Views and results share it; the last one ends it.
class client_core {
public:
  /// Connects and waits until the hub welcomed us and told the engines.
  /// Throws `error` with `no_cluster`, `timed_out` or `version_mismatch`.
  static std::shared_ptr<client_core> connect(const connection_info& info,
                                              client_config cfg = {});

  /// Says goodbye. Takes at most about a second. Tasks that are pending end as
  /// `no_cluster`.
  ~client_core();

  client_core(const client_core&) = delete;
  client_core& operator=(const client_core&) = delete;

  /// Submits calls whose outcomes go to `group`, `calls.calls[i]` to outcome
  /// `i`. Returns at once; never throws for what the cluster does.
  void submit(task_group_ptr group, encoded_calls calls);

  /// Cancels tasks of a group, `count` of them from `first` on. Returns at
  /// once. Throws `usage` if there are none. What was sent to a device cannot
  /// be cancelled: the answer is `usage` then.
  cancellation cancel(task_group_ptr group, std::size_t first,
                      std::size_t count, cancel_mode mode);

  /// Asks why a task does not run, or, for number 0, how many tasks of all
  /// clients wait for what. Throws `timed_out`, `no_cluster`, or `usage` if
  /// that is with a device. Calls of named engines never are.
  std::vector<wait_report> why(const task_id& task, duration limit);

  /// What the hub told last about engines and functions.
  status_message last_status() const;

  /// Asks the hub now. Throws `timed_out` or `no_cluster`.
  status_message status(duration limit);

  /// Waits until at least `count` engines are ready. Throws `timed_out` or
  /// `no_cluster`.
  void wait_for_engines(std::size_t count, duration limit);

  /// Asks the hub to stop the cluster.
  void shutdown_cluster();

  /// Frames and bytes that this session copied, lent and received. All zero
  /// if the bridge does not answer within a second.
  socket_counters counters() const;

  const connection_info& info() const noexcept;

private:
  struct impl;

  explicit client_core(std::unique_ptr<impl> pimpl);

  void throw_if_ended() const;

  std::unique_ptr<impl> pimpl_;
};

using client_core_ptr = std::shared_ptr<client_core>;

} // namespace troupe
