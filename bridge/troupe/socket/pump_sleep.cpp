// SPDX-License-Identifier: BSL-1.0

// The part of the pump that waits for something to do.

#include "troupe/socket/farewells.hpp"
#include "troupe/socket/socket_pump.hpp"

#include <algorithm>

namespace troupe {

using namespace std::chrono_literals;

bool socket_pump::has_work() {
  if (!own_jobs_.empty() || (stopping_ && !closing_))
    return true;
  for (auto& x : sockets_)
    if (x.socket->ready())
      return true;
  std::unique_lock guard{jobs_mutex_};
  return !jobs_.empty();
}

void socket_pump::wait() {
  if (sockets_changed_)
    collect_descriptors();
  auto polled = !has_work() && look_again();
  if (!polled) {
    auto timeout = 0;
    if (!has_work()) {
      bell_->arm();
      if (!has_work())
        timeout = timeout_ms();
    }
    polled = poll(descriptors_.data(), descriptors_.size(), timeout) > 0;
  }
  bell_->disarm(polled && descriptors_.front().revents != 0);
  wakeups_.fetch_add(1, std::memory_order_relaxed);
  note_activity(polled);
}

bool socket_pump::look_again() {
  auto polled = false;
  spinning_.look(spin_time_, [&] {
    polled = poll(descriptors_.data(), descriptors_.size(), 0) > 0;
    return polled || has_work();
  });
  return polled;
}

int socket_pump::timeout_ms() {
  auto first = killing_time_;
  for (auto& x : sockets_)
    first = std::min(first, x.socket->deadline());
  if (context_->parting().pending())
    first = std::min(first,
                     std::chrono::steady_clock::now() + farewells::pause);
  if (first == time_point::max())
    return -1;
  using std::chrono::ceil;
  auto left =
    ceil<std::chrono::milliseconds>(first - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp(left, 0ms, 60'000ms).count());
}

void socket_pump::collect_descriptors() {
  descriptors_.assign(1, {bell_->fd(), POLLIN, 0});
  for (auto& x : sockets_) {
    x.first_descriptor = descriptors_.size();
    x.socket->add_descriptors(descriptors_);
  }
  sockets_changed_ = false;
}

void socket_pump::note_activity(bool polled) {
  auto next = descriptors_.size();
  for (auto i = sockets_.rbegin(); polled && i != sockets_.rend(); ++i) {
    for (auto k = i->first_descriptor; k < next; ++k)
      if (descriptors_[k].revents != 0)
        i->socket->signal(k - i->first_descriptor);
    next = i->first_descriptor;
  }
  auto due = [now = time_point::min()](time_point deadline) mutable {
    if (deadline == time_point::max())
      return false;
    if (now == time_point::min())
      now = std::chrono::steady_clock::now();
    return deadline <= now;
  };
  for (auto& x : sockets_)
    if (due(x.socket->deadline()))
      x.socket->signal(0);
  if (due(killing_time_))
    kill_all();
}

} // namespace troupe
