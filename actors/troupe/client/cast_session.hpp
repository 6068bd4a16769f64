// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/client/client_session.hpp"
#include "troupe/protocol/cast_batch.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace troupe {

/// The client's side of the conversation about calls of named engines: as
/// `client_session`, but a call has a result per engine, with numbers that
/// follow each other, and its bytes are free when the last one is there.
class cast_session {
public:
  // -- events -----------------------------------------------------------------

  /// Numbers and queues calls. Those that no message can carry fail at once.
  /// Outcome `n * fan + k` is that of call `n` on its engine `k`.
  /// @pre `x.calls.cast` is not null and names engines
  void submit(queued_calls x);

  /// Replaces the credit.
  void credit(std::uint32_t results, std::uint64_t bytes) noexcept;

  /// Makes at most `max_messages` `Cast`s of what waits and may be sent.
  std::vector<multipart> take_casts(std::size_t max_messages);

  /// Hands out the outcomes of a `Results`. Those that are not in flight are
  /// dropped and counted. Fails if the message is broken.
  caf::error results(const message_view& message);

  /// Ends the calls of a `Cast` that could not be sent.
  void returned(multipart message, const std::string& sentence);

  /// Ends all calls in flight, because the scheduler has forgotten them.
  void fail_in_flight(const std::string& sentence);

  /// Ends all calls.
  void fail_all(const std::string& sentence);

  // -- properties -------------------------------------------------------------

  /// Results to come of calls that were sent, and the bytes of these calls.
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
  /// A call: how many of its results are to come, and what it takes of the
  /// credit in bytes.
  struct call {
    std::size_t open;
    std::uint64_t cost;
  };

  /// The calls of one submission: results have numbers from `first` on.
  struct batch {
    task_number first;
    task_group_ptr group;
    encoded_calls encoded;
    std::size_t fan;
    std::vector<call> calls;
    /// Per result: whether it was there.
    std::vector<bool> ended;
    /// Calls before this one were sent.
    std::size_t sent = 0;
    /// Results to come, sent or not.
    std::size_t open = 0;
  };

  using batch_map = std::map<task_number, batch>;

  /// Outcomes for one group, to be handed over together.
  struct run {
    batch_map::iterator target;
    std::vector<std::pair<std::size_t, task_outcome>> outcomes{};
  };

  bool affordable(const batch& x, std::size_t n) const noexcept;
  bool fill(batch& x, cast_batch_builder& out, std::size_t max_messages,
            std::vector<multipart>& messages);
  void add(batch& x, std::size_t n, cast_batch_builder& out);
  void fail_oversized(batch_map::iterator i);
  batch_map::iterator find(task_number number);

  /// Takes a result out of flight. Returns whether it was there.
  bool settle(batch& x, std::size_t index);
  void settle(task_number number, task_outcome&& outcome, run& current);
  void flush(run& current);

  batch_map batches_;
  /// The first batch that is not sent completely.
  batch_map::iterator unsent_ = batches_.end();
  task_number next_ = 1;
  std::uint32_t credit_results_ = 0;
  std::uint64_t credit_bytes_ = 0;
  std::size_t in_flight_ = 0;
  std::uint64_t bytes_in_flight_ = 0;
  std::uint64_t dropped_ = 0;
};

} // namespace troupe
