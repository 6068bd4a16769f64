// SPDX-License-Identifier: BSL-1.0
#include "troupe/socket/intake.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace troupe {

namespace {

std::uint64_t product(std::uint64_t x, std::uint64_t y) noexcept {
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  return y != 0 && x > most / y ? most : x * y;
}

/// Whether there are more than `limit` bytes between two places.
bool exceeds(std::uint64_t begin, std::uint64_t end, std::uint64_t limit) {
  return end > begin && end - begin > limit;
}

} // namespace

intake::intake(std::uint64_t limit, std::uint64_t queue) noexcept
  : limit_(limit), most_(product(limit, std::max(queue, queue + 1))) {
  // nop
}

void intake::began(int id) {
  ended(id);
  connections_.emplace(id, connection{});
}

void intake::ended(int id) {
  auto i = connections_.find(id);
  if (i == connections_.end())
    return;
  stop_watching(i->second);
  connections_.erase(i);
}

void intake::took(int id, std::uint64_t bytes) noexcept {
  auto i = connections_.find(id);
  if (i == connections_.end())
    return;
  auto& x = i->second;
  moved_ = moved_ || bytes > x.taken;
  x.taken = std::max(x.taken, bytes);
  if (!in_turn_)
    x.mark = x.taken;
  // What was delivered up to now was taken before.
  if (x.is == state::watched) {
    x.high = x.taken;
    x.is = state::suspected;
  }
  x.high = std::min(x.high, x.taken);
}

void intake::delivered(int id, std::uint64_t least,
                       std::uint64_t most) noexcept {
  auto i = connections_.find(id);
  if (i == connections_.end())
    return;
  i->second.delivered = true;
  i->second.low += least;
  i->second.high += most;
}

void intake::stop_watching(connection& x) noexcept {
  if (std::exchange(x.is, state::idle) != state::idle)
    --watched_;
}

bool intake::end_turn(connection& x, progress how) noexcept {
  auto delivered = std::exchange(x.delivered, false);
  if (delivered && x.empty)
    x.low = std::max(x.low, x.empty_mark); // it ended behind that
  if (how == progress::all)
    x.mark = x.taken;
  x.empty = how == progress::all || (noted_ && !delivered);
  x.empty_mark = x.mark;
  return x.empty && !delivered;
}

bool intake::judge(connection& x, progress how) noexcept {
  auto quiet = how != progress::some && end_turn(x, how);
  auto much = exceeds(x.low, x.taken, limit_ / 2);
  if (x.is == state::idle) {
    if (much) {
      x.is = state::watched;
      ++watched_;
    }
    return false;
  }
  if (!much) {
    stop_watching(x);
    return false;
  }
  // No message ended before the mark, or more are there than can wait.
  return x.is == state::suspected
         && ((quiet && exceeds(x.high, x.mark, limit_))
             || exceeds(x.high, x.taken, most_));
}

std::vector<int> intake::judge(progress how) {
  std::vector<int> result;
  moving_ = std::exchange(moved_, false);
  for (auto& [id, x] : connections_)
    if (judge(x, how))
      result.push_back(id);
  in_turn_ = how == progress::some;
  noted_ = curious() && (noted_ || !in_turn_);
  return result;
}

} // namespace troupe
