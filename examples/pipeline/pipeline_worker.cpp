// SPDX-License-Identifier: BSL-1.0
#include "pipeline_worker.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

using namespace troupe;

pipeline_worker_actor::behavior_type pipeline_worker(
  pipeline_worker_actor::stateful_pointer<pipeline_worker_state> self,
  socket_actor source, socket_actor sink, pipeline_worker_config cfg) {
  self->send(source, atom::attach_v, socket_owner_actor{self});
  self->send(sink, atom::attach_v, socket_owner_actor{self});
  auto ask_for = [self, source](std::uint64_t n) {
    self->send(source, multipart{buffer::adopt(std::vector{n})});
  };
  auto& tasks = self->state.tasks;
  return {
    [self, cfg, &tasks](delivery& x) {
      if (tasks.empty())
        self->delayed_send(self, cfg.cost, caf::tick_atom_v);
      std::move(x.messages.begin(), x.messages.end(),
                std::back_inserter(tasks));
    },
    [](returned&) {
      // The source or the sink is gone; a new source gets new credit.
    },
    [cfg, ask_for, &tasks](socket_event& x) {
      if (x.what == socket_event::kind::connected)
        ask_for(cfg.credit - std::min(cfg.credit, tasks.size()));
    },
    [self, sink, cfg, ask_for, &tasks](caf::tick_atom) {
      self->send(sink, cfg.work(tasks.front()));
      tasks.pop_front();
      ask_for(1);
      if (!tasks.empty())
        self->delayed_send(self, cfg.cost, caf::tick_atom_v);
    },
  };
}
