// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/client/task_group.hpp"
#include "troupe/multipart.hpp"
#include "troupe/protocol/control.hpp"
#include "troupe/protocol/pack.hpp"
#include "troupe/protocol/read.hpp"

#include <caf/error.hpp>

#include <algorithm>
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

/// A client's calls on one lane, from their submission to their last outcome:
/// numbers results, sends as much as the scheduler's credit allows, in order,
/// and hands each outcome to its group exactly once. A call has one result or,
/// if it names engines, one for each of them, with numbers that follow each
/// other; its bytes are free when the last one is there. Knows neither actors
/// nor clocks.
class call_book {
public:
  // -- events -----------------------------------------------------------------

  /// Sets the number under which the hub knows us.
  void client(client_id id) noexcept {
    client_ = id;
  }

  /// What is left to the scheduler of a cancel.
  struct cancelling {
    /// Ended here, because it was not sent.
    std::uint64_t dequeued = 0;
    /// Results for the scheduler to look at, some of which may have ended, but
    /// neither the first nor the last of a range.
    std::vector<task_range> rest{};
  };

  /// Ends the results from `first` on, `count` of them, of a group as far as
  /// their calls were not sent.
  cancelling cancel(const task_group& group, std::size_t first,
                    std::size_t count);

  /// Whether a result's call waits here, because the credit does not allow to
  /// send it.
  bool holds_back(task_number number);

  /// Replaces the credit: results to come, and bytes.
  void credit(std::uint32_t results, std::uint64_t bytes) noexcept;

  /// Hands out the outcomes of a `Results`. Those that are not in flight are
  /// dropped and counted. Fails if the message is broken.
  caf::error results(const message_view& message);

  /// Ends all calls in flight, because the scheduler has forgotten them. What
  /// was not sent yet stays queued until there is credit again.
  void fail_in_flight(const std::string& sentence);

  /// Ends the results in flight up to a number, because they do not come.
  void give_up(task_number last, task_outcome::status state,
               const failure& why);

  /// Ends all calls.
  void fail_all(const std::string& sentence);

  // -- properties -------------------------------------------------------------

  /// Whether some of these results are to come, of calls that were sent.
  bool in_flight(const std::vector<task_range>& xs);

  /// The last result of the calls that were sent.
  task_number last_sent() const noexcept {
    return last_sent_;
  }

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

protected:
  call_book() = default;

  ~call_book() = default;

  /// The calls of one submission: results have numbers from `first` on.
  struct batch {
    /// Number of results, there or not.
    std::size_t results() const noexcept {
      return costs.size() * fan;
    }

    bool has_ended(std::size_t index) const {
      return fan == 1 ? costs[index] == ended : results_ended[index];
    }

    /// Notes that a result is there, or that it will not come.
    /// @returns what its call takes of the credit, if it was the last one
    std::uint64_t end(std::size_t index);

    task_number first;
    task_group_ptr group;
    encoded_calls calls;
    /// Results per call.
    std::size_t fan;
    /// Bytes that each call takes of the credit; `ended` once that is over.
    std::vector<std::uint64_t> costs;
    /// What the calls refer to, if they demand something.
    std::vector<std::uint64_t> references;
    /// If calls have several results: how many are to come, and which ended.
    std::vector<std::uint32_t> left{};
    std::vector<bool> results_ended{};
    /// Calls before this one were sent.
    std::size_t sent = 0;
    /// Results to come, sent or not.
    std::size_t open = 0;
  };

  /// Numbers and queues calls. Those that no message can carry fail at once.
  /// @param extra bytes that each takes of the credit besides its arguments
  void add(queued_calls x, std::size_t fan, std::uint64_t extra,
           std::vector<std::uint64_t> references);

  /// Makes at most `max_messages` messages of what waits and may be sent.
  /// @param out like `cast_writer`
  template <class Writer>
  std::vector<multipart> take(std::size_t max_messages, Writer& out) {
    std::vector<multipart> result;
    while (unsent_ != batches_.end()
           && fill(unsent_->second, out, max_messages, result)) {
      unsent_->second.calls = {}; // all of it is on its way
      ++unsent_;
    }
    if (!out.empty())
      result.push_back(out.finish());
    return result;
  }

  /// Calls that were not sent.
  std::size_t waiting() const noexcept {
    return waiting_;
  }

  /// Ends results in flight that could not be sent.
  void fail(const std::vector<task_range>& xs, const std::string& sentence);

private:
  using batch_map = std::map<task_number, batch>;

  /// Outcomes for one group, to be handed over together.
  struct run {
    batch_map::iterator target;
    std::vector<std::pair<std::size_t, task_outcome>> outcomes{};
  };

  static constexpr auto ended = static_cast<std::uint64_t>(-1);

  /// Appends calls of `x` as long as there is credit and room. Returns whether
  /// all of them were taken.
  template <class Writer>
  bool fill(batch& x, Writer& out, std::size_t max_messages,
            std::vector<multipart>& messages) {
    for (; x.sent < x.costs.size(); ++x.sent, --waiting_) {
      auto cost = x.costs[x.sent];
      if (cost == ended)
        continue; // too large, or cancelled
      if (!affordable(x.fan, cost))
        return false;
      auto& call = x.calls.calls[x.sent];
      if (!out.takes(call.size, call.frames, cost - call.size)) {
        messages.push_back(out.finish());
        if (messages.size() >= max_messages)
          return false;
      }
      auto frames = std::span{x.calls.frames}.subspan(call.first_frame,
                                                      call.frames);
      auto bytes = std::span{x.calls.arena}.subspan(call.offset, call.size);
      out.add(x, x.first + x.sent * x.fan, bytes, frames);
      std::ranges::fill(frames, buffer{});
      in_flight_ += x.fan;
      bytes_in_flight_ += cost;
      last_sent_ = x.first + (x.sent + 1) * x.fan - 1;
    }
    return true;
  }

  bool affordable(std::size_t fan, std::uint64_t cost) const noexcept;
  void fail_oversized(batch_map::iterator i);
  batch_map::iterator find(task_number number);

  /// Takes a result out of flight. Returns whether it was there.
  bool settle(batch& x, std::size_t index);
  void settle(task_number number, task_outcome&& outcome, run& current);
  void flush(run& current);

  batch_map batches_;
  /// The first batch that is not sent completely.
  batch_map::iterator unsent_ = batches_.end();
  /// The batch of the last outcome.
  batch_map::iterator recent_ = batches_.end();
  std::size_t waiting_ = 0;
  task_number next_ = 1;
  task_number last_sent_ = 0;
  client_id client_{};
  std::uint32_t credit_results_ = 0;
  std::uint64_t credit_bytes_ = 0;
  std::size_t in_flight_ = 0;
  std::uint64_t bytes_in_flight_ = 0;
  std::uint64_t dropped_ = 0;
  std::vector<std::pair<std::size_t, task_outcome>> outcomes_;
};

} // namespace troupe
