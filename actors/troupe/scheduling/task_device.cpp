// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/task_device.hpp"

#include <utility>

namespace troupe {

scheduler_actor::behavior_type
task_device(scheduler_actor::stateful_pointer<task_device_state> self,
            std::shared_ptr<device> tasks) {
  self->state.tasks = std::move(tasks);
  return {
    [](atom::admit, const engine_joined&) {
      // nop
    },
    [](atom::admit, client_id, std::uint64_t) {
      // nop
    },
    [](atom::lost, engine_id) {
      // Its clients learn it from the hub.
    },
    [](atom::lost, client_id) {
      // nop
    },
    [](atom::cancel, client_id, const cancel_request&) {
      return cancel_counts{}; // our clients do not ask
    },
    [](atom::why, const why_query&) { return wait_reports{}; },
    [self](atom::status) {
      scheduler_status result;
      result.scheme = device_scheme;
      result.dropped = self->state.tasks->counters().dropped;
      return result;
    },
    [](delivery&) {
      // nop
    },
    [](returned&) {
      // nop
    },
    [](const socket_event&) {
      // nop
    },
    [](atom::attach, const loss_listener_actor&) {
      // nop
    },
    [](atom::tick) {
      // nop
    },
    [](const cast_orders&) {
      // nop
    },
  };
}

} // namespace troupe
