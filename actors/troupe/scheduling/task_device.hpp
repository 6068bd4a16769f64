// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/device.hpp"
#include "troupe/interfaces.hpp"

#include <memory>

namespace troupe {

/// Stands where the task scheduler would, but only tells the hub what little a
/// device knows: tasks go from clients to engines and back without it.
struct task_device_state {
  static inline const char* name = "troupe.task-device";

  std::shared_ptr<device> tasks;
};

/// Name of the scheme of a device.
inline constexpr const char* device_scheme = "pure";

/// Keeps `tasks` running as long as it lives.
scheduler_actor::behavior_type
task_device(scheduler_actor::stateful_pointer<task_device_state> self,
            std::shared_ptr<device> tasks);

} // namespace troupe
