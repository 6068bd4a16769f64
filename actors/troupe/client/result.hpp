// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/client/client_core.hpp"
#include "troupe/client/task_group.hpp"
#include "troupe/client/task_options.hpp"
#include "troupe/codec/codec.hpp"

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace troupe {

/// Where and how long a task ran.
struct task_info {
  task_id id{};
  engine_id engine = no_engine;
  unsigned attempts = 0;
  duration run_time{};
  std::chrono::system_clock::time_point started{};
};

namespace detail {

/// How long a session may take to see a call.
inline constexpr duration id_limit = std::chrono::seconds{5};

[[noreturn]] void throw_not_done(const task_group& group);
[[noreturn]] void throw_unreadable(const task_group& group);

/// Waits for outcome `index` and decodes it. Throws `error`.
template <class T>
T take(const task_group& group, std::size_t index, duration limit) {
  if (!group.wait(index, limit))
    throw_not_done(group);
  const auto& outcome = group.at(index);
  if (outcome.state != task_outcome::status::ok)
    throw group.error_of(index);
  if constexpr (!std::is_void_v<T>) {
    decoder in{outcome.bytes.bytes(), outcome.frames, &outcome.bytes};
    auto result = codec<T>::decode(in);
    if (!in.finished())
      throw_unreadable(group);
    return result;
  }
}

task_info info_of(const task_group& group, std::size_t index);

/// What a client gets for a function's result: what owns its bytes. A view
/// that an engine may return would dangle here.
template <class T>
struct owned_result {
  using type = T;
};

template <>
struct owned_result<std::string_view> {
  using type = std::string;
};

template <class T>
struct owned_result<std::span<const T>> {
  using type = array<T>;
};

template <class T>
using owned_result_t = typename owned_result<T>::type;

} // namespace detail

/// The result of one task, now or later. A cheap handle; dropping it does not
/// cancel the task. Thread-safe.
template <class T>
class async_result {
public:
  async_result(client_core_ptr core, task_group_ptr group)
    : core_(std::move(core)), group_(std::move(group)) {
    // nop
  }

  /// Waits and returns the result. Throws `error` if the task failed, was
  /// lost with its cluster, or `limit` is over.
  T get(duration limit = forever) const {
    return detail::take<T>(*group_, 0, limit);
  }

  /// For tasks that depend on this one.
  operator task_ref() const {
    return {core_.get(), group_};
  }

  /// Waits until the task ended, well or not. Returns `false` if `limit` is
  /// over.
  bool wait(duration limit = forever) const {
    return group_->wait(0, limit);
  }

  bool ready() const {
    return group_->ready(0);
  }

  /// Whether the task ended well.
  bool successful() const {
    return ready() && group_->failed() == 0;
  }

  /// Where and how long the task ran. It must have ended.
  task_info info() const {
    return detail::info_of(*group_, 0);
  }

  /// What people call the task, as `troupe why` takes it. Waits for the session
  /// to see the call, for a few microseconds; number 0 if it never did.
  task_id id() const {
    return group_->wait_id(0, detail::id_limit);
  }

  /// Cancels the task. Returns at once; may be repeated, also with another
  /// mode.
  cancellation cancel(cancel_mode mode = cancel_mode::stop) const {
    return core_->cancel(group_, 0, 1, mode);
  }

private:
  client_core_ptr core_;
  task_group_ptr group_;
};

} // namespace troupe
