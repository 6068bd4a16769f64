// SPDX-License-Identifier: BSL-1.0
#include "majordomo.hpp"

#include <troupe/request_envelope.hpp>
#include <troupe/text_frames.hpp>

#include <utility>

using namespace troupe;

namespace {

using broker_pointer = majordomo_actor::stateful_pointer<broker>;

frame_list frames_of(buffer first, std::span<const buffer> rest) {
  frame_list result{std::move(first)};
  result.insert(result.end(), rest.begin(), rest.end());
  return result;
}

multipart refusal(const multipart& request, std::string_view why) {
  return reply_to(request, text_frames({"refused", why}));
}

/// Takes a request of a client, or refuses it.
void take_request(broker_pointer self, const socket_actor& clients,
                  multipart& x) {
  auto payload = payload_of(x);
  if (payload.empty())
    self->send(clients, refusal(x, "the request names no service"));
  else if (!self->state.ask(std::string{payload.front().text()}, x))
    self->send(clients, refusal(x, "too many requests or services"));
}

/// Takes what a worker says, and passes its answer on to the client.
void take_report(broker_pointer self, const socket_actor& clients,
                 const multipart& x) {
  auto frames = std::span{x.frames.data(), x.frames.size()};
  if (x.frames.size() < 2)
    return;
  if (text_at(x, 0) == "alive")
    self->state.alive(x.peer, std::string{text_at(x, 1)});
  auto number = frames[1].as<std::uint64_t>();
  if (text_at(x, 0) != "done" || number.size() != 1)
    return;
  if (auto request = self->state.finish(x.peer, number.front()))
    self->send(clients, reply_to(*request, frames_of(buffer::copy_of("ok"),
                                                     frames.subspan(2))));
}

/// Sends jobs to all workers that can have one.
void assign(broker_pointer self, const socket_actor& workers) {
  outgoing jobs;
  for (auto& x : self->state.assign()) {
    auto number = buffer::adopt(std::vector{x.job});
    auto payload = payload_of(x.request).subspan(1); // without the service
    jobs.messages.emplace_back(std::move(x.worker),
                               frames_of(std::move(number), payload));
  }
  if (!jobs.messages.empty())
    self->send(workers, std::move(jobs));
}

/// Forgets a worker.
void lose(broker_pointer self, const socket_actor& clients,
          const routing_id& worker) {
  if (auto request = self->state.lose(worker))
    self->send(clients, refusal(*request, "it cost too many workers"));
}

} // namespace

majordomo_actor::behavior_type
majordomo(broker_pointer self, socket_actor clients, socket_actor workers,
          majordomo_config cfg) {
  self->state.cfg = cfg.broker;
  self->send(clients, atom::attach_v, socket_owner_actor{self});
  self->send(workers, atom::attach_v, socket_owner_actor{self});
  self->delayed_send(self, cfg.interval, caf::tick_atom_v);
  return {
    [=](delivery& x) {
      for (auto& message : x.messages)
        if (x.tag == majordomo_clients)
          take_request(self, clients, message);
        else
          take_report(self, clients, message);
      assign(self, workers);
    },
    [=](returned& x) {
      if (x.tag == majordomo_workers)
        lose(self, clients, x.message.peer);
      assign(self, workers);
    },
    [](socket_event&) {},
    [=](caf::tick_atom) {
      for (auto& worker : self->state.tick())
        lose(self, clients, worker);
      for (auto& request : self->state.forget())
        self->send(clients, refusal(request, "no worker offers this service"));
      assign(self, workers);
      self->delayed_send(self, cfg.interval, caf::tick_atom_v);
    },
  };
}
