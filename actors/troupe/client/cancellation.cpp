// SPDX-License-Identifier: BSL-1.0
#include "troupe/client/cancellation.hpp"

namespace troupe {

cancelled_tasks cancellation::get(duration limit) const {
  // Times far away overflow in wait_for.
  constexpr auto longest = std::chrono::hours{24 * 365};
  if (limit >= longest)
    answer_.wait();
  else if (answer_.wait_for(limit) != std::future_status::ready)
    throw error{errc::timed_out, "the scheduler did not answer in time"};
  return answer_.get();
}

bool cancellation::ready() const {
  return answer_.wait_for(duration::zero()) == std::future_status::ready;
}

} // namespace troupe
