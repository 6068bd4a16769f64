// SPDX-License-Identifier: BSL-1.0
#include "receipts.hpp"

std::optional<std::uint64_t> receipts::start() {
  if (confirmed_.empty())
    return 1;
  open_.push_back({confirmed_.size()});
  return std::nullopt;
}

std::optional<std::uint64_t> receipts::confirm(std::size_t child,
                                               std::uint64_t nodes) {
  if (child >= confirmed_.size() || confirmed_[child] - closed_ >= open_.size())
    return std::nullopt; // for a message that never was
  auto& x = open_[confirmed_[child]++ - closed_];
  x.nodes += nodes;
  if (--x.missing > 0)
    return std::nullopt;
  auto result = x.nodes;
  open_.pop_front(); // no later message is complete before this one
  ++closed_;
  return result;
}
