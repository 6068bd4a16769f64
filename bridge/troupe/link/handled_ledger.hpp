// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/link/credit_window.hpp"
#include "troupe/routing_id.hpp"
#include "troupe/socket/wakeup.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

namespace troupe {

/// Messages of one peer that an owner has handled.
struct handled_messages {
  routing_id peer;
  std::uint32_t epoch = 0;
  credit_amount amount{};
};

/// Where owners, in any thread, leave what they handled, for the pump to grant
/// it again. Wakes the pump only when enough came together.
class handled_ledger : public std::enable_shared_from_this<handled_ledger> {
public:
  handled_ledger(std::shared_ptr<wakeup> pump, credit_amount threshold)
    : pump_(std::move(pump)), threshold_(threshold) {
    // nop
  }

  /// Returns a ticket that adds `messages` when its last copy goes, and keeps
  /// `other` until then.
  std::shared_ptr<const void> ticket(std::vector<handled_messages> messages,
                                     std::shared_ptr<const void> other);

  /// Whether enough came together. Only for the pump.
  bool ready() const noexcept {
    return ready_.load();
  }

  /// Takes everything out. Only for the pump.
  std::vector<handled_messages> take();

private:
  class entry;

  void add(const std::vector<handled_messages>& messages) noexcept;

  std::shared_ptr<wakeup> pump_;
  credit_amount threshold_;
  std::atomic<bool> ready_{false};
  std::mutex mutex_; // guards the next two
  std::vector<handled_messages> messages_;
  credit_amount sum_{};
};

} // namespace troupe
