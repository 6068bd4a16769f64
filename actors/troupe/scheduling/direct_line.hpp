// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/protocol/cast_batch.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace troupe {

struct direct_client;

/// A `Cast` as it was received. All its calls share it.
struct cast_submission {
  message_view message;
  cast_batch_view calls;
};

/// A result that waits for those of other engines.
struct kept_result {
  wire::ResultEntry entry;
  buffer bytes;
  std::vector<buffer> frames;
};

/// One call from its acceptance to its last result.
struct direct_call {
  const wire::CastEntry& entry() const noexcept {
    return batch->calls.entries[index];
  }

  /// Whether each engine gets a part of an array.
  bool scattered() const noexcept {
    return entry().item_size() != 0;
  }

  /// Bytes of the arguments for its engine number `k`.
  std::uint64_t bytes_for(std::uint32_t k) const;

  std::shared_ptr<const cast_submission> batch;
  std::uint32_t index = 0;

  /// Whose call it is; null if that client is lost.
  direct_client* client = nullptr;

  /// Results to come.
  std::uint32_t open = 0;

  /// Bytes of all arguments.
  std::uint64_t bytes = 0;

  /// The first key of its items: lower than those of all later calls.
  std::uint64_t key = 0;

  /// What is reported together.
  std::vector<kept_result> kept;
};

/// A call, as one of its engines has it: number `k` of its range.
struct direct_item {
  /// The number of its result.
  task_number number() const noexcept {
    return call->entry().id() + k;
  }

  direct_call* call = nullptr;
  std::uint32_t k = 0;

  /// It was sent, and its engine was told to leave it out, or more.
  bool cancelled = false;

  /// Names it towards its engine. Items of a call share it, unless they have
  /// the same engine. Never used again.
  std::uint64_t key = 0;
};

/// The calls of one engine, in the order in which it runs them: first those
/// that were sent, then those that wait.
class direct_line {
public:
  /// Bounds of what was sent and not answered. One item may exceed the bytes.
  struct window {
    std::size_t items;
    std::uint64_t bytes;
  };

  void push(direct_item x) {
    items_.push_back(x);
  }

  /// Number of items, from the front of those that wait, that fit into the
  /// window and into one message.
  std::size_t sendable(const window& x) const;

  /// Item number `n` of those that wait.
  const direct_item& waiting(std::size_t n) const {
    return items_[sent_ + n];
  }

  /// Notes that the first `count` of those that wait were sent.
  void mark_sent(std::size_t count);

  /// Takes out the sent item with this key: usually the first.
  std::optional<direct_item> take(std::uint64_t key);

  /// Takes out all that were sent.
  std::vector<direct_item> take_sent();

  /// Takes out those that wait and for which `pred` holds.
  template <class Pred>
  std::vector<direct_item> take_waiting(Pred pred) {
    auto i = std::stable_partition(end_of_sent(), items_.end(),
                                   [&](auto& x) { return !pred(x); });
    std::vector<direct_item> result{i, items_.end()};
    items_.erase(i, items_.end());
    return result;
  }

  /// Calls `f` for all that were sent, in order.
  template <class F>
  void for_each_sent(F f) {
    std::for_each(items_.begin(), end_of_sent(), f);
  }

  /// The key of the first one that was sent, or 0.
  std::uint64_t first_key() const noexcept {
    return sent_ > 0 ? items_.front().key : 0;
  }

  std::size_t sent() const noexcept {
    return sent_;
  }

  std::size_t waiting() const noexcept {
    return items_.size() - sent_;
  }

  std::uint64_t bytes_sent() const noexcept {
    return bytes_;
  }

  /// All items, in order.
  const std::deque<direct_item>& items() const noexcept {
    return items_;
  }

private:
  std::deque<direct_item>::iterator end_of_sent() {
    return items_.begin() + static_cast<std::ptrdiff_t>(sent_);
  }

  std::deque<direct_item> items_;
  std::size_t sent_ = 0;
  std::uint64_t bytes_ = 0;
};

} // namespace troupe
