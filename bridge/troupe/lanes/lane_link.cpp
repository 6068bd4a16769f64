// SPDX-License-Identifier: BSL-1.0
#include "troupe/lanes/lane_link.hpp"

#include <algorithm>

namespace troupe {

void lane_link::start(const link_id& link, time_point now) noexcept {
  state_ = state::joining;
  id_ = link;
  deadline_ = now + limits_.join_timeout;
}

bool lane_link::welcome(const link_id& link) noexcept {
  if (state_ != state::joining || link != id_)
    return false;
  state_ = state::joined;
  deadline_ = time_point::max();
  pause_ = limits_.retry_min;
  return true;
}

void lane_link::leave(time_point now) noexcept {
  if (state_ == state::joined)
    deadline_ = std::min(deadline_, now + limits_.leave_timeout);
}

bool lane_link::end(time_point now) noexcept {
  if (state_ == state::resting)
    return false;
  state_ = state::resting;
  deadline_ = now + pause_;
  pause_ = std::min(pause_ * 2, limits_.retry_max);
  return true;
}

} // namespace troupe
