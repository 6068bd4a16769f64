// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/client/task_group.hpp"
#include "troupe/multipart.hpp"
#include "troupe/protocol/pack.hpp"
#include "troupe/protocol/read.hpp"

#include <caf/error.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace troupe {

/// Calls on their way to the cluster, and where their outcomes go.
struct queued_calls {
  task_group_ptr group;
  encoded_calls calls;
};

/// The client's side of the conversation about tasks: numbers them, sends as
/// much as the scheduler's credit allows, in order, and hands each outcome to
/// its group exactly once. Knows neither actors nor clocks.
class client_session {
public:
  // -- events -----------------------------------------------------------------

  /// Numbers and queues calls. Those that no message can carry fail at once.
  void submit(queued_calls x);

  /// Sets the number under which the hub knows us.
  void client(client_id id) noexcept {
    client_ = id;
  }

  /// What is left to the scheduler of a cancel.
  struct cancelling {
    /// Ended here, because it was not sent.
    std::uint64_t dequeued = 0;
    /// Tasks that were sent, some of which may have ended.
    task_range sent;
  };

  /// Ends the tasks from `first` on, `count` of them, of a group as far as they
  /// were not sent.
  cancelling cancel(const task_group& group, std::size_t first,
                    std::size_t count);

  /// Whether a task waits here, because the credit does not allow to send it.
  bool holds_back(task_number number);

  /// Replaces the credit.
  void credit(std::uint32_t tasks, std::uint64_t bytes) noexcept;

  /// Makes at most `max_messages` `Submit`s of what waits and may be sent.
  std::vector<multipart> take_submits(std::size_t max_messages);

  /// Hands out the outcomes of a `Results`. Outcomes of tasks that are not in
  /// flight are dropped and counted. Fails if the message is broken.
  caf::error results(const message_view& message);

  /// Ends the tasks of a `Submit` that could not be sent.
  void returned(multipart message, const std::string& sentence);

  /// Ends all tasks in flight, because the scheduler has forgotten them. What
  /// was not sent yet stays queued until there is credit again.
  void fail_in_flight(const std::string& sentence);

  /// Ends all tasks.
  void fail_all(const std::string& sentence);

  // -- properties -------------------------------------------------------------

  /// Tasks sent and not reported, and the bytes of their arguments.
  std::size_t in_flight() const noexcept {
    return in_flight_;
  }

  std::uint64_t bytes_in_flight() const noexcept {
    return bytes_in_flight_;
  }

  /// Groups that are not complete.
  std::size_t groups() const noexcept {
    return batches_.size();
  }

  /// Outcomes dropped because nobody waited for them.
  std::uint64_t dropped() const noexcept {
    return dropped_;
  }

private:
  /// The calls of one submission: numbers from `first` on.
  struct batch {
    task_number first;
    task_group_ptr group;
    encoded_calls calls;
    /// Calls before this one were sent.
    std::size_t sent = 0;
    /// Calls that are not reported.
    std::size_t open = 0;
    /// Bytes that each call takes of the credit; `ended` once it is reported.
    std::vector<std::uint64_t> costs;
    /// What the calls refer to, if they demand something.
    std::vector<std::uint64_t> references;
  };

  using batch_map = std::map<task_number, batch>;

  /// Outcomes for one group, to be handed over together.
  struct run {
    batch_map::iterator target;
    std::vector<std::pair<std::size_t, task_outcome>> outcomes;
  };

  static constexpr auto ended = static_cast<std::uint64_t>(-1);

  bool affordable(std::uint64_t cost) const noexcept;
  bool fill(batch& x, task_batch_builder& out, std::size_t max_messages,
            std::vector<multipart>& messages);
  void fail_oversized(batch_map::iterator i);
  batch_map::iterator find(task_number number);

  /// Returns the index of the task if it is in flight, and takes it out.
  bool settle(batch_map::iterator i, std::size_t index);
  void settle(task_number number, task_outcome&& outcome, run& current);
  void flush(run& current);
  void erase_if_complete(batch_map::iterator i);

  batch_map batches_;
  /// The first batch that is not sent completely.
  batch_map::iterator unsent_ = batches_.end();
  /// The batch of the last outcome.
  batch_map::iterator recent_ = batches_.end();
  task_number next_ = 1;
  client_id client_{};
  std::uint32_t credit_tasks_ = 0;
  std::uint64_t credit_bytes_ = 0;
  std::size_t in_flight_ = 0;
  std::uint64_t bytes_in_flight_ = 0;
  std::uint64_t dropped_ = 0;
  std::vector<std::pair<std::size_t, task_outcome>> outcomes_;
};

} // namespace troupe
