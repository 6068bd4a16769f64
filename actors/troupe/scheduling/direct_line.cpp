// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/direct_line.hpp"

#include "troupe/scheduling/partition.hpp"

#include <algorithm>

namespace troupe {

std::uint64_t direct_call::bytes_for(std::uint32_t k) const {
  if (!scattered())
    return bytes;
  auto item = entry().item_size();
  auto whole = batch->calls.frames_of(entry()).front().size();
  return bytes - whole + part_size(whole / item, entry().engines(), k) * item;
}

std::size_t direct_line::sendable(const window& x) const {
  auto most = std::min(
    {waiting(), limits::batch_tasks, x.items > sent_ ? x.items - sent_ : 0});
  auto bytes = bytes_;
  for (std::size_t n = 0; n < most; ++n) {
    auto& item = waiting(n);
    bytes += item.call->bytes_for(item.k);
    if (bytes > x.bytes && sent_ + n > 0)
      return n;
  }
  return most;
}

void direct_line::mark_sent(std::size_t count) {
  for (; count > 0; --count) {
    auto& item = items_[sent_++];
    bytes_ += item.call->bytes_for(item.k);
  }
}

std::optional<direct_item> direct_line::take(std::uint64_t key) {
  auto end = end_of_sent();
  auto i = std::find_if(items_.begin(), end,
                        [&](auto& x) { return x.key == key; });
  if (i == end)
    return std::nullopt;
  auto result = *i;
  items_.erase(i);
  --sent_;
  bytes_ -= result.call->bytes_for(result.k);
  return result;
}

std::vector<direct_item> direct_line::take_sent() {
  auto end = end_of_sent();
  std::vector<direct_item> result{items_.begin(), end};
  items_.erase(items_.begin(), end);
  sent_ = 0;
  bytes_ = 0;
  return result;
}

} // namespace troupe
