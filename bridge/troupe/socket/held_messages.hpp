// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/link/message_bundle.hpp"
#include "troupe/multipart.hpp"

#include <cstddef>
#include <deque>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace troupe {

/// What became of a message that was handed to a socket.
enum class send_result : std::uint8_t {
  /// ZeroMQ has it.
  sent,
  /// The peer is over its high-water mark, or nobody is connected yet.
  would_block,
  /// Nobody is connected under this routing id.
  peer_gone,
  /// This socket never sends anything.
  impossible,
};

/// What an actor wants to be sent: a message, or several for the one peer.
using sendable = std::variant<multipart, message_bundle>;

/// Messages that wait for their peers: in order per peer, and within bounds for
/// all peers together. Knows neither sockets nor actors.
class held_messages {
public:
  held_messages(std::size_t max_messages, std::size_t max_bytes) noexcept
    : max_messages_(max_messages), max_bytes_(max_bytes) {
    // nop
  }

  bool empty() const noexcept {
    return messages_ == 0;
  }

  std::size_t size() const noexcept {
    return messages_;
  }

  /// Whether no more can wait, of whatever peer.
  bool full() const noexcept {
    return messages_ >= max_messages_ || bytes_ >= max_bytes_;
  }

  /// Whether messages wait for `peer`, so that the next one has to queue up.
  bool waits_for(const routing_id& peer) const {
    return messages_ != 0 && queues_.contains(peer);
  }

  /// Takes `message` unless that would exceed a bound.
  /// @returns whether it was taken; if not, `message` is unchanged.
  bool push(multipart& message);

  /// Takes all messages of `x`, or none.
  bool push(message_bundle& x);

  /// What `retry` leaves to its caller.
  struct outcome {
    /// All messages of the peers that are gone.
    std::vector<multipart> lost{};
    /// Whether some peer used up its share, and more may be sent right away.
    bool more = false;
  };

  /// Calls `send` for the oldest message (or bundle) of each peer, and goes on
  /// with the peer's next one as long as messages are sent, up to `share` bytes
  /// per peer; the last message may exceed it. `send` may take what is in a
  /// message that it reports as sent, and some of a bundle.
  template <class Send>
  outcome retry(Send send, std::size_t share);

  /// Takes all messages out.
  std::vector<multipart> take_all();

private:
  using queue = std::deque<sendable>;

  /// Messages and bytes.
  using amount = std::pair<std::size_t, std::size_t>;

  static amount measure(const sendable& x) noexcept;

  bool has_room(amount size) const noexcept;

  void remember(amount x) noexcept {
    messages_ += x.first;
    bytes_ += x.second;
  }

  void forget(amount x) noexcept {
    messages_ -= x.first;
    bytes_ -= x.second;
  }

  void take(queue& from, std::vector<multipart>& into);

  std::size_t max_messages_;
  std::size_t max_bytes_;
  std::size_t messages_ = 0;
  std::size_t bytes_ = 0;
  std::unordered_map<routing_id, queue> queues_; // none is empty
};

template <class Send>
held_messages::outcome held_messages::retry(Send send, std::size_t share) {
  outcome done;
  for (auto i = queues_.begin(); i != queues_.end();) {
    auto& waiting = i->second;
    auto result = send_result::sent;
    auto used = std::size_t{0};
    while (!waiting.empty() && used < share) {
      auto before = measure(waiting.front());
      result = std::visit([&](auto& x) { return send(x); }, waiting.front());
      if (result == send_result::sent) {
        forget(before);
        used += before.second;
        waiting.pop_front();
        continue;
      }
      auto after = measure(waiting.front());
      forget({before.first - after.first, before.second - after.second});
      break;
    }
    if (result != send_result::sent && result != send_result::would_block)
      take(waiting, done.lost);
    done.more = done.more || (result == send_result::sent && !waiting.empty());
    i = waiting.empty() ? queues_.erase(i) : std::next(i);
  }
  return done;
}

} // namespace troupe
