// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/client/call_book.hpp"
#include "troupe/client/cancellation.hpp"
#include "troupe/client/error.hpp"
#include "troupe/protocol/pack.hpp"

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace troupe {

/// What the threads of a user and the client actor share: calls go to the
/// actor, news of the cluster come back.
class client_board {
public:
  using clock = task_group::clock;

  /// How the session ended.
  struct ending {
    errc code{};
    /// What happened, for people. Empty while the session goes on.
    std::string sentence;
  };

  // -- for users --------------------------------------------------------------

  /// Queues calls, or fails them if the session has ended. Returns whether the
  /// actor must be told, because nothing was queued before.
  bool submit(queued_calls x);

  /// Queue wishes, or answer that the session has ended. The actor must be
  /// told.
  void wish(cancel_wish x);
  void wish(why_wish x);

  status_message last_status() const;

  /// Number of times that the hub told its status.
  std::uint64_t news() const;

  ending end() const;

  /// Waits until `done` returns `true` for the last status and `news`, or the
  /// session ended. Returns `false` if `limit` is over.
  bool
  wait(const std::function<bool(const status_message&, std::uint64_t)>& done,
       duration limit) const;

  // -- for the actor ----------------------------------------------------------

  /// Takes what was queued.
  std::vector<queued_calls> take();
  std::vector<cancel_wish> take_cancels();
  std::vector<why_wish> take_questions();

  void tell(status_message x);

  /// Ends the session: fails what is queued and all that comes. The first
  /// reason stays.
  void end(errc code, const std::string& sentence);

private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  template <class Wish>
  void keep(std::vector<Wish>& wishes, Wish x);

  std::vector<queued_calls> queued_;
  std::vector<cancel_wish> cancels_;
  std::vector<why_wish> questions_;
  status_message status_;
  std::uint64_t news_ = 0;
  ending end_;
};

using client_board_ptr = std::shared_ptr<client_board>;

} // namespace troupe
