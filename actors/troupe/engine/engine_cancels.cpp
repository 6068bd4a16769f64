// SPDX-License-Identifier: BSL-1.0
#include "troupe/engine/engine_cancels.hpp"

#include "troupe/engine/device_frames.hpp"
#include "troupe/protocol/control.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace troupe {

namespace {

/// How long results have before the goodbye, which takes another way.
constexpr auto goodbye_delay = std::chrono::milliseconds{10};

/// Returns what had no room, and `more` behind it.
std::vector<multipart> with_unsent(std::vector<multipart>& unsent,
                                   std::vector<multipart> more) {
  auto result = std::exchange(unsent, {});
  std::ranges::move(more, std::back_inserter(result));
  return result;
}

/// Ends the process with the task that it runs, unless that ended by now. The
/// nanny starts another one.
void end_with_task(engine_pointer self, std::uint64_t key,
                   wire::Outcome outcome, const failure& why) {
  auto& state = self->state;
  if (state.killed || !state.runner->abandon(key, outcome, why))
    return;
  state.killed = true;
  auto [messages, direct, look_again] = state.runner->take_results();
  auto leave = std::vector<buffer>{pack_leave()};
  if (state.device)
    add_addresses(messages);
  else
    messages.emplace_back(leave);
  direct.emplace_back(std::move(leave));
  messages = with_unsent(state.unsent, std::move(messages));
  direct = with_unsent(state.unsent_direct, std::move(direct));
  if (!messages.empty())
    self->send(state.tasks, outgoing{std::move(messages)});
  send_direct(self, outgoing{std::move(direct)});
  self->delayed_send(self, goodbye_delay, atom::stop_v);
}

} // namespace

void revoke(engine_pointer self, const wire::Revoke& message) {
  auto& state = self->state;
  auto what = read_revoke(message);
  if (!what) {
    ++state.dropped;
    return;
  }
  auto& control = state.runner->control();
  auto hit = control.revoke(what->keys, what->mode != cancel_mode::dequeue);
  auto running = control.current(); // it may be another one by now
  if (hit && what->mode == cancel_mode::kill
      && std::ranges::find(what->keys, running) != what->keys.end())
    end_with_task(self, running, wire::Outcome::Aborted,
                  {"cancelled", "its engine's process was ended with it"});
}

void look_at_limit(engine_pointer self) {
  auto& state = self->state;
  auto& control = state.runner->control();
  auto limit = control.running_limit();
  if (!limit)
    return;
  if (std::exchange(state.limited_task, limit->key) != limit->key)
    state.asked_to_stop = false;
  auto now = std::chrono::steady_clock::now();
  auto due = limit->at
             + (state.asked_to_stop ? state.stop_grace
                                    : std::chrono::milliseconds{0});
  if (now >= due && !std::exchange(state.asked_to_stop, true)) {
    control.stop(limit->key);
    due += state.stop_grace;
  } else if (now >= due) {
    return end_with_task(self, limit->key, wire::Outcome::Timeout,
                         {"run_limit", "it ran longer than its limit, and did "
                                       "not stop when it was asked to"});
  }
  if (state.look_at && *state.look_at > now && *state.look_at <= due)
    return; // a look is planned, and plans the next one
  state.look_at = due;
  control.look_planned(due);
  self->delayed_send(self, due - now, atom::revoke_v);
}

} // namespace troupe
