// SPDX-License-Identifier: BSL-1.0
#include "troupe/lanes/lane_order.hpp"

#include <iterator>
#include <utility>

namespace troupe {

namespace {

/// Neighbouring numbers, the usual ones, go to different rows.
std::uint64_t row_number(std::uint64_t conversation) {
  return conversation % lane_order::max_series;
}

} // namespace

bool lane_order::fits(const series& row,
                      const ordered_message& message) const noexcept {
  return message.via == row.current
         || (message.automatic && row.current == lane::bulk);
}

bool lane_order::push(ordered_message& message, std::vector<lane_step>& steps) {
  auto number = row_number(message.conversation);
  auto [i, added] = rows_.try_emplace(number);
  auto& row = i->second;
  if (added)
    row.current = message.via;
  if (row.waiting.empty() && fits(row, message)) {
    steps.push_back({row.current, 0, std::move(message)});
    row.followed = row.fence != 0;
    if (row.current == lane::bulk && row.fence == 0)
      set_fence(number, row, steps); // tells when small ones may leave the lane
    return true;
  }
  auto size = message.content.size_bytes();
  if (messages_ >= max_messages_ || size > max_bytes_ - bytes_)
    return false;
  ++messages_;
  bytes_ += size;
  row.waiting.push_back(std::move(message));
  if (row.fence == 0)
    set_fence(number, row, steps);
  return true;
}

void lane_order::passed(std::uint64_t fence, std::vector<lane_step>& steps) {
  auto number = row_number(fence);
  auto i = rows_.find(number);
  if (i == rows_.end() || fence == 0 || i->second.fence != fence)
    return;
  auto& row = i->second;
  row.fence = 0;
  if (std::exchange(row.followed, false)) {
    set_fence(number, row, steps);
    return;
  }
  if (row.waiting.empty()) {
    rows_.erase(i); // nothing is under way: any lane will do
    return;
  }
  send_waiting(row, steps);
  if (row.current == lane::bulk || !row.waiting.empty())
    set_fence(number, row, steps);
}

std::vector<ordered_message> lane_order::take_all() {
  std::vector<ordered_message> result;
  for (auto& [number, row] : rows_)
    std::move(row.waiting.begin(), row.waiting.end(),
              std::back_inserter(result));
  rows_.clear();
  messages_ = 0;
  bytes_ = 0;
  return result;
}

/// Row numbers are part of fence numbers, so that an answer finds its row.
void lane_order::set_fence(std::uint64_t number, series& row,
                           std::vector<lane_step>& steps) {
  row.fence = ++last_fence_ * max_series + number;
  steps.push_back({row.current, row.fence, {}});
}

void lane_order::send_waiting(series& row, std::vector<lane_step>& steps) {
  row.current = row.waiting.front().via;
  while (!row.waiting.empty() && fits(row, row.waiting.front())) {
    auto& next = row.waiting.front();
    --messages_;
    bytes_ -= next.content.size_bytes();
    steps.push_back({row.current, 0, std::move(next)});
    row.waiting.pop_front();
  }
}

} // namespace troupe
