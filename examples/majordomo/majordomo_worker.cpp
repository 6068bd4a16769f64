// SPDX-License-Identifier: BSL-1.0
#include "majordomo_worker.hpp"

#include <troupe/text_frames.hpp>

#include <utility>

using namespace troupe;

majordomo_worker_actor::behavior_type majordomo_worker(
  majordomo_worker_actor::stateful_pointer<majordomo_worker_state> self,
  socket_actor socket, majordomo_worker_config cfg) {
  self->send(socket, atom::attach_v, socket_owner_actor{self});
  self->send(self, caf::tick_atom_v);
  return {
    [=](delivery& x) {
      outgoing answers;
      for (auto& job : x.messages) {
        auto payload = std::span{job.frames.data(), job.frames.size()};
        auto answer = cfg.work(payload.subspan(1));
        answer.insert(answer.begin(),
                      {buffer::copy_of("done"), payload.front()});
        answers.messages.emplace_back(std::move(answer));
      }
      self->send(socket, std::move(answers));
    },
    [](returned&) {},
    [=](socket_event& x) {
      if (x.what == socket_event::kind::full)
        self->state.waits = true;
      if (x.what == socket_event::kind::drained)
        self->state.waits = false;
    },
    [=](caf::tick_atom) {
      if (!self->state.waits) // old signs of life are worth nothing
        self->send(socket, multipart{text_frames({"alive", cfg.service})});
      self->delayed_send(self, cfg.interval, caf::tick_atom_v);
    },
  };
}
