// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/buffer.hpp"
#include "troupe/ids.hpp"
#include "troupe/protocol/read.hpp"

#include <caf/expected.hpp>

#include <algorithm>
#include <cstdint>
#include <vector>

/// Messages about tasks that are under way.
namespace troupe {

/// How to cancel tasks. Each mode does what the one before does, and more.
enum class cancel_mode : std::uint8_t {
  /// Tasks that did not begin end as cancelled.
  dequeue,
  /// Those that run are asked to stop, see `this_task::stop_requested`.
  stop,
  /// Those that run end with the process of their engine, which is started
  /// again.
  kill,
};

/// Set in the number of a call of a named engine wherever it may stand beside
/// that of a task: in task ids, `Cancel`, `WhyQuery` and `Why`. Both are
/// numbered on their own.
inline constexpr auto direct_number = task_number{1} << 63;

/// Whether a number belongs to a call of a named engine.
constexpr bool is_direct(task_number x) noexcept {
  return (x & direct_number) != 0;
}

/// Tasks whose numbers follow each other.
struct task_range {
  task_number first = 0;
  std::uint64_t count = 0;

  bool contains(task_number x) const noexcept {
    return x >= first && x - first < count;
  }
};

struct cancel_request {
  std::uint64_t request = 0;
  cancel_mode mode{};
  /// Of tasks, or of calls of named engines, but not of both.
  std::vector<task_range> ranges;

  bool names(task_number x) const noexcept {
    return std::ranges::any_of(ranges, [x](const task_range& y) {
      return y.contains(x);
    });
  }
};

/// What became of the tasks of a request. All others had ended.
struct cancel_counts {
  /// They waited, and ended as cancelled.
  std::uint64_t dequeued = 0;
  /// They are with an engine, which was told to leave them out if they did not
  /// begin, and else, unless the mode was `dequeue`, to ask them to stop.
  std::uint64_t asked = 0;
  /// They are with an engine, whose process ends if they began.
  std::uint64_t killed = 0;
};

/// How a key of the direct scheduler stands beside those of the task scheduler,
/// and back.
constexpr std::uint64_t direct_key(std::uint64_t key) noexcept {
  return ~key;
}

/// Dispatched tasks of one engine that are cancelled.
struct revocation {
  cancel_mode mode{};
  /// Those of the direct scheduler as `direct_key`.
  std::vector<std::uint64_t> keys;
};

/// Whose task it is, and its number. What users see: `3/17`, and `3/d17` for a
/// call of a named engine.
struct task_id {
  client_id client{};
  task_number number = 0;

  friend bool operator==(const task_id&, const task_id&) = default;
};

std::string to_string(const task_id& x);

/// Reads what `to_string` wrote. Fails with `ec::bad_config` and a sentence.
caf::expected<task_id> parse_task_id(std::string_view text);

/// Why a task does not run, or how many do not for the same reason.
///
/// Of calls of named engines, `engine` is always known, and
///  * `Dispatched`: `more` calls are there before it, the first one of them, or
///    itself, for `detail` milliseconds,
///  * `Busy`, `EnginesAway`: `detail` calls of that engine go before it,
///  * `Dependencies`: it ended, and is reported together with `more` others.
struct wait_report {
  wire::WaitReason reason{};
  /// The task, or the oldest one of them.
  task_id task;
  std::uint64_t count = 1;
  /// See `wire::WaitReason`.
  std::uint64_t detail = 0;
  std::uint32_t more = 0;
  engine_id engine = no_engine;
  unsigned attempts = 0;
};

struct wait_reports {
  std::vector<wait_report> reports;
};

/// Says a report in words, without the task.
std::string to_string(const wait_report& x);

struct why_query {
  std::uint64_t request = 0;
  /// Number 0 = all tasks, counted by reason.
  task_id task;
};

buffer pack_cancel(const cancel_request& x);
buffer pack_cancelled(std::uint64_t request, const cancel_counts& x);
buffer pack_revoke(const revocation& x);
buffer pack_leave();
buffer pack_why_query(const why_query& x);
buffer pack_why(std::uint64_t request, const std::vector<wait_report>& xs);

/// Read messages. Fail if they are too long or make no sense.
caf::expected<cancel_request> read_cancel(const wire::Cancel& x);
cancel_counts read_cancelled(const wire::Cancelled& x);
caf::expected<revocation> read_revoke(const wire::Revoke& x);
why_query read_why_query(const wire::WhyQuery& x);
caf::expected<std::vector<wait_report>> read_why(const wire::Why& x);

} // namespace troupe
