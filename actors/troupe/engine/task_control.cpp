// SPDX-License-Identifier: BSL-1.0
#include "troupe/engine/task_control.hpp"

#include <algorithm>

namespace troupe {

namespace {

/// How many keys of cancelled tasks are remembered, and how long after the last
/// ones came: tasks may still be under way.
constexpr auto max_revoked = std::size_t{100'000};
constexpr auto memory = std::chrono::minutes{1};

} // namespace

// The running thread stores the key and then looks whether somebody controls;
// others say that they control and then look at the key. So one of them sees
// the other.

bool task_control::revoke(std::span<const std::uint64_t> keys, bool stop) {
  std::lock_guard guard{mutex_};
  if (revoked_.size() + keys.size() > max_revoked)
    revoked_.clear();
  revoked_.insert(keys.begin(), keys.end());
  revoked_at_ = clock::now();
  busy_ = true;
  auto running = current_.load();
  if (running == 0 || std::ranges::find(keys, running) == keys.end())
    return false;
  if (stop)
    source_.request_stop();
  return true;
}

void task_control::stop(std::uint64_t key) {
  std::lock_guard guard{mutex_};
  busy_ = true;
  if (key != 0 && current_ == key)
    source_.request_stop();
}

void task_control::stop_all() {
  std::lock_guard guard{mutex_};
  source_.request_stop();
}

std::optional<task_control::deadline> task_control::running_limit() const {
  std::lock_guard guard{mutex_};
  return limit_;
}

bool task_control::begin_slowly(std::uint64_t key) {
  std::lock_guard guard{mutex_};
  return !revoked_.contains(key);
}

bool task_control::limit(clock::time_point at) {
  std::lock_guard guard{mutex_};
  limit_ = deadline{current_, at};
  busy_ = true;
  return !look_at_ || at < *look_at_;
}

void task_control::look_planned(std::optional<clock::time_point> at) {
  std::lock_guard guard{mutex_};
  look_at_ = at;
}

void task_control::end_slowly(std::uint64_t key) {
  std::lock_guard guard{mutex_};
  limit_.reset();
  revoked_.erase(key);
  if (!revoked_.empty() && clock::now() - revoked_at_ > memory)
    revoked_.clear();
  if (source_.stop_requested())
    source_ = std::stop_source{};
  busy_ = !revoked_.empty();
}

} // namespace troupe
