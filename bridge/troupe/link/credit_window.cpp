// SPDX-License-Identifier: BSL-1.0
#include "troupe/link/credit_window.hpp"

#include <algorithm>

namespace troupe {

// -- credit_window ------------------------------------------------------------

void credit_window::granted(const credit_grant& x) noexcept {
  if (x.epoch != epoch_)
    return;
  granted_.messages = std::max(granted_.messages, x.messages);
  granted_.bytes = std::max(granted_.bytes, x.bytes);
}

credit_amount credit_window::left() const noexcept {
  auto rest = [](std::uint64_t all, std::uint64_t used) {
    return all - std::min(all, used);
  };
  return {rest(granted_.messages, sent_.messages),
          rest(granted_.bytes, sent_.bytes)};
}

// -- credit_account -----------------------------------------------------------

credit_account::credit_account(credit_amount window) noexcept
  : window_{std::max(window.messages, initial_credit.messages),
            std::max(window.bytes, initial_credit.bytes)} {
  // nop
}

bool credit_account::arrived(std::uint32_t epoch) noexcept {
  if (epoch == epoch_)
    return true;
  if (std::find(old_epochs_.begin(), old_epochs_.end(), epoch)
      != old_epochs_.end())
    return false; // 0 is among them, or was never a count
  if (epoch_ != 0) {
    old_epochs_[oldest_] = epoch_;
    oldest_ = (oldest_ + 1) % old_epochs_.size();
  }
  epoch_ = epoch;
  handled_ = {};
  granted_ = initial_credit;
  greeted_ = false;
  return true;
}

void credit_account::handled(std::uint32_t epoch, credit_amount what) noexcept {
  if (epoch != epoch_ || epoch == 0)
    return;
  handled_.messages += what.messages;
  handled_.bytes += what.bytes;
}

bool credit_account::due() const noexcept {
  auto sum = next();
  return epoch_ != 0
         && ((!greeted_ && news())
             || sum.messages - granted_.messages > window_.messages / 2
             || sum.bytes - granted_.bytes > window_.bytes / 2);
}

bool credit_account::news() const noexcept {
  return epoch_ != 0 && next() != granted_;
}

credit_grant credit_account::take() noexcept {
  granted_ = next();
  greeted_ = true;
  return {epoch_, granted_.messages, granted_.bytes};
}

credit_amount credit_account::next() const noexcept {
  return {handled_.messages + window_.messages, handled_.bytes + window_.bytes};
}

} // namespace troupe
