// SPDX-License-Identifier: BSL-1.0
#include "receipts.hpp"

std::optional<std::uint64_t> receipts::start(std::uint64_t number) {
  if (children_ == 0)
    return 1;
  if (open_.size() >= max_open)
    open_.erase(open_.begin());
  open_[number] = {};
  return std::nullopt;
}

std::optional<std::uint64_t> receipts::confirm(std::size_t child,
                                               std::uint64_t number,
                                               std::uint64_t nodes) {
  auto i = open_.find(number);
  if (i == open_.end() || child >= children_)
    return std::nullopt; // for a message that never was, or was given up
  auto& x = i->second;
  if (!x.confirmed.insert(child).second)
    return std::nullopt;
  x.nodes += nodes;
  if (x.confirmed.size() < children_)
    return std::nullopt;
  auto result = x.nodes;
  open_.erase(i);
  return result;
}
