// SPDX-License-Identifier: BSL-1.0
#include "pipeline.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

using namespace troupe;

bool pipeline_source_state::add(std::vector<multipart> tasks) {
  if (tasks.size() > max_tasks - std::min(max_tasks, tasks_.size()))
    return false;
  std::move(tasks.begin(), tasks.end(), std::back_inserter(tasks_));
  return true;
}

void pipeline_source_state::grant(const routing_id& worker, std::uint64_t n) {
  auto known = credit_.contains(worker);
  if (n == 0 || (!known && credit_.size() >= max_workers))
    return;
  auto& credit = credit_[worker];
  credit += std::min(n, max_tasks - credit);
}

void pipeline_source_state::give_back(multipart task) {
  credit_.erase(task.peer);
  tasks_.push_front(std::move(task));
}

std::vector<multipart> pipeline_source_state::next() {
  std::vector<multipart> result;
  while (!tasks_.empty() && !credit_.empty()) {
    for (auto i = credit_.begin(); i != credit_.end() && !tasks_.empty();) {
      tasks_.front().peer = i->first;
      result.push_back(std::move(tasks_.front()));
      tasks_.pop_front();
      i = --i->second == 0 ? credit_.erase(i) : std::next(i);
    }
  }
  return result;
}

pipeline_source_actor::behavior_type pipeline_source(
  pipeline_source_actor::stateful_pointer<pipeline_source_state> self,
  socket_actor socket) {
  self->send(socket, atom::attach_v, socket_owner_actor{self});
  auto hand_out = [self, socket] {
    if (auto tasks = self->state.next(); !tasks.empty())
      self->send(socket, outgoing{std::move(tasks)});
  };
  return {
    [self, hand_out](delivery& x) {
      for (auto& request : x.messages)
        if (auto n = request.frames.front().as<std::uint64_t>(); n.size() == 1)
          self->state.grant(request.peer, n.front());
      hand_out();
    },
    [self, hand_out](returned& x) {
      self->state.give_back(std::move(x.message));
      hand_out();
    },
    [](socket_event&) {},
    [self, hand_out](outgoing& x) -> caf::result<void> {
      if (!self->state.add(std::move(x.messages)))
        return make_error(ec::limit_reached, "too many tasks wait already");
      hand_out();
      return caf::unit;
    },
  };
}
