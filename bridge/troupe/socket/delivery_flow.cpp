// SPDX-License-Identifier: BSL-1.0
#include "troupe/socket/delivery_flow.hpp"

namespace troupe {

std::shared_ptr<const void> delivery_flow::take_ticket() {
  ++unhandled_;
  return {static_cast<const void*>(this),
          [self = shared_from_this()](const void*) { self->give_back(); }};
}

bool delivery_flow::open() noexcept {
  if (!stopped_.load(std::memory_order_relaxed)) {
    if (unhandled_.load() < bound_)
      return true;
    stopped_.store(true);
  }
  // The count may have fallen just before the flag was up, and then nobody
  // wakes the pump: look again.
  if (unhandled_.load() > bound_ / 2)
    return false;
  stopped_.store(false);
  return true;
}

void delivery_flow::give_back() noexcept {
  auto left = --unhandled_;
  // While the pump is stopped the count only falls, so that exactly one ticket
  // passes this point.
  if (left == bound_ / 2 && stopped_.load())
    pump_->fire();
}

} // namespace troupe
