// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/hub/hub.hpp"
#include "troupe/process/connection_info.hpp"
#include "troupe/scheduling/broadcast_root.hpp"
#include "troupe/scheduling/direct_scheduler.hpp"
#include "troupe/scheduling/task_device.hpp"
#include "troupe/scheduling/task_scheduler.hpp"

#include <caf/expected.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace troupe {

struct controller_config {
  hub_config hub{};
  task_scheduler_config scheduler{};
  bridge_config bridge{.spin_time = limits::spin_time};

  /// Where the lanes listen.
  std::string control_endpoint;
  std::string tasks_endpoint;
  std::string direct_endpoint;

  direct_scheduler_config direct{};

  /// If set, there is a device (scheme `pure`) in the place of the task
  /// scheduler: clients connect to the tasks endpoint, and engines to this one.
  std::string device_endpoint{};

  /// Where the leaves of the broadcast tree listen, at most
  /// `leaves_at(max_broadcast_depth)`. None = the direct scheduler is no tree.
  std::vector<std::string> leaf_endpoints{};
};

/// Hub, schedulers and their sockets, in one actor system of their own.
/// Blocking face for the controller process; no other thread may use it.
class controller {
public:
  /// Binds the sockets and spawns the actors.
  static caf::expected<std::unique_ptr<controller>>
  start(controller_config cfg);

  /// Says goodbye to engines and clients, ends all actors, closes the sockets.
  ~controller();

  /// Real endpoints of the lanes, with ports in the place of wildcards.
  const std::string& control_endpoint() const noexcept;
  const std::string& tasks_endpoint() const noexcept;
  const std::string& direct_endpoint() const noexcept;
  const std::vector<std::string>& leaf_endpoints() const noexcept;

  /// Empty if there is no device.
  const std::string& device_endpoint() const noexcept;

  /// Asks the hub, for at most `limit`.
  caf::expected<cluster_status> status(std::chrono::milliseconds limit);

  /// Calls `f` (in a thread of the actor system) when a client asks to stop
  /// the cluster.
  void on_stop(std::function<void()> f);

private:
  struct impl;

  explicit controller(std::unique_ptr<impl> pimpl);

  std::unique_ptr<impl> pimpl_;
};

} // namespace troupe
