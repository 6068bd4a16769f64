// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/socket/wakeup.hpp"

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

namespace troupe {

/// Bounds the deliveries of a socket that its owner has not handled yet. The
/// pump takes tickets and stops at the bound; it goes on when half of them came
/// back, from whatever thread drops them.
class delivery_flow : public std::enable_shared_from_this<delivery_flow> {
public:
  delivery_flow(std::shared_ptr<wakeup> pump, std::size_t bound)
    : pump_(std::move(pump)), bound_(bound) {
    // nop
  }

  /// Makes a ticket for one delivery. Only for the pump.
  std::shared_ptr<const void> take_ticket();

  /// Whether the pump may read on. Only for the pump.
  bool open() noexcept;

  /// Whether the pump stopped and may go on now.
  bool resumable() const noexcept {
    return stopped_.load(std::memory_order_relaxed)
           && unhandled_.load() <= bound_ / 2;
  }

  /// Tickets that are out.
  std::size_t unhandled() const noexcept {
    return unhandled_.load();
  }

private:
  void give_back() noexcept;

  std::shared_ptr<wakeup> pump_;
  std::size_t bound_;
  std::atomic<std::size_t> unhandled_{0};
  std::atomic<bool> stopped_{false};
};

} // namespace troupe
