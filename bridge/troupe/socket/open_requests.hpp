// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/multipart.hpp"

#include <caf/typed_response_promise.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace troupe {

/// A message that waits for a reply.
struct open_request {
  using promise = caf::typed_response_promise<multipart>;

  /// Who asked; null if the owner of the socket just sent the message.
  std::optional<promise> asker{};

  /// When to give up.
  std::chrono::steady_clock::time_point deadline{};

  /// REQ sockets: what to send, until it was sent.
  multipart message{};

  bool sent = false;

  /// Whether the peer that has it went. Its answer may lie unread.
  bool lost = false;
};

/// The requests of one socket that wait for replies, oldest first. DEALER
/// sockets have many on their way, each with its number in front:
///
///     [number, 8 bytes][empty][frame]...
///
/// which REP sockets, and ROUTERs that answer like them, send back in front of
/// their replies. REQ sockets have one on its way, and ZeroMQ numbers it.
class open_requests {
public:
  using time_point = std::chrono::steady_clock::time_point;
  using number = std::uint64_t;

  explicit open_requests(std::size_t bound);

  bool empty() const noexcept {
    return requests_.empty();
  }

  bool full() const noexcept {
    return requests_.size() >= bound_;
  }

  /// Whether the request of this number still waits.
  bool open(number id) const {
    return requests_.contains(id);
  }

  /// Adds a request, whose deadline is not before the others'.
  number add(open_request request);

  /// The oldest one. @pre `!empty()`
  open_request& front() noexcept {
    return requests_.begin()->second;
  }

  open_request take_front();

  /// Takes the request of this number out, if it is open.
  std::optional<open_request> take(number id);

  /// Takes out all whose deadline has passed.
  std::vector<open_request> take_expired(time_point now);

  /// The only peer went: all that were sent so far are lost.
  void mark_lost() noexcept;

  /// Takes out all that are lost.
  std::vector<open_request> take_lost();

  std::vector<open_request> take_all();

  /// Notes that the request of this number is on its way.
  void mark_sent(number id);

  /// When `take_expired` finds the next one; `time_point::max()` if never.
  time_point deadline() const noexcept;

  // -- the form of a numbered request -----------------------------------------

  /// Puts the number in front of `message`.
  static void write(number id, multipart& message);

  /// Returns the number in front of `message` if this socket may have written
  /// it, at any time.
  std::optional<number> read(const multipart& message) const noexcept;

  /// Removes what `write` put in front.
  static void strip(multipart& message);

private:
  template <class Predicate>
  std::vector<open_request> take_if(Predicate matches);

  std::size_t bound_;
  number first_; // random, so that no other program's frames look like ours
  number next_;
  std::map<number, open_request> requests_;
};

} // namespace troupe
